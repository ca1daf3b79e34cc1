import { html, useEffect, useRef, useState } from './lib/preact.js';
import { get, paths, send } from './api.js';
import { COMMANDS, eventOf, isResultOf } from './commands.js';
import { Dialog } from './dialog.js';
import { Options, TextFields } from './fields.js';
import { Icon } from './icons.js';
import { Reasons } from './parts.js';
import { invalidate } from './queries.js';
import { closeDialog, notify, openDialog, rememberActor, useStore } from './state.js';
import { lockReasonText, problemText, statusAppearance } from './words.js';

const DRY_RUN_DELAY_MS = 350;
const RESULT_POLL_MS = 2000;
const MAX_RESULT_POLLS = 60;
const MAX_AUTO_RETRIES = 3;

/** Opens the dialog for a command. The intent has `kind`, `application` and what the kind needs; `seen` is the records that the user saw. */
export function openCommand(intent) {
  openDialog({ kind: 'command', intent });
}

/**
 * A command in two steps: a dry run says what would happen, then the command is sent with the revisions that were seen.
 */
export function CommandDialog({ intent: initialIntent }) {
  const remembered = useStore((s) => s.actor);
  const [intent, setIntent] = useState(initialIntent);
  const [actor, setActor] = useState(remembered);
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const { verdict, setVerdict, retry } = useVerdict(intent, setIntent, { actor, reason });
  const command = COMMANDS[intent.kind];
  const isOpen = useRef(true);
  useEffect(() => () => (isOpen.current = false), []);

  const change = (name, value) => setIntent((before) => ({ ...before, [name]: value }));

  /** If name or reason was refused, correcting it starts another dry run. */
  const changeSignature = (set) => (event) => {
    set(event.target.value);
    if (verdict.problem) setIntent((before) => ({ ...before }));
  };

  async function confirm(event) {
    event.preventDefault();
    if (verdict.state !== 'possible' || sending) return;
    setSending(true);
    rememberActor(actor.trim());
    const { sent, outcome } = await sendAsAgreed(intent, verdict.result, { actor, reason });
    setSending(false);
    const close = () => isOpen.current && closeDialog();
    if (outcome.state === 'possible') {
      close();
      notify(noticeFor(intent, outcome.result));
    } else if (outcome.state === 'late') {
      close();
      awaitResult(intent, sent, outcome.isUnconfirmed);
    } else if (isOpen.current) {
      setVerdict(outcome);
    } else {
      notify({ tone: 'bad', text: `${command.title(intent)}: ${problemText(outcome.problem)}` });
    }
    invalidate({ [intent.application]: ['releases', 'environments', 'activity', 'application'] });
  }

  return html`<${Dialog} title=${command.title(intent)} icon=${command.icon} tone=${command.tone} onClose=${closeDialog}>
    <form onSubmit=${confirm}>
      <${TextFields} names=${command.fields} intent=${intent} change=${change} />
      <${Verdict} verdict=${verdict} intent=${intent} retry=${retry} />
      <${Options} names=${command.fields} intent=${intent} change=${change} />
      <div class="signature">
        <label class="field"><span>Reason <i>optional</i></span>
          <input value=${reason} data-first=${!command.fields.includes('title') || undefined} maxlength="4000" onInput=${changeSignature(setReason)} autocomplete="off" dir="auto" /></label>
        <label class="field"><span>Your name <i>unverified</i></span>
          <input value=${actor} maxlength="256" onInput=${changeSignature(setActor)} autocomplete="username" dir="auto" /></label>
      </div>
      <footer class="buttons">
        <button type="button" class="button" onClick=${closeDialog}>Not now</button>
        <button type="submit" class=${'button primary ' + (command.tone ?? '')} aria-disabled=${verdict.state === 'possible' && !sending ? undefined : 'true'}>
          <${Icon} name=${sending ? 'progress' : command.icon} spin=${sending} />${sending ? 'Sending…' : command.verb}
        </button>
      </footer>
    </form>
  <//>`;
}

/**
 * The verdict on an intent, by a dry run whenever the intent changes. If the records have changed or no answer came in time, it is
 * tried again with the records as they are now, MAX_AUTO_RETRIES times by itself and then by `retry`.
 */
