// Long, since whose word counts, what is known of each, and how much is kept are decided together for each message that comes.
import { MOST_OF_ONE, isSame, plain, tidy } from "./message.js";
import { MOST_AUTHORS, Numbers, entry } from "./numbers.js";
import { Order, drop, mark, put } from "./order.js";
import { mouth, surplus } from "./shares.js";

/**
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../messages.js").Told} Told
 *
 * A message as this page keeps it.
 * @typedef {object} Entry
 * @property {ChatMessage} message  as its author made it
 * @property {string} number  "author n"
 * @property {string} mark    "author id", as others name it
 * @property {string} words  its body as it may be shown
 * @property {string} name  what the author is called here
 * @property {number} at  when it was said, by the clock of this page, in Unix milliseconds
 * @property {Teller | null} teller  on whose word it stands; null when its author said it to me, or I wrote it
 * @property {Set<string>} tellers  the ids of all who have told the same
 *
 * @typedef {{id: string, name: string, hearsay: boolean}} Teller  `hearsay`: nor did the author say it to them
 */

// Of the others together; mine stay. What one call may say in hours, and at the longest, by liars alone, some 20 MB.
const MOST_KEPT = 5_000;
// Of each whose word is the same.
const MOST_TELLERS = 32;
// Of one message by one who tells it. Whoever does not lie has one.
const MOST_VERSIONS = 4;
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
  /** All that is kept. @type {Order<Entry>} */
  #order = new Order();
  /** The same by their numbers, as "author n". @type {Map<string, Set<Entry>>} */
  #numbered = new Map();
  /** Those of others, by who has to answer for them. @type {Map<string, Set<Entry>>} */
  #rooms = new Map();
  #ofOthers = 0;
  /** Who has to answer for what is kept, as they came. @type {Set<string>} */
  #came = new Set();
  /** Rises with all that may be seen, also where nothing is new but whose word it is. */
  version = 0;
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
    return this.#order.list;
  }

  /** What is kept of this message, by its author's word or by that of others. @param {ChatMessage} message */
  find({ author, n, id }) {
    const alike = [...this.#alike(author, n)].filter(({ message }) => message.id === id);
    return alike.find(({ teller }) => !teller) ?? alike.at(-1) ?? null;
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
   * @param {Pick<ChatMessage, "id" | "author" | "name" | "kind" | "body" | "of" | "reply_to" | "on" | "file"> & {sentAt: number,
   *     after: number}} what
   * @returns {ChatMessage}
   */
  write({ sentAt, after, ...said }) {
    const lamport = Math.max(this.#rumoured, ...this.#reached.values(), 0) + 1;
    const last = this.entries.at(-1)?.message;
    const message = plain({
      ...said,
      n: after + 1,
      lamport,
      sent_at: sentAt,
      ...(last && { after: mark(last) }),
    });
    this.restore(message);
    return message;
  }

  /** What I wrote before this page was loaded again. False when it is here. @param {ChatMessage} message */
  restore(message) {
    const { author, n, name, sent_at } = message;
    this.#mine.add(author);
    if (this.#isOwn(author, n)) return false;
    return this.#settle(message, { name, at: sent_at });
  }

  /**
   * A message from its author. False when it has been here, or there is no room for it.
   *
   * @param {ChatMessage} message
   * @param {{name: string, at: number}} how  they go by this name, whatever they say
   */
  hear(message, how) {
    const { id, author, n } = message;
    if (this.#mine.has(author) || this.#numbersOf(author).has(n)) return false;
    // Where many have come and gone, the numbers of whoever came first are forgotten; what is here is not taken again.
    if (this.#isOwn(author, n)) return false;
    const named = [...this.#order.named(mark({ author, id }))];
    // Whoever gives several messages one name lies: everybody has the one with the lowest number, and asks for no other.
    const copy = named.find(({ teller }) => !teller);
    if (copy) this.#numbersOf(author).add(n);
    if (copy && copy.message.n < n) return false;
    if (copy) this.#remove(copy);
    // Whatever was told under this number was only somebody's word.
    const alike = new Set([...this.#alike(author, n), ...named]);
    for (const one of alike) if (one.teller) this.#remove(one);
    return this.#settle(message, how);
  }

  /**
   * A message that somebody else tells of. False when it changes nothing.
   *
   * @param {ChatMessage} message
   * @param {Teller} teller
   * @param {{name: string, at: number}} how
   */
  tell(message, teller, { name, at }) {
    const { author, n, id, lamport } = message;
    if (this.#mine.has(author) || author === teller.id) return false;
    const others = [...this.#order.named(mark({ author, id }))].filter((one) => one.message.n !== n);
    const isCopy = others.some((one) => !one.teller || one.tellers.has(teller.id));
    if (isCopy || this.#said.get(author)?.has(n)) {
      this.#toldBy(teller.id, author).add(n);
      return false;
    }
    const told = [...this.#alike(author, n)].filter((one) => one.teller);
    const known = told.find((one) => isSame(one.message, message));
    // Of thousands alike each would be compared with all the others.
    const versions = known ? 0 : told.filter(({ tellers }) => tellers.has(teller.id)).length;
    if (versions >= MOST_VERSIONS) return false;
    if (known) this.#confirm(known, teller.id);
    if (known && (!known.teller?.hearsay || teller.hearsay)) return false;
    if (known) this.#remove(known);
    this.#rumoured = Math.max(
      this.#rumoured,
      Math.min(lamport, Math.max(0, ...this.#reached.values()) + LARGEST_STEP),
    );
    const tellers = known?.tellers ?? new Set([teller.id]);
    const isKept = this.#insert(message, { name, at: known?.at ?? at }, teller, tellers);
    if (isKept) this.#toldBy(teller.id, author).add(n);
    return isKept;
  }

  /** Somebody else says the same. @param {Entry} known @param {string} teller */
  #confirm({ message: { author, n }, tellers }, teller) {
    this.#toldBy(teller, author).add(n);
    if (tellers.has(teller) || tellers.size >= MOST_TELLERS) return;
    tellers.add(teller);
    this.version += 1;
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
    /** @type {Map<string, number>} */
    const have = new Map();
    for (const [author, { last }] of this.#told.get(teller) ?? []) have.set(author, last);
    for (const [author, { last }] of this.#said) have.set(author, Math.max(last, have.get(author) ?? 0));
    for (const author of [...unwanted, ...this.#mine]) have.set(author, MOST_OF_ONE);
    return Object.fromEntries([...have].filter(([, last]) => last > 0).slice(-MOST_AUTHORS));
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
    // From outside: whatever is no number is none.
    const last = (/** @type {string} */ author) => {
      const upTo = known.get(author);
      return typeof upTo === "number" && upTo > 0 ? upTo : 0;
    };
    const wanted = Array.isArray(of) ? new Set(of) : null;
    return this.entries
      .filter(
        ({ message: { author, n } }) => author !== asker && (wanted?.has(author) ?? true) && n > last(author),
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

  /**
   * The author's own word. What there is no room for counts as not said: nobody is told that it is here.
   *
   * @param {ChatMessage} message
   * @param {{name: string, at: number}} how
   */
  #settle(message, how) {
    const { author, n, lamport } = message;
    if (!this.#insert(message, how, null, new Set())) return false;
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
    return true;
  }

  /**
   * Gives whether there was room for it.
   *
   * @param {ChatMessage} message
   * @param {{name: string, at: number}} how
   * @param {Teller | null} teller
   * @param {Set<string>} tellers
   */
  #insert(message, { name, at }, teller, tellers) {
    const one = {
      message: plain(message),
      number: numberOf(message),
      mark: mark(message),
      words: tidy(message.body ?? ""),
      name,
      at,
      teller,
      tellers,
    };
    this.#order.add(one);
    put(this.#numbered, one.number, one);
    this.version += 1;
    if (this.#mine.has(one.message.author)) return true;
    put(this.#rooms, mouth(one), one);
    this.#came.add(mouth(one));
    this.#ofOthers += 1;
    if (this.#came.size > this.#most) {
      for (const id of this.#came) if (!this.#rooms.has(id)) this.#came.delete(id);
    }
    if (this.#ofOthers <= this.#most) return true;
    const out = surplus(this.#rooms, { came: this.#came, isHere: this.#isHere });
    this.#remove(out);
    return out !== one;
  }

  /** @param {Entry} one */
  #remove(one) {
    this.#order.delete(one);
    drop(this.#numbered, one.number, one);
    this.version += 1;
    if (!this.#rooms.get(mouth(one))?.has(one)) return;
    drop(this.#rooms, mouth(one), one);
    this.#ofOthers -= 1;
  }

  /** Those with this number, on whosever word. @param {string} author @param {number} n @returns {ReadonlySet<Entry>} */
  #alike(author, n) {
    return this.#numbered.get(`${author} ${n}`) ?? NONE;
  }

  /** Whether this number is here by its author's word. @param {string} author @param {number} n */
  #isOwn(author, n) {
    return [...this.#alike(author, n)].some(({ teller }) => !teller);
  }
}

/** @type {ReadonlySet<never>} */
const NONE = new Set();

/** @param {ChatMessage} message */
function numberOf({ author, n }) {
  return `${author} ${n}`;
}
