import { BLOCK, PIECE, readFrame, WINDOW } from "./frames.js";

/**
 * @typedef {import("./receiving.js").Receiving} Receiving
 * @typedef {import("./receiving.js").Outcome} Outcome
 */

// What is none of my transfers is an accident, a few times.
const MOST_FLAWS = 5;
// Of a transfer that I have ended some is still on its way: no more than may be under way.
const STRAY = (WINDOW + 1) * (BLOCK / PIECE + 1);
const MOST_ENDED = 32;

/**
 * What comes by the channel `bulk` from one participant: each frame to the transfer that it belongs to. A frame of none is
 * dropped, and after a few of these nothing is taken any more.
 */
export class Arrivals {
  /** Their channel is to be closed, for good. */
  isShut = false;
  /** @type {Map<number, Receiving>} */
  #transfers = new Map();
  /** Frames that may still come of those that are over, by their number. @type {Map<number, number>} */
  #strays = new Map();
  #flaws = 0;

  /** What is taken from them: each under its number of now. @param {Iterable<Receiving>} all */
  expect(all) {
    const awaited = [...all].filter(({ isOver, phase }) => !isOver && phase !== "away");
    const now = new Map(awaited.map((one) => [one.transfer, one]));
    for (const transfer of this.#transfers.keys()) {
      if (!now.has(transfer) && !this.#strays.has(transfer)) this.#strays.set(transfer, STRAY);
    }
    while (this.#strays.size > MOST_ENDED) this.#strays.delete(this.#strays.keys().next().value ?? -1);
    this.#transfers = now;
  }

  /**
   * @param {unknown} data  as it came
   * @returns {{receiving: Receiving, outcome: Outcome} | null}
   */
  take(data) {
    if (this.isShut) return null;
    const frame = readFrame(data);
    const receiving = frame && this.#transfers.get(frame.transfer);
    if (frame && receiving) {
      const outcome = receiving.take(frame);
      if (outcome.kind === "flaw") this.#note();
      return { receiving, outcome };
    }
    const left = this.#strays.get(frame?.transfer ?? -1) ?? 0;
    if (frame && left > 0) this.#strays.set(frame.transfer, left - 1);
    else this.#note();
    return null;
  }

  #note() {
    this.#flaws += 1;
    this.isShut = this.#flaws >= MOST_FLAWS;
  }
}