function useVerdict(intent, setIntent, signature) {
  const [verdict, setVerdict] = useState({ state: 'checking' });
  const latestRun = useRef(0);
  const retries = useRef(0);

  useEffect(() => {
    const run = ++latestRun.current;
    const { complete } = COMMANDS[intent.kind];
    if (complete && !complete(intent)) return setVerdict({ state: 'incomplete' });
    setVerdict((before) => ({ ...before, state: 'checking' }));
    const timer = setTimeout(async () => {
      const answer = await sendForVerdict(eventOf(intent, { ...signature, dryRun: true }));
      if (run !== latestRun.current) return;
      const outcome = unlessGone(intent, answer);
      if ((isConflict(outcome) || answer.state === 'late') && retries.current++ < MAX_AUTO_RETRIES) setIntent(await refreshIntent(intent));
      else setVerdict(outcome);
    }, verdict.state === 'checking' && !verdict.result ? 0 : DRY_RUN_DELAY_MS);
    return () => clearTimeout(timer);
  }, [intent]);

  async function retry() {
    setVerdict({ state: 'checking' });
    retries.current = 0;
    setIntent(await refreshIntent(intent));
  }

  return { verdict, setVerdict, retry };
}

/**
 * Sends the command with the revisions that were seen. If they have moved on although everything that was agreed to still holds,
 * as with a deployment that reports its progress, it is sent with the new ones; otherwise the outcome is the conflict. A dry run
 * finds that out, so that no refusal is left in the activity.
 */
async function sendAsAgreed(intent, result, signature) {
  const agreed = agreementOf(intent, result);
  let latest = intent;
  for (let retries = 0; ; retries++) {
    const dryRun = unlessGone(latest, await sendForVerdict(eventOf(latest, { ...signature, dryRun: true })));
    if (dryRun.state === 'possible' && agreementOf(latest, dryRun.result) !== agreed) return { outcome: CHANGED };
    const sent = eventOf(latest, signature);
    const outcome = dryRun.state === 'possible' ? await carryOut(sent) : dryRun.state === 'late' ? UNANSWERED : dryRun;
    if (!isConflict(outcome) || retries === MAX_AUTO_RETRIES) return { sent, outcome };
    latest = await refreshIntent(latest);
  }
}

const CHANGED = { state: 'refused', problem: { code: 'REVISION_CONFLICT' } };
const UNANSWERED = { state: 'refused', fault: true, problem: { detail: 'The dry run got no answer in time, so nothing was sent.' } };
/** Codes of responses that say for certain that nothing was sent. */
const UNSENT = ['NOT_SENT', 'NOT_READY'];
const isConflict = ({ problem }) => problem?.code === 'REVISION_CONFLICT';

/**
 * A dry run cannot check the revision of something that no longer exists. If it succeeds anyway, as with something that is
 * archived already, or back again, the user has not seen what would change: report it as gone.
 */
function unlessGone({ seen }, outcome) {
  const problem = seen?.release?.gone ?? seen?.environment?.gone;
  return problem && outcome.state === 'possible' ? { state: 'refused', problem } : outcome;
}

/** What the user agrees to, as a text to compare: everything that the dialog says, and what that depends on. */
function agreementOf({ seen }, { deploymentStatus, blockedBy = [] }) {
  const { release, environment } = seen ?? {};
  return JSON.stringify([
    release && [release.createdRevision, release.title, release.artifactId, release.source, release.lockReasons],
    environment && [environment.current?.deployment, environment.active?.id, environment.waiting.map(({ id }) => id), environment.rollbackTo],
    deploymentStatus,
    blockedBy.map(({ code, by, until }) => [code, by, until]),
  ]);
}

/** `state` is `possible`, `refused`, or `late` if no result came in time. */
async function sendForVerdict(event) {
  try {
    const result = await send(event);
    if (!result) return { state: 'late' };
    return { state: result.outcome === 'accepted' ? 'possible' : 'refused', result, problem: result.problem };
  } catch (error) {
    return { state: 'refused', problem: error.problem, fault: true, isUnanswered: error.status === 0 || (error.status >= 500 && !UNSENT.includes(error.code)) };
  }
}

/** Sends the command itself: without an answer from Lockstep, it may have been carried out nevertheless. */
async function carryOut(event) {
  const outcome = await sendForVerdict(event);
  return outcome.isUnanswered ? { state: 'late', isUnconfirmed: true } : outcome;
}

function Verdict({ verdict, intent, retry }) {
  const { state, result, problem, fault } = verdict;
  const command = COMMANDS[intent.kind];
  if (state === 'incomplete') return html`<${Panel} tone="calm" icon="why" title="What will happen"><p>Fill in the required fields to see what would happen.</p><//>`;
  if (state === 'checking' && !result && !problem) return html`<${Panel} tone="calm" icon="progress" spin title="Checking…"><p>${command.effect(intent)}</p><//>`;
  if (state === 'late') return html`<${Panel} tone="wait" icon="clock" title="No answer yet"><p>The dry run is taking a long time. <button type="button" class="link" onClick=${retry}>Try again</button></p><//>`;
  if (problem) return html`<${Refusal} problem=${problem} fault=${fault} retry=${retry} />`;
  return html`<${Panel} tone=${result.blockedBy?.length ? 'wait' : 'good'} icon=${result.blockedBy?.length ? 'clock' : 'check'} title="What will happen" busy=${state === 'checking'}>
    <p>${command.effect(intent, result)}</p>
    ${result.blockedBy?.length > 0 && html`<p>It will wait first:</p><${Reasons} blockedBy=${result.blockedBy} />`}
    ${result.deploymentStatus === 'in_progress' && intent.kind !== 'cancel' && html`<p>It starts at once, and the deployer reports how it goes.</p>`}
    ${result.deploymentStatus === 'succeeded' && html`<p>It takes effect at once.</p>`}
  <//>`;
}

