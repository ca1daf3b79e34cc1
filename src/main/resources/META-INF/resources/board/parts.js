import { html, useErrorBoundary, useState } from './lib/preact.js';
import { Icon } from './icons.js';
import { to } from './router.js';
import { blockReasonText, lockReasonText, problemText, statusAppearance, tierName } from './words.js';
import { Elapsed, Until, formatDuration } from './time.js';

/** Around one of many items: a malformed record, which the worker did not write, must not take the whole page down. */
export function ErrorBoundary({ name, as: Tag = 'div', children }) {
  const [error] = useErrorBoundary((fault) => console.error(fault));
  if (!error) return children;
  return html`<${Tag} class="unshown small muted"><${Icon} name="warn" /><span><b>${name}</b> cannot be shown: a record published about it is malformed.</span><//>`;
}

/** Text that comes from data: isolated, clipped, and in full in its tooltip. */
export function Text({ value, className = '' }) {
  return html`<bdi class=${'text ' + className} title=${value}>${value}</bdi>`;
}

/** Text of several lines. */
export function Prose({ value }) {
  return html`<p class="prose" dir="auto">${value}</p>`;
}

export function ReleaseLink({ application, release, className = '' }) {
  return html`<a class=${'release-id ' + className} data-walk href=${to.release(application, release)}><bdi title=${release}>${release}</bdi></a>`;
}

/** A link that comes from data: its text only, unless it leads to the web. */
export function ExternalLink({ url, children }) {
  const safe = webUrl(url);
  if (!safe) return html`<bdi class="text" title=${url}>${children ?? url}</bdi>`;
  return html`<a class="outside" href=${safe} rel="noreferrer noopener" target="_blank" title=${url}>
    <bdi>${children ?? url.replace(/^https?:\/\//, '')}</bdi><${Icon} name="external" />
  </a>`;
}

