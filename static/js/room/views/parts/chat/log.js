import { called, find, icon, make, write } from "../../../../lib/dom.js";
import { t, woven } from "../../../../lib/i18n.js";
import { NO_HOVER } from "../../../../lib/screen.js";
import { Latest } from "../../../../lib/events.js";
import { day, fate, follows, isOtherDay, unreadSince } from "../../../words/chat.js";
import { ShownLine } from "./line.js";

/** @import { ChatLine, Conversation } from "../../../state.js" */

/** So many lines are drawn at first, and so many more when somebody goes up that far. */
const STEP = 100;
/** Of those that come while somebody reads along, the oldest go again once there are so many. */
const MOST_DRAWN = 400;
/** So near the upper end more is drawn, in pixels. */
const NEAR = 800;
/** What was looked for is seen among the others for so long, in ms. */
const FOUND_FOR = 2_000;

/**
 * The lines of a conversation. However many there are, those are drawn that somebody can have in view, and more as they go
 * up; those that are drawn stay as they are, with what is selected and focused in them.
 */
export class ShownLog {
  #scroll;
  #log;
  #jump;
  /** @type {import("./line.js").LineActions} */
  #actions;
  /** By the id of the line. @type {Map<string, ShownLine>} */
  #shown = new Map();
  /** Those that are drawn, in their order. @type {ShownLine[]} */
  #order = [];
  /** Marks between the lines: days, and where the new ones begin. @type {Map<string, HTMLElement>} */
  #rules = new Map();
  /** @type {Conversation | null} */
  #conversation = null;
  /** @type {{me: string, names: readonly string[]}} */
  #reader = { me: "", names: [] };
  /** The id of the first line that is drawn. */
  #first = "";
  #wasAtEnd = true;
  #height = 0;
  #drawn;
  #known = new Latest();
  /** Which line the keyboard stands on. @type {ShownLine | null} */
  #current = null;

