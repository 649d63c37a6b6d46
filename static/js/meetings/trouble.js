import { find, make, mark, write } from "../lib/dom.js";

/** @typedef {import("./checks.js").Answer} Answer */

/** What the server found wrong with the form; it goes as it is put right. Nothing new is said before the form is sent. */
export class Trouble {
  #form;
  #banner;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.#banner = form.querySelector("[data-trouble]");
  }

  /** What the server has to know beside the fields: those that are said to be wrong. @param {FormData} body */
  fill(body) {
    const lines = [...this.#form.querySelectorAll("[data-wrong]")].map(
      (line) => line.getAttribute("data-wrong") ?? "",
    );
    const links = [...(this.#banner?.querySelectorAll("a") ?? [])].map((link) =>
      (link.getAttribute("href") ?? "").replace("#id_", ""),
    );
    for (const name of new Set([...lines, ...links])) body.append("wrong", name);
  }

  /** @param {Answer} answer */
  show({ errors, people, heading }) {
    for (const line of this.#form.querySelectorAll("[data-wrong]")) this.#say(line, errors);
    const banner = this.#banner;
    if (!banner) return;
    const named = new Set([...banner.querySelectorAll("a")].map((link) => link.getAttribute("href") ?? ""));
    for (const href of named) {
      const name = href.replace("#id_", "");
      const said = errors[name];
      this.#list(banner, href, name === "people" ? people : said ? [said] : []);
    }
    if (!banner.querySelector("a")) banner.remove();
    else if (heading) write(find(banner, "h2"), heading);
  }

  /**
   * @param {Element} line
   * @param {Record<string, string>} errors
   */
  #say(line, errors) {
    const name = line.getAttribute("data-wrong") ?? "";
    const words = errors[name];
    if (words) return write(find(line, "span"), words);
    line.remove();
    for (const field of this.#form.querySelectorAll(`[name="${name}"]`)) mark(field, "aria-invalid", null);
  }

  /**
   * @param {Element} banner
   * @param {string} href
   * @param {string[]} lines
   */
  #list(banner, href, lines) {
    const links = [...banner.querySelectorAll(`a[href="${href}"]`)];
    if (links.map((link) => link.textContent).join("\n") === lines.join("\n")) return;
    links[0]?.closest("p")?.before(...lines.map((words) => make("p", {}, make("a", { href }, words))));
    for (const link of links) link.closest("p")?.remove();
  }
}
