import { html } from '../lib/preact.js';
import { openCommand } from '../command-dialog.js';
import { Icon } from '../icons.js';
import { ActionButton, ByActor, EnvironmentName, ReleaseLink, StatusChip, Tier } from '../parts.js';
import { to } from '../router.js';
import { Ago, Elapsed, Lasting } from '../time.js';

/** The head of a column: what runs in an environment, what is happening there, and what can be done with it. */
export function EnvironmentHead({ record, upstream, application, commands }) {
  const { environment, current, active, waiting, lastDeployment } = record;
  const failed = lastDeployment?.status === 'failed' ? lastDeployment : null;
  return html`<section class=${'head at-' + environment.tier} aria-label=${environment.title ?? environment.id}>
    <header><h2><${EnvironmentName} environment=${environment} /></h2><${Tier} environment=${environment} /></header>
    ${environment.position === 0
      ? html`<p class="runs small muted">New releases start here.</p>
          ${commands && html`<div class="acts"><${ActionButton} icon="plus" text="New release" tone="go" onClick=${() => openCommand({ kind: 'create', application })} /></div>`}`
      : html`<p class="runs">
          ${current
            ? html`<${ReleaseLink} application=${application} release=${current.release} className="big" />
              <span class="small muted"><${Lasting} value=${current.since} /> <${ByActor} actor=${current.actor} /></span>`
            : html`<span class="big muted">empty</span>`}
        </p>`}
    ${(active || waiting.length > 0 || failed) && html`<p class="states">
      ${active && html`<span><${StatusChip} deployment=${active} /><span class="small"><bdi class="text">${active.release}</bdi><span class="muted">for <${Elapsed} value=${active.startedAt} /></span></span></span>`}
      ${!active && failed && html`<span><${StatusChip} deployment=${failed} /><span class="small"><bdi class="text">${failed.release}</bdi><span class="muted"><${Ago} value=${failed.finishedAt} /></span></span></span>`}
      ${waiting.length > 0 && html`<span><${StatusChip} deployment=${{ status: 'pending' }} /><span class="small">${waiting.length === 1 ? html`<bdi class="text">${waiting[0].release}</bdi>` : `${waiting.length} deployments`}</span></span>`}
    </p>`}
    ${environment.position > 0 && (commands || upstream) && html`<div class="acts">
      ${commands && html`<${EnvironmentActs} record=${record} application=${application} />`}
      ${upstream && html`<${CompareLink} upstream=${upstream} environment=${environment} application=${application} />`}
    </div>`}
  </section>`;
}

function EnvironmentActs({ record, application }) {
  const { environment, current, rollbackTo } = record;
  const intent = { application, environment: environment.id, seen: { environment: record } };
  const nothing = current ? null : 'Nothing runs in ' + environment.id;
  return html`
    <${ActionButton} icon="rollback" text=${rollbackTo ? html`<span class="sr">Roll back to </span><bdi>${rollbackTo}</bdi>` : html`Roll back<span class="sr"> ${environment.id}</span>`}
      tip=${`Roll ${environment.id} back to ${rollbackTo}`} why=${rollbackTo ? null : `There is nothing to roll ${environment.id} back to`}
      onClick=${() => openCommand({ ...intent, kind: 'rollback', release: rollbackTo })} />
    <${ActionButton} icon="redeploy" label=${current ? `Deploy ${current.release} to ${environment.id} again` : 'Deploy again'} why=${nothing && nothing + ' that could be deployed again'}
      onClick=${() => openCommand({ ...intent, kind: 'redeploy', release: current.release })} />
    <${ActionButton} icon="undeploy" label=${'Empty ' + environment.id} why=${nothing && nothing + ' that could be taken out'}
      onClick=${() => openCommand({ ...intent, kind: 'undeploy' })} />
  `;
}

/** A link to what the release in the environment before would bring. */
function CompareLink({ upstream: { environment: before, current }, environment, application }) {
  const label = `Compare with ${before.id}, where ${current.release} runs`;
  return html`<a class="act bare" href=${to.compare({ app: application, from: before.id, to: environment.id })} aria-label=${label} data-tip=${label} data-walk><${Icon} name="compare" /></a>`;
}
