/** @typedef {import("../state.js").ChatLine} ChatLine */

// Of what had to make room before anybody looked, so many are remembered.
const MOST_GONE = 100;
/** @type {ReadonlySet<never>} */
const NONE = new Set();

/** What nobody has looked at yet, by the ids of the lines. What had to make room meanwhile counts no more. */
export class Unread {
  /** Somebody looks. */
  isWatched = false;
  /** @type {Set<string>} */
  #unread = new Set();
  /** What nobody had looked at when somebody looked last, as long as they look. @type {ReadonlySet<string>} */
  #fresh = NONE;

  /** Somebody looks, or does so no longer. @param {boolean} isWatched */
  watch(isWatched) {
    this.isWatched = isWatched;
    this.#fresh = isWatched ? this.#unread : NONE;
    this.#unread = new Set();
  }

  /** @param {string} id  of a line that has come @param {readonly ChatLine[]} lines  all that are here */
  add(id, lines) {
    if (this.isWatched) return;
    this.#unread.add(id);
    if (this.#unread.size <= lines.length + MOST_GONE) return;
    this.#unread = new Set(lines.map((line) => line.id).filter((one) => this.#unread.has(one)));
  }

  /** How many of them there are. @param {readonly ChatLine[]} lines */
  count(lines) {
    if (this.#unread.size === 0) return 0;
    return lines.reduce((count, { id }) => (this.#unread.has(id) ? count + 1 : count), 0);
  }

  /** The id of the first of those that nobody had seen before they looked; "" if there is none. @param {readonly ChatLine[]} lines */
  first(lines) {
    if (this.#fresh.size === 0) return "";
    return lines.find(({ id }) => this.#fresh.has(id))?.id ?? "";
  }
}
