import { keep, kept } from './kept.js';
import { openDialog, current } from './state.js';

/**
 * The keyboard: `/` searches, `?` helps, arrows walk between what has `data-walk`. Where what had the focus goes
 * away, as a button does whose work is done, the nearest to it that is left gets it.
 */
const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const SIDEWAYS_COST = 3;

const typing = (element) => element.matches('input, textarea, select, [contenteditable]');

const middle = (element) => {
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

function walk(event, [dx, dy]) {
  const places = [...document.querySelectorAll('main [data-walk]')].filter((element) => element.offsetParent);
  const here = event.target.closest?.('main [data-walk]');
  if (!here) {
    if (dy <= 0 || event.target.matches('[role=region]') || !places.length) return;
    places[0].focus();
  } else {
    const from = middle(here);
    let best = null;
    let least = Infinity;
    for (const place of places) {
      const far = place === here ? Infinity : distance(from, middle(place), dx, dy);
      if (far < least) [best, least] = [place, far];
    }
    best?.focus();
    best?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (!best) return;
  }
  event.preventDefault();
}

function keepPlace() {
  let way = [];
  document.addEventListener('focusin', ({ target }) => {
    if (target.closest('dialog')) return;
    way = [];
    for (let each = target.closest('main [data-walk]'); each && each.id !== 'main'; each = each.parentElement) way.push(each);
  });
  new MutationObserver(() => {
    if (!way.length || way[0].isConnected || document.activeElement !== document.body || current().dialog) return;
    const left = way.find((each) => each.isConnected && each.querySelector('[data-walk]'));
    way = [];
    left?.querySelector('[data-walk]').focus({ preventScroll: true });
  }).observe(document.getElementById('app'), { childList: true, subtree: true });
}

export const shortcuts = () => kept('shortcuts') !== 'off';
export const switchShortcuts = (on) => keep('shortcuts', on ? null : 'off');

export function startKeys() {
  keepPlace();
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || current().dialog) return;
    if (event.target.id === 'search' && event.key === 'ArrowDown') return walk(event, STEPS.ArrowDown);
    if (event.target.id === 'search' && event.key === 'Escape') return event.target.blur();
    if (typing(event.target)) return;
    if (event.key === '/' && shortcuts()) {
      event.preventDefault();
      const search = document.getElementById('search');
      search.focus();
      search.select();
    } else if (event.key === '?' && shortcuts()) {
      openDialog({ kind: 'help' });
    } else if (STEPS[event.key] && !event.shiftKey) {
      walk(event, STEPS[event.key]);
    }
  });
}
