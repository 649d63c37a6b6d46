import { t, tn } from "../../../lib/i18n.js";
import { find, write } from "../../../lib/dom.js";
import { sought, WORTH_SEEKING } from "../../seeking.js";

/** @typedef {import("../../state.js").Person} Person */

/** The field in which somebody is looked for, once the list is long. */
export class Seek {
  #root;
  #field;
  #found;

  /**
   * @param {HTMLElement} root
   * @param {() => void} changed  somebody else is looked for
   */
  constructor(root, changed) {
    this.#root = root;
    this.#field = /** @type {HTMLInputElement} */ (find(root, "input"));
    this.#found = find(root, "[role=status]");
    this.#field.addEventListener("input", () => changed());
    // Escape empties the field first, as it does in every field of this kind, and closes the panel next.
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#field.value) return;
      event.preventDefault();
      event.stopPropagation();
      this.#field.value = "";
      changed();
    });
  }

  /** The ids of those who are looked for: of all, where nobody is. @param {Person[]} people @returns {Set<string>} */
  among(people) {
    const isSeeking = this.#field.value.trim() !== "";
    // What has been typed does not vanish with those who leave.
    this.#root.hidden = people.length < WORTH_SEEKING && !isSeeking;
    const found = sought(people, this.#field.value);
    const none = t("Nobody here is called that.");
    const some = tn("One found.", "{count} found.", found.length);
    write(this.#found, isSeeking ? (found.length > 0 ? some : none) : "");
    return new Set(found.map(({ id }) => id));
  }
}
