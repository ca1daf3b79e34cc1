import { path } from './api.js';
import { update, closeDialog } from './state.js';

const ROUTES = [
  { name: 'home', parts: [] },
  { name: 'application', parts: ['app', ':application'] },
  { name: 'release', parts: ['app', ':application', 'release', ':release'] },
  { name: 'activity', parts: ['activity'] },
  { name: 'compare', parts: ['compare'] },
];

const part = encodeURIComponent;

export const to = {
  home: (query) => path('#/', query),
  application: (application, query) => path(`#/app/${part(application)}`, query),
  release: (application, release) => `#/app/${part(application)}/release/${part(release)}`,
  activity: (query) => path('#/activity', query),
  compare: (query) => path('#/compare', query),
};

function match(parts, route) {
  if (parts.length !== route.parts.length) return null;
  const params = {};
  for (const [i, expected] of route.parts.entries()) {
    if (expected.startsWith(':')) params[expected.slice(1)] = parts[i];
    else if (expected !== parts[i]) return null;
  }
  return params;
}

export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const query = Object.fromEntries(new URLSearchParams(search));
  try {
    const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
    for (const route of ROUTES) {
      const params = match(parts, route);
      if (params) return { name: route.name, params, query, path };
    }
  } catch {
    // an address that cannot be decoded leads nowhere
  }
  return { name: 'nowhere', params: {}, query, path };
}

function follow() {
  closeDialog();
  update({ route: parse(location.hash) });
}

export function startRouter() {
  addEventListener('hashchange', follow);
  follow();
}

export function go(hash) {
  location.hash = hash;
}

/** Goes there without a step in the history, as for each letter of a search. */
export function replace(hash) {
  history.replaceState(null, '', hash);
  update({ route: parse(hash) });
}
