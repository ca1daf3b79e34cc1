import { useEffect, useRef, useState } from './lib/preact.js';
import { keep, kept } from './kept.js';

/** The one state of the page. It changes by `update` alone, and views read it by `useStore`. */
let state = {
  route: null,
  info: null,
  live: { status: 'connecting', behind: null, since: null },
  queries: {},
  actor: kept('actor') ?? '',
  theme: kept('theme') ?? 'auto',
  dialog: null,
  notices: [],
  said: '',
};
const listeners = new Set();
let noticeId = 0;

export const current = () => state;

export function update(patch) {
  state = { ...state, ...patch };
  for (const listener of [...listeners]) listener();
}

export function useStore(select) {
  const seen = useRef();
  const [, redraw] = useState(0);
  seen.current = { select, value: select(state) };
  useEffect(() => {
    const look = () => {
      const { select, value } = seen.current;
      if (!Object.is(select(state), value)) redraw((n) => n + 1);
    };
    look();
    listeners.add(look);
    return () => listeners.delete(look);
  }, []);
  return seen.current.value;
}

/** Speaks to a screen reader, politely. */
export function say(text) {
  update({ said: state.said === text ? text + '\u00a0' : text });
}

export function openDialog(dialog) {
  update({ dialog });
}

export function closeDialog() {
  update({ dialog: null });
}

/** A message in the corner; `tone` is `good`, `bad` or `wait`. One that waits stays until it is replaced. */
export function notify(notice, id = ++noticeId) {
  const rest = state.notices.filter((n) => n.id !== id);
  update({ notices: [...rest, { ...notice, id }].slice(-4) });
  say(notice.text);
  if (notice.tone === 'good') setTimeout(() => dismiss(id, notice), 9000);
  return id;
}

export function dismiss(id, only) {
  update({ notices: state.notices.filter((n) => n.id !== id || (only && n.text !== only.text)) });
}

export function rememberActor(actor) {
  keep('actor', actor);
  update({ actor });
}

export function switchTheme() {
  const order = ['auto', 'light', 'dark'];
  const theme = order[(order.indexOf(state.theme) + 1) % order.length];
  keep('theme', theme === 'auto' ? null : theme);
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  update({ theme });
}
