import { Emitter } from "../../lib/events.js";
import { LARGEST_FRAME } from "./limits.js";

/** @typedef {import("../messages.js").PeerMessage} PeerMessage */

// The browser keeps what was sent and is not gone yet; beyond this the rest waits here instead.
const MOST_BUFFERED = 1 << 20;
const LOW_WATER = 1 << 18;
const MOST_WAITING = 2_000;

/**
 * @typedef {object} ChannelEvents
 * @property {[]} open
 * @property {[message: PeerMessage]} message
 * @property {[]} close
 * @property {[]} flood  the other end sends more than can be meant
 */

/** JSON messages on a data channel: bounded in size, and sent no faster than the other end takes them. @extends {Emitter<ChannelEvents>} */
export class Channel extends Emitter {
  #channel;
  /** @type {string[]} */
  #waiting = [];
  #intake;

  /**
   * @param {RTCDataChannel} channel
   * @param {AbortSignal} signal  ends the listening
   * @param {import("./limits.js").Intake} intake
   */
  constructor(channel, signal, intake) {
    super();
    this.#channel = channel;
    this.#intake = intake;
    channel.bufferedAmountLowThreshold = LOW_WATER;
    channel.addEventListener("open", () => this.emit("open"), { signal });
    channel.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    channel.addEventListener("bufferedamountlow", () => this.#flush(), { signal });
    channel.addEventListener("close", () => this.emit("close"), { signal });
  }

  get isOpen() {
    return this.#channel.readyState === "open";
  }

  /**
   * Gives false when the message cannot be sent: nobody is there, it is too large, or they take nothing.
   *
   * @param {PeerMessage} message
   */
  send(message) {
    const text = JSON.stringify(message);
    if (!this.isOpen || byteLength(text) > LARGEST_FRAME || this.#waiting.length >= MOST_WAITING) {
      return false;
    }
    if (message.type === "chat-sync") this.#intake.ask(message.most);
    this.#waiting.push(text);
    this.#flush();
    return true;
  }

  close() {
    this.#waiting = [];
    this.#channel.close();
  }

  #flush() {
    while (this.isOpen && this.#waiting.length > 0 && this.#channel.bufferedAmount < MOST_BUFFERED) {
      this.#channel.send(/** @type {string} */ (this.#waiting.shift()));
    }
  }

  /** @param {unknown} data */
  #receive(data) {
    const bytes = typeof data === "string" ? byteLength(data) : 0;
    const message = typeof data === "string" && bytes <= LARGEST_FRAME ? parse(data) : null;
    const verdict = this.#intake.judge(message && message.type, bytes);
    if (message?.type === "chat-history" && message.left === 0) this.#intake.answered();
    if (verdict === "flood") this.emit("flood");
    else if (message && verdict === "take") this.emit("message", message);
  }
}

/**
 * @param {string} text
 * @returns {PeerMessage | null}
 */
function parse(text) {
  try {
    const message = JSON.parse(text);
    return typeof message?.type === "string" ? message : null;
  } catch {
    return null;
  }
}

/** @param {string} text */
export function byteLength(text) {
  return new TextEncoder().encode(text).length;
}
