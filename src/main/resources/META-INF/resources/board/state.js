import { useEffect, useRef, useState } from './lib/preact.js';
import { load, save } from './storage.js';

/** The state of the whole page. Only `setState` changes it, and views read it with `useStore`. */
let state = {
  route: null,
  info: null,
  live: { status: 'connecting', behind: null, since: null },
  queries: {},
  actor: load('actor') ?? '',
  theme: load('theme') ?? 'auto',
  dialog: null,
  notices: [],
  announcement: '',
};
const listeners = new Set();
let noticeId = 0;

export const getState = () => state;

export function setState(patch) {
  state = { ...state, ...patch };
  for (const listener of [...listeners]) listener();
}

export function useStore(select) {
  const seen = useRef();
  const [, redraw] = useState(0);
  seen.current = { select, value: select(state) };
  useEffect(() => {
    const check = () => {
      const { select, value } = seen.current;
      if (!Object.is(select(state), value)) redraw((n) => n + 1);
    };
    check();
    listeners.add(check);
    return () => listeners.delete(check);
  }, []);
  return seen.current.value;
}

/** Has screen readers say it, politely. The same text again gets an invisible change, or they would not. */
export function announce(text) {
  setState({ announcement: state.announcement === text ? text + '\u00a0' : text });
}

export function openDialog(dialog) {
  setState({ dialog });
}

export function closeDialog() {
  setState({ dialog: null });
}

/** A message in the corner. `tone` is `good` (it disappears by itself), `bad`, or `wait` (it is replaced by `id`). */
export function notify(notice, id = ++noticeId) {
  const rest = state.notices.filter((n) => n.id !== id);
  setState({ notices: [...rest, { ...notice, id }].slice(-4) });
  announce(notice.text);
  if (notice.tone === 'good') setTimeout(() => dismiss(id, notice), 9000);
  return id;
}

export function dismiss(id, only) {
  setState({ notices: state.notices.filter((n) => n.id !== id || (only && n.text !== only.text)) });
}

export function rememberActor(actor) {
  save('actor', actor);
  setState({ actor });
}

export function switchTheme() {
  const order = ['auto', 'light', 'dark'];
  const theme = order[(order.indexOf(state.theme) + 1) % order.length];
  save('theme', theme === 'auto' ? null : theme);
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  setState({ theme });
}
