// Long, since it is one state machine: what comes of a transfer, in each of its phases.
import { Timer } from "../../lib/timing.js";
import { BLOCK, blocksOf, lengthOf, PIECE, WINDOW } from "./frames.js";

/**
 * One file that I take from its author, without any I/O: it is told what comes, and says what to do with it. Whoever carries
 * that out reads hashes and writes blocks one after the other, in the order in which they were given.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./messages.js").Reason} Reason
 *
 * @typedef {object} Whole  a block that is complete, to be checked
 * @property {"whole"} kind
 * @property {number} transfer
 * @property {number} block
 * @property {string} hash   as its author says
 * @property {Uint8Array<ArrayBuffer>} bytes
 *
 * @typedef {{kind: "last", transfer: number, hash: string}} Last  that was all; the hash is that of all hashes
 * @typedef {Whole | Last | {kind: "more"} | {kind: "flaw"}} Outcome  "flaw": nothing that may come
 *
 * "away": there is no channel to the author; "asked": nothing has come yet; "waiting": others are served first; "checking":
 * all is here, and the last of it is looked at.
 * @typedef {"away" | "asked" | "waiting" | "moving" | "checking" | "done" | "failed" | "stopped"} Phase
 *
 * Why it failed: what the author says; what came is not what was offered (`broken`); a block was twice not what its hash
 * says (`damaged`); nothing came (`silent`); there is no room on the disk (`full`), or no way to write there (`disk`).
 * @typedef {Exclude<Reason, "busy"> | "broken" | "damaged" | "silent" | "full" | "disk"} Failure
 */

// Nothing comes for so long: it is asked for again, and given up at last (milliseconds).
const SILENCE = 30_000;
const MOST_SILENCES = 4;
// Whoever waits for their turn says so again, in case the author has forgotten.
const COME_AGAIN = 30_000;
// No more often than this is said how much is written, unless the author would have to wait for it.
const ACK_PAUSE = 50;

export class Receiving {
  /** @type {Phase} */
  phase = "away";
  /** @type {Failure | ""} */
  failure = "";
  /** The number of the transfer that is under way, which no other had. */
  transfer = -1;
  /** Hashes of the blocks that are right, from the first on. @type {string[]} */
  hashes;
  #size;
  #file;
  #send;
  #numbers;
  #changed;
  #now;
  #silence;
  #heardAt = 0;
  #again;
  #ack;
  /** Of the blocks that are right, those that are on the disk. */
  #written;
  /** The first block that was asked for. */
  #from = 0;
  /** The block that comes next, or is coming. */
  #next = 0;
  /** @type {string | null} */
  #hash = null;
  #bytes = new Uint8Array();
  #filled = 0;
  #silences = 0;
  #acked = 0;
  /** Blocks that were wrong once. @type {Set<number>} */
  #wrong = new Set();
  /** Each block was what its hash said, and all of them together are another file: its author has begun it with another one. */
  #isMixed = false;

  /**
   * @param {object} options
   * @param {{id: string, size: number}} options.offer
   * @param {Clock} options.clock
   * @param {(message: Messages) => void} options.send  to the author
   * @param {() => number} options.numbers   gives a number that no transfer of mine has had
   * @param {() => void} options.changed
   * @param {string[]} [options.hashes]  of blocks that are on the disk already
   */
  constructor({ offer, clock, send, numbers, changed, hashes = [] }) {
    this.#file = offer.id;
    this.#size = offer.size;
    this.#send = send;
    this.#numbers = numbers;
    this.#changed = changed;
    this.hashes = hashes.slice(0, blocksOf(offer.size));
    this.#written = this.#next = this.hashes.length;
    this.#now = clock.now;
    this.#silence = new Timer(clock);
    this.#again = new Timer(clock);
    this.#ack = new Timer(clock);
  }

  /** It is over, for good or ill. */
  get isOver() {
    return ["done", "failed", "stopped"].includes(this.phase);
  }

