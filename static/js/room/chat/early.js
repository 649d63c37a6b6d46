import { Emitter } from "../../lib/events.js";

/**
 * @typedef {import("./talk.js").Talk} Talk
 * @typedef {import("./talk.js").Said} Said
 * @typedef {import("./talk.js").Surroundings} Surroundings
 * @typedef {{type: string, messages?: unknown}} Frame  of the chat
 * @typedef {import("../state.js").ChatState} ChatState
 *
 * What one of the others has done before anybody could take it.
 * @typedef {object} Kept
 * @property {string} name  as the roster has it
 * @property {boolean} isOpen  they can be asked
 * @property {Map<string, Frame>} asked  the last `chat-sync` of each type: whoever asks again asks for all of it
 * @property {Frame[]} said
 */

// Of each of the others, as many as may come at once (TAKEN in talk.js): what is more is asked for.
const MOST_KEPT = 30;
// With those who have left again; each costs half a megabyte at worst.
const MOST_PEOPLE = 60;
/** @type {ChatState} */
const NOTHING = { revision: 0, conversations: [], shown: "", unread: 0 };

/**
 * Stands where the chat will be until its modules have come: keeps what happens, hands it on, and from then on
 * everything at once.
 *
 * @extends {Emitter<import("./talk.js").TalkEvents>}
 */
export class EarlyTalk extends Emitter {
  /** @type {Talk | null} */
  #talk = null;
  /** @type {Surroundings | null} */
  #room = null;
  /** Under which ids I have been inside, and what I had said under each; the latest last. @type {Map<string, Said>} */
  #begun = new Map();
  /** @type {Map<string, Kept>} */
  #kept = new Map();
  /** I have left before it came. */
  #isOver = false;

  /** @returns {ChatState} */
  get state() {
    return this.#talk?.state ?? NOTHING;
  }

  /** @param {Surroundings} room */
  settleIn(room) {
    this.#room = room;
    this.#talk?.settleIn(room);
  }

  /** @param {string} me @param {Said} said */
  begin(me, said) {
    this.#isOver = false;
    if (this.#talk) return this.#talk.begin(me, said);
    this.#begun.delete(me);
    this.#begun.set(me, said);
  }

  /** @param {string} id */
  catchUp(id) {
    if (this.#talk) this.#talk.catchUp(id);
    else this.#of(id).isOpen = true;
  }

  /** @param {{id: string, name: string}} sender @param {Frame} frame */
  receive(sender, frame) {
    const message = this.#counted(sender.id, frame);
    if (!message) return;
    if (this.#talk) return this.#talk.receive(sender, message);
    const kept = this.#of(sender.id);
    kept.name = sender.name;
    if (message.type.endsWith("sync")) kept.asked.set(message.type, message);
    // Nobody has been asked for a history yet, and who is writing now will not be then.
    else if (!/history|typing/.test(message.type) && kept.said.length < MOST_KEPT) kept.said.push(message);
  }

  /** As in `Talk`. */
  close() {
    this.#isOver = true;
    this.#kept.clear();
    this.#talk?.close();
  }

  /** Here it is. @param {Talk} talk */
  arrive(talk) {
    this.#talk = talk;
    talk.on("change", (line) => this.emit("change", line));
    talk.on("keep", (said) => this.emit("keep", said));
    if (this.#room) talk.settleIn(this.#room);
    for (const [me, said] of this.#begun) talk.begin(me, said);
    if (this.#isOver) talk.close();
    const here = new Set(this.#room?.others().map(({ id }) => id));
    for (const [id, { name, isOpen, asked, said }] of this.#kept) {
      if (isOpen && here.has(id)) talk.catchUp(id);
      for (const message of said) talk.receive({ id, name }, message);
      if (here.has(id)) for (const message of asked.values()) talk.receive({ id, name }, message);
    }
    this.emit("change", null);
  }

  /**
   * While only hosts may write, nothing of anybody else is taken, be it new or told as old: it is asked for once they may again. Null
   * for nothing.
   *
   * @param {string} id  whose channel it came by
   * @param {Frame & {author?: unknown}} frame
   * @returns {Frame | null}
   */
  #counted(id, frame) {
    const { mayWrite = () => true } = this.#room ?? {};
    const isOf = (/** @type {unknown} */ author) => (typeof author === "string" && author) || id;
    if (/chat$/.test(frame.type)) return mayWrite(isOf(frame.author)) ? frame : null;
    if (/typing$/.test(frame.type)) return mayWrite(id) ? frame : null;
    if (!/history$/.test(frame.type) || !Array.isArray(frame.messages)) return frame;
    const messages = frame.messages.filter((told) => mayWrite(isOf(told?.author)));
    return messages.length === frame.messages.length ? frame : { ...frame, messages };
  }

  /** @param {string} id */
  #of(id) {
    /** @type {Kept} */
    const kept = this.#kept.get(id) ?? { name: "", isOpen: false, asked: new Map(), said: [] };
    // Whoever was here last is the last to be forgotten.
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    for (const old of this.#kept.keys()) if (this.#kept.size > MOST_PEOPLE) this.#kept.delete(old);
    return kept;
  }
}
