import { Rate, Timer } from "../../lib/timing.js";

/**
 * Who reacts with what at this moment. Values in, values out; time comes from the clock that it is given.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./messages.js").Reaction} Reaction
 *
 * @typedef {object} Shown
 * @property {Reaction} reaction
 * @property {number} key  another one for each that is shown, so that the same twice is two
 */

/** For how long a reaction is seen, in milliseconds. */
export const SEEN_FOR = 4_000;
/** As much as people mean, and a little more: so many at once, and so many a second for long. */
export const PACE = { burst: 5, perSecond: 1 };

/** Lets things pass no faster than `PACE`. What comes sooner waits, and of what waits only the newest is left. */
export class Pace {
  #rate;
  #timer;
  /** @type {(() => void) | null} */
  #waiting = null;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#rate = new Rate(PACE, clock.now);
    this.#timer = new Timer(clock);
  }

  /** @param {() => void} act */
  run(act) {
    this.#waiting = act;
    if (!this.#timer.pending) this.#next();
  }

  cancel() {
    this.#timer.cancel();
    this.#waiting = null;
  }

  #next() {
    if (!this.#rate.take()) return this.#timer.plan(this.#rate.wait(), () => this.#next());
    const act = this.#waiting;
    this.#waiting = null;
    act?.();
  }
}

/** The reactions that are seen. */
export class Reactions {
  #clock;
  #changed;
  /** @type {Map<string, {pace: Pace, end: Timer, shown: Shown | null}>} */
  #people = new Map();
  #count = 0;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(id: string, began: Reaction | null) => void} options.changed  somebody's reaction began, or with null ended
   */
  constructor({ clock, changed }) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Somebody reacts: at once, or, if they do so too often, when it is due. @param {string} id @param {Reaction} reaction */
  take(id, reaction) {
    const one = this.#people.get(id) ?? {
      pace: new Pace(this.#clock),
      end: new Timer(this.#clock),
      shown: null,
    };
    this.#people.set(id, one);
    one.pace.run(() => {
      one.shown = { reaction, key: (this.#count += 1) };
      one.end.plan(SEEN_FOR, () => {
        one.shown = null;
        this.#changed(id, null);
      });
      this.#changed(id, reaction);
    });
  }

  /** @param {string} id @returns {Shown | null} */
  of(id) {
    return this.#people.get(id)?.shown ?? null;
  }

  /** Forgets who is gone. @param {{has: (id: string) => boolean}} here */
  keep(here) {
    for (const [id, { pace, end }] of this.#people) {
      if (here.has(id)) continue;
      pace.cancel();
      end.cancel();
      this.#people.delete(id);
    }
  }
}
