/**
 * Asks the server, while the form is filled in, what it would say to it: the rules are the server's alone. Knows no page.
 *
 * What is said is about the form as it was when it was asked. If that is another by now, the answer is dropped: another
 * one is under way.
 */
import { Emitter } from "../lib/events.js";
import { backoff, Timer } from "../lib/timing.js";

/**
 * @typedef {import("../lib/timing.js").Clock} Clock
 * @typedef {{ line: string, email?: string, name?: string, optional?: boolean, cohost?: boolean, is_wrong?: boolean }} Entry  one on the list of people
 * @typedef {{ text: string, count: number, words: string, cut: string }} Beyond  those who are too many
 * @typedef {{ rule: string, dates: string, first: string, begins: string }} Said
 *
 * What meetings/pages/checking.py answers.
 * @typedef {object} Answer
 * @property {Said | null} said  how it repeats
 * @property {Record<string, string>} errors  by field
 * @property {string} heading  above those that are shown
 * @property {{ heading: string, lines: string[], key: string } | null} conflicts
 * @property {string[]} people  what is wrong with the list
 * @property {boolean} is_crowded
 * @property {{ points: [text: string, minutes: number | null][], total: string, is_over: boolean }} agenda
 * @property {string} button
 * @property {string} note
 * @property {{ units: Record<string, string>, monthly: Record<string, string>, days: number[] | null, follows: number | null }} [repeats]
 * @property {Entry[]} [entries]  everybody on the list, if it was to be read
 * @property {Beyond | null} [beyond]
 * @property {{ words: string, is_wrong: boolean } | null} [file]
 *
 * @typedef {object} ChecksEvents
 * @property {[answer: Answer]} answer  to the form as it is now
 * @property {[state: "" | "lost" | "signed-out"]} trouble  why there is no answer; "" when there is one again
 */

// After the last key, in milliseconds.
const PAUSE = 300;
const RETRY = { first: 2_000, most: 30_000 };
const [SIGNED_OUT, TOO_MANY, FAULT] = [401, 429, 500];

/** @extends {Emitter<ChecksEvents>} */
export class Checks extends Emitter {
  #post;
  #calm;
  #timer;
  #version = 0;
  #failures = 0;
  /** @type {AbortController | null} */
  #asking = null;

  /**
   * @param {{ post: (signal: AbortSignal) => Promise<Response>, calm?: () => Promise<void>, clock: Clock }} options
   *     `post` sends the form as it stands; `calm` waits until what is said may move the page
   */
  constructor({ post, calm = async () => {}, clock }) {
    super();
    this.#post = post;
    this.#calm = calm;
    this.#timer = new Timer(clock);
  }

  /** The form is another now. */
  ask(pause = PAUSE) {
    this.#version += 1;
    this.#timer.plan(pause, () => void this.#ask());
  }

  /** There is a network again, as it seems. */
  retry() {
    if (this.#failures) this.#timer.plan(0, () => void this.#ask());
  }

  async #ask() {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const version = this.#version;
    const isLate = () => version !== this.#version || asking.signal.aborted;
    let response;
    try {
      response = await this.#post(asking.signal);
      if (isLate()) return;
      if (response.ok) return await this.#take(await response.json(), isLate);
    } catch (error) {
      if (isLate()) return;
      if (!(error instanceof TypeError)) throw error;
    }
    this.#onFailure(response);
  }

  /**
   * @param {Answer | { gone: string }} answer
   * @param {() => boolean} isLate
   */
  async #take(answer, isLate) {
    this.#failures = 0;
    if (!isLate()) this.emit("trouble", "");
    await this.#calm();
    if (!("gone" in answer) && !isLate()) this.emit("answer", answer);
  }

  /** @param {Response} [response]  none where there is no network */
  #onFailure(response) {
    if (response?.status === SIGNED_OUT) return this.emit("trouble", "signed-out");
    if (response && response.status < FAULT && response.status !== TOO_MANY) return;
    const after = Number(response?.headers.get("Retry-After")) * 1_000 || backoff(this.#failures, RETRY);
    this.#failures += 1;
    if (response?.status !== TOO_MANY) this.emit("trouble", "lost");
    this.#timer.plan(after, () => void this.#ask());
  }
}
