/** How long something will take, by how it went in the last seconds. */

const LOOKED_BACK = 5_000;
const KNOWN_AFTER = 1_000;
const APART = 200;

export class Speed {
  /** @type {{at: number, bytes: number}[]} */
  #points = [];

  /** So much is there now. @param {number} bytes @param {number} now  milliseconds */
  note(bytes, now) {
    const last = this.#points.at(-1);
    // What was lost comes again.
    if (last && bytes < last.bytes) this.#points = [];
    else if (last && now - last.at < APART) return;
    this.#points.push({ at: now, bytes });
    while (this.#points.length > 2 && now - (this.#points[1]?.at ?? now) >= LOOKED_BACK) this.#points.shift();
  }

  /** Seconds until all of it is there; null where nobody can tell. @param {number} size @param {number} now */
  left(size, now) {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    if (!first || !last || last.at - first.at < KNOWN_AFTER) return null;
    const perSecond = ((last.bytes - first.bytes) / (now - first.at)) * 1_000;
    return perSecond > 0 ? (size - last.bytes) / perSecond : null;
  }
}
