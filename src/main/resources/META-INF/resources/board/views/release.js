import { html } from '../lib/preact.js';
import { openCommand } from '../command-dialog.js';
import { paths } from '../api.js';
import { Icon } from '../icons.js';
import { ActionButton, BinOrLock, Breadcrumbs, ByActor, Chip, Commit, DeploymentDuration, EmptyState, EnvironmentName, ErrorBoundary, ErrorState, ExternalLink, LoadMore, Prose, Reasons, Skeleton, StatusChip, Text, webUrl } from '../parts.js';
import { usePages, useQuery, useSteadyQuery } from '../queries.js';
import { to } from '../router.js';
import { useStore } from '../state.js';
import { Ago, Lasting, Moment, Until } from '../time.js';
import { actionNoun, lockReasonText, problemText } from '../words.js';
import { ActivityList } from './activity.js';

export function Release({ params: { application, release } }) {
  const record = useSteadyQuery(paths.release(application, release), { application, kinds: ['releases'] });
  const environments = useQuery(paths.application(application), { application, kinds: ['environments', 'application'] });
  const commands = useStore((s) => s.info?.commands ?? false);
  const gone = record.error?.status === 410;
  if (record.error && !record.data && !gone) return html`<${Breadcrumbs} application=${application} /><${ErrorState} error=${record.error} home />`;

  const data = record.data;
  return html`
    <${Breadcrumbs} application=${application}><bdi class="text">${release}</bdi><//>
    ${gone && html`<${Gone} application=${application} release=${release} error=${record.error} commands=${commands} />`}
    ${!data && !gone && html`<${Skeleton} rows=${3} />`}
    ${data && html`<${ErrorBoundary} name=${release}><${Heading} release=${data} records=${environments.data?.environments ?? []} commands=${commands} /><//>
      <${ErrorBoundary} name="Where it is"><${Path} release=${data} records=${environments.data?.environments ?? []} /><//>`}
    <div class="split">
      <div>
        <${Deployments} application=${application} release=${release} />
        <${RecentActivity} application=${application} release=${release} />
      </div>
      ${data && html`<${ErrorBoundary} name="About"><${Facts} release=${data} /><//>`}
    </div>
  `;
}

function Gone({ application, release, error, commands }) {
  const archived = error.code === 'RELEASE_ARCHIVED';
  return html`<div class="heading"><div class="heading-text"><h1><bdi class="wrap">${release}</bdi></h1></div></div>
    <${EmptyState} icon=${archived ? 'archive' : 'bin'} title=${archived ? 'This release is archived' : 'This release was deleted'}>
      <p>${problemText(error.problem)} Its deployments and activity are below.</p>
      ${archived && commands && html`<p><${ActionButton} icon="unarchive" text="Bring it back" onClick=${() => openCommand({ kind: 'unarchive', application, release })} /></p>`}
    <//>`;
}

function Heading({ release, records, commands }) {
  const intent = { application: release.application, release: release.release, seen: { release } };
  const moving = new Set(release.placements.filter(({ active }) => active).map(({ environment }) => environment));
  const recordOf = (id) => records.find((r) => r.environment.id === id);
  const deployTo = (id) => ({ ...intent, kind: 'deploy', environment: id, seen: { release, environment: recordOf(id) } });
  return html`<div class="heading">
    <div class="heading-text">
      <h1><bdi class="wrap">${release.release}</bdi></h1>
      <p class="facts"><bdi class="wrap">${release.title}</bdi></p>
    </div>
    <div class="tools">
      ${commands && release.nextEnvironments.filter((id) => !moving.has(id) && recordOf(id)).map((id) => html`<button type="button" key=${id} class="button primary" data-walk onClick=${() => openCommand(deployTo(id))}><${Icon} name="deploy" />Deploy to ${id}</button>`)}
      ${commands && html`<${ActionButton} icon="archive" text="Archive" onClick=${() => openCommand({ ...intent, kind: 'archive' })} />`}
      <${BinOrLock} release=${release} onDelete=${commands ? () => openCommand({ ...intent, kind: 'delete' }) : null} />
    </div>
  </div>`;
}

/** Where the release is, as a stop for each environment. */
function Path({ release, records }) {
  return html`<ol class="path" aria-label="Where it is">
    ${release.placements.map((placement) => html`<${Stop} key=${placement.environment} placement=${placement}
      record=${records.find((r) => r.environment.id === placement.environment)} open=${release.nextEnvironments.includes(placement.environment)} />`)}
  </ol>`;
}

