import { MOST_OF_ONE, isSame, plain } from "./message.js";
import { MOST_AUTHORS, Numbers, entry } from "./numbers.js";
import { inOrder, mark } from "./order.js";
import { mouth, surplus } from "./shares.js";

/**
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../messages.js").Told} Told
 *
 * A message as this page keeps it.
 * @typedef {object} Entry
 * @property {ChatMessage} message  as its author made it
 * @property {string} name  what the author is called here
 * @property {number} at  when it was said, by the clock of this page, in Unix milliseconds
 * @property {Teller | null} teller  on whose word it stands; null when its author said it to me, or I wrote it
 *
 * @typedef {{id: string, name: string, hearsay: boolean}} Teller  `hearsay`: nor did the author say it to them
 */

// Of the others together; mine stay.
const MOST_KEPT = 1_000;
// More messages than there are in a call: so far ahead of everybody else somebody may be who knows more than I do. I count
// on no further from there, however much they write, since the highest number is soon reached.
const LARGEST_STEP = 10_000;

/**
 * The messages of a call in the order that everybody agrees on (order.js). What an author says at the other end of a
 * channel is theirs. What somebody else tells of it is kept apart, as that one's word, until the author's own end says it;
 * and of mine nobody tells me anything. Of others so many are kept as fit, shared out as shares.js says.
 */
export class Log {
  #most;
  #isHere;
  /** @type {Set<Entry>} */
  #kept = new Set();
  /** What authors have said themselves and is kept, as "author n". @type {Map<string, Entry>} */
  #own = new Map();
  /** Who has to answer for what is kept, as they came. @type {Set<string>} */
  #came = new Set();
  /** Those kept, in order; null when they are to be put in order anew. @type {readonly Entry[] | null} */
  #entries = [];
  /** Who I am and have been here. @type {Set<string>} */
  #mine = new Set();
  /** What authors have said themselves. @type {Map<string, Numbers>} */
  #said = new Map();
  /** How far each of them has come. @type {Map<string, number>} */
  #reached = new Map();
  /** By who told it, and of whom. @type {Map<string, Map<string, Numbers>>} */
  #told = new Map();
  /** As far as the words of others go. @type {number} */
  #rumoured = 0;

  /** @param {{isHere?: (id: string) => boolean, most?: number}} [options]  who is in the room; how many of others are kept */
  constructor({ isHere = () => true, most = MOST_KEPT } = {}) {
    this.#isHere = isHere;
    this.#most = most;
  }

  /** In order; a new list whenever something has changed. */
  get entries() {
    this.#entries ??= inOrder(this.#kept);
    return this.#entries;
  }

  /** What is kept of this message, by its author's word or by that of others. @param {ChatMessage} message */
  find({ author, n, id }) {
    const own = this.#own.get(`${author} ${n}`);
    if (own?.message.id === id) return own;
    return (
      [...this.#kept].findLast(
        ({ message }) => message.author === author && message.n === n && message.id === id,
      ) ?? null
    );
  }

  /** Who I am from now on. @param {string} me */
  become(me) {
    this.#mine.add(me);
  }

  /** @param {string} author */
  isMine(author) {
    return this.#mine.has(author);
  }

  /** Mine, in their order. @param {string} me */
  by(me) {
    return this.entries.map(({ message }) => message).filter(({ author }) => author === me);
  }

