import { Emitter } from "../../lib/events.js";
import { Rate } from "../../lib/timing.js";

/**
 * Messages on a data channel, and how much of them may come. One file, since each that the room needs at once is a request.
 *
 * How large each message on `ctl` may be, how many may come at once, and how many a second for long: some times what a
 * client that keeps to docs/signaling.md ever sends, so that whoever sends more does not mean to talk.
 *
 * @typedef {{bytes: number, burst: number, perSecond: number}} Limit
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 */

/** docs/signaling.md, "Between participants": one frame is at most this many bytes. */
export const LARGEST_FRAME = 16_384;

/** @type {Readonly<Record<PeerMessage["type"], Limit>>} */
export const LIMITS = {
  // Each connection of theirs that connects is news, and so is each word that they say.
  state: { bytes: 4_096, burst: 240, perSecond: 20 },
  // Their own, and what they pass on from those whom I do not reach.
  chat: { bytes: LARGEST_FRAME, burst: 240, perSecond: 24 },
  "chat-ack": { bytes: 128, burst: 120, perSecond: 10 },
  "chat-sync": { bytes: LARGEST_FRAME, burst: 20, perSecond: 2 },
  // What was asked for; a client may put each message into a frame of its own.
  "chat-history": { bytes: LARGEST_FRAME, burst: 2_000, perSecond: 100 },
  // A few for each who is out of their reach.
  forward: { bytes: LARGEST_FRAME, burst: 300, perSecond: 30 },
  // And these from everybody else.
  forwarded: { bytes: LARGEST_FRAME, burst: 600, perSecond: 60 },
  carry: { bytes: 1_024, burst: 40, perSecond: 4 },
  carried: { bytes: 4_096, burst: 120, perSecond: 12 },
  view: { bytes: 512, burst: 240, perSecond: 20 },
  bye: { bytes: 128, burst: 4, perSecond: 0.1 },
};

/** With those of capabilities, as these come. @type {Map<string, Limit>} */
const KNOWN = new Map(Object.entries(LIMITS));
/** A type that this version does not know. @type {Limit} */
const UNKNOWN = { bytes: LARGEST_FRAME, burst: 120, perSecond: 10 };
/** What is no message, or too large for one: an accident, a few times. @type {Limit} */
const BROKEN = { bytes: Infinity, burst: 5, perSecond: 0.1 };
/** History that nobody asked for, or that comes when it is over: an accident, too, and each frame costs. @type {Limit} */
const UNASKED = { bytes: LARGEST_FRAME, burst: 60, perSecond: 1 };
/** An answer's messages (docs/signaling.md, "Asking"), each in a frame, and an empty one at the end. */
const MOST_ANSWERED = 1_000;
/** So many askings may be under way: one who is asked twice answers both. */
const MOST_ASKINGS = 4;
/** Before the click: what somebody says who has just come in, before the news of that has reached me. @type {Limit} */
const EARLY = { bytes: 65_536, burst: 64, perSecond: 0 };

/** From now on messages of this type are known. @param {string} type @param {Limit} limit */
export function allow(type, limit) {
  if (!Object.hasOwn(LIMITS, type)) KNOWN.set(type, limit);
}

/**
 * What comes from one other participant, judged frame by frame.
 *
 * @typedef {"take" | "drop" | "flood"} Verdict  "drop": it is none that can be taken; "flood": more than can be meant
 */
export class Intake {
  #now;
  /** @type {Map<Limit, Rate>} */
  #rates = new Map();
  /** @type {{frames: number, bytes: number} | null} */
  #early = null;
  /** How many frames of history are still to come for each time that I asked, the oldest first. @type {number[]} */
  #awaited = [];

  /** @param {() => number} now  milliseconds */
  constructor(now) {
    this.#now = now;
  }

  /** Nobody has clicked yet. */
  wait() {
    this.#early = { frames: 0, bytes: 0 };
  }

  /** Both are inside. */
  enter() {
    this.#early = null;
  }

  /** I have asked for so many messages of history. @param {unknown} [most]  1 000, if it is none */
  ask(most) {
    const count = typeof most === "number" && most > 0 ? Math.min(most, MOST_ANSWERED) : MOST_ANSWERED;
    this.#awaited = [...this.#awaited, count + 1].slice(-MOST_ASKINGS);
  }

  /** That was all of it. */
  answered() {
    this.#awaited.shift();
  }

  /**
   * @param {string | null} type  null for what is no message
   * @param {number} bytes
   * @returns {Verdict}
   */
  judge(type, bytes) {
    if (this.#early) {
      this.#early.frames += 1;
      this.#early.bytes += bytes;
      if (this.#early.frames > EARLY.burst || this.#early.bytes > EARLY.bytes) return "flood";
    }
    const limit =
      type === "chat-history" && !this.#isAwaited() ? UNASKED : (KNOWN.get(type ?? "") ?? UNKNOWN);
    const isBroken = type === null || bytes > limit.bytes;
    if (!this.#rate(isBroken ? BROKEN : limit).take()) return "flood";
    return isBroken ? "drop" : "take";
  }

  #isAwaited() {
    while (this.#awaited[0] === 0) this.#awaited.shift();
    const [left] = this.#awaited;
    if (left) this.#awaited[0] = left - 1;
    return left !== undefined;
  }

  /** @param {Limit} limit */
  #rate(limit) {
    const rate = this.#rates.get(limit) ?? new Rate(limit, this.#now);
    this.#rates.set(limit, rate);
    return rate;
  }
}

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
   * @param {Intake} intake
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
