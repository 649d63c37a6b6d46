/**
 * What one connection carries: the frames of its own small encoder, each with the bytes of a master in it. One of its two
 * queues is always empty. Pure, so that it can be tried without a browser.
 *
 * A receiver of VP8 that misses a frame stands still until the next key frame, so between two of these nothing is left out:
 * neither a frame of the envelope nor a chunk of the master.
 *
 * @typedef {{type: "key" | "delta", data: ArrayBuffer}} Chunk  as a master has made it
 */
/**
 * @template F  a frame of the envelope
 * @typedef {{frame: F, chunk: Chunk}} Pair
 */

/** So many pixels, either way, no camera has. */
export const MOST_ENVELOPE = 64;
// An envelope of which nothing has come for so long is paused by its browser, as where the line has no room (milliseconds).
const PAUSED = 400;
// What waits longer than this will never be sent in time: only a key frame helps then.
const MOST_FRAMES = 6;
const MOST_CHUNKS = 10;
const MOST_LATE = 2;

/** @template F */
export class Pairing {
  /** Which master it carries, and which from its next key frame on; "" for none. */
  master = "";
  next = "";
  #needsKey = false;
  /** @type {F[]} */
  #frames = [];
  /** @type {Chunk[]} */
  #chunks = [];
  /** A key frame has been sent, and nothing after it is missing. */
  #isWhole = false;
  #seenAt = -Infinity;

  /** @param {string} master */
  carry(master) {
    if (master === (this.next || this.master)) return;
    this.next = master === this.master ? "" : master;
    if (this.next) this.#needsKey = true;
  }

  /** The master of which it wants a key frame; "" for none. An envelope that is paused asks for nothing. @param {number} now */
  asks(now) {
    return this.#needsKey && !this.isPaused(now) ? this.next || this.master : "";
  }

  /** Its browser sends nothing by it at the moment. @param {number} now */
  isPaused(now) {
    return now - this.#seenAt > PAUSED;
  }

  /** How many chunks wait for a frame: each is a delay of all that follow. @param {number} now */
  backlog(now) {
    return this.isPaused(now) ? 0 : this.#chunks.length;
  }

  /**
   * A frame of the envelope.
   *
   * @param {F} frame
   * @param {boolean} isKey  the receiver has lost the picture, or is new
   * @param {number} now  milliseconds
   * @returns {Pair<F>[]}
   */
  frame(frame, isKey, now) {
    const wasPaused = this.isPaused(now);
    this.#seenAt = now;
    // To catch up with all of that, everybody would have to do without as many frames.
    if (wasPaused && this.#chunks.length > MOST_LATE) this.#lose([]);
    if (isKey || (wasPaused && !this.#isWhole)) this.#needsKey = true;
    if (!this.#isWhole) {
      // Before the first key frame anything may be left out.
      this.#frames = [frame];
      return this.#pairs();
    }
    this.#frames.push(frame);
    if (this.#frames.length > MOST_FRAMES) this.#lose([frame]);
    return this.#pairs();
  }

  /**
   * What a master has made.
   *
   * @param {string} master
   * @param {Chunk} chunk
   * @returns {Pair<F>[]}
   */
  chunk(master, chunk) {
    const isKey = chunk.type === "key";
    if (isKey && this.next === master) {
      [this.master, this.next] = [master, ""];
      this.#isWhole = false;
    }
    if (master !== this.master) return [];
    if (isKey) this.#begin();
    if (!this.#isWhole) return [];
    this.#chunks.push(chunk);
    if (this.#chunks.length > MOST_CHUNKS) this.#lose([]);
    return this.#pairs();
  }

  /** Just before a key frame is the place to let go of what is too much. */
  #begin() {
    this.#isWhole = true;
    this.#needsKey = false;
    this.#chunks = [];
    this.#frames = this.#frames.slice(-1);
  }

  /** Something will be missing: from here on only a key frame helps. @param {F[]} frames  that may carry it */
  #lose(frames) {
    this.#isWhole = false;
    this.#chunks = [];
    this.#frames = frames;
    this.#needsKey = true;
  }

  #pairs() {
    /** @type {Pair<F>[]} */
    const pairs = [];
    while (this.#frames.length > 0 && this.#chunks.length > 0) {
      const frame = /** @type {F} */ (this.#frames.shift());
      const chunk = /** @type {Chunk} */ (this.#chunks.shift());
      pairs.push({ frame, chunk });
    }
    return pairs;
  }
}
