import { icon, make } from "../../lib/dom.js";

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
    const words = kind === "reconnecting" ? reassurance(people) : kind;
    if (words === this.#shown) return;
    this.#shown = words;
    this.#root.hidden = kind === "";
    this.#root.replaceChildren();
    switch (kind) {
      case "reconnecting":
        return this.#say("status", "signal-low", words);
      case "sound-blocked":
        return this.#say("alert", "sound-off", "Your browser holds the sound back.", "Let it in");
      case "duplicate":
        return this.#say("alert", "warning", "You are in this call on another page, too.", "Leave here");
      case "muted-talking":
        return this.#say("status", "mic-off", "You are muted, and you are talking.", "Unmute");
    }
  }

  /**
   * @param {"status" | "alert"} role
   * @param {string} picture
   * @param {string} words
   * @param {string} [action]
   */
  #say(role, picture, words, action = "") {
    const line = make("span", { role }, words);
    this.#root.replaceChildren(icon(picture), line);
    if (!action) return;
    const button = make("button", { class: "button", type: "button" }, action);
    button.addEventListener("click", () => this.#act());
    this.#root.append(button);
  }
}

/** @param {Person[]} people */
function reassurance(people) {
  const wrong = "The server does not answer; we keep trying.";
  const connected = people.some(({ self, link }) => !self && link === "connected");
  return connected ? `${wrong} You still see and hear the others.` : wrong;
}
