/** One stream for all tabs of a browser: a SharedWorker, or a plain import where there is none. */
const REPLAYED_MS = 15000;
const SILENCE_MS = 20000;
const RETRY_MS = 500;
const ports = new Set();
let source = null;
let position = null;
let heard = 0;
let recent = [];
let status = { status: 'connecting', behind: null };

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function forgetOld() {
  recent = recent.filter(({ at }) => at > Date.now() - REPLAYED_MS);
}

/** Tells the pages that are there, and soon those whose first answers are from before. */
function replayLater(message) {
  forgetOld();
  recent.push({ at: Date.now(), message });
  tell(message);
}

function become(next) {
  status = { ...status, ...next };
  tell({ kind: 'status', ...status });
}

function open() {
  heard = Date.now();
  source?.close();
  source = new EventSource('/api/stream' + (position ? '?position=' + encodeURIComponent(position) : ''));
  source.onopen = () => {
    heard = Date.now();
    become({ status: 'live' });
  };
  source.onerror = () => {
    become({ status: 'lost' });
    again();
  };
  source.addEventListener('changes', (event) => {
    const { applications, behind } = read(event);
    replayLater({ kind: 'changes', applications, position });
    become({ status: 'live', behind });
  });
  source.addEventListener('pulse', (event) => become({ status: 'live', behind: read(event).behind }));
  source.addEventListener('reset', (event) => {
    read(event);
    recent = [];
    replayLater({ kind: 'reset', position });
  });
}

function read(event) {
  heard = Date.now();
  if (event.lastEventId) position = event.lastEventId;
  try {
    return JSON.parse(event.data);
  } catch {
    return { applications: {}, behind: null };
  }
}

/** Sooner than a browser would by itself, and not all browsers at once. */
function again() {
  source.close();
  setTimeout(open, RETRY_MS * (1 + Math.random()));
}

setInterval(() => {
  if (source && Math.abs(Date.now() - heard) > SILENCE_MS) { // the clock may have been set back
    become({ status: 'lost' });
    open();
  }
}, 5000);

export function join(port) {
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
  self.onconnect = (event) => join(event.ports[0]);
}
