import { html, useEffect } from '../lib/preact.js';
import { paths } from '../api.js';
import { Icon } from '../icons.js';
import { EmptyState, ErrorBoundary, ErrorState, FirstReason, LoadMore, Skeleton, Text } from '../parts.js';
import { usePages, useQuery } from '../queries.js';
import { replace, to } from '../router.js';
import { announce, openDialog, useStore } from '../state.js';
import { Age, Ago, Elapsed, now } from '../time.js';
import { TIER_NAMES, statusAppearance, tierName } from '../words.js';

const MAX_ATTENTION_ITEMS = 4;
const MAX_ROOMY_CELLS = 3;
const TABS = [
  { show: 'all', count: 'applications', word: 'Applications', icon: 'grid', tone: 'calm' },
  { show: 'moving', count: 'moving', word: 'On the way', icon: 'progress', tone: 'run' },
  { show: 'waiting', count: 'waiting', word: 'Waiting', icon: 'clock', tone: 'wait' },
  { show: 'failed', count: 'failed', word: 'Failed', icon: 'cross', tone: 'bad', tip: 'In the last 24 hours' },
];
const NOTHING_TO_SHOW = {
  all: 'No matching applications.',
  moving: 'Nothing is on its way.',
  waiting: 'Nothing is waiting.',
  failed: 'Nothing has failed recently.',
};

export function Home({ query }) {
  const { q, tier, owner, show = 'all' } = query;
  const list = usePages('/overview', { q, tier, owner, show: show === 'all' ? null : show }, {});
  const { first } = list;
  const found = first && list.fresh ? first.items.length : null;
  useEffect(() => {
    if (q && found !== null) announce(found ? `${found}${first.next ? ' or more' : ''} ${found === 1 && !first.next ? 'application' : 'applications'} found` : 'Nothing found');
  }, [q, found]);

  return html`
    <h1 class="sr">${q ? `Search: ${q}` : 'Applications'}</h1>
    <${Tabs} counts=${first?.counts} query=${query} show=${show} />
    ${!q && show === 'all' && first && html`<${Attention} counts=${first.counts} filters=${{ tier, owner }} />`}
    ${q && html`<${ReleasesFound} q=${q} />`}
    ${list.error && !first ? html`<${ErrorState} error=${list.error} />` : html`<${Rows} list=${list} query=${query} show=${show} />`}
  `;
}

function Tabs({ counts, query, show }) {
  return html`<div class="shows">
    <nav class="tabs" aria-label="Filter by status">
      ${TABS.map((each) => html`<a key=${each.show} class=${'tab ' + each.tone} data-walk data-tip=${each.tip} aria-current=${each.show === show ? 'page' : undefined}
        href=${to.home({ ...query, show: each.show === 'all' ? null : each.show })}>
        <${Icon} name=${each.icon} />${each.word}<b class=${counts?.[each.count] ? 'count' : 'count zero'}>${counts?.[each.count]?.toLocaleString('en') ?? '–'}</b>
      </a>`)}
    </nav>
    <div class="picks">
      <${Owners} query=${query} />
      <label class="pick"><span>Tier</span>
        <select onChange=${(event) => replace(to.home({ ...query, tier: event.target.value }))}>
          <option value="" selected=${!query.tier}>all</option>
          ${TIER_NAMES.map((tier) => html`<option key=${tier} value=${tier} selected=${tier === query.tier}>${tierName(tier).toLowerCase()}</option>`)}
        </select>
      </label>
    </div>
  </div>`;
}

/** Whose applications are shown: everybody's, the user's, or those of the owner in the address. */
function Owners({ query }) {
  const me = useStore((s) => s.actor);
  const { owner } = query;
  const link = (whose) => to.home({ ...query, owner: whose });
  return html`<nav class="owners" aria-label="Filter by owner">
    <a href=${link(null)} aria-current=${owner ? undefined : 'true'} data-walk>All</a>
    ${me
      ? html`<a href=${link(me)} aria-current=${owner === me ? 'true' : undefined} data-tip=${`Applications owned by ${me}`} data-walk>Mine</a>`
      : html`<button type="button" data-tip="Applications you own; asks for your name first" data-walk onClick=${() => openDialog({ kind: 'name', then: link })}>Mine</button>`}
    ${owner && owner !== me && html`<a href=${link(owner)} aria-current="true" data-walk><bdi>${owner}</bdi></a>`}
  </nav>`;
}

/** The first waiting deployment: a status record lists these without a `status`. */
const waitingOf = ({ waiting }) => waiting && { ...waiting, status: 'pending' };
const RECENT_MS = 24 * 60 * 60 * 1000;
const failedOf = ({ failed }) => (failed && Date.parse(failed.finishedAt) > now() - RECENT_MS ? failed : null);
const DEPLOYMENT_OF = { moving: (e) => e.active, waiting: waitingOf, failed: failedOf };

