import { Rate } from "../../lib/timing.js";

/**
 * Pictures that are taken to be shown though nobody has asked for them: as many as a page bears, of one author and of all.
 * What is shown stays as long as there is room for others; then that goes first whose author has left.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

/** Bytes. */
export const MOST_OF_ONE = 50_000_000;
export const MOST_OF_ALL = 100_000_000;
// What a small one may take, as long as it is not known: 640 by 640 pixels.
const SMALL = 1_700_000;
// What each costs at least, with all that is kept about it.
const LEAST = 100_000;
// For those who come again and again as somebody else.
const RATE = { burst: MOST_OF_ALL, perSecond: 200_000 };

export class Unasked {
  #rate;
  /** By their keys, the oldest first. @type {Map<string, {author: string, bytes: number, small: number}>} */
  #kept = new Map();
  #isHere;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(author: string) => boolean} options.isHere
   */
  constructor({ clock, isHere }) {
    this.#rate = new Rate(RATE, clock.now);
    this.#isHere = isHere;
  }

  /**
   * One more, if there is room for it. Gives the keys of those that go for it; null where it may not be taken, for now.
   *
   * @param {string} key  which no other has
   * @param {string} author
   * @param {number} size
   * @returns {string[] | null}
   */
  take(key, author, size) {
    const bytes = Math.max(LEAST, size);
    if (this.#sum(author) + bytes + SMALL > MOST_OF_ONE) return null;
    const gone = this.#over(bytes + SMALL);
    if (!gone || !this.#rate.take(bytes)) return null;
    for (const one of gone) this.#kept.delete(one);
    this.#kept.set(key, { author, bytes, small: SMALL });
    return gone;
  }

  /** There is a small one of so many bytes, or there will be none. @param {string} key @param {number} bytes */
  drawn(key, bytes) {
    const one = this.#kept.get(key);
    if (one) one.small = bytes;
  }

  /** It is here no more, or somebody has asked for it. @param {string} key */
  forget(key) {
    this.#kept.delete(key);
  }

  /** @param {string} [author]  of all, if it is missing */
  #sum(author) {
    let sum = 0;
    for (const { author: one, bytes, small } of this.#kept.values()) {
      if (author === undefined || one === author) sum += bytes + small;
    }
    return sum;
  }

  /** Those that are to go, so that there is room for so much more; null where there cannot be. @param {number} more */
  #over(more) {
    let sum = this.#sum() + more;
    const gone = [];
    for (const [key, { author, bytes, small }] of this.#kept) {
      if (sum <= MOST_OF_ALL) break;
      if (this.#isHere(author)) continue;
      gone.push(key);
      sum -= bytes + small;
    }
    return sum <= MOST_OF_ALL ? gone : null;
  }
}
