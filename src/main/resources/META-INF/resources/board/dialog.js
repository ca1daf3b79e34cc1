import { html, useEffect, useRef } from './lib/preact.js';
import { Icon } from './icons.js';

/**
 * A native modal dialog; Escape and a click beside it close it. The browser's close event comes some milliseconds after the focus
 * has returned: it must not close a dialog that was opened in between.
 */
export function Dialog({ title, icon, tone = '', onClose, children }) {
  const element = useRef();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog.showModal();
    dialog.querySelector('[data-first]')?.focus();
    return () => {
      dialog.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${element} class=${tone} aria-labelledby="dialog-title" onCancel=${cancel}
    onClose=${(event) => event.currentTarget.isConnected && onClose()}
    onMouseDown=${(event) => event.target === element.current && onClose()}>
    <header>
      ${icon && html`<span class="dialog-icon"><${Icon} name=${icon} /></span>`}
      <h2 id="dialog-title"><bdi>${title}</bdi></h2>
      <button type="button" class="act bare" aria-label="Close" onClick=${onClose}><${Icon} name="cross" /></button>
    </header>
    ${children}
  </dialog>`;
}
