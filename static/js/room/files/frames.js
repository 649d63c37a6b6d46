/**
 * What goes through the channel `bulk` (docs/signaling.md, "Files"): a file is cut into blocks, and a block into pieces that
 * fit into a frame. Before each block its hash is said, after the last one the hash of all hashes.
 *
 * @typedef {object} Piece
 * @property {"piece"} kind
 * @property {number} transfer
 * @property {number} block
 * @property {Uint8Array<ArrayBuffer>} bytes
 *
 * @typedef {{kind: "block", transfer: number, block: number, hash: string}} BlockHead
 * @typedef {{kind: "end", transfer: number, blocks: number, hash: string}} End
 * @typedef {Piece | BlockHead | End} Frame
 */

/** Bytes of a block, of a piece, and of what stands before a piece in its frame. */
export const BLOCK = 1 << 20;
export const PIECE = 1 << 14;
export const HEAD = 8;
/** No file is larger. */
export const LARGEST_FILE = 2 ** 31;
/** So many blocks may be under way that the receiver has not yet written. */
export const WINDOW = 8;

const LONGEST_TEXT = 256;
const HASH = /^[0-9a-f]{64}$/u;
const LAST_NUMBER = 2 ** 32 - 1;

/** @param {number} size  of the file */
export function blocksOf(size) {
  return Math.ceil(size / BLOCK);
}

/** Bytes of this block; 0 beyond the last one. @param {number} size @param {number} block */
export function lengthOf(size, block) {
  return Math.max(0, Math.min(BLOCK, size - block * BLOCK));
}

/** @param {unknown} value  from outside */
export function isNumber(value) {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LAST_NUMBER;
}

/**
 * A piece of a block as a frame.
 *
 * @param {number} transfer
 * @param {number} block
 * @param {Uint8Array} bytes  at most `PIECE`
 */
export function pieceFrame(transfer, block, bytes) {
  const frame = new Uint8Array(HEAD + bytes.length);
  const head = new DataView(frame.buffer);
  head.setUint32(0, transfer);
  head.setUint32(4, block);
  frame.set(bytes, HEAD);
  return frame;
}

/** @param {Omit<BlockHead, "kind"> | Omit<End, "kind">} head */
export function textFrame(head) {
  return JSON.stringify(head);
}

/**
 * @param {unknown} data  of a frame, as it came
 * @returns {Frame | null}  null for what is none
 */
export function readFrame(data) {
  if (typeof data === "string") return readText(data);
  if (!(data instanceof ArrayBuffer) || data.byteLength <= HEAD || data.byteLength > HEAD + PIECE) {
    return null;
  }
  const head = new DataView(data);
  return {
    kind: "piece",
    transfer: head.getUint32(0),
    block: head.getUint32(4),
    bytes: new Uint8Array(data, HEAD),
  };
}

/** @param {string} text @returns {BlockHead | End | null} */
function readText(text) {
  const { transfer, block, blocks, hash } = text.length <= LONGEST_TEXT ? parse(text) : {};
  if (!isNumber(transfer) || typeof hash !== "string" || !HASH.test(hash)) return null;
  if (isNumber(block) && blocks === undefined) return { kind: "block", transfer, block, hash };
  return isNumber(blocks) && block === undefined ? { kind: "end", transfer, blocks, hash } : null;
}

/** @param {string} text @returns {Record<string, any>} */
function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

/** As a hash stands in a frame. @param {ArrayBuffer} bytes */
export function hex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The hashes of blocks one after the other, as bytes: of these is the last hash. @param {readonly string[]} hashes */
export function joined(hashes) {
  const bytes = new Uint8Array(hashes.length * 32);
  for (const [index, hash] of hashes.entries()) {
    for (let at = 0; at < 32; at += 1) {
      bytes[index * 32 + at] = Number.parseInt(hash.slice(at * 2, at * 2 + 2), 16);
    }
  }
  return bytes;
}
