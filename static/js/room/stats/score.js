/**
 * How good a connection is, as a person would say it.
 *
 * @typedef {"good" | "fair" | "poor" | "lost"} Quality
 *
 * What counts, the worse of both directions; null where nobody has said.
 * @typedef {object} Facts
 * @property {number | null} loss       packets, 0 to 1
 * @property {number | null} concealed  sound that was made up because it had not come, 0 to 1
 * @property {number | null} rtt        milliseconds
 * @property {number | null} jitter     milliseconds
 * @property {number | null} frozen     time that a picture stood still, 0 to 1
 * @property {boolean} isSilent         nothing at all has come, though something should have
 */

// What is bad is believed at once, what is good again only after a while (as LiveKit's connection quality does).
const FALL = 0.8;
const RISE = 0.4;
const SILENCE = 5_000;
const GOOD = 80;
const FAIR = 50;

/**
 * 0 to 100. Loss and delay are what one hears; the points that each may cost are bounded, so that one alone does not
 * make a connection that works a lost one.
 *
 * @param {Facts} facts
 */
export function score({ loss, concealed, rtt, jitter, frozen }) {
  const cost =
    Math.min(40, 400 * (loss ?? 0)) +
    Math.min(30, 300 * (concealed ?? 0)) +
    between(0, ((rtt ?? 0) - 150) / 10, 20) +
    between(0, ((jitter ?? 0) - 30) / 2, 10) +
    Math.min(30, 200 * (frozen ?? 0));
  return Math.max(0, 100 - cost);
}

/** Follows the score of one connection. */
export class Score {
  #value = 100;
  #silentSince = Infinity;
  #isLost = false;

  /**
   * @param {Facts} facts
   * @param {number} now  milliseconds
   */
  note(facts, now) {
    this.#silentSince = facts.isSilent ? Math.min(this.#silentSince, now) : Infinity;
    this.#isLost = now - this.#silentSince >= SILENCE;
    const fresh = facts.isSilent ? 0 : score(facts);
    this.#value += (fresh - this.#value) * (fresh < this.#value ? FALL : RISE);
    return this.value;
  }

  get value() {
    return this.#isLost ? 0 : Math.round(this.#value);
  }

  /** @returns {Quality} */
  get quality() {
    if (this.#isLost) return "lost";
    return this.#value >= GOOD ? "good" : this.#value >= FAIR ? "fair" : "poor";
  }
}

/** @param {number} least @param {number} value @param {number} most */
function between(least, value, most) {
  return Math.max(least, Math.min(value, most));
}
