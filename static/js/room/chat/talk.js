// Long, since all that can be done in a chat is here by name; each conversation is a module of its own.
import { Emitter } from "../../lib/events.js";
import { allow } from "../rtc/channel.js";
import { Conversation } from "./conversation.js";
import { LIMITS, asPrivate, unwrapped } from "./messages.js";
import { isEmoji, isSameEmoji, tidy } from "./message.js";
import { entry } from "./numbers.js";
import { Typing } from "./typing.js";

/**
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../state.js").ChatLine} ChatLine
 * @typedef {import("../state.js").ChatState} ChatState
 * @typedef {import("../state.js").ChatActions} ChatActions
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./conversation.js").Surroundings} Surroundings
 *
 * What outlives the page: of the room, and of each conversation with one other. Messages in one of those have it as `to`.
 * @typedef {{count: number, delivered: number, name?: string}} Counted
 * @typedef {Counted & {messages: (ChatMessage & {to?: string})[], others?: Record<string, Counted>}} Said
 *
 * @typedef {{talk: Conversation, typing: Typing}} Kept
 */

const ROOM = "";
// Between two, of the other one.
const MOST_OF_TWO = 1_000;
// Of those who have left and whom I have not answered. Whoever comes back under other ids does not fill the page with it.
const MOST_LEFT_BEHIND = 8;
/** @type {Surroundings} */
const NOWHERE = { me: () => ({ id: "", name: "" }), others: () => [], passers: () => new Map() };
/** @type {ReadonlyMap<string, string[]>} */
const NOBODY = new Map();
/** @type {Said} */
const NOTHING = { count: 0, delivered: 0, messages: [] };

for (const [type, limit] of Object.entries(LIMITS)) allow(type, limit);

/**
 * @typedef {object} TalkEvents
 * @property {[line: ChatLine | null]} change  what there is to read has changed; with what somebody has said just now, or null
 * @property {[said: Said]} keep  what of mine should outlive the page
 */

/** The chat of a call: that of the room, and what I write with one other alone. @extends {Emitter<TalkEvents>} @implements {ChatActions} */
export class Talk extends Emitter {
  #send;
  #clock;
  #time;
  #room = NOWHERE;
  /** @type {Map<string, Kept>} */
  #kept = new Map();
  /** Those that are seen, as they began. @type {Set<string>} */
  #listed = new Set([ROOM]);
  #me = "";
  /** What I wrote before the page was loaded. */
  #said = NOTHING;
  /** What those are called who have been at the other end. @type {Map<string, string>} */
  #names = new Map();
  #revision = 0;
  /** What was read last. @type {(readonly ChatLine[])[]} */
  #read = [];
  #shown = ROOM;
  #isWatched = false;
  /** I have left: nobody is told anything, nor asked. */
  #isOver = false;

  /**
   * @param {object} options
   * @param {(id: string | null, message: any) => void} options.send  to one, or (null) to everybody
   * @param {Clock} options.clock
   * @param {() => number} [options.time]  Unix milliseconds
   */
  constructor({ send, clock, time = Date.now }) {
    super();
    this.#send = send;
    this.#clock = clock;
    this.#time = time;
    this.#begin(ROOM);
  }

  /** @param {Surroundings} room */
  settleIn(room) {
    this.#room = room;
  }

