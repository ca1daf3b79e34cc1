import { html } from '../lib/preact.js';
import { openCommand } from '../command-dialog.js';
import { Icon } from '../icons.js';
import { ActionButton, BinOrLock, ByActor, Chip, Commit, EnvironmentName, ExternalLink, Reasons, ReleaseLink, StatusChip, Text, webUrl } from '../parts.js';
import { Ago, Elapsed, Lasting } from '../time.js';

/** A release: its card in the first column, and then its place in each environment. */
export function Track({ release, environments, commands }) {
  const records = new Map(environments.map((record) => [record.environment.id, record]));
  const placements = release.placements.filter(({ environment }) => records.has(environment));
  const wires = wiresOf(placements);
  return html`<li class="track" aria-label=${`${release.release}: ${release.title}`}>
    ${placements.map((placement, i) => html`<div key=${placement.environment} class=${'slot ' + wires[i]}>
      ${i === 0
        ? html`<${ReleaseCard} release=${release} commands=${commands} />`
        : html`<${Place} release=${release} placement=${placement} record=${records.get(placement.environment)} commands=${commands} />`}
    </div>`)}
  </li>`;
}

/** The classes that draw the links: straight from the column before, or along a rail above the columns between. */
function wiresOf(placements) {
  const wires = placements.map(() => new Set());
  const index = new Map(placements.map(({ environment }, i) => [environment, i]));
  placements.forEach(({ status, active, linkedFrom }, end) => {
    const begin = index.get(linkedFrom ?? active?.linkedFrom);
    if (begin === undefined || begin >= end || (status === 'none' && !active?.startedAt)) return;
    const kind = status === 'none' ? 'moving' : 'linked';
    if (begin === end - 1) {
      wires[end].add('wire').add(kind);
      if (begin === 0) wires[begin].add('wire-out').add(kind);
      return;
    }
    wires[begin].add('rail-out').add('rail-stem');
    for (let i = begin + 1; i < end; i++) wires[i].add('rail-in').add('rail-out');
    wires[end].add('rail-in').add('rail-stem').add(kind);
  });
  return wires.map((set) => [...set].join(' '));
}

function ReleaseCard({ release, commands }) {
  const { application } = release;
  const intent = { application, release: release.release, seen: { release } };
  return html`<article class="card release-card">
    <header>
      <${ReleaseLink} application=${application} release=${release.release} />
      <span class="card-acts">
        <${BinOrLock} release=${release} onDelete=${commands ? () => openCommand({ ...intent, kind: 'delete' }) : null} />
        ${commands && html`<${ActionButton} icon="archive" label=${'Archive ' + release.release} onClick=${() => openCommand({ ...intent, kind: 'archive' })} />`}
      </span>
    </header>
    <${Text} value=${release.title} className="card-title" />
    <p class="meta"><${Commit} source=${release.source} /><span><${Ago} value=${release.createdAt} /></span><${ByActor} actor=${release.createdBy} /></p>
  </article>`;
}

/** A release in an environment after the first. */
function Place({ release, placement, record, commands }) {
  const id = record.environment.id;
  const props = { release, placement, record, commands };
  const waiting = record.waiting.find((each) => each.id === placement.active?.id);
  const failed = record.lastDeployment?.status === 'failed' && record.lastDeployment.release === release.release ? record.lastDeployment : null;
  const open = release.nextEnvironments.includes(id);
  return html`
    <span class="slot-name"><${EnvironmentName} environment=${record.environment} /></span>
    <div class="places">
      ${record.active?.id === placement.active?.id && record.active && html`<${Moving} ...${props} deployment=${record.active} />`}
      ${waiting && html`<${Waiting} ...${props} deployment=${waiting} />`}
      ${placement.status === 'current' && html`<${Current} ...${props} />`}
      ${failed && !placement.active && html`<${Failed} ...${props} deployment=${failed} />`}
      ${placement.status === 'past' && !placement.active && html`<${Past} ...${props} />`}
      ${placement.status === 'none' && !placement.active && (commands || !failed) && html`<${DeployAction} ...${props} open=${open} again=${Boolean(failed)} />`}
    </div>
  `;
}

