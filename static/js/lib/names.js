/**
 * Names by the same rules as the server's (accounts/names.py, which says why; tests/names.json holds both to it): those
 * of the roster have been through it, and those that participants tell of others have not.
 */

import { FLAG } from "./avatar.js";

const LONGEST = 64;
// What is not seen may be longer than what is; so many times that, and no more is looked at.
const LOOKED_AT = 16;
const MOST_MARKS = 4;
const JOINER = /[\u200C\u200D]/u;
const ZWNJ = "\u200C";
/** Seen as nothing, though they count as letters, symbols or marks. */
export const BLANK = /[\u115F\u1160\u3164\uFFA0\u2800\u17B4\u17B5\u{1D159}\u{13441}\u{13442}]/u;
const SPACE = /[\t-\r\x1C-\x1F\x85\p{Z}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;
// Controls, formats, surrogates, private use, and what is hidden for good whatever it will be (Unicode, 5.21).
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\u2065\uFFF0-\uFFF8\u{13439}-\u{1343F}\u{E0000}-\u{E0FFF}]/u;
// Canonical combining class 9 (Unicode, 4.3), for which there is no property here.
const VIRAMA = new RegExp(
  "[\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D3B\\u0D3C\\u0D4D\\u0DCA\\u0E3A\\u0EBA\\u0F84\\u1039\\u103A\\u1714\\u1715" +
    "\\u1734\\u17D2\\u1A60\\u1B44\\u1BAA\\u1BAB\\u1BF2\\u1BF3\\u2D7F\\uA806\\uA82C\\uA8C4\\uA953\\uA9C0\\uAAF6\\uABED]",
  "u",
);
// Letters that are written from right to left and joined (bidirectional class AL).
const ARABIC = /(?=\p{L})[\u0600-\u07BF\u0860-\u08FF\uFB50-\uFDFF\uFE70-\uFEFE]/u;
const FLAGS_AND_OTHERS = new RegExp(`${FLAG}|.`, "gsu");
const HALF_A_FLAG = /\u{1F3F4}[\u{E0030}-\u{E007E}]+$/u;
const SYMBOL = /[\p{S}\p{Cn}]/u;

/**
 * The name on one line as others may see it; "" when there is nothing to see in it.
 *
 * @param {string} text
 */
export function cleanName(text) {
  /** @type {string[]} */
  const kept = [];
  let marks = 0;
  for (const [char] of text
    .slice(0, LOOKED_AT * LONGEST)
    .normalize("NFC")
    .matchAll(FLAGS_AND_OTHERS)) {
    const parts = [...char];
    if (parts.length > 1) {
      marks = 0;
      kept.push(...parts);
    } else if (BLANK.test(char) || SPACE.test(char)) {
      kept.push(" ");
    } else if (MARK.test(char)) {
      marks += 1;
      // U+034F is a mark of nothing.
      if (char !== "\u034F" && lastOf(kept) !== " " && marks <= MOST_MARKS) kept.push(char);
    } else if (JOINER.test(char)) {
      if (kept.length > 0 && !JOINER.test(kept.at(-1) ?? "")) kept.push(char);
    } else if (!HIDDEN.test(char)) {
      marks = 0;
      kept.push(char);
    }
  }
  const joined = kept.filter((char, i) => !JOINER.test(char) || joins(kept, i)).join("");
  const name = joined.normalize("NFC").split(/ +/u).filter(Boolean).join(" ");
  return ended(Array.from(name).slice(0, LONGEST).join(""));
}

/** Without what stands at the end for nothing: blanks, half a flag, joiners that do not shape a letter. @param {string} name */
function ended(name) {
  const whole = name.replace(HALF_A_FLAG, "");
  const seen = whole.replace(/[ \u200C\u200D]+$/u, "");
  const shapes = VIRAMA.test(Array.from(seen).at(-1) ?? "") && whole[seen.length] === "\u200D";
  return shapes ? `${seen}\u200D` : seen;
}

/** What stands last, joiners aside. @param {string[]} kept */
function lastOf(kept) {
  return kept.findLast((char) => !JOINER.test(char)) ?? " ";
}

/** Whether the joiner at this place shapes what stands around it (after RFC 5892, A.1 and A.2). @param {string[]} kept @param {number} i */
function joins(kept, i) {
  const before = kept[i - 1] ?? " ";
  const after = kept[i + 1] ?? " ";
  if (VIRAMA.test(before)) return after !== " " || kept[i] !== ZWNJ;
  const letter = kept.slice(0, i).findLast((char) => !MARK.test(char)) ?? " ";
  if (ARABIC.test(letter)) return ARABIC.test(after) || MARK.test(after);
  if (kept[i] === ZWNJ) return false;
  return VIRAMA.test(after) || (SYMBOL.test(letter) && SYMBOL.test(after));
}
