import { html, useEffect, useRef, useState } from './lib/preact.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WORTH_CORRECTING_MS = 5 * SECOND;

let offset = 0;

/** Takes over the server's clock where this machine's is wrong by more than a few seconds. */
export function learnClock(date) {
  const server = Date.parse(date ?? '');
  if (Number.isNaN(server)) return;
  const difference = server - Date.now();
  offset = Math.abs(difference) > WORTH_CORRECTING_MS ? difference : 0;
}

export const now = () => Date.now() + offset;

const LOCALE = 'en-GB';
const exactFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'long' });
const clockFormat = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' });
const weekdayFormat = new Intl.DateTimeFormat(LOCALE, { weekday: 'short' });
const dayFormat = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const yearFormat = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });
const longDayFormat = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

export const exact = (value) => exactFormat.format(new Date(value));
export const clock = (value) => clockFormat.format(new Date(value));

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysApart = (date) => Math.round((midnight(date) - midnight(new Date(now()))) / DAY);

function dayName(value) {
  const days = daysApart(new Date(value));
  if (days === 0) return 'Today';
  if (days === -1) return 'Yesterday';
  return longDayFormat.format(new Date(value));
}

/** `12:00`, `Mon 09:00`, `4 Mar 09:00`: as short as it is unmistakable. */
export function moment(value) {
  const date = new Date(value);
  const days = daysApart(date);
  if (days === 0) return clock(date);
  if (days === 1) return 'tomorrow ' + clock(date);
  if (days === -1) return 'yesterday ' + clock(date);
  if (Math.abs(days) < 7) return weekdayFormat.format(date) + ' ' + clock(date);
  return day(date) + ' ' + clock(date);
}

/** What a `datetime-local` field shows for a moment, in the reader's time; empty for none. */
export function localInput(value) {
  const date = new Date(value ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

/** A moment as it stands in an address, the same for every reader; undefined for none. */
export function utc(value) {
  const date = new Date(value ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function day(date) {
  return (date.getFullYear() === new Date(now()).getFullYear() ? dayFormat : yearFormat).format(date);
}

function two(ms, big, bigName, small, smallName) {
  const rest = Math.floor((ms % big) / small);
  return Math.floor(ms / big) + bigName + (rest ? ' ' + rest + smallName : '');
}

/** A length of time with its two largest units. */
export function length(ms) {
  if (ms < SECOND) return '0 s';
  if (ms < MINUTE) return Math.floor(ms / SECOND) + ' s';
  if (ms < 10 * MINUTE) return two(ms, MINUTE, ' min', SECOND, ' s');
  if (ms < HOUR) return Math.floor(ms / MINUTE) + ' min';
  if (ms < DAY) return two(ms, HOUR, ' h', MINUTE, ' min');
  return two(ms, DAY, ' d', HOUR, ' h');
}

/** How long ago, with one unit; a day of the calendar beyond four weeks. */
export function age(value) {
  const ms = now() - Date.parse(value);
  if (ms < 10 * SECOND) return 'now';
  if (ms < MINUTE) return Math.floor(ms / (10 * SECOND)) * 10 + ' s';
  if (ms < HOUR) return Math.floor(ms / MINUTE) + ' min';
  if (ms < DAY) return Math.floor(ms / HOUR) + ' h';
  if (ms < 28 * DAY) return Math.floor(ms / DAY) + ' d';
  return day(new Date(value));
}

export function ago(value) {
  const text = age(value);
  if (text === 'now') return 'just now';
  return /^\d+ (s|min|h|d)$/.test(text) ? text + ' ago' : 'on ' + text;
}

/** How long something has been so: `for 4 h`, `since 26 Oct`. */
function lasting(value) {
  const text = age(value);
  if (text === 'now') return 'just now';
  return /^\d+ (s|min|h|d)$/.test(text) ? 'for ' + text : 'since ' + text;
}

const elapsed = (value) => length(Math.max(0, now() - Date.parse(value)));
const until = (value) => {
  const ms = Date.parse(value) - now();
  return ms > 0 ? 'in ' + length(ms) : 'due now';
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

function ticker(format) {
  return function Ticker({ value }) {
    const text = useTicking(format, value);
    return html`<time datetime=${value} title=${exact(value)}>${text}</time>`;
  };
}

export const Age = ticker(age);
export const Ago = ticker(ago);
export const Lasting = ticker(lasting);
export const Elapsed = ticker(elapsed);
export const Until = ticker(until);

export const Moment = ticker(moment);

/** `Today`, `Yesterday`, or the day. */
export const Day = ticker(dayName);

export function Clock({ value }) {
  return html`<time datetime=${value} title=${exact(value)}>${clock(value)}</time>`;
}
