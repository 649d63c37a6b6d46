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
// And of what was not done to me no more than so many: there is room for what is.
const MOST_OF_OTHERS = 4;
// What comes faster is said together, the latest of it.
const MOST_TOGETHER = 3;
const MOST_WAITING = 100;
// What is done to me within so long of something else goes together with it: often one is why the other is so.
const SAME_MOMENT = 500;
// Whoever is let in comes soon after that (milliseconds).
const COMES_WITHIN = 15_000;
const MOST_COMING = 100;

/** What hosts do, said one after the other: what was done to me at once, and never more than can be listened to. @extends {Emitter<ToldEvents>} */
export class Told extends Emitter {
  #clock;
  #next;
  #over;
  /** What is still to be said, and since when. @type {(Line & {at: number})[]} */
  #waiting = [];
  /** When something was said, within the last minute. @type {number[]} */
  #said = [];
  /** @type {Line | null} */
  #shown = null;
  /** What that was made of. @type {Line[]} */
  #lines = [];
  /** Of whom it was told that they are let in, and when. @type {Map<string, number>} */
  #coming = new Map();

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
    const at = this.#clock.now();
    this.#waiting = [...this.#waiting, ...lines.map((line) => ({ ...line, at }))].slice(-MOST_WAITING);
    this.#next.cancel();
    this.#look();
  }

  /** It is told of these that a host lets them in. @param {string[]} names */
  expect(names) {
    const now = this.#clock.now();
    for (const name of names) {
      // The latest last.
      this.#coming.delete(name);
      this.#coming.set(name, now);
    }
    for (const [name, at] of this.#coming) {
      if (now - at >= COMES_WITHIN || this.#coming.size > MOST_COMING) this.#coming.delete(name);
    }
  }

  /** Whether it was told just now that they are let in, so that it is no news that they come: once for each. @param {string} name */
  knows(name) {
    const at = this.#coming.get(name) ?? -Infinity;
    this.#coming.delete(name);
    return this.#clock.now() - at < COMES_WITHIN;
  }

  /** I am outside. */
  forget() {
    this.#waiting = [];
    this.#shown = null;
    this.#lines = [];
    this.#coming.clear();
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
    const isMine = this.#waiting.some((line) => line.isMine);
    const most = isMine ? MOST : MOST_OF_OTHERS;
    const full = this.#said.length < most ? 0 : (this.#said.at(-most) ?? now) + MINUTE - now;
    const last = this.#said.at(-1) ?? -Infinity;
    return Math.max(full, isMine ? 0 : last + STANDS - now);
  }

  #show() {
    const now = this.#clock.now();
    const hasMine = this.#waiting.some(({ isMine }) => isMine);
    const next = this.#waiting.filter(({ isMine, at }) => !hasMine || isMine || now - at < SAME_MOMENT);
    this.#waiting = this.#waiting.filter((line) => !next.includes(line));
    const isSameMoment = this.#shown !== null && now - (this.#said.at(-1) ?? -Infinity) < SAME_MOMENT;
    const lines = [...(isSameMoment ? this.#lines : []), ...next].slice(-MOST_WAITING);
    this.#lines = lines;
    // Of two alike the last.
    const texts = [...new Set(lines.map(({ text }) => text).reverse())].reverse();
    // What would be counted as one is said itself.
    const last = texts.slice(texts.length === MOST_TOGETHER + 1 ? 0 : -MOST_TOGETHER);
    const rest = texts.length - last.length;
    if (rest > 0) {
      last.unshift(
        tn(
          "Before that, hosts did {count} other thing.",
          "Before that, hosts did {count} other things.",
          rest,
        ),
      );
    }
    this.#shown = { text: last.join(" "), isMine: hasMine };
    if (!isSameMoment) this.#said.push(now);
    if (this.#waiting.length > 0) this.#look();
    this.#over.plan(STANDS, () => {
      this.#shown = null;
      this.emit("change");
    });
    this.emit("change");
  }
}
