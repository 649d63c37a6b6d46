/**
 * Letters that were sent from here, and how far they are.
 *
 * @typedef {"waiting" | "sent" | "returned" | "invited" | "told"} LetterState  `invited`: without a letter; `told`: why there
 *     is none now, in `words`
 * @typedef {{attendee: number, address: string, state: LetterState, words: string}} Letter  as the server has it
 *
 * @typedef {object} Answer  of the server
 * @property {string} token   what a request that changes something has to bring
 * @property {string} hint    what somebody gets who is invited
 * @property {string} closed  why nobody is invited by letter any more; "" while that can be done
 * @property {Letter[]} letters
 */

const STATES = ["waiting", "sent", "returned", "invited", "told"];
// More are not shown at once; the page of the meeting has all.
const MOST = 20;
const LONGEST = 400;
// It is looked how far they are, less and less often, and not for ever (milliseconds).
const FIRST_PAUSE = 1_500;
const LONGEST_PAUSE = 15_000;
const PATIENCE = 10 * 60_000;

/** What can be understood of an answer. @param {unknown} said @returns {Answer} */
export function read(said) {
  const { token, hint, closed, letters } = /** @type {Record<string, unknown>} */ (said ?? {});
  const list = Array.isArray(letters) ? letters.slice(0, MOST) : [];
  return {
    token: text(token),
    hint: text(hint),
    closed: text(closed),
    letters: list.flatMap((one) => letter(one) ?? []),
  };
}

/** A sentence for whoever has asked, if there is one. @param {unknown} said */
export function sentence(said) {
  return text(/** @type {Record<string, unknown>} */ (said ?? {})["words"], 2_000);
}

/** @param {unknown} said @returns {Letter | null} */
function letter(said) {
  const { attendee, address, state, words } = /** @type {Record<string, unknown>} */ (said ?? {});
  if (typeof attendee !== "number" || !STATES.includes(String(state)) || !text(address)) return null;
  return {
    attendee,
    address: text(address),
    state: /** @type {LetterState} */ (state),
    words: text(words),
  };
}

/** @param {unknown} value @param {number} [most] */
function text(value, most = LONGEST) {
  return typeof value === "string" ? value.slice(0, most) : "";
}

/** The letters of this page, the last that was sent first. */
export class Letters {
  /** @type {readonly Letter[]} */
  list = [];
  /** Since when it is looked how far they are. */
  #since = 0;
  #pause = FIRST_PAUSE;

  /** These were sent just now. @param {Letter[]} letters @param {number} now */
  send(letters, now) {
    const numbers = new Set(letters.map(({ attendee }) => attendee));
    this.list = [...letters, ...this.list.filter(({ attendee }) => !numbers.has(attendee))].slice(0, MOST);
    this.#since = now;
    this.#pause = FIRST_PAUSE;
  }

  /**
   * So far they are now.
   *
   * @param {Letter[]} letters
   * @returns {Letter[]}  those that are further than before
   */
  learn(letters) {
    const found = new Map(letters.map((one) => [one.attendee, one]));
    /** @type {Letter[]} */
    const news = [];
    this.list = this.list.map((known) => {
      const now = found.get(known.attendee);
      if (!now || (now.state === known.state && now.words === known.words)) return known;
      if (now.state !== known.state) news.push(now);
      return now;
    });
    return news;
  }

  /** Those whose letters are on their way. */
  get waiting() {
    return this.list.filter(({ state }) => state === "waiting").map(({ attendee }) => attendee);
  }

  /** After how long it is to be looked again, in milliseconds; null if that is not worth it. @param {number} now */
  nextLook(now) {
    if (this.waiting.length === 0 || now - this.#since > PATIENCE) return null;
    const pause = this.#pause;
    this.#pause = Math.min(pause * 1.4, LONGEST_PAUSE);
    return pause;
  }
}
