import { BLOCK, hex, joined, lengthOf } from "./frames.js";

/**
 * Where files are kept while they come: in the private file system of the origin, which outlives the page; or, where the
 * browser gives none, as in a private window, in memory, as far as they are small.
 *
 * @typedef {import("./incoming.js").Offer} Offer
 * @typedef {import("./incoming.js").Place} Place
 * @typedef {Place & {file: () => Promise<Blob>}} Shelf  `file`: all of it, once it is whole
 * @typedef {{key: string, offer: Offer & {author: string}}} Unfinished
 */

/** What was begun or offered so long ago is nobody's any more (milliseconds). */
export const KEPT = 7 * 24 * 3_600_000;
/** What memory takes where there is no disk. */
export const MOST_IN_MEMORY = 256 << 20;
// After a reload the last blocks are looked at: a computer that went out may not have written them.
const DOUBTED = 16;

/** As a name of a folder. @param {string} author @param {string} file */
const keyOf = (author, file) => `${author}.${file}`;

export class Disk {
  #digest;
  /** @type {Worker | null} */
  #worker = null;
  #count = 0;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: DOMException) => void}>} */
  #asked = new Map();

  /** @param {(bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>} digest */
  constructor(digest) {
    this.#digest = digest;
  }

  /** What an earlier page has begun. @returns {Promise<Unfinished[]>} */
  async unfinished() {
    try {
      return await this.#ask("list", { kept: KEPT });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return [];
    }
  }

  /**
   * A place for this file, with what is there of it. Raises a DOMException where there is none: `QuotaExceededError` for
   * want of room.
   *
   * @param {string} author
   * @param {Offer} offer
   * @returns {Promise<Shelf>}
   */
  async place(author, offer) {
    const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const key = keyOf(author, offer.id);
    let hashes;
    try {
      hashes = await this.#open(key, author, offer);
    } catch (error) {
      if (!(error instanceof DOMException) || offer.size > MOST_IN_MEMORY) throw error;
      return new Memory();
    }
    if (offer.size - hashes.length * BLOCK > quota - usage) {
      await this.#ask("remove", { key });
      throw new DOMException("there is not so much room", "QuotaExceededError");
    }
    return {
      hashes,
      write: (block, bytes, hash) =>
        this.#ask(
          "write",
          { key, block, at: block * BLOCK, bytes: bytes.buffer, hash: joined([hash]).buffer },
          [bytes.buffer],
        ),
      finish: async () => {
        await this.#ask("close", { key });
        await this.#ask("done", { key });
      },
      remove: () => this.#ask("remove", { key }),
      file: () => fileOf(key),
    };
  }

  /** The hashes of what is there and right. @param {string} key @param {string} author @param {Offer} offer @returns {Promise<string[]>} */
  async #open(key, author, offer) {
    const bytes = new Uint8Array(await this.#ask("open", { key, offer: { ...offer, author } }));
    const hashes = Array.from({ length: bytes.length / 32 }, (_, at) =>
      hex(bytes.slice(at * 32, at * 32 + 32).buffer),
    );
    const first = Math.max(0, hashes.length - DOUBTED);
    for (let block = first; block < hashes.length; block += 1) {
      const asked = { key, at: block * BLOCK, length: lengthOf(offer.size, block) };
      const hash = hex(await this.#digest(new Uint8Array(await this.#ask("read", asked))));
      if (hash !== hashes[block]) hashes.length = block;
    }
    if (hashes.length * 32 < bytes.length) await this.#ask("cut", { key, blocks: hashes.length });
    return hashes;
  }

  /** @param {string} action @param {object} asked @param {Transferable[]} [transfer] @returns {Promise<any>} */
  #ask(action, asked, transfer = []) {
    const worker = (this.#worker ??= this.#begin());
    this.#count += 1;
    const n = this.#count;
    return new Promise((resolve, reject) => {
      this.#asked.set(n, { resolve, reject });
      worker.postMessage({ n, action, ...asked }, transfer);
    });
  }

  #begin() {
    const worker = new Worker(import.meta.resolve("./disk-worker.js"), { type: "module" });
    worker.addEventListener("message", ({ data: { n, value, failure } }) => {
      const asked = this.#asked.get(n);
      this.#asked.delete(n);
      if (failure) asked?.reject(new DOMException(failure.message, failure.name));
      else asked?.resolve(value);
    });
    // It could not be loaded.
    worker.addEventListener("error", () => {
      for (const { reject } of this.#asked.values()) {
        reject(new DOMException("no worker", "NotSupportedError"));
      }
      this.#asked.clear();
      this.#worker = null;
    });
    return worker;
  }
}

/** @param {string} key */
async function fileOf(key) {
  const root = await navigator.storage.getDirectory();
  const where = await (await root.getDirectoryHandle("files")).getDirectoryHandle(key);
  return (await where.getFileHandle("data")).getFile();
}

/** For what is small, as long as the page is there. @implements {Shelf} */
export class Memory {
  /** @type {string[]} */
  hashes = [];
  /** @type {Blob[]} */
  #blocks = [];

  /** @param {number} block @param {Uint8Array<ArrayBuffer>} bytes */
  async write(block, bytes) {
    this.#blocks[block] = new Blob([bytes]);
  }

  async finish() {}

  async remove() {
    this.#blocks = [];
  }

  async file() {
    // Whatever its author calls it: what has an address here is no page of ours.
    return new Blob(this.#blocks, { type: "application/octet-stream" });
  }
}
