import { icon, make, mark, write } from "../../../../lib/dom.js";
import { t, tn } from "../../../../lib/i18n.js";
import { found, marked } from "../../../chat/search.js";

/** @import { ChatLine } from "../../../state.js" */

/** Highlights of ranges, where the browser has them; the line that was found is marked anyway (CSS Custom Highlight API). */
const HIGHLIGHT = "chat-found";

/** Looks for words in the conversation that is shown. */
export class Search {
  root = make("search", { class: "search", hidden: true });
  #field = make("input", {
    class: "input",
    type: "search",
    "aria-label": t("Search the chat"),
    placeholder: t("Search the chat"),
    autocomplete: "off",
    enterkeyhint: "search",
  });
  #status = make("span", { class: "number", role: "status" });
  #reveal;
  #words;
  #closed;
  /** @type {readonly ChatLine[]} */
  #lines = [];
  /** @type {ReturnType<typeof found>} */
  #found = { lines: [], isMore: false };
  #at = -1;

  /**
   * @param {object} options
   * @param {(id: string) => void} options.reveal
   * @param {() => Iterable<HTMLElement>} options.words  in which what is found is marked
   * @param {() => void} options.closed
   */
  constructor({ reveal, words, closed }) {
    this.#reveal = reveal;
    this.#words = words;
    this.#closed = closed;
    this.#field.addEventListener("input", () => this.#look());
    this.root.addEventListener("keydown", (event) => this.#key(event));
    this.root.append(
      this.#field,
      this.#status,
      this.#button("chevron-up", t("Previous match"), () => this.#go(-1)),
      this.#button("chevron-down", t("Next match"), () => this.#go(1)),
      this.#button("close", t("Close the search"), () => this.close()),
    );
  }

  get isOpen() {
    return !this.root.hidden;
  }

  open() {
    this.root.hidden = false;
    this.#field.focus();
    this.#field.select();
    this.#look();
  }

  close() {
    this.root.hidden = true;
    this.#clear();
    this.#closed();
  }

  /** @param {readonly ChatLine[]} lines */
  render(lines) {
    if (lines === this.#lines) return;
    this.#lines = lines;
    if (!this.isOpen) return;
    const current = this.#found.lines[this.#at];
    this.#found = found(lines, this.#field.value);
    const { lines: all } = this.#found;
    this.#at = current ? all.findIndex(({ id }) => id === current.id) : all.length - 1;
    this.#renderStatus();
  }

  /** There may be other lines on the page than before, or others are looked for. */
  mark() {
    if (!("highlights" in CSS)) return;
    const query = this.isOpen ? this.#field.value : "";
    if (!query.trim()) return this.#clear();
    const ranges = [...this.#words()].flatMap((element) => rangesIn(element, query));
    CSS.highlights.set(HIGHLIGHT, new Highlight(...ranges));
  }

  /** The newest one comes first. */
  #look() {
    this.#found = found(this.#lines, this.#field.value);
    this.#at = this.#found.lines.length - 1;
    this.#renderStatus();
    this.#show();
    this.mark();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
    if (event.key !== "Enter" || event.target !== this.#field) return;
    event.preventDefault();
    this.#go(event.shiftKey ? 1 : -1);
  }

  /** @param {number} step */
  #go(step) {
    const { length } = this.#found.lines;
    if (length === 0) return;
    this.#at = (this.#at + step + length) % length;
    this.#renderStatus();
    this.#show();
  }

  #show() {
    const line = this.#found.lines[this.#at];
    if (line) this.#reveal(line.id);
  }

  #renderStatus() {
    const { lines, isMore } = this.#found;
    const { length } = lines;
    const isEmpty = this.#field.value.trim() === "";
    const place = { at: this.#at + 1 };
    const count = isMore
      ? tn("{at} of the last {count}", "{at} of the last {count}", length, place)
      : tn("{at} of {count}", "{at} of {count}", length, place);
    write(this.#status, isEmpty ? "" : length === 0 ? t("Nothing found") : count);
    for (const button of this.root.querySelectorAll("[data-step]")) {
      mark(button, "aria-disabled", length === 0 ? "true" : null);
    }
  }

  #clear() {
    if ("highlights" in CSS) CSS.highlights.delete(HIGHLIGHT);
  }

  /** @param {string} name @param {string} label @param {() => void} act */
  #button(name, label, act) {
    const button = make(
      "button",
      {
        class: "button button-plain button-icon",
        type: "button",
        "aria-label": label,
        title: label,
        "data-step": name !== "close",
      },
      icon(name),
    );
    button.addEventListener("click", act);
    return button;
  }
}

/** @param {HTMLElement} element @param {string} query */
function rangesIn(element, query) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  /** @type {Range[]} */
  const ranges = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { start, end } of marked(node.nodeValue ?? "", query)) {
      const range = new Range();
      range.setStart(node, start);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  return ranges;
}
