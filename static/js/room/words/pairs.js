/** Who does not hear whom, in words. */
import { t } from "../../lib/i18n.js";
import { isApart } from "../audibility.js";

/** @import { Pair, Person } from "../state.js" */

/** @type {Record<string, string>} */
const CONDITIONS = {
  connecting: t("still connecting"),
  repairing: t("repairing"),
  failed: t("no way found yet"),
};

/**
 * A sentence about two people, of whom I may be one.
 *
 * @param {Pair} pair
 * @param {Person[]} people
 * @param {(name: string) => string} withMe
 * @param {(one: string, other: string) => string} ofOthers
 */
export function between({ one, other }, people, withMe, ofOthers) {
  const ends = people
    .filter(({ id }) => id === one || id === other)
    .sort((a, b) => Number(b.self) - Number(a.self));
  const [first, second] = ends.map(({ name }) => name);
  return ends[0]?.self ? withMe(second ?? "") : ofOthers(first ?? "", second ?? "");
}

/**
 * Who does not hear whom, in words: whoever hears nobody, then those whom I do not hear, then the others.
 *
 * @param {Pair[]} pairs
 * @param {Person[]} people
 * @returns {string[]}
 */
export function apart(pairs, people) {
  return partings(pairs, people).map(({ text }) => text);
}

/**
 * The same, with `key` for whom each line is about, however it stands with them.
 *
 * @param {Pair[]} pairs
 * @param {Person[]} people
 * @returns {{ key: string, text: string }[]}
 */
export function partings(pairs, people) {
  const lines = [];
  let broken = pairs.filter(isApart);
  const mineFirst = [...people].sort((a, b) => Number(b.self) - Number(a.self));
  for (const { id, self, name } of mineFirst) {
    const theirs = pairs.filter((pair) => pair.condition !== "unknown" && isOf(pair, id));
    const left = broken.filter((pair) => isOf(pair, id));
    if (left.length < 2 || !theirs.every(isApart)) continue;
    const state = inCommon(left) ?? "";
    lines.push({
      key: id,
      text: self
        ? t("You and the others cannot hear each other: {state}", { state })
        : t("Nobody hears {name}: {state}", { name, state }),
    });
    broken = broken.filter((pair) => !left.includes(pair));
  }
  const me = people.find(({ self }) => self)?.id ?? "";
  const sorted = [...broken].sort((a, b) => Number(isOf(b, me)) - Number(isOf(a, me)));
  return [
    ...lines,
    ...sorted.map((pair) => {
      const state = CONDITIONS[pair.condition] ?? "";
      const text = between(
        pair,
        people,
        (name) => t("You and {name} cannot hear each other: {state}", { name, state }),
        (one, other) => t("{one} and {other} cannot hear each other: {state}", { one, other, state }),
      );
      return { key: `${pair.one} ${pair.other}`, text };
    }),
  ];
}

/** @param {Pair} pair @param {string} id */
function isOf({ one, other }, id) {
  return one === id || other === id;
}

/** @param {Pair[]} pairs */
function inCommon(pairs) {
  const conditions = new Set(pairs.map(({ condition }) => condition));
  const [only] = conditions;
  return CONDITIONS[(conditions.size === 1 && only) || "repairing"];
}

/**
 * Which people hear each other again.
 *
 * @param {Pair[]} before
 * @param {Pair[]} after
 * @param {Person[]} people
 * @returns {string[]}
 */
export function mended(before, after, people) {
  const broken = before.filter(isApart);
  const whole = after.filter(
    ({ one, other, condition }) =>
      condition === "connected" && broken.some((pair) => pair.one === one && pair.other === other),
  );
  if (whole.length > 1 && !after.some(isApart)) return [t("Everybody hears everybody again")];
  return whole.map((pair) =>
    between(
      pair,
      people,
      (name) => t("You and {name} hear each other again", { name }),
      (one, other) => t("{one} and {other} hear each other again", { one, other }),
    ),
  );
}
