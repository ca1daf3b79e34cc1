import { useEffect, useRef, useState } from './lib/preact.js';
import { advancePosition, get, knownPosition, path } from './api.js';
import { getState, setState, useStore } from './state.js';

/**
 * A cache of GET responses by path: `{data, error, loading}`. Entries with subscribers are refetched when a change concerns them;
 * others are evicted beyond MAX_CACHED. The first change leads to a request at once, those that follow it to one together.
 */
const BATCH_DELAY_MS = 50;
const MIN_SPACING_MS = 1000;
/** Even if the server was slow once, as it is when it has just started. */
const MAX_SPACING_MS = 3000;
const RETRY_DELAY_MS = 2000;
const MAX_CACHED = 60;
const LOADING = { data: null, error: null, loading: true };
const IDLE = { data: null, error: null, loading: false };

const subscriptions = new Map();
const dirty = new Set();
let timer = null;
/** The position from which changes are followed: that of the first response. */
let startPosition = null;
let resolveFirstPosition;
export const firstPosition = new Promise((resolve) => (resolveFirstPosition = resolve));

/** From now on, changes are followed from this position. */
export function restartAt(position) {
  startPosition = Number(position) || 0;
}

function recordPosition(position) {
  advancePosition(position);
  startPosition ??= Number(position);
  resolveFirstPosition(position);
}

function put(key, entry) {
  const queries = { ...getState().queries };
  delete queries[key];
  queries[key] = entry;
  const unused = Object.keys(queries).filter((k) => !subscriptions.has(k));
  for (const k of unused.slice(0, Math.max(0, unused.length - MAX_CACHED))) delete queries[k];
  setState({ queries });
}

async function fetchQuery(key) {
  const subscription = subscriptions.get(key);
  if (!subscription || subscription.isFetching) {
    if (subscription) subscription.mustRefetch = true;
    return;
  }
  subscription.isFetching = true;
  const startedAt = performance.now();
  const required = knownPosition();
  const before = getState().queries[key];
  if (!before) put(key, LOADING);
  try {
    const { body, position } = await get(key);
    recordPosition(position);
    if (Number(position) < startPosition && required < startPosition) subscription.mustRefetch = true;
    if (!before?.data || before.error || JSON.stringify(before.data) !== JSON.stringify(body)) {
      put(key, { data: body, error: null, loading: false });
    }
  } catch (error) {
    const gone = error.status === 404 || error.status === 410;
    put(key, { data: gone ? null : (before?.data ?? null), error, loading: false });
    if (!gone && error.status !== 400) setTimeout(() => markDirty(key), RETRY_DELAY_MS);
  }
  subscription.isFetching = false;
  const slow = Math.min(MAX_SPACING_MS, 2 * (performance.now() - startedAt));
  subscription.notBefore = performance.now() + Math.max(MIN_SPACING_MS, slow);
  if (subscription.mustRefetch) {
    subscription.mustRefetch = false;
    markDirty(key);
  }
}

function markDirty(key) {
  dirty.add(key);
  timer ??= setTimeout(flush, BATCH_DELAY_MS);
}

function flush() {
  timer = null;
  if (document.hidden) return;
  const now = performance.now();
  let next = Infinity;
  for (const key of [...dirty]) {
    const subscription = subscriptions.get(key);
    if (subscription && subscription.notBefore > now) {
      next = Math.min(next, subscription.notBefore);
      continue;
    }
    dirty.delete(key);
    if (subscription) fetchQuery(key);
  }
  if (dirty.size) timer = setTimeout(flush, Math.max(BATCH_DELAY_MS, next - now));
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && dirty.size) timer ??= setTimeout(flush, 0);
});

/** Refetches what `{application: [kinds]}` concerns; null means that anything may have changed. */
export function invalidate(applications) {
  for (const [key, { concern }] of subscriptions) {
    if (applications === null || isConcerned(concern, applications)) markDirty(key);
  }
}

function isConcerned({ application, kinds }, applications) {
  const own = Object.hasOwn(applications, application) ? applications[application] : [];
  const touched = application === undefined ? Object.values(applications).flat() : own;
  return touched.length > 0 && (!kinds || kinds.some((kind) => touched.includes(kind)));
}

/** Fetches `key`, and again whenever `concern` is touched, until the returned function is called. */
function subscribe(key, concern) {
  const subscription = subscriptions.get(key) ?? { subscribers: 0, concern, isFetching: false, mustRefetch: false, notBefore: 0 };
  subscription.subscribers++;
  subscriptions.set(key, subscription);
  fetchQuery(key);
  return () => {
    if (--subscription.subscribers === 0) subscriptions.delete(key);
  };
}

/** Subscribes a component to exactly these keys. */
function useSubscriptions(keys, concern) {
  const unsubscribes = useRef(new Map());
  useEffect(() => {
    const active = unsubscribes.current;
    for (const key of keys) if (!active.has(key)) active.set(key, subscribe(key, concern));
    for (const [key, unsubscribe] of active) {
      if (keys.includes(key)) continue;
      unsubscribe();
      active.delete(key);
    }
  }, [keys.join('\n')]);
  useEffect(() => () => unsubscribes.current.forEach((unsubscribe) => unsubscribe()), []);
}

/** The response to a GET of `key` (null: nothing is fetched), refetched whenever `concern` `{application, kinds}` is touched. */
export function useQuery(key, concern = {}) {
  const entry = useStore((s) => (key ? (s.queries[key] ?? LOADING) : IDLE));
  useSubscriptions(key ? [key] : [], concern);
  return entry;
}

/** Like `useQuery`, but returns the previous response until the new one has arrived; `fresh` tells which one it is. */
export function useSteadyQuery(key, concern) {
  const entry = useQuery(key, concern);
  const last = useRef(entry);
  if (entry.data || entry.error || !key) last.current = entry;
  return { ...last.current, fresh: last.current === entry, loading: entry.loading && !last.current.data };
}

/**
 * A list in pages: `{items, next, loadMore(), loading, error, first, pages}`. Each page needs the cursor of the one before.
 * Without a base, nothing is fetched.
 */
export function usePages(base, params, concern) {
  const head = base && path(base, params);
  const [wanted, setWanted] = useState({ head, pages: 1 });
  const pages = wanted.head === head ? wanted.pages : 1;
  const queries = useStore((s) => s.queries);
  const before = useRef({ head, entries: [] });
  if (before.current.head !== head) before.current = { head, entries: before.current.entries.slice(0, 1) };

  const keys = [];
  const entries = [];
  for (let cursor = null, i = 0; base && i < pages; i++) {
    const key = path(base, { ...params, cursor });
    const entry = queries[key];
    keys.push(key);
    entries.push(entry?.data || entry?.error ? entry : (before.current.entries[i] ?? LOADING));
    cursor = entries[i].data?.next;
    if (!cursor) break;
  }
  before.current.entries = entries;
  useSubscriptions(keys, concern);

  const last = entries[entries.length - 1] ?? IDLE;
  return {
    first: entries[0]?.data ?? null,
    pages: entries.map((entry) => entry.data).filter(Boolean),
    items: entries.flatMap((entry) => entry.data?.items ?? []),
    next: last.data?.next ?? null,
    loading: last.loading,
    fresh: Boolean(queries[keys[0]]?.data || queries[keys[0]]?.error),
    error: entries.find((entry) => entry.error)?.error ?? null,
    loadMore: () => setWanted({ head, pages: pages + 1 }),
  };
}