export function webUrl(url) {
  try {
    const parsed = new URL(url);
    return ['http:', 'https:'].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

const FORGES = /(^|\.)(github|gitlab|codeberg|gitea|forgejo)\./;

/** The commit, with a link if the repository's host is known to have a page for it. */
export function Commit({ source, long }) {
  if (!source?.commitSha) return null;
  const text = long ? source.commitSha : source.commitSha.slice(0, 7);
  const repository = webUrl(source.repoUrl);
  if (repository && FORGES.test(new URL(repository).hostname)) {
    const page = repository.replace(/(\.git)?\/?$/, '') + '/commit/' + encodeURIComponent(source.commitSha);
    return html`<a class="mono" href=${page} rel="noreferrer noopener" target="_blank" title=${source.commitSha}>${text}</a>`;
  }
  return html`<span class="mono" title=${source.commitSha}>${text}</span>`;
}

export function Chip({ tone, icon, children, spin }) {
  return html`<span class=${'chip ' + tone}><${Icon} name=${icon} spin=${spin} />${children}</span>`;
}

export function StatusChip({ deployment }) {
  const { word, icon, tone } = statusAppearance(deployment);
  return html`<${Chip} tone=${tone} icon=${icon} spin=${tone === 'run'}>${word}<//>`;
}

/** The tier, unless the environment's name says it already. */
export function Tier({ environment: { id, title, tier } }) {
  return tier && tierName(tier).toLowerCase() !== (title ?? id).toLowerCase() ? html`<span class=${'tier tier-' + tier}>${tierName(tier)}</span>` : null;
}

export function EnvironmentName({ environment }) {
  return html`<bdi class="text" title=${environment.title ? `${environment.title} (${environment.id})` : environment.id}>
    ${environment.title ?? environment.id}
  </bdi>`;
}

/**
 * A button for an action. With `why`, the action is not possible: the button stays visible and focusable, and says why on hover and focus.
 */
export function ActionButton({ icon, label, text, why, tip, tone = '', onClick }) {
  const bare = text ? '' : ' bare';
  return html`<button type="button" class=${`act ${tone}${bare}`} aria-label=${text ? undefined : label} aria-disabled=${why ? 'true' : undefined}
    data-tip=${why ?? tip ?? (text ? undefined : label)} data-walk onClick=${why ? undefined : onClick}>
    <${Icon} name=${icon} />${text && html`<span>${text}</span>`}
  </button>`;
}

/** A bin if the release can be deleted, otherwise a lock with the reasons. `onDelete` is null if the board takes no commands. */
export function BinOrLock({ release, onDelete }) {
  if (!release.deletable) {
    const reasons = release.lockReasons.map((reason) => '• ' + lockReasonText(reason)).join('\n');
    return html`<button type="button" class="act bare locked" aria-disabled="true" aria-label=${'Cannot be deleted: ' + release.release} data-walk
      data-tip=${`Cannot be deleted: ${release.release}\n${reasons}`}><${Icon} name="lock" /></button>`;
  }
  if (!onDelete) return html`<span class="act bare" tabindex="0" role="img" aria-label="Can be deleted" data-tip="Can be deleted"><${Icon} name="bin" /></span>`;
  return html`<${ActionButton} icon="bin" label=${'Delete ' + release.release} tip="Can be deleted: nothing depends on it yet" onClick=${onDelete} />`;
}

/** Why a deployment waits, with a countdown for what time will resolve. */
export function Reasons({ blockedBy }) {
  return html`<ul class="reasons">
    ${blockedBy.map((reason) => html`<li key=${reason.code}>
      <bdi>${blockReasonText(reason)}</bdi>${reason.until && html`<span class="count"><${Until} value=${reason.until} /></span>`}
    </li>`)}
  </ul>`;
}

/** The first reason in one line. */
export function FirstReason({ blockedBy }) {
  const [first] = blockedBy ?? [];
  if (!first) return null;
  return html`<bdi>${blockReasonText(first)}</bdi>${first.until && html`, <${Until} value=${first.until} />`}${blockedBy.length > 1 && ` (+${blockedBy.length - 1})`}`;
}

/** How long a deployment took, or has been in progress. */
export function DeploymentDuration({ deployment }) {
  if (!deployment.startedAt) return null;
  if (!deployment.finishedAt) return html`<${Elapsed} value=${deployment.startedAt} />`;
  return formatDuration(Date.parse(deployment.finishedAt) - Date.parse(deployment.startedAt));
}

export function ByActor({ actor }) {
  return actor ? html`<span class="by">by <bdi title=${`${actor} (unverified)`}>${shortActor(actor)}</bdi></span>` : null;
}

const shortActor = (actor) => (/^https?:\/\//.test(actor) ? actor.replace(/\/+$/, '').split('/').slice(-2).join('/') : actor);

export function ActorName({ actor }) {
  return actor ? html`<bdi class="person" title=${`${actor} (unverified)`}>${shortActor(actor)}</bdi>` : html`<span class="person muted">Someone</span>`;
}

export function Skeleton({ rows = 6, kind = 'row' }) {
  return html`<div class=${'skeleton skeleton-' + kind} role="status" aria-label="Loading">
    ${Array.from({ length: rows }, (_, i) => html`<div key=${i} class="bone"></div>`)}
  </div>`;
}

export function EmptyState({ icon = 'search', title, top, children }) {
  const Heading = top ? 'h1' : 'h2';
  return html`<div class="empty"><span class="empty-icon"><${Icon} name=${icon} /></span><${Heading}>${title}<//><div>${children}</div></div>`;
}

export function ErrorState({ error, home }) {
  const missing = error.status === 404;
  return html`<${EmptyState} icon=${missing ? 'search' : 'warn'} top=${home} title=${missing ? 'Not found' : 'That did not work'}>
    <p>${problemText(error.problem)}</p>
    ${home && html`<p><a href="#/">All applications</a></p>`}
  <//>`;
}

export function LoadMore({ list, noun }) {
  if (list.next) return html`<p class="more"><button type="button" class="button" onClick=${list.loadMore} data-walk>Show more ${noun}</button></p>`;
  return null;
}

export function Breadcrumbs({ application, children }) {
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    <a href="#/">Applications</a>
    ${application && html`<${Icon} name="right" /><a href=${to.application(application)}><bdi>${application}</bdi></a>`}
    ${children && html`<${Icon} name="right" />${children}`}
  </nav>`;
}

/** A filter. Its value is part of the address, once typing has ended. */
export function Filter({ label, name, value, onChange, type = 'text', options, placeholder }) {
  const [typed, setTyped] = useState(null);
  const change = (event) => {
    setTyped(null);
    onChange(name, event.target.value);
  };
  return html`<label class="field">
    <span>${label}</span>
    ${options
      ? html`<select name=${name} value=${value ?? ''} onChange=${change}>
          ${options.map(([id, text]) => html`<option key=${id} value=${id} selected=${id === (value ?? '')}>${text}</option>`)}
        </select>`
      : html`<input type=${type} name=${name} value=${typed ?? value ?? ''} placeholder=${placeholder} autocomplete="off"
          onInput=${(event) => setTyped(event.target.value)} onChange=${change} dir="auto" />`}
  </label>`;
}
