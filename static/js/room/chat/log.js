/** @typedef {import("../state.js").ChatMessage} ChatMessage */

export const LONGEST_BODY = 4_000;
const MOST_MESSAGES = 1_000;
// Nobody counts this far ahead in one step, but somebody who wants to be last for ever would.
const LARGEST_JUMP = 1_000;
const MOST_AT_ONCE = 20;
const AT_ONCE = 10_000;

/** The messages of a call in the order that everybody agrees on: (`lamport`, `author`, `id`). */
export class Log {
  /** @type {ChatMessage[]} */
  #messages = [];
  #ids = new Set();
  #lamport = 0;
  /** The numbers that are here, by author. @type {Map<string, Set<number>>} */
  #numbers = new Map();
  /** When their latest messages came, by author. @type {Map<string, number[]>} */
  #recent = new Map();

  /** A new list whenever something has changed. */
  get messages() {
    return this.#messages;
  }

  /**
   * A message of my own. `n` is at least `after` + 1, for a page that was reloaded and has yet to learn what it
   * said before.
   *
   * @param {{id: string, author: string, name: string, sentAt: number, body: string, after: number}} what
   * @returns {ChatMessage}
   */
  write({ id, author, name, sentAt, body, after }) {
    const n = Math.max(after, ...(this.#numbers.get(author) ?? [])) + 1;
    const message = { id, author, name, n, lamport: this.#lamport + 1, sent_at: sentAt, body };
    this.#insert(message);
    return message;
  }

  /**
   * A message from its author. False when it is not taken: known, malformed, or one too many.
   *
   * @param {unknown} message
   * @param {string} sender  who sits at the other end
   * @param {number} now  milliseconds
   */
  receive(message, sender, now) {
    if (!isChatMessage(message) || message.author !== sender || this.#ids.has(message.id)) return false;
    const recent = (this.#recent.get(sender) ?? []).filter((at) => now - at < AT_ONCE);
    if (recent.length >= MOST_AT_ONCE) return false;
    this.#recent.set(sender, [...recent, now]);
    this.#insert(message);
    return true;
  }

  /**
   * Messages of anybody, from somebody who was there. Gives how many were new.
   *
   * @param {unknown} messages
   */
  remember(messages) {
    if (!Array.isArray(messages)) return 0;
    const fresh = messages.filter((message) => isChatMessage(message) && !this.#ids.has(message.id));
    for (const message of fresh) this.#insert(message);
    return fresh.length;
  }

  /**
   * What need not be told again: for each author the highest number up to which none is missing.
   *
   * @returns {Record<string, number>}
   */
  have() {
    /** @type {Record<string, number>} */
    const have = {};
    for (const [author, numbers] of this.#numbers) {
      let n = 0;
      while (numbers.has(n + 1)) n += 1;
      if (n > 0) have[author] = n;
    }
    return have;
  }

  /** Whether something that this author said earlier has not come. @param {string} author */
  misses(author) {
    const numbers = this.#numbers.get(author);
    return Boolean(numbers) && this.have()[author] !== Math.max(...(numbers ?? []));
  }

  /** @param {ChatMessage} message */
  #insert({ id, author, name, n, lamport, sent_at, body }) {
    const bounded = Math.min(lamport, this.#lamport + LARGEST_JUMP);
    this.#lamport = Math.max(this.#lamport, bounded);
    this.#ids.add(id);
    const numbers = this.#numbers.get(author) ?? new Set();
    this.#numbers.set(author, numbers.add(n));
    const message = { id, author, name, n, lamport, sent_at, body };
    // Nearly always the newest, so the search begins at the end.
    let at = this.#messages.length;
    while (follows(this.#messages[at - 1], message)) at -= 1;
    this.#messages = this.#messages.toSpliced(at, 0, message).slice(-MOST_MESSAGES);
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
 * @param {unknown} value
 * @returns {value is ChatMessage}
 */
export function isChatMessage(value) {
  if (typeof value !== "object" || value === null) return false;
  const { id, author, name, n, lamport, sent_at, body } = /** @type {Record<string, unknown>} */ (value);
  return (
    typeof id === "string" && /^[0-9a-f]{32}$/.test(id) &&
    typeof author === "string" && author.length > 0 && author.length <= 64 &&
    typeof name === "string" && name.length <= 128 &&
    isCount(n) && isCount(lamport) && isCount(sent_at) &&
    typeof body === "string" && body.trim() !== "" && body.length <= LONGEST_BODY
  );
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && /** @type {number} */ (value) > 0;
}

/**
 * What was typed, as it may be sent: trimmed, bounded, without control characters; "" when nothing is left.
 *
 * @param {string} text
 */
export function tidy(text) {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trim().slice(0, LONGEST_BODY);
}
