import { cleanName } from "../../lib/file-names.js";
import { bare, isEmoji } from "./message.js";

/**
 * @typedef {import("./log.js").Entry} Entry
 * @typedef {import("../state.js").ChatLine} ChatLine
 * @typedef {import("../state.js").Reaction} Reaction
 * @typedef {import("../state.js").Reply} Reply
 * @typedef {import("../state.js").Wording} Wording
 *
 * Who reads, and what only they know.
 * @typedef {object} Reader
 * @property {string} conversation
 * @property {string} me      my id
 * @property {(author: string) => boolean} isMine
 * @property {(author: string, n: number) => ChatLine["delivery"]} delivery  the same object as long as it is the same
 *
 * What a message has become by what changes it.
 * @typedef {{body: string, earlier: Wording[], editedAt: number | null, isDeleted: boolean, n: number}} Present  `n`: the number of
 *     the last of them that stands on the author's own word
 *
 * @typedef {{me: string, tellers: number, changes: readonly Entry[], line: ChatLine}} Made  a line, and of what it was made
 */

const MOST_REACTIONS = 12;
// Of a message as many reactions of others count on one participant's word: there are no more people in a room.
const MOST_TOLD = 25;
const MOST_EARLIER = 20;
const LONGEST_EXCERPT = 120;
/** @type {readonly Entry[]} */
const UNTOUCHED = [];

/**
 * What is read in a conversation, from what has been said in it. Whatever order that came in, the lines are the same. Who asks
 * again gets the same objects for lines in which nothing has changed, soon: most of what is read has been read before.
 */
export class Lines {
  /** @type {Map<Entry, Made>} */
  #made = new Map();
  /** @type {ChatLine[]} */
  #lines = [];

  /** What was made of it, of the last ones that were asked for; null of what is no message. @param {Entry} entry */
  line(entry) {
    return this.#made.get(entry)?.line ?? null;
  }

  /** One of the last ones that were asked for, and what it was made from. @param {string} id */
  find(id) {
    const line = this.#lines.find((one) => one.id === id);
    for (const [entry, made] of this.#made) if (line && made.line === line) return { line, entry };
    return null;
  }

  /**
   * @param {readonly Entry[]} entries  in their order
   * @param {Reader} reader
   * @returns {ChatLine[]}
   */
  read(entries, reader) {
    const said = new Said(entries);
    this.#lines = said.messages.map(({ id, entry }) => {
      const { author, n, reply_to } = entry.message;
      const changes = said.changes.get(entry.mark) ?? UNTOUCHED;
      const delivery = reader.delivery(author, changes === UNTOUCHED ? n : said.present(entry).n);
      const reply = reply_to === undefined ? null : said.answered(reply_to);
      const before = this.#made.get(entry);
      // Whose word something is may have become more people's.
      const tellers = changes.reduce((sum, change) => sum + change.tellers.size, entry.tellers.size);
      if (
        before?.me === reader.me &&
        before.line.id === id &&
        before.line.delivery === delivery &&
        before.tellers === tellers &&
        isSame(before.changes, changes) &&
        isSameReply(before.line.reply, reply)
      ) {
        return before.line;
      }
      const line = { ...asLine(id, entry, changes, said.present(entry), reader), reply, delivery };
      this.#made.set(entry, { me: reader.me, tellers, changes, line });
      return line;
    });
    if (this.#made.size > 2 * this.#lines.length + 100) this.#forget(said.messages);
    return this.#lines;
  }

  /** All but these. @param {readonly {entry: Entry}[]} messages */
  #forget(messages) {
    const here = new Set(messages.map(({ entry }) => entry));
    for (const entry of this.#made.keys()) if (!here.has(entry)) this.#made.delete(entry);
  }
}

/** @param {readonly Entry[]} a @param {readonly Entry[]} b */
function isSame(a, b) {
  return a === b || (a.length === b.length && a.every((one, i) => one === b[i]));
}

/** @param {Reply | null} a @param {Reply | null} b */
function isSameReply(a, b) {
  return a === b || (a?.id === b?.id && a?.name === b?.name && a?.excerpt === b?.excerpt);
}

/** What has been said, by what it is. */
class Said {
  /** With the ids of their lines. @type {{id: string, entry: Entry}[]} */
  messages = [];
  /** What changes them, by whom it is about. @type {Map<string, Entry[]>} */
  changes = new Map();
  /** By how others name them: the author's own word, or else the first. @type {Map<string, {id: string, entry: Entry}> | null} */
  #named = null;
  /** @type {Map<Entry, Present>} */
  #presents = new Map();

  /** @param {readonly Entry[]} entries */
  constructor(entries) {
    /** How often each number has been given, where it is told by others. @type {Map<string, number> | null} */
    const times = entries.some(({ teller }) => teller) ? new Map() : null;
    for (const entry of entries) {
      const { kind = "message", of = "" } = entry.message;
      const others = this.changes.get(of);
      if (kind === "message") this.messages.push({ id: numbered(entry.number, times), entry });
      else if (others) others.push(entry);
      else this.changes.set(of, [entry]);
    }
  }

  /** As it reads now. @param {Entry} entry @returns {Present} */
  present(entry) {
    const known = this.#presents.get(entry) ?? present(entry, this.changes.get(entry.mark) ?? UNTOUCHED);
    this.#presents.set(entry, known);
    return known;
  }