  /**
   * @param {HTMLElement} root   #chat
   * @param {object} options
   * @param {Omit<import("./line.js").LineActions, "reveal">} options.actions
   * @param {() => void} options.drawn  there may be other lines on the page than before
   */
  constructor(root, { actions, drawn }) {
    this.#scroll = find(root, ".scroll");
    this.#log = find(root, ".log");
    this.#jump = find(root, '[data-part="jump"]');
    this.#actions = { ...actions, reveal: (id) => this.reveal(id) };
    this.#drawn = drawn;
    this.#jump.addEventListener("click", () => this.toEnd());
    this.#scroll.addEventListener("scroll", () => this.#look());
    this.#scroll.addEventListener("keydown", (event) => this.#walk(event));
    this.#scroll.addEventListener("focusin", ({ target }) => this.#stand(target));
    this.#log.addEventListener("click", (event) => this.#press(event));
    // A keyboard comes up, or a window shrinks: whoever saw the newest lines sees them still.
    new ResizeObserver(() => {
      this.#height = this.#scroll.clientHeight;
      if (this.#wasAtEnd) this.toEnd();
    }).observe(this.#scroll);
  }

  /** What was said, as far as it is drawn. */
  get words() {
    return this.#order.map(({ words }) => words);
  }

  /**
   * @param {Conversation} conversation
   * @param {object} how
   * @param {string} how.me  my name
   * @param {readonly string[]} how.names  of those who may be addressed
   * @param {boolean} how.opened  nobody has looked at it just before
   */
  render(conversation, { me, names, opened }) {
    const isOther = conversation.id !== this.#conversation?.id;
    const { lines, unreadFrom, name, isHere } = conversation;
    const isSame =
      lines === this.#conversation?.lines && !this.#known.isOther([unreadFrom, name, isHere, me, names]);
    if (isSame && !isOther && !opened) return;
    this.#known.keep([unreadFrom, name, isHere, me, names]);
    if (isOther) this.#empty();
    const isFresh = isOther || opened;
    const wasAtEnd = this.#isAtEnd();
    const newest = lines.at(-1);
    const isNew = newest !== undefined && !this.#shown.has(newest.id);
    const stay = !isFresh && !wasAtEnd && !(isNew && newest.isMine);
    const anchor = stay ? this.#anchor() : null;
    const isFocused = this.#log.contains(document.activeElement);
    this.#conversation = conversation;
    this.#reader = { me, names };
    this.#begin(isFresh, stay);
    this.#reconcile();
    // Whoever stood on a link in a line that is gone goes on from the log.
    if (isFocused && !this.#log.contains(document.activeElement)) this.#scroll.focus({ preventScroll: true });
    if (isFresh) this.#open();
    else if (!stay) this.toEnd();
    else this.#hold(anchor);
    if (stay && isNew) this.#jump.hidden = false;
  }

  /** How far files have come. @param {import("../../../state.js").Attachments | undefined} attachments  once they are here */
  renderFiles(attachments) {
    for (const line of this.#order) line.renderFile(attachments);
  }

  /** The newest line. */
  toEnd() {
    this.#wasAtEnd = true;
    this.#jump.hidden = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Brings a line before the reader; false if it is not here. @param {string} id @param {{focus?: boolean}} [how] */
  reveal(id, { focus = true } = {}) {
    const lines = this.#conversation?.lines ?? [];
    const at = lines.findIndex((line) => line.id === id);
    if (at < 0) return false;
    if (!this.#shown.has(id)) {
      this.#first = lines[Math.max(0, at - STEP / 2)]?.id ?? "";
      this.#reconcile();
    }
    const shown = this.#shown.get(id);
    if (!shown) return false;
    this.#wasAtEnd = false;
    this.#bring(shown.item, 0.4);
    shown.item.classList.add("found");
    setTimeout(() => shown.item.classList.remove("found"), FOUND_FOR);
    if (focus) shown.item.focus({ preventScroll: true });
    return true;
  }

  /** Where what is new begins, if somebody has to go up for it; else the end. */
  #open() {
    this.toEnd();
    const mark = this.#rules.get("unread");
    if (!mark?.isConnected || mark.getBoundingClientRect().top >= this.#scroll.getBoundingClientRect().top) {
      return;
    }
    this.#bring(mark, 0.05);
    this.#wasAtEnd = this.#isAtEnd();
    this.#jump.hidden = this.#wasAtEnd;
  }

  /** Nothing but the log is moved by it. @param {Element} item @param {number} share  of the height that is to stand above it */
  #bring(item, share) {
    const { top, height } = this.#scroll.getBoundingClientRect();
    this.#scroll.scrollTop += item.getBoundingClientRect().top - top - height * share;
  }

  #empty() {
    this.#log.replaceChildren();
    this.#shown.clear();
    this.#order = [];
    this.#rules.clear();
    this.#current = null;
    this.#first = "";
  }

  /** Which line is the first to be drawn. @param {boolean} isFresh @param {boolean} stay */
  #begin(isFresh, stay) {
    const { lines, unreadFrom } = /** @type {Conversation} */ (this.#conversation);
    const known = isFresh ? -1 : lines.findIndex(({ id }) => id === this.#first);
    let first = known < 0 ? lines.length - STEP : known;
    if (known >= 0 && !stay && lines.length - known > MOST_DRAWN) first = lines.length - STEP;
    const unread = unreadFrom ? lines.findIndex(({ id }) => id === unreadFrom) : -1;
    // With some of what stood before it.
    if (isFresh && unread >= 0) first = Math.min(first, unread - 10);
    // What comes late may stand before the first; and of few lines all are drawn.
    if (lines.length <= STEP) first = 0;
    this.#first = lines[Math.max(0, first)]?.id ?? "";
  }

  #reconcile() {
    const conversation = /** @type {Conversation} */ (this.#conversation);
    const { lines } = conversation;
    const from = Math.max(
      0,
      lines.findIndex(({ id }) => id === this.#first),
    );
    const drawn = lines.slice(from);
    const ids = new Set(drawn.map(({ id }) => id));
    for (const [id, { item }] of this.#shown) {
      if (ids.has(id)) continue;
      item.remove();
      this.#shown.delete(id);
    }
    /** @type {Element[]} */
    const items = [];
    if (from === 0) items.push(...this.#opening());
    const used = new Set(items.length > 0 ? ["opening"] : []);
    this.#order = drawn.map((line, i) => {
      const before = lines[from + i - 1];
      const marks = marksBefore(line, before, conversation);
      for (const [key, words] of marks) {
        items.push(this.#rule(key, words));
        used.add(key);
      }
      const isFirst = i === 0 || marks.length > 0 || !follows(line, before);
      const shown = this.#line(line, isFirst, fateBefore(line, lines[from + i + 1], conversation));
      items.push(shown.item);
      return shown;
    });
    for (const [key, item] of this.#rules) {
      if (used.has(key)) continue;
      item.remove();
      this.#rules.delete(key);
    }
    let next = this.#log.firstElementChild;
    for (const item of items) {
      if (item === next) next = next.nextElementSibling;
      else this.#log.insertBefore(item, next);
    }
    this.#drawn();
  }

  /** @param {ChatLine} line @param {boolean} isFirst @param {string} fate */
  #line(line, isFirst, fate) {
    const shown = this.#shown.get(line.id) ?? new ShownLine(this.#actions);
    this.#shown.set(line.id, shown);
    shown.render(line, { isFirst, fate, ...this.#reader });
    return shown;
  }

  /** What stands above the first line of all: who reads it, or that there is nothing yet. */
  #opening() {
    const { id, name, lines } = /** @type {Conversation} */ (this.#conversation);
    if (id) return [this.#privateLine(name)];
    if (lines.length > 0) return [];
    const quiet = this.#rule(
      "opening",
      t("Nothing written yet. What you write goes to everybody here, and to those who come later."),
    );
    quiet.className = "quiet";
    return [quiet];
  }

  /** @param {string} name */
  #privateLine(name) {
    const known = this.#rules.get("opening");
    if (known?.dataset["name"] === name) return known;
    known?.remove();
    const sentence = t("Only {name} and you read this. It goes straight from your browser to theirs.");
    const line = make(
      "li",
      { class: "private-line", "data-name": name },
      icon("lock"),
      make("span", {}, ...woven(sentence, { name: called(name) })),
    );
    this.#rules.set("opening", line);
    return line;
  }

  /** @param {string} key @param {string} words */
  #rule(key, words) {
    const rule =
      this.#rules.get(key) ??
      make("li", { class: key === "unread" ? "rule unread" : "rule" }, make("span", {}));
    this.#rules.set(key, rule);
    write(/** @type {Element} */ (rule.firstElementChild ?? rule), words);
    return rule;
  }

  /** The words that are the first in view, and where they are. */
  #anchor() {
    const { top } = this.#scroll.getBoundingClientRect();
    for (const { words } of this.#order) {
      const place = words.getBoundingClientRect();
      if (place.bottom > top) return { words, top: place.top };
    }
    return null;
  }

  /** They stay where they were. @param {{words: HTMLElement, top: number} | null} anchor */
  #hold(anchor) {
    if (anchor) this.#scroll.scrollTop += anchor.words.getBoundingClientRect().top - anchor.top;
  }

  #look() {
    // What a change of size moves is no wish of the reader's.
    if (this.#scroll.clientHeight === this.#height) this.#wasAtEnd = this.#isAtEnd();
    if (this.#isAtEnd()) this.#jump.hidden = true;
    if (this.#scroll.scrollTop < NEAR) this.#drawMore();
  }

  #drawMore() {
    const lines = this.#conversation?.lines ?? [];
    const at = lines.findIndex(({ id }) => id === this.#first);
    if (at <= 0) return;
    const anchor = this.#anchor();
    this.#first = lines[Math.max(0, at - STEP)]?.id ?? "";
    this.#reconcile();
    this.#hold(anchor);
  }

  /** From line to line. @param {KeyboardEvent} event */
  #walk(event) {
    const { key, target } = event;
    const isOnLine = target === this.#scroll || target === this.#current?.item;
    if (!isOnLine || event.altKey || event.ctrlKey || event.metaKey) return;
    const lines = this.#order;
    const at = this.#current ? lines.indexOf(this.#current) : lines.length;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: lines.length - 1 }[key];
    if (key === "Enter" && this.#current?.line && target === this.#current.item) {
      event.preventDefault();
      this.#actions.more(this.#current.line, this.#current.item);
      return;
    }
    const next = to === undefined ? undefined : lines[Math.max(0, to)];
    if (!next) return;
    event.preventDefault();
    next.item.focus({ preventScroll: true });
    const [line, log] = [next.item, this.#scroll].map((one) => one.getBoundingClientRect());
    if (line && log && (line.top < log.top || line.bottom > log.bottom)) this.#bring(next.item, 0.3);
  }

  /** @param {EventTarget | null} target */
  #stand(target) {
    const item = target instanceof Element ? target.closest(".message") : null;
    const line = this.#order.find((one) => one.item === item) ?? null;
    if (line === this.#current) return;
    this.#current?.stand(false);
    line?.stand(true);
    this.#current = line;
  }

  /** Where nothing hovers, a press on a line opens what can be done with it. @param {MouseEvent} event */
  #press({ target }) {
    if (!(target instanceof Element) || !NO_HOVER.matches) return;
    if (target.closest("a, button, pre") || !getSelection()?.isCollapsed) return;
    const item = /** @type {HTMLElement | null} */ (target.closest(".message"));
    const line = this.#order.find((one) => one.item === item)?.line;
    if (item && line && !line.isDeleted) this.#actions.more(line, item);
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < 40;
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
