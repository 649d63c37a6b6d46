/**
 * Which sounds there are, and when. Values in, values out.
 *
 * @typedef {"join" | "leave" | "hand" | "message" | "knock"} Sound
 * @typedef {import("../capabilities.js").Note} Note
 * @typedef {import("../capabilities.js").CallState} CallState
 */

/** All of them, those first that matter more: of several at the same time one is heard. @type {readonly Sound[]} */
export const SOUNDS = ["knock", "hand", "message", "join", "leave"];

/** Two tones up for who comes, down for who goes, one for what is said or shown. @type {Readonly<Record<Sound, readonly Note[]>>} */
export const NOTES = {
  join: [
    { frequency: 523.25, at: 0 },
    { frequency: 659.25, at: 0.14 },
  ],
  leave: [
    { frequency: 587.33, at: 0 },
    { frequency: 440, at: 0.14 },
  ],
  hand: [{ frequency: 880, at: 0 }],
  message: [{ frequency: 698.46, at: 0, gain: 0.1 }],
  // Like a bell.
  knock: [
    { frequency: 987.77, at: 0 },
    { frequency: 783.99, at: 0.25 },
  ],
};

/** Milliseconds between two. */
export const BETWEEN = 400;
/** So many in so many milliseconds. */
export const MOST = 6;
export const WITHIN = 10_000;

/** Keeps them from being a noise. One that is too many is not heard at all: later it would mean nothing. */
export class Pace {
  /** When the last ones were heard. @type {number[]} */
  #heard = [];

  /** Whether there may be one. @param {number} now  milliseconds */
  take(now) {
    this.#heard = this.#heard.filter((at) => now - at < WITHIN);
    if (this.#heard.length >= MOST || now - (this.#heard.at(-1) ?? -Infinity) < BETWEEN) return false;
    this.#heard.push(now);
    return true;
  }
}

// More than can wait at once (docs/signaling.md), so that nobody who still does is forgotten.
const MOST_KNOCKED = 1_000;

/** What has happened in the room since it was looked at last. */
export class Watch {
  /** Those inside, and whose hand is up. @type {Map<string, boolean> | null} */
  #people = null;
  /** Whose hand was seen down: of whoever has said nothing of it yet, it may be up since before I came. @type {Set<string>} */
  #down = new Set();
  /** Who has knocked: on another socket they are no news. @type {Set<string>} */
  #knocked = new Set();

  /** What somebody says of their hand. @param {string} id @param {boolean} isUp */
  hear(id, isUp) {
    if (!isUp) this.#down.add(id);
  }

  /**
   * Those who are there when I come are no news; who waits at the door then still does.
   *
   * @param {Pick<CallState, "people" | "knocks">} state
   * @returns {Set<Sound>}
   */
  look({ people, knocks }) {
    const before = this.#people;
    const others = people.filter(({ self }) => !self);
    this.#people = new Map(others.map(({ id, hand }) => [id, hand]));
    /** @type {Set<Sound>} */
    const heard = new Set();
    // Of whom I hear by somebody else, that is all I hear.
    for (const { id, hand, by } of others) if (by) this.hear(id, hand);
    for (const { id } of knocks) {
      if (!this.#knocked.has(id)) heard.add("knock");
      // The latest last.
      this.#knocked.delete(id);
      this.#knocked.add(id);
    }
    for (const id of this.#knocked) if (this.#knocked.size > MOST_KNOCKED) this.#knocked.delete(id);
    if (!before) return heard;
    for (const [id, hand] of this.#people) {
      if (!before.has(id)) {
        heard.add("join");
        this.hear(id, hand);
      } else if (hand && !before.get(id) && this.#down.has(id)) {
        heard.add("hand");
      }
    }
    for (const id of this.#down) if (!this.#people.has(id)) this.#down.delete(id);
    for (const id of before.keys()) if (!this.#people.has(id)) heard.add("leave");
    return heard;
  }

  /** I am not inside any more. */
  forget() {
    this.#people = null;
    this.#down.clear();
    this.#knocked.clear();
  }
}
