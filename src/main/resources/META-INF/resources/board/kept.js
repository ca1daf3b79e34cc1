/** What this browser remembers; without storage it forgets at the next load. */
const PREFIX = 'lockstep.';
const fallback = new Map();

export function kept(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export function keep(name, value) {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    fallback.set(name, value);
  }
}
