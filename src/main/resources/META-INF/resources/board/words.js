import { moment } from './time.js';

/** The contract's codes in plain words. Codes are open sets: one that is not known here, even `constructor`, is shown as it is. */
const readable = (code) => (code ?? '').toLowerCase().replace(/_/g, ' ');

const look = (word, icon, tone) => ({ word, icon, tone });

const MOVING = { __proto__: null, deploy: 'Deploying', rollback: 'Rolling back', redeploy: 'Deploying again', undeploy: 'Emptying' };
const DONE = { __proto__: null, deploy: 'Deployed', rollback: 'Rolled back', redeploy: 'Deployed again', undeploy: 'Emptied' };
const FAILED = { __proto__: null, failed: 'Failed', errored: 'Broke off', timed_out: 'Timed out', lost: 'Lost contact' };
const ENDED = { __proto__: null, superseded: 'Replaced', cancelled: 'Cancelled', expired: 'Expired' };

/** How a deployment stands: `{word, icon, tone}`. */
export function standing({ status, action, failureKind, cancelRequested }) {
  if (status === 'in_progress' && cancelRequested) return look('Asked to stop', 'progress', 'run');
  if (status === 'in_progress') return look(MOVING[action] ?? 'In progress', 'progress', 'run');
  if (status === 'pending') return look('Waiting', 'clock', 'wait');
  if (status === 'succeeded') return look(DONE[action] ?? 'Succeeded', 'check', 'good');
  if (status === 'failed') return look(FAILED[failureKind] ?? 'Failed', 'cross', 'bad');
  return look(ENDED[status] ?? readable(status), 'none', 'calm');
}

const ACTION_NOUN = { __proto__: null, deploy: 'Deployment', rollback: 'Rollback', redeploy: 'Redeployment', undeploy: 'Emptying' };
export const actionNoun = (action) => ACTION_NOUN[action] ?? readable(action);

const TIERS = { __proto__: null, development: 'Development', testing: 'Testing', staging: 'Staging', production: 'Production' };
export const TIER_NAMES = Object.keys(TIERS);
export const tierName = (tier) => TIERS[tier] ?? tier;

/** One reason of `blockedBy`, without its countdown. */
export function blockReason({ code, until, detail }) {
  if (code === 'NOT_BEFORE' && until) return 'not before ' + moment(until);
  if (code === 'NOT_SOAKED' && until) return 'soaking until ' + moment(until);
  if (code === 'ENVIRONMENT_BUSY') return 'another deployment is in progress here';
  if (code === 'QUEUED_BEHIND') return 'queued behind another deployment';
  return detail ?? (until ? `${readable(code)} until ${moment(until)}` : readable(code));
}

export function lockReason({ code, environment, since }) {
  const when = since ? ', ' + moment(since) : '';
  if (code === 'DEPLOYED') return `was deployed to ${environment}${when}`;
  if (code === 'WAITING') return `waits to be deployed to ${environment}${when}`;
  return [readable(code), environment].filter(Boolean).join(' in ') + when;
}

const HINTS = {
  __proto__: null,
  REVISION_CONFLICT: 'Something has changed here since you looked. Look again and decide anew.',
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

/** What a problem says, in a sentence; what it says about fields comes separately. */
export function refusal(problem) {
  if (problem.code === 'REVISION_CONFLICT') return HINTS.REVISION_CONFLICT;
  return problem.detail ?? HINTS[problem.code] ?? problem.title ?? `It was refused: ${readable(problem.code)}.`;
}

export const readableCode = (code) => {
  const text = readable(code);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const DEEDS = {
  __proto__: null,
  'release.create.v1': ['created', 'plus'],
  'release.update.v1': ['changed', 'commit'],
  'release.annotate.v1': ['annotated', 'commit'],
  'release.deploy.v1': ['asked to deploy', 'deploy'],
  'release.delete.v1': ['deleted', 'bin'],
  'release.archive.v1': ['archived', 'archive'],
  'release.unarchive.v1': ['brought back', 'unarchive'],
  'release.undeploy.v1': ['asked to empty', 'undeploy'],
  'environment.rollback.v1': ['asked to roll back', 'rollback'],
  'environment.redeploy.v1': ['asked to deploy again', 'redeploy'],
  'environment.configure.v1': ['configured', 'commit'],
  'deployment.report.v1': ['reported on', 'activity'],
  'deployment.cancel.v1': ['asked to cancel', 'stop'],
  'pipeline.define.v1': ['defined the pipeline', 'compare'],
  'application.update.v1': ['changed the application', 'commit'],
  'application.archive.v1': ['archived the application', 'archive'],
  'application.unarchive.v1': ['brought back the application', 'unarchive'],
};

const WANTED = {
  __proto__: null,
  created: 'create',
  changed: 'change',
  annotated: 'annotate',
  'asked to deploy': 'deploy',
  deleted: 'delete',
  archived: 'archive',
  'brought back': 'bring back',
  'asked to empty': 'empty',
  'asked to roll back': 'roll back',
  'asked to deploy again': 'deploy again',
  configured: 'configure',
  'reported on': 'report on',
  'asked to cancel': 'cancel',
  'defined the pipeline': 'define the pipeline',
  'changed the application': 'change the application',
  'archived the application': 'archive the application',
  'brought back the application': 'bring back the application',
};

/** What somebody did, or wanted to: `{words, icon}`. */
export function deed(type, refused) {
  if (!type) return { words: 'went on', icon: 'clock' };
  const short = type.replace(/^dev\.lockstep\./, '');
  const [words, icon] = DEEDS[short] ?? [short, 'activity'];
  return { words: refused ? 'wanted to ' + (WANTED[words] ?? words) : words, icon };
}

/** `dev.cdevents.service.upgraded.0.3.0` as `service upgraded`. */
export function eventName(type) {
  const name = type.replace(/^dev\.cdeventsx?\./, '').replace(/^lockstep-/, '').replace(/\.\d+\.\d+\.\d+$/, '');
  return name.replace('.', ' ').replace('cancelrequested', 'asked to stop');
}
