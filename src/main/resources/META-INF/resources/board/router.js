import { encodeSegment, path } from './api.js';
import { closeDialog, setState } from './state.js';

const ROUTES = [
  { name: 'home', segments: [] },
  { name: 'application', segments: ['app', ':application'] },
  { name: 'release', segments: ['app', ':application', 'release', ':release'] },
  { name: 'activity', segments: ['activity'] },
  { name: 'compare', segments: ['compare'] },
];

export const to = {
  home: (query) => path('#/', query),
  application: (application, query) => path(`#/app/${encodeSegment(application)}`, query),
  release: (application, release) => `#/app/${encodeSegment(application)}/release/${encodeSegment(release)}`,
  activity: (query) => path('#/activity', query),
  compare: (query) => path('#/compare', query),
};

function match(segments, route) {
  if (segments.length !== route.segments.length) return null;
  const params = {};
  for (const [i, expected] of route.segments.entries()) {
    if (expected.startsWith(':')) params[expected.slice(1)] = segments[i];
    else if (expected !== segments[i]) return null;
  }
  return params;
}

export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const query = Object.fromEntries(new URLSearchParams(search));
  try {
    const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
    for (const route of ROUTES) {
      const params = match(segments, route);
      if (params) return { name: route.name, params, query, path };
    }
  } catch {
    // an address that cannot be decoded is not found
  }
  return { name: 'notFound', params: {}, query, path };
}

function showRoute() {
  closeDialog();
  setState({ route: parse(location.hash) });
}

export function startRouter() {
  addEventListener('hashchange', showRoute);
  showRoute();
}

export function go(hash) {
  location.hash = hash;
}

/** Goes there without an entry in the history, as for each letter of a search. */
export function replace(hash) {
  history.replaceState(null, '', hash);
  setState({ route: parse(hash) });
}
