import { t } from "../../lib/i18n.js";
import { cleanName } from "../../lib/names.js";
import { isBlank, tame } from "../../lib/text.js";
import { byteLength } from "../rtc/channel.js";

/**
 * A chat message, and what changes one, as its author made it and as it travels (docs/signaling.md, "Chat").
 *
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../messages.js").Told} Told
 */

const LONGEST_BODY = 4_000;
// More than anybody writes in a call.
export const MOST_OF_ONE = 1_000_000;
// The last moment that a date can be (ECMA-262, 21.4.1.1).
const END_OF_TIME = 8.64e15;
// No call is older than this (milliseconds).
const OLDEST = 7 * 24 * 3_600_000;
// Well inside a frame of 16 KiB.
const PAGE_BYTES = 15_000;
// What one answer has at most, so that giving it stops no page.
const ANSWER_BYTES = 250_000;
const LONGEST_SIGNATURE = 512;
const LONGEST_REACTION = 32;
const LONGEST_FILE_NAME = 255;
const NAMED = /^[\w-]{1,32} [0-9a-f]{32}$/;
// One that is seen as one (Unicode Technical Standard 51, 1.4.9), as far as that can be told whatever emoji there will be.
const EMOJI =
  /^(?:\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}|\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3|\p{ExtPict}[\uFE0F\u{1F3FB}-\u{1F3FF}]?(?:\u200D\p{ExtPict}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)*)$/u;

/**
 * What its author made, and nothing that was added on the way.
 *
 * @param {ChatMessage} message
 * @returns {ChatMessage}
 */
export function plain({ id, author, name, n, lamport, sent_at, ...more }) {
  const { kind, body, of, reply_to, on, file, after, signature } = more;
  return {
    id,
    author,
    name,
    n,
    lamport,
    sent_at,
    ...(kind !== undefined && { kind }),
    ...(body !== undefined && { body }),
    ...(of !== undefined && { of }),
    ...(reply_to !== undefined && { reply_to }),
    ...(on !== undefined && { on }),
    ...(file !== undefined && { file: { id: file.id, name: file.name, size: file.size, type: file.type } }),
    ...(after !== undefined && { after }),
    ...(signature !== undefined && { signature }),
  };
}

/**
 * Whether they are the same in everything that their author made.
 *
 * @param {ChatMessage} a
 * @param {ChatMessage} b
 */