function Refusal({ problem, fault, retry }) {
  const stale = problem.code === 'REVISION_CONFLICT';
  return html`<${Panel} tone=${stale || fault ? 'wait' : 'bad'} icon=${stale ? 'redeploy' : fault ? 'warn' : 'cross'} title=${stale ? 'Something has changed' : fault ? 'That did not work' : 'Not possible'}>
    <p><bdi>${problemText(problem)}</bdi></p>
    ${problem.lockReasons && html`<ul class="reasons">${problem.lockReasons.map((r) => html`<li><bdi>${lockReasonText(r)}</bdi></li>`)}</ul>`}
    ${problem.violations && html`<ul class="reasons">${problem.violations.map((v) => html`<li><code>${v.pointer.replace(/^\/data\//, '')}</code> <bdi>${v.message}</bdi></li>`)}</ul>`}
    ${(stale || fault) && html`<p><button type="button" class="button" onClick=${retry}><${Icon} name="redeploy" />${stale ? 'Look again' : 'Try again'}</button></p>`}
  <//>`;
}

function Panel({ tone, icon, spin, title, busy, children }) {
  return html`<div class=${'verdict ' + tone} role="status" aria-busy=${busy ? 'true' : undefined}>
    <${Icon} name=${icon} spin=${spin} /><div><h3>${title}</h3>${children}</div>
  </div>`;
}

/** The intent with the records as they are now, or as they were before if nobody answers. */
async function refreshIntent(intent) {
  if (!intent.seen) return { ...intent };
  const { release, environment } = intent.seen;
  const [releaseNow, application] = await Promise.all([
    release && fetchOrGone(paths.release(intent.application, intent.release)),
    environment && fetchOrGone(paths.application(intent.application)),
  ]);
  const environmentNow = application && (application.environments?.find((e) => e.environment.id === intent.environment) ?? { gone: application.gone ?? DROPPED });
  return { ...intent, seen: { release: releaseNow ?? release, environment: environmentNow ?? environment } };
}

/** The record, `{gone: problem}` if it does not exist any more, or null if nobody answers. */
const fetchOrGone = (path) => get(path).then(({ body }) => body, ({ status, problem }) => (status === 404 || status === 410 ? { gone: problem } : null));
const DROPPED = { code: 'ENVIRONMENT_NOT_FOUND', detail: 'The environment is no longer in the pipeline.' };

/** The notice for the result of a command, or for its activity. */
function noticeFor(intent, { deploymentStatus, outcome, problem, detail, code }) {
  const { title, summary } = COMMANDS[intent.kind];
  if (outcome === 'rejected') return { tone: 'bad', text: `${title(intent)}: ${problemText(problem ?? { detail, code })}` };
  const subject = summary(intent, { deploymentStatus });
  if (!['deploy', 'rollback', 'redeploy', 'undeploy'].includes(intent.kind)) return { tone: 'good', text: subject };
  const status = deploymentStatus ? statusAppearance({ status: deploymentStatus, action: intent.kind }).word.toLowerCase() : 'accepted';
  return { tone: 'good', text: `${subject}: ${status}` };
}

/** Waits for a result that did not come with the response, until it appears in the activity. */
function awaitResult(intent, event, isUnconfirmed) {
  const title = COMMANDS[intent.kind].title(intent);
  const delivery = isUnconfirmed ? 'it is not known whether it was sent' : 'sent';
  const id = notify({ tone: 'wait', text: `${title}: ${delivery}; no outcome yet` });
  let polls = 0;
  const poll = async () => {
    const found = await get(paths.activity({ application: intent.application, source: event.source, id: event.id }))
      .then(({ body }) => body.items.find((item) => isResultOf(item, event)))
      .catch(() => null);
    if (found) notify(noticeFor(intent, found), id);
    else if (++polls < MAX_RESULT_POLLS) setTimeout(poll, RESULT_POLL_MS);
    else notify({ tone: 'bad', text: `${title}: ${delivery}; no outcome has arrived. See the activity.` }, id);
  };
  setTimeout(poll, RESULT_POLL_MS);
}
