import { Timer } from "../../lib/timing.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

// The first sign of another network often comes before there is a way through it, and the next one soon after.
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 64_000;
// After so long a calm the next sign is a first one again.
const CALM = 60_000;
// What was said on a socket that has just died is said again.
const AGAIN = 2_000;
const MOST_TIMES = 3;

/**
 * When a new path is looked for though the browser takes the old one for good: it needs five seconds to see that
 * nothing comes through any more. Looking costs a path that works nothing, but signs may be many (some browsers tell of
 * every new guess at the speed of the line), so the pause between two doubles until there is calm.
 */
export class Search {
  #now;
  #look;
  #timer;
  #isReachable = true;
  /** There was a sign since I last looked. */
  #isDue = false;
  #movedAt = -Infinity;
  #lookedAt = -Infinity;
  /** How often, since the last calm, for a sign; and how often for this one. */
  #searches = 0;
  #times = 0;

  /**
   * @param {Clock} clock
   * @param {() => void} look
   */
  constructor(clock, look) {
    this.#now = clock.now;
    this.#look = look;
    this.#timer = new Timer(clock);
  }

  /** The network may be another one. */
  moved() {
    if (this.#now() - this.#movedAt > CALM) this.#searches = 0;
    this.#movedAt = this.#now();
    this.#isDue = true;
    if (!this.#timer.pending) this.#plan();
  }

  /** @param {boolean} isReachable  whether the other end can be told */
  reach(isReachable) {
    this.#isReachable = isReachable;
    // What was said shortly before may have been lost with the socket.
    this.#isDue ||= this.#timer.pending;
    if (this.#isDue) this.#begin();
  }

  /** What I looked for has been heard. */
  answered() {
    this.#timer.cancel();
    if (this.#isDue) this.#plan();
  }

  stop() {
    this.#isDue = false;
    this.#timer.cancel();
  }

  /** Now, or when the pause since the last time is over. */
  #plan() {
    const since = this.#now() - this.#lookedAt;
    const pause = this.#searches === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.#searches - 1));
    if (since >= pause) this.#begin();
    else this.#timer.plan(pause - since, () => this.#begin());
  }

  #begin() {
    this.#timer.cancel();
    if (!this.#isReachable) return;
    this.#isDue = false;
    this.#searches += 1;
    this.#times = 0;
    this.#say();
  }

  #say() {
    this.#lookedAt = this.#now();
    this.#times += 1;
    if (this.#times < MOST_TIMES) this.#timer.plan(AGAIN, () => this.#say());
    else if (this.#isDue) this.#plan();
    this.#look();
  }
}
