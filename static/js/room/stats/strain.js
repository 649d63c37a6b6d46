/**
 * Whether this device keeps up with the call. Where its processor is starved, by us or by another program, everything
 * answers late: that looks like a bad line to both ends, and is none.
 */

// So long nobody waits for a timer or for the browser's counts on a device that has time (milliseconds).
const PROMPT = 200;
// A page that was asleep for a minute is not a minute's worth of strain.
const MOST = 1_000;
const SMOOTHING = 0.3;
const STARVED = 200;
const RECOVERED = 80;

/** Follows how late things are. */
export class Strain {
  #latest = 0;
  #usual = 0;
  #isStarved = false;

  /** @param {number} lateness  of one timer, or of one answer that is there at once elsewhere, in milliseconds */
  note(lateness) {
    this.#latest = Math.max(0, Math.min(MOST, lateness));
    this.#usual += (this.#latest - this.#usual) * SMOOTHING;
    this.#isStarved = this.#usual > (this.#isStarved ? RECOVERED : STARVED);
  }

  /** At this moment: what is measured now says little about a line. */
  get isLate() {
    return this.#isStarved || this.#latest > PROMPT;
  }

  /** For some time now. */
  get isStarved() {
    return this.#isStarved;
  }
}
