// Long, since what is said, missed, asked for and passed on hang together; what each part keeps stands in modules of its own.
import { Emitter } from "../../lib/events.js";
import { Rate, Timer } from "../../lib/timing.js";
import { Requests, MOST_ANSWERED } from "./requests.js";
import { Log } from "./log.js";
import { isChatMessage, isCount, nameOf, pages, plain, saidAt, tidy } from "./message.js";
import { Outbox } from "./outbox.js";
import { entry, put } from "./numbers.js";

/**
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../messages.js").Chat} Chat
 * @typedef {import("../messages.js").ChatSync} ChatSync
 * @typedef {import("../messages.js").ChatHistory} ChatHistory
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../state.js").ChatLine} ChatLine
 * @typedef {import("../state.js").ChatState} ChatState
 * @typedef {import("../state.js").ChatActions} ChatActions
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * Somebody in the room as the roster has them; `isReached`: they speak for themselves.
 * @typedef {{id: string, name: string, isReached: boolean}} Someone
 *
 * The room that is talked in.
 * @typedef {object} Surroundings
 * @property {() => {id: string, name: string}} me
 * @property {() => Someone[]} others
 * @property {() => ReadonlyMap<string, string[]>} passers  who passes what I say on to those whom I do not reach, and to whom
 *
 * What outlives the page.
 * @typedef {{count: number, delivered: number, messages: ChatMessage[]}} Said  `delivered`: up to which number somebody has it
 */

// docs/signaling.md, "Chat": nobody sends more than 20 in ten seconds, but a line may hold them back and bring them at once.
const TAKEN = { burst: 30, perSecond: 3 };
// What was too much is asked for after a while, and so much of it.
const DEFERRED = 10_000;
const MOST_DEFERRED = 20;
const BETWEEN_ANSWERS = 1_000;
const ACKNOWLEDGE_WITHIN = 100;
// For whom nobody finds a way by then, others are asked what they said; and again as long as it stays so.
const GIVE_UP_AFTER = 10_000;
const ASK_OTHERS_EVERY = 30_000;
// History comes in many frames, and is drawn once.
const BETWEEN_HISTORY = 1_000;
// docs/signaling.md, "Over a third".
const MOST_PASSED_TO = 16;
// To one of them, of all authors together. Whoever listens takes it for mine (LIMITS in channel.js), and many who write, or
// one who comes and goes, are not to have me cut off. What is too much is asked for, as all that is silent is.
const PASSED = { burst: 120, perSecond: 10 };
// Nobody's history has more answers than this.
const MOST_ROUNDS = 20;
/** @type {Surroundings} */
const NOWHERE = { me: () => ({ id: "", name: "" }), others: () => [], passers: () => new Map() };

/**
 * @typedef {object} TalkEvents
 * @property {[line: ChatLine | null]} change  what there is to read has changed; with what somebody has said just now, or null
 * @property {[said: Said]} keep  what of mine should outlive the page
 */

/** The chat of a call: what I write goes to everybody, and what I missed is asked for, of its author before anybody else. @extends {Emitter<TalkEvents>} @implements {ChatActions} */
export class Talk extends Emitter {
  #log = new Log({ isHere: (id) => this.#find(id) !== null });
  #send;
  #clock;
  #time;
  #room = NOWHERE;
  #outbox;
  #requests;
  #me = "";
  #count = 0;
  #delivered = 0;
  /** What nobody is known to have of what I wrote under ids that I had before, as "author n". @type {string[]} */
  #undelivered = [];
  /** @type {ChatLine[] | null} */
  #lines = null;
  #revision = 0;
  /** Somebody looks. */
  #isWatched = false;
  /** What nobody has looked at yet, by the ids of the lines. @type {Set<string>} */
  #unread = new Set();
  #unreadFrom = "";
  /** What those are called who have been at the other end. @type {Map<string, string>} */
  #names = new Map();
  /** How much may come, by whose words by whose mouth they are. @type {Map<string, Rate>} */
  #rates = new Map();
  /** How much is passed on to each, whoever wrote it. @type {Map<string, Rate>} */
  #passing = new Map();
  /** Up to which number there is more of somebody than could be taken. @type {Map<string, number>} */
  #behind = new Map();
  /** When somebody was last asked because of a gap in what they say. @type {Map<string, number>} */
  #gaps = new Map();
  /** How often somebody was asked on after an answer that had more. @type {Map<string, number>} */
  #rounds = new Map();
  /** When somebody got an answer, and what they have asked since. @type {Map<string, {at: number, asked: ChatSync | null}>} */
  #answers = new Map();
  /** Whom to tell what I have of theirs. @type {Set<string>} */
  #owed = new Set();
  #acknowledging;
  #lookingAround;
  #remembering;
  #rememberedAt = -Infinity;
  /** I have left: nobody is told anything, nor asked. */
  #isOver = false;

