/** What this browser remembers between visits; without local storage, only until the page is reloaded. */
const PREFIX = 'lockstep.';
const fallback = new Map();

export function load(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export function save(name, value) {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
  } catch {
    fallback.set(name, value);
  }
}
