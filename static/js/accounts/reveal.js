/** A password can be looked at while it is typed. */

import { find } from "../lib/dom.js";

/** @param {Element} box   a `.reveal` with its field and its button */
export function enableReveal(box) {
  /** @type {HTMLInputElement} */
  const field = find(box, "input");
  /** @type {HTMLButtonElement} */
  const button = find(box, "button");

  /** @param {boolean} shown */
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };

  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers offer to remember a password only if the field is one again.
  field.form?.addEventListener("submit", () => show(false));
}
