import { html, useEffect, useRef } from './lib/preact.js';
import { CommandDialog, openCommand } from './command-dialog.js';
import { Dialog } from './dialog.js';
import { Icon } from './icons.js';
import { areShortcutsOn, setShortcuts } from './keys.js';
import { go, replace, to } from './router.js';
import { closeDialog, dismiss, openDialog, rememberActor, switchTheme, useStore } from './state.js';
import { formatClock } from './time.js';

const SEARCH_DELAY_MS = 200;

export function Header() {
  const theme = useStore((s) => s.theme);
  const info = useStore((s) => s.info);
  const { name, params } = useStore((s) => s.route);
  return html`<header class="top">
    <a class="brand" href="#/" aria-label="Lockstep, all applications"><img src="/board/icon.svg" alt="" width="26" height="26" /><span>Lockstep</span></a>
    <${Search} />
    <nav class="sections" aria-label="Pages">
      <a href="#/" aria-current=${['home', 'application', 'release'].includes(name) ? (name === 'home' ? 'page' : 'true') : undefined}><${Icon} name="grid" />Applications</a>
      <a href="#/activity" aria-current=${name === 'activity' ? 'page' : undefined}><${Icon} name="activity" />Activity</a>
      <a href="#/compare" aria-current=${name === 'compare' ? 'page' : undefined}><${Icon} name="compare" />Compare</a>
    </nav>
    <span class="top-end">
      ${info && !info.commands && html`<span class="chip calm" tabindex="0" data-tip="This board shows everything but takes no commands"><${Icon} name="lock" />Read-only</span>`}
      ${info?.commands && html`<button type="button" class="button primary" onClick=${() => openCommand({ kind: 'create', application: params.application })}><${Icon} name="plus" /><span>New release</span></button>`}
      <${LiveStatus} />
      <button type="button" class="act bare" aria-label="Keyboard help" data-tip="Keyboard help (?)" onClick=${() => openDialog({ kind: 'help' })}><${Icon} name="why" /></button>
      <button type="button" class="act bare" aria-label=${'Colours: ' + theme} data-tip=${'Colours: ' + (theme === 'auto' ? 'same as the system' : theme)} onClick=${switchTheme}><${Icon} name=${theme} /></button>
    </span>
  </header>`;
}

function Search() {
  const route = useStore((s) => s.route);
  const timer = useRef();
  const shown = route.name === 'home' ? (route.query.q ?? '') : '';
  const search = (value) => {
    const home = to.home({ ...(route.name === 'home' ? route.query : {}), q: value });
    if (route.name === 'home') replace(home);
    else go(home);
  };
  const input = (event) => {
    const { value } = event.target;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(value), SEARCH_DELAY_MS);
  };
  const submit = (event) => {
    event.preventDefault();
    clearTimeout(timer.current);
    search(event.target.elements.q.value);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return html`<form class="search" role="search" onSubmit=${submit}>
    <${Icon} name="search" />
    <input id="search" name="q" type="search" value=${shown} onInput=${input} placeholder="Find an application, release, commit" aria-label="Find an application, release or commit"
      autocomplete="off" spellcheck=${false} dir="auto" /><kbd aria-hidden="true">/</kbd>
  </form>`;
}

const LIVE_STATUSES = {
  connecting: { icon: 'progress', text: () => 'connecting', tip: 'Connecting to the stream of changes' },
  live: { icon: 'check', text: ({ behind }) => (behind === null ? 'live' : `live, ${behind.toFixed(1)} s`), tip: 'Changes appear as they happen; the number is how many seconds the board lags behind the topics' },
  behind: { icon: 'clock', text: ({ behind }) => `${Math.round(behind)} s behind`, tip: 'The board is catching up with the topics' },
  lost: { icon: 'offline', text: () => 'not live', tip: 'Connection lost; reconnecting' },
};

