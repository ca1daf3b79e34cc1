import { html, useEffect } from '../lib/preact.js';
import { paths } from '../api.js';
import { Icon } from '../icons.js';
import { Breadcrumbs, ByActor, Commit, EmptyState, ErrorState, Filter, LoadMore, ReleaseLink, Skeleton, Text } from '../parts.js';
import { usePages, useSteadyQuery } from '../queries.js';
import { replace, to } from '../router.js';
import { Ago, Moment, toIso, toLocalInput } from '../time.js';

export function Compare({ query }) {
  const { app, from, to: other, time } = query;
  const application = useSteadyQuery(app ? paths.application(app) : null, { application: app, kinds: ['environments', 'application'] });
  const environments = (application.data?.environments ?? []).map(({ environment }) => environment);
  const change = (name, value) => replace(to.compare({ ...query, [name]: value }));

  useEffect(() => {
    const comparable = environments.filter((e) => e.position > 0);
    if (!from && !other && !time && comparable.length) replace(to.compare({ app, from: comparable[0].id, to: comparable[1]?.id ?? comparable[0].id }));
  }, [app, environments.length]);

  const instant = toIso(time) ?? null;
  const ready = app && from && (instant || other);
  const diff = usePages(ready ? '/diff' : null, { application: app, from, to: instant ? null : other, time: instant }, { application: app, kinds: instant ? ['environments', 'releases', 'activity'] : ['environments', 'releases'] });
  const then = useSteadyQuery(app && instant ? paths.at({ application: app, time: instant }) : null, { application: app, kinds: ['environments', 'activity'] });
  const ran = environments.length ? (then.data?.items[0]?.environments ?? []) : [];
  const dropped = ran.filter(({ id }) => !environments.some((e) => e.id === id));
  const names = [['', 'choose'], ...environments.map((e) => [e.id, e.title ?? e.id]), ...dropped.map(({ id }) => [id, id + ' (dropped since)'])];
  return html`
    <${Breadcrumbs} application=${app} />
    <div class="heading"><div class="heading-text"><h1>Compare</h1><p class="facts muted">Two environments, or one environment now and at an earlier time.</p></div></div>
    <form class="filters" aria-label="Choose what to compare" onSubmit=${(e) => e.preventDefault()}>
      <${Filter} label="Application" name="app" value=${app} onChange=${(_, value) => replace(to.compare({ app: value }))} />
      <${Filter} label=${time ? 'Environment' : 'What runs in'} name="from" value=${from} onChange=${change} options=${names} />
      <${Filter} label="compared with" name="to" value=${time ? '' : other} onChange=${(_, value) => replace(to.compare({ app, from, to: value }))} options=${time ? [['', 'itself, at that time'], ...names.slice(1)] : names} />
      <${Filter} label="or with itself at" name="time" type="datetime-local" value=${toLocalInput(time)} onChange=${(_, value) => replace(to.compare({ app, from, time: toIso(value) }))} />
    </form>
    ${!app && html`<${EmptyState} icon="compare" title="Which application?"><p>Type its name, or choose “Compare” on its page.</p><//>`}
    ${app && application.error && !application.data && html`<${ErrorState} error=${application.error} />`}
    ${ready && diff.error && html`<${NotKnown} error=${diff.error} />`}
    ${ready && diff.loading && !diff.first && html`<${Skeleton} rows=${4} />`}
    ${ready && diff.first && !diff.error && html`<${Diff} list=${diff} application=${app} time=${instant} />`}
  `;
}

function NotKnown({ error }) {
  const { knownSince } = error.problem;
  if (!knownSince) return html`<${ErrorState} error=${error} />`;
  return html`<${EmptyState} icon="clock" title="That is too long ago"><p>What ran is known only from <${Moment} value=${knownSince} /> on.</p><//>`;
}

function Diff({ list, application, time }) {
  const { from, to: other, total } = list.first;
  const brings = list.pages.flatMap((page) => page.brings);
  const takesAway = list.pages.flatMap((page) => page.takesAway);
  const same = !brings.length && !takesAway.length;
  return html`<div class=${list.fresh ? 'diff' : 'diff dimmed'}>
    <div class="versus">
      <${Side} side=${from} application=${application} label=${time ? html`${from.environment}, now` : from.environment} />
      <span class="versus-arrow"><${Icon} name=${same ? 'check' : 'deploy'} /></span>
      <${Side} side=${other} application=${application} label=${time ? html`${from.environment}, <${Moment} value=${time} />` : other.environment} />
    </div>
    ${same && html`<${EmptyState} icon="check" title="No difference"><p>${from.release ? 'Both run the same release.' : 'Nothing runs in either.'}</p><//>`}
    ${brings.length > 0 && html`<${Between} icon="plus" tone="good" releases=${brings} application=${application}
      title=${time ? `Added since then: ${count(total)}` : `Deploying it to ${other.environment} would add ${count(total)}`} />`}
    ${takesAway.length > 0 && html`<${Between} icon="rollback" tone="bad" releases=${takesAway} application=${application}
      title=${time ? `Taken back since then: ${count(total)}` : `Deploying it to ${other.environment} would take away ${count(total)}`} />`}
    <${LoadMore} list=${list} noun="releases" />
  </div>`;
}

const count = (total) => (total === 1 ? '1 release' : total + ' releases');

function Side({ side, application, label }) {
  return html`<div class="side"><span class="small muted">${label}</span>
    ${side.release ? html`<${ReleaseLink} application=${application} release=${side.release} className="big" />` : html`<span class="big muted">nothing</span>`}</div>`;
}

function Between({ icon, tone, title, releases, application }) {
  return html`<section class="panel">
    <h2><span class=${'mark ' + tone}><${Icon} name=${icon} /></span>${title}</h2>
    <ol class="between">${releases.map((release) => html`<li key=${release.release}>
      <${ReleaseLink} application=${application} release=${release.release} />
      <${Text} value=${release.title} />
      <span class="meta"><${Commit} source=${release.source} /><${Ago} value=${release.createdAt} /><${ByActor} actor=${release.createdBy} /></span>
    </li>`)}</ol>
  </section>`;
}