  /** @param {string} name @returns {Reply} */
  answered(name) {
    this.#named ??= new Map(
      // The last one counts.
      [
        ...this.messages.filter(({ entry }) => entry.teller).toReversed(),
        ...this.messages.filter(({ entry }) => !entry.teller),
      ].map((one) => [one.entry.mark, one]),
    );
    const { id, entry } = this.#named.get(name) ?? { id: "", entry: null };
    if (!entry) return { id: "", name: "", excerpt: "" };
    return { id, name: entry.name, excerpt: excerpt(this.present(entry).body) };
  }
}

/**
 * What is told differently by several has several lines; the first keeps its name when the author confirms it.
 *
 * @param {string} number
 * @param {Map<string, number> | null} times
 */
function numbered(number, times) {
  const before = times?.get(number) ?? 0;
  times?.set(number, before + 1);
  return before > 0 ? `${number} ${before}` : number;
}

/**
 * An edit or a deletion counts by its author's word about their own message. What a third tells of them changes what the same
 * one told of the message, and nothing else. Of edits the last counts, and a deletion is final.
 *
 * @param {Entry} entry
 * @param {readonly Entry[]} changes  all that name it, in their order
 * @returns {Present}
 */
function present(entry, changes) {
  const { message, words, at } = entry;
  if (changes.length === 0) {
    return { body: words, earlier: [], editedAt: null, isDeleted: false, n: message.n };
  }
  const counted = changes.filter((change) => counts(change, entry));
  const n = counted.reduce(
    (last, change) => (change.teller ? last : Math.max(last, change.message.n)),
    message.n,
  );
  if (counted.some((change) => change.message.kind === "deletion")) {
    return { body: "", earlier: [], editedAt: null, isDeleted: true, n };
  }
  /** @type {Wording[]} */
  const wordings = [{ body: words, at }];
  for (const change of counted) {
    if (change.words !== wordings.at(-1)?.body) wordings.push({ body: change.words, at: change.at });
  }
  const last = /** @type {Wording} */ (wordings.pop());
  const editedAt = wordings.length > 0 ? last.at : null;
  return { body: last.body, earlier: wordings.slice(-MOST_EARLIER), editedAt, isDeleted: false, n };
}

/** @param {Entry} change @param {Entry} entry */
function counts({ message: { kind, author }, teller, tellers }, entry) {
  if (author !== entry.message.author || (kind !== "edit" && kind !== "deletion")) return false;
  if (!teller) return true;
  // None has told what its author said.
  return [...tellers].some((one) => entry.tellers.has(one));
}

/** @param {string} text */
function excerpt(text) {
  const line = text.slice(0, 4 * LONGEST_EXCERPT).replaceAll(/\s+/g, " ");
  const chars = [...line];
  return chars.length > LONGEST_EXCERPT ? `${chars.slice(0, LONGEST_EXCERPT).join("")}…` : line;
}

/**
 * @param {string} id
 * @param {Entry} entry
 * @param {readonly Entry[]} changes
 * @param {Present} now
 * @param {Reader} reader
 * @returns {Omit<ChatLine, "reply" | "delivery">}
 */
function asLine(id, { message, name, at, teller }, changes, { body, earlier, editedAt, isDeleted }, reader) {
  const { author, file = null } = message;
  const isMine = reader.isMine(author);
  return {
    id,
    conversation: reader.conversation,
    author,
    name,
    body,
    at,
    isMine,
    canChange: author === reader.me && !isDeleted,
    editedAt,
    earlier,
    isDeleted,
    reactions: isDeleted ? [] : reactions(changes, reader),
    // Wherever it is told of: in the line, before the chat is open, by the voice of a reader, in what is saved.
    file: isDeleted || !file ? null : { ...file, name: cleanName(file.name) },
    ...(teller && { told_by: teller.name, hearsay: teller.hearsay }),
  };
}

/** Whether this one may tell of this author too. @param {Map<string, Set<string>>} told @param {string} teller @param {string} author */
function isBelieved(told, teller, author) {
  const authors = told.get(teller) ?? new Set();
  told.set(teller, authors);
  if (authors.size < MOST_TOLD) authors.add(author);
  return authors.has(author);
}

/**
 * Of one author and one emoji the last counts, and their own word before all that others tell of it. Where there are too many
 * different ones, those are shown that most have given.
 *
 * @param {readonly Entry[]} changes
 * @param {Reader} reader
 * @returns {Reaction[]}
 */
function reactions(changes, { me }) {
  /** @type {Map<string, Map<string, Entry>>} */
  const given = new Map();
  /** Whose reactions each has told of. @type {Map<string, Set<string>>} */
  const told = new Map();
  for (const change of changes) {
    const { kind, author, body = "" } = change.message;
    if (kind !== "reaction" || !isEmoji(body)) continue;
    const key = bare(body);
    const authors = given.get(key) ?? new Map();
    if (change.teller && authors.get(author)?.teller === null) continue;
    if (change.teller && !isBelieved(told, change.teller.id, author)) continue;
    given.set(key, authors.set(author, change));
  }
  const all = [...given.values()]
    .map((authors) => [...authors.values()].filter(({ message }) => message.on))
    .filter((people) => people.length > 0);
  const shown = new Set(all.toSorted((a, b) => b.length - a.length).slice(0, MOST_REACTIONS));
  return all
    .filter((people) => shown.has(people))
    .map((people) => ({
      reaction: people[0]?.message.body ?? "",
      count: people.length,
      // What I gave under another id stays, and cannot be taken back.
      isMine: people.some(({ message }) => message.author === me),
      people: people.map(({ name, teller }) => ({ name, ...(teller && { told_by: teller.name }) })),
    }));
}
