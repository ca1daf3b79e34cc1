import { html } from '../lib/preact.js';
import { act } from '../act.js';
import { Icon } from '../icons.js';
import { Act, By, EnvironmentName, ReleaseLink, Standing, Tier } from '../parts.js';
import { to } from '../router.js';
import { Ago, Elapsed, Lasting } from '../time.js';

/** The head of a column: what an environment runs, what is happening there, and what can be done with it. */
export function EnvironmentHead({ record, upstream, application, commands }) {
  const { environment, current, active, waiting, lastDeployment } = record;
  const failed = lastDeployment?.status === 'failed' ? lastDeployment : null;
  return html`<section class=${'head at-' + environment.tier} aria-label=${environment.title ?? environment.id}>
    <header><h2><${EnvironmentName} environment=${environment} /></h2><${Tier} environment=${environment} /></header>
    ${environment.position === 0
      ? html`<p class="runs small muted">New releases come in here.</p>
          ${commands && html`<div class="acts"><${Act} icon="plus" text="New release" tone="go" onClick=${() => act({ kind: 'create', application })} /></div>`}`
      : html`<p class="runs">
          ${current
            ? html`<${ReleaseLink} application=${application} release=${current.release} className="big" />
              <span class="small muted"><${Lasting} value=${current.since} /> <${By} actor=${current.actor} /></span>`
            : html`<span class="big muted">empty</span>`}
        </p>`}
    ${(active || waiting.length > 0 || failed) && html`<p class="states">
      ${active && html`<span><${Standing} deployment=${active} /><span class="small"><bdi class="text">${active.release}</bdi><span class="muted">for <${Elapsed} value=${active.startedAt} /></span></span></span>`}
      ${!active && failed && html`<span><${Standing} deployment=${failed} /><span class="small"><bdi class="text">${failed.release}</bdi><span class="muted"><${Ago} value=${failed.finishedAt} /></span></span></span>`}
      ${waiting.length > 0 && html`<span><${Standing} deployment=${{ status: 'pending' }} /><span class="small">${waiting.length === 1 ? html`<bdi class="text">${waiting[0].release}</bdi>` : `${waiting.length} deployments`}</span></span>`}
    </p>`}
    ${environment.position > 0 && (commands || upstream) && html`<div class="acts">
      ${commands && html`<${EnvironmentActs} record=${record} application=${application} />`}
      ${upstream && html`<${Ahead} upstream=${upstream} environment=${environment} application=${application} />`}
    </div>`}
  </section>`;
}

function EnvironmentActs({ record, application }) {
  const { environment, current, rollbackTo } = record;
  const intent = { application, environment: environment.id, at: { environment: record } };
  const nothing = current ? null : 'Nothing runs in ' + environment.id;
  return html`
    <${Act} icon="rollback" text=${rollbackTo ? html`<span class="sr">Roll back to </span><bdi>${rollbackTo}</bdi>` : 'Roll back'}
      tip=${`Roll ${environment.id} back to ${rollbackTo}`} why=${rollbackTo ? null : `There is nothing to roll ${environment.id} back to`}
      onClick=${() => act({ ...intent, kind: 'rollback', release: rollbackTo })} />
    <${Act} icon="redeploy" label=${current ? `Deploy ${current.release} to ${environment.id} again` : 'Deploy again'} why=${nothing && nothing + ' that could be deployed again'}
      onClick=${() => act({ ...intent, kind: 'redeploy', release: current.release })} />
    <${Act} icon="undeploy" label=${'Empty ' + environment.id} why=${nothing && nothing + ' that could be taken out'}
      onClick=${() => act({ ...intent, kind: 'undeploy' })} />
  `;
}

/** To what would come with what runs in the environment before. */
function Ahead({ upstream: { environment: before, current }, environment, application }) {
  const words = `Compare with ${before.id}, where ${current.release} runs`;
  return html`<a class="act bare" href=${to.compare({ app: application, from: before.id, to: environment.id })} aria-label=${words} data-tip=${words} data-walk><${Icon} name="compare" /></a>`;
}
