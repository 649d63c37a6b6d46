/** What the server says to the form as it stands, where the form has a place for it: how it repeats, what it overlaps with. */
import { find, make, write } from "../lib/dom.js";

/**
 * @typedef {import("./checks.js").Answer} Answer
 * @typedef {import("./checks.js").Said} Said
 */

export class Preview {
  #form;
  #button;
  #note;
  #crowded;
  /**
   * The weekday of the date, 0 for Monday, as the server knew it last: a day that is ticked for it goes with the date. It is
   * sent with the form, too: whoever saves at once does not wait for an answer.
   */
  #follows;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#button = find(form, "[data-send]");
    this.#note = form.querySelector("[data-letters]");
    this.#crowded = form.querySelector("[data-seats]");
    this.#follows = /** @type {HTMLInputElement} */ (make("input", { type: "hidden", name: "follows" }));
  }

  /** What the server has to know beside the fields. @param {FormData} body */
  fill(body) {
    body.set("follows", this.#follows.value);
  }

  /** @param {Answer} answer */
  show({ said, conflicts, button, note, is_crowded, repeats }) {
    write(this.#button, button);
    if (this.#note && note) write(this.#note, note);
    if (this.#crowded instanceof HTMLElement) this.#crowded.hidden = !is_crowded;
    if (repeats) this.#word(repeats);
    this.#say(said);
    const box = find(this.#form, "[data-conflicts]");
    if (conflicts) {
      write(find(box, "h2"), conflicts.heading);
      const list = find(box, "ul");
      if ([...list.children].map((line) => line.textContent).join("\n") !== conflicts.lines.join("\n")) {
        list.replaceChildren(...conflicts.lines.map((line) => make("li", {}, line)));
      }
    }
    box.hidden = !conflicts;
    // Whoever has read it is not asked again.
    this.#keep("anyway", conflicts?.key ?? "");
  }

  /** @param {Said | null} said */
  #say(said) {
    const line = this.#form.querySelector("[data-said]");
    if (!(line instanceof HTMLElement)) return;
    line.hidden = !said;
    write(find(line, "strong"), said?.rule ?? "");
    write(find(line, "small"), said ? `${said.first} ${said.dates}`.trim() : "");
    this.#keep("begins", said?.begins ?? "");
  }

  /**
   * The words of the sentence, in line with the date and the number.
   *
   * @param {NonNullable<Answer["repeats"]>} repeats
   */
  #word({ units, monthly, days, follows }) {
    for (const [name, words] of Object.entries(units)) {
      const unit = this.#form.querySelector(`.repeats span.unit-${name}:not(:has(*))`);
      if (unit) write(unit, words);
    }
    for (const [value, words] of Object.entries(monthly)) {
      const option = this.#form.querySelector(`select[name=monthly] option[value=${value}]`);
      if (option) write(option, words);
    }
    const boxes = /** @type {HTMLInputElement[]} */ ([...this.#form.querySelectorAll("input[name=days]")]);
    if (days) for (const box of boxes) box.checked = days.includes(Number(box.value));
    this.#follows.value = String(follows ?? "");
    this.#form.append(this.#follows);
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  #keep(name, value) {
    const field = /** @type {HTMLInputElement} */ (find(this.#form, `[name=${name}]`));
    field.value = value;
  }
}
