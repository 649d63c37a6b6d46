import { find, icon, make, mark, write } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/** @typedef {{ text: string, minutes: number | null }} Point */
/** @typedef {import("./checks.js").Answer} Answer */

const MOST_MINUTES = 999;

/** The agenda, as rows of a text and its minutes; the hidden textarea is what is sent. The server reads what is typed. */
export class Agenda {
  #textarea;
  #rows = make("ol", { class: "points" });
  #sum = make("p", { class: "points-sum", "aria-live": "polite" });

  /** @param {HTMLTextAreaElement} textarea */
  constructor(textarea) {
    this.#textarea = textarea;
    const id = textarea.id;
    textarea.removeAttribute("id");
    textarea.hidden = true;
    this.#rows.id = `${id}_rows`;
    this.#rows.dataset["first"] = id;
    const hint = document.getElementById(`${id}_helptext`);
    if (hint) write(hint, t("How many minutes each takes, if you like. Lines that you paste become points."));
    const add = make("button", { class: "button", type: "button" }, icon("plus"), t("Add a point"));
    add.addEventListener("click", () => this.#insert(this.#rows.children.length).focus());
    textarea.before(this.#rows, make("div", { class: "points-end" }, add, this.#sum));
    const lines = linesOf(textarea.value);
    for (const text of lines.length ? lines : [""]) this.#append({ text, minutes: null });
    this.#number();
    this.#rows.addEventListener("input", () => this.#write());
    this.#rows.addEventListener("keydown", (event) => this.#onKey(event));
    this.#rows.addEventListener("paste", (event) => this.#onPaste(event));
  }

  /**
   * As the server read it: minutes that were written behind a text go to their own field, but not away from under a hand.
   *
   * @param {Answer["agenda"]} agenda
   */
  show({ points, total, is_over: isOver }) {
    const rows = [...this.#rows.children].filter((row) => textOf(row).value.trim());
    if (rows.length === points.length) {
      for (const [index, [text, minutes]] of points.entries()) {
        const row = /** @type {Element} */ (rows[index]);
        if (row.contains(document.activeElement)) continue;
        textOf(row).value = text;
        minutesOf(row).value = String(minutes ?? "");
      }
      this.#textarea.value = this.#written();
    }
    write(this.#sum, total);
    this.#sum.classList.toggle("over", isOver);
  }

  /** @returns {Point[]} */
  #points() {
    return [...this.#rows.children].map((row) => {
      const minutes = Math.trunc(Number(minutesOf(row).value));
      return { text: textOf(row).value, minutes: minutes > 0 ? Math.min(minutes, MOST_MINUTES) : null };
    });
  }

  /** @param {Point} one */
  #append({ text, minutes }) {
    const row = make(
      "li",
      {},
      make("input", { class: "input", value: text, autocomplete: "off", "data-text": true }),
      make(
        "span",
        { class: "points-minutes" },
        make("input", {
          class: "input",
          type: "number",
          min: 0,
          max: MOST_MINUTES,
          step: 5,
          value: minutes ?? "",
          "data-minutes": true,
        }),
        make("span", { "aria-hidden": "true" }, t("min")),
      ),
      make(
        "span",
        { class: "points-moves" },
        this.#button("chevron-up", (row) => this.#move(row, -1)),
        this.#button("chevron-down", (row) => this.#move(row, 1)),
        this.#button("close", (row) => this.#remove(row)),
      ),
    );
    this.#rows.append(row);
    return row;
  }

  /**
   * @param {string} name
   * @param {(row: HTMLLIElement) => void} act
   */
  #button(name, act) {
    const button = make("button", { class: "button button-plain button-icon", type: "button" }, icon(name));
    button.addEventListener("click", () => {
      const row = button.closest("li");
      if (row) act(row);
    });
    return button;
  }

