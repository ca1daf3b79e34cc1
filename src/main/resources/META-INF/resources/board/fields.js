import { html } from './lib/preact.js';

/** The input fields of commands. The server says what is wrong with an input; the page only knows what is required. */
const TEXTS = {
  application: { label: 'Application', required: true, maxlength: 63, placeholder: 'shop' },
  release: { label: 'Release', required: true, maxlength: 128, placeholder: '1.6.2' },
  title: { label: 'Title', required: true, maxlength: 200, placeholder: 'What is new' },
  description: { label: 'Description', maxlength: 4000, long: true },
  repoUrl: { label: 'Repository', maxlength: 2048, placeholder: 'https://…' },
  commitSha: { label: 'Commit', maxlength: 256 },
};
const TIMES = {
  notBefore: 'Not before',
  expiresAt: 'Expires if not started by',
};

export function TextFields({ names, intent, change }) {
  const texts = names.filter((name) => TEXTS[name]);
  if (!texts.length) return null;
  const first = texts.find((name) => !intent[name]);
  return html`<div class="fields">
    ${texts.map((name) => html`<${TextField} key=${name} name=${name} value=${intent[name]} change=${change} first=${name === first} />`)}
  </div>`;
}

export function Options({ names, intent, change }) {
  const options = names.filter((name) => !TEXTS[name]);
  if (!options.length) return null;
  return html`<details class="options"><summary>Options</summary><div class="fields">
    ${options.map((name) => (TIMES[name]
      ? html`<label class="field" key=${name}><span>${TIMES[name]} <i>your time zone</i></span>
          <input type="datetime-local" value=${intent[name] ?? ''} onInput=${(e) => change(name, e.target.value)} /></label>`
      : html`<label class="check" key=${name}><input type="checkbox" checked=${intent[name]} onChange=${(e) => change(name, e.target.checked)} />
          Now or not at all: refuse it if it would have to wait</label>`))}
  </div></details>`;
}

function TextField({ name, value, change, first }) {
  const { label, required, maxlength, placeholder, long } = TEXTS[name];
  const props = { name, value: value ?? '', maxlength, placeholder, autocomplete: 'off', dir: 'auto', 'data-first': first || undefined, onInput: (e) => change(name, e.target.value) };
  return html`<label class=${'field field-' + name}>
    <span>${label} ${!required && html`<i>optional</i>`}</span>
    ${long ? html`<textarea rows="3" ...${props}></textarea>` : html`<input required=${required} ...${props} />`}
  </label>`;
}
