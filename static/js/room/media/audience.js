import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

// A picture that is on its way for less is nobody's business.
const PATIENCE = 6_000;

/**
 * @typedef {object} AudienceEvents
 * @property {[]} change  time alone has changed it
 */

/** Who of those who look at my screen has waited for it for too long. @extends {Emitter<AudienceEvents>} */
export class Audience extends Emitter {
  #clock;
  #due;
  /** Since when each of them waits. @type {Map<string, number>} */
  #since = new Map();

  /** @param {Clock} clock */
  constructor(clock) {
    super();
    this.#clock = clock;
    this.#due = new Timer(clock);
  }

  /** @param {string[]} ids  who does not have it now; nobody once it is shown no more */
  wait(ids) {
    const now = this.#clock.now();
    this.#since = new Map(ids.map((id) => [id, this.#since.get(id) ?? now]));
    const left = [...this.#since.values()].map((since) => since + PATIENCE - now).filter((ms) => ms > 0);
    if (left.length > 0) this.#due.plan(Math.min(...left), () => this.emit("change"));
    else this.#due.cancel();
  }

  /** @returns {string[]} */
  get unseen() {
    const now = this.#clock.now();
    return [...this.#since].filter(([, since]) => now - since >= PATIENCE).map(([id]) => id);
  }
}
