import { advancePosition, resetPosition } from './api.js';
import { firstPosition, invalidate, restartAt } from './queries.js';
import { announce, getState, setState } from './state.js';

/** Follows the stream. `live` in the state says how it is: connecting, live, behind or lost, and since when. */
const BEHIND_S = 10;
const ANNOUNCE_DELAY_MS = 4000;
/** How long live-worker.js replays changes to pages that connect later. */
const REPLAY_MS = 15000;
/** A page that has fetched nothing, or only what is not there yet, knows no position: it follows from the present on. */
const FIRST_POSITION_TIMEOUT_MS = 2000;
const startedAt = performance.now();
let isPositionUnknown = false;
let announcedStatus = 'live';
let announceTimer = null;

function handleMessage({ data }) {
  if (data.kind === 'changes') {
    advancePosition(data.position);
    invalidate(data.applications);
  } else if (data.kind === 'reset') {
    resetPosition(data.position);
    restartAt(data.position);
    invalidate(null);
  } else if (data.kind === 'status') showStatus(data);
}

function showStatus({ status, behind }) {
  const shown = status === 'live' && behind > BEHIND_S ? 'behind' : status;
  const before = getState().live;
  if (before.status === shown && before.behind === behind) return;
  setState({ live: { status: shown, behind, since: before.status === shown ? before.since : Date.now() } });
  const isConnected = shown === 'live' || shown === 'behind';
  const mayHaveMissed = before.status === 'connecting' && (isPositionUnknown || performance.now() - startedAt > REPLAY_MS);
  if (isConnected && (before.status === 'lost' || mayHaveMissed)) invalidate(null);
  clearTimeout(announceTimer);
  announceTimer = setTimeout(announceStatus, ANNOUNCE_DELAY_MS);
}

function announceStatus() {
  const { status } = getState().live;
  if (status === announcedStatus || status === 'connecting') return;
  if (status === 'lost') announce('Connection lost. What you see may be out of date.');
  else if (announcedStatus === 'lost') announce('Connected again.');
  announcedStatus = status;
}

async function connectToWorker() {
  if (typeof SharedWorker !== 'undefined') {
    const worker = new SharedWorker('/board/live-worker.js', { type: 'module', name: 'lockstep' });
    return worker.port;
  }
  const { addPage } = await import('./live-worker.js');
  const channel = new MessageChannel();
  addPage(channel.port1);
  return channel.port2;
}

export async function startLive() {
  const timeout = new Promise((resolve) => setTimeout(resolve, FIRST_POSITION_TIMEOUT_MS, null));
  const [port, position] = await Promise.all([connectToWorker(), Promise.race([firstPosition, timeout])]);
  isPositionUnknown = position === null;
  port.onmessage = handleMessage;
  port.postMessage({ kind: 'hello', position });
  addEventListener('pagehide', () => port.postMessage({ kind: 'bye' }));
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    port.postMessage({ kind: 'hello', position });
    invalidate(null);
  });
}
