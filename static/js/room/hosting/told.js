import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { tn } from "../../lib/i18n.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../state.js").Told} Line
 *
 * @typedef {object} ToldEvents
 * @property {[]} change
 */

// A line stands for so long, and so long it is until the next of what others do (milliseconds).
const STANDS = 10_000;
// No more than so many in a minute, whoever they are about.
const MINUTE = 60_000;
const MOST = 6;
// What comes faster is said together, the latest of it.
const MOST_TOGETHER = 3;
const MOST_WAITING = 100;

/** What hosts do, said one after the other: what was done to me at once, and never more than can be listened to. @extends {Emitter<ToldEvents>} */
export class Told extends Emitter {
  #clock;
  #next;
  #over;
  /** @type {Line[]} */
  #waiting = [];
  /** When something was said, within the last minute. @type {number[]} */
  #said = [];
  /** @type {Line | null} */
  #shown = null;

  /** @param {Clock} clock */
  constructor(clock) {
    super();
    this.#clock = clock;
    this.#next = new Timer(clock);
    this.#over = new Timer(clock);
  }

  /** What is to be read now. */
  get shown() {
    return this.#shown;
  }

  /** @param {Line[]} lines */
  tell(lines) {
    if (lines.length === 0) return;
    this.#waiting = [...this.#waiting, ...lines].slice(-MOST_WAITING);
    this.#next.cancel();
    this.#look();
  }

  /** I am outside. */
  forget() {
    this.#waiting = [];
    this.#shown = null;
    for (const timer of [this.#next, this.#over]) timer.cancel();
  }

  #look() {
    const wait = this.#wait();
    if (wait > 0) this.#next.plan(wait, () => this.#look());
    else this.#show();
  }

  /** How long until the next may be said, in milliseconds. */
  #wait() {
    const now = this.#clock.now();
    this.#said = this.#said.filter((at) => now - at < MINUTE);
    const full = this.#said.length < MOST ? 0 : (this.#said[0] ?? now) + MINUTE - now;
    const isMine = this.#waiting.some((line) => line.isMine);
    const last = this.#said.at(-1) ?? -Infinity;
    return Math.max(full, isMine ? 0 : last + STANDS - now);
  }

  #show() {
    const mine = this.#waiting.filter(({ isMine }) => isMine);
    const lines = mine.length > 0 ? mine : this.#waiting;
    this.#waiting = this.#waiting.filter((line) => !lines.includes(line));
    // Of two alike the last.
    const texts = [...new Set(lines.map(({ text }) => text).reverse())].reverse();
    const last = texts.slice(-MOST_TOGETHER);
    const rest = texts.length - last.length;
    if (rest > 0) {
      last.unshift(tn("Hosts changed {count} more thing.", "Hosts changed {count} more things.", rest));
    }
    this.#shown = { text: last.join(" "), isMine: mine.length > 0 };
    this.#said.push(this.#clock.now());
    if (this.#waiting.length > 0) this.#look();
    this.#over.plan(STANDS, () => {
      this.#shown = null;
      this.emit("change");
    });
    this.emit("change");
  }
}
