/** The commands that the page can send: their type, what is typed in, and their data. `at` is what was looked at. */
const SOURCE = '/board';

const release = ({ application, release, at }) => ({ application, release, expectedReleaseRevision: at?.release?.revision });
const environment = ({ application, environment, at }) => ({ application, environment, expectedEnvironmentRevision: at?.environment?.revision });
const timed = ({ notBefore, expiresAt, ifBlocked }) => ({ notBefore: instant(notBefore), expiresAt: instant(expiresAt), ifBlocked: ifBlocked ? 'reject' : undefined });

const instant = (local) => (local && !Number.isNaN(Date.parse(local)) ? new Date(local).toISOString() : undefined);
const given = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null && value !== ''));

const runs = ({ at }) => at?.environment?.current?.release;

export const COMMANDS = {
  create: {
    type: 'release.create.v1',
    icon: 'plus',
    title: () => 'New release',
    verb: 'Create',
    fields: ['application', 'release', 'title', 'description', 'repoUrl', 'commitSha'],
    complete: ({ application, release, title }) => application && release && title,
    data: ({ application, release, title, description, repoUrl, commitSha }) => {
      const source = given({ repoUrl, commitSha });
      return { application, release, title, description, source: Object.keys(source).length ? source : undefined };
    },
    does: ({ release, application }) => `Creates release ${release} of ${application} in its first environment.`,
    done: ({ release, application }) => `${application} ${release} is created`,
  },
  deploy: {
    type: 'release.deploy.v1',
    icon: 'deploy',
    title: ({ release, environment }) => `Deploy ${release} to ${environment}`,
    verb: 'Deploy',
    fields: ['notBefore', 'expiresAt', 'ifBlocked'],
    data: (intent) => ({ ...release(intent), ...environment(intent), ...timed(intent) }),
    does: (intent) => {
      const now = runs(intent);
      return now ? `Brings ${intent.release} to ${intent.environment}, where ${now} runs now.` : `Brings ${intent.release} to ${intent.environment}, where nothing runs now.`;
    },
    done: ({ release, environment }) => `${release} to ${environment}`,
  },
  rollback: {
    type: 'environment.rollback.v1',
    icon: 'rollback',
    title: ({ release, environment }) => `Roll back ${environment} to ${release}`,
    verb: 'Roll back',
    fields: ['notBefore', 'expiresAt', 'ifBlocked'],
    data: (intent) => ({ ...environment(intent), release: intent.release, ...timed(intent) }),
    does: (intent) => `Takes ${intent.environment} from ${runs(intent) ?? 'nothing'} back to ${intent.release}.`,
    done: ({ release, environment }) => `${environment} back to ${release}`,
  },
  redeploy: {
    type: 'environment.redeploy.v1',
    icon: 'redeploy',
    title: ({ release, environment }) => `Deploy ${release} to ${environment} again`,
    verb: 'Deploy again',
    fields: ['notBefore', 'expiresAt', 'ifBlocked'],
    data: (intent) => ({ ...environment(intent), release: intent.release, ...timed(intent) }),
    does: ({ release, environment }) => `Deploys ${release}, which runs in ${environment}, there once more.`,
    done: ({ release, environment }) => `${release} to ${environment} again`,
  },
  undeploy: {
    type: 'release.undeploy.v1',
    icon: 'undeploy',
    title: ({ environment }) => `Empty ${environment}`,
    verb: 'Empty it',
    tone: 'danger',
    fields: ['ifBlocked'],
    data: (intent) => ({ ...environment(intent), ...timed(intent) }),
    does: (intent) => `Takes ${runs(intent) ?? 'what runs there'} out of ${intent.environment}. Nothing runs there afterwards.`,
    done: ({ environment }) => `${environment} is emptied`,
  },
  delete: {
    type: 'release.delete.v1',
    icon: 'bin',
    title: ({ release }) => `Delete ${release}`,
    verb: 'Delete',
    tone: 'danger',
    fields: [],
    data: release,
    does: ({ release, application }) => `Removes release ${release} of ${application} everywhere. Its history stays, and its id is free again.`,
    done: ({ release }) => `${release} is deleted`,
  },
  archive: {
    type: 'release.archive.v1',
    icon: 'archive',
    title: ({ release }) => `Archive ${release}`,
    verb: 'Archive',
    fields: [],
    data: release,
    does: ({ release }) => `Hides release ${release}. Its history and its id stay, and it can be brought back.`,
    done: ({ release }) => `${release} is archived`,
  },
  unarchive: {
    type: 'release.unarchive.v1',
    icon: 'unarchive',
    title: ({ release }) => `Bring back ${release}`,
    verb: 'Bring back',
    fields: [],
    data: ({ application, release }) => ({ application, release }),
    does: ({ release }) => `Shows release ${release} again, as it was.`,
    done: ({ release }) => `${release} is back`,
  },
  cancel: {
    type: 'deployment.cancel.v1',
    icon: 'stop',
    title: ({ release, environment }) => `Cancel ${release} to ${environment}`,
    verb: 'Cancel the deployment',
    tone: 'danger',
    fields: [],
    data: ({ application, deployment }) => ({ application, deployment: deployment.id }),
    does: ({ release, environment, deployment }, tried) => (tried?.deploymentStatus ?? deployment.status) === 'in_progress'
      ? `Asks the deployer to stop bringing ${release} to ${environment}. What becomes of it, the deployer says.`
      : `${release} will not be brought to ${environment}.`,
    done: ({ release, environment, deployment }, result) => (result?.deploymentStatus ?? deployment.status) === 'in_progress'
      ? `${release} to ${environment}: the deployer is asked to stop`
      : `${release} to ${environment}: cancelled`,
  },
};

export function eventOf(intent, { actor, reason, dryRun }) {
  const command = COMMANDS[intent.kind];
  const data = given({ ...command.data(intent), actor: actor.trim(), reason: reason?.trim() });
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

export const isOurs = (activity, event) => activity.id === event.id && activity.source === SOURCE;
