import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { isChatMessage, isCount, nameOf, pages, saidAt } from "./message.js";
import { entry, put } from "./numbers.js";
import { MOST_ANSWERED, Requests } from "./requests.js";

/**
 * @typedef {import("../messages.js").ChatSync} ChatSync
 * @typedef {import("../messages.js").ChatHistory} ChatHistory
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./conversation.js").Surroundings} Surroundings
 * @typedef {import("./log.js").Log} Log
 *
 * @typedef {object} HistoryEvents
 * @property {[]} change  there is more to read, or on other words
 * @property {[id: string]} heard  somebody has told what they said themselves
 */

// What was too much is asked for after a while, and so much of it.
const DEFERRED = 10_000;
const MOST_DEFERRED = 20;
const BETWEEN_ANSWERS = 1_000;
// For whom nobody finds a way by then, others are asked what they said; and again as long as it stays so.
const GIVE_UP_AFTER = 10_000;
const ASK_OTHERS_EVERY = 30_000;
// History comes in many frames, and is drawn once.
const BETWEEN_HISTORY = 1_000;
// Nobody's history has more answers than this.
const MOST_ROUNDS = 20;

/** What was said before, or went astray: asked for, of its author before anybody else, and told to whoever asks. @extends {Emitter<HistoryEvents>} */
export class History extends Emitter {
  #log;
  #room;
  #names;
  #send;
  #clock;
  #time;
  #requests;
  /** Up to which number there is more of somebody than could be taken. @type {Map<string, number>} */
  #behind = new Map();
  /** When somebody was last asked because of a gap in what they say. @type {Map<string, number>} */
  #gaps = new Map();
  /** How often somebody was asked on after an answer that had more. @type {Map<string, number>} */
  #rounds = new Map();
  /** When somebody got an answer, and what they have asked since. @type {Map<string, {at: number, asked: ChatSync | null}>} */
  #answers = new Map();
  #lookingAround;
  #remembering;
  #rememberedAt = -Infinity;
  /** Nobody is told anything, nor asked. */
  #isOver = false;

  /**
   * @param {object} options
   * @param {Log} options.log
   * @param {Surroundings} options.room
   * @param {ReadonlyMap<string, string>} options.names  what those are called who have been at the other end
   * @param {(id: string, message: ChatSync | ChatHistory) => void} options.send
   * @param {Clock} options.clock
   * @param {() => number} options.time  Unix milliseconds
   */
  constructor({ log, room, names, send, clock, time }) {
    super();
    this.#log = log;
    this.#room = room;
    this.#names = names;
    this.#send = send;
    this.#clock = clock;
    this.#time = time;
    this.#lookingAround = new Timer(clock);
    this.#remembering = new Timer(clock);
    this.#requests = new Requests(clock, (wish) => this.#ask(wish));
  }

  begin() {
    this.#isOver = false;
  }

  close() {
    this.#isOver = true;
    this.#lookingAround.cancel();
    this.#remembering.cancel();
    this.#requests.stop();
    for (const known of [this.#behind, this.#gaps, this.#rounds, this.#answers]) known.clear();
  }

  /** They can be asked, and told: their own words first, then those of whoever is not here. @param {string} id */
  catchUp(id) {
    this.#rounds.delete(id);
    this.#requests.ask(id, { of: [id] });
    // Between two there is nobody else whose words could be asked for.
    if (this.#room.isPrivate) return;
    this.#requests.ask(id);
    if (!this.#lookingAround.pending) this.#lookingAround.plan(GIVE_UP_AFTER, () => this.#lookAround());
  }

  /** It is not lost: it is asked for once there is room for it. @param {string} mouth @param {string} author @param {number} n */
  defer(mouth, author, n) {
    put(this.#behind, author, Math.max(n, this.#behind.get(author) ?? 0));
    this.#requests.ask(mouth, { of: [author], most: MOST_DEFERRED, after: DEFERRED });
  }

  /** At once, and then no more often than what is over the rate: a gap is no way around it. @param {string} id @param {number} n */
  fillGap(id, n) {
    const since = this.#clock.now() - (this.#gaps.get(id) ?? -Infinity);
    if (since < DEFERRED) return this.defer(id, id, n);
    put(this.#gaps, id, this.#clock.now());
    put(this.#behind, id, Math.max(n, this.#behind.get(id) ?? 0));
    this.#requests.ask(id, { of: [id], most: MOST_DEFERRED });
  }

  /**
   * Only what was asked for: nobody gets round the limit of what they may say.
   *
   * @param {{id: string, name: string}} sender
   * @param {ChatHistory} history
   */
  remember(sender, { messages, left }) {
    const wish = this.#requests.wish(sender.id);
    if (!wish || !Array.isArray(messages)) return;
    const { version } = this.#log;
    const taken = messages.slice(0, this.#requests.expect(sender.id, messages.length)).filter(isChatMessage);
    const news = taken.filter((message) => this.#learn(sender, message));
    if (left === 0) this.#requests.close(sender.id);
    if (left === 0 && taken.length === messages.length) this.#log.settle(sender.id);
    if (news.some(({ author }) => author === sender.id)) this.emit("heard", sender.id);
    if (this.#log.version !== version) this.#drawHistory();
    this.#goOn(sender.id, wish, { hasNews: news.length > 0, hasMore: isCount(left) });
  }

  /** Once a second, since it costs: whoever asks more often is answered later. @param {string} id @param {ChatSync} asked */
  answer(id, asked) {
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

  /** @param {import("./requests.js").Wish} wish */
  #ask({ id, of, most }) {
    const others = of ? [] : this.#room.others().map((one) => one.id);
    const unwanted = others.filter((one) => one !== id);
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

  #drawHistory() {
    const wait = this.#rememberedAt + BETWEEN_HISTORY - this.#clock.now();
    if (this.#remembering.pending) return;
    if (wait > 0) return this.#remembering.plan(wait, () => this.#drawHistory());
    this.#rememberedAt = this.#clock.now();
    this.emit("change");
  }

  /** @param {{id: string, name: string}} sender @param {import("../messages.js").Told} message */
  #learn(sender, message) {
    const { author, name, age, sent_at, hearsay } = message;
    const at = saidAt(age, this.#time(), sent_at);
    if (author === sender.id) return this.#log.hear(message, { name: sender.name, at });
    const known = this.#room.others().find(({ id }) => id === author);
    if (this.#room.isPrivate || known?.isReached) return false;
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
    // With each frame of an answer it is the same wish.
    if (this.#requests.ask(id, { of })) put(this.#rounds, id, rounds + 1);
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
}
