import { announce, called, make, mark } from "../../../../lib/dom.js";
import { avatar } from "../../../../lib/avatar.js";
import { t, tn } from "../../../../lib/i18n.js";

const MOST = 6;
// An `@` at the beginning of a word, and what of a name stands between it and the caret.
const BEGUN = /(?:^|[\s("'“‘«])@([^\n@]{0,40})$/u;

/** Offers names while somebody writes `@` and the beginning of one (WAI-ARIA, listbox; the focus stays in the field). */
export class Completion {
  #field;
  #list = make("ul", {
    class: "completion",
    role: "listbox",
    id: "chat-names",
    "aria-label": t("People to mention"),
    hidden: true,
  });
  /** @type {() => readonly string[]} */
  #names;
  /** @type {string[]} */
  #found = [];
  #at = 0;
  /** Where the `@` stands. */
  #start = 0;
  /** What was put away, until another is begun. */
  #declined = -1;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {() => readonly string[]} names  of those who can be addressed
   */
  constructor(field, names) {
    this.#field = field;
    this.#names = names;
    field.form?.before(this.#list);
    field.addEventListener("input", () => this.#look());
    field.addEventListener("blur", () => this.close());
    // The field keeps the focus.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const at =
        target instanceof Element ? [...this.#list.children].findIndex((one) => one.contains(target)) : -1;
      if (at >= 0) this.#take(at);
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Whether the key was for it. @param {KeyboardEvent} event */
  take(event) {
    if (!this.isOpen || event.isComposing) return false;
    const { key, shiftKey } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      const step = key === "ArrowDown" ? 1 : -1;
      this.#choose((this.#at + step + this.#found.length) % this.#found.length);
    } else if ((key === "Enter" || key === "Tab") && !shiftKey) this.#take(this.#at);
    else if (key === "Escape") {
      this.#declined = this.#start;
      this.close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#list.hidden = true;
    for (const name of ["aria-controls", "aria-activedescendant"]) mark(this.#field, name, null);
  }

  #look() {
    const { value, selectionStart, selectionEnd } = this.#field;
    const [, begun] = (selectionStart === selectionEnd && BEGUN.exec(value.slice(0, selectionEnd))) || [];
    if (begun === undefined) {
      this.#declined = -1;
      return this.close();
    }
    this.#start = selectionEnd - begun.length - 1;
    if (this.#start === this.#declined) return;
    const found = matching(this.#names(), begun).slice(0, MOST);
    // Whoever has written all of a name needs nobody to finish it.
    if (found.length === 0 || (found.length === 1 && found[0] === begun)) return this.close();
    const wasOpen = this.isOpen;
    this.#show(found);
    if (wasOpen) return;
    announce(
      tn("{count} person to mention: {name}", "{count} people to mention, first {name}", found.length, {
        name: found[0] ?? "",
      }),
    );
  }

  /** @param {string[]} found */
  #show(found) {
    this.#found = found;
    const options = found.map((name, i) =>
      make("li", { role: "option", id: `chat-name-${i}` }, avatar(name, "s"), called(name)),
    );
    this.#list.replaceChildren(...options);
    this.#list.hidden = false;
    mark(this.#field, "aria-controls", this.#list.id);
    this.#choose(0);
  }

  /** @param {number} at */
  #choose(at) {
    this.#at = at;
    for (const [i, option] of [...this.#list.children].entries()) {
      mark(option, "aria-selected", String(i === at));
    }
    mark(this.#field, "aria-activedescendant", `chat-name-${at}`);
  }

  /** @param {number} at */
  #take(at) {
    const name = this.#found[at];
    this.close();
    if (name === undefined) return;
    this.#field.setRangeText(`@${name} `, this.#start, this.#field.selectionEnd, "end");
    this.#field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.close();
  }
}

/**
 * Those of whose name one word begins so, those whose first does before the others.
 *
 * @param {readonly string[]} names
 * @param {string} begun
 */
export function matching(names, begun) {
  const wanted = folded(begun);
  const first = names.filter((name) => folded(name).startsWith(wanted));
  const others = names.filter(
    (name) =>
      !first.includes(name) &&
      folded(name)
        .split(/\s+/u)
        .some((word) => wanted && word.startsWith(wanted)),
  );
  return [...first, ...others];
}

/** @param {string} text */
function folded(text) {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
