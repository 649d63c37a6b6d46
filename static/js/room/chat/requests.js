import { Timer } from "../../lib/timing.js";
import { put } from "./numbers.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * Something to ask somebody for: the messages of these authors, or of everybody.
 * @typedef {{id: string, of: string[] | null, most: number, due: number}} Wish
 *
 * @typedef {{left: number, since: number, wish: Wish}} Expected
 */

// An answer that has not come by then is none (milliseconds).
const ANSWERED_WITHIN = 60_000;
// What one asking can bring, in messages.
export const MOST_ANSWERED = 1_000;
// A wish for each of the authors of whom there may be more than could be taken, and some for everybody who is here.
const MOST_WISHES = 512;
// Whoever is asked answers once a second; different ones are asked shortly one after the other.
const OF_ONE = 1_000;
const OF_ANOTHER = 50;

/** Whom to ask for what was said, one after the other, and how much of an answer is still to come. */
export class Requests {
  #clock;
  #send;
  #next;
  /** @type {Wish[]} */
  #wishes = [];
  #latest = -Infinity;
  /** When each of them was asked last. @type {Map<string, number>} */
  #asked = new Map();
  /** How many messages each of them may still tell, by how they were asked, the oldest first: answers come in that order. @type {Map<string, Expected[]>} */
  #expected = new Map();

  /**
   * @param {Clock} clock
   * @param {(wish: Wish) => void} send
   */
  constructor(clock, send) {
    this.#clock = clock;
    this.#send = send;
    this.#next = new Timer(clock);
  }

  /**
   * Asks now or soon; what is already about to be asked is not asked twice. Gives whether it was not.
   *
   * @param {string} id
   * @param {{of?: string[] | null, most?: number, after?: number}} [how]  `after` so many milliseconds
   */
  ask(id, { of = null, most = MOST_ANSWERED, after = 0 } = {}) {
    const due = this.#clock.now() + after;
    const key = of?.join();
    const alike = this.#wishes.find((wish) => wish.id === id && wish.of?.join() === key);
    if (alike) {
      alike.due = Math.min(alike.due, due);
      alike.most = Math.max(alike.most, most);
    } else {
      this.#wishes.push({ id, of, most, due });
      if (this.#wishes.length > MOST_WISHES) this.#wishes.shift();
    }
    this.#plan();
    return !alike;
  }

  /** Nobody is asked any more, and nobody's answer is awaited. */
  stop() {
    this.#next.cancel();
    this.#wishes = [];
    this.#expected.clear();
  }

  /** They have told all that they were asked for, at first. @param {string} id */
  close(id) {
    this.#expected.get(id)?.shift();
  }

  /**
   * How many of these may be taken; nobody tells more than they were asked for.
   *
   * @param {string} id
   * @param {number} count
   */
  expect(id, count) {
    const [expected] = this.#awaited(id);
    if (!expected) return 0;
    const taken = Math.min(expected.left, count);
    expected.left -= taken;
    return taken;
  }

  /** How they were asked for what they answer now, if they were. @param {string} id */
  wish(id) {
    return this.#awaited(id)[0]?.wish ?? null;
  }

  /** Without what has been answered, or would be too late. @param {string} id */
  #awaited(id) {
    const awaited = (this.#expected.get(id) ?? []).filter(
      ({ left, since }) => left > 0 && this.#clock.now() - since <= ANSWERED_WITHIN,
    );
    if (awaited.length > 0) put(this.#expected, id, awaited);
    else this.#expected.delete(id);
    return awaited;
  }

  #plan() {
    const soonest = Math.min(...this.#wishes.map((wish) => this.#dueAt(wish)));
    if (soonest === Infinity) return this.#next.cancel();
    const wait = soonest - this.#clock.now();
    if (wait > 0) return this.#next.plan(wait, () => this.#plan());
    const wish = /** @type {Wish} */ (this.#wishes.find((one) => this.#dueAt(one) <= this.#clock.now()));
    this.#wishes = this.#wishes.filter((one) => one !== wish);
    put(this.#asked, wish.id, this.#clock.now());
    // Who was asked twice before they answered may have answered both at once.
    put(this.#expected, wish.id, [
      ...this.#awaited(wish.id).slice(-1),
      { left: wish.most, since: this.#clock.now(), wish },
    ]);
    this.#latest = this.#clock.now();
    this.#send(wish);
    this.#plan();
  }

  /** @param {Wish} wish */
  #dueAt({ id, due }) {
    return Math.max(due, (this.#asked.get(id) ?? -Infinity) + OF_ONE, this.#latest + OF_ANOTHER);
  }
}
