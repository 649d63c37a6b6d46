import { clock, Timer } from "../lib/timing.js";
import { find, make, write } from "../lib/dom.js";

/**
 * @typedef {import("./trouble.js").Trouble} Trouble
 * @typedef {{ rule: string, dates: string, first: string, begins: string }} Said
 * @typedef {{ heading: string, lines: string[], key: string }} Conflicts
 * @typedef {{ said: Said | null, errors: Record<string, string>, conflicts: Conflicts | null } | { gone: string }} Answer
 */

const PAUSE = 300;
// The list of people says itself what is wrong with it, and a file is read when it is chosen.
const APART = ["people", "file"];

/** Asks the server, while the form is filled in, what it would say: how the meeting repeats, what it overlaps with. */
export class Preview {
  #form;
  #trouble;
  #changed;
  #timer = new Timer(clock);
  /** @type {AbortController | null} */
  #asking = null;

  /**
   * @param {HTMLFormElement} form
   * @param {Trouble} trouble
   * @param {() => void} changed   called when something else is said than before
   */
  constructor(form, trouble, changed) {
    this.#form = form;
    this.#trouble = trouble;
    this.#changed = changed;
  }

  /** Whether the meeting is said to overlap with others. */
  get hasConflicts() {
    return !this.#box.hidden;
  }

  /** The form is another now. */
  ask(pause = PAUSE) {
    this.#timer.plan(pause, () => void this.#ask());
  }

  async #ask() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const body = new FormData(this.#form);
    for (const name of APART) body.delete(name);
    try {
      const response = await fetch(this.#form.dataset["check"] ?? "", {
        method: "POST",
        body,
        signal: asking.signal,
      });
      if (!response.ok) return;
      /** @type {Answer} */
      const answer = await response.json();
      if (!("gone" in answer)) this.#show(answer);
    } catch (error) {
      // Without a network the form is as good as without this; the server says it all again when it is sent.
      if (!(error instanceof TypeError) && !asking.signal.aborted) throw error;
    }
  }

  /** @param {Exclude<Answer, { gone: string }>} answer */
  #show({ said, errors, conflicts }) {
    for (const name of this.#trouble.names) {
      if (!APART.includes(name)) this.#trouble.say(name, errors[name] ?? "");
    }
    this.#say(said);
    const box = this.#box;
    box.hidden = !conflicts;
    if (conflicts) {
      write(find(box, "h2"), conflicts.heading);
      find(box, "ul").replaceChildren(...conflicts.lines.map((line) => make("li", {}, line)));
    }
    // Whoever has read it is not asked again.
    const anyway = /** @type {HTMLInputElement} */ (find(this.#form, "[name=anyway]"));
    anyway.value = conflicts?.key ?? "";
    this.#changed();
  }

  /** @param {Said | null} said */
  #say(said) {
    const line = this.#form.querySelector("[data-said]");
    if (!(line instanceof HTMLElement)) return;
    line.hidden = !said;
    write(find(line, "strong"), said?.rule ?? "");
    write(find(line, "small"), said ? `${said.first} ${said.dates}`.trim() : "");
    const begins = /** @type {HTMLInputElement} */ (find(this.#form, "[name=begins]"));
    begins.value = said?.begins ?? "";
  }

  /** @returns {HTMLElement} */
  get #box() {
    return find(this.#form, "[data-conflicts]");
  }
}
