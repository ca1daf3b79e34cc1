import { learnClock } from './time.js';

/** The latest position in the board's changes that this page has heard of: behind a proxy, another process may not know it yet. */
let position = 0;

export const knownPosition = () => position;

export function heardOf(other) {
  position = Math.max(position, Number(other) || 0);
}

/** The positions may have begun anew. */
export function startOverAt(other) {
  position = Number(other) || 0;
}

/** What the server did not answer as asked. `code` is the problem's, or `UNREACHABLE` without an answer. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? 'The server answered ' + status + '.');
    this.status = status;
    this.code = problem.code ?? 'HTTP_' + status;
    this.problem = { code: this.code, ...problem };
  }
}

const unreachable = () => new ApiError(0, { code: 'UNREACHABLE', detail: 'The board cannot be reached.' });

async function call(path, options) {
  let response;
  try {
    response = await fetch('/api' + path, { credentials: 'same-origin', ...options });
  } catch {
    throw unreachable();
  }
  learnClock(response.headers.get('date'));
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, body ?? {});
  if (body === null) throw unreachable();
  return { body, status: response.status, position: response.headers.get('lockstep-position') };
}

export const get = (path) =>
  call(path, { headers: { accept: 'application/json', 'lockstep-position': String(position) } });

/** Sends a command; its result, or null if that did not come in time. */
export async function send(event) {
  const { body, status } = await call('/commands', {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', accept: 'application/json', prefer: 'wait=5' },
    body: JSON.stringify(event),
  });
  return status === 202 ? null : body;
}

/** A path with its query; what is null, undefined or empty is left out. */
export function path(base, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text ? base + '?' + text : base;
}

const part = encodeURIComponent;

export const paths = {
  info: () => '/info',
  overview: (params) => path('/overview', params),
  application: (application) => `/applications/${part(application)}`,
  releases: (application, params) => path(`/applications/${part(application)}/releases`, params),
  release: (application, release) => `/applications/${part(application)}/releases/${part(release)}`,
  deployments: (application, params) => path(`/applications/${part(application)}/deployments`, params),
  activity: (params) => path('/activity', params),
  at: (params) => path('/at', params),
  where: (params) => path('/where', params),
};
