/**
 * How large a picture says to be, from the head of its file, so that it is known before anything is decoded. Only those kinds
 * that are nothing but pixels: an SVG is a page.
 *
 * @typedef {"image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif"} Kind
 * @typedef {{kind: Kind, width: number, height: number}} Measured
 */

/** What of a file is looked at, in bytes. */
export const HEAD_OF_PICTURE = 1 << 18;
/** Larger files are not shown. */
export const LARGEST_PICTURE = 10_000_000;
const MOST_PIXELS = 50_000_000;
const LONGEST_SIDE = 32_767;
const SMALL_SIDE = 640;

const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];
// Boxes in boxes, as far as the size of a picture is in one.
const MOST_BOXES = 200;

/** Whether it may be one, by the author's word. @param {{type: string, size: number}} file */
export function isPicture({ type, size }) {
  return KINDS.includes(type) && size > 0 && size <= LARGEST_PICTURE;
}

/** @param {Uint8Array} head  the beginning of the file @returns {Measured | null}  null for what is none, or too large to be shown */
export function measured(head) {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const measure of [ofPng, ofGif, ofJpeg, ofWebp, ofAvif]) {
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

/** GIF89a, 18. @param {DataView} view @returns {Measured | null} */
function ofGif(view) {
  if (view.byteLength < 10 || !(says(view, 0, "GIF87a") || says(view, 0, "GIF89a"))) return null;
  return { kind: "image/gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
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
    // Pixels, or the end, before any frame.
    if (marker === 0xda || marker === 0xd9) return null;
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

/** ISO/IEC 23008-12, 6.5.3: the largest of all that it has. @param {DataView} view @returns {Measured | null} */
function ofAvif(view) {
  if (view.byteLength < 16 || !says(view, 4, "ftyp")) return null;
  const brands = Array.from({ length: Math.min(16, Math.floor(view.getUint32(0) / 4)) }, (_, i) => 8 + i * 4);
  if (!brands.some((at) => at + 4 <= view.byteLength && (says(view, at, "avif") || says(view, at, "avis")))) {
    return null;
  }
  const found = { width: 0, height: 0 };
  let boxes = 0;
  /** @param {number} from @param {number} to */
  const walk = (from, to) => {
    for (let at = from; at + 8 <= to;) {
      boxes += 1;
      const size = view.getUint32(at) || to - at;
      // What of the boxes is not looked at may hold a larger picture than what was found so far.
      if (size < 8 || boxes > MOST_BOXES) throw new RangeError("these boxes cannot be read");
      const end = Math.min(to, at + size);
      if (end < at + size && !says(view, at + 4, "mdat")) {
        throw new RangeError("a box goes on beyond the head");
      }
      if (says(view, at + 4, "ispe")) {
        found.width = Math.max(found.width, view.getUint32(at + 12));
        found.height = Math.max(found.height, view.getUint32(at + 16));
      } else if (says(view, at + 4, "meta")) walk(at + 12, end);
      else if (says(view, at + 4, "iprp") || says(view, at + 4, "ipco")) walk(at + 8, end);
      at = end;
    }
  };
  walk(0, view.byteLength);
  return found.width > 0 ? { kind: "image/avif", ...found } : null;
}
