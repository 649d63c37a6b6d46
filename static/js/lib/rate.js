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
