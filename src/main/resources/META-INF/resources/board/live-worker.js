/** One stream for all tabs of a browser: a SharedWorker, or a plain import where there is none. */
const REPLAY_MS = 15000;
const MAX_SILENCE_MS = 20000;
const RETRY_MS = 500;
const ports = new Set();
let source = null;
let position = null;
let lastHeardAt = 0;
let recent = [];
let status = { status: 'connecting', behind: null };

function broadcast(message) {
  for (const port of ports) port.postMessage(message);
}

function forgetOld() {
  recent = recent.filter(({ at }) => at > Date.now() - REPLAY_MS);
}

/** Sends it to the pages that are connected, and soon to those that connect later with data from before. */
function broadcastAndReplay(message) {
  forgetOld();
  recent.push({ at: Date.now(), message });
  broadcast(message);
}

function setStatus(next) {
  status = { ...status, ...next };
  broadcast({ kind: 'status', ...status });
}

function open() {
  lastHeardAt = Date.now();
  source?.close();
  source = new EventSource('/api/stream' + (position ? '?position=' + encodeURIComponent(position) : ''));
  source.onopen = () => {
    lastHeardAt = Date.now();
    setStatus({ status: 'live' });
  };
  source.onerror = () => {
    setStatus({ status: 'lost' });
    reconnect();
  };
  source.addEventListener('changes', (event) => {
    const { applications, behind } = receive(event);
    broadcastAndReplay({ kind: 'changes', applications, position });
    setStatus({ status: 'live', behind });
  });
  source.addEventListener('pulse', (event) => setStatus({ status: 'live', behind: receive(event).behind }));
  source.addEventListener('reset', (event) => {
    receive(event);
    recent = [];
    broadcastAndReplay({ kind: 'reset', position });
  });
}

function receive(event) {
  lastHeardAt = Date.now();
  if (event.lastEventId) position = event.lastEventId;
  try {
    return JSON.parse(event.data);
  } catch {
    return { applications: {}, behind: null };
  }
}

/** Sooner than a browser would by itself, and not all browsers at once. */
function reconnect() {
  source.close();
  setTimeout(open, RETRY_MS * (1 + Math.random()));
}

setInterval(() => {
  if (source && Math.abs(Date.now() - lastHeardAt) > MAX_SILENCE_MS) { // the clock may have been set back
    setStatus({ status: 'lost' });
    open();
  }
}, 5000);

export function addPage(port) {
  port.onmessage = ({ data }) => {
    if (data.kind === 'bye') {
      ports.delete(port);
    } else if (data.kind === 'hello') {
      ports.add(port);
      if (!source) {
        position = data.position;
        open();
      }
      port.postMessage({ kind: 'status', ...status });
      forgetOld();
      for (const { message } of recent) port.postMessage(message);
    }
  };
}

if (typeof SharedWorkerGlobalScope !== 'undefined' && self instanceof SharedWorkerGlobalScope) {
  self.onconnect = (event) => addPage(event.ports[0]);
}
