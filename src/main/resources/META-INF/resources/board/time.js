import { html, useEffect, useRef, useState } from './lib/preact.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIN_CORRECTION_MS = 5 * SECOND;

let offset = 0;

/** Follows the server's clock if this machine's is wrong by more than a few seconds. */
export function syncClock(date) {
  const server = Date.parse(date ?? '');
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  offset = Math.abs(difference) > MIN_CORRECTION_MS ? difference : 0;
}

export const now = () => Date.now() + offset;

const LOCALE = 'en-GB';
const exactFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'long' });
const clockFormat = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' });
const weekdayFormat = new Intl.DateTimeFormat(LOCALE, { weekday: 'short' });
const dayFormat = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const yearFormat = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });
const longDayFormat = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

const formatExact = (value) => exactFormat.format(new Date(value));
export const formatClock = (value) => clockFormat.format(new Date(value));

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysApart = (date) => Math.round((midnight(date) - midnight(new Date(now()))) / DAY);

function formatDayName(value) {
  const days = daysApart(new Date(value));
  if (days === 0) return 'Today';
  if (days === -1) return 'Yesterday';
  return longDayFormat.format(new Date(value));
}

/** `12:00`, `Mon 09:00`, `4 Mar 09:00`: as short as possible without ambiguity. */
export function formatMoment(value) {
  const date = new Date(value);
  const days = daysApart(date);
  if (days === 0) return formatClock(date);
  if (days === 1) return 'tomorrow ' + formatClock(date);
  if (days === -1) return 'yesterday ' + formatClock(date);
  if (Math.abs(days) < 7) return weekdayFormat.format(date) + ' ' + formatClock(date);
  return formatDay(date) + ' ' + formatClock(date);
}

/** A time as a `datetime-local` field shows it, in the reader's time zone; empty for none. */
export function toLocalInput(value) {
  const date = new Date(value ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

/** A time as it is written in an address, the same for every reader; undefined for none. */
export function toIso(value) {
  const date = new Date(value ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function formatDay(date) {
  return (date.getFullYear() === new Date(now()).getFullYear() ? dayFormat : yearFormat).format(date);
}

function twoUnits(ms, big, bigName, small, smallName) {
  const rest = Math.floor((ms % big) / small);
  return Math.floor(ms / big) + bigName + (rest ? ' ' + rest + smallName : '');
}

/** A duration, in its two largest units. */
export function formatDuration(ms) {
  if (ms < SECOND) return '0 s';
  if (ms < MINUTE) return Math.floor(ms / SECOND) + ' s';
  if (ms < 10 * MINUTE) return twoUnits(ms, MINUTE, ' min', SECOND, ' s');
  if (ms < HOUR) return Math.floor(ms / MINUTE) + ' min';
  if (ms < DAY) return twoUnits(ms, HOUR, ' h', MINUTE, ' min');
  return twoUnits(ms, DAY, ' d', HOUR, ' h');
}

/** How long ago, in one unit; a date beyond four weeks. */
function formatAge(value) {
  const ms = now() - Date.parse(value);
  if (ms < 10 * SECOND) return 'now';
  if (ms < MINUTE) return Math.floor(ms / (10 * SECOND)) * 10 + ' s';
  if (ms < HOUR) return Math.floor(ms / MINUTE) + ' min';
  if (ms < DAY) return Math.floor(ms / HOUR) + ' h';
  if (ms < 28 * DAY) return Math.floor(ms / DAY) + ' d';
  return formatDay(new Date(value));
}

function formatAgo(value) {
  const text = formatAge(value);
  if (text === 'now') return 'just now';
  return /^\d+ (s|min|h|d)$/.test(text) ? text + ' ago' : 'on ' + text;
}

/** How long something has lasted: `for 4 h`, `since 26 Oct`. */
function formatLasting(value) {
  const text = formatAge(value);
  if (text === 'now') return 'just now';
  return /^\d+ (s|min|h|d)$/.test(text) ? 'for ' + text : 'since ' + text;
}

const formatElapsed = (value) => formatDuration(Math.max(0, now() - Date.parse(value)));
const formatUntil = (value) => {
  const ms = Date.parse(value) - now();
  return ms > 0 ? 'in ' + formatDuration(ms) : 'due now';
};

const ticking = new Set();
setInterval(() => !document.hidden && ticking.forEach((tick) => tick()), SECOND);
document.addEventListener('visibilitychange', () => !document.hidden && ticking.forEach((tick) => tick()));

function useTicking(format, value) {
  const [, redraw] = useState(0);
  const shown = useRef('');
  shown.current = format(value);
  useEffect(() => {
    const tick = () => format(value) !== shown.current && redraw((n) => n + 1);
    ticking.add(tick);
    return () => ticking.delete(tick);
  }, [format, value]);
  return shown.current;
}

/** A component that shows a time in this format, and keeps it up to date. */
function tickingTime(format) {
  return function TickingTime({ value }) {
    const text = useTicking(format, value);
    return html`<time datetime=${value} title=${formatExact(value)}>${text}</time>`;
  };
}

export const Age = tickingTime(formatAge);
export const Ago = tickingTime(formatAgo);
export const Lasting = tickingTime(formatLasting);
export const Elapsed = tickingTime(formatElapsed);
export const Until = tickingTime(formatUntil);

export const Moment = tickingTime(formatMoment);

/** `Today`, `Yesterday`, or the day. */
export const Day = tickingTime(formatDayName);

export function Clock({ value }) {
  return html`<time datetime=${value} title=${formatExact(value)}>${formatClock(value)}</time>`;
}
