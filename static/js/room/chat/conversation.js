// Long, since what is said, acknowledged and passed on hang together; what is kept, read, missed and on its way are modules of their own.
import { Emitter } from "../../lib/events.js";
import { Rate, Timer } from "../../lib/timing.js";
import { History } from "./history.js";
import { Lines } from "./lines.js";
import { Log } from "./log.js";
import { isChatMessage, isCount, plain, saidAt } from "./message.js";
import { entry } from "./numbers.js";
import { DELIVERED, Outbox, UNDELIVERED } from "./outbox.js";
import { Unread } from "./unread.js";

/**
 * @typedef {import("../messages.js").Chat} Chat
 * @typedef {import("../messages.js").ChatAck} ChatAck
 * @typedef {import("../messages.js").ChatSync} ChatSync
 * @typedef {import("../messages.js").ChatHistory} ChatHistory
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../state.js").ChatLine} ChatLine
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {Chat | ChatAck | ChatSync | ChatHistory} Frame
 *
 * Somebody in the room as the roster has them; `isReached`: they speak for themselves.
 * @typedef {{id: string, name: string, isReached: boolean}} Someone
 *
 * Who takes part in a conversation.
 * @typedef {object} Surroundings
 * @property {() => {id: string, name: string}} me
 * @property {() => Someone[]} others
 * @property {() => ReadonlyMap<string, string[]>} passers  who passes what I say on to those whom I do not reach, and to whom
 * @property {(id: string) => boolean} [mayWrite]  what they write counts
 * @property {boolean} [isPrivate]  between two: what anybody says of a third is not taken
 *
 * What of mine outlives the page.
 * @typedef {{count: number, delivered: number, messages: ChatMessage[]}} Said  `delivered`: up to which number somebody has it
 */

// docs/signaling.md, "Chat": nobody sends more than 20 in ten seconds, but a line may hold them back and bring them at once.
const TAKEN = { burst: 30, perSecond: 3 };
const ACKNOWLEDGE_WITHIN = 100;
// docs/signaling.md, "Over a third".
const MOST_PASSED_TO = 16;
// To one of them, of all authors together. Whoever listens takes it for mine (LIMITS in channel.js), and many who write, or
// one who comes and goes, are not to have me cut off. What is too much is asked for, as all that is silent is.
const PASSED = { burst: 120, perSecond: 10 };

/**
 * @typedef {object} ConversationEvents
 * @property {[line: ChatLine | null]} change  what there is to read has changed; with what somebody has said just now, or null
 * @property {[]} keep  there is more of mine that should outlive the page
 */

/** What is said between some: mine goes to all of them, and what they say is taken of themselves before anybody else. @extends {Emitter<ConversationEvents>} */
export class Conversation extends Emitter {
  /** "" for that of the room, else the id of the other one. */
  id;
  #log;
  #room;
  #send;
  #clock;
  #time;
  #outbox;
  #history;
  #reading = new Lines();
  #me = "";
  #count = 0;
  #delivered = 0;
  /** Up to which number anybody has what I wrote under ids that I had before. @type {Map<string, number>} */
  #former = new Map();
  /** As they were read last, and by what. @type {{lines: readonly ChatLine[], key: string} | null} */
  #read = null;
  #unread = new Unread();
  /** How much may come, by whose mouth and by whose words. @type {Map<string, Map<string, Rate>>} */
  #rates = new Map();
  /** How much is passed on to each, whoever wrote it. @type {Map<string, Rate>} */
  #passing = new Map();
  /** Whom to tell what I have of theirs. @type {Set<string>} */
  #owed = new Set();
  #acknowledging;

