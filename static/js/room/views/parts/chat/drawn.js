import { called, icon, make, write } from "../../../../lib/dom.js";
import { t, woven } from "../../../../lib/i18n.js";
import { day, fate, follows, isOtherDay, unreadSince } from "../../../words/chat.js";
import { ShownLine } from "./line.js";

/**
 * @import { ChatLine, Conversation } from "../../../state.js"
 * @import { LineActions, Reader } from "./line.js"
 */

/** The lines that are drawn, and the marks between them; those that were drawn before stay as they are, with what is selected and focused in them. */
export class DrawnLines {
  /** In their order. @type {ShownLine[]} */
  order = [];
  #log;
  #actions;
  /** By the id of the line. @type {Map<string, ShownLine>} */
  #shown = new Map();
  /** Days, where the new ones begin, and what stands above all. @type {Map<string, HTMLElement>} */
  #rules = new Map();

  /** @param {HTMLElement} log @param {LineActions} actions */
  constructor(log, actions) {
    this.#log = log;
    this.#actions = actions;
  }

  /** @param {string} id */
  find(id) {
    return this.#shown.get(id) ?? null;
  }

  /** What stands above what is new. */
  get unread() {
    return this.#rules.get("unread") ?? null;
  }

  /** Another conversation is to be drawn. */
  empty() {
    this.#log.replaceChildren();
    this.#shown.clear();
    this.#rules.clear();
    this.order = [];
  }

  /** @param {Conversation} conversation @param {readonly [from: number, to: number]} stretch  which of its lines @param {Reader} reader */
  render(conversation, [from, to], reader) {
    const { lines } = conversation;
    const drawn = lines.slice(from, to);
    this.#keep(new Set(drawn.map(({ id }) => id)));
    /** @type {Map<string, Element>} */
    const rules = new Map(from === 0 ? this.#opening(conversation) : []);
    const items = [...rules.values()];
    this.order = drawn.map((line, i) => {
      const before = lines[from + i - 1];
      const marks = marksBefore(line, before, conversation);
      for (const [key, words] of marks) {
        const rule = this.#rule(key, words);
        rules.set(key, rule);
        items.push(rule);
      }
      const shown = this.#shown.get(line.id) ?? new ShownLine(this.#actions);
      this.#shown.set(line.id, shown);
      shown.render(line, {
        isFirst: i === 0 || marks.length > 0 || !follows(line, before),
        fate: fateBefore(line, lines[from + i + 1], conversation),
        reader,
      });
      items.push(shown.item);
      return shown;
    });
    for (const [key, rule] of this.#rules) {
      if (rules.has(key)) continue;
      rule.remove();
      this.#rules.delete(key);
    }
    this.#place(items);
  }

  /** @param {ReadonlySet<string>} ids */
  #keep(ids) {
    for (const [id, { item }] of this.#shown) {
      if (ids.has(id)) continue;
      item.remove();
      this.#shown.delete(id);
    }
  }

  /** Nothing is moved that stands in its place. @param {readonly Element[]} items */
  #place(items) {
    let next = this.#log.firstElementChild;
    for (const item of items) {
      if (item === next) next = next.nextElementSibling;
      else this.#log.insertBefore(item, next);
    }
  }

  /** What stands above the first line of all: who reads it, or that there is nothing yet. @param {Conversation} conversation @returns {[string, Element][]} */
  #opening({ id, name, lines }) {
    if (id) return [["private", this.#privateLine(name)]];
    if (lines.length > 0) return [];
    const words = t(
      "Nothing written yet. What you write goes to everybody here, and to those who come later.",
    );
    return [["quiet", this.#rule("quiet", words)]];
  }

  /** @param {string} name */
  #privateLine(name) {
    const known = this.#rules.get("private");
    if (known?.dataset["name"] === name) return known;
    known?.remove();
    const sentence = t("Only {name} and you read this. It goes straight from your browser to theirs.");
    const line = make(
      "li",
      { class: "private-line", "data-name": name },
      icon("lock"),
      make("span", {}, ...woven(sentence, { name: called(name) })),
    );
    this.#rules.set("private", line);
    return line;
  }

  /** @param {string} key @param {string} words */
  #rule(key, words) {
    const looks = { unread: "rule unread", quiet: "quiet" }[key] ?? "rule";
    const rule = this.#rules.get(key) ?? make("li", { class: looks }, make("span", {}));
    this.#rules.set(key, rule);
    write(/** @type {Element} */ (rule.firstElementChild), words);
    return rule;
  }
}

/**
 * What is marked above a line.
 *
 * @param {ChatLine} line
 * @param {ChatLine | undefined} before
 * @param {Conversation} conversation
 * @returns {[key: string, words: string][]}
 */
function marksBefore(line, before, { unreadFrom }) {
  /** @type {[string, string][]} */
  const marks = [];
  if (before && isOtherDay(before.at, line.at)) marks.push([`day ${line.id}`, day(line.at)]);
  if (line.id === unreadFrom) marks.push(["unread", unreadSince(before)]);
  return marks;
}

/**
 * What became of a line of mine. Of several under one name that wait alike it is said once, under the last.
 *
 * @param {ChatLine} line
 * @param {ChatLine | undefined} next
 * @param {Conversation} conversation
 */
function fateBefore(line, next, conversation) {
  const words = fate(line, conversation);
  return words && next && follows(next, line) && fate(next, conversation) === words ? "" : words;
}
