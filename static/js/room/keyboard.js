import { isTyping } from "../lib/dom.js";
import { Emitter } from "../lib/events.js";
import { browserStore } from "../lib/storage.js";
import { meant } from "./commands.js";

/**
 * @typedef {import("./commands.js").Command} Command
 *
 * @typedef {object} KeyboardEvents
 * @property {[]} change  single keys are on now, or off
 */

const OFF = "no-single-keys";

/** The keys of the table of commands, as this device has them. @extends {Emitter<KeyboardEvents>} */
export class Keyboard extends Emitter {
  #page;

  /** @param {Document} page */
  constructor(page) {
    super();
    this.#page = page;
  }

  /** Whether keys without Ctrl or Alt mean anything: to who dictates, each spoken letter would be a command. */
  get isOn() {
    return browserStore.text(OFF) === null;
  }

  /** @param {boolean} on */
  turn(on) {
    if (on) browserStore.forget(OFF);
    else browserStore.keep(OFF, "1");
    this.emit("change");
  }

  /**
   * @param {readonly Command[]} table
   * @param {() => {state: import("./commands.js").CallState, page: import("./commands.js").Page} | null} look  null while there
   *     is no room
   */
  serve(table, look) {
    this.#page.addEventListener("keydown", (event) => {
      const now = look();
      if (!now) return;
      const isTaken =
        isTyping(event.target) || this.#page.querySelector("dialog:modal, :popover-open") !== null;
      const command = meant(event, table, { ...now, isTaken, singleKeys: this.isOn });
      if (!command) return;
      // What the browser closes by it, it closes still.
      if (command.key !== "Escape") event.preventDefault();
      command.act();
    });
  }
}
