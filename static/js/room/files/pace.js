import { Delays } from "./delays.js";

/**
 * How fast files go to one receiver, below voices and pictures. It begins with what these leave of the line, and goes faster
 * as long as small messages come back as soon as ever: what is late is in a queue, and voices are in the same one. What is
 * late now and then is a page that had something else to do.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

/** However little is left, bytes a second. */
export const LEAST = 10_000;
// So much later than the shortest way, several times in a row, is a queue (milliseconds); so much is none.
const LATE = 80;
const IN_TIME = 40;
const TIMES = 5;
// Where nobody knows what the line carries, it may soon be much too much.
const FIRST_TIMES = 3;
// A queue takes its time to go; what is over so soon was a page that had something else to do.
const TOO_SOON = 350;
const OVER = 20;
// On a slow line a few frames are a queue, which comes and goes.
const FAST = 1_000_000;
const DOWN = 0.7;
// The first time nobody knows how much too much it is.
const FIRST_DOWN = 0.4;
// In so many milliseconds: faster while nothing is known of the line, or it has carried more; slowly near what was too much,
// and not for ever.
const STEP = 200;
const FRESH = 1.6;
const BACK = 1.2;
const UP = 1.15;
const NEAR = 1.04;
const WARY = 10_000;
// So far beyond what was too much, it was not the line.
const BEYOND = 1.15;
// How fast it went is looked at so often, and so many times are kept.
const LOOKED_AT = 100;
const LOOKS = 10;
// Less of what it may is not used: it does not grow on that.
const USED = 0.6;
// What was not sent in time may follow at once, so many seconds' worth of it.
const BURST = 0.25;
const LEAST_BURST = 33_000;

export class Pace {
  /** Bytes a second. */
  rate;
  #now;
  #left;
  #delays;
  #isFresh = true;
  /** Bytes, and since when. */
  #sent = 0;
  #since;
  /** How fast it went, the last few times. @type {number[]} */
  #used = [];
  /** What was too much. */
  #ceiling = Infinity;
  #cutAt = -Infinity;
  #beforeCut = 0;
  #judgedAt;
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
    this.#delays = new Delays(clock.now);
    this.rate = Math.max(LEAST, left().rate);
    this.#since = this.#filledAt = this.#judgedAt = clock.now();
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

  /** Whether a small message may go out now. */
  get mayAsk() {
    return this.#delays.mayAsk;
  }

  /** None goes out now: there are enough under way, and what is known of these counts. */
  look() {
    this.#judge();
  }

  /** A small message goes out. @param {number} n  that no other has */
  asked(n) {
    this.#delays.asked(n);
    this.#judge();
  }

  /** It has come back. @param {number} n */
  answered(n) {
    if (this.#delays.answered(n)) this.#judge();
  }

  #judge() {
    this.#fill();
    const now = this.#now();
    this.#note(now);
    const { rate, isLossy } = this.#left();
    const times = this.#isFresh ? FIRST_TIMES : TIMES;
    const late = this.#delays.late(times, LATE);
    const last = late.at(-1) ?? Infinity;
    const isOver = now - this.#cutAt < TOO_SOON && last < OVER && !isLossy;
    const isUsed = Math.max(...this.#used.slice(-2)) >= this.rate * USED;
    if (isOver && this.#beforeCut > FAST) this.#takeBack();
    else if ((late.length === times && Math.min(...late) > LATE) || isLossy) this.#slow(now);
    else if (isUsed && last < IN_TIME) this.#grow(now);
    this.#judgedAt = now;
    this.rate = Math.max(this.rate, rate, LEAST);
  }

  /** How fast it went. @param {number} now */
  #note(now) {
    const passed = now - this.#since;
    if (passed < LOOKED_AT) return;
    this.#used = [...this.#used, (this.#sent / passed) * 1_000].slice(-LOOKS);
    this.#sent = 0;
    this.#since = now;
  }

  /** @param {number} now */
  #grow(now) {
    if (now - this.#cutAt > WARY || this.rate > this.#ceiling * BEYOND) this.#ceiling = Infinity;
    const known = this.#ceiling === Infinity ? UP : this.rate > this.#ceiling * 0.9 ? NEAR : BACK;
    const steps = Math.min(1, (now - this.#judgedAt) / STEP);
    this.rate *= (this.#isFresh ? FRESH : known) ** steps;
  }

  /** @param {number} now */
  #slow(now) {
    // What has been slowed down already has to show first.
    if (now - this.#cutAt < TOO_SOON) return;
    this.#cutAt = now;
    this.#beforeCut = this.rate;
    this.#ceiling = Math.min(this.rate, Math.max(0, ...this.#used));
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
