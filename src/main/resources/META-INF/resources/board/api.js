import { syncClock } from './time.js';

/** The latest position in the board's changes that this page knows of: behind a proxy, another process may not know it yet. */
let position = 0;

export const knownPosition = () => position;

export function advancePosition(other) {
  position = Math.max(position, Number(other) || 0);
}

/** For when positions may have started over. */
export function resetPosition(other) {
  position = Number(other) || 0;
}

/** A response other than a success, or none. `code` is the problem's, or `UNREACHABLE` if there was no response. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? 'The server responded with ' + status + '.');
    this.status = status;
    this.code = problem.code ?? 'HTTP_' + status;
    this.problem = { code: this.code, ...problem };
  }
}

const unreachable = () => new ApiError(0, { code: 'UNREACHABLE', detail: 'The board cannot be reached.' });

async function request(path, options) {
  let response;
  try {
    response = await fetch('/api' + path, { credentials: 'same-origin', ...options });
  } catch {
    throw unreachable();
  }
  syncClock(response.headers.get('date'));
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, body ?? {});
  if (body === null) throw unreachable();
  return { body, status: response.status, position: response.headers.get('lockstep-position') };
}

export const get = (path) =>
  request(path, { headers: { accept: 'application/json', 'lockstep-position': String(position) } });

/** Sends a command. Returns its result, or null if that did not come in time. */
export async function send(event) {
  const { body, status } = await request('/commands', {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', accept: 'application/json', prefer: 'wait=5' },
    body: JSON.stringify(event),
  });
  return status === 202 ? null : body;
}

/** A path with its query; parameters that are null, undefined or empty are left out. */
export function path(base, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text ? base + '?' + text : base;
}

export const encodeSegment = encodeURIComponent;

export const paths = {
  info: () => '/info',
  overview: (params) => path('/overview', params),
  application: (application) => `/applications/${encodeSegment(application)}`,
  releases: (application, params) => path(`/applications/${encodeSegment(application)}/releases`, params),
  release: (application, release) => `/applications/${encodeSegment(application)}/releases/${encodeSegment(release)}`,
  deployments: (application, params) => path(`/applications/${encodeSegment(application)}/deployments`, params),
  activity: (params) => path('/activity', params),
  at: (params) => path('/at', params),
  where: (params) => path('/where', params),
};
