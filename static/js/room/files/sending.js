import { BLOCK, blocksOf, lengthOf, PIECE, pieceFrame, textFrame, WINDOW } from "./frames.js";

/**
 * One file on its way to one receiver, without any I/O: it says which block it needs next, and gives frame after frame.
 *
 * @typedef {{bytes: Uint8Array, hash: string}} Read  a block, and its hash
 */

// So many blocks are read ahead of what is sent.
const AHEAD = 2;

export class Sending {
  /** Whose it is. */
  to;
  /** The number that they gave it. */
  transfer;
  file;
  #size;
  #blocks;
  /** Of the receiver's: so many are written. */
  #acked;
  /** The block that is sent, and how much of it is. */
  #block;
  #sent = 0;
  #isAnnounced = false;
  /** @type {Map<number, Read>} */
  #read = new Map();
  /** @type {Set<number>} */
  #reading = new Set();
  /** Of all hashes. @type {string | null} */
  #hash = null;
  #isFinishing = false;
  #isEnded = false;

  /**
   * @param {object} options
   * @param {string} options.to
   * @param {import("./messages.js").FileRequest} options.request  one that can be fulfilled
   * @param {number} options.size
   */
  constructor({ to, request: { file, transfer, from }, size }) {
    this.to = to;
    this.file = file;
    this.transfer = transfer;
    this.#size = size;
    this.#blocks = blocksOf(size);
    this.#block = this.#acked = from;
  }

  /** Bytes that the receiver is known to have. */
  get bytes() {
    return Math.min(this.#size, this.#acked * BLOCK);
  }

  /** Bytes from the first of the file on that are sent. */
  get position() {
    return Math.min(this.#size, this.#block * BLOCK + this.#sent);
  }

  /** It is not the receiver who is waited for: what comes next has not been read yet. */
  get isReading() {
    if (this.#isEnded || this.#block >= this.#acked + WINDOW) return false;
    return this.#block === this.#blocks ? this.#hash === null : !this.#read.has(this.#block);
  }

  /** All of it is sent, and written at the other end. */
  get isDone() {
    return this.#isEnded && this.#acked >= this.#blocks;
  }

  /** What they say to have written; they may say anything. @param {number} blocks */
  ack(blocks) {
    if (blocks > this.#acked && blocks <= this.#block) this.#acked = blocks;
  }

  /** The blocks that are to be read now; each is named once. */
  wanted() {
    const end = Math.min(this.#blocks, this.#block + AHEAD, this.#acked + WINDOW);
    const found = [];
    for (let block = this.#block; block < end; block += 1) {
      if (this.#reading.has(block)) continue;
      this.#reading.add(block);
      found.push(block);
    }
    return found;
  }

  /** All is sent but the end; the hash of all hashes is to be made now. True once. */
  wantsHash() {
    if (this.#isFinishing || this.#block < this.#blocks) return false;
    this.#isFinishing = true;
    return true;
  }

  /** @param {number} block @param {Read} read */
  loaded(block, read) {
    if (block >= this.#block && read.bytes.length === lengthOf(this.#size, block)) {
      this.#read.set(block, read);
    }
  }

  /** @param {string} hash  of all hashes */
  hashed(hash) {
    this.#hash = hash;
  }

  /** The next frame; null while there is none. @returns {string | Uint8Array<ArrayBuffer> | null} */
  frame() {
    const { transfer } = this;
    if (this.#isEnded) return null;
    if (this.#block === this.#blocks) {
      if (this.#hash === null) return null;
      this.#isEnded = true;
      return textFrame({ transfer, blocks: this.#blocks, hash: this.#hash });
    }
    const read = this.#read.get(this.#block);
    if (!read || this.#block >= this.#acked + WINDOW) return null;
    if (!this.#isAnnounced) {
      this.#isAnnounced = true;
      return textFrame({ transfer, block: this.#block, hash: read.hash });
    }
    const frame = pieceFrame(transfer, this.#block, read.bytes.subarray(this.#sent, this.#sent + PIECE));
    this.#sent += PIECE;
    if (this.#sent >= read.bytes.length) this.#pass();
    return frame;
  }

  #pass() {
    this.#read.delete(this.#block);
    this.#reading.delete(this.#block);
    this.#block += 1;
    this.#sent = 0;
    this.#isAnnounced = false;
  }
}
