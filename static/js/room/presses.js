/** A host presses on lists that change under their finger: what keeps a press from meaning somebody else. */

// Nobody sees a name and presses sooner (milliseconds).
const AIMED_WITHIN = 700;

/** Keeps a click that was meant for one person from being the answer to another, who has come into their place. */
export class Aim {
  /** Who is shown, in order. @type {string[]} */
  #places = [];
  /** When somebody came into the place of somebody else. @type {Map<string, number>} */
  #moved = new Map();
  /** Whom I have answered since: that another follows is no surprise. @type {Set<string>} */
  #answered = new Set();

  /** @param {string[]} ids  who is shown now @param {number} now  milliseconds */
  show(ids, now) {
    for (const id of ids) this.#answered.delete(id);
    const expected = this.#places.filter((id) => !this.#answered.has(id));
    for (const id of this.#moved.keys()) if (!ids.includes(id)) this.#moved.delete(id);
    ids.forEach((id, i) => {
      if (expected[i] !== undefined && expected[i] !== id) this.#moved.set(id, now);
    });
    this.#places = ids;
    this.#answered.clear();
  }

  /** @param {string[]} ids  whom I have answered */
  answer(ids) {
    for (const id of ids) this.#answered.add(id);
  }

  /** Whether a click is meant for this one. @param {string} id @param {number} now */
  isAt(id, now) {
    return now - (this.#moved.get(id) ?? -Infinity) >= AIMED_WITHIN;
  }
}

// So many have been read one by one before they are admitted together.
const MOST_UNASKED = 5;
/** A question that nobody answers is taken back (milliseconds). */
export const ASKED_FOR = 8_000;

/** Lets many in only by a second press on the same button: nobody who is inside can be made never to have been. */
export class Caution {
  #asked = "";
  #since = -Infinity;
  /** Who is shown. @type {string[]} */
  #shown = [];
  #grownAt = -Infinity;

  /** @param {string[]} ids  who is shown now @param {number} now  milliseconds */
  show(ids, now) {
    if (ids.some((id) => !this.#shown.includes(id))) this.#grownAt = now;
    this.#shown = ids;
  }

  /**
   * Whether a press is meant; if not, it is asked for again.
   *
   * @param {string[]} ids  who would come in
   * @param {{isWhole: boolean, now: number}} circumstances  whether all of them are seen; milliseconds
   */
  isMeant(ids, { isWhole, now }) {
    // A double click is one press, and so is a key that is held down: what counts is a press after a pause.
    // Nor has anybody read who has only just come.
    const isCalm = now - Math.max(this.#since, this.#grownAt) >= AIMED_WITHIN;
    const isRead = ids.length <= MOST_UNASKED && isWhole;
    if (isCalm && (isRead || this.isAsking(ids, now))) {
      this.forget();
      return true;
    }
    this.#asked = ids.join();
    this.#since = now;
    return false;
  }

  /** Whether a second press is waited for. Who came or went since makes it another question. @param {string[]} ids @param {number} now */
  isAsking(ids, now) {
    return this.#asked === ids.join() && now - this.#since < ASKED_FOR;
  }

  /** Nothing is asked any more. */
  forget() {
    this.#asked = "";
    this.#since = -Infinity;
  }
}
