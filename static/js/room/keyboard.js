import { isTyping, takesSpace } from "../lib/dom.js";
import { Emitter } from "../lib/events.js";
import { browserStore } from "../lib/storage.js";
import { keyOf, meant } from "./keys.js";

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
  /** What is so for as long as its key is held down, and which key that is. @type {{hold: (isHeld: boolean) => void, key: string} | null} */
  #held = null;

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
    this.#page.addEventListener("keydown", (event) => this.#press(event, table, look()));
    this.#page.addEventListener("keyup", (event) => {
      // Whatever has the focus by now is not pressed by it.
      if (this.#held?.key === event.key) event.preventDefault();
      if (this.#held?.key === event.key) this.#release();
    });
    // A key that is let go of elsewhere is not heard of here.
    this.#page.defaultView?.addEventListener("blur", () => this.#release());
    this.#page.addEventListener("visibilitychange", () => this.#release());
  }

  /**
   * @param {KeyboardEvent} event
   * @param {readonly Command[]} table
   * @param {{state: import("./commands.js").CallState, page: import("./commands.js").Page} | null} now
   */
  #press(event, table, now) {
    // It comes again and again while it is held.
    if (this.#held?.key === event.key) return event.preventDefault();
    if (!now) return;
    const { target, key } = event;
    const isTaken = isTyping(target) || (key === " " && takesSpace(target));
    const isCovered = this.#page.querySelector("dialog:modal, :popover-open") !== null;
    const command = meant(event, table, { ...now, isTaken, isCovered, singleKeys: this.isOn });
    if (!command) return;
    // What the browser closes by it, it closes still.
    if (command.key !== "Escape") event.preventDefault();
    if (!command.hold) return command.act(undefined, keyOf(event));
    this.#release();
    this.#held = { hold: command.hold, key };
    command.hold(true);
  }

  #release() {
    const held = this.#held;
    this.#held = null;
    held?.hold(false);
  }
}
