/**
 * How large a picture says to be, from the head of its file, so that it is known before anything is decoded. Only those kinds
 * that are nothing but pixels: an SVG is a page. No AVIF: its head may say less than what is decoded.
 *
 * @typedef {"image/png" | "image/jpeg" | "image/gif" | "image/webp"} Kind
 * @typedef {{kind: Kind, width: number, height: number}} Measured
 */

/** What of a file is looked at, in bytes. */
export const HEAD_OF_PICTURE = 1 << 18;
/** Larger files are not shown. */
export const LARGEST_PICTURE = 10_000_000;
const MOST_PIXELS = 50_000_000;
const LONGEST_SIDE = 32_767;
const SMALL_SIDE = 640;
// Of GIF: how blocks begin.
const EXTENSION = 0x21;
const PICTURE = 0x2c;

const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Whether it may be one, by the author's word. @param {{type: string, size: number}} file */
export function isPicture({ type, size }) {
  return KINDS.includes(type) && size > 0 && size <= LARGEST_PICTURE;
}

/** @param {Uint8Array} head  the beginning of the file @returns {Measured | null}  null for what is none, or too large to be shown */
export function measured(head) {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const measure of [ofPng, ofGif, ofJpeg, ofWebp]) {
    try {
      const found = measure(view);
      if (found) return isBearable(found) ? found : null;
    } catch (error) {
      // It ends before it has said its size.
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }
  return null;
}

/** The same proportions, small. @param {Measured} measured */
export function small({ width, height }) {
  const scale = Math.min(1, SMALL_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** @param {Measured} measured */
function isBearable({ width, height }) {
  const isFlat = width > 0 && height > 0 && Math.max(width, height) <= LONGEST_SIDE;
  return isFlat && width * height <= MOST_PIXELS;
}

/** @param {DataView} view @param {number} at @param {string} letters */
function says(view, at, letters) {
  return [...letters].every((letter, i) => view.getUint8(at + i) === letter.charCodeAt(0));
}

/** Portable Network Graphics, 11.2.1. @param {DataView} view @returns {Measured | null} */
function ofPng(view) {
  if (view.byteLength < 24 || !says(view, 0, "\x89PNG\r\n\x1A\n") || !says(view, 12, "IHDR")) return null;
  return { kind: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

/**
 * GIF89a, 18 and 20: the screen, or the first picture on it, for which browsers make the screen larger.
 *
 * @param {DataView} view
 * @returns {Measured | null}
 */
function ofGif(view) {
  if (view.byteLength < 13 || !(says(view, 0, "GIF87a") || says(view, 0, "GIF89a"))) return null;
  const colours = view.getUint8(10);
  let at = 13 + (colours & 0x80 ? 3 * 2 ** ((colours & 7) + 1) : 0);
  while (view.getUint8(at) === EXTENSION) {
    at += 2;
    while (view.getUint8(at) > 0) at += 1 + view.getUint8(at);
    at += 1;
  }
  if (view.getUint8(at) !== PICTURE) return null;
  const side = (/** @type {number} */ screen, /** @type {number} */ offset) =>
    Math.max(
      view.getUint16(screen, true),
      view.getUint16(at + offset, true) + view.getUint16(at + offset + 4, true),
    );
  return { kind: "image/gif", width: side(6, 1), height: side(8, 3) };
}

/** ITU T.81, B.2.2: the first frame header. @param {DataView} view @returns {Measured | null} */
function ofJpeg(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    // Fill bytes.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return { kind: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    // Pixels, the end, or what has no length, and has no business before a frame: whoever took it for a segment would skip
    // what a decoder reads.
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xda)) return null;
    const length = view.getUint16(at + 2);
    if (length < 2) return null;
    at += 2 + length;
  }
}

/** WebP Container Specification; RFC 6386, 9.1. @param {DataView} view @returns {Measured | null} */
function ofWebp(view) {
  if (view.byteLength < 30 || !says(view, 0, "RIFF") || !says(view, 8, "WEBP")) return null;
  const kind = "image/webp";
  if (says(view, 12, "VP8X")) {
    const side = (/** @type {number} */ at) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    return { kind, width: side(24), height: side(27) };
  }
  if (says(view, 12, "VP8L") && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true);
    return { kind, width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  if (says(view, 12, "VP8 ") && says(view, 23, "\x9D\x01\x2A")) {
    return { kind, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  return null;
}