function intentOf({ release, record }, kind) {
  return { kind, application: release.application, release: release.release, environment: record.environment.id, seen: { release, environment: record } };
}

function Cancel({ deployment, ...props }) {
  const why = deployment.cancelRequested ? 'The deployer has been asked to stop' : null;
  return html`<${ActionButton} icon="stop" label=${`Cancel ${props.release.release} to ${props.record.environment.id}`} why=${why}
    onClick=${() => openCommand({ ...intentOf(props, 'cancel'), seen: null, deployment: { status: 'pending', ...deployment } })} />`;
}

function Moving({ deployment, ...props }) {
  return html`<article class="card place run">
    <header><${StatusChip} deployment=${deployment} /><span class="small"><${Elapsed} value=${deployment.startedAt} /></span>
      ${props.commands && html`<span class="card-acts"><${Cancel} ...${props} deployment=${deployment} /></span>`}</header>
    <div class="bar" aria-hidden="true"></div>
    ${deployment.message && html`<${Text} value=${deployment.message} className="message" />`}
    <p class="meta">${webUrl(deployment.url) && html`<${ExternalLink} url=${deployment.url}>progress<//>`}<${ByActor} actor=${deployment.actor} /></p>
  </article>`;
}

function Waiting({ deployment, ...props }) {
  return html`<article class="card place wait">
    <header><${StatusChip} deployment=${{ status: 'pending' }} />
      ${props.commands && html`<span class="card-acts"><${Cancel} ...${props} deployment=${deployment} /></span>`}</header>
    <${Reasons} blockedBy=${deployment.blockedBy} />
    <p class="meta"><span>requested <${Ago} value=${deployment.createdAt} /></span><${ByActor} actor=${deployment.actor} /></p>
  </article>`;
}

function Current({ placement, record }) {
  return html`<article class="card place good">
    <header><${Chip} tone="good" icon="check">Current<//></header>
    <p class="meta"><${Lasting} value=${placement.since} /><${ByActor} actor=${record.current?.actor} /></p>
  </article>`;
}

function Failed({ deployment, ...props }) {
  return html`<article class="card place bad">
    <header><${StatusChip} deployment=${deployment} /><span class="small"><${Ago} value=${deployment.finishedAt} /></span></header>
    ${deployment.message && html`<${Text} value=${deployment.message} className="message" />`}
    <p class="meta">${webUrl(deployment.url) && html`<${ExternalLink} url=${deployment.url}>what happened<//>`}<${ByActor} actor=${deployment.actor} /></p>
  </article>`;
}

function Past(props) {
  const { placement, release, record, commands } = props;
  return html`<article class="card place past">
    <header><span class="small muted">left <${Ago} value=${placement.since} /></span>
      ${commands && html`<span class="card-acts"><${ActionButton} icon="rollback" label=${`Bring ${release.release} back to ${record.environment.id}`}
        onClick=${() => openCommand(intentOf(props, 'rollback'))} /></span>`}</header>
  </article>`;
}

/** For a release that has not been in the environment: deploys it, or if that is not possible yet, says why on request. */
function DeployAction({ open, again, ...props }) {
  const { release, record, commands } = props;
  const id = record.environment.id;
  const notYet = `${release.release} cannot be deployed to ${id} yet`;
  if (!commands) return html`<span class="way shut" tabindex="0" data-walk data-tip=${open ? `${release.release} can be deployed to ${id} next` : notYet}>${open ? 'can go here next' : 'not yet'}</span>`;
  const deploy = () => openCommand(intentOf(props, 'deploy'));
  if (open) return html`<button type="button" class="way open" data-walk onClick=${deploy}><${Icon} name="deploy" />${again ? 'Deploy again' : 'Deploy'}<span class="sr"> ${release.release} to ${id}</span></button>`;
  return html`<button type="button" class="way shut" data-walk data-tip=${`${notYet}. Click to ask why.`} onClick=${deploy}>
    <${Icon} name="why" />not yet<span class="sr">: ${release.release} to ${id}. Ask why</span></button>`;
}
