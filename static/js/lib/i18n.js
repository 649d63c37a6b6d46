/**
 * What scripts say, in the language of the page: whole sentences, with names for what varies.
 *
 * The sentences in the code are English. For every other language the page brings a script that puts them into
 * `globalThis.words` before any module runs (language/catalogs.py).
 */

/** @type {Record<string, string | Record<string, string>>} */
const words = /** @type {any} */ (globalThis).words ?? {};

/** The language in which `Intl` writes dates, times and lists. */
export const locale = globalThis.document?.documentElement.dataset["formats"] ?? "en-GB";

const plurals = new Intl.PluralRules(locale);

/**
 * A sentence: `t("{name} waits outside.", { name })`.
 *
 * @param {string} text
 * @param {Record<string, string | number>} [places]
 */
export function t(text, places) {
  const said = words[text];
  return filled(typeof said === "string" ? said : text, places);
}

/**
 * A sentence about a number: `tn("One waits.", "{count} wait.", waiting.length)`.
 *
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Record<string, string | number>} [places]
 */
export function tn(one, many, count, places) {
  const said = words[one];
  const text =
    typeof said === "object" ? (said[plurals.select(count)] ?? said["other"]) : count === 1 ? one : many;
  return filled(text ?? many, { count, ...places });
}

/**
 * A sentence with elements in it: `woven(t("{host} lets people in."), { host: called(host) })`.
 *
 * @param {string} text
 * @param {Record<string, Node | string>} places
 * @returns {(Node | string)[]}
 */
export function woven(text, places) {
  return text
    .split(/(\{\w+\})/u)
    .filter(Boolean)
    .map((part) => places[part.slice(1, -1)] ?? part);
}

/** 14:05. @param {Date} date */
export function clockTime(date) {
  return date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/** @type {Intl.ListFormat | undefined} */
let lists;

/**
 * Ada, Bob and Carol.
 *
 * @param {Iterable<string>} items
 */
export function listed(items) {
  lists ??= new Intl.ListFormat(locale, { type: "conjunction" });
  return lists.format(items);
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} [places]
 */
function filled(text, places) {
  return places ? text.replace(/\{(\w+)\}/gu, (whole, name) => String(places[name] ?? whole)) : text;
}
