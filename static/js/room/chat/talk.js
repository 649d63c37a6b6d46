import { Timer } from "../../lib/timing.js";
import { Log, pages, plain, tidy } from "./log.js";

/**
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../messages.js").Chat} Chat
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

// Between two askings for history, so that the second asks only for what the first did not bring.
const BETWEEN_SYNCS = 1_000;
// What one asking can bring, in messages.
const MOST_ANSWERED = 1_000;
// docs/signaling.md, "Over a third".
const MOST_PASSED_TO = 16;

/** The chat of a call: what I write goes to everybody, and what I missed is asked for. */
export class Talk {
  /** @type {(message: ChatMessage | null) => void} the new message, or null when it is history */
  onchange = () => {};
  #log = new Log();
  #send;
  #clock;
  #next;
  /** Whom to ask for history. @type {Set<string>} */
  #unasked = new Set();
  /** How much history is still expected, by whom it was asked of. @type {Map<string, number>} */
  #expected = new Map();

  /**
   * @param {object} options
   * @param {(id: string | null, message: PeerMessage) => void} options.send  to one, or (null) to everybody
   * @param {Clock} options.clock
   */
  constructor({ send, clock }) {
    this.#send = send;
    this.#clock = clock;
    this.#next = new Timer(clock);
  }

  get messages() {
    return this.#log.messages;
  }

  /**
   * Gives the message as it was sent, or null when nothing is left of it.
   *
   * @param {string} text
   * @param {{id: string, name: string}} me
   * @param {number} said  how many of mine there are already, as far as this page remembers
   * @param {ReadonlyMap<string, string[]>} [passers]  who passes it on to those whom I do not reach, and to whom
   */
  write(text, me, said, passers = new Map()) {
    const body = tidy(text);
    if (!body) return null;
    const message = this.#log.write({
      id: randomId(), author: me.id, name: me.name, sentAt: Date.now(), body, after: said,
    });
    // Before everybody gets it: of two alike only the first is looked at.
    for (const [id, pass] of passers) this.#send(id, { type: "chat", ...message, pass });
    this.#send(null, { type: "chat", ...message });
    this.onchange(message);
    return message;
  }

  /** Asks for what was said before, now or soon. @param {string} id */
  catchUp(id) {
    this.#unasked.add(id);
    if (!this.#next.pending) this.#ask();
  }

  /**
   * @param {{id: string, name: string}} sender  who sits at the other end, as the roster has them
   * @param {PeerMessage} message
   * @param {{id: string, name: string} | null} [author]  of a `chat`, as the roster has them; null for nobody, and me
   */
  receive(sender, message, author = sender) {
    if (message.type === "chat") this.#hear(sender, message, author);
    if (message.type === "chat-history") this.#remember(sender, message.messages);
    if (message.type !== "chat-sync") return;
    for (const messages of pages(this.#log.messages, message.have)) {
      this.#send(sender.id, { type: "chat-history", messages });
    }
  }

  /**
   * @param {{id: string, name: string}} sender
   * @param {Chat} message
   * @param {{id: string, name: string} | null} author
   */
  #hear(sender, message, author) {
    const passer = message.passed === true ? sender : null;
    if (passer && (!author || author.id === sender.id)) return;
    const before = this.#log.messages;
    if (!this.#log.receive(message, (passer && author) ?? sender, this.#clock.now(), passer)) {
      if (this.#log.messages !== before) this.onchange(null);
      return;
    }
    if (!passer) this.#passOn(message);
    this.onchange(message);
    // Something they said before went astray while there was no channel between us.
    if (this.#log.misses(message)) this.catchUp(sender.id);
  }

  /** One hop, and no further. @param {Chat} message */
  #passOn(message) {
    const { author, pass } = message;
    if (!Array.isArray(pass)) return;
    const to = new Set(pass.slice(0, MOST_PASSED_TO).filter((id) => typeof id === "string" && id !== author));
    for (const id of to) this.#send(id, { type: "chat", ...plain(message), passed: true });
  }

  /**
   * Only what was asked for: nobody gets round the limit of what they may say.
   *
   * @param {{id: string, name: string}} sender
   * @param {unknown} messages
   */
  #remember(sender, messages) {
    const expected = this.#expected.get(sender.id) ?? 0;
    if (!Array.isArray(messages) || messages.length > expected) return;
    this.#expected.set(sender.id, expected - messages.length);
    if (this.#log.remember(messages, sender) > 0) this.onchange(null);
  }

  #ask() {
    const [id] = this.#unasked;
    if (id === undefined) return;
    this.#unasked.delete(id);
    this.#expected.set(id, MOST_ANSWERED);
    this.#send(id, { type: "chat-sync", have: this.#log.have() });
    this.#next.plan(BETWEEN_SYNCS, () => this.#ask());
  }
}

function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