function LiveStatus() {
  const live = useStore((s) => s.live);
  const { icon, text, tip } = LIVE_STATUSES[live.status];
  return html`<span class=${'stream ' + live.status} tabindex="0" data-tip=${tip}><span class="dot">${live.status !== 'live' && html`<${Icon} name=${icon} />`}</span><span class="live-text">${text(live)}</span></span>`;
}

/** Says above the page that its data may be out of date. */
export function Banner() {
  const live = useStore((s) => s.live);
  if (live.status === 'lost') {
    return html`<div class="banner wait"><${Icon} name="offline" />Not connected since ${formatClock(live.since)}. What you see may be out of date; the page reconnects by itself.</div>`;
  }
  if (live.status === 'behind') {
    return html`<div class="banner wait"><${Icon} name="clock" />What you see is ${Math.round(live.behind)} seconds old. The board is catching up.</div>`;
  }
  return null;
}

export function Notices() {
  const notices = useStore((s) => s.notices);
  const icons = { good: 'check', bad: 'cross', wait: 'progress' };
  return html`<div class="notices">
    ${notices.map((notice) => html`<div key=${notice.id} class=${'notice ' + notice.tone}>
      <${Icon} name=${icons[notice.tone]} spin=${notice.tone === 'wait'} /><bdi>${notice.text}</bdi>
      <button type="button" class="act bare" aria-label="Dismiss" onClick=${() => dismiss(notice.id)}><${Icon} name="cross" /></button>
    </div>`)}
  </div>`;
}

/** The one live region of the page. */
export function LiveRegion() {
  const announcement = useStore((s) => s.announcement);
  return html`<div class="sr" role="status" aria-live="polite">${announcement}</div>`;
}

const KEYS = [
  [['/'], 'find an application, release or commit'],
  [['↑', '↓', '←', '→'], 'move between rows, cards and buttons'],
  [['Enter'], 'open a link, press a button'],
  [['Esc'], 'close a dialog, leave the search'],
  [['?'], 'show this help'],
];

function HelpDialog() {
  return html`<${Dialog} title="Keyboard" icon="why" onClose=${closeDialog}>
    <dl class="keys">${KEYS.map(([keys, words]) => html`<dt key=${words}>${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt><dd>${words}</dd>`)}</dl>
    <label class="check"><input type="checkbox" checked=${areShortcutsOn()} onChange=${(event) => setShortcuts(event.target.checked)} />Use <kbd>/</kbd> and <kbd>?</kbd> as shortcuts</label>
    <p class="small muted">What is not possible stays visible: focus it, or point at it, to read why.</p>
    <footer class="buttons"><button type="button" class="button primary" onClick=${closeDialog}>Close</button></footer>
  <//>`;
}

/** Asks for the name under which the user sends commands and owns applications. */
function NameDialog({ then }) {
  const submit = (event) => {
    event.preventDefault();
    const name = event.target.elements.actor.value.trim();
    rememberActor(name);
    if (name) go(then(name));
    closeDialog();
  };
  return html`<${Dialog} title="Which applications are yours?" icon="user" onClose=${closeDialog}>
    <form onSubmit=${submit}>
      <label class="field"><span>Your name, as it appears as an owner</span>
        <input name="actor" required maxlength="200" data-first autocomplete="username" dir="auto" /></label>
      <p class="small muted">This browser remembers it, and suggests it when you send a command.</p>
      <footer class="buttons"><button type="button" class="button" onClick=${closeDialog}>Not now</button><button type="submit" class="button primary">Show mine</button></footer>
    </form>
  <//>`;
}

export function Dialogs() {
  const dialog = useStore((s) => s.dialog);
  if (dialog?.kind === 'help') return html`<${HelpDialog} />`;
  if (dialog?.kind === 'name') return html`<${NameDialog} then=${dialog.then} />`;
  if (dialog?.kind === 'command') return html`<${CommandDialog} intent=${dialog.intent} />`;
  return null;
}
