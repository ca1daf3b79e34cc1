import { html } from '../lib/preact.js';
import { openCommand } from '../command-dialog.js';
import { paths } from '../api.js';
import { Icon } from '../icons.js';
import { ActionButton, Breadcrumbs, EmptyState, EnvironmentName, ErrorBoundary, ErrorState, ExternalLink, LoadMore, Prose, Skeleton, Tier } from '../parts.js';
import { usePages, useQuery, useSteadyQuery } from '../queries.js';
import { replace, to } from '../router.js';
import { useStore } from '../state.js';
import { EnvironmentHead } from './environment.js';
import { Track } from './track.js';

const MAX_OLDER_RELEASES = 6;
const MAX_FITTING_LANES = 4;

export function Application({ params: { application }, query }) {
  const record = useSteadyQuery(paths.application(application), { application, kinds: ['environments', 'application'] });
  const list = usePages(paths.releases(application), { q: query.q }, { application, kinds: ['releases'] });
  const commands = useStore((s) => s.info?.commands ?? false);
  if (record.error && !record.data) return html`<${Breadcrumbs} application=${application} /><${ErrorState} error=${record.error} home />`;

  const facts = record.data?.application;
  return html`
    <${Breadcrumbs} />
    <${Heading} application=${application} facts=${facts} query=${query} />
    ${!record.data && html`<${Skeleton} kind="lanes" rows=${4} />`}
    ${facts?.archived && html`<${EmptyState} icon="archive" title="This application is archived"><p>Its history is kept: see its <a href=${to.activity({ application })}>activity</a>.</p><//>`}
    ${record.data && !facts?.archived && html`<${Lanes} application=${application} environments=${record.data.environments} list=${list} filtered=${Boolean(query.q)} commands=${commands} />`}
  `;
}

function Heading({ application, facts, query }) {
  return html`<div class="heading">
    <div class="heading-text">
      <h1><bdi class="text" title=${application}>${application}</bdi></h1>
      <p class="facts">
        ${facts?.title && html`<bdi class="text" title=${facts.title}>${facts.title}</bdi>`}
        ${facts?.owner && html`<a class="owner" href=${to.home({ owner: facts.owner })} title=${facts.owner} data-tip="All of this owner's applications"><${Icon} name="user" /><bdi>${facts.owner}</bdi></a>`}
        ${facts?.url && html`<${ExternalLink} url=${facts.url} />`}
      </p>
    </div>
    <div class="tools">
      <label class="filter"><${Icon} name="search" /><span class="sr">Filter releases</span>
        <input type="search" value=${query.q ?? ''} placeholder="Filter releases" autocomplete="off" spellcheck=${false} dir="auto"
          onInput=${(e) => replace(to.application(application, { ...query, q: e.target.value }))} /></label>
      <a class="button" href=${to.compare({ app: application })}><${Icon} name="compare" />Compare</a>
      <a class="button" href=${to.activity({ application })}><${Icon} name="activity" />Activity</a>
    </div>
    ${facts?.description && html`<${Prose} value=${facts.description} />`}
  </div>`;
}

/** Environments as columns, and each release as a track across them. */
function Lanes({ application, environments, list, filtered, commands }) {
  const [first] = environments;
  if (!first) return html`<${EmptyState} icon="none" title="Nothing to show" />`;
  const many = environments.length > MAX_FITTING_LANES;
  return html`<div class=${many ? 'lanes-scroll' : 'lanes-scroll fits'} role="region" aria-label="Environments and releases" tabindex=${many ? '0' : undefined}>
    <div class=${many ? 'lanes many' : 'lanes'}>
      <div class="names">
        ${environments.map(({ environment }) => html`<div class="name" key=${environment.id}><h2><${EnvironmentName} environment=${environment} /></h2><${Tier} environment=${environment} /></div>`)}
      </div>
      <div class="heads">
        ${environments.map((record) => html`<${ErrorBoundary} key=${record.environment.id} name=${record.environment.id}><${EnvironmentHead} record=${record} upstream=${upstreamOf(record, environments)} application=${application} commands=${commands} /><//>`)}
      </div>
      <${Tracks} application=${application} environments=${environments} list=${list} filtered=${filtered} commands=${commands} />
    </div>
  </div>`;
}

/** The environment from which releases come here, if a different release runs there. */
function upstreamOf({ environment, current }, environments) {
  return environments.find((other) => other.environment.position > 0 && environment.after?.includes(other.environment.id) && other.current && other.current.release !== current?.release);
}

function Tracks({ application, environments, list, filtered, commands }) {
  const missing = filtered || list.loading ? [] : missingReleases(environments, list.items);
  if (list.loading && !list.items.length) return html`<${Skeleton} rows=${4} kind="tracks" />`;
  if (list.error && !list.items.length) return html`<${ErrorState} error=${list.error} />`;
  if (!list.items.length) {
    return html`<${EmptyState} icon=${filtered ? 'search' : 'plus'} title=${filtered ? 'No matching releases' : 'No releases yet'}>
      <p>${filtered ? 'Searches ids, titles, descriptions and commits.' : 'The first one starts in ' + environments[0].environment.id + '.'}</p>
      ${!filtered && commands && html`<p><${ActionButton} icon="plus" text="New release" tone="go" onClick=${() => openCommand({ kind: 'create', application })} /></p>`}
    <//>`;
  }
  return html`
    <ol class=${list.fresh ? 'tracks' : 'tracks dimmed'} aria-label="Releases, newest first">
      ${list.items.map((release) => html`<${ErrorBoundary} key=${release.release} name=${release.release} as="li"><${Track} release=${release} environments=${environments} commands=${commands} /><//>`)}
    </ol>
    <${LoadMore} list=${list} noun="releases" />
    ${missing.length > 0 && html`<h2 class="older">Older, but still in use</h2>
      <ol class="tracks">${missing.map((release) => html`<${OlderTrack} key=${release} application=${application} release=${release} environments=${environments} commands=${commands} />`)}</ol>`}
  `;
}

/** Releases that run, wait or are on their way somewhere, but are too old to be listed. */
function missingReleases(environments, items) {
  const listed = new Set(items.map((item) => item.release));
  const used = environments.flatMap(({ current, active, waiting }) => [current, active, ...waiting].filter(Boolean).map((each) => each.release));
  return [...new Set(used)].filter((release) => !listed.has(release)).slice(0, MAX_OLDER_RELEASES);
}

function OlderTrack({ application, release, environments, commands }) {
  const { data } = useQuery(paths.release(application, release), { application, kinds: ['releases'] });
  return data && html`<${Track} release=${data} environments=${environments} commands=${commands} />`;
}