  /** Bytes that are here. */
  get bytes() {
    return Math.min(this.#size, this.#next * BLOCK + this.#filled);
  }

  /** Of blocks. */
  get written() {
    return this.#written;
  }

  /** There is a channel to the author, another one than before: what is missing is asked for. */
  open() {
    if (!this.isOver) this.#ask();
  }

  /** The channel is gone. */
  lose() {
    if (this.isOver || this.phase === "away") return;
    this.#rest();
    this.#forgetBlock();
    this.#become("away");
  }

  /** It is not wanted any more. */
  stop() {
    if (!this.isOver) this.#end("stopped");
  }

  /** It can be tried again, from where it was, if that was right; nothing is being written by now. */
  retry() {
    if (this.phase !== "failed" && this.phase !== "stopped") return;
    if (this.#isMixed) this.#written = 0;
    this.#isMixed = false;
    this.hashes.length = this.#written;
    this.failure = "";
    this.#silences = 0;
    this.#wrong.clear();
    this.#become("away");
  }

  /** @param {Reason} reason */
  refuse(reason) {
    if (this.isOver || this.phase === "away") return;
    if (reason !== "busy") return this.fail(reason);
    if (this.phase === "checking") return;
    this.#silence.cancel();
    this.#again.plan(COME_AGAIN, () => this.#ask({ isSame: true }));
    this.#become("waiting");
  }

  /** @param {Failure} failure */
  fail(failure) {
    if (this.isOver) return;
    this.failure = failure;
    this.#end("failed");
  }

  /**
   * A frame of this transfer.
   *
   * @param {Frame} frame
   * @returns {Outcome}
   */
  take(frame) {
    if (this.isOver || frame.transfer !== this.transfer) return { kind: "flaw" };
    const outcome = this.#take(frame);
    if (outcome.kind === "flaw") {
      this.fail("broken");
      return outcome;
    }
    this.#silences = 0;
    this.#again.cancel();
    this.#listen();
    if (outcome.kind === "last") this.#become("checking");
    else if (this.phase !== "moving") this.#become("moving");
    return outcome;
  }

  /**
   * A whole block has been looked at. Gives whether it is to be written.
   *
   * @param {Whole} whole
   * @param {string} hash  that it has
   */
  judge({ transfer, block, hash: said }, hash) {
    if (this.isOver || transfer !== this.transfer || block !== this.hashes.length) return false;
    if (hash === said) {
      this.hashes.push(hash);
      return true;
    }
    if (this.#wrong.has(block)) this.fail("damaged");
    else {
      this.#wrong.add(block);
      this.#ask();
    }
    return false;
  }

  /** The next of the blocks that are right is on the disk. */
  wrote() {
    this.#written += 1;
    if (this.isOver || this.phase === "away") return;
    this.#listen();
    if (this.#written - this.#acked >= WINDOW / 2) this.#tell();
    else if (!this.#ack.pending) this.#ack.plan(ACK_PAUSE, () => this.#tell());
  }

  /** All that came has been looked at and written, and the hash of all hashes is right, or is not. @param {boolean} isRight */
  finish(isRight) {
    if (this.phase !== "checking") return;
    this.#isMixed = !isRight;
    if (!isRight || this.#written < blocksOf(this.#size)) return this.fail("damaged");
    this.#tell();
    this.#rest();
    this.#become("done");
  }

  /** @param {{isSame?: boolean}} [options]  whoever waits for their turn keeps the number */
  #ask({ isSame = false } = {}) {
    this.#rest();
    if (!isSame) {
      if (this.transfer >= 0 && this.phase !== "away") {
        this.#send({ type: "file-stop", transfer: this.transfer });
      }
      this.#forgetBlock();
      this.#from = this.#acked = this.hashes.length;
      this.transfer = this.#numbers();
    }
    this.#send({ type: "file-request", file: this.#file, transfer: this.transfer, from: this.#from });
    this.#become("asked");
    this.#listen();
  }

  /** @param {Frame} frame @returns {Outcome} */
  #take(frame) {
    if (this.phase === "checking" || this.phase === "away") return { kind: "flaw" };
    if (frame.kind === "end") {
      const isAll = this.#next === blocksOf(this.#size) && frame.blocks === this.#next;
      return isAll ? { kind: "last", transfer: frame.transfer, hash: frame.hash } : { kind: "flaw" };
    }
    if (frame.block !== this.#next || this.#next >= blocksOf(this.#size)) return { kind: "flaw" };
    if (frame.kind === "block") {
      if (this.#hash !== null || this.#next >= Math.max(this.#from, this.#written) + WINDOW) {
        return { kind: "flaw" };
      }
      this.#hash = frame.hash;
      this.#bytes = new Uint8Array(lengthOf(this.#size, this.#next));
      return { kind: "more" };
    }
    return this.#join(frame);
  }

  /** @param {import("./frames.js").Piece} piece @returns {Outcome} */
  #join({ transfer, block, bytes: piece }) {
    const hash = this.#hash;
    const bytes = this.#bytes;
    if (hash === null || piece.length !== Math.min(PIECE, bytes.length - this.#filled)) {
      return { kind: "flaw" };
    }
    bytes.set(piece, this.#filled);
    this.#filled += piece.length;
    if (this.#filled < bytes.length) return { kind: "more" };
    this.#next += 1;
    this.#hash = null;
    this.#filled = 0;
    this.#bytes = new Uint8Array();
    return { kind: "whole", transfer, block, hash, bytes };
  }

  /** What has not been found right comes again. */
  #forgetBlock() {
    this.#next = this.hashes.length;
    this.#hash = null;
    this.#filled = 0;
    this.#bytes = new Uint8Array();
  }

  /** Something has come: of frames there are many, and none is to cost a timer. */
  #listen() {
    this.#heardAt = this.#now();
    if (!this.#silence.pending) this.#silence.plan(SILENCE, () => this.#endure());
  }

  #endure() {
    if (this.phase === "checking") return;
    const rest = this.#heardAt + SILENCE - this.#now();
    if (rest > 0) return this.#silence.plan(rest, () => this.#endure());
    // What comes no more because my disk is slow is not their silence.
    if (this.#next >= Math.max(this.#from, this.#written) + WINDOW) return this.#listen();
    this.#silences += 1;
    if (this.#silences >= MOST_SILENCES) this.fail("silent");
    else this.#ask();
  }

  #tell() {
    this.#ack.cancel();
    this.#acked = this.#written;
    this.#send({ type: "file-ack", transfer: this.transfer, blocks: this.#written });
  }

  /** @param {"failed" | "stopped"} phase */
  #end(phase) {
    if (this.transfer >= 0 && this.phase !== "away") {
      this.#send({ type: "file-stop", transfer: this.transfer });
    }
    this.#rest();
    this.#forgetBlock();
    this.#become(phase);
  }

  #rest() {
    for (const timer of [this.#silence, this.#again, this.#ack]) timer.cancel();
  }

  /** @param {Phase} phase */
  #become(phase) {
    this.phase = phase;
    this.#changed();
  }
}
