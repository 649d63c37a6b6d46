/** Texts as they are compared by whoever looks for something in them, whatever case and accents it has. */

const LONGEST = 100;
const MOST_WORDS = 8;
// What Latin, Greek and Cyrillic letters have above and below them; in other scripts such marks make another word.
const ACCENTS = /[\u0300-\u036F]/g;
const PLAIN = /^[\t-\r\x20-\x7E]*$/;

/** Whether each of its letters stands in the same place once it is folded. @param {string} text */
export function isPlain(text) {
  return PLAIN.test(text);
}

/** @param {string} text */
export function fold(text) {
  if (isPlain(text)) return text.toLowerCase();
  return text.toLowerCase().normalize("NFD").replaceAll(ACCENTS, "").replaceAll("ς", "σ");
}

/** The words that are looked for: each has to stand somewhere. @param {string} query */
export function wordsOf(query) {
  return fold(query.slice(0, LONGEST)).split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
}
