import { icon, make } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { lineOf } from "../words/notices.js";

/**
 * @import { CallState, Mine, Pair } from "../state.js"
 * @import { Line } from "../words/notices.js"
 *
 * @typedef {CallState["notice"]} Told
 */

/** One line over the top of the room about what concerns the whole of it. */
export class Notice {
  #root;
  #actions;
  #shown = new Latest();

  /**
   * @param {HTMLElement} root   #notice
   * @param {{ act: () => void, explain: (kind: "microphone" | "camera") => void }} actions   `act`: what the button of the
   *     notice promises; `explain`: what is the matter with a device, and what helps
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
  }

  /** @param {Told} notice @param {Pair[]} pairs @param {Mine} mine */
  render(notice, pairs, mine) {
    const line = lineOf(notice, pairs, mine);
    if (!this.#shown.isNew(line)) return;
    this.#root.hidden = line === null;
    this.#root.replaceChildren();
    if (line) this.#show(line);
  }

  /** What cannot wait is read from here; the rest is said once, by `facts`. @param {Line} line */
  #show({ picture, words, action, urgent, explain }) {
    this.#root.append(icon(picture), make("span", { role: urgent ? "alert" : null }, words));
    if (!action) return;
    const button = make("button", { class: "button", type: "button" }, action);
    button.addEventListener("click", () => (explain ? this.#actions.explain(explain) : this.#actions.act()));
    this.#root.append(button);
  }
}
