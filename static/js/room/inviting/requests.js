import { read, sentence } from "./model.js";

/**
 * What the server is asked: how far letters are, and to write to somebody.
 *
 * @typedef {import("./model.js").Answer} Answer
 */

// Whoever has pressed a button waits for no longer (milliseconds).
const PATIENCE = 20_000;

/** Takes what was typed, or says in a sentence why not; "" where nothing could be understood. */
export class Requests {
  #address;
  #fetch;
  #token = "";

  /**
   * @param {string} address
   * @param {(address: string, options?: RequestInit) => Promise<Response>} [ask]
   */
  constructor(address, ask = (...asked) => fetch(...asked)) {
    this.#address = address;
    this.#fetch = ask;
  }

  /**
   * How it stands with these attendees. Throws where the server is not reached.
   *
   * @param {number[]} attendees
   * @returns {Promise<{answer: Answer} | {refusal: string}>}
   */
  async look(attendees) {
    const query = attendees.length > 0 ? `?attendees=${attendees.join(",")}` : "";
    const response = await this.#ask(`${this.#address}${query}`);
    const said = await json(response);
    if (!response.ok) return { refusal: sentence(said) };
    const answer = read(said);
    this.#token = answer.token;
    return { answer };
  }

  /**
   * Invites whoever stands in the text. Throws where the server is not reached.
   *
   * @param {string} text
   * @returns {Promise<{answer: Answer} | {refusal: string}>}
   */
  async send(text) {
    if (!this.#token) await this.look([]);
    let response = await this.#post(text);
    if (response.status === 403) {
      // Somebody has signed in anew in another tab: what was given before that counts no more.
      await this.look([]);
      response = await this.#post(text);
    }
    const said = await json(response);
    const refusal = sentence(said);
    return response.ok && said && !refusal ? { answer: read(said) } : { refusal };
  }

  /** @param {string} text */
  #post(text) {
    return this.#ask(this.#address, {
      method: "POST",
      body: new URLSearchParams({ address: text }),
      headers: { "X-CSRFToken": this.#token },
    });
  }

  /** @param {string} address @param {RequestInit} [options] */
  #ask(address, options) {
    return this.#fetch(address, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  }
}

/** What it says, if it is for a script: pages of other kinds are for people. @param {Response} response @returns {Promise<unknown>} */
async function json(response) {
  if (!response.headers.get("content-type")?.startsWith("application/json")) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}
