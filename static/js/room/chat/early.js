import { Emitter } from "../../lib/events.js";

/**
 * @typedef {import("./talk.js").Talk} Talk
 * @typedef {import("./talk.js").Said} Said
 * @typedef {import("./talk.js").Surroundings} Surroundings
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../state.js").ChatState} ChatState
 *
 * What one of the others has done before anybody could take it.
 * @typedef {object} Kept
 * @property {string} name  as the roster has it
 * @property {boolean} isOpen  they can be asked
 * @property {PeerMessage | null} asked  the last `chat-sync`: whoever asks again asks for all of it
 * @property {PeerMessage[]} said
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
  /** Somebody looks. */
  #isWatched = false;
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

  /** As in `Talk`. @param {boolean} isWatched */
  watch(isWatched) {
    this.#isWatched = isWatched;
    this.#talk?.watch(isWatched);
  }

  /** @param {string} id */
  catchUp(id) {
    if (this.#talk) this.#talk.catchUp(id);
    else this.#of(id).isOpen = true;
  }

  /** @param {{id: string, name: string}} sender @param {PeerMessage} message */
  receive(sender, message) {
    if (this.#talk) return this.#talk.receive(sender, message);
    const kept = this.#of(sender.id);
    kept.name = sender.name;
    if (message.type === "chat-sync") kept.asked = message;
    // Nobody has been asked for a history yet.
    else if (message.type !== "chat-history" && kept.said.length < MOST_KEPT) kept.said.push(message);
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
    talk.watch(this.#isWatched);
    const here = new Set(this.#room?.others().map(({ id }) => id));
    for (const [id, { name, isOpen, asked, said }] of this.#kept) {
      if (isOpen && here.has(id)) talk.catchUp(id);
      for (const message of said) talk.receive({ id, name }, message);
      if (asked && here.has(id)) talk.receive({ id, name }, asked);
    }
    this.emit("change", null);
  }

  /** @param {string} id */
  #of(id) {
    const kept = this.#kept.get(id) ?? { name: "", isOpen: false, asked: null, said: [] };
    // Whoever was here last is the last to be forgotten.
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    for (const old of this.#kept.keys()) if (this.#kept.size > MOST_PEOPLE) this.#kept.delete(old);
    return kept;
  }
}
