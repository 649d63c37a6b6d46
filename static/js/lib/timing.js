/**
 * Time as a dependency, so that what waits can be tested without waiting: clocks, timers, pauses, and how much may pass in
 * how long. One file, since each that the room needs at once is a request.
 *
 * @typedef {object} Clock
 * @property {() => number} now  milliseconds, never going back
 * @property {(ms: number, then: () => void) => () => void} after  calls once; gives what cancels it
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

/** Lets `most` of each key pass within any `within` milliseconds. */
export class Quota {
  #most;
  #within;
  #now;
  /** When those of each key passed that still count. @type {Map<string, number[]>} */
  #passed = new Map();

  /**
   * @param {{most: number, within: number}} limit
   * @param {() => number} now  milliseconds, never going back
   */
  constructor({ most, within }, now) {
    this.#most = most;
    this.#within = within;
    this.#now = now;
  }

  /** Whether one more may pass now; `take` lets it. @param {string} [key] */
  has(key = "") {
    const since = this.#now() - this.#within;
    const recent = (this.#passed.get(key) ?? []).filter((at) => at > since);
    this.#passed.set(key, recent);
    return recent.length < this.#most;
  }

  /** Whether one more passes. @param {string} [key] */
  take(key = "") {
    if (!this.has(key)) return false;
    this.#passed.get(key)?.push(this.#now());
    return true;
  }

  /** Only those may still come. @param {{has: (key: string) => boolean}} keys */
  keep(keys) {
    for (const key of this.#passed.keys()) if (!keys.has(key)) this.#passed.delete(key);
  }

  /** @param {string} key  nobody comes under it any more */
  forget(key) {
    this.#passed.delete(key);
  }
}

/** Lets `burst` pass at once, and `perSecond` for long. */
export class Rate {
  #burst;
  #perSecond;
  #left;
  #now;
  #at;

  /**
   * @param {{burst: number, perSecond: number}} limit
   * @param {() => number} now  milliseconds, never going back
   */
  constructor({ burst, perSecond }, now) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
    this.#now = now;
    this.#at = now();
  }

  /** Whether `count` more may pass now. */
  take(count = 1) {
    this.#fill();
    if (this.#left < count) return false;
    this.#left -= count;
    return true;
  }

  /** How long until `count` may pass, in milliseconds. */
  wait(count = 1) {
    this.#fill();
    return Math.max(0, Math.ceil(((count - this.#left) / this.#perSecond) * 1_000));
  }

  #fill() {
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1_000) * this.#perSecond);
    this.#at = now;
  }
}
