/** The commands that the page can send: their type, their input fields, and their data. `seen` is the records that the user saw. */
const SOURCE = '/board';

const releaseData = ({ application, release, seen }) => ({ application, release, expectedReleaseRevision: seen?.release?.revision });
const environmentData = ({ application, environment, seen }) => ({ application, environment, expectedEnvironmentRevision: seen?.environment?.revision });
const startData = ({ notBefore, expiresAt, ifBlocked }) => ({ notBefore: toInstant(notBefore), expiresAt: toInstant(expiresAt), ifBlocked: ifBlocked ? 'reject' : undefined });

const toInstant = (local) => (local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : undefined);
const compact = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null && value !== ''));

const currentRelease = ({ seen }) => seen?.environment?.current?.release;

export const COMMANDS = {
  create: {
    type: 'release.create.v1',
    icon: 'plus',
    title: () => 'New release',
    verb: 'Create',
    fields: ['application', 'release', 'title', 'description', 'repoUrl', 'commitSha'],
    complete: ({ application, release, title }) => application && release && title,
    data: ({ application, release, title, description, repoUrl, commitSha }) => {
      const source = compact({ repoUrl, commitSha });
      return { application, release, title, description, source: Object.keys(source).length ? source : undefined };
    },
    effect: ({ release, application }) => `Creates release ${release} of ${application} in its first environment.`,
    summary: ({ release, application }) => `${application} ${release} created`,
  },
  deploy: {
    type: 'release.deploy.v1',
    icon: 'deploy',
    title: ({ release, environment }) => `Deploy ${release} to ${environment}`,
    verb: 'Deploy',
    fields: ['notBefore', 'expiresAt', 'ifBlocked'],
    data: (intent) => ({ ...releaseData(intent), ...environmentData(intent), ...startData(intent) }),
    effect: (intent) => {
      const current = currentRelease(intent) ?? 'nothing';
      return `Deploys ${intent.release} to ${intent.environment}, where ${current} runs now.`;
    },
    summary: ({ release, environment }) => `${release} to ${environment}`,
  },
  rollback: {
    type: 'environment.rollback.v1',
    icon: 'rollback',
    title: ({ release, environment }) => `Roll back ${environment} to ${release}`,
    verb: 'Roll back',
    fields: ['notBefore', 'expiresAt', 'ifBlocked'],
    data: (intent) => ({ ...environmentData(intent), release: intent.release, ...startData(intent) }),
    effect: (intent) => `Rolls ${intent.environment} back from ${currentRelease(intent) ?? 'nothing'} to ${intent.release}.`,
    summary: ({ release, environment }) => `${environment} back to ${release}`,
  },
  redeploy: {
    type: 'environment.redeploy.v1',
    icon: 'redeploy',
    title: ({ release, environment }) => `Deploy ${release} to ${environment} again`,
    verb: 'Deploy again',
    fields: ['notBefore', 'expiresAt', 'ifBlocked'],
    data: (intent) => ({ ...environmentData(intent), release: intent.release, ...startData(intent) }),
    effect: ({ release, environment }) => `Deploys ${release} to ${environment} again, where it is already running.`,
    summary: ({ release, environment }) => `${release} to ${environment} again`,
  },
  undeploy: {
    type: 'release.undeploy.v1',
    icon: 'undeploy',
    title: ({ environment }) => `Empty ${environment}`,
    verb: 'Empty it',
    tone: 'danger',
    fields: ['ifBlocked'],
    data: (intent) => ({ ...environmentData(intent), ...startData(intent) }),
    effect: (intent) => `Removes ${currentRelease(intent) ?? 'what runs there'} from ${intent.environment}. Nothing runs there afterwards.`,
    summary: ({ environment }) => environment,
  },
  delete: {
    type: 'release.delete.v1',
    icon: 'bin',
    title: ({ release }) => `Delete ${release}`,
    verb: 'Delete',
    tone: 'danger',
    fields: [],
    data: releaseData,
    effect: ({ release, application }) => `Deletes release ${release} of ${application}. Its history is kept, and its id can be used again.`,
    summary: ({ release }) => `${release} deleted`,
  },
  archive: {
    type: 'release.archive.v1',
    icon: 'archive',
    title: ({ release }) => `Archive ${release}`,
    verb: 'Archive',
    fields: [],
    data: releaseData,
    effect: ({ release }) => `Hides release ${release}. Its history and its id are kept, and it can be brought back.`,
    summary: ({ release }) => `${release} archived`,
  },
  unarchive: {
    type: 'release.unarchive.v1',
    icon: 'unarchive',
    title: ({ release }) => `Bring back ${release}`,
    verb: 'Bring back',
    fields: [],
    data: ({ application, release }) => ({ application, release }),
    effect: ({ release }) => `Shows release ${release} again, as it was.`,
    summary: ({ release }) => `${release} brought back`,
  },
  cancel: {
    type: 'deployment.cancel.v1',
    icon: 'stop',
    title: ({ release, environment }) => `Cancel ${release} to ${environment}`,
    verb: 'Cancel the deployment',
    tone: 'danger',
    fields: [],
    data: ({ application, deployment }) => ({ application, deployment: deployment.id }),
    effect: ({ release, environment, deployment }, result) => (result?.deploymentStatus ?? deployment.status) === 'in_progress'
      ? `Asks the deployer to stop deploying ${release} to ${environment}. The deployer reports the outcome.`
      : `${release} will not be deployed to ${environment}.`,
    summary: ({ release, environment, deployment }, result) => (result?.deploymentStatus ?? deployment.status) === 'in_progress'
      ? `${release} to ${environment}: the deployer has been asked to stop`
      : `${release} to ${environment}: cancelled`,
  },
};

export function eventOf(intent, { actor, reason, dryRun }) {
  const command = COMMANDS[intent.kind];
  const data = compact({ ...command.data(intent), actor: actor.trim(), reason: reason?.trim() });
  return {
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: SOURCE,
    type: 'dev.lockstep.' + command.type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: dryRun ? { ...data, dryRun: true } : data,
  };
}

export const isResultOf = (activity, event) => activity.id === event.id && activity.source === SOURCE;
