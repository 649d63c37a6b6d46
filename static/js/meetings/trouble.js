import { find, mark, write } from "../lib/dom.js";
import { number } from "./words.js";

/** What the server found wrong with the form; it goes as it is put right. */
export class Trouble {
  #form;
  #banner;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#banner = form.querySelector("[data-trouble]");
  }

  /** The fields that are said to be wrong. */
  get names() {
    return [...this.#form.querySelectorAll("[data-wrong]")].map((line) => line.getAttribute("data-wrong") ?? "");
  }

  /**
   * Another fault than before, or none.
   *
   * @param {string} name
   * @param {string} words   empty when all is well
   */
  say(name, words) {
    const line = this.#form.querySelector(`[data-wrong="${name}"]`);
    if (line && words) write(find(line, "span"), words);
    else if (line) line.remove();
    for (const field of this.#form.querySelectorAll(`[name="${name}"]`)) if (!words) mark(field, "aria-invalid", null);
    this.#list(name, words);
  }

  /**
   * The same in the banner above the form.
   *
   * @param {string} name
   * @param {string} words
   */
  #list(name, words) {
    const link = this.#banner?.querySelector(`a[href^="#id_${name}"]`);
    if (!link || !this.#banner) return;
    if (words) write(link, words);
    else link.closest("p")?.remove();
    const left = this.#banner.querySelectorAll("a").length;
    if (!left) return this.#banner.remove();
    const things = `${number(left)} ${left === 1 ? "thing" : "things"} to put right`;
    write(find(this.#banner, "h2"), things.charAt(0).toUpperCase() + things.slice(1));
  }
}
