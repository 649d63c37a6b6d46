import { Timer } from "../../lib/timing.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

// A picture that is on its way for less is nobody's business.
const PATIENCE = 6_000;

/** Who of those who look at my screen has waited for it for too long. */
export class Audience {
  /** Time alone has changed it. @type {() => void} */
  onchange = () => {};
  #clock;
  #due;
  /** Since when each of them waits. @type {Map<string, number>} */
  #since = new Map();

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
    this.#due = new Timer(clock);
  }

  /** @param {string[]} ids  who does not have it now; nobody once it is shown no more */
  wait(ids) {
    const now = this.#clock.now();
    this.#since = new Map(ids.map((id) => [id, this.#since.get(id) ?? now]));
    const left = [...this.#since.values()].map((since) => since + PATIENCE - now).filter((ms) => ms > 0);
    if (left.length > 0) this.#due.plan(Math.min(...left), () => this.onchange());
    else this.#due.cancel();
  }

  /** @returns {string[]} */
  get unseen() {
    const now = this.#clock.now();
    return [...this.#since].filter(([, since]) => now - since >= PATIENCE).map(([id]) => id);
  }
}
