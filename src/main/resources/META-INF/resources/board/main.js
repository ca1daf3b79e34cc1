import { html, render, useEffect, useErrorBoundary, useRef } from './lib/preact.js';
import { get, paths } from './api.js';
import { startKeys } from './keys.js';
import { goLive } from './live.js';
import { Empty } from './parts.js';
import { startRouter } from './router.js';
import { Banner, Dialogs, Header, Notices, Voice } from './shell.js';
import { current, update, useStore } from './state.js';
import { startTips } from './tips.js';
import { Activity } from './views/activity.js';
import { Application } from './views/application.js';
import { Compare } from './views/compare.js';
import { Home } from './views/home.js';
import { Release } from './views/release.js';

const VIEWS = { home: Home, application: Application, release: Release, activity: Activity, compare: Compare, nowhere: Nowhere };
const INFO_AGAIN_MS = 5000;

function Nowhere() {
  return html`<h1 class="sr">Not here</h1><${Empty} title="There is no such page"><p><a href="#/">All applications</a></p><//>`;
}

function titleOf({ name, params, query }) {
  const parts = { home: [query.q], application: [params.application], release: [params.release, params.application], activity: ['Activity', query.application], compare: ['Compare', query.app] }[name] ?? [];
  return [...parts.filter(Boolean), 'Lockstep'].join(' · ');
}

function View({ route }) {
  const [error, again] = useErrorBoundary((fault) => console.error(fault));
  useEffect(() => error && again(), [route.path]);
  if (error) return html`<${Empty} icon="warn" title="This page has broken"><p>Load it again; if that does not help, tell whoever runs this board.</p><//>`;
  const Shown = VIEWS[route.name];
  return html`<${Shown} key=${route.path} params=${route.params} query=${route.query} />`;
}

function Board() {
  const route = useStore((s) => s.route);
  const main = useRef();
  const arrived = useRef(false);
  useEffect(() => {
    document.title = titleOf(route);
  }, [route]);
  useEffect(() => {
    if (arrived.current && document.activeElement?.id !== 'search') {
      scrollTo(0, 0);
      main.current.focus({ preventScroll: true });
    }
    arrived.current = true;
  }, [route.path]);
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Header} />
    <${Banner} />
    <main id="main" ref=${main} tabindex="-1"><${View} route=${route} /></main>
    <${Notices} />
    <${Dialogs} />
    <${Voice} />
  `;
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

async function learnInfo() {
  try {
    update({ info: (await get(paths.info())).body });
  } catch {
    if (!current().info) setTimeout(learnInfo, INFO_AGAIN_MS);
  }
}

startRouter();
startKeys();
startTips();
learnInfo();
goLive();
const root = document.getElementById('app');
root.textContent = '';
render(html`<${Board} />`, root);
