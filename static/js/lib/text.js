import { FLAG } from "./avatar.js";
import { BLANK } from "./names.js";

/** What people write, freed of what would change the text around it or hide what it says. */

// Characters that turn the writing direction (Unicode Standard Annex 9, 2), and their forerunners: "exe.txt" is not to
// look like "txt.exe". Each text stands in an element of its own, which finds its direction by itself.
const DIRECTION = /[\p{Bidi_Control}\u206A-\u206F]/gu;
const LINE = /\r\n?|[\u0085\u2028\u2029]/gu;
// Controls but for tabs and new lines, halves of characters, notes between the lines, and tags, with which a text is
// written into another one, but for the flags of parts of countries.
const HIDDEN = new RegExp(
  `(${FLAG})|[\\p{Cs}\\0-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F\\uFFF9-\\uFFFB\\u{E0000}-\\u{E007F}]`,
  "gu",
);
// No script puts more marks on one letter; what is stacked higher runs over the lines around it.
const STACKED = /([\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]+/gu;

const SEEN = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Mn}\p{Me}]/gu;

/**
 * The same text as it may be shown; links are looked for in this one.
 *
 * @param {string} text
 */
export function tame(text) {
  return text
    .replaceAll(LINE, "\n")
    .replaceAll(DIRECTION, "")
    .replaceAll(HIDDEN, "$1")
    .replaceAll(STACKED, "$1");
}

/**
 * Whether there is nothing to see in it: white space, letters that are blank, and marks on nothing.
 *
 * @param {string} text
 */
export function isBlank(text) {
  for (const [char] of text.matchAll(SEEN)) if (!BLANK.test(char)) return false;
  return true;
}
