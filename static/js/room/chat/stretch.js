/** @typedef {{id: string}} Line */

/** So many are drawn at first, and so many more when somebody comes near an end of them. */
const STEP = 60;
/** With more than so many, those at the far end go. */
const MOST = 180;
/** So many of what was known are seen above what is new. */
const KNOWN = 10;

/**
 * Which lines of a conversation are drawn: a stretch that goes along with the reader, however long the conversation is. Its
 * ends are remembered by their lines, since others come and go around them.
 */
export class Stretch {
  /** The first that is drawn, and where it stood. */
  #first = { id: "", at: 0 };
  /** The last one; null while whatever comes is drawn. @type {{id: string, at: number} | null} */
  #last = null;

  /** Whether it goes on to the newest line. */
  get isToEnd() {
    return this.#last === null;
  }

  /** From which line on, and up to before which. @param {readonly Line[]} lines @returns {[from: number, to: number]} */
  of(lines) {
    // What comes late may stand before the first; and of few lines all are drawn.
    if (lines.length <= STEP) return [0, lines.length];
    const from = place(lines, this.#first);
    return [from, this.#last ? Math.max(from, place(lines, this.#last)) + 1 : lines.length];
  }

  /** From the end, or from where it is new. @param {readonly Line[]} lines @param {string} [unreadFrom]  the id of a line, or "" */
  open(lines, unreadFrom = "") {
    const from = lines.length - STEP;
    const unread = unreadFrom ? lines.findIndex(({ id }) => id === unreadFrom) : -1;
    if (unread < 0 || unread - KNOWN >= from) this.#put(lines, from, lines.length);
    else this.#put(lines, unread - KNOWN, unread - KNOWN + MOST);
  }

  /** Whoever reads along goes on: nothing but the newest is to be seen. @param {readonly Line[]} lines */
  follow(lines) {
    const drawn = lines.length - this.of(lines)[0];
    if (!this.isToEnd || drawn > MOST || drawn < STEP) this.open(lines);
  }

  /** Whoever reads something else stays there, however much comes. @param {readonly Line[]} lines @param {string} [id]  what they read */
  stay(lines, id) {
    const [from, to] = this.of(lines);
    const at = to - from > 2 * MOST ? lines.findIndex((line) => line.id === id) : -1;
    if (at >= 0) this.#put(lines, at - MOST / 2, at + MOST / 2);
  }

  /** Around one that is not drawn yet. @param {readonly Line[]} lines @param {number} at */
  around(lines, at) {
    const [from, to] = this.of(lines);
    if (at < from || at >= to) this.#put(lines, at - STEP / 2, at + STEP / 2);
  }

  /** More above; false if there is none. @param {readonly Line[]} lines */
  up(lines) {
    const [from, to] = this.of(lines);
    if (from === 0) return false;
    const first = Math.max(0, from - STEP);
    this.#put(lines, first, Math.min(to, first + MOST));
    return true;
  }

  /** More below; false if there is none. @param {readonly Line[]} lines */
  down(lines) {
    const [from, to] = this.of(lines);
    if (to === lines.length) return false;
    const end = Math.min(lines.length, to + STEP);
    this.#put(lines, Math.max(from, end - MOST), end);
    return true;
  }

  /** @param {readonly Line[]} lines @param {number} from @param {number} to */
  #put(lines, from, to) {
    this.#first = end(lines, Math.max(0, from));
    this.#last = to >= lines.length ? null : end(lines, to - 1);
  }
}

/** @param {readonly Line[]} lines @param {number} at */
function end(lines, at) {
  return { id: lines[at]?.id ?? "", at };
}

/** Where it stands now; of one that had to make room, where it stood. @param {readonly Line[]} lines @param {{id: string, at: number}} one */
function place(lines, { id, at }) {
  const now = lines[at]?.id === id ? at : lines.findIndex((line) => line.id === id);
  return now < 0 ? Math.min(at, lines.length - 1) : now;
}
