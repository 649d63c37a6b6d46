import { t } from "../lib/i18n.js";
import { applying, GROUPS } from "./commands.js";

/**
 * What keys mean, by the table of commands, and what stands in the overlay that shows them.
 *
 * @typedef {import("./commands.js").CallState} CallState
 * @typedef {import("./commands.js").Command} Command
 * @typedef {import("./commands.js").Group} Group
 * @typedef {import("./commands.js").Page} Page
 *
 * @typedef {object} Row  of the overlay
 * @property {string} does
 * @property {string[]} keys  what is printed on those that are pressed together
 * @property {string} to      the last one, of a command that has several; else ""
 * @property {boolean} isHeld
 * @property {boolean} isSingle
 */

/** Those that write nothing, and mean the same whether single keys are on or not. */
const ALWAYS = ["Escape", "F6", "Shift+F6"];
/** Nor do they mean anything else to whoever types. */
const WHILE_TYPING = ["F6", "Shift+F6"];

/**
 * Those that have a key and can be done now, by what they are about; a heading with nothing under it is left out.
 *
 * @param {readonly Command[]} table
 * @param {CallState} state
 * @param {Page} page
 * @returns {{heading: string, rows: Row[]}[]}
 */
export function overlay(table, state, page) {
  const keyed = applying(table, state, page).filter(({ command: { key }, look: { why } }) => key && !why);
  const groups = /** @type {Group[]} */ (Object.keys(GROUPS));
  return groups
    .map((group) => ({
      heading: GROUPS[group],
      rows: keyed.filter(({ command }) => command.group === group).map(({ command }) => row(command)),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** @param {Command} command @returns {Row} */
function row({ does, key, also = [], hold }) {
  const to = also.at(-1) ?? "";
  return { does, keys: printed(key), to, isHeld: hold !== undefined, isSingle: isSingle(key) };
}

/** Whether it can be turned off: it is a letter, a number or a sign. @param {string} key */
function isSingle(key) {
  return !ALWAYS.includes(key);
}

/** What stands on the keys that are pressed together. @param {string} key @returns {string[]} */
export function printed(key) {
  // Translators: as it is printed on the key of a keyboard
  const names = /** @type {Record<string, string>} */ ({
    Shift: t("Shift"),
    Escape: t("Esc"),
    Space: t("Space"),
  });
  return key.split(/\+(?=.)/u).map((part) => names[part] ?? part);
}

/**
 * The key that is pressed, as the table has it: by what is printed on it, and on a keyboard of another script by its place,
 * so that ь and μ, which stand where M does, are the microphone as well. "" for one that can be none of them.
 *
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event
 */
export function keyOf({ key, code, shiftKey }) {
  if (key === "Escape") return key;
  if (key === "F6") return shiftKey ? "Shift+F6" : key;
  // As wide as signs of East Asia, or as anywhere.
  const typed = key.normalize("NFKC");
  if (typed === " ") return shiftKey ? "" : "Space";
  if ([...typed].length !== 1) return "";
  const sign = /[^\p{ASCII}\p{Script=Latin}]/u.test(typed) ? atPlace(code, shiftKey) : typed;
  return /^[a-z]$/iu.test(sign) ? `${shiftKey ? "Shift+" : ""}${sign.toUpperCase()}` : sign;
}

/** What would be there on a keyboard of the United States. @param {string} code @param {boolean} shift */
function atPlace(code, shift) {
  if (code === "Slash" && shift) return "?";
  return /^(?:Key|Digit)([A-Z0-9])$/u.exec(code)?.[1] ?? "";
}

/**
 * What is meant by a key.
 *
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "repeat" | "isComposing"
 *     | "defaultPrevented">} event
 * @param {readonly Command[]} table
 * @param {object} circumstances
 * @param {CallState} circumstances.state
 * @param {Page} circumstances.page
 * @param {boolean} circumstances.isTaken  it goes into what has the focus
 * @param {boolean} circumstances.isCovered  a menu or a dialog is open
 * @param {boolean} circumstances.singleKeys  whether keys without Ctrl or Alt mean anything (WCAG 2.2, 2.1.4)
 * @returns {Command | null}
 */
export function meant(event, table, { state, page, isTaken, isCovered, singleKeys }) {
  if (event.ctrlKey || event.altKey || event.metaKey || isCovered) return null;
  if (event.repeat || event.isComposing || event.defaultPrevented) return null;
  const key = keyOf(event);
  if (!key || (isTaken && !WHILE_TYPING.includes(key)) || (!singleKeys && isSingle(key))) return null;
  const found = applying(table, state, page).find(
    ({ command }) => command.key === key || command.also?.includes(key),
  );
  return found?.command ?? null;
}
