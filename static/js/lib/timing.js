/**
 * Time as a dependency, so that what waits can be tested without waiting.
 *
 * @typedef {object} Clock
 * @property {() => number} now  milliseconds, never going back
 * @property {(ms: number, then: () => void) => () => void} after  calls once; gives what calls it off
 */

/** @type {Clock} */
export const clock = {
  now: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Calls before the next picture of the page, or soon when the page is not seen.
 *
 * @param {() => void} then
 */
export function frame(then) {
  let called = false;
  const call = () => {
    if (!called) then();
    called = true;
  };
  requestAnimationFrame(call);
  setTimeout(call, 200);
}

/** Waits until the page has nothing more urgent to do, and not for long. */
export function idle() {
  return new Promise((resolve) => {
    // Safari has none.
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: 2_000 });
    else setTimeout(resolve, 200);
  });
}

/** One thing that is due at some time: planning it again moves it. */
export class Timer {
  #clock;
  /** @type {(() => void) | null} */
  #cancel = null;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  get pending() {
    return this.#cancel !== null;
  }

  /**
   * @param {number} ms
   * @param {() => void} then
   */
  plan(ms, then) {
    this.cancel();
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = null;
      then();
    });
  }

  cancel() {
    this.#cancel?.();
    this.#cancel = null;
  }
}

/**
 * The pause before try number `attempt` (from 0), in milliseconds: doubling, bounded, and spread out so that
 * everybody who lost the same server does not come back in the same instant.
 *
 * @param {number} attempt
 * @param {{first?: number, most?: number, random?: () => number}} [options]
 */
export function backoff(attempt, { first = 500, most = 15_000, random = Math.random } = {}) {
  return Math.min(most, first * 2 ** attempt) * (0.5 + random() / 2);
}
