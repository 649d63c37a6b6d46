/**
 * Whose transfer is served now and whose waits: at most four at once, and two of one receiver, so that whoever takes many
 * files is not in front of everybody else.
 *
 * @typedef {{to: string, transfer: number}} Transfer
 */

export const MOST_AT_ONCE = 4;
export const MOST_OF_ONE = 2;
const MOST_WAITING_OF_ONE = 16;

/** @template {Transfer} T */
export class Turns {
  /** @type {T[]} */
  #served = [];
  /** The longest waiting first. @type {T[]} */
  #waiting = [];

  /** Those that are under way. @returns {readonly T[]} */
  get served() {
    return this.#served;
  }

  /** @returns {readonly T[]} */
  get waiting() {
    return this.#waiting;
  }

  /**
   * Somebody wants something. Of those who wait for too much already it is not even kept: they ask again.
   *
   * @param {T} one
   * @returns {"now" | "later"}
   */
  ask(one) {
    if (this.#mayServe(one)) {
      this.#served.push(one);
      return "now";
    }
    if (this.#waiting.filter(({ to }) => to === one.to).length < MOST_WAITING_OF_ONE) this.#waiting.push(one);
    return "later";
  }

  /** Those that fit are over. Gives those that begin for that. @param {(one: T) => boolean} fits @returns {T[]} */
  end(fits) {
    this.#served = this.#served.filter((one) => !fits(one));
    this.#waiting = this.#waiting.filter((one) => !fits(one));
    return this.#serve();
  }

  /** One that was served waits behind all others. Gives those that begin for that; itself, where no other may. @param {T} one @returns {T[]} */
  giveWay(one) {
    this.#served = this.#served.filter((other) => other !== one);
    const begun = this.#serve();
    this.#waiting.push(one);
    return [...begun, ...this.#serve()];
  }

  #serve() {
    /** @type {T[]} */
    const begun = [];
    for (let next = this.#next(); next; next = this.#next()) {
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#served.push(next);
      begun.push(next);
    }
    return begun;
  }

  /** Of those who may be served, whoever has the least, and of these the longest waiting. @returns {T | undefined} */
  #next() {
    const able = this.#waiting.filter((one) => this.#mayServe(one));
    const least = Math.min(...able.map(({ to }) => this.#countOf(to)));
    return able.find(({ to }) => this.#countOf(to) === least);
  }

  /** @param {T} one */
  #mayServe({ to }) {
    return this.#served.length < MOST_AT_ONCE && this.#countOf(to) < MOST_OF_ONE;
  }

  /** @param {string} to */
  #countOf(to) {
    return this.#served.filter((one) => one.to === to).length;
  }
}
