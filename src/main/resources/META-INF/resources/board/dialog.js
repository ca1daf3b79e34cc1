import { html, useEffect, useRef } from './lib/preact.js';
import { Icon } from './icons.js';

/** A native modal dialog; Escape and a click beside it close it. */
export function Dialog({ title, icon, tone = '', onClose, children }) {
  const element = useRef();
  useEffect(() => {
    const before = document.activeElement;
    element.current.showModal();
    element.current.querySelector('[data-first]')?.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  return html`<dialog ref=${element} class=${tone} aria-labelledby="dialog-title" onClose=${onClose}
    onMouseDown=${(event) => event.target === element.current && onClose()}>
    <header>
      ${icon && html`<span class="dialog-icon"><${Icon} name=${icon} /></span>`}
      <h2 id="dialog-title"><bdi>${title}</bdi></h2>
      <button type="button" class="act bare" aria-label="Close" onClick=${onClose}><${Icon} name="cross" /></button>
    </header>
    ${children}
  </dialog>`;
}
