import { Timer } from "../../lib/timing.js";
import { Search } from "./search.js";

/**
 * What can be done about a pair that does not hear each other.
 * - `resend`: the offer, or the asking for one, may be lost; say it again.
 * - `restart`: find a new path for the same connection. `servers`: with fresh ICE servers; `relay`: through a
 *   relay alone.
 * - `replace`: begin a new connection, of the next generation. `isDead`: the one of now is none any more at this end.
 *
 * @typedef {{type: "resend"} | {type: "restart", servers: boolean, relay: boolean} | {type: "replace", isDead: boolean}} Step
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

// A connection often comes back by itself within two seconds; after that, waiting only costs.
const PATIENCE = 2_500;
// The side that answers waits a little longer, so that both do not act at once.
const COURTESY = 1_000;
const BETWEEN_ATTEMPTS = 5_000;
const LONG_PAUSE = 30_000;
const LEAST_PAUSE = 2_000;
const UNANSWERED = 6_000;
const MOST_RESENDS = 3;
// A browser that has been told of no way to the other one waits for ever, without calling it failed.
const CONNECT_WITHIN = 20_000;
// A device with too much to do makes a connection in many times as long. Whoever begins anew meanwhile throws away what
// both ends have done for it, and has them do it again, so that it takes longer still.
const MOST_GROWTH = 10;
// A device with time to spare makes and takes a description in far less.
const PROMPT = 500;
// For what a browser takes for connected, and is dead.
const DEAF_AGAIN = 10_000;

/**
 * When to restart what, for one pair. It is told what happens and says through `act` what to do; it knows
 * neither connections nor sockets. It never gives up, and never closes a connection for being silent; and it
 * leaves a slow device more time.
 */
export class Recovery {
  #courtesy;
  #now;
  #act;
  #hasRelay;
  #random;
  #answer;
  #next;
  #search;
  #attempts = 0;
  #resends = 0;
  /** How much longer than usual is waited for a connection. */
  #growth = 1;
  #lastActed = -Infinity;
  /** @type {RTCPeerConnectionState} */
  #state = "new";
  #everConnected = false;
  #isGone = false;
  #reachable = true;
  #owing = false;
  #deafTries = 0;

  /**
   * @param {object} options
   * @param {boolean} options.offers  whether this side makes the offers of the pair
   * @param {Clock} options.clock
   * @param {(step: Step) => void} options.act
   * @param {() => boolean} [options.hasRelay]
   * @param {() => number} [options.random]
   */
  constructor({ offers, clock, act, hasRelay = () => false, random = Math.random }) {
    this.#courtesy = offers ? 0 : COURTESY;
    this.#now = clock.now;
    this.#act = act;
    this.#hasRelay = hasRelay;
    this.#random = random;
    this.#answer = new Timer(clock);
    this.#next = new Timer(clock);
    this.#search = new Search(clock, () => this.#do({ type: "restart", servers: false, relay: false }));
  }

