import { Timer } from "../lib/timing.js";

/**
 * What is said to those who do not see it: what matters once, and what flickers not at all.
 *
 * @typedef {import("../lib/timing.js").Clock} Clock
 *
 * Something that is so for some time.
 * @typedef {object} Fact
 * @property {string} key
 * @property {string} text
 * @property {number} after  milliseconds for which it must have been so before it is worth saying
 * @property {number} quiet  milliseconds for which it is not said again, whether it ends meanwhile or not; if it is back then,
 *     and stays, it is
 */

const REPEATED = 10_000;
const BETWEEN = 10_000;
const MOST_REMEMBERED = 500;

/** Says facts once they last, events at once, and of many of a kind how many there were. */
export class News {
  #clock;
  #say;
  /** What is so now, in the words of now, and when it will be worth saying. @type {Map<string, {timer: Timer, fact: Fact}>} */
  #held = new Map();
  /** What was said when. @type {Map<string, number>} */
  #said = new Map();
  /** Of some kind, what has yet to be said. @type {Map<string, {timer: Timer, count: number, words: (count: number) => string}>} */
  #gathered = new Map();

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(text: string) => void} options.say
   */
  constructor({ clock, say }) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Something has happened. @param {string} text @param {number} [quiet]  milliseconds for which the same is not said again */
  tell(text, quiet = REPEATED) {
    this.#sayOnce(`event ${text}`, text, quiet);
  }

  /** @param {Fact[]} facts  all that is so now; what is not among them is so no longer */
  keep(facts) {
    const keys = new Set(facts.map(({ key }) => key));
    for (const [key, { timer }] of this.#held) {
      if (keys.has(key)) continue;
      timer.cancel();
      this.#held.delete(key);
    }
    for (const fact of facts) {
      const held = this.#held.get(fact.key);
      if (held) held.fact = fact;
      else this.#hold(fact);
    }
  }

  /** @param {Fact} fact */
  #hold(fact) {
    const held = { timer: new Timer(this.#clock), fact };
    this.#held.set(fact.key, held);
    const say = () => {
      const { key, text, quiet } = held.fact;
      const rest = quiet - this.#since(key);
      if (rest > 0) held.timer.plan(rest, say);
      else this.#sayOnce(key, text, quiet);
    };
    if (fact.after > 0) held.timer.plan(fact.after, say);
    else say();
  }

  /**
   * The first of a kind is said at once, and what follows soon after it together.
   *
   * @param {string} kind
   * @param {number} count
   * @param {(count: number) => string} words  "" for nothing after all
   */
  gather(kind, count, words) {
    const gathered = this.#gathered.get(kind) ?? { timer: new Timer(this.#clock), count: 0, words };
    this.#gathered.set(kind, gathered);
    gathered.count += count;
    gathered.words = words;
    if (gathered.timer.pending) return;
    const say = () => {
      const text = gathered.count > 0 ? gathered.words(gathered.count) : "";
      if (text) this.#say(text);
      const isOver = gathered.count === 0;
      gathered.count = 0;
      if (!isOver) gathered.timer.plan(BETWEEN, say);
    };
    say();
  }

  /** Nothing is so any more. */
  stop() {
    this.keep([]);
    for (const { timer } of this.#gathered.values()) timer.cancel();
    this.#gathered.clear();
  }

  /** @param {string} key @param {string} text @param {number} quiet */
  #sayOnce(key, text, quiet) {
    if (this.#since(key) < quiet) return;
    // The newest last.
    this.#said.delete(key);
    this.#said.set(key, this.#clock.now());
    for (const old of this.#said.keys()) if (this.#said.size > MOST_REMEMBERED) this.#said.delete(old);
    this.#say(text);
  }

  /** How long ago it was said, in milliseconds. @param {string} key */
  #since(key) {
    return this.#clock.now() - (this.#said.get(key) ?? -Infinity);
  }
}