function Stop({ placement, record, open }) {
  const { environment, status, active, since, linkedFrom } = placement;
  const waiting = record?.waiting.find((each) => each.id === active?.id);
  const tone = active ? (active.status === 'pending' ? 'wait' : 'run') : { __proto__: null, current: 'good', present: 'good', past: 'past' }[status] ?? 'none';
  return html`<li class=${'stop ' + tone}>
    <span class="stop-dot"></span>
    <b>${record ? html`<${EnvironmentName} environment=${record.environment} />` : environment}</b>
    ${status === 'present' && html`<span class="small"><${Lasting} value=${since} /></span>`}
    ${status === 'current' && html`<span><${Chip} tone="good" icon="check">Current<//></span><span class="small">since <${Moment} value=${since} /></span>`}
    ${status === 'past' && html`<span class="small muted">left <${Ago} value=${since} /></span>`}
    ${active && html`<span><${StatusChip} deployment=${active} /></span>`}
    ${waiting && html`<${Reasons} blockedBy=${waiting.blockedBy} />`}
    ${waiting?.earliestStart && !waiting.blockedBy.some(({ until }) => until) && html`<span class="small">starts <${Until} value=${waiting.earliestStart} /></span>`}
    ${status === 'none' && !active && html`<span class="small muted">${open ? 'can go here next' : 'not yet'}</span>`}
    ${linkedFrom && html`<span class="small muted">linked from ${linkedFrom}</span>`}
  </li>`;
}

function Facts({ release }) {
  const { source, labels } = release;
  const names = Object.keys(labels ?? {}).sort();
  return html`<aside class="panel facts-panel" aria-label="About this release">
    <h2>About</h2>
    ${release.description && html`<${Prose} value=${release.description} />`}
    <dl>
      <dt>Created</dt><dd><${Moment} value=${release.createdAt} /> <${ByActor} actor=${release.createdBy} /></dd>
      ${source?.commitSha && html`<dt>Commit</dt><dd><${Commit} source=${source} /></dd>`}
      ${source?.ref && html`<dt>Ref</dt><dd><${Text} value=${source.ref} className="mono" /></dd>`}
      ${source?.repoUrl && html`<dt>Source</dt><dd><${ExternalLink} url=${source.repoUrl} /></dd>`}
      ${source?.committedAt && html`<dt>Committed</dt><dd><${Moment} value=${source.committedAt} /></dd>`}
      ${release.artifactId && html`<dt>Artifact</dt><dd><bdi class="mono wrap">${release.artifactId}</bdi></dd>`}
      <dt>Revision</dt><dd>${release.revision}</dd>
    </dl>
    <h3>${release.deletable ? 'Can be deleted' : 'Cannot be deleted'}</h3>
    ${release.deletable
      ? html`<p class="small muted">Nothing depends on it yet.</p>`
      : html`<ul class="reasons locks">${release.lockReasons.map((reason) => html`<li key=${reason.environment}><bdi>${lockReasonText(reason)}</bdi></li>`)}</ul>`}
    ${release.notes && html`<h3>Notes</h3><${Prose} value=${release.notes} />`}
    ${names.length > 0 && html`<h3>Labels</h3><dl class="labels">${names.map((name) => html`<dt key=${name}><bdi>${name}</bdi></dt><dd><bdi class="wrap">${labels[name]}</bdi></dd>`)}</dl>`}
  </aside>`;
}

function Deployments({ application, release }) {
  const list = usePages(paths.deployments(application), { release, limit: 25 }, { application, kinds: ['releases', 'environments', 'activity'] });
  return html`<section class="panel" aria-label="Deployments">
    <h2>Deployments</h2>
    ${list.loading && !list.items.length && html`<${Skeleton} rows=${3} />`}
    ${!list.loading && !list.items.length && html`<p class="muted">It has not been deployed anywhere.</p>`}
    <ol class="history">${list.items.map((deployment) => html`<${ErrorBoundary} key=${deployment.id} name=${deployment.id} as="li"><${Deployment} deployment=${deployment} /><//>`)}</ol>
    <${LoadMore} list=${list} noun="deployments" />
  </section>`;
}

function Deployment({ deployment }) {
  const { action, environment, actor, reason, message, url, previousRelease, createdAt, startedAt, supersededBy, endedBy, restoreOf } = deployment;
  return html`<li>
    <div class="line"><${StatusChip} deployment=${deployment} /><b>${environment}</b>
      ${action !== 'deploy' && html`<span class="small muted">${actionNoun(action)}</span>`}
      ${startedAt && html`<span class="small muted">${deployment.finishedAt ? 'took' : 'for'} <${DeploymentDuration} deployment=${deployment} /></span>`}
      <span class="when small"><${Moment} value=${startedAt ?? createdAt} /></span></div>
    <p class="meta"><${ByActor} actor=${actor} />
      ${startedAt && previousRelease && html`<span>${deployment.status === 'succeeded' ? 'replaced' : 'where'} <bdi class="text">${previousRelease}</bdi>${deployment.status === 'succeeded' ? '' : ' was current'}</span>`}
      ${restoreOf && html`<span>restores what ran before a failure</span>`}
      ${supersededBy && html`<span>superseded by a newer one</span>`}
      ${webUrl(url) && html`<${ExternalLink} url=${url}>details<//>`}</p>
    ${reason && html`<p class="said"><bdi>${reason}</bdi></p>`}
    ${message && html`<p class=${deployment.status === 'failed' ? 'said bad' : 'said'}><bdi>${message}</bdi></p>`}
    ${endedBy && html`<p class="said"><bdi>${endedBy.detail ?? endedBy.code}</bdi></p>`}
  </li>`;
}

function RecentActivity({ application, release }) {
  const list = usePages('/activity', { application, release, limit: 25 }, { application, kinds: ['activity'] });
  return html`<section class="panel" aria-label="Activity">
    <h2>Activity <a class="small" href=${to.activity({ application, release })}>filter</a></h2>
    <${ActivityList} list=${list} within=${true} />
  </section>`;
}
