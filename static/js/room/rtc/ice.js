import { Timer } from "../../lib/timing.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

// Credentials are renewed while they still last this long (milliseconds).
const MARGIN = 600_000;
// The server answers `ice` at most this often.
const LEAST_PAUSE = 10_000;
const LONGEST_WAIT = 3_000;

/** The ICE servers of the room, renewed before their credentials expire. */
export class IceServers {
  /** @type {RTCIceServer[]} */
  #servers = [];
  #expiresAt = Infinity;
  #askedAt = -Infinity;
  #ask;
  #clock;
  #wallClock;
  #timeout;
  /** @type {(() => void)[]} */
  #waiting = [];

  /**
   * @param {object} options
   * @param {() => void} options.ask  asks the server for fresh ones; the answer comes to `update`
   * @param {Clock} options.clock
   * @param {() => number} [options.wallClock]
   */
  constructor({ ask, clock, wallClock = Date.now }) {
    this.#ask = ask;
    this.#clock = clock;
    this.#wallClock = wallClock;
    this.#timeout = new Timer(clock);
  }

  get hasRelay() {
    return this.#servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
  }

  /**
   * @param {RTCIceServer[]} servers
   * @param {number | null} expiresAt  in Unix seconds
   */
  update(servers, expiresAt) {
    this.#servers = servers;
    this.#expiresAt = expiresAt === null ? Infinity : expiresAt * 1000;
    this.#settle();
  }

  /**
   * @param {{relay?: boolean}} [options]
   * @returns {RTCConfiguration}
   */
  configuration({ relay = false } = {}) {
    return {
      iceServers: this.#servers,
      bundlePolicy: "max-bundle",
      iceTransportPolicy: relay ? "relay" : "all",
    };
  }

  /** Waits, but not for long, until the servers are fresh. @param {{force?: boolean}} [options] */
  async renew({ force = false } = {}) {
    const isStale = this.#expiresAt - this.#wallClock() < MARGIN;
    if (!isStale && !(force && this.#expiresAt < Infinity)) return;
    if (this.#clock.now() - this.#askedAt < LEAST_PAUSE) return;
    this.#askedAt = this.#clock.now();
    /** @type {Promise<void>} */
    const answer = new Promise((resolve) => this.#waiting.push(resolve));
    this.#timeout.plan(LONGEST_WAIT, () => this.#settle());
    this.#ask();
    await answer;
  }

  #settle() {
    this.#timeout.cancel();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