export function isSame(a, b) {
  return a.id === b.id && a.body === b.body && JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/**
 * Whether it may be kept: a message, what changes one, or something that a later version knows.
 *
 * @param {unknown} value
 * @returns {value is ChatMessage}
 */
export function isChatMessage(value) {
  if (typeof value !== "object" || value === null) return false;
  const { id, author, name, n, lamport, sent_at, after, signature, ...said } =
    /** @type {Record<string, unknown>} */ (value);
  return (
    typeof id === "string" &&
    /^[0-9a-f]{32}$/.test(id) &&
    typeof author === "string" &&
    /^[\w-]{1,32}$/.test(author) &&
    typeof name === "string" &&
    name.length <= 128 &&
    isCount(n, MOST_OF_ONE) &&
    isCount(lamport) &&
    isCount(sent_at, END_OF_TIME) &&
    (after === undefined || isName(after)) &&
    (signature === undefined ||
      (typeof signature === "string" &&
        signature.length <= LONGEST_SIGNATURE &&
        /^[\w-]+$/.test(signature))) &&
    isSaid(said)
  );
}

/** What is said, by its kind. @param {Record<string, unknown>} said */
function isSaid({ kind = "message", body, of, reply_to, on, file }) {
  const isWhole =
    typeof kind === "string" &&
    /^[a-z-]{1,16}$/.test(kind) &&
    (body === undefined || (typeof body === "string" && body.length <= LONGEST_BODY)) &&
    (of === undefined || isName(of)) &&
    (reply_to === undefined || isName(reply_to)) &&
    (on === undefined || typeof on === "boolean") &&
    (file === undefined || isFile(file));
  if (!isWhole) return false;
  const words = body ?? "";
  if (kind === "message") return file !== undefined || tidy(words) !== "";
  if (kind === "edit") return of !== undefined && tidy(words) !== "";
  if (kind === "deletion") return of !== undefined;
  if (kind === "reaction") return of !== undefined && on !== undefined && words.length <= LONGEST_REACTION;
  return true;
}

/** @param {unknown} value @returns {value is import("../state.js").OfferedFile} */
function isFile(value) {
  if (typeof value !== "object" || value === null) return false;
  const { id, name, size, type } = /** @type {Record<string, unknown>} */ (value);
  return (
    typeof id === "string" &&
    /^[\w-]{1,64}$/.test(id) &&
    typeof name === "string" &&
    name.length <= LONGEST_FILE_NAME &&
    (size === 0 || isCount(size)) &&
    typeof type === "string" &&
    type.length <= LONGEST_FILE_NAME
  );
}

/** "author id", as one message names another. @param {unknown} value */
function isName(value) {
  return typeof value === "string" && NAMED.test(value);
}

/** A picture that may be drawn as text or in colour is one (U+FE0F). @param {string} a @param {string} b */
export function isSameEmoji(a, b) {
  return bare(a) === bare(b);
}

/** @param {string} emoji */
export function bare(emoji) {
  return emoji.replaceAll("\uFE0F", "");
}

/** What may be reacted with. @param {string} text */
export function isEmoji(text) {
  return text.length <= LONGEST_REACTION && EMOJI.test(text);
}

/** @param {unknown} value @returns {value is number} */
export function isCount(value, most = Number.MAX_SAFE_INTEGER) {
  return (
    Number.isSafeInteger(value) && /** @type {number} */ (value) > 0 && /** @type {number} */ (value) <= most
  );
}

/**
 * When something was said, by my own clock: theirs may be hours off, and how long ago it was they know all the same.
 *
 * @param {unknown} age  milliseconds, as they say
 * @param {number} now  Unix milliseconds
 * @param {number} otherwise  when they do not say it
 */
export function saidAt(age, now, otherwise) {
  return typeof age === "number" && age >= 0 ? now - Math.min(age, OLDEST) : Math.min(otherwise, now);
}

/**
 * What was typed, as it may be sent and shown: tamed, trimmed and bounded; "" when there is nothing to see in it.
 *
 * @param {string} text
 */
export function tidy(text) {
  const body = tame(text).trim().slice(0, LONGEST_BODY);
  // The half of a character that was cut in two goes as well.
  return isBlank(body) ? "" : body.replace(/\p{Cs}$/u, "");
}

/**
 * What somebody is called whom I know by the words of a third alone.
 *
 * @param {string} name
 */
export function nameOf(name) {
  return cleanName(name) || t("Somebody");
}

/**
 * An answer in frames of a fair size: as much of it as is asked for, and as is no burden.
 *
 * @param {readonly Told[]} messages
 * @param {number} most
 * @returns {{messages: Told[], left: number}[]}  at least one; `left` is how many are still to come after the frame
 */
export function pages(messages, most) {
  /** @type {Told[][]} */
  const pages = [[]];
  let room = PAGE_BYTES;
  let spent = 0;
  for (const message of messages.slice(0, most)) {
    const bytes = byteLength(JSON.stringify(message)) + 1;
    spent += bytes;
    if (spent > ANSWER_BYTES) break;
    if (bytes > room) {
      pages.push([]);
      room = PAGE_BYTES;
    }
    pages.at(-1)?.push(message);
    room -= bytes;
  }
  let left = messages.length;
  return pages
    .filter((page, i) => page.length > 0 || i === pages.length - 1)
    .map((page) => {
      left -= page.length;
      return { messages: page, left };
    });
}
