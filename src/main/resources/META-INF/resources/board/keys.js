import { getState, openDialog } from './state.js';
import { load, save } from './storage.js';

/**
 * The keyboard: `/` searches, `?` helps, arrows move the focus between elements with `data-walk`. When the focused element is
 * removed, the nearest remaining one gets the focus.
 */
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const SIDEWAYS_COST = 3;

const isEditable = (element) => element.matches('input, textarea, select, [contenteditable]');

const centerOf = (element) => {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2, box };
};

/** How far `to` is from `from` in the direction (dx, dy); infinite if it does not lie there. */
function distance(from, to, dx, dy) {
  if (dx) {
    const ahead = dx * (to.x - from.x);
    const overlaps = to.box.top < from.box.bottom && to.box.bottom > from.box.top;
    return ahead > 2 && overlaps ? ahead + Math.abs(to.y - from.y) : Infinity;
  }
  const ahead = dy > 0 ? to.box.top - from.box.bottom : from.box.top - to.box.bottom;
  return ahead > -4 && dy * (to.y - from.y) > 2 ? Math.max(0, ahead) + Math.abs(to.x - from.x) / SIDEWAYS_COST : Infinity;
}

function moveFocus(event, [dx, dy]) {
  const targets = [...document.querySelectorAll('main [data-walk]')].filter((element) => element.offsetParent);
  const here = event.target.closest?.('main [data-walk]');
  if (!here) {
    if (dy <= 0 || event.target.matches('[role=region]') || !targets.length) return;
    targets[0].focus();
  } else {
    const from = centerOf(here);
    let nearest = null;
    let least = Infinity;
    for (const target of targets) {
      const far = target === here ? Infinity : distance(from, centerOf(target), dx, dy);
      if (far < least) [nearest, least] = [target, far];
    }
    nearest?.focus();
    nearest?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (!nearest) return;
  }
  event.preventDefault();
}

function startRestoringFocus() {
  let ancestors = [];
  document.addEventListener('focusin', ({ target }) => {
    if (target.closest('dialog')) return;
    ancestors = [];
    for (let each = target.closest('main [data-walk]'); each && each.id !== 'main'; each = each.parentElement) ancestors.push(each);
  });
  new MutationObserver(() => {
    if (!ancestors.length || ancestors[0].isConnected || document.activeElement !== document.body || getState().dialog) return;
    const survivor = ancestors.find((each) => each.isConnected && each.querySelector('[data-walk]'));
    ancestors = [];
    survivor?.querySelector('[data-walk]').focus({ preventScroll: true });
  }).observe(document.getElementById('app'), { childList: true, subtree: true });
}

export const areShortcutsOn = () => load('shortcuts') !== 'off';
export const setShortcuts = (on) => save('shortcuts', on ? null : 'off');

export function startKeys() {
  startRestoringFocus();
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || getState().dialog) return;
    if (event.target.id === 'search' && event.key === 'ArrowDown') return moveFocus(event, STEPS.ArrowDown);
    if (event.target.id === 'search' && event.key === 'Escape') return event.target.blur();
    if (isEditable(event.target)) return;
    if (event.key === '/' && areShortcutsOn()) {
      event.preventDefault();
      const search = document.getElementById('search');
      search.focus();
      search.select();
    } else if (event.key === '?' && areShortcutsOn()) {
      openDialog({ kind: 'help' });
    } else if (STEPS[event.key] && !event.shiftKey) {
      moveFocus(event, STEPS[event.key]);
    }
  });
}
