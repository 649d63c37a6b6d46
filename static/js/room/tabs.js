import { Timer } from "../lib/timing.js";

/** @typedef {import("../lib/timing.js").Clock} Clock */

// The page before a reload may still be about to let go.
const LETTING_GO = 500;

/**
 * Notices when another page of this browser was in the call first: two in one place would echo. The first one holds
 * a lock, which the browser hands on when that page is gone, however it went.
 */
export class Tabs {
  /** @type {(isThere: boolean) => void} */
  onother = () => {};
  #locks;
  #name;
  #patience;
  #leaving = new AbortController();

  /**
   * @param {Pick<LockManager, "request"> | undefined} locks  missing on a page that is not secure
   * @param {string} name  of the room
   * @param {Clock} clock
   */
  constructor(locks, name, clock) {
    this.#locks = locks;
    this.#name = name;
    this.#patience = new Timer(clock);
  }

  async enter() {
    if (!this.#locks) return;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#patience.plan(LETTING_GO, () => this.onother(true));
    try {
      await this.#locks.request(this.#name, { signal }, () => {
        this.#patience.cancel();
        this.onother(false);
        return new Promise((resolve) => signal.addEventListener("abort", resolve));
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  leave() {
    this.#patience.cancel();
    this.#leaving.abort();
  }
}
