import { html } from '../lib/preact.js';
import { act } from '../act.js';
import { paths } from '../api.js';
import { Icon } from '../icons.js';
import { Act, Crumbs, Empty, EnvironmentName, Failure, Guarded, More, Outside, Prose, Skeleton, Tier } from '../parts.js';
import { usePages, useQuery, useSteadyQuery } from '../queries.js';
import { replace, to } from '../router.js';
import { useStore } from '../state.js';
import { EnvironmentHead } from './environment.js';
import { Track } from './track.js';

const EXTRA_RELEASES = 6;
const MOST_THAT_FIT = 4;

export function Application({ params: { application }, query }) {
  const record = useSteadyQuery(paths.application(application), { application, kinds: ['environments', 'application'] });
  const list = usePages(`/applications/${encodeURIComponent(application)}/releases`, { q: query.q }, { application, kinds: ['releases'] });
  const commands = useStore((s) => s.info?.commands ?? false);
  if (record.error && !record.data) return html`<${Crumbs} application=${application} /><${Failure} error=${record.error} home />`;

  const facts = record.data?.application;
  return html`
    <${Crumbs} />
    <${Heading} application=${application} facts=${facts} query=${query} />
    ${!record.data && html`<${Skeleton} kind="lanes" rows=${4} />`}
    ${facts?.archived && html`<${Empty} icon="archive" title="This application is archived"><p>Its history stays: see its <a href=${to.activity({ application })}>activity</a>.</p><//>`}
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
        ${facts?.url && html`<${Outside} url=${facts.url} />`}
      </p>
    </div>
    <div class="tools">
      <label class="filter"><${Icon} name="search" /><span class="sr">Filter the releases</span>
        <input type="search" value=${query.q ?? ''} placeholder="Filter releases" autocomplete="off" spellcheck=${false} dir="auto"
          onInput=${(e) => replace(to.application(application, { ...query, q: e.target.value }))} /></label>
      <a class="button" href=${to.compare({ app: application })}><${Icon} name="compare" />Compare</a>
      <a class="button" href=${to.activity({ application })}><${Icon} name="activity" />Activity</a>
    </div>
    ${facts?.description && html`<${Prose} value=${facts.description} />`}
  </div>`;
}

/** Environments as columns, and a track for each release across them. */
function Lanes({ application, environments, list, filtered, commands }) {
  const [first] = environments;
  if (!first) return html`<${Empty} icon="none" title="Nothing to show" />`;
  const many = environments.length > MOST_THAT_FIT;
  return html`<div class=${many ? 'lanes-scroll' : 'lanes-scroll fits'} role="region" aria-label="Environments and releases" tabindex=${many ? '0' : undefined}>
    <div class=${many ? 'lanes many' : 'lanes'}>
      <div class="names">
        ${environments.map(({ environment }) => html`<div class="name" key=${environment.id}><h2><${EnvironmentName} environment=${environment} /></h2><${Tier} environment=${environment} /></div>`)}
      </div>
      <div class="heads">
        ${environments.map((record) => html`<${Guarded} key=${record.environment.id} name=${record.environment.id}><${EnvironmentHead} record=${record} upstream=${upstreamOf(record, environments)} application=${application} commands=${commands} /><//>`)}
      </div>
      <${Tracks} application=${application} environments=${environments} list=${list} filtered=${filtered} commands=${commands} />
    </div>
  </div>`;
}

/** The environment from which releases come here, if another one runs there. */
function upstreamOf({ environment, current }, environments) {
  return environments.find((other) => other.environment.position > 0 && environment.after?.includes(other.environment.id) && other.current && other.current.release !== current?.release);
}

function Tracks({ application, environments, list, filtered, commands }) {
  const missing = filtered || list.loading ? [] : missingReleases(environments, list.items);
  if (list.loading && !list.items.length) return html`<${Skeleton} rows=${4} kind="tracks" />`;
  if (list.error && !list.items.length) return html`<${Failure} error=${list.error} />`;
  if (!list.items.length) {
    return html`<${Empty} icon=${filtered ? 'search' : 'plus'} title=${filtered ? 'No release matches' : 'No release yet'}>
      <p>${filtered ? 'Words are looked for in ids, titles, and commits.' : 'The first one goes into ' + environments[0].environment.id + '.'}</p>
      ${!filtered && commands && html`<p><${Act} icon="plus" text="New release" tone="go" onClick=${() => act({ kind: 'create', application })} /></p>`}
    <//>`;
  }
  return html`
    <ol class=${list.fresh ? 'tracks' : 'tracks dimmed'} aria-label="Releases, newest first">
      ${list.items.map((release) => html`<${Guarded} key=${release.release} name=${release.release} as="li"><${Track} release=${release} environments=${environments} commands=${commands} /><//>`)}
    </ol>
    <${More} list=${list} noun="releases" />
    ${missing.length > 0 && html`<h2 class="older">Older, and still in use</h2>
      <ol class="tracks">${missing.map((release) => html`<${OlderTrack} key=${release} application=${application} release=${release} environments=${environments} commands=${commands} />`)}</ol>`}
  `;
}

/** Releases that run, wait or are on their way somewhere and are further back than what is listed. */
function missingReleases(environments, items) {
  const listed = new Set(items.map((item) => item.release));
  const used = environments.flatMap(({ current, active, waiting }) => [current, active, ...waiting].filter(Boolean).map((each) => each.release));
  return [...new Set(used)].filter((release) => !listed.has(release)).slice(0, EXTRA_RELEASES);
}

function OlderTrack({ application, release, environments, commands }) {
  const { data } = useQuery(paths.release(application, release), { application, kinds: ['releases'] });
  return data && html`<${Track} release=${data} environments=${environments} commands=${commands} />`;
}
