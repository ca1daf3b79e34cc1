import { html, useEffect, useRef, useState } from './lib/preact.js';
import { get, paths, send } from './api.js';
import { COMMANDS, eventOf, isOurs } from './commands.js';
import { Dialog } from './dialog.js';
import { Options, TextFields } from './fields.js';
import { Icon } from './icons.js';
import { Reasons } from './parts.js';
import { changed } from './queries.js';
import { closeDialog, notify, openDialog, rememberActor, useStore } from './state.js';
import { lockReason, refusal, standing } from './words.js';

const DRY_RUN_AFTER_MS = 350;
const LOOK_FOR_RESULT_MS = 2000;
const LOOKS_FOR_RESULT = 60;
const LOOKS_BY_ITSELF = 3;

/** Opens the dialog for a command; the intent has `kind`, `application` and what the kind needs; `at` is the records that were seen. */
export function act(intent) {
  openDialog({ kind: 'act', intent });
}

/**
 * A command in two steps: a dry run says what would happen, then the command is sent with the revisions that were seen.
 */
export function ActDialog({ intent: given }) {
  const remembered = useStore((s) => s.actor);
  const [intent, setIntent] = useState(given);
  const [actor, setActor] = useState(remembered);
  const [reason, setReason] = useState('');
  const [verdict, setVerdict] = useState({ state: 'asking' });
  const [sending, setSending] = useState(false);
  const command = COMMANDS[intent.kind];
  const complete = !command.complete || command.complete(intent);
  const asked = useRef(0);
  const looks = useRef(0);
  const isOpen = useRef(true);
  useEffect(() => () => (isOpen.current = false), []);

  useEffect(() => {
    const turn = ++asked.current;
    if (!complete) return setVerdict({ state: 'incomplete' });
    setVerdict((before) => ({ ...before, state: 'asking' }));
    const timer = setTimeout(async () => {
      const next = await tryOut(eventOf(intent, { actor, reason, dryRun: true }));
      if (turn !== asked.current) return;
      const outcome = unlessGone(intent, next);
      if ((isConflict(outcome) || next.state === 'late') && looks.current++ < LOOKS_BY_ITSELF) setIntent(await refreshed(intent));
      else setVerdict(outcome);
    }, verdict.state === 'asking' && !verdict.result ? 0 : DRY_RUN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [intent]);

  const change = (name, value) => setIntent((before) => ({ ...before, [name]: value }));

  /** Whoever corrects what was refused finds out whether it is possible now. */
  const changeWords = (set) => (event) => {
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
      notify(told(intent, outcome.result));
    } else if (outcome.state === 'late') {
      close();
      follow(intent, sent, outcome.isUnconfirmed);
    } else if (isOpen.current) {
      setVerdict(outcome);
    } else {
      notify({ tone: 'bad', text: `${command.title(intent)}: ${refusal(outcome.problem)}` });
    }
    changed({ [intent.application]: ['releases', 'environments', 'activity', 'application'] });
  }

  async function lookAgain() {
    setVerdict({ state: 'asking' });
    looks.current = 0;
    setIntent(await refreshed(intent));
  }

  return html`<${Dialog} title=${command.title(intent)} icon=${command.icon} tone=${command.tone} onClose=${closeDialog}>
    <form onSubmit=${confirm}>
      <${TextFields} names=${command.fields} intent=${intent} change=${change} />
      <${Verdict} verdict=${verdict} intent=${intent} lookAgain=${lookAgain} />
      <${Options} names=${command.fields} intent=${intent} change=${change} />
      <div class="signature">
        <label class="field"><span>Reason <i>optional</i></span>
          <input value=${reason} data-first=${!command.fields.includes('title') || undefined} maxlength="4000" onInput=${changeWords(setReason)} autocomplete="off" dir="auto" /></label>
        <label class="field"><span>Your name <i>unverified</i></span>
          <input value=${actor} maxlength="256" onInput=${changeWords(setActor)} autocomplete="username" dir="auto" /></label>
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
 * Sends the command with the revisions that were seen. Where they have moved on although all that was agreed to still holds,
 * as with a deployment that reports its progress, it is sent with the new ones; else the conflict is the outcome. A dry run
 * finds that out, so that no refusal is left among the activity.
 */
async function sendAsAgreed(intent, result, words) {
  const agreed = gist(intent, result);
  let seen = intent;
  for (let looks = 0; ; looks++) {
    const dry = unlessGone(seen, await tryOut(eventOf(seen, { ...words, dryRun: true })));
    if (dry.state === 'possible' && gist(seen, dry.result) !== agreed) return { outcome: CHANGED };
    const sent = eventOf(seen, words);
    const outcome = dry.state === 'possible' ? await carryOut(sent) : dry.state === 'late' ? SLOW : dry;
    if (!isConflict(outcome) || looks === LOOKS_BY_ITSELF) return { sent, outcome };
    seen = await refreshed(seen);
  }
}

const CHANGED = { state: 'refused', problem: { code: 'REVISION_CONFLICT' } };
const SLOW = { state: 'refused', fault: true, problem: { detail: 'The dry run got no answer in time, so nothing was sent.' } };
/** Codes of answers that say for certain that nothing was sent. */
const UNSENT = ['NOT_SENT', 'NOT_READY'];
const isConflict = ({ problem }) => problem?.code === 'REVISION_CONFLICT';

/**
 * What is not there any more has no revision that could be expected, so that the dry run says why what was wanted is not possible.
 * If it says that it is, as with what is archived already, or back again, nobody has seen what would be changed.
 */
function unlessGone({ at }, outcome) {
  const problem = at?.release?.gone ?? at?.environment?.gone;
  return problem && outcome.state === 'possible' ? { state: 'refused', problem } : outcome;
}

/** What somebody agrees to: all that the dialog says, and what it rests on. */
function gist({ at }, { deploymentStatus, blockedBy = [] }) {
  const { release, environment } = at ?? {};
  return JSON.stringify([
    release && [release.createdRevision, release.title, release.artifactId, release.source, release.lockReasons],
    environment && [environment.current?.deployment, environment.active?.id, environment.waiting.map(({ id }) => id), environment.rollbackTo],
    deploymentStatus,
    blockedBy.map(({ code, by, until }) => [code, by, until]),
  ]);
}

async function tryOut(event) {
  try {
    const result = await send(event);
    if (!result) return { state: 'late' };
    return { state: result.outcome === 'accepted' ? 'possible' : 'refused', result, problem: result.problem };
  } catch (error) {
    return { state: 'refused', problem: error.problem, fault: true, isUnanswered: error.status === 0 || (error.status >= 500 && !UNSENT.includes(error.code)) };
  }
}

/** The command itself: without an answer from Lockstep it may have been carried out all the same. */
async function carryOut(event) {
  const outcome = await tryOut(event);
  return outcome.isUnanswered ? { state: 'late', isUnconfirmed: true } : outcome;
}

function Verdict({ verdict, intent, lookAgain }) {
  const { state, result, problem, fault } = verdict;
  const command = COMMANDS[intent.kind];
  if (state === 'incomplete') return html`<${Panel} tone="calm" icon="why" title="What will happen"><p>Fill in what is required, and it is tried out here.</p><//>`;
  if (state === 'asking' && !result && !problem) return html`<${Panel} tone="calm" icon="progress" spin title="Trying it out…"><p>${command.does(intent)}</p><//>`;
  if (state === 'late') return html`<${Panel} tone="wait" icon="clock" title="No answer yet"><p>The dry run is taking long. <button type="button" class="link" onClick=${lookAgain}>Try again</button></p><//>`;
  if (problem) return html`<${Refusal} problem=${problem} fault=${fault} lookAgain=${lookAgain} />`;
  return html`<${Panel} tone=${result.blockedBy?.length ? 'wait' : 'good'} icon=${result.blockedBy?.length ? 'clock' : 'check'} title="What will happen" busy=${state === 'asking'}>
    <p>${command.does(intent, result)}</p>
    ${result.blockedBy?.length > 0 && html`<p>It will wait first:</p><${Reasons} blockedBy=${result.blockedBy} />`}
    ${result.deploymentStatus === 'in_progress' && intent.kind !== 'cancel' && html`<p>It starts at once, and the deployer reports how it goes.</p>`}
    ${result.deploymentStatus === 'succeeded' && html`<p>It takes effect at once.</p>`}
  <//>`;
}

function Refusal({ problem, fault, lookAgain }) {
  const stale = problem.code === 'REVISION_CONFLICT';
  return html`<${Panel} tone=${stale || fault ? 'wait' : 'bad'} icon=${stale ? 'redeploy' : fault ? 'warn' : 'cross'} title=${stale ? 'Something has changed' : fault ? 'It could not be tried' : 'Not possible'}>
    <p><bdi>${refusal(problem)}</bdi></p>
    ${problem.lockReasons && html`<ul class="reasons">${problem.lockReasons.map((r) => html`<li><bdi>${lockReason(r)}</bdi></li>`)}</ul>`}
    ${problem.violations && html`<ul class="reasons">${problem.violations.map((v) => html`<li><code>${v.pointer.replace(/^\/data\//, '')}</code> <bdi>${v.message}</bdi></li>`)}</ul>`}
    ${(stale || fault) && html`<p><button type="button" class="button" onClick=${lookAgain}><${Icon} name="redeploy" />${stale ? 'Look again' : 'Try again'}</button></p>`}
  <//>`;
}

function Panel({ tone, icon, spin, title, busy, children }) {
  return html`<div class=${'verdict ' + tone} role="status" aria-busy=${busy ? 'true' : undefined}>
    <${Icon} name=${icon} spin=${spin} /><div><h3>${title}</h3>${children}</div>
  </div>`;
}

/** The intent with the records as they are now; as they were before if nobody answers. */
async function refreshed(intent) {
  if (!intent.at) return { ...intent };
  const { release, environment } = intent.at;
  const [releaseNow, application] = await Promise.all([
    release && now(paths.release(intent.application, intent.release)),
    environment && now(paths.application(intent.application)),
  ]);
  const environmentNow = application && (application.environments?.find((e) => e.environment.id === intent.environment) ?? { gone: application.gone ?? DROPPED });
  return { ...intent, at: { release: releaseNow ?? release, environment: environmentNow ?? environment } };
}

const now = (path) => get(path).then(({ body }) => body, ({ status, problem }) => (status === 404 || status === 410 ? { gone: problem } : null));
const DROPPED = { code: 'ENVIRONMENT_NOT_FOUND', detail: 'The environment is no longer in the pipeline.' };

function told(intent, { deploymentStatus, outcome, problem, detail, code }) {
  const subject = COMMANDS[intent.kind].done(intent, { deploymentStatus });
  if (outcome === 'rejected') return { tone: 'bad', text: `${subject}: ${refusal(problem ?? { detail, code })}` };
  if (!['deploy', 'rollback', 'redeploy', 'undeploy'].includes(intent.kind)) return { tone: 'good', text: subject };
  const how = deploymentStatus ? standing({ status: deploymentStatus, action: intent.kind }).word.toLowerCase() : 'accepted';
  return { tone: 'good', text: `${subject}: ${how}` };
}

/** Waits for a result that did not come with the answer, as it appears among the activity. */
function follow(intent, event, isUnconfirmed) {
  const subject = COMMANDS[intent.kind].title(intent);
  const what = isUnconfirmed ? 'it is not known whether it was sent' : 'sent';
  const id = notify({ tone: 'wait', text: `${subject}: ${what}; there is no outcome yet` });
  let looks = 0;
  const look = async () => {
    const found = await get(paths.activity({ application: intent.application, source: event.source, id: event.id }))
      .then(({ body }) => body.items.find((item) => isOurs(item, event)))
      .catch(() => null);
    if (found) notify(told(intent, found), id);
    else if (++looks < LOOKS_FOR_RESULT) setTimeout(look, LOOK_FOR_RESULT_MS);
    else notify({ tone: 'bad', text: `${subject}: ${what}; no outcome has been seen. Look at the activity.` }, id);
  };
  setTimeout(look, LOOK_FOR_RESULT_MS);
}