  /**
   * @param {string} id
   * @param {object} options
   * @param {Surroundings} options.room
   * @param {ReadonlyMap<string, string>} options.names  what those are called who have been at the other end
   * @param {(id: string | null, message: Frame) => void} options.send  to one, or (null) to everybody
   * @param {Clock} options.clock
   * @param {() => number} options.time  Unix milliseconds
   * @param {number} [options.most]  of others are kept
   */
  constructor(id, { room, names, send, clock, time, most }) {
    super();
    this.id = id;
    this.#room = room;
    this.#send = send;
    this.#clock = clock;
    this.#time = time;
    this.#log = new Log({ isHere: (one) => this.#find(one) !== null, ...(most && { most }) });
    this.#acknowledging = new Timer(clock);
    this.#history = new History({ log: this.#log, room, names, send, clock, time });
    this.#history.on("change", () => this.#change(null));
    this.#history.on("heard", (one) => this.#owe(one));
    this.#outbox = new Outbox(clock, (message, age) => this.#utter(message, age));
    this.#outbox.on("change", () => this.#change(null));
  }

  /** All there is to read, in its order: the same list as long as it is the same. @returns {readonly ChatLine[]} */
  get lines() {
    const { me, others } = this.#room;
    const key = JSON.stringify([me(), others(), [...this.#room.passers()]]);
    if (this.#read?.key !== key) {
      this.#read = { key, lines: this.#reading.read(this.#log.entries, this.#reader()) };
    }
    return this.#read.lines;
  }

  get unread() {
    return this.#unread.count(this.lines);
  }

  /** The first line that nobody had seen when it was looked at last. */
  get unreadFrom() {
    return this.#unread.first(this.lines);
  }

  /** What of mine should outlive the page. @returns {Said} */
  get said() {
    return { count: this.#count, delivered: this.#delivered, messages: this.#log.by(this.#me) };
  }

  /** One of the lines, and how others name its message. @param {string} id */
  find(id) {
    const found = this.lines && this.#reading.find(id);
    return found && { line: found.line, name: found.entry.mark };
  }

  /** Somebody looks at it, or does so no longer. @param {boolean} isWatched */
  watch(isWatched) {
    if (isWatched === this.#unread.isWatched) return;
    this.#unread.watch(isWatched);
    this.#change(null);
  }

  /**
   * I am inside, under this id, and this is what I wrote under it before the page was loaded.
   *
   * @param {string} me
   * @param {Said} said
   */
  begin(me, { count, delivered, messages }) {
    this.#history.begin();
    this.#log.become(me);
    // The same page, on another socket, knows best.
    if (me !== this.#me) {
      if (this.#me) this.#former.set(this.#me, this.#outbox.heard);
      [this.#count, this.#delivered] = [count, delivered];
      this.#outbox.begin(delivered);
    }
    this.#me = me;
    for (const message of messages) {
      if (!isChatMessage(message) || message.author !== me || !this.#log.restore(message)) continue;
      this.#count = Math.max(this.#count, message.n);
    }
    this.#change(null);
  }

  /** I have left. What was written stays to be read; `begin` goes on. */
  close() {
    this.#acknowledging.cancel();
    this.#history.close();
    this.#outbox.stop();
    for (const known of [this.#rates, this.#passing, this.#owed]) known.clear();
    this.#change(null);
  }

  /**
   * Something of mine, as it will be sent.
   *
   * @param {string} id
   * @param {Pick<ChatMessage, "kind" | "body" | "of" | "reply_to" | "on" | "file">} what
   */
  say(id, what) {
    const { id: author, name } = this.#room.me();
    const message = this.#log.write({ id, author, name, sentAt: this.#time(), after: this.#count, ...what });
    this.#count = message.n;
    this.#outbox.add(message);
    this.#change(null);
    this.emit("keep");
    return message;
  }

  /** They can be asked, and told. @param {string} id */
  catchUp(id) {
    this.#outbox.meet(id);
    this.#history.catchUp(id);
  }

  /**
   * @param {{id: string, name: string}} sender  who sits at the other end, as the roster has them
   * @param {Frame} frame
   */
  receive(sender, frame) {
    if (frame.type === "chat" && frame.passed === true) this.#hearPassed(sender, frame);
    else if (frame.type === "chat") this.#hear(sender, frame);
    else if (frame.type === "chat-history") this.#history.remember(sender, frame);
    else if (frame.type === "chat-sync") this.#answer(sender.id, frame);
    else if (frame.type === "chat-ack") this.#note(sender.id, frame.n);
  }

  /** @returns {import("./lines.js").Reader} */
  #reader() {
    const { id } = this.#room.me();
    const people = this.#recipients();
    return {
      conversation: this.id,
      me: id,
      isMine: (author) => this.#log.isMine(author),
      delivery: (author, n) => {
        if (author === id) return this.#outbox.delivery(n, people);
        return n > (this.#former.get(author) ?? Infinity) ? UNDELIVERED : DELIVERED;
      },
    };
  }

  /** Who should have what I write. @returns {import("./outbox.js").Recipient[]} */
  #recipients() {
    const passers = [...this.#room.passers()];
    return this.#room.others().map(({ id, name }) => ({
      id,
      name,
      by: passers.filter(([, to]) => to.includes(id)).map(([passer]) => passer),
    }));
  }

  /** @param {ChatLine | null} line */
  #change(line) {
    this.#read = null;
    this.emit("change", line);
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

  /** They have all of mine up to this number. @param {string} id @param {unknown} n */
  #note(id, n) {
    if (!isCount(n, this.#count) || n < this.#outbox.had(id)) return;
    this.#outbox.received(id, n);
    if (n <= this.#delivered) return;
    this.#delivered = n;
    this.emit("keep");
  }

  /** Whoever asks says what they have, be it less than before: their page may be a new one. @param {string} id @param {ChatSync} asked */
  #answer(id, asked) {
    const n = /** @type {Record<string, unknown> | null} */ (asked.have)?.[this.#room.me().id];
    if (n === undefined) this.#outbox.received(id, 0);
    else if (isCount(n, this.#outbox.had(id))) this.#outbox.received(id, n);
    else this.#note(id, n);
    this.#history.answer(id, asked);
  }

  /**
   * @param {{id: string, name: string}} sender
   * @param {Chat} message
   */
  #hear(sender, message) {
    const { id, name } = sender;
    if (!isChatMessage(message) || message.author !== id) return;
    if (!this.#rate(id, id).take()) return this.#history.defer(id, id, message.n);
    if (!this.#log.hear(message, { name, at: saidAt(message.age ?? 0, this.#time(), this.#time()) })) return;
    this.#passOn(message);
    this.#owe(id);
    // Something they said before went astray while there was no channel between us.
    if (this.#log.misses(message)) this.#history.fillGap(id, message.n);
    this.#changeBy(message);
  }

  /** Whoever speaks for themselves is not spoken for. @param {{id: string, name: string}} passer @param {Chat} message */
  #hearPassed(passer, message) {
    if (this.#room.isPrivate || !isChatMessage(message) || message.author === passer.id) return;
    const author = this.#find(message.author);
    if (!author || author.isReached) return;
    if (!this.#rate(passer.id, author.id).take()) {
      return this.#history.defer(passer.id, author.id, message.n);
    }
    const at = saidAt(message.age ?? 0, this.#time(), this.#time());
    const { version } = this.#log;
    const isNew = this.#log.tell(plain(message), { ...passer, hearsay: false }, { name: author.name, at });
    if (isNew) this.#changeBy(message);
    else if (this.#log.version !== version) this.#change(null);
  }

  /** Whoever passes for many forgets no rate but their own. @param {string} mouth @param {string} author */
  #rate(mouth, author) {
    const rates = entry(this.#rates, mouth, () => new Map());
    return entry(rates, author, () => new Rate(TAKEN, this.#clock.now));
  }

  /** @param {ChatMessage} message */
  #changeBy(message) {
    this.#read = null;
    const said = this.#log.find(message);
    const line = said && this.lines && this.#reading.line(said);
    if (line) this.#unread.add(line.id, this.lines);
    this.emit("change", line);
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

  /** Somebody else who takes part. @param {string} id */
  #find(id) {
    return this.#room.others().find((one) => one.id === id) ?? null;
  }
}