  /** @returns {ChatState} */
  get state() {
    for (const [id, { talk }] of this.#kept) if (talk.lines.length > 0) this.#listed.add(id);
    const conversations = [...this.#listed].map((id) => this.#look(id));
    const read = conversations.map(({ lines }) => lines);
    // Who is here has changed, or it has become late.
    if (read.some((lines, i) => lines !== this.#read[i])) this.#revision += 1;
    this.#read = read;
    const unread = conversations.reduce((sum, one) => sum + one.unread, 0);
    return { revision: this.#revision, conversations, shown: this.#shown, unread };
  }

  /** What is to be read in the room. @returns {readonly ChatLine[]} */
  get lines() {
    return this.#of(ROOM).talk.lines;
  }

  /**
   * I am inside, under this id, and this is what I wrote under it before the page was loaded.
   *
   * @param {string} me
   * @param {Said} said
   */
  begin(me, said) {
    this.#isOver = false;
    this.#me = me;
    this.#said = said;
    for (const [id, { name = "" }] of Object.entries(said.others ?? {})) {
      entry(this.#names, id, () => name);
      this.#of(id);
    }
    for (const [id, { talk }] of this.#kept) talk.begin(me, this.#saidIn(id));
  }

  /** I have left. What was written stays to be read; `begin` goes on. */
  close() {
    this.#isOver = true;
    for (const { talk, typing } of this.#kept.values()) {
      typing.close();
      talk.close();
    }
  }

  /** Somebody looks at the chat, or does so no longer. @param {boolean} isWatched */
  watch(isWatched) {
    this.#isWatched = isWatched;
    for (const [id, { talk }] of this.#kept) talk.watch(isWatched && id === this.#shown);
  }

  /** @type {ChatActions["show"]} */
  show(conversation) {
    if (!this.#listed.has(conversation) && !this.#find(conversation)) return false;
    this.#of(conversation);
    this.#listed.add(conversation);
    this.#shown = conversation;
    this.watch(this.#isWatched);
    this.#change(null);
    return true;
  }

  /**
   * @param {string} text
   * @param {Parameters<ChatActions["write"]>[1]} [how]
   */
  write(text, { to = ROOM, replyTo = null, file = null } = {}) {
    const body = tidy(text);
    if (!body && !file) return null;
    const answered = replyTo?.conversation === to && this.#of(to).talk.find(replyTo.id);
    return this.#say(to, {
      ...(body && { body }),
      ...(answered && { reply_to: answered.name }),
      ...(file && { file }),
    });
  }

  /** @type {ChatActions["edit"]} */
  edit({ id, conversation }, text) {
    const body = tidy(text);
    const found = this.#kept.get(conversation)?.talk.find(id);
    if (!body || !found?.line.canChange) return false;
    if (body === found.line.body) return true;
    return this.#say(conversation, { kind: "edit", of: found.name, body }) !== null;
  }

  /** @type {ChatActions["remove"]} */
  remove({ id, conversation }) {
    const found = this.#kept.get(conversation)?.talk.find(id);
    if (!found?.line.canChange) return false;
    return this.#say(conversation, { kind: "deletion", of: found.name }) !== null;
  }

  /** @type {ChatActions["react"]} */
  react({ id, conversation }, reaction, on) {
    const found = this.#kept.get(conversation)?.talk.find(id);
    if (!found || found.line.isDeleted || !isEmoji(reaction)) return false;
    const given = found.line.reactions.find((one) => isSameEmoji(one.reaction, reaction));
    if (on === (given?.isMine ?? false)) return true;
    return this.#say(conversation, { kind: "reaction", of: found.name, body: reaction, on }) !== null;
  }

  /** @type {ChatActions["typing"]} */
  typing(conversation, isTyping) {
    if (this.#canSay(conversation)) this.#of(conversation).typing.type(isTyping);
  }

  /** They can be asked, and told. @param {string} id */
  catchUp(id) {
    if (this.#isOver) return;
    for (const { talk } of [this.#of(ROOM), this.#of(id)]) talk.catchUp(id);
  }

  /**
   * @param {{id: string, name: string}} sender  who sits at the other end, as the roster has them
   * @param {{type: string}} message
   */
  receive(sender, message) {
    if (this.#isOver) return;
    entry(this.#names, sender.id, () => sender.name);
    const { isPrivate, frame } = unwrapped(message);
    const { talk, typing } = this.#of(isPrivate ? sender.id : ROOM);
    if (frame.type === "chat-typing") return typing.hear(sender.id, frame.on === true);
    if (frame.type === "chat" && !frame.passed) typing.hear(sender.id, false);
    talk.receive(sender, frame);
  }

  /** @param {string} id @returns {import("../state.js").Conversation} */
  #look(id) {
    const { talk, typing } = this.#of(id);
    const { lines, unread, unreadFrom } = talk;
    const name = this.#find(id)?.name ?? this.#names.get(id) ?? "";
    const writing = typing.others.map((one) => this.#find(one)?.name).filter((one) => one !== undefined);
    const isHere = id === ROOM || this.#find(id) !== null;
    return { id, name, isHere, lines, unread, unreadFrom, typing: writing };
  }

  /** @param {string} id */
  #of(id) {
    const known = this.#kept.get(id);
    if (known) return known;
    this.#forget();
    return this.#begin(id);
  }

  /** @param {string} id @returns {Kept} */
  #begin(id) {
    const isPrivate = id !== ROOM;
    const room = {
      isPrivate,
      me: () => this.#room.me(),
      others: () => this.#room.others().filter((one) => !isPrivate || one.id === id),
      passers: () => (isPrivate ? NOBODY : this.#room.passers()),
    };
    const talk = new Conversation(id, {
      room,
      names: this.#names,
      send: (to, frame) => (isPrivate ? this.#send(id, asPrivate(frame)) : this.#send(to, frame)),
      clock: this.#clock,
      time: this.#time,
      ...(isPrivate && { most: MOST_OF_TWO }),
    });
    const typing = new Typing(this.#clock, (on) => {
      if (isPrivate) this.#send(id, { type: "private-chat-typing", on });
      else this.#send(null, { type: "chat-typing", on });
    });
    talk.on("change", (line) => this.#change(line));
    talk.on("keep", () => this.emit("keep", this.#keep()));
    typing.on("change", () => this.#change(null));
    if (this.#me) talk.begin(this.#me, this.#saidIn(id));
    const kept = { talk, typing };
    this.#kept.set(id, kept);
    return kept;
  }

  /** Those with whom nothing has been spoken, and of those who have only spoken to me, all but the last. */
  #forget() {
    const left = [...this.#kept].filter(
      ([id, { talk }]) => id !== ROOM && id !== this.#shown && !this.#find(id) && talk.said.count === 0,
    );
    const spoken = left.filter(([, { talk }]) => talk.lines.length > 0).slice(-MOST_LEFT_BEHIND);
    for (const [id, { talk, typing }] of left.filter((one) => !spoken.includes(one))) {
      typing.close();
      talk.close();
      this.#kept.delete(id);
      this.#listed.delete(id);
    }
  }

  /** @param {string} id */
  #saidIn(id) {
    const { count, delivered } = (id === ROOM ? this.#said : this.#said.others?.[id]) ?? NOTHING;
    const messages = this.#said.messages.filter(({ to = ROOM }) => to === id);
    return { count, delivered, messages };
  }

  /** @returns {Said} */
  #keep() {
    const { count, delivered } = this.#of(ROOM).talk.said;
    /** @type {Record<string, Counted>} */
    const others = {};
    const messages = [...this.#kept].flatMap(([id, { talk }]) => {
      const { messages, ...counted } = talk.said;
      if (id === ROOM) return messages;
      if (counted.count > 0) others[id] = { ...counted, name: this.#look(id).name };
      return messages.map((message) => ({ ...message, to: id }));
    });
    return { count, delivered, messages: messages.sort((a, b) => a.sent_at - b.sent_at), others };
  }

  /** @param {string} to */
  #canSay(to) {
    const { id } = this.#room.me();
    const may = id !== "" && (this.#room.mayWrite?.(id) ?? true);
    return !this.#isOver && may && (to === ROOM || this.#find(to) !== null);
  }

  /** @param {string} to @param {Parameters<Conversation["say"]>[1]} what */
  #say(to, what) {
    if (!this.#canSay(to)) return null;
    const { talk, typing } = this.#of(to);
    typing.sent();
    return talk.say(randomId(), what);
  }

  /** @param {ChatLine | null} line */
  #change(line) {
    this.#revision += 1;
    this.emit("change", line);
  }

  /** Somebody else in the room. @param {string} id */
  #find(id) {
    return this.#room.others().find((one) => one.id === id) ?? null;
  }
}

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
