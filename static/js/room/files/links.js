import { Emitter } from "../../lib/events.js";

/**
 * The channels `bulk`, one for each who gives or takes a file.
 *
 * @typedef {object} LinksEvents
 * @property {[id: string, data: unknown]} frame
 * @property {[id: string]} ready  more can be sent
 * @property {[id: string]} lost   nothing comes any more
 */

/** What is handed to the browser and not gone yet, in bytes: a tenth of a second, within these. */
const MOST_BUFFERED = 1 << 20;
const LEAST_BUFFERED = 1 << 16;
const BUFFERED = 0.1;

/** @extends {Emitter<LinksEvents>} */
export class Links extends Emitter {
  #find;
  /** @type {Map<string, Link>} */
  #links = new Map();

  /** @param {(id: string) => RTCDataChannel | null} find  makes it, if there is a connection to them */
  constructor(find) {
    super();
    this.#find = find;
  }

  /** The channel to them, open or about to be; null where there is none. @param {string} id */
  to(id) {
    const channel = this.#find(id);
    const known = this.#links.get(id);
    if (known && known.channel === channel && known.isAlive) return known;
    if (known) this.#lose(id, known);
    if (!channel || channel.readyState === "closing" || channel.readyState === "closed") return null;
    const link = new Link(channel, {
      frame: (data) => this.emit("frame", id, data),
      ready: () => this.emit("ready", id),
      lost: () => this.#lose(id, link),
    });
    this.#links.set(id, link);
    return link;
  }

  /** Nothing is sent to them or taken from them any more, as long as this connection lasts. @param {string} id */
  shut(id) {
    const link = this.#links.get(id);
    link?.channel.close();
    if (link) this.#lose(id, link);
  }

  /** Looks whether channels are there still: a connection that is closed takes its channel along, without a word. */
  look() {
    for (const id of [...this.#links.keys()]) this.to(id);
  }

  /** @param {string} id @param {Link} link */
  #lose(id, link) {
    link.end();
    if (this.#links.get(id) !== link) return;
    this.#links.delete(id);
    this.emit("lost", id);
  }
}

/** One channel. */
export class Link {
  channel;
  #listening = new AbortController();

  /**
   * @param {RTCDataChannel} channel
   * @param {{frame: (data: unknown) => void, ready: () => void, lost: () => void}} told
   */
  constructor(channel, { frame, ready, lost }) {
    const { signal } = this.#listening;
    this.channel = channel;
    channel.binaryType = "arraybuffer";
    channel.addEventListener("message", ({ data }) => frame(data), { signal });
    channel.addEventListener("open", () => ready(), { signal });
    channel.addEventListener("bufferedamountlow", () => ready(), { signal });
    channel.addEventListener("close", () => lost(), { signal });
  }

  get isAlive() {
    return this.channel.readyState === "connecting" || this.channel.readyState === "open";
  }

  /** Whether something can be sent now; if not, `ready` tells when. @param {number} rate  at which it goes, bytes a second */
  hasRoom(rate) {
    const most = Math.min(MOST_BUFFERED, Math.max(LEAST_BUFFERED, rate * BUFFERED));
    this.channel.bufferedAmountLowThreshold = most / 2;
    return this.channel.readyState === "open" && this.channel.bufferedAmount < most;
  }

  /** Gives false where it cannot be sent. @param {string | Uint8Array<ArrayBuffer>} frame */
  send(frame) {
    try {
      this.channel.send(/** @type {any} */ (frame));
      return true;
    } catch (error) {
      // It has been closed meanwhile, or the browser can keep no more.
      if (!(error instanceof DOMException)) throw error;
      return false;
    }
  }

  end() {
    this.#listening.abort();
  }
}