  /**
   * @param {object} options
   * @param {(id: string | null, message: PeerMessage) => void} options.send  to one, or (null) to everybody
   * @param {Clock} options.clock
   * @param {() => number} [options.time]  Unix milliseconds
   */
  constructor({ send, clock, time = Date.now }) {
    super();
    this.#send = send;
    this.#clock = clock;
    this.#time = time;
    this.#acknowledging = new Timer(clock);
    this.#lookingAround = new Timer(clock);
    this.#remembering = new Timer(clock);
    this.#requests = new Requests(clock, (wish) => this.#ask(wish));
    this.#outbox = new Outbox(clock, (message, age) => this.#utter(message, age));
    this.#outbox.on("change", () => this.#change(null));
  }

  /** @param {Surroundings} room */
  settleIn(room) {
    this.#room = room;
  }

  /** @returns {ChatState} */
  get state() {
    const { lines } = this;
    const room = { id: "", name: "", isHere: true, lines, typing: [] };
    return {
      revision: this.#revision,
      conversations: [{ ...room, unread: this.#unread.size, unreadFrom: this.#unreadFrom }],
      shown: "",
      unread: this.#unread.size,
    };
  }

  /** Somebody looks at the chat, or does so no longer. @param {boolean} isWatched */
  watch(isWatched) {
    if (isWatched === this.#isWatched) return;
    this.#isWatched = isWatched;
    this.#unreadFrom = isWatched ? (this.lines.find(({ id }) => this.#unread.has(id))?.id ?? "") : "";
    this.#unread.clear();
    this.#change(null);
  }

  /** All there is to read, in its order. @returns {readonly ChatLine[]} */
  get lines() {
    this.#lines ??= named(this.#log.entries.map((one) => this.#line(one)));
    return this.#lines;
  }

  /**
   * I am inside, under this id, and this is what I wrote under it before the page was loaded.
   *
   * @param {string} me
   * @param {Said} said
   */
  begin(me, { count, delivered, messages }) {
    this.#isOver = false;
    this.#log.become(me);
    // The same page, on another socket, knows best.
    if (me !== this.#me) {
      [this.#count, this.#delivered] = [count, delivered];
      if (this.#me) this.#undelivered.push(...this.#outbox.undelivered.map((n) => `${this.#me} ${n}`));
      this.#outbox.begin(delivered);
    }
    this.#me = me;
    for (const message of messages) {
      if (!isChatMessage(message) || message.author !== me || !this.#log.restore(message)) continue;
      this.#count = Math.max(this.#count, message.n);
      if (message.n > delivered) this.#outbox.doubt(message.n);
    }
    this.#change(null);
  }

  /** I have left. What was written stays to be read; `begin` goes on. */
  close() {
    this.#isOver = true;
    for (const timer of [this.#acknowledging, this.#lookingAround, this.#remembering]) timer.cancel();
    this.#requests.stop();
    this.#outbox.stop();
    for (const known of [
      this.#rates,
      this.#passing,
      this.#behind,
      this.#gaps,
      this.#rounds,
      this.#answers,
      this.#owed,
    ]) {
      known.clear();
    }
    this.#change(null);
  }

  /**
   * Gives the message as it will be sent, or null when nothing is left of it.
   *
   * @param {string} text
   * @param {Parameters<ChatActions["write"]>[1]} [how]
   */
  write(text, { to = "" } = {}) {
    if (to) return null;
    const { id: author, name } = this.#room.me();
    const body = tidy(text);
    if (!body || !author || this.#isOver) return null;
    const message = this.#log.write({
      id: randomId(),
      author,
      name,
      sentAt: this.#time(),
      body,
      after: this.#count,
    });
    this.#count = message.n;
    this.#outbox.add(message);
    this.#keep();
    return message;
  }

  /** @type {ChatActions["edit"]} */
  edit = () => false;

  /** @type {ChatActions["remove"]} */
  remove = () => false;

  /** @type {ChatActions["react"]} */
  react = () => false;

  /** @type {ChatActions["show"]} */
  show = () => false;

  /** @type {ChatActions["typing"]} */
  typing = () => {};

  /** They can be asked, and told: their own words first, then those of whoever is not here. @param {string} id */
  catchUp(id) {
    if (this.#isOver) return;
    this.#rounds.delete(id);
    this.#requests.ask(id, { of: [id] });
    this.#requests.ask(id);
    if (!this.#lookingAround.pending) this.#lookingAround.plan(GIVE_UP_AFTER, () => this.#lookAround());
  }

  /**
   * @param {{id: string, name: string}} sender  who sits at the other end, as the roster has them
   * @param {PeerMessage} message
   */
  receive(sender, message) {
    if (this.#isOver) return;
    entry(this.#names, sender.id, () => sender.name);
    if (message.type === "chat" && message.passed === true) this.#hearPassed(sender, message);
    else if (message.type === "chat") this.#hear(sender, message);
    else if (message.type === "chat-history") this.#remember(sender, message);
    else if (message.type === "chat-sync") this.#answer(sender.id, message);
    else if (message.type === "chat-ack") this.#note(message.n);
  }

  /** @param {import("./log.js").Entry} entry @returns {ChatLine} */
  #line({ message: { author, n, body }, name, at, teller }) {
    const isMine = this.#log.isMine(author);
    const isHere = author === this.#room.me().id;
    return {
      id: `${author} ${n}`,
      conversation: "",
      author,
      name,
      body: tidy(body ?? ""),
      at,
      isMine,
      editedAt: null,
      earlier: [],
      isDeleted: false,
      reply: null,
      reactions: [],
      mentionsMe: false,
      file: null,
      delivery: {
        state: isHere
          ? this.#outbox.state(n)
          : isMine && this.#undelivered.includes(`${author} ${n}`)
            ? "waiting"
            : "",
        lacking: [],
      },
      ...(teller && { told_by: teller.name, hearsay: teller.hearsay }),
    };
  }

  /** @param {ChatLine | null} line */
  #change(line) {
    this.#lines = null;
    this.#revision += 1;
    this.emit("change", line);
  }

  #keep() {
    this.emit("keep", {
      count: this.#count,
      delivered: this.#delivered,
      messages: this.#log.by(this.#room.me().id),
    });
  }

  /** Gives whether there is anybody to hear it. @param {ChatMessage} message @param {number} age  milliseconds */
  #utter(message, age) {
    /** @type {Chat} */
    const chat = { type: "chat", ...message, age: Math.round(age) };
    // Before everybody gets it: of two alike only the first is looked at.
    for (const [id, pass] of this.#room.passers()) this.#send(id, { ...chat, pass });
    this.#send(null, chat);
    return this.#room.others().some(({ isReached }) => isReached);
  }

  /** Somebody has all of mine up to this number. @param {unknown} n */
  #note(n) {
    if (!isCount(n, this.#count)) return;
    this.#outbox.received(n);
    if (n <= this.#delivered) return;
    this.#delivered = n;
    this.#keep();
  }

  /**
   * @param {{id: string, name: string}} sender
   * @param {Chat} message
   */
  #hear(sender, message) {
    const { id } = sender;
    if (!isChatMessage(message) || message.author !== id) return;
    if (!this.#rate(id).take()) return this.#defer(id, id, message.n);
    const { name } = sender;
    if (!this.#log.hear(message, { name, at: saidAt(message.age ?? 0, this.#time(), this.#time()) })) return;
    this.#passOn(message);
    this.#owe(id);
    // Something they said before went astray while there was no channel between us.
    if (this.#log.misses(message)) this.#fillGap(id, message.n);
    this.#changeBy(message);
  }

  /** Whoever speaks for themselves is not spoken for. @param {{id: string, name: string}} passer @param {Chat} message */
  #hearPassed(passer, message) {
    if (!isChatMessage(message) || message.author === passer.id) return;
    const author = this.#find(message.author);
    if (!author || author.isReached) return;
    if (!this.#rate(`${passer.id} for ${author.id}`).take()) {
      return this.#defer(passer.id, author.id, message.n);
    }
    const at = saidAt(message.age ?? 0, this.#time(), this.#time());
    if (this.#log.tell(plain(message), { ...passer, hearsay: false }, { name: author.name, at })) {
      this.#changeBy(message);
    }
  }

  /** It is not lost: it is asked for once there is room for it. @param {string} mouth @param {string} author @param {number} n */
  #defer(mouth, author, n) {
    put(this.#behind, author, Math.max(n, this.#behind.get(author) ?? 0));
    this.#requests.ask(mouth, { of: [author], most: MOST_DEFERRED, after: DEFERRED });
  }

  /** At once, and then no more often than what is over the rate: a gap is no way around it. @param {string} id @param {number} n */
  #fillGap(id, n) {
    const since = this.#clock.now() - (this.#gaps.get(id) ?? -Infinity);
    if (since < DEFERRED) return this.#defer(id, id, n);
    put(this.#gaps, id, this.#clock.now());
    put(this.#behind, id, Math.max(n, this.#behind.get(id) ?? 0));
    this.#requests.ask(id, { of: [id], most: MOST_DEFERRED });
  }

  /** @param {string} key */
  #rate(key) {
    return entry(this.#rates, key, () => new Rate(TAKEN, this.#clock.now));
  }

  /** @param {ChatMessage} message */
  #changeBy(message) {
    const said = this.#log.find(message);
    const line = said && this.#line(said);
    if (line && !this.#isWatched) this.#unread.add(line.id);
    this.#change(line);
  }

  /** One hop, and no further. @param {Chat} message */
  #passOn(message) {
    const { author, pass, age } = message;
    if (!Array.isArray(pass)) return;
    const to = new Set(pass.slice(0, MOST_PASSED_TO).filter((id) => typeof id === "string" && id !== author));
    for (const id of to) {
      if (this.#find(id) && entry(this.#passing, id, () => new Rate(PASSED, this.#clock.now)).take()) {
        this.#send(id, { type: "chat", ...plain(message), age, passed: true });
      }
    }
  }

  /** @param {string} id */
  #owe(id) {
    this.#owed.add(id);
    if (!this.#acknowledging.pending) this.#acknowledging.plan(ACKNOWLEDGE_WITHIN, () => this.#acknowledge());
  }

  #acknowledge() {
    for (const id of this.#owed) {
      const n = this.#log.last(id);
      if (n > 0) this.#send(id, { type: "chat-ack", n });
    }
    this.#owed.clear();
  }

  /** @param {import("./requests.js").Wish} wish */
  #ask({ id, of, most }) {
    const unwanted = of
      ? []
      : this.#room
          .others()
          .map((one) => one.id)
          .filter((one) => one !== id);
    /** @type {ChatSync} */
    const asked = { type: "chat-sync", have: this.#log.have(id, unwanted) };
    if (of) asked.of = of;
    if (most < MOST_ANSWERED) asked.most = most;
    this.#send(id, asked);
  }

  /** For whoever is here and speaks to me by nobody, the others are asked. */
  #lookAround() {
    const others = this.#room.others();
    const silent = others.filter(({ isReached }) => !isReached).map(({ id }) => id);
    if (silent.length === 0) return;
    for (const { id, isReached } of others) if (isReached) this.#requests.ask(id, { of: silent });
    this.#lookingAround.plan(ASK_OTHERS_EVERY, () => this.#lookAround());
  }

  /**
   * Only what was asked for: nobody gets round the limit of what they may say.
   *
   * @param {{id: string, name: string}} sender
   * @param {ChatHistory} history
   */
  #remember(sender, { messages, left }) {
    const wish = this.#requests.wish(sender.id);
    if (!wish || !Array.isArray(messages)) return;
    const taken = messages.slice(0, this.#requests.expect(sender.id, messages.length)).filter(isChatMessage);
    const news = taken.filter((message) => this.#learn(sender, message));
    if (left === 0) this.#requests.close(sender.id);
    if (left === 0 && taken.length === messages.length) this.#log.settle(sender.id);
    if (news.some(({ author }) => author === sender.id)) this.#owe(sender.id);
    if (news.length > 0) this.#drawHistory();
    this.#goOn(sender.id, wish, { hasNews: news.length > 0, hasMore: isCount(left) });
  }

  #drawHistory() {
    const wait = this.#rememberedAt + BETWEEN_HISTORY - this.#clock.now();
    if (this.#remembering.pending) return;
    if (wait > 0) return this.#remembering.plan(wait, () => this.#drawHistory());
    this.#rememberedAt = this.#clock.now();
    this.#change(null);
  }

  /** @param {{id: string, name: string}} sender @param {import("../messages.js").Told} message */
  #learn(sender, message) {
    const { author, name, age, sent_at, hearsay } = message;
    const at = saidAt(age, this.#time(), sent_at);
    if (author === sender.id) return this.#log.hear(message, { name: sender.name, at });
    const known = this.#find(author);
    if (known?.isReached) return false;
    return this.#log.tell(
      message,
      { ...sender, hearsay: hearsay === true },
      { name: known?.name ?? this.#names.get(author) ?? nameOf(name), at },
    );
  }

  /** @param {string} id @param {import("./requests.js").Wish} wish @param {{hasNews: boolean, hasMore: boolean}} answer */
  #goOn(id, { of, most }, { hasNews, hasMore }) {
    const isDeferred = most < MOST_ANSWERED;
    const [author = ""] = of ?? [];
    if (isDeferred && !(this.#log.last(author) < (this.#behind.get(author) ?? 0) && hasNews)) {
      this.#behind.delete(author);
    }
    if (isDeferred && this.#behind.has(author)) this.#requests.ask(id, { of, most, after: DEFERRED });
    const rounds = this.#rounds.get(id) ?? 0;
    if (isDeferred || !hasMore || !hasNews || rounds >= MOST_ROUNDS) return;
    put(this.#rounds, id, rounds + 1);
    this.#requests.ask(id, { of });
  }

  /** Once a second, since it costs: whoever asks more often is answered later. @param {string} id @param {ChatSync} asked */
  #answer(id, asked) {
    this.#note(/** @type {Record<string, unknown> | null} */ (asked.have)?.[this.#room.me().id]);
    const answer = entry(this.#answers, id, () => ({
      at: -Infinity,
      asked: /** @type {ChatSync | null} */ (null),
    }));
    const wait = answer.at + BETWEEN_ANSWERS - this.#clock.now();
    const isPlanned = answer.asked !== null;
    answer.asked = asked;
    if (wait <= 0) this.#tell(id, answer);
    else if (!isPlanned) this.#clock.after(wait, () => this.#tell(id, answer));
  }

  /** @param {string} id @param {{at: number, asked: ChatSync | null}} answer */
  #tell(id, answer) {
    if (!answer.asked || this.#isOver) return;
    const { have, of, most } = answer.asked;
    answer.asked = null;
    answer.at = this.#clock.now();
    const lacking = this.#log.lacking(id, { have, of }, this.#time());
    const limit = isCount(most, MOST_ANSWERED) ? most : MOST_ANSWERED;
    for (const page of pages(lacking, limit)) this.#send(id, { type: "chat-history", ...page });
  }

  /** Somebody else in the room. @param {string} id */
  #find(id) {
    return this.#room.others().find((one) => one.id === id) ?? null;
  }
}

/**
 * What is told differently by several has several lines; the first keeps its name when the author confirms it.
 *
 * @param {ChatLine[]} lines
 */
function named(lines) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const line of lines) {
    const before = times.get(line.id) ?? 0;
    times.set(line.id, before + 1);
    if (before > 0) line.id += ` ${before}`;
  }
  return lines;
}

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