/** What needs attention, above everything else. */
function Attention({ counts, filters }) {
  const kinds = TABS.filter(({ count }) => count !== 'applications' && counts[count] > 0);
  if (!kinds.length) return null;
  return html`<section class="attention" aria-label="What needs attention">
    ${kinds.map((kind) => html`<${ErrorBoundary} key=${kind.show} name=${kind.word}><${AttentionList} kind=${kind} filters=${filters} /><//>`)}
  </section>`;
}

function AttentionList({ kind, filters }) {
  const { data } = useQuery(paths.overview({ ...filters, show: kind.show, limit: MAX_ATTENTION_ITEMS }), {});
  if (!data) return html`<div class=${'panel ' + kind.tone}><${Skeleton} rows=${2} /></div>`;
  const all = data.items.flatMap((row) => row.environments
    .map((environment) => ({ row, environment, deployment: DEPLOYMENT_OF[kind.show](environment) }))
    .filter(({ deployment }) => deployment));
  if (!all.length) return null;
  return html`<div class=${'panel ' + kind.tone}>
    <h2><${Icon} name=${kind.icon} spin=${kind.tone === 'run'} />${kind.word}</h2>
    <ul>
      ${all.slice(0, MAX_ATTENTION_ITEMS).map(({ row, environment, deployment }) => html`<li key=${row.application + environment.id}>
        <a href=${to.application(row.application)} data-walk>
          <span class="line"><b class="text">${row.application}</b><span class="text">${environment.id}</span><b class="text rel">${deployment.release}</b></span>
          <span class="line small"><${DeploymentLine} deployment=${deployment} long=${true} /></span>
        </a>
      </li>`)}
    </ul>
    ${(data.next || all.length > MAX_ATTENTION_ITEMS) && html`<a class="all" href=${to.home({ ...filters, show: kind.show })}>Show all</a>`}
  </div>`;
}

/** How a deployment is going, or has ended, in a line. */
function DeploymentLine({ deployment, long }) {
  const { word } = statusAppearance(deployment);
  if (deployment.status === 'pending') return html`<span class="text">${long ? '' : 'waits: '}<${FirstReason} blockedBy=${deployment.blockedBy} /></span>`;
  if (deployment.status === 'in_progress') {
    return html`<span class="text">${word} for <${Elapsed} value=${deployment.startedAt} />${long && deployment.message && html`: <bdi>${deployment.message}</bdi>`}</span>`;
  }
  return html`<span class="text">${word} <${Ago} value=${deployment.finishedAt} />${deployment.message && html`: <bdi>${deployment.message}</bdi>`}</span>`;
}

/** The releases with this id or commit, and where they run. */
function ReleasesFound({ q }) {
  const word = /\s/.test(q) || q.length < 3 ? null : q;
  const releases = useQuery(word && paths.where({ release: word, limit: 10 }), {});
  const commits = useQuery(word && /^[0-9a-f]{7,64}$/i.test(word) ? paths.where({ commit: word, limit: 10 }) : null, {});
  const found = [...(releases.data?.items ?? []), ...(commits.data?.items ?? [])];
  if (!found.length) return null;
  return html`<section class="where">
    <h2>Releases</h2>
    <ul>
      ${found.map(({ application, release, title, environments }) => html`<li key=${application + '/' + release}>
        <a href=${to.release(application, release)} data-walk>
          <b class="text">${application}</b><b class="text rel">${release}</b><${Text} value=${title} />
          <span class="muted text">${environments.length ? 'runs in ' + environments.join(', ') : 'not running anywhere'}</span>
        </a>
      </li>`)}
    </ul>
  </section>`;
}

function Rows({ list, query, show }) {
  if (list.loading && !list.items.length) return html`<${Skeleton} rows=${8} />`;
  if (!list.items.length) {
    const filtered = query.q || query.tier || query.owner || show !== 'all';
    if (query.q && show === 'all') return html`<p class="none-found muted">No application matches “<bdi>${query.q}</bdi>”. <a href="#/">Show all</a></p>`;
    return html`<${EmptyState} icon=${show === 'all' ? 'search' : 'check'} title=${filtered ? NOTHING_TO_SHOW[show] : 'No applications yet'}>
      ${filtered ? html`<p><a href="#/">All applications</a></p>` : html`<p>An application is created with its first release.</p>`}
    <//>`;
  }
  return html`<section class=${list.fresh ? 'rows' : 'rows dimmed'} aria-label="Applications and their environments">
    <ul>${list.items.map((row) => html`<${ErrorBoundary} key=${row.application} name=${row.application} as="li"><${Row} row=${row} /><//>`)}</ul>
    <${LoadMore} list=${list} noun="applications" />
  </section>`;
}

function Row({ row }) {
  const shown = row.environments.length > 1 ? row.environments.filter((e) => e.position > 0 || e.active || e.waiting) : row.environments;
  return html`<li class="row">
    <a class="row-name" href=${to.application(row.application)} data-walk>
      <b class="text" title=${row.application}>${row.application}</b>
      ${(row.title || row.owner) && html`<bdi class="text small" title=${[row.title, row.owner].filter(Boolean).join(' · ')}>${row.title ?? row.owner}</bdi>`}
    </a>
    <div class=${shown.length > MAX_ROOMY_CELLS ? 'cells' : 'cells roomy'}>${shown.map((environment) => html`<${Cell} key=${environment.id} application=${row.application} environment=${environment} />`)}</div>
  </li>`;
}

function Cell({ application, environment: e }) {
  const deployment = e.active ?? waitingOf(e) ?? e.failed;
  const { tone, icon } = deployment ? statusAppearance(deployment) : { tone: e.current ? 'calm' : 'idle' };
  const about = [e.current ? e.current.title : 'nothing runs here', e.current?.actor && 'by ' + e.current.actor, deployment?.message].filter(Boolean).join(' · ');
  return html`<a class=${`cell ${tone} at-${e.tier}`} href=${to.application(application)} data-env=${e.title ?? e.id} title=${about} data-walk>
    <b>${e.current?.release ?? '–'}</b>${e.current && html`<${Age} value=${e.current.since} />`}
    ${deployment && html`<span class="cell-story"><${Icon} name=${icon} spin=${tone === 'run'} /><b>${deployment.release}</b><${DeploymentLine} deployment=${deployment} /></span>`}
  </a>`;
}
