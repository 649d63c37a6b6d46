import { fold, isPlain, wordsOf } from "../../lib/folding.js";

/**
 * Looking for words in what has been written, whatever case and accents they have.
 *
 * @typedef {import("../state.js").ChatLine} ChatLine
 */

const MOST_FOUND = 200;
const MOST_MARKED = 100;

/** What is looked at in a line, as it is compared. @type {WeakMap<ChatLine, string>} */
const known = new WeakMap();

/**
 * The lines in which every one of the words stands, in their order: the last of them, if there are too many.
 *
 * @param {readonly ChatLine[]} lines
 * @param {string} query
 * @returns {{lines: ChatLine[], isMore: boolean}}
 */
export function found(lines, query) {
  const words = wordsOf(query);
  if (words.length === 0) return { lines: [], isMore: false };
  const all = lines.filter((line) => words.every((word) => textOf(line).includes(word)));
  return { lines: all.slice(-MOST_FOUND), isMore: all.length > MOST_FOUND };
}

/**
 * Where the words stand in a text, to be marked: in their order, and none in another.
 *
 * @param {string} text
 * @param {string} query
 * @returns {{start: number, end: number}[]}
 */
export function marked(text, query) {
  const words = wordsOf(query).sort((a, b) => b.length - a.length);
  if (words.length === 0) return [];
  const { folded, places } = withPlaces(text);
  const pattern = new RegExp(words.map(literally).join("|"), "g");
  /** @type {{start: number, end: number}[]} */
  const ranges = [];
  for (const { index, 0: word } of folded.matchAll(pattern)) {
    if (ranges.length === MOST_MARKED) break;
    const start = places ? (places[index] ?? 0) : index;
    let end = index + word.length;
    // A letter that is several when it is compared is marked as a whole, and its accents with it.
    while (places && end < folded.length && places[end] === places[end - 1]) end += 1;
    if (start >= (ranges.at(-1)?.end ?? 0)) {
      ranges.push({ start, end: places ? (places[end] ?? text.length) : end });
    }
  }
  return ranges;
}

/**
 * As it is compared, and where in the text each unit of that begins; null where each is in its own place.
 *
 * @param {string} text
 * @returns {{folded: string, places: number[] | null}}
 */
function withPlaces(text) {
  if (isPlain(text)) return { folded: fold(text), places: null };
  let folded = "";
  /** @type {number[]} */
  const places = [];
  let at = 0;
  for (const char of text) {
    const units = fold(char);
    folded += units;
    for (let i = 0; i < units.length; i += 1) places.push(at);
    at += char.length;
  }
  places.push(text.length);
  return { folded, places };
}

/** @param {string} text */
function literally(text) {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** @param {ChatLine} line */
function textOf(line) {
  const text = known.get(line) ?? fold([line.name, line.body, line.file?.name ?? ""].join("\n"));
  known.set(line, text);
  return text;
}
