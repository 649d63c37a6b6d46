import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { put } from "./numbers.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

// Said again while it goes on, and forgotten by the others if it is not (milliseconds; docs/signaling.md, "Chat").
const AGAIN_AFTER = 3_000;
const FORGOTTEN_AFTER = 6_000;
// Whoever types on says so all the while; who has stopped for so long does not.
const STOPPED_AFTER = 5_000;

/**
 * @typedef {object} TypingEvents
 * @property {[]} change  others are writing than before
 */

/** Who is writing something in a conversation: I, as far as the others are to know, and they. @extends {Emitter<TypingEvents>} */
export class Typing extends Emitter {
  #send;
  #clock;
  /** When I said so last; never, while I do not write. */
  #saidAt = -Infinity;
  #stopping;
  #forgetting;
  /** Since when each of the others has been, as they said last. @type {Map<string, number>} */
  #others = new Map();

  /**
   * @param {Clock} clock
   * @param {(on: boolean) => void} send
   */
  constructor(clock, send) {
    super();
    this.#clock = clock;
    this.#send = send;
    this.#stopping = new Timer(clock);
    this.#forgetting = new Timer(clock);
  }

  /** The ids of those who are writing. */
  get others() {
    const since = this.#clock.now() - FORGOTTEN_AFTER;
    return [...this.#others].filter(([, at]) => at > since).map(([id]) => id);
  }

  /** With each key that I press; false when nothing is left of it. @param {boolean} isTyping */
  type(isTyping) {
    if (!isTyping) return this.stop();
    this.#stopping.plan(STOPPED_AFTER, () => this.stop());
    if (this.#clock.now() - this.#saidAt < AGAIN_AFTER) return;
    this.#saidAt = this.#clock.now();
    this.#send(true);
  }

  /** I write no more. */
  stop() {
    this.#stopping.cancel();
    if (this.#saidAt === -Infinity) return;
    this.#saidAt = -Infinity;
    this.#send(false);
  }

  /** What I wrote has gone, and the others know by that. */
  sent() {
    this.#stopping.cancel();
    this.#saidAt = -Infinity;
  }

  /** One of the others says so. @param {string} id @param {boolean} on */
  hear(id, on) {
    const wasOn = this.others.includes(id);
    if (on) put(this.#others, id, this.#clock.now());
    else this.#others.delete(id);
    if (on && !this.#forgetting.pending) this.#forget();
    if (on !== wasOn) this.emit("change");
  }

  close() {
    this.#stopping.cancel();
    this.#forgetting.cancel();
    this.#saidAt = -Infinity;
    this.#others.clear();
  }

  /** Whoever says it no more. */
  #forget() {
    const soonest = Math.min(...this.#others.values()) + FORGOTTEN_AFTER - this.#clock.now();
    if (soonest === Infinity) return;
    this.#forgetting.plan(Math.max(0, soonest), () => {
      const now = this.#clock.now();
      for (const [id, at] of this.#others) if (now - at >= FORGOTTEN_AFTER) this.#others.delete(id);
      this.emit("change");
      this.#forget();
    });
  }
}
