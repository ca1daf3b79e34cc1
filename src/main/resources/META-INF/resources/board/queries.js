import { useEffect, useRef, useState } from './lib/preact.js';
import { get, heardOf, knownPosition, path } from './api.js';
import { current, update, useStore } from './state.js';

/**
 * What was asked of the server, by path: `{data, error, loading}`. What is looked at is asked anew when a change concerns it;
 * what nobody looks at is forgotten once there is much of it. The first change is asked for at once, those that follow it together.
 */
const GATHER_MS = 50;
const SPACING_MS = 1000;
/** Even if the server was slow once, as it is when it has just started. */
const LONGEST_SPACING_MS = 3000;
const AFTER_FAILURE_MS = 2000;
const MOST_KEPT = 60;
const NOTHING = { data: null, error: null, loading: true };
const NONE = { data: null, error: null, loading: false };

const watched = new Map();
const dirty = new Set();
let timer = null;
/** From where the changes are followed: the position of the first answer. */
let start = null;
let startKnown;
export const positionKnown = new Promise((resolve) => (startKnown = resolve));

/** The changes are followed from there on. */
export function restartAt(position) {
  start = Number(position) || 0;
}

function learn(position) {
  heardOf(position);
  start ??= Number(position);
  startKnown(position);
}

function put(key, entry) {
  const queries = { ...current().queries };
  delete queries[key];
  queries[key] = entry;
  const spare = Object.keys(queries).filter((k) => !watched.has(k));
  for (const k of spare.slice(0, Math.max(0, spare.length - MOST_KEPT))) delete queries[k];
  update({ queries });
}

async function ask(key) {
  const watch = watched.get(key);
  if (!watch || watch.asking) {
    if (watch) watch.again = true;
    return;
  }
  watch.asking = true;
  const began = performance.now();
  const required = knownPosition();
  const before = current().queries[key];
  if (!before) put(key, NOTHING);
  try {
    const { body, position } = await get(key);
    learn(position);
    if (Number(position) < start && required < start) watch.again = true;
    if (!before?.data || before.error || JSON.stringify(before.data) !== JSON.stringify(body)) {
      put(key, { data: body, error: null, loading: false });
    }
  } catch (error) {
    const gone = error.status === 404 || error.status === 410;
    put(key, { data: gone ? null : (before?.data ?? null), error, loading: false });
    if (!gone && error.status !== 400) setTimeout(() => markDirty(key), AFTER_FAILURE_MS);
  }
  watch.asking = false;
  const slow = Math.min(LONGEST_SPACING_MS, 2 * (performance.now() - began));
  watch.notBefore = performance.now() + Math.max(SPACING_MS, slow);
  if (watch.again) {
    watch.again = false;
    markDirty(key);
  }
}

function markDirty(key) {
  dirty.add(key);
  timer ??= setTimeout(flush, GATHER_MS);
}

function flush() {
  timer = null;
  if (document.hidden) return;
  const now = performance.now();
  let next = Infinity;
  for (const key of [...dirty]) {
    const watch = watched.get(key);
    if (watch && watch.notBefore > now) {
      next = Math.min(next, watch.notBefore);
      continue;
    }
    dirty.delete(key);
    if (watch) ask(key);
  }
  if (dirty.size) timer = setTimeout(flush, Math.max(GATHER_MS, next - now));
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && dirty.size) timer ??= setTimeout(flush, 0);
});

/** A change of `{application: [kinds]}`; null means that anything may have changed. */
export function changed(applications) {
  for (const [key, { concern }] of watched) {
    if (applications === null || concerns(concern, applications)) markDirty(key);
  }
}

function concerns({ application, kinds }, applications) {
  const own = Object.hasOwn(applications, application) ? applications[application] : [];
  const touched = application === undefined ? Object.values(applications).flat() : own;
  return touched.length > 0 && (!kinds || kinds.some((kind) => touched.includes(kind)));
}

function watch(key, concern) {
  const entry = watched.get(key) ?? { count: 0, concern, asking: false, again: false, notBefore: 0 };
  entry.count++;
  watched.set(key, entry);
  ask(key);
  return () => {
    if (--entry.count === 0) watched.delete(key);
  };
}

/** The answer to a GET of `key` (null: nothing is asked), asked anew whenever `concern` `{application, kinds}` is touched. */
export function useQuery(key, concern = {}) {
  const entry = useStore((s) => (key ? (s.queries[key] ?? NOTHING) : NONE));
  useEffect(() => (key ? watch(key, concern) : undefined), [key]);
  return entry;
}

/** Like `useQuery`, but shows the answer before until the new one is there; `fresh` tells which it is. */
export function useSteadyQuery(key, concern) {
  const entry = useQuery(key, concern);
  const last = useRef(entry);
  if (entry.data || entry.error || !key) last.current = entry;
  return { ...last.current, fresh: last.current === entry, loading: entry.loading && !last.current.data };
}

/**
 * A list by pages: `{items, next, more(), loading, error, first, pages}`. Its pages hang together by the cursors of those before.
 * Without a base nothing is asked.
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
    entries.push(entry?.data || entry?.error ? entry : (before.current.entries[i] ?? NOTHING));
    cursor = entries[i].data?.next;
    if (!cursor) break;
  }
  before.current.entries = entries;
  const watching = useRef(new Map());
  useEffect(() => {
    const ends = watching.current;
    for (const key of keys) if (!ends.has(key)) ends.set(key, watch(key, concern));
    for (const [key, end] of ends) {
      if (keys.includes(key)) continue;
      end();
      ends.delete(key);
    }
  }, [keys.join('\n')]);
  useEffect(() => () => watching.current.forEach((end) => end()), []);

  const last = entries[entries.length - 1] ?? NONE;
  return {
    first: entries[0]?.data ?? null,
    pages: entries.map((entry) => entry.data).filter(Boolean),
    items: entries.flatMap((entry) => entry.data?.items ?? []),
    next: last.data?.next ?? null,
    loading: last.loading,
    fresh: Boolean(queries[keys[0]]?.data || queries[keys[0]]?.error),
    error: entries.find((entry) => entry.error)?.error ?? null,
    more: () => setWanted({ head, pages: pages + 1 }),
  };
}
