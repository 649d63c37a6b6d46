import { byteLength } from "../rtc/channel.js";

/** @typedef {import("../state.js").ChatMessage} ChatMessage */

export const LONGEST_BODY = 4_000;
const MOST_MESSAGES = 1_000;
// Nobody counts this far ahead in one step, but somebody who wants to be last for ever would.
const LARGEST_JUMP = 1_000;
const MOST_AT_ONCE = 20;
const AT_ONCE = 10_000;
// More than anybody writes in a call, and more than a call has people who write.
const MOST_OF_ONE = 1_000_000;
const MOST_AUTHORS = 256;
// The last moment that a date can be (ECMA-262, 21.4.1.1).
const END_OF_TIME = 8.64e15;
// Well inside a frame of 16 KiB.
const PAGE_BYTES = 15_000;

/** Which of an author's messages have been here: all up to `last`, and a few beyond a gap. */
class Numbers {
  last = 0;
  /** @type {Set<number>} */
  #beyond = new Set();

  /** @param {number} n */
  add(n) {
    if (n > this.last) this.#beyond.add(n);
    while (this.#beyond.delete(this.last + 1)) this.last += 1;
    for (const first of this.#beyond) if (this.#beyond.size > MOST_MESSAGES) this.#beyond.delete(first);
  }

  /** @param {number} n */
  has(n) {
    return n <= this.last || this.#beyond.has(n);
  }
}

/** The messages of a call in the order that everybody agrees on: (`lamport`, `author`, `id`). */
export class Log {
  /** @type {ChatMessage[]} */
  #messages = [];
  /** Of the messages that are kept. @type {Set<string>} */
  #ids = new Set();
  #lamport = 0;
  /** By author. @type {Map<string, Numbers>} */
  #numbers = new Map();
  /** When their latest messages came, by author. @type {Map<string, number[]>} */
  #recent = new Map();

  /** A new list whenever something has changed. */
  get messages() {
    return this.#messages;
  }

  /**
   * A message of my own. How many there were is for me to know (`after`), whatever others say that I wrote.
   *
   * @param {{id: string, author: string, name: string, sentAt: number, body: string, after: number}} what
   * @returns {ChatMessage}
   */
  write({ id, author, name, sentAt, body, after }) {
    const message = { id, author, name, n: after + 1, lamport: this.#lamport + 1, sent_at: sentAt, body };
    this.#insert(message);
    return message;
  }

  /**
   * A message from its author. False when it is not taken: known, malformed, or one too many.
   *
   * @param {unknown} message
   * @param {{id: string, name: string}} sender  who sits at the other end; they go by this name, whatever they say
   * @param {number} now  milliseconds
   * @param {{id: string, name: string} | null} [passer]  who brought it, if it was not the author
   */
  receive(message, { id, name }, now, passer = null) {
    if (!isChatMessage(message) || message.author !== id) return false;
    if (this.#ids.has(message.id)) {
      if (!passer) this.#confirm(message, name);
      return false;
    }
    // What somebody passes on does not keep the author from being heard.
    const mouth = passer ? `${passer.id} for ${id}` : id;
    const recent = (this.#recent.get(mouth) ?? []).filter((at) => now - at < AT_ONCE);
    if (recent.length >= MOST_AT_ONCE) {
      // It is not asked for again either.
      this.#count(message);
      return false;
    }
    this.#recent.set(mouth, [...recent, now]);
    return this.#insert({ ...plain(message), name, ...(passer && { passed_by: passer.name }) });
  }

  /** Now the author says it: whatever was passed on under this number was only somebody's word. @param {ChatMessage} message @param {string} name */
  #confirm(message, name) {
    const known = this.#messages.find(({ id }) => id === message.id);
    if (known?.passed_by === undefined || known.author !== message.author) return false;
    this.#messages = this.#messages.filter((one) => one !== known);
    this.#ids.delete(known.id);
    return this.#insert({ ...plain(message), name });
  }

  /**
   * Messages of anybody, from somebody who was there. Gives how many were news.
   *
   * @param {unknown} messages
   * @param {{id: string, name: string}} sender
   */
  remember(messages, sender) {
    if (!Array.isArray(messages)) return 0;
    return messages.filter(isChatMessage).filter((message) => {
      if (this.#insert(plain(message))) return true;
      return message.author === sender.id && this.#confirm(message, sender.name);
    }).length;
  }

  /**
   * What need not be told again: for each author the highest number up to which none is missing.
   *
   * @returns {Record<string, number>}
   */
  have() {
    /** @type {Record<string, number>} */
    const have = {};
    for (const [author, { last }] of this.#numbers) if (last > 0) have[author] = last;
    return have;
  }

  /** Whether what this author said just before has not come. @param {{author: string, n: number}} message */
  misses({ author, n }) {
    return !this.#numbers.get(author)?.has(n - 1) && n > 1;
  }

  /** False for what is here already, or is too old to be kept. @param {ChatMessage} message */
  #insert(message) {
    const { id, lamport } = message;
    if (this.#ids.has(id)) return false;
    // What was only passed on is asked for again, of its author.
    if (message.passed_by === undefined) this.#count(message);
    // Nearly always the newest, so the search begins at the end.
    let at = this.#messages.length;
    while (follows(this.#messages[at - 1], message)) at -= 1;
    if (at === 0 && this.#messages.length === MOST_MESSAGES) return false;
    const bounded = Math.min(lamport, this.#lamport + LARGEST_JUMP);
    this.#lamport = Math.max(this.#lamport, bounded);
    this.#ids.add(id);
    this.#messages = this.#messages.toSpliced(at, 0, message);
    if (this.#messages.length > MOST_MESSAGES) this.#ids.delete(/** @type {ChatMessage} */ (this.#messages.shift()).id);
    return true;
  }

  /** @param {ChatMessage} message */
  #count({ author, n }) {
    const numbers = this.#numbers.get(author) ?? new Numbers();
    numbers.add(n);
    this.#numbers.set(author, numbers);
    for (const first of this.#numbers.keys()) if (this.#numbers.size > MOST_AUTHORS) this.#numbers.delete(first);
  }
}

/** @param {ChatMessage | undefined} a @param {ChatMessage} b */
function follows(a, b) {
  if (!a) return false;
  if (a.lamport !== b.lamport) return a.lamport > b.lamport;
  if (a.author !== b.author) return a.author > b.author;
  return a.id > b.id;
}

/**
 * What its author made, and nothing that was added on the way.
 *
 * @param {ChatMessage} message
 * @returns {ChatMessage}
 */
export function plain({ id, author, name, n, lamport, sent_at, body }) {
  return { id, author, name, n, lamport, sent_at, body };
}

/**
 * @param {unknown} value
 * @returns {value is ChatMessage}
 */
export function isChatMessage(value) {
  if (typeof value !== "object" || value === null) return false;
  const { id, author, name, n, lamport, sent_at, body } = /** @type {Record<string, unknown>} */ (value);
  return (
    typeof id === "string" && /^[0-9a-f]{32}$/.test(id) &&
    typeof author === "string" && /^[\w-]{1,32}$/.test(author) &&
    typeof name === "string" && name.length <= 128 &&
    isCount(n, MOST_OF_ONE) && isCount(lamport) && isCount(sent_at, END_OF_TIME) &&
    typeof body === "string" && body.trim() !== "" && body.length <= LONGEST_BODY
  );
}

/** @param {unknown} value */
function isCount(value, most = Number.MAX_SAFE_INTEGER) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) > 0 && /** @type {number} */ (value) <= most;
}

/**
 * What was typed, as it may be sent: trimmed, bounded, without control characters; "" when nothing is left.
 *
 * @param {string} text
 */
export function tidy(text) {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trim().slice(0, LONGEST_BODY);
}

/**
 * What somebody lacks who has each author's messages up to a number, in order and in frames of a fair size.
 *
 * @param {readonly ChatMessage[]} messages
 * @param {unknown} have  `{author: highest n}`, as they say
 * @returns {ChatMessage[][]}
 */
export function pages(messages, have) {
  const known = new Map(Object.entries(typeof have === "object" && have !== null ? have : {}));
  /** @type {ChatMessage[][]} */
  const pages = [];
  let room = 0;
  for (const message of messages) {
    if (message.n <= Number(known.get(message.author) ?? 0)) continue;
    const told = plain(message);
    const bytes = byteLength(JSON.stringify(told)) + 1;
    if (bytes > room) {
      pages.push([]);
      room = PAGE_BYTES;
    }
    pages.at(-1)?.push(told);
    room -= bytes;
  }
  return pages;
}
