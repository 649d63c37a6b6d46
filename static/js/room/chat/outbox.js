import { Emitter } from "../../lib/events.js";
import { Rate, Timer } from "../../lib/timing.js";

/**
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

// docs/signaling.md, "Chat": at most 20 in any ten seconds.
const AGREED = { burst: 10, perSecond: 1 };
// The answer of somebody far away takes a while.
const ANSWER_WITHIN = 3_000;

/**
 * @typedef {object} OutboxEvents
 * @property {[]} change  what is said of messages has changed
 */

/** What I have written: on its way at the rate that all have agreed on, and whether anybody has it. @extends {Emitter<OutboxEvents>} */
export class Outbox extends Emitter {
  #received = 0;
  #send;
  #clock;
  #rate;
  #next;
  #doubt;
  /** @type {{message: ChatMessage, since: number}[]} */
  #waiting = [];
  /** When messages went out that nobody has yet, by their number. @type {Map<number, number>} */
  #sent = new Map();

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
  }

  /** Nothing goes out any more; what did not is called so. */
  stop() {
    this.#next.cancel();
    this.#doubt.cancel();
    for (const { message } of this.#waiting) this.#sent.set(message.n, -Infinity);
    this.#waiting = [];
  }

  /** The numbers of those that nobody is known to have. */
  get undelivered() {
    return [...this.#sent.keys(), ...this.#waiting.map(({ message }) => message.n)];
  }

  /** @param {ChatMessage} message */
  add(message) {
    this.#waiting.push({ message, since: this.#clock.now() });
    if (!this.#next.pending) this.#sendOn();
  }

  /** Of before this page was loaded: nobody is known to have it. @param {number} n */
  doubt(n) {
    this.#sent.set(n, -Infinity);
  }

  /** Somebody has all of mine up to this number; the others are still to be told. @param {number} n */
  received(n) {
    if (n <= this.#received) return;
    this.#received = n;
    for (const sent of this.#sent.keys()) if (sent <= n) this.#sent.delete(sent);
    this.emit("change");
  }

  /**
   * What is to be said of it: nothing where somebody has it, or has only just been sent it.
   *
   * @param {number} n
   * @returns {"" | "sending" | "waiting"}
   */
  state(n) {
    if (n <= this.#received) return "";
    if (this.#waiting.some(({ message }) => message.n === n)) return "sending";
    const at = this.#sent.get(n) ?? Infinity;
    return this.#clock.now() - at < ANSWER_WITHIN ? "" : "waiting";
  }

  #sendOn() {
    while (this.#waiting.length > 0 && this.#rate.take()) {
      const { message, since } = /** @type {{message: ChatMessage, since: number}} */ (this.#waiting.shift());
      const isHeard = this.#send(message, this.#clock.now() - since);
      if (message.n > this.#received) this.#sent.set(message.n, isHeard ? this.#clock.now() : -Infinity);
    }
    if (this.#waiting.length > 0) this.#next.plan(this.#rate.wait(), () => this.#sendOn());
    if (!this.#doubt.pending) this.#look();
    this.emit("change");
  }

  /** What nobody has by now is called so. */
  #look() {
    const soonest = Math.min(
      ...[...this.#sent.values()]
        .map((at) => at + ANSWER_WITHIN - this.#clock.now())
        .filter((left) => left > 0),
    );
    if (soonest === Infinity) return;
    this.#doubt.plan(soonest, () => {
      this.emit("change");
      this.#look();
    });
  }
}
