import { find, make, mark, write } from "../lib/dom.js";
import { number } from "./words.js";

/** What the server found wrong with the form; it goes as it is put right. */
export class Trouble {
  #form;
  #banner;
  /** @type {Map<string, number>} how many more faults a field has than the banner names */
  #unnamed = new Map();

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#banner = form.querySelector("[data-trouble]");
  }

  /** The fields that are said to be wrong. */
  get names() {
    return [...this.#form.querySelectorAll("[data-wrong]")].map(
      (line) => line.getAttribute("data-wrong") ?? "",
    );
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
    for (const field of this.#form.querySelectorAll(`[name="${name}"]`)) {
      if (!words) mark(field, "aria-invalid", null);
    }
    this.list(name, words ? [words] : []);
  }

  /**
   * The same in the banner above the form, if that names the field.
   *
   * @param {string} name
   * @param {string[]} lines
   * @param {number} [count]   of the faults, where there are more than lines
   */
  list(name, lines, count = lines.length) {
    const banner = this.#banner;
    const links = [...(banner?.querySelectorAll(`a[href="#id_${name}"]`) ?? [])];
    if (!banner || !links.length) return;
    this.#unnamed.set(name, count - lines.length);
    if (links.map((link) => link.textContent).join("\n") !== lines.join("\n")) {
      links[0]
        ?.closest("p")
        ?.before(...lines.map((words) => make("p", {}, make("a", { href: `#id_${name}` }, words))));
      for (const link of links) link.closest("p")?.remove();
    }
    let left = banner.querySelectorAll("a").length;
    if (!left) return banner.remove();
    for (const more of this.#unnamed.values()) left += more;
    const things = `${number(left)} ${left === 1 ? "thing" : "things"} to put right`;
    write(find(banner, "h2"), things.charAt(0).toUpperCase() + things.slice(1));
  }
}
