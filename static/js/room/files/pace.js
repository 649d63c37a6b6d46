/**
 * How fast files go to one receiver, below voices and pictures. It begins with what these leave of the line, and goes faster
 * as long as a small message comes back as soon as ever: what is late is in a queue, and voices are in the same one.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

/** However little is left, bytes a second. */
export const LEAST = 10_000;
// So much later than the shortest way, several times in a row, is a queue (milliseconds).
const LATE = 80;
const TIMES = 3;
// A queue takes its time to go; what is over so soon was a page that had something else to do.
const TOO_SOON = 350;
const OVER = LATE / 4;
// On a slow line a few frames are a queue, which comes and goes.
const FAST = 1_000_000;
// The shortest way is that of the last seconds: another path may be longer.
const REMEMBERED = 15_000;
const DOWN = 0.7;
// The first time nobody knows how much too much it is.
const FIRST_DOWN = 0.4;
// Faster while nothing is known of the line, slowly near what was too much, and not for ever.
const FRESH = 1.6;
const UP = 1.15;
const NEAR = 1.04;
const WARY = 10_000;
// So far beyond what was too much, it was not the line.
const BEYOND = 1.15;
// What was not sent in time may follow at once, so many seconds' worth of it.
const BURST = 0.25;
const LEAST_BURST = 33_000;

export class Pace {
  /** Bytes a second. */
  rate;
  #now;
  #left;
  #isFresh = true;
  /** How long each answer took, the latest last. @type {{at: number, delay: number}[]} */
  #answers = [];
  /** Bytes since the last of them, and the most that went in a second between the last few. */
  #sent = 0;
  #since;
  /** @type {number[]} */
  #used = [];
  /** What was too much. */
  #ceiling = Infinity;
  #cutAt = -Infinity;
  #beforeCut = 0;
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
    const used = this.#note(now, delay);
    const { rate, isLossy } = this.#left();
    const nearest = Math.min(...this.#answers.map((answer) => answer.delay));
    const late = this.#answers.slice(-TIMES).map((answer) => answer.delay - nearest);
    const isOver = now - this.#cutAt < TOO_SOON && (late.at(-1) ?? 0) < OVER && !isLossy;
    if (isOver && this.#beforeCut > FAST) this.#takeBack();
    else if ((late.length === TIMES && Math.min(...late) > LATE) || isLossy) this.#slow(now);
    else if (used >= this.rate * 0.6 && (late.at(-1) ?? 0) < LATE / 2) this.#grow(now);
    this.rate = Math.max(this.rate, rate, LEAST);
  }

  /** Gives how fast it went since the last answer. @param {number} now @param {number} delay */
  #note(now, delay) {
    const used = (this.#sent / Math.max(1, now - this.#since)) * 1_000;
    this.#sent = 0;
    this.#since = now;
    this.#used = [...this.#used, used].slice(-2 * TIMES);
    this.#answers.push({ at: now, delay });
    while (now - (this.#answers[0]?.at ?? now) > REMEMBERED) this.#answers.shift();
    return used;
  }

  /** @param {number} now */
  #grow(now) {
    if (now - this.#cutAt > WARY || this.rate > this.#ceiling * BEYOND) this.#ceiling = Infinity;
    const isNear = this.rate > this.#ceiling * 0.9;
    this.rate *= this.#isFresh ? FRESH : isNear ? NEAR : UP;
  }

  /** @param {number} now */
  #slow(now) {
    // What has been slowed down already has to show first.
    if (now - this.#cutAt < TOO_SOON) return;
    this.#cutAt = now;
    this.#beforeCut = this.rate;
    this.#ceiling = Math.min(this.rate, Math.max(...this.#used));
    this.rate = this.#ceiling * (this.#isFresh ? FIRST_DOWN : DOWN);
    this.#isFresh = false;
  }

  /** It was not the line. */
  #takeBack() {
    this.#cutAt = -Infinity;
    this.#ceiling = Infinity;
    this.rate = this.#beforeCut;
  }

  #fill() {
    const now = this.#now();
    const most = Math.max(LEAST_BURST, this.rate * BURST);
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#filledAt) / 1_000) * this.rate);
    this.#filledAt = now;
  }
}
