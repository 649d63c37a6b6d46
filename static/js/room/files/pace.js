/**
 * How fast files go to one receiver, below voices and pictures. It begins with what these leave of the line, and goes faster
 * as long as a small message comes back as soon as ever: what is late is in a queue, and voices are in the same one.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

/** However little is left, bytes a second. */
export const LEAST = 10_000;
// What a busy page takes for an answer is no queue (milliseconds).
const LATE = 80;
const LOST = 1_500;
const UP = 1.08;
const DOWN = 0.7;
// What was found too much is not tried again at once.
const DOWN_AGAIN = 300;
// Of what was the shortest way, so much is forgotten with each answer: another path may be longer.
const FORGETTING = 0.01;
// What was not sent in time may follow at once, so many seconds' worth of it.
const BURST = 0.25;
const LEAST_BURST = 33_000;

export class Pace {
  /** Bytes a second. */
  rate;
  #now;
  #left;
  #isFresh = true;
  /** The shortest way there and back, in milliseconds. @type {number | null} */
  #nearest = null;
  /** The answer before. */
  #before = 0;
  /** Bytes since then. */
  #sent = 0;
  #since;
  #cutAt = -Infinity;
  #tokens = LEAST_BURST;
  #filledAt;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {() => {rate: number, isLossy: boolean}} options.left  what the line has left for files to this receiver,
   *     bytes a second, and whether it loses what others say
   */
  constructor({ clock, left }) {
    this.#now = clock.now;
    this.#left = left;
    this.rate = Math.max(LEAST, left().rate);
    this.#since = this.#filledAt = clock.now();
  }

  /** Whether so many bytes may go now. @param {number} bytes */
  take(bytes) {
    this.#fill();
    if (this.#tokens < bytes) return false;
    this.#tokens -= bytes;
    this.#sent += bytes;
    return true;
  }

  /** Until they may, in milliseconds. @param {number} bytes */
  wait(bytes) {
    this.#fill();
    return Math.max(0, Math.ceil(((bytes - this.#tokens) / this.rate) * 1_000));
  }

  /** A small message has come back after so long, or has not come back yet. @param {number} delay  milliseconds */
  heard(delay) {
    this.#fill();
    const now = this.#now();
    const used = (this.#sent / Math.max(1, now - this.#since)) * 1_000;
    this.#sent = 0;
    this.#since = now;
    const nearest = this.#nearest ?? delay;
    this.#nearest = Math.min(delay, nearest + (delay - nearest) * FORGETTING);
    // One answer alone may have met a page that was busy.
    const late = Math.min(delay, this.#before) - this.#nearest;
    this.#before = delay;
    const { rate, isLossy } = this.#left();
    if (late > LATE || delay > LOST || isLossy) this.#slow(now, used);
    else if (used >= this.rate * 0.6) this.rate *= this.#isFresh ? 2 : UP;
    this.rate = Math.max(this.rate, rate, LEAST);
  }

  /** @param {number} now @param {number} used */
  #slow(now, used) {
    if (now - this.#cutAt < DOWN_AGAIN) return;
    this.#cutAt = now;
    this.#isFresh = false;
    this.rate = Math.min(this.rate, used) * DOWN;
  }

  #fill() {
    const now = this.#now();
    const most = Math.max(LEAST_BURST, this.rate * BURST);
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#filledAt) / 1_000) * this.rate);
    this.#filledAt = now;
  }
}
