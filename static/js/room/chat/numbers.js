// Beyond a gap.
const MOST_BEYOND = 1_000;
// More than a call has people who write.
export const MOST_AUTHORS = 256;

/** Which of an author's messages have been here: all up to `last`, and a few beyond a gap. */
export class Numbers {
  last = 0;
  /** @type {Set<number>} */
  #beyond = new Set();

  /** @param {number} n */
  add(n) {
    if (n > this.last) this.#beyond.add(n);
    this.#close();
    for (const first of this.#beyond) if (this.#beyond.size > MOST_BEYOND) this.#beyond.delete(first);
  }

  /** @param {number} n */
  has(n) {
    return n <= this.last || this.#beyond.has(n);
  }

  /** Whoever was asked has told all there is: what is missing now will not come. */
  settle() {
    this.last = Math.max(this.last, ...this.#beyond);
    this.#beyond.clear();
  }

  #close() {
    while (this.#beyond.delete(this.last + 1)) this.last += 1;
  }
}

/**
 * A map that holds only so many, and forgets those first that came first.
 *
 * @template V
 * @param {Map<string, V>} map
 * @param {string} key
 * @param {() => V} begin
 * @param {number} most
 * @returns {V}
 */
export function entry(map, key, begin, most = MOST_AUTHORS) {
  const known = map.get(key);
  if (known !== undefined) return known;
  for (const first of map.keys()) if (map.size >= most) map.delete(first);
  const begun = begin();
  map.set(key, begun);
  return begun;
}

/**
 * Puts something into a map that holds only so many; what was put in longest ago is forgotten first.
 *
 * @template V
 * @param {Map<string, V>} map
 * @param {string} key
 * @param {V} value
 * @param {number} most
 */
export function put(map, key, value, most = MOST_AUTHORS) {
  map.delete(key);
  for (const first of map.keys()) if (map.size >= most) map.delete(first);
  map.set(key, value);
}
