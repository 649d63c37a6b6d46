import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";

/**
 * What a page shares with the others of this browser: what it remembers, and which of them has the call.
 *
 * @typedef {import("../lib/timing.js").Clock} Clock
 * @typedef {import("../lib/storage.js").Store} Store
 *
 * @typedef {object} Visit  what a page must know to come back to its seat after a reload
 * @property {string} token
 * @property {string} name
 * @property {string} me
 * @property {number} [hand]  when my hand went up, in Unix milliseconds; 0 while it is down
 *
 * @typedef {Record<"microphone" | "camera", {on: boolean, device: string}> & {speaker: string}} Choices
 */

const CHOICES = "roundtable:devices";
// In characters; a tab has room for a few million.
const MOST_SAID = 500_000;
// The page before a reload may still be about to let go of the call.
const LETTING_GO = 500;

/** What outlives the page: the visit for this tab, the choice of devices for this browser. */
export class Memory {
  #key;
  #said;
  #tab;
  #browser;

  /**
   * @param {string} code  of the meeting
   * @param {Store} tab
   * @param {Store} browser
   */
  constructor(code, tab, browser) {
    this.#key = `roundtable:visit:${code}`;
    this.#said = `roundtable:said:${code}`;
    this.#tab = tab;
    this.#browser = browser;
  }

  /** @returns {Visit | null} */
  get visit() {
    const { token, name, me, hand } = this.#tab.object(this.#key) ?? {};
    if (typeof token !== "string" || typeof name !== "string" || typeof me !== "string") return null;
    return { token, name, me, hand: Number.isFinite(hand) ? Number(hand) : 0 };
  }

  /** @param {Visit} visit */
  keepVisit(visit) {
    this.#tab.keep(this.#key, visit);
  }

  forgetVisit() {
    this.#tab.forget(this.#key);
    this.#tab.forget(this.#said);
  }

  /** What I wrote under this id, oldest first. @param {string} me @returns {import("./chat/talk.js").Said} */
  said(me) {
    const { me: mine, ...said } = this.#tab.object(this.#said) ?? {};
    const { count, delivered, messages } = said;
    const isWhole = [count, delivered].every(Number.isSafeInteger) && Array.isArray(messages);
    if (mine !== me || !isWhole) return { count: 0, delivered: 0, messages: [] };
    return /** @type {any} */ (said);
  }

  /** As much of it as a tab has room for. @param {string} me @param {import("./chat/talk.js").Said} said */
  keepSaid(me, { messages, ...rest }) {
    let room = MOST_SAID;
    const newest = messages
      .toReversed()
      .filter((one) => (room -= JSON.stringify(one).length) > 0)
      .toReversed();
    this.#tab.keep(this.#said, { me, ...rest, messages: newest });
  }

  /** Whether a source is on is a matter of this tab; which device it is, of this browser. @returns {Choices} */
  get choices() {
    const devices = this.#browser.object(CHOICES) ?? {};
    const on = this.#tab.object(CHOICES) ?? {};
    /** @param {unknown} value */
    const textOf = (value) => (typeof value === "string" ? value : "");
    return {
      microphone: { on: on["microphone"] !== false, device: textOf(devices["microphone"]) },
      camera: { on: on["camera"] !== false, device: textOf(devices["camera"]) },
      speaker: textOf(devices["speaker"]),
    };
  }

  /** @param {Choices} choices */
  keepChoices({ microphone, camera, speaker }) {
    this.#browser.keep(CHOICES, { microphone: microphone.device, camera: camera.device, speaker });
    this.#tab.keep(CHOICES, { microphone: microphone.on, camera: camera.on });
  }
}

/**
 * @typedef {object} TabsEvents
 * @property {[isThere: boolean]} other
 */

/**
 * Notices when another page of this browser was in the call first: two in one place would echo. The first one holds
 * a lock, which the browser hands on when that page is gone, however it went.
 *
 * @extends {Emitter<TabsEvents>}
 */
export class Tabs extends Emitter {
  #locks;
  #name;
  #patience;
  #leaving = new AbortController();
  #isFirst = false;

  /**
   * @param {Pick<LockManager, "request" | "query"> | undefined} locks  missing on a page that is not secure
   * @param {string} name  of the room
   * @param {Clock} clock
   */
  constructor(locks, name, clock) {
    super();
    this.#locks = locks;
    this.#name = name;
    this.#patience = new Timer(clock);
  }

  async enter() {
    if (!this.#locks) return;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.#isFirst = false;
    this.#patience.plan(LETTING_GO, () => void this.#look(signal));
    try {
      await this.#locks.request(this.#name, { signal }, () => {
        this.#isFirst = true;
        this.#patience.cancel();
        this.emit("other", false);
        return new Promise((resolve) => signal.addEventListener("abort", resolve));
      });
    } catch (error) {
      if (isDenied(error)) this.#patience.cancel();
      else if (!signal.aborted) throw error;
    }
  }

  /** Whether a page of this browser is in the call now. */
  async isTaken() {
    try {
      const { held = [] } = (await this.#locks?.query()) ?? {};
      return held.some(({ name }) => name === this.#name);
    } catch (error) {
      if (!isDenied(error)) throw error;
      return false;
    }
  }

  /** A busy browser gives the lock late as well; it knows whether anybody has it. @param {AbortSignal} signal */
  async #look(signal) {
    const isThere = await this.isTaken();
    if (isThere && !this.#isFirst && !signal.aborted) this.emit("other", true);
  }

  leave() {
    this.#patience.cancel();
    this.#leaving.abort();
  }
}

/** Where cookies are blocked, a browser has no locks either, and a page knows nothing of the others. @param {unknown} error */
function isDenied(error) {
  return error instanceof DOMException && error.name === "SecurityError";
}