  /**
   * A message of my own. How many there were is for me to know (`after`), whatever others say that I wrote.
   *
   * @param {{id: string, author: string, name: string, sentAt: number, body: string, after: number}} what
   * @returns {ChatMessage}
   */
  write({ id, author, name, sentAt, body, after }) {
    const lamport = Math.max(this.#rumoured, ...this.#reached.values(), 0) + 1;
    const last = this.entries.at(-1)?.message;
    const message = {
      id,
      author,
      name,
      n: after + 1,
      lamport,
      sent_at: sentAt,
      body,
      ...(last && { after: mark(last) }),
    };
    this.restore(message);
    return message;
  }

  /** What I wrote before this page was loaded again. False when it is here. @param {ChatMessage} message */
  restore(message) {
    const { author, n, name, sent_at } = message;
    this.#mine.add(author);
    if (this.#own.has(`${author} ${n}`)) return false;
    this.#settle(message, { name, at: sent_at });
    return true;
  }

  /**
   * A message from its author. False when it has been here.
   *
   * @param {ChatMessage} message
   * @param {{name: string, at: number}} how  they go by this name, whatever they say
   */
  hear(message, how) {
    const { id, author, n } = message;
    if (this.#mine.has(author) || this.#numbersOf(author).has(n)) return false;
    // Where many have come and gone, the numbers of whoever came first are forgotten; what is here is not taken again.
    if (this.#own.has(`${author} ${n}`)) return false;
    // Whatever was told under this number was only somebody's word.
    this.#drop(
      (one) =>
        one.teller !== null &&
        one.message.author === author &&
        (one.message.n === n || one.message.id === id),
    );
    this.#settle(message, how);
    return true;
  }

  /**
   * A message that somebody else tells of. False when it changes nothing.
   *
   * @param {ChatMessage} message
   * @param {Teller} teller
   * @param {{name: string, at: number}} how
   */
  tell(message, teller, { name, at }) {
    const { author, n, lamport } = message;
    if (this.#mine.has(author) || author === teller.id) return false;
    this.#toldBy(teller.id, author).add(n);
    if (this.#said.get(author)?.has(n)) return false;
    const known = [...this.#kept].find((one) => one.teller && isSame(one.message, message));
    if (known && (!known.teller?.hearsay || teller.hearsay)) return false;
    if (known) this.#remove(known);
    this.#rumoured = Math.max(
      this.#rumoured,
      Math.min(lamport, Math.max(0, ...this.#reached.values()) + LARGEST_STEP),
    );
    return this.#insert({ message: plain(message), name, at: known?.at ?? at, teller });
  }

  /** They have told all they have, of their own and of others: what is missing will not come. @param {string} teller */
  settle(teller) {
    this.#said.get(teller)?.settle();
    for (const numbers of this.#told.get(teller)?.values() ?? []) numbers.settle();
  }

  /** Up to where I have all that this author wrote, from the author. @param {string} author */
  last(author) {
    return this.#said.get(author)?.last ?? 0;
  }

  /** Whether what this author said just before has not come. @param {{author: string, n: number}} message */
  misses({ author, n }) {
    return n > 1 && !this.#said.get(author)?.has(n - 1);
  }

  /**
   * What this one need not tell me: for each author the highest number up to which none is missing. What others have told
   * does not count, since they may have told anything.
   *
   * @param {string} teller
   * @param {Iterable<string>} [unwanted]  authors whom I ask themselves
   * @returns {Record<string, number>}
   */
  have(teller, unwanted = []) {
    /** @type {Record<string, number>} */
    const have = {};
    for (const [author, { last }] of this.#told.get(teller) ?? []) have[author] = last;
    for (const [author, { last }] of this.#said) have[author] = Math.max(last, have[author] ?? 0);
    for (const author of [...unwanted, ...this.#mine]) have[author] = MOST_OF_ONE;
    return Object.fromEntries(
      Object.entries(have)
        .filter(([, last]) => last > 0)
        .slice(-MOST_AUTHORS),
    );
  }

  /**
   * What somebody lacks, in order.
   *
   * @param {string} asker
   * @param {{have: unknown, of: unknown}} asked  `have`: each author's messages up to which number they know; `of`: of
   *     whom they want to hear, or else of everybody
   * @param {number} now  Unix milliseconds
   * @returns {Told[]}
   */
  lacking(asker, { have, of }, now) {
    const known = new Map(Object.entries(typeof have === "object" && have !== null ? have : {}));
    const wanted = Array.isArray(of) ? new Set(of) : null;
    return this.entries
      .filter(
        ({ message: { author, n } }) =>
          author !== asker && (wanted?.has(author) ?? true) && n > Number(known.get(author) ?? 0),
      )
      .map(({ message, at, teller }) => ({
        ...message,
        age: Math.max(0, now - at),
        ...(teller && { hearsay: true }),
      }));
  }

  /** @param {string} author */
  #numbersOf(author) {
    return entry(this.#said, author, () => new Numbers());
  }

  /** @param {string} teller @param {string} author */
  #toldBy(teller, author) {
    const authors = entry(this.#told, teller, () => new Map());
    return entry(authors, author, () => new Numbers());
  }

  /** The author's own word. @param {ChatMessage} message @param {{name: string, at: number}} how */
  #settle(message, { name, at }) {
    const { author, n, lamport } = message;
    this.#numbersOf(author).add(n);
    const others = [...this.#reached].filter(([one]) => one !== author).map(([, reached]) => reached);
    const reached = this.#mine.has(author)
      ? lamport
      : Math.min(lamport, Math.max(0, ...others) + LARGEST_STEP);
    this.#reached.set(
      author,
      Math.max(
        entry(this.#reached, author, () => 0),
        reached,
      ),
    );
    this.#insert({ message: plain(message), name, at, teller: null });
  }

  /** Gives whether there was room for it. @param {Entry} one */
  #insert(one) {
    this.#kept.add(one);
    this.#came.add(mouth(one));
    if (!one.teller) this.#own.set(numberOf(one), one);
    this.#entries = null;
    if (this.#kept.size > this.#most || this.#came.size > this.#most) this.#forget();
    return this.#kept.has(one);
  }

  #forget() {
    const ofOthers = [...this.#kept].filter(({ message }) => !this.#mine.has(message.author));
    if (ofOthers.length > this.#most) {
      this.#remove(surplus(ofOthers, { came: this.#came, isHere: this.#isHere }));
    }
    const mouths = new Set([...this.#kept].map(mouth));
    for (const id of this.#came) if (!mouths.has(id)) this.#came.delete(id);
  }

  /** @param {(one: Entry) => boolean | undefined} isOut */
  #drop(isOut) {
    for (const one of this.#kept) if (isOut(one)) this.#remove(one);
  }

  /** @param {Entry} one */
  #remove(one) {
    this.#kept.delete(one);
    if (!one.teller) this.#own.delete(numberOf(one));
    this.#entries = null;
  }
}

/** @param {Entry} one */
function numberOf({ message: { author, n } }) {
  return `${author} ${n}`;
}
