import { called, icon, make } from "../../lib/dom.js";

/** @import { NoticeKind, Person } from "../state.js" */

/** One line over the top of the room about what concerns the whole of it. */
export class Notice {
  #root;
  #act;
  #shown = "";

  /**
   * @param {HTMLElement} root   #notice
   * @param {{ act: () => void }} actions   what the button of the notice promises
   */
  constructor(root, { act }) {
    this.#root = root;
    this.#act = act;
  }

  /** @param {{ kind: NoticeKind, people: Person[] }} state */
  render({ kind, people }) {
    const others = people.filter(({ self, link }) => !self && link === "connected").map(({ name }) => name);
    const key = kind === "reconnecting" ? `${kind} ${others.join("\n")}` : kind;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#root.hidden = kind === "";
    this.#root.replaceChildren();
    switch (kind) {
      case "reconnecting":
        return this.#say("status", "signal-low", reassurance(others));
      case "sound-blocked":
        return this.#say("alert", "sound-off", ["Your browser holds the sound back."], "Let it in");
      case "duplicate":
        return this.#say("alert", "warning", ["You are in this call on another page, too."], "Leave here");
      case "muted-talking":
        return this.#say("status", "mic-off", ["You are muted, and you are talking."], "Unmute");
    }
  }

  /**
   * @param {"status" | "alert"} role
   * @param {string} picture
   * @param {(string | Node)[]} words
   * @param {string} [action]
   */
  #say(role, picture, words, action = "") {
    const line = make("span", { role }, ...words);
    this.#root.replaceChildren(icon(picture), line);
    if (!action) return;
    const button = make("button", { class: "button", type: "button" }, action);
    button.addEventListener("click", () => this.#act());
    this.#root.append(button);
  }
}

/**
 * @param {string[]} others   names of those to whom the connection stands
 * @returns {(string | Node)[]}
 */
function reassurance(others) {
  const [first = "", second = ""] = others;
  const start = "The line to the server is gone; we are mending it.";
  if (others.length === 0) return [start];
  if (others.length === 1) return [`${start} You still see and hear `, called(first), "."];
  if (others.length === 2) return [`${start} You still see and hear `, called(first), " and ", called(second), "."];
  return [`${start} You still see and hear the others.`];
}
