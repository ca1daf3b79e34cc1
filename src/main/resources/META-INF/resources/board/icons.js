import { html } from './lib/preact.js';

/** Drawn on a grid of 16 with a stroke of 1.5. */
const SHAPES = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  progress: 'M8 2a6 6 0 1 1-6 6',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6',
  lock: 'M4 7.2h8v6H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  bin: 'M3 4.5h10M6.2 4.5V3h3.6v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5M6.8 7v3.6M9.2 7v3.6',
  deploy: 'M2.5 8h10M8.5 4l4 4-4 4',
  rollback: 'M6 3 2.5 6.5 6 10M2.8 6.5H9a4 4 0 0 1 0 8H6',
  redeploy: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2v3h-3',
  undeploy: 'M3 12.5h10M8 3l4.5 6h-9z',
  archive: 'M2.5 3.5h11v3h-11zM3.5 6.5v6.5h9V6.5M6.5 9.2h3',
  unarchive: 'M3.5 6.5v6.5h9V6.5M8 10.5V2.5M5 5l3-2.7L11 5',
  stop: 'M4 4h8v8H4z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4l3.4 3.4',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  light: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M12.7 3.3l-1 1M4.3 11.7l-1 1',
  dark: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z',
  external: 'M6.5 3.5H3v9.5h9.5V9.5M9.5 2.5h4v4M13.2 2.8 7.5 8.5',
  commit: 'M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM1.5 8h4M10.5 8h4',
  compare: 'M2.5 5h9M8.5 2l3 3-3 3M13.5 11h-9M7.5 8l-3 3 3 3',
  activity: 'M1.5 8.5h3l2-5.5 3 10 2-4.5h3',
  grid: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  plus: 'M8 3v10M3 8h10',
  right: 'M6 3.5 10.5 8 6 12.5',
  user: 'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM3 13.5c.6-2.8 2.5-4 5-4s4.4 1.2 5 4',
  none: 'M4 8h8',
  why: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.3M8 11.4v.2',
  warn: 'M8 2.2 14.3 13H1.7zM8 6.3v3.2M8 11.2v.2',
  offline: 'M2 2l12 12M4.6 8.7A5 5 0 0 1 7 7.3M2.2 6.3A8.5 8.5 0 0 1 5 4.5M8 3.8c2.2 0 4.3.9 5.8 2.5M11.4 8.7l-.6-.5M8 12.2v.2',
};

export function Icon({ name, spin }) {
  return html`<svg class=${spin ? 'icon spin' : 'icon'} viewBox="0 0 16 16" aria-hidden="true"><path d=${SHAPES[name]} /></svg>`;
}
