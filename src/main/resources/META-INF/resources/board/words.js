import { formatMoment } from './time.js';

/** The contract's codes in plain words. Codes are open sets: one that is not known here, even `constructor`, is shown as it is. */
const codeWords = (code) => (code ?? '').toLowerCase().replace(/_/g, ' ');

const appearance = (word, icon, tone) => ({ word, icon, tone });

const IN_PROGRESS = { __proto__: null, deploy: 'Deploying', rollback: 'Rolling back', redeploy: 'Deploying again', undeploy: 'Emptying' };
const SUCCEEDED = { __proto__: null, deploy: 'Deployed', rollback: 'Rolled back', redeploy: 'Deployed again', undeploy: 'Emptied' };
const FAILED = { __proto__: null, failed: 'Failed', errored: 'Error', timed_out: 'Timed out', lost: 'Lost contact' };
const ENDED = { __proto__: null, superseded: 'Superseded', cancelled: 'Cancelled', expired: 'Expired' };

/** How a deployment's status is shown: `{word, icon, tone}`. */
export function statusAppearance({ status, action, failureKind, cancelRequested }) {
  if (status === 'in_progress' && cancelRequested) return appearance('Asked to stop', 'progress', 'run');
  if (status === 'in_progress') return appearance(IN_PROGRESS[action] ?? 'In progress', 'progress', 'run');
  if (status === 'pending') return appearance('Waiting', 'clock', 'wait');
  if (status === 'succeeded') return appearance(SUCCEEDED[action] ?? 'Succeeded', 'check', 'good');
  if (status === 'failed') return appearance(FAILED[failureKind] ?? 'Failed', 'cross', 'bad');
  return appearance(ENDED[status] ?? codeWords(status), 'none', 'calm');
}

const ACTION_NOUN = { __proto__: null, deploy: 'Deployment', rollback: 'Rollback', redeploy: 'Redeployment', undeploy: 'Emptying' };
export const actionNoun = (action) => ACTION_NOUN[action] ?? codeWords(action);

const TIERS = { __proto__: null, development: 'Development', testing: 'Testing', staging: 'Staging', production: 'Production' };
export const TIER_NAMES = Object.keys(TIERS);
export const tierName = (tier) => TIERS[tier] ?? tier;

/** One reason of `blockedBy`, without its countdown. */
export function blockReasonText({ code, until, detail }) {
  if (code === 'NOT_BEFORE' && until) return 'not before ' + formatMoment(until);
  if (code === 'NOT_SOAKED' && until) return 'soaking until ' + formatMoment(until);
  if (code === 'ENVIRONMENT_BUSY') return 'another deployment is in progress here';
  if (code === 'QUEUED_BEHIND') return 'queued behind another deployment';
  return detail ?? (until ? `${codeWords(code)} until ${formatMoment(until)}` : codeWords(code));
}

export function lockReasonText({ code, environment, since }) {
  const when = since ? ', ' + formatMoment(since) : '';
  if (code === 'DEPLOYED') return `was deployed to ${environment}${when}`;
  if (code === 'WAITING') return `is waiting to be deployed to ${environment}${when}`;
  return [codeWords(code), environment].filter(Boolean).join(' in ') + when;
}

const HINTS = {
  __proto__: null,
  REVISION_CONFLICT: 'Something has changed here since you looked. Look again before you decide.',
  APPLICATION_NOT_FOUND: 'There is no such application.',
  RELEASE_NOT_FOUND: 'There is no such release.',
  RELEASE_DELETED: 'This release was deleted.',
  RELEASE_ARCHIVED: 'This release is archived.',
  UNREACHABLE: 'The board cannot be reached. What you see may be out of date.',
  HTTP_429: 'Too many requests at once. Try again in a moment.',
  HTTP_403: 'This board does not take commands from here.',
  HTTP_502: 'The board cannot be reached at the moment.',
  HTTP_503: 'The board cannot answer at the moment.',
  HTTP_504: 'The board did not answer in time.',
};

/** A problem in a sentence, without its violations and lock reasons. */
export function problemText(problem) {
  if (problem.code === 'REVISION_CONFLICT') return HINTS.REVISION_CONFLICT;
  return problem.detail ?? HINTS[problem.code] ?? problem.title ?? `It was refused: ${codeWords(problem.code)}.`;
}

export const codeLabel = (code) => {
  const text = codeWords(code);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** By type of command: what somebody did, its icon, and what somebody tried to do. */
const COMMAND_WORDS = {
  __proto__: null,
  'release.create.v1': ['created', 'plus', 'create'],
  'release.update.v1': ['changed', 'commit', 'change'],
  'release.annotate.v1': ['annotated', 'commit', 'annotate'],
  'release.deploy.v1': ['asked to deploy', 'deploy', 'deploy'],
  'release.delete.v1': ['deleted', 'bin', 'delete'],
  'release.archive.v1': ['archived', 'archive', 'archive'],
  'release.unarchive.v1': ['brought back', 'unarchive', 'bring back'],
  'release.undeploy.v1': ['asked to empty', 'undeploy', 'empty'],
  'environment.rollback.v1': ['asked to roll back', 'rollback', 'roll back'],
  'environment.redeploy.v1': ['asked to deploy again', 'redeploy', 'deploy again'],
  'environment.configure.v1': ['configured', 'commit', 'configure'],
  'deployment.report.v1': ['reported on', 'activity', 'report on'],
  'deployment.cancel.v1': ['asked to cancel', 'stop', 'cancel'],
  'pipeline.define.v1': ['defined the pipeline', 'compare', 'define the pipeline'],
  'application.update.v1': ['changed the application', 'commit', 'change the application'],
  'application.archive.v1': ['archived the application', 'archive', 'archive the application'],
  'application.unarchive.v1': ['brought back the application', 'unarchive', 'bring back the application'],
};

/** What somebody did, or tried to do: `{words, icon}`; without words for what a timer caused. */
export function describeCommand(type, refused) {
  if (!type) return { words: '', icon: 'clock' };
  const short = type.replace(/^dev\.lockstep\./, '');
  const [words, icon, infinitive] = COMMAND_WORDS[short] ?? [short, 'activity', short];
  return { words: refused ? 'tried to ' + infinitive : words, icon };
}

/** `dev.cdevents.service.upgraded.0.3.0` as `service upgraded`. */
export function eventName(type) {
  const name = type.replace(/^dev\.cdeventsx?\./, '').replace(/^lockstep-/, '').replace(/\.\d+\.\d+\.\d+$/, '');
  return name.replace('.', ' ').replace('cancelrequested', 'asked to stop');
}