  /** @returns {"connecting" | "connected" | "reconnecting" | "failed"} */
  get connection() {
    if (this.#state === "connected") return "connected";
    if (this.#attempts >= 4) return "failed";
    return this.#everConnected ? "reconnecting" : "connecting";
  }

  /** A new connection: its offer went out, or is expected. */
  began() {
    this.#search.stop();
    this.#state = "new";
    this.#isGone = false;
    // What was due was due for the connection before, and on a slow device a new one has its own time.
    if (this.#growth > 1) this.#next.cancel();
    this.offered();
  }

  /** An offer went out, or is expected, and wants its answer. */
  offered() {
    this.#resends = 0;
    this.#expectAnswer();
  }

  answered() {
    this.#answer.cancel();
    this.#search.answered();
    if (this.#state !== "connected" && !this.#next.pending) this.#plan(CONNECT_WITHIN * this.#growth);
  }

  /** How long this device has taken for a step of its own: the others will take as long. @param {number} ms */
  took(ms) {
    const growth = Math.min(MOST_GROWTH, ms / PROMPT);
    if (growth <= this.#growth || this.#state === "connected") return;
    this.#growth = growth;
    if (this.#answer.pending) this.#expectAnswer();
    if (this.#next.pending && this.#attempts === 0 && !this.#isDead) this.#plan(CONNECT_WITHIN * growth);
  }

  /** @param {RTCPeerConnectionState} state */
  changed(state) {
    this.#state = state;
    if (state === "connected") {
      this.#everConnected = true;
      this.#isGone = false;
      this.#owing = false;
      this.#attempts = 0;
      this.#growth = 1;
      this.#answer.cancel();
      this.#next.cancel();
    } else if (state === "disconnected" && !this.#next.pending) {
      this.#plan(PATIENCE);
    } else if (state === "failed") {
      // The browser has looked, and there is no way: that has nothing to do with time.
      this.#plan(Math.max(0, this.#pause - (this.#now() - this.#lastActed)));
    }
  }

  /** The other end has closed the connection: only a new one helps, if they are still there at all. */
  gone() {
    this.#search.stop();
    this.#isGone = true;
    this.#state = "disconnected";
    this.#plan(PATIENCE);
  }

  /**
   * Connected, it is said, but nothing comes that should: half of the path may be dead. First another path is
   * looked for, which costs nothing; a new connection, which does, is tried once.
   *
   * @param {boolean} isDeaf  false as soon as something comes
   */
  listen(isDeaf) {
    if (!isDeaf) {
      this.#deafTries = 0;
    } else if (this.#state === "connected" && this.#now() - this.#lastActed >= DEAF_AGAIN) {
      this.#deafTries += 1;
      this.#do(
        this.#deafTries === 2
          ? { type: "replace", isDead: true }
          : { type: "restart", servers: false, relay: false },
      );
    }
  }

  /**
   * The other side asks for an offer.
   *
   * @param {"ice" | "connection" | "dead"} reason  "dead": for another connection, as this one is none at their end
   */
  asked(reason) {
    if (this.#now() - this.#lastActed < LEAST_PAUSE) return;
    // They have yet to see what I have offered, or I have yet to make it.
    if (reason === "connection" && this.#answer.pending) return this.#do({ type: "resend" });
    this.#do(
      reason === "ice"
        ? { type: "restart", servers: false, relay: false }
        : { type: "replace", isDead: false },
    );
  }

  /** @param {boolean} reachable  whether the signaling is up: without it, nothing can be done */
  reach(reachable) {
    this.#reachable = reachable;
    this.#search.reach(reachable);
    if (reachable) this.nudge();
  }

  /** The network at this end may be another one, whatever the browser still takes for connected. */
  moved() {
    if (this.#state === "connected") this.#search.moved();
    else this.nudge();
  }

  /** Something has changed for the better, such as their coming back: what is due is done now. */
  nudge() {
    if (this.#state === "connected") return;
    if (this.#answer.pending) {
      this.#expectAnswer();
      this.#do({ type: "resend" });
    } else if (this.#owing || this.#attempts > 0 || this.#state === "disconnected") {
      this.#attempt();
    }
  }

  stop() {
    this.#search.stop();
    this.#answer.cancel();
    this.#next.cancel();
  }

  #expectAnswer() {
    this.#answer.plan(UNANSWERED * this.#growth + this.#courtesy, () => {
      this.#resends += 1;
      if (this.#resends > MOST_RESENDS) return this.#do({ type: "replace", isDead: false });
      this.#expectAnswer();
      this.#do({ type: "resend" });
    });
  }

  /** @param {number} ms */
  #plan(ms) {
    this.#next.plan(ms + this.#courtesy, () => this.#attempt());
  }

  #attempt() {
    const early = LEAST_PAUSE - (this.#now() - this.#lastActed);
    this.#owing = !this.#reachable;
    if (this.#owing) return;
    if (early > 0) return this.#next.plan(early, () => this.#attempt());

    this.#attempts += 1;
    this.#next.plan(this.#pause, () => this.#attempt());
    this.#do(this.#step());
  }

  /** There was a way, or the browser has looked for one in vain. */
  get #isDead() {
    return this.#state === "failed" || this.#state === "disconnected";
  }

  /** Until the next attempt. */
  get #pause() {
    if (this.#attempts === 0) return 0;
    if (this.#attempts >= 4) return LONG_PAUSE * (0.75 + this.#random() / 2);
    if (this.#isDead || this.#growth === 1) return BETWEEN_ATTEMPTS;
    return CONNECT_WITHIN * this.#growth;
  }

  /** @returns {Step} */
  #step() {
    const isDead = this.#isGone || this.#state === "failed";
    if (this.#isGone || this.#attempts >= 4 || (this.#attempts === 3 && !this.#hasRelay())) {
      return { type: "replace", isDead };
    }
    return { type: "restart", servers: this.#attempts >= 2, relay: this.#attempts === 3 };
  }

  /** @param {Step} step */
  #do(step) {
    if (!this.#reachable) {
      this.#owing = true;
      return;
    }
    if (step.type !== "resend") this.#lastActed = this.#now();
    this.#act(step);
  }
}
