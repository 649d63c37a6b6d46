import { Emitter } from "../../lib/events.js";
import { Rate, Timer } from "../../lib/timing.js";
import { put } from "./numbers.js";

/**
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../state.js").Delivery} Delivery
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * Somebody who should have what I write; `by`: who passes it on to them.
 * @typedef {{id: string, name: string, by: readonly string[]}} Recipient
 */

// docs/signaling.md, "Chat": at most 20 in any ten seconds.
const AGREED = { burst: 10, perSecond: 1 };
// The answer of somebody far away takes a while, and that of somebody who has just come a while longer.
const ANSWER_WITHIN = 3_000;
const CATCH_UP_WITHIN = 10_000;

/** @type {Delivery} */
export const DELIVERED = { state: "", lacking: [] };
/** @type {Delivery} */
const SENDING = { state: "sending", lacking: [] };
/** Nobody at all is known to have it. @type {Delivery} */
export const UNDELIVERED = { state: "waiting", lacking: [] };

/**
 * @typedef {object} OutboxEvents
 * @property {[]} change  what is said of messages has changed
 */

/** What I have written: on its way at the rate that all have agreed on, and who has it. @extends {Emitter<OutboxEvents>} */
export class Outbox extends Emitter {
  /** Somebody has all of mine up to this number. */
  #received = 0;
  #send;
  #clock;
  #rate;
  #next;
  #doubt;
  #lookAt = 0;
  /** @type {{message: ChatMessage, since: number}[]} */
  #waiting = [];
  /** When messages went out, by their number, and how long an answer may take: where nobody was there to hear, none. @type {Map<number, {at: number, within: number}>} */
  #sent = new Map();
  /** Up to which number each of the others has mine. @type {Map<string, number>} */
  #had = new Map();
  /** Since when each of them could be sent something. @type {Map<string, number>} */
  #since = new Map();
  /** The same object for the same names. @type {Map<string, Delivery>} */
  #lacking = new Map();

  /**
   * @param {Clock} clock
   * @param {(message: ChatMessage, age: number) => boolean} send  one goes out, so many milliseconds after it was written;
   *     gives whether there is anybody
   */
  constructor(clock, send) {
    super();
    this.#send = send;
    this.#clock = clock;
    this.#rate = new Rate(AGREED, clock.now);
    this.#next = new Timer(clock);
    this.#doubt = new Timer(clock);
  }

  /** I am somebody else from now on, of whose messages somebody has those up to this number. @param {number} received */
  begin(received) {
    this.#received = received;
    this.#waiting = [];
    this.#sent.clear();
    this.#had.clear();
  }

  /** Nothing goes out any more; what did not is called so. */
  stop() {
    this.#next.cancel();
    this.#doubt.cancel();
    this.#waiting = [];
  }

  /** Up to which number anybody is known to have mine. */
  get heard() {
    return this.#received;
  }

  /** @param {ChatMessage} message */
  add(message) {
    this.#waiting.push({ message, since: this.#clock.now() });
    if (!this.#next.pending) this.#sendOn();
  }

  /** They can be sent something, and are to be given time for what was written before. @param {string} id */
  meet(id) {
    put(this.#since, id, this.#clock.now());
  }

  /** Somebody has all of mine up to this number, and no others. @param {string} id @param {number} n */
  received(id, n) {
    if (n === (this.#had.get(id) ?? 0)) return;
    put(this.#had, id, n);
    this.#received = Math.max(this.#received, n);
    this.emit("change");
  }

  /** Up to which number they have mine. @param {string} id */
  had(id) {
    return this.#had.get(id) ?? 0;
  }

  /**
   * What is to be said of it; nothing where it has only just been sent. It is the same object as long as it is the same.
   *
   * @param {number} n
   * @param {readonly Recipient[]} people  all who should have it
   * @returns {Delivery}
   */
  delivery(n, people) {
    const missing = people.filter(
      ({ id, by }) => Math.max(this.had(id), ...by.map((one) => this.had(one))) < n,
    );
    if (missing.length === 0 && n <= this.#received) return DELIVERED;
    if (this.#waiting.some(({ message }) => message.n === n)) return SENDING;
    const sent = this.#sent.get(n) ?? { at: -Infinity, within: 0 };
    const names = missing.filter(({ id }) => this.#isLate(this.#dueFrom(id, sent))).map(({ name }) => name);
    if (names.length > 0) return this.#waitingFor(names);
    return n > this.#received && this.#isLate(sent.at + sent.within) ? UNDELIVERED : DELIVERED;
  }

  /** By when somebody should have it. @param {string} id @param {{at: number, within: number}} sent */
  #dueFrom(id, { at, within }) {
    const since = this.#since.get(id) ?? this.#clock.now();
    if (!this.#since.has(id)) put(this.#since, id, since);
    return Math.max(at + within, at < since ? since + CATCH_UP_WITHIN : -Infinity);
  }

  /** If not yet, it is looked at again then. @param {number} due */
  #isLate(due) {
    const left = due - this.#clock.now();
    if (left <= 0) return true;
    this.#look(left);
    return false;
  }

  /** @param {string[]} names */
  #waitingFor(names) {
    const key = names.join("\n");
    const known = this.#lacking.get(key) ?? /** @type {Delivery} */ ({ state: "waiting", lacking: names });
    put(this.#lacking, key, known);
    return known;
  }

  #sendOn() {
    while (this.#waiting.length > 0 && this.#rate.take()) {
      const { message, since } = /** @type {{message: ChatMessage, since: number}} */ (this.#waiting.shift());
      const isHeard = this.#send(message, this.#clock.now() - since);
      this.#sent.set(message.n, { at: this.#clock.now(), within: isHeard ? ANSWER_WITHIN : 0 });
    }
    if (this.#waiting.length > 0) this.#next.plan(this.#rate.wait(), () => this.#sendOn());
    this.#look(ANSWER_WITHIN);
    this.emit("change");
  }

  /** What somebody lacks after so many milliseconds is called so then. @param {number} left */
  #look(left) {
    const at = this.#clock.now() + left;
    if (this.#doubt.pending && this.#lookAt <= at) return;
    this.#lookAt = at;
    this.#doubt.plan(left, () => this.emit("change"));
  }
}
