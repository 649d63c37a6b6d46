/** The title of the page, with what waits for whoever looks elsewhere: each part of the room has its own words in it. */
export class Title {
  #title;
  /** What comes first stands first. @type {Map<string, string>} */
  #words = new Map([
    ["knocks", ""],
    ["unread", ""],
  ]);

  /** @param {string} title  of the page */
  constructor(title) {
    this.#title = title;
  }

  /** Written only when it changes, since who waits at a door has another. @param {"knocks" | "unread"} part @param {string} words  "" for none */
  put(part, words) {
    if (this.#words.get(part) === words) return;
    this.#words.set(part, words);
    document.title = [...this.#words.values(), this.#title].filter(Boolean).join(" · ");
  }
}
