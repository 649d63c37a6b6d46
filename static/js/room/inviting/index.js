import { addSheet } from "../../lib/sheet.js";
import { Timer } from "../../lib/timing.js";
import { Letters } from "./model.js";
import { Requests } from "./requests.js";
import { InvitingView } from "./view.js";
import { NOT_REACHED, NOT_TAKEN, said } from "./words.js";

/**
 * Bringing somebody in from inside: by the open link, by its QR code, or by a letter that goes out at once. Its panel is
 * opened from the list of people, and where nobody else is here.
 *
 * @typedef {import("../capabilities.js").Inside} Inside
 * @typedef {import("../capabilities.js").Part} Part
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("./model.js").Answer} Answer
 */

/** @implements {Part} */
class InvitingPart {
  #room;
  #letters = new Letters();
  /** Null for whoever does not write to people about this meeting. */
  #requests;
  #looking;
  /** @type {InvitingView | null} */
  #view = null;
  #hint = "";
  #closed = "";
  #error = "";
  #isBusy = false;
  /** I am outside, and no answer that comes late begins anything. */
  #isOutside = true;

  /** @param {Inside} room */
  constructor(room) {
    this.#room = room;
    this.#looking = new Timer(room.clock);
    this.#requests = room.info.invite ? new Requests(room.info.invite) : null;
  }

  /** @param {HTMLElement} root @param {CallState} state @param {boolean} opened */
  show(root, { rules }, opened) {
    this.#view ??= new InvitingView(root, this.#room.info, {
      send: (text) => this.#send(text),
      correct: () => (this.#error = ""),
    });
    this.#isOutside = false;
    if (opened) void this.#look();
    this.#view.render({
      rules,
      hint: this.#hint,
      closed: this.#closed,
      error: this.#error,
      isBusy: this.#isBusy,
      letters: this.#letters.list,
    });
  }

  close() {
    this.#isOutside = true;
    this.#looking.cancel();
  }

  /** @param {string} text @returns {Promise<boolean>} */
  async #send(text) {
    if (!this.#requests || this.#isBusy) return false;
    this.#isBusy = true;
    this.#error = "";
    this.#room.draw();
    try {
      const got = await this.#requests.send(text);
      if ("refusal" in got) {
        this.#error = got.refusal || NOT_TAKEN;
      } else {
        this.#letters.send(got.answer.letters, this.#room.clock.now());
        for (const letter of got.answer.letters) this.#room.tell(said(letter));
        this.#plan();
      }
    } catch {
      this.#error = NOT_REACHED;
    }
    this.#isBusy = false;
    this.#room.draw();
    return this.#error === "";
  }

  /** How it stands, and how far the letters are. */
  async #look() {
    try {
      const got = await this.#requests?.look(this.#letters.waiting);
      // Whoever sends something then hears why it is refused.
      if (got && "answer" in got) {
        ({ hint: this.#hint, closed: this.#closed } = got.answer);
        for (const letter of this.#letters.learn(got.answer.letters)) this.#room.tell(said(letter));
        this.#room.draw();
      }
    } catch {
      // The next look may have a network.
    }
    this.#plan();
  }

  #plan() {
    if (this.#isOutside) return;
    const pause = this.#letters.nextLook(this.#room.clock.now());
    if (pause !== null) this.#looking.plan(pause, () => void this.#look());
  }
}

/** @type {import("../capabilities.js").Capability} */
export const capability = {
  dress: () => addSheet(import.meta.resolve("./inviting.css")),
  begin: (room) => new InvitingPart(room),
};
