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
