import { html } from '../lib/preact.js';
import { Icon } from '../icons.js';
import { ActorName, Breadcrumbs, Chip, EmptyState, ErrorBoundary, ErrorState, Filter, LoadMore, ReleaseLink, Skeleton } from '../parts.js';
import { usePages } from '../queries.js';
import { replace, to } from '../router.js';
import { useStore } from '../state.js';
import { Clock, Day, toIso, toLocalInput } from '../time.js';
import { codeLabel, describeCommand, eventName } from '../words.js';

const OUTCOMES = [['', 'all'], ['accepted', 'accepted'], ['rejected', 'refused']];
const FILTERS = ['application', 'release', 'environment', 'actor', 'outcome', 'since', 'until'];

export function Activity({ query }) {
  const params = Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const list = usePages('/activity', { ...params, since: toIso(query.since), until: toIso(query.until) }, { application: query.application || undefined, kinds: ['activity'] });
  const change = (name, value) => replace(to.activity({ ...query, [name]: value }));
  const changeTime = (name, value) => change(name, toIso(value));
  const filtered = FILTERS.some((name) => query[name]);
  return html`
    <${Breadcrumbs} application=${query.application} />
    <div class="heading"><div class="heading-text"><h1>Activity</h1><p class="facts muted">Who did what, when, and with what outcome, refusals included.</p></div></div>
    <form class="filters" role="search" aria-label="Filter activity" onSubmit=${(e) => e.preventDefault()}>
      <${Filter} label="Application" name="application" value=${query.application} onChange=${change} />
      <${Filter} label="Release" name="release" value=${query.release} onChange=${change} />
      <${Filter} label="Environment" name="environment" value=${query.environment} onChange=${change} />
      <${Filter} label="Who" name="actor" value=${query.actor} onChange=${change} />
      <${Filter} label="Outcome" name="outcome" value=${query.outcome} onChange=${change} options=${OUTCOMES} />
      <${Filter} label="Since" name="since" type="datetime-local" value=${toLocalInput(query.since)} onChange=${changeTime} />
      <${Filter} label="Until" name="until" type="datetime-local" value=${toLocalInput(query.until)} onChange=${changeTime} />
      ${filtered && html`<a class="button" href="#/activity">Clear</a>`}
    </form>
    <${ActivityList} list=${list} filtered=${filtered} />
  `;
}

export function ActivityList({ list, within, filtered }) {
  if (list.error && !list.items.length) return html`<${ErrorState} error=${list.error} />`;
  if (list.loading && !list.items.length) return html`<${Skeleton} rows=${6} />`;
  if (!list.items.length) return within ? html`<p class="muted">Nothing yet.</p>` : html`<${EmptyState} icon="activity" title=${filtered ? 'Nothing matches' : 'Nothing has happened yet'} />`;
  return html`<div class=${list.fresh ? 'days' : 'days dimmed'}>
    ${byDay(list.items).map(([day, items]) => html`<section key=${day}>
      <h2 class="day"><${Day} value=${items[0].time} /></h2>
      <ol class="deeds">${items.map((item) => html`<${ErrorBoundary} key=${keyOf(item)} name=${item.application} as="li"><${ActivityItem} item=${item} within=${within} /><//>`)}</ol>
    </section>`)}
    <${LoadMore} list=${list} noun="activity" />
  </div>`;
}

const keyOf = ({ id, source, application, revision, time }) => [source, id, application, revision, time].join(' ');

function byDay(items) {
  const days = new Map();
  for (const item of items) {
    const day = new Date(item.time).toDateString();
    if (!days.has(day)) days.set(day, []);
    days.get(day).push(item);
  }
  return [...days];
}

function ActivityItem({ item, within }) {
  const refused = item.outcome === 'rejected';
  const { words, icon } = describeCommand(item.type, refused);
  return html`<li class=${refused ? 'deed bad' : 'deed'}>
    <span class="when small"><${Clock} value=${item.time} /></span>
    <span class="deed-icon"><${Icon} name=${refused ? 'cross' : icon} /></span>
    <div>
      <p class="sentence">
        <${Author} item=${item} />${item.type ? '' : ':'} ${item.type ? words : eventsOf(item) + ','}
        ${' '}${!within && html`<a class="app" href=${to.application(item.application)}><bdi>${item.application}</bdi></a>`}
        ${' '}${item.release && (within ? html`<b><bdi>${item.release}</bdi></b>` : html`<${ReleaseLink} application=${item.application} release=${item.release} />`)}
        ${item.environment && html` ${preposition(item.type)} <b>${item.environment}</b>`}
        ${refused && html` <${Chip} tone="bad" icon="cross">${codeLabel(item.code)}<//>`}
      </p>
      ${item.detail && html`<p class="said bad"><bdi>${item.detail}</bdi></p>`}
      ${item.reason && html`<p class="said"><bdi>${item.reason}</bdi></p>`}
      ${item.events.length > 0 && item.type && html`<p class="small muted events">${eventsOf(item)}</p>`}
    </div>
  </li>`;
}

/** Without a type, only the events are known: those of a timer, or of a command whose result is gone. */
function Author({ item }) {
  const timerSource = useStore((s) => s.info?.source);
  if (item.type || item.actor) return html`<${ActorName} actor=${item.actor} />`;
  return html`<span class="muted">${item.source === timerSource ? 'A timer' : html`<bdi>${item.source}</bdi>`}</span>`;
}

const preposition = (type) => (/(rollback|redeploy|deploy)\.v1$/.test(type ?? '') && !/undeploy/.test(type) ? 'to' : 'in');
const eventsOf = (item) => [...new Set(item.events.map((event) => eventName(event.type)))].join(', ');
