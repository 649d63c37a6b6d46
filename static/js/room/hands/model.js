// Nobody has had a hand up for longer than a day (milliseconds).
const LONGEST = 24 * 3600_000;

/** How long somebody says that their hand has been up, in milliseconds: a number from outside. @param {unknown} said */
function bounded(said) {
  return typeof said === "number" && said > 0 ? Math.min(said, LONGEST) : 0;
}

/**
 * The hands of the others and mine. Each says for how long theirs has been up, since no two clocks agree; nobody is
 * believed to have had it up before it was last seen down.
 */
export class Hands {
  /** When each went up, in milliseconds. @type {Map<string, number>} */
  #since = new Map();
  /** When each was last seen down. @type {Map<string, number>} */
  #down = new Map();

  /**
   * @param {string} id
   * @param {boolean} up
   * @param {unknown} said  for how long, in milliseconds; missing, it has just gone up
   * @param {number} now
   */
  hear(id, up, said, now) {
    if (!up) {
      this.#since.delete(id);
      this.#down.set(id, now);
    } else if (!this.#since.has(id)) {
      this.#since.set(id, Math.max(now - bounded(said), this.#down.get(id) ?? -Infinity));
    }
  }

  /** When it went up, in milliseconds; null where nobody has said so. @param {string} id */
  since(id) {
    return this.#since.get(id) ?? null;
  }

  /** Whether they have said that theirs is down: of all others it may have been up before I came. @param {string} id */
  wasDown(id) {
    return this.#down.has(id);
  }

  /** Forgets who is gone. @param {{ has: (id: string) => boolean }} here */
  keep(here) {
    for (const known of [this.#since, this.#down]) {
      for (const id of known.keys()) if (!here.has(id)) known.delete(id);
    }
  }

  /**
   * The places of those whose hand is up, from 1 on.
   *
   * @param {{ id: string, seat: number }[]} up
   * @returns {Map<string, number>}
   */
  places(up) {
    const sorted = [...up].sort(
      (a, b) => (this.#since.get(a.id) ?? Infinity) - (this.#since.get(b.id) ?? Infinity) || a.seat - b.seat,
    );
    return new Map(sorted.map(({ id }, i) => [id, i + 1]));
  }
}
