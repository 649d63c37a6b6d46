/** Initials on one of eight hues, the same as the `avatar` tag of the templates gives (config/templatetags/page.py). */
import { make } from "./dom.js";

const TAGS = "[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]";
/** The flag of a part of a country, such as Scotland: any other tags are a hidden text. */
export const FLAG = `\\u{1F3F4}(?:[\\u{E0061}-\\u{E007A}]{2}|[\\u{E0030}-\\u{E0039}]{3})${TAGS}{1,4}\\u{E007F}`;

// With all that belongs to it: the second half of a flag, skin, family.
const SYMBOL = new RegExp(
  `${FLAG}|${/\p{RI}{2}|[\p{S}\p{Cn}][\p{Mn}\p{Me}\u{1F3FB}-\u{1F3FF}]*(?:\u200D[^\s\u200D][\p{Mn}\p{Me}\u{1F3FB}-\u{1F3FF}]*)*/u.source}`,
  "u",
);

/**
 * @param {string} name
 * @param {"" | "s" | "l"} [size]
 */
export function avatar(name, size = "") {
  const classes = ["avatar", `hue-${hue(name)}`, size && `avatar-${size}`];
  return make("span", { class: classes.join(" ").trim(), "aria-hidden": "true" }, initials(name));
}

/**
 * 1 to 8, always the same for the same name.
 *
 * @param {string} key
 */
export function hue(key) {
  return (crc32(new TextEncoder().encode(key.trim().toLowerCase())) % 8) + 1;
}

/**
 * One letter, or two from the first and the last word where the script has capitals. Of a name without letters, its
 * first emoji or other symbol.
 *
 * @param {string} name
 */
export function initials(name) {
  const letters = name
    .split(/\s+/u)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 32))
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const first = letters[0];
  const last = letters.at(-1);
  if (first === undefined || last === undefined) return SYMBOL.exec(name)?.[0] ?? "?";
  return letters.length > 1 && hasCase(first) && hasCase(last)
    ? (first + last).toUpperCase()
    : first.toUpperCase();
}

/**
 * What to call a person where room is short: the first word, unless it is a title or an initial.
 *
 * @param {string} name
 */
export function shortName(name) {
  const [first = ""] = name.trim().split(/\s+/u);
  return first.length < 2 || first.endsWith(".") ? name : first;
}

/** @param {string} letter */
function hasCase(letter) {
  return letter.toUpperCase() !== letter.toLowerCase();
}

/**
 * CRC-32 as in zlib (RFC 1952, 8).
 *
 * @param {Uint8Array} bytes
 */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
