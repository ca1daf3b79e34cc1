import { html, render, useEffect, useErrorBoundary, useRef } from './lib/preact.js';
import { get, paths } from './api.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { EmptyState } from './parts.js';
import { startRouter } from './router.js';
import { Banner, Dialogs, Header, LiveRegion, Notices } from './shell.js';
import { getState, setState, useStore } from './state.js';
import { startTips } from './tips.js';
import { Activity } from './views/activity.js';
import { Application } from './views/application.js';
import { Compare } from './views/compare.js';
import { Home } from './views/home.js';
import { Release } from './views/release.js';

const VIEWS = { home: Home, application: Application, release: Release, activity: Activity, compare: Compare, notFound: NotFound };
const INFO_RETRY_MS = 5000;

function NotFound() {
  return html`<h1 class="sr">Not found</h1><${EmptyState} title="There is no such page"><p><a href="#/">All applications</a></p><//>`;
}

function titleOf({ name, params, query }) {
  const parts = { home: [query.q], application: [params.application], release: [params.release, params.application], activity: ['Activity', query.application], compare: ['Compare', query.app] }[name] ?? [];
  return [...parts.filter(Boolean), 'Lockstep'].join(' · ');
}

function View({ route }) {
  const [error, reset] = useErrorBoundary((fault) => console.error(fault));
  useEffect(() => error && reset(), [route.path]);
  if (error) return html`<${EmptyState} icon="warn" title="Something went wrong"><p>Reload the page; if that does not help, tell whoever runs this board.</p><//>`;
  const CurrentView = VIEWS[route.name];
  return html`<${CurrentView} key=${route.path} params=${route.params} query=${route.query} />`;
}

function Board() {
  const route = useStore((s) => s.route);
  const main = useRef();
  const hasRendered = useRef(false);
  useEffect(() => {
    document.title = titleOf(route);
  }, [route]);
  useEffect(() => {
    if (hasRendered.current && document.activeElement?.id !== 'search') {
      scrollTo(0, 0);
      main.current.focus({ preventScroll: true });
    }
    hasRendered.current = true;
  }, [route.path]);
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to content</a>
    <${Header} />
    <${Banner} />
    <main id="main" ref=${main} tabindex="-1"><${View} route=${route} /></main>
    <${Notices} />
    <${Dialogs} />
    <${LiveRegion} />
  `;
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

async function loadInfo() {
  try {
    setState({ info: (await get(paths.info())).body });
  } catch {
    if (!getState().info) setTimeout(loadInfo, INFO_RETRY_MS);
  }
}

startRouter();
startKeys();
startTips();
loadInfo();
startLive();
const root = document.getElementById('app');
root.textContent = '';
render(html`<${Board} />`, root);
