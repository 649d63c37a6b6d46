import { Timer } from "../lib/timing.js";

/**
 * What a page shares with the others of this browser: what it remembers, and which of them has the call.
 *
 * @typedef {import("../lib/timing.js").Clock} Clock
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
   * @param {Storage} tab  sessionStorage
   * @param {Storage} browser  localStorage
   */
  constructor(code, tab, browser) {
    this.#key = `roundtable:visit:${code}`;
    this.#said = `roundtable:said:${code}`;
    this.#tab = tab;
    this.#browser = browser;
  }

  /** @returns {Visit | null} */
  get visit() {
    return JSON.parse(this.#tab.getItem(this.#key) ?? "null");
  }

  /** @param {Visit} visit */
  keepVisit(visit) {
    this.#tab.setItem(this.#key, JSON.stringify(visit));
  }

  forgetVisit() {
    this.#tab.removeItem(this.#key);
    this.#tab.removeItem(this.#said);
  }

  /** What I wrote under this id, oldest first. @param {string} me @returns {import("./chat/talk.js").Said} */
  said(me) {
    const said = JSON.parse(this.#tab.getItem(this.#said) ?? "null");
    if (said?.me !== me) return { count: 0, delivered: 0, messages: [] };
    return said;
  }

  /** As much of it as a tab has room for. @param {string} me @param {import("./chat/talk.js").Said} said */
  keepSaid(me, { messages, ...rest }) {
    let room = MOST_SAID;
    const newest = messages.toReversed().filter(({ body }) => (room -= body.length + 256) > 0).toReversed();
    this.#tab.setItem(this.#said, JSON.stringify({ me, ...rest, messages: newest }));
  }

  /** Whether a source is on is a matter of this tab; which device it is, of this browser. @returns {Choices} */
  get choices() {
    const devices = JSON.parse(this.#browser.getItem(CHOICES) ?? "{}");
    const on = JSON.parse(this.#tab.getItem(CHOICES) ?? "{}");
    return {
      microphone: { on: on.microphone ?? true, device: devices.microphone ?? "" },
      camera: { on: on.camera ?? true, device: devices.camera ?? "" },
      speaker: devices.speaker ?? "",
    };
  }

  /** @param {Choices} choices */
  keepChoices({ microphone, camera, speaker }) {
    this.#browser.setItem(
      CHOICES,
      JSON.stringify({ microphone: microphone.device, camera: camera.device, speaker }),
    );
    this.#tab.setItem(CHOICES, JSON.stringify({ microphone: microphone.on, camera: camera.on }));
  }
}

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
  #isFirst = false;

  /**
   * @param {Pick<LockManager, "request" | "query"> | undefined} locks  missing on a page that is not secure
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
    this.#isFirst = false;
    this.#patience.plan(LETTING_GO, () => void this.#look(signal));
    try {
      await this.#locks.request(this.#name, { signal }, () => {
        this.#isFirst = true;
        this.#patience.cancel();
        this.onother(false);
        return new Promise((resolve) => signal.addEventListener("abort", resolve));
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Whether a page of this browser is in the call now. */
  async isTaken() {
    const { held = [] } = (await this.#locks?.query()) ?? {};
    return held.some(({ name }) => name === this.#name);
  }

  /** A busy browser gives the lock late as well; it knows whether anybody has it. @param {AbortSignal} signal */
  async #look(signal) {
    const isThere = await this.isTaken();
    if (isThere && !this.#isFirst && !signal.aborted) this.onother(true);
  }

  leave() {
    this.#patience.cancel();
    this.#leaving.abort();
  }
}
