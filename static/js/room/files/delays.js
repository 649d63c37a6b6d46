/** How long small messages take to somebody and back; several are under way at once. */

// The shortest way is that of the last seconds: another path may be longer (milliseconds).
const REMEMBERED = 15_000;
// Whoever has not answered yet is not farther away than this.
const FARTHEST = 1_000;
const MOST_ASKED = 64;
/** So often they are sent. */
export const ASK_EVERY = 100;
// On a way that carries nothing for a while they would all arrive in one moment, and pass for a flood: so many may be under
// way, and beyond that one from time to time, since what was lost with a connection never comes back (milliseconds).
const MOST_UNDER_WAY = 8;
const SELDOM = 5_000;
// When the next is overdue, this page had something else to do, and the answer may have waited for that: at most so long,
// since timers of a page that is not seen are late as a rule.
const MOST_OVERDUE = 200;

export class Delays {
  #now;
  /** In the order in which they went out; `delay`: null for those that are not back. @type {{n: number, at: number, delay: number | null}[]} */
  #asked = [];
  /** The shortest of the last seconds first, then the shortest of those since, and so on. @type {{at: number, delay: number}[]} */
  #shortest = [];

  /** @param {() => number} now  milliseconds */
  constructor(now) {
    this.#now = now;
  }

  /** Whether one may go out now. */
  get mayAsk() {
    const underWay = this.#asked.filter(({ delay }) => delay === null).length;
    const last = this.#asked.at(-1)?.at ?? -Infinity;
    return underWay < MOST_UNDER_WAY || this.#now() - last >= SELDOM;
  }

  /** One goes out. @param {number} n  that no other has */
  asked(n) {
    this.#asked.push({ n, at: this.#now(), delay: null });
    if (this.#asked.length > MOST_ASKED) this.#asked.shift();
  }

  /** It has come back. Gives whether it is one that was asked. @param {number} n */
  answered(n) {
    const one = this.#asked.find((asked) => asked.n === n && asked.delay === null);
    if (!one) return false;
    const now = this.#now();
    const overdue = now - (this.#asked.at(-1)?.at ?? now) - ASK_EVERY;
    const delay = Math.max(0, now - one.at - Math.max(0, Math.min(MOST_OVERDUE, overdue)));
    one.delay = delay;
    this.#shortest = [...this.#shortest.filter((other) => other.delay < delay), { at: now, delay }];
    return true;
  }

  /**
   * How much later than the shortest way the last ones are, the latest last. Of what is not back yet nothing is known before
   * it is late.
   *
   * @param {number} count
   * @param {number} late  from so much on it is
   */
  late(count, late) {
    const now = this.#now();
    while (this.#shortest.length > 1 && now - (this.#shortest[0]?.at ?? now) > REMEMBERED) {
      this.#shortest.shift();
    }
    const nearest = this.#shortest[0]?.delay ?? FARTHEST;
    const all = this.#asked.map(({ at, delay }) => ({
      isBack: delay !== null,
      by: (delay ?? now - at) - nearest,
    }));
    const known = all.filter(({ isBack, by }) => isBack || by > late);
    return known.slice(-count).map(({ by }) => by);
  }
}