  /**
   * A new row in front of the one that stands there; gives its text field.
   *
   * @param {number} at
   * @param {Point} one
   */
  #insert(at, one = { text: "", minutes: null }) {
    const before = this.#rows.children[at] ?? null;
    const row = this.#append(one);
    this.#rows.insertBefore(row, before);
    this.#number();
    this.#write();
    return textOf(row);
  }

  /**
   * @param {Element} row
   * @param {-1 | 1} by
   */
  #move(row, by) {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const focused = document.activeElement;
    if (by < 0) other.before(row);
    else other.after(row);
    this.#number();
    this.#write();
    // Taken out and put in again, a row loses the focus; at the end of its way a button has nothing left to do.
    if (focused instanceof HTMLElement && row.contains(focused)) {
      (focused.matches(":disabled") ? textOf(row) : focused).focus();
    }
  }

  /** @param {Element} row */
  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    const field = next ? textOf(next) : this.#insert(0);
    this.#number();
    this.#write();
    field.focus();
  }

  /** Names by place; the label of the form belongs to the first. */
  #number() {
    for (const [index, row] of [...this.#rows.children].entries()) {
      const place = { number: index + 1 };
      const text = textOf(row);
      const first = this.#rows.dataset["first"] ?? "";
      text.id = index ? "" : first;
      mark(text, "aria-describedby", index ? null : `${first}_helptext`);
      if (index) text.setAttribute("aria-label", t("Point {number}", place));
      else text.removeAttribute("aria-label");
      minutesOf(row).setAttribute("aria-label", t("Point {number}, minutes", place));
      const [up, down, remove] = row.querySelectorAll("button");
      up?.setAttribute("aria-label", t("Move point {number} up", place));
      down?.setAttribute("aria-label", t("Move point {number} down", place));
      remove?.setAttribute("aria-label", t("Remove point {number}", place));
      up?.toggleAttribute("disabled", !index);
      down?.toggleAttribute("disabled", index === this.#rows.children.length - 1);
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const field = /** @type {Element} */ (event.target);
    const row = field.closest("li");
    if (!row || !(field instanceof HTMLInputElement) || event.isComposing) return;
    const at = [...this.#rows.children].indexOf(row);
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.#move(row, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (textOf(row).value.trim()) this.#insert(at + 1).focus();
    } else if (
      event.key === "Backspace" &&
      field === textOf(row) &&
      !field.value &&
      !minutesOf(row).value &&
      this.#rows.children.length > 1
    ) {
      event.preventDefault();
      const near = row.previousElementSibling ?? row.nextElementSibling;
      row.remove();
      this.#number();
      this.#write();
      if (near) textOf(near).focus();
    }
  }

  /**
   * Several lines are several points.
   *
   * @param {ClipboardEvent} event
   */
  #onPaste(event) {
    const row = /** @type {Element} */ (event.target).closest("li");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!row || !/[\r\n]/u.test(text.trim())) return;
    event.preventDefault();
    let at = [...this.#rows.children].indexOf(row);
    for (const line of linesOf(text)) this.#insert(++at, { text: line, minutes: null });
    if (!textOf(row).value.trim()) this.#remove(row);
  }

  /** As the server reads it again; a point without words is none. */
  #written() {
    return this.#points()
      .filter(({ text }) => text.trim())
      .map(({ text, minutes }) => (minutes ? `${text.trim()} (${minutes})` : text.trim()))
      .join("\n");
  }

  #write() {
    this.#textarea.value = this.#written();
    // Buttons and keys change it as well.
    this.#textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** @param {string} text */
function linesOf(text) {
  return text.split(/\r\n|[\r\n]/u).filter((line) => line.trim());
}

/**
 * @param {Element} row
 * @returns {HTMLInputElement}
 */
function textOf(row) {
  return find(row, "[data-text]");
}

/**
 * @param {Element} row
 * @returns {HTMLInputElement}
 */
function minutesOf(row) {
  return find(row, "[data-minutes]");
}
