import { fold, wordsOf } from "../lib/folding.js";

/** @typedef {Pick<import("./state.js").Person, "name" | "knownAs">} Named */

/** As many are seen without scrolling much; from so many on it is worth to look for somebody. */
export const WORTH_SEEKING = 8;

/**
 * Those in whose name, or in whose account's or invitation's, each of the words stands: in their order. All of them, if
 * there is nothing to look for.
 *
 * @template {Named} T
 * @param {readonly T[]} people
 * @param {string} query
 * @returns {T[]}
 */
export function sought(people, query) {
  const words = wordsOf(query);
  return people.filter(({ name, knownAs }) => {
    const called = fold(`${name}\n${knownAs}`);
    return words.every((word) => called.includes(word));
  });
}
