/**
 * Who is addressed in a text: `@` and somebody's name, or its first word.
 *
 * @typedef {{start: number, end: number, names: string[]}} Mention  where it stands, and who may be meant
 */

// Nobody calls on more people at once; what follows is text.
const MOST = 32;
const { compare } = new Intl.Collator(undefined, { usage: "search", sensitivity: "base" });
const WORD = /[\p{L}\p{N}\p{M}_]/u;

/**
 * @param {string} text
 * @param {Iterable<string>} names  of all who may be meant
 * @returns {Mention[]}  in their order; of two that begin in the same place the longer one
 */
export function mentions(text, names) {
  /** @type {Mention[]} */
  const found = [];
  if (!text.includes("@")) return found;
  const known = words(names);
  let end = 0;
  for (const { index: start } of [...text.matchAll(/@/g)].slice(0, MOST)) {
    if (start < end || isWord(before(text, start))) continue;
    const called = known.find(({ word }) => isAt(text, start + 1, word));
    if (!called) continue;
    end = start + 1 + called.word.length;
    found.push({ start, end, names: called.names });
  }
  return found;
}

/** All that somebody may be called by, the longest first. @param {Iterable<string>} names */
function words(names) {
  /** @type {Map<string, Set<string>>} */
  const called = new Map();
  for (const name of names) {
    for (const word of [name, name.split(" ")[0] ?? ""]) {
      if (word) called.set(word, (called.get(word) ?? new Set()).add(name));
    }
  }
  return [...called]
    .map(([word, meant]) => ({ word, names: [...meant] }))
    .sort((a, b) => b.word.length - a.word.length);
}

/** @param {string} text @param {number} at @param {string} word */
function isAt(text, at, word) {
  const end = at + word.length;
  return (
    compare(text.slice(at, end), word) === 0 && !isWord(String.fromCodePoint(text.codePointAt(end) ?? 32))
  );
}

/** The character before this place. @param {string} text @param {number} at */
function before(text, at) {
  return [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
}

/** @param {string} char */
function isWord(char) {
  return WORD.test(char);
}
