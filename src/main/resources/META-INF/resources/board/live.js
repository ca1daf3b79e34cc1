import { heardOf, startOverAt } from './api.js';
import { changed, positionKnown, restartAt } from './queries.js';
import { current, say, update } from './state.js';

/** Follows the stream. `live` in the state says how it is: connecting, live, behind or lost, and since when. */
const BEHIND_S = 10;
const SAID_AFTER_MS = 4000;
/** For so long the worker of the stream keeps changes for pages that come later. */
const REPLAYED_MS = 15000;
/** A page that has asked for nothing, or for what is not there yet, knows no position: it follows from the present on. */
const START_ANYWAY_MS = 2000;
const began = performance.now();
let isPositionUnknown = false;
let said = 'live';
let saying = null;

function receive({ data }) {
  if (data.kind === 'changes') {
    heardOf(data.position);
    changed(data.applications);
  } else if (data.kind === 'reset') {
    startOverAt(data.position);
    restartAt(data.position);
    changed(null);
  } else if (data.kind === 'status') follow(data);
}

function follow({ status, behind }) {
  const shown = status === 'live' && behind > BEHIND_S ? 'behind' : status;
  const before = current().live;
  if (before.status === shown && before.behind === behind) return;
  update({ live: { status: shown, behind, since: before.status === shown ? before.since : Date.now() } });
  const isConnected = shown === 'live' || shown === 'behind';
  const mayHaveMissed = before.status === 'connecting' && (isPositionUnknown || performance.now() - began > REPLAYED_MS);
  if (isConnected && (before.status === 'lost' || mayHaveMissed)) changed(null);
  clearTimeout(saying);
  saying = setTimeout(announce, SAID_AFTER_MS);
}

function announce() {
  const { status } = current().live;
  if (status === said || status === 'connecting') return;
  if (status === 'lost') say('The connection is lost. What you see may be out of date.');
  else if (said === 'lost') say('Connected again.');
  said = status;
}

async function port() {
  if (typeof SharedWorker !== 'undefined') {
    const worker = new SharedWorker('/board/live-worker.js', { type: 'module', name: 'lockstep' });
    return worker.port;
  }
  const { join } = await import('./live-worker.js');
  const channel = new MessageChannel();
  join(channel.port1);
  return channel.port2;
}

export async function goLive() {
  const anyway = new Promise((resolve) => setTimeout(resolve, START_ANYWAY_MS, null));
  const [stream, position] = await Promise.all([port(), Promise.race([positionKnown, anyway])]);
  isPositionUnknown = position === null;
  stream.onmessage = receive;
  stream.postMessage({ kind: 'hello', position });
  addEventListener('pagehide', () => stream.postMessage({ kind: 'bye' }));
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    stream.postMessage({ kind: 'hello', position });
    changed(null);
  });
}
