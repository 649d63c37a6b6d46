import { Timer } from "../../lib/timing.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

// Credentials are renewed while they still last this long (milliseconds).
const MARGIN = 600_000;
// The server answers `ice` at most this often.
const LEAST_PAUSE = 10_000;
const LONGEST_WAIT = 3_000;
// Without an answer, it is asked again.
const ASK_AGAIN = 30_000;
// A browser takes a longer timer for none at all.
const LONGEST_TIMER = 2 ** 31 - 1;

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
  #renewal;
  /** @type {(() => void)[]} */
  #waiting = [];
  /** @type {RTCCertificate[]} */
  #certificates = [];

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
    this.#renewal = new Timer(clock);
  }

  get hasRelay() {
    return this.#servers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)));
  }

  /**
   * One for all connections of this page, so that the others know a later one to be mine by the earlier.
   *
   * @param {RTCCertificate} certificate
   */
  certify(certificate) {
    this.#certificates = [certificate];
  }

  /**
   * Their lifetime counts from their arrival: this computer's clock may be hours away from the server's.
   *
   * @param {RTCIceServer[]} servers
   * @param {number | null} expiresIn  seconds
   */
  update(servers, expiresIn) {
    this.#servers = servers;
    this.#expiresAt = this.#wallClock() + (expiresIn ?? Infinity) * 1000;
    this.#settle();
    this.#planRenewal();
  }

  /**
   * @param {{relay?: boolean}} [options]
   * @returns {RTCConfiguration}
   */
  configuration({ relay = false } = {}) {
    return {
      iceServers: this.#servers,
      ...(this.#certificates.length > 0 && { certificates: this.#certificates }),
      bundlePolicy: "max-bundle",
      iceTransportPolicy: relay ? "relay" : "all",
    };
  }

  /** Waits, but not for long, until the servers are fresh. @param {{force?: boolean}} [options] */
  async renew({ force = false } = {}) {
    const isStale = this.#expiresAt - this.#wallClock() < MARGIN;
    if (!isStale && !(force && this.#expiresAt < Infinity)) return;
    if (this.#clock.now() - this.#askedAt < LEAST_PAUSE) return;
    /** @type {Promise<void>} */
    const answer = new Promise((resolve) => this.#waiting.push(resolve));
    this.#timeout.plan(LONGEST_WAIT, () => this.#settle());
    this.#request();
    await answer;
  }

  close() {
    this.#renewal.cancel();
    this.#settle();
  }

  /** Also for connections that have yet to begin: these do not wait for fresh ones. */
  #planRenewal() {
    const lifetime = this.#expiresAt - this.#wallClock();
    if (lifetime === Infinity) return this.#renewal.cancel();
    const soon = Math.max(lifetime - MARGIN, lifetime / 2, LEAST_PAUSE);
    this.#renewal.plan(Math.min(soon, LONGEST_TIMER), () => this.#request());
  }

  #request() {
    this.#askedAt = this.#clock.now();
    this.#renewal.plan(ASK_AGAIN, () => this.#request());
    this.#ask();
  }

  #settle() {
    this.#timeout.cancel();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
