/** One tip for the whole page: it shows the `data-tip` of an element on hover and on focus. Escape hides it. */
const GAP = 8;
const tip = document.getElementById('tip');
let owner = null;

function show(element) {
  if (owner === element && tip.textContent === element.dataset.tip) return;
  hide();
  owner = element;
  tip.textContent = element.dataset.tip;
  element.setAttribute('aria-describedby', 'tip');
  tip.showPopover();
  position(element.getBoundingClientRect());
}

function position(target) {
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(Math.max(GAP, target.left + target.width / 2 - width / 2), innerWidth - width - GAP);
  const above = target.top - height - GAP;
  tip.style.left = left + 'px';
  tip.style.top = (above > GAP ? above : target.bottom + GAP) + 'px';
}

function hide() {
  if (!owner) return;
  owner.removeAttribute('aria-describedby');
  owner = null;
  tip.hidePopover();
}

const tipTarget = (event) => (event.target instanceof Element ? event.target.closest('[data-tip]') : null);

export function startTips() {
  if (!('showPopover' in tip)) return;
  document.addEventListener('pointerover', (event) => {
    const element = tipTarget(event);
    if (element) show(element);
    else if (!tip.contains(event.target) && owner !== document.activeElement) hide();
  });
  document.addEventListener('focusin', (event) => {
    const element = tipTarget(event);
    if (element && element.matches(':focus-visible')) show(element);
    else hide();
  });
  document.addEventListener('click', (event) => {
    const element = tipTarget(event);
    if (element?.getAttribute('aria-disabled') === 'true') show(element);
    else hide();
  });
  document.addEventListener('scroll', hide, { capture: true, passive: true });
  addEventListener('hashchange', hide);
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide());
}
