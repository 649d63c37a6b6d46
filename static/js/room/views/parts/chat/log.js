import { find } from "../../../../lib/dom.js";
import { Latest } from "../../../../lib/events.js";
import { NO_HOVER } from "../../../../lib/screen.js";
import { Stretch } from "../../../chat/stretch.js";
import { DrawnLines } from "./drawn.js";

/**
 * @import { Conversation } from "../../../state.js"
 * @import { LineActions, Reader } from "./line.js"
 */

/** So near an end of what is drawn more of it is, in pixels. */
const NEAR = 800;
/** Whoever is so near the newest line reads along, in pixels. */
const AT_END = 40;
/** How much of the height stands above what is brought before the reader: a line, one gone to by keys, and where it is new. */
const ABOVE = { line: 0.4, next: 0.3, unread: 0.05 };
/** What was looked for is seen among the others for so long, in ms. */
const FOUND_FOR = 2_000;

/** A conversation as somebody goes through it: what is before them stays there, whatever comes above and below. */
export class ShownLog {
  #scroll;
  #log;
  #jump;
  #actions;
  #drawn;
  #stretch = new Stretch();
  /** @type {Conversation | null} */
  #conversation = null;
  /** @type {Reader} */
  #reader = { me: "", names: [] };
  #known = new Latest();
  #seen;
  #wasAtEnd = true;
  #height = 0;
  /** Which line the keyboard stands on. @type {import("./line.js").ShownLine | null} */
  #current = null;

  /**
   * @param {HTMLElement} root   #chat
   * @param {object} options
   * @param {Omit<LineActions, "reveal">} options.actions
   * @param {() => void} options.seen  there may be other words in view than before
   */
  constructor(root, { actions, seen }) {
    this.#scroll = find(root, ".scroll");
    this.#log = find(root, ".log");
    this.#jump = find(root, '[data-part="jump"]');
    this.#actions = { ...actions, reveal: (/** @type {string} */ id) => void this.reveal(id) };
    this.#drawn = new DrawnLines(this.#log, this.#actions);
    this.#seen = seen;
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

  /** What was said, as far as it is in view, or nearly. */
  get words() {
    const { top, bottom, height } = this.#scroll.getBoundingClientRect();
    return this.#between(top - height, bottom + height).map(({ words }) => words);
  }

  /**
   * @param {Conversation} conversation
   * @param {object} how
   * @param {string} how.me  my name
   * @param {readonly string[]} how.names  of those who may be addressed
   * @param {boolean} how.opened  nobody has looked at it just before
   */
  render(conversation, { me, names, opened }) {
    const before = this.#conversation;
    const isFresh = opened || conversation.id !== before?.id;
    const { lines, unreadFrom, name, isHere } = conversation;
    const isOther = this.#known.isNew([unreadFrom, name, isHere, me, names]);
    if (lines === before?.lines && !isOther && !isFresh) return;
    // A line is drawn anew for another reader, and not for the same one.
    if (isOther) this.#reader = { me, names };
    if (conversation.id !== before?.id) this.#empty();
    const newest = lines.at(-1);
    const isNew = newest !== undefined && newest.id !== before?.lines.at(-1)?.id;
    const stays = !isFresh && !this.#wasAtEnd && !(isNew && newest.isMine);
    const anchors = stays ? this.#anchors() : [];
    this.#conversation = conversation;
    if (isFresh) this.#stretch.open(lines, unreadFrom);
    else if (stays) this.#stretch.stay(lines, anchors[0]?.id);
    else this.#stretch.follow(lines);
    this.#draw();
    if (isFresh) this.#open();
    else if (!stays) this.toEnd();
    else this.#hold(anchors);
    if (stays && isNew) this.#jump.hidden = false;
  }

  /** How far files have come. @param {import("../../../state.js").Attachments | undefined} attachments  once they are here */
  renderFiles(attachments) {
    for (const line of this.#drawn.order) line.renderFile(attachments);
  }

  /** The newest line. */
  toEnd() {
    this.#wasAtEnd = true;
    this.#jump.hidden = true;
    if (!this.#stretch.isToEnd) {
      this.#stretch.open(this.#lines);
      this.#draw();
    }
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Brings a line before the reader; nothing if it is not here. @param {string} id @param {{focus?: boolean}} [how] */
  reveal(id, { focus = true } = {}) {
    const item = this.#bringLine(this.#lines.findIndex((line) => line.id === id));
    if (!item) return;
    item.classList.add("found");
    setTimeout(() => item.classList.remove("found"), FOUND_FOR);
    if (focus) item.focus({ preventScroll: true });
  }

  get #lines() {
    return this.#conversation?.lines ?? [];
  }

  #draw() {
    const isFocused = this.#log.contains(document.activeElement);
    const conversation = /** @type {Conversation} */ (this.#conversation);
    this.#drawn.render(conversation, this.#stretch.of(conversation.lines), this.#reader);
    // Whoever stood on a link in a line that is gone goes on from the log.
    if (isFocused && !this.#log.contains(document.activeElement)) this.#scroll.focus({ preventScroll: true });
    this.#seen();
  }

  #empty() {
    this.#drawn.empty();
    this.#current = null;
  }

  /** Where what is new begins, if somebody has to go up for it; else the end. */
  #open() {
    const { unread } = this.#drawn;
    if (this.#stretch.isToEnd) this.toEnd();
    if (!unread) return;
    const { top } = this.#scroll.getBoundingClientRect();
    if (this.#stretch.isToEnd && unread.getBoundingClientRect().top >= top) return;
    this.#bring(unread, ABOVE.unread);
    this.#wasAtEnd = this.#isAtEnd();
    this.#jump.hidden = this.#wasAtEnd;
  }

  /** Nothing but the log is moved by it. @param {Element} item @param {number} share  of the height that is to stand above it */
  #bring(item, share) {
    const { top, height } = this.#scroll.getBoundingClientRect();
    this.#scroll.scrollTop += item.getBoundingClientRect().top - top - height * share;
  }

  /** @param {number} at  its place among all lines */
  #bringLine(at) {
    const line = this.#lines[at];
    if (!line) return null;
    if (!this.#drawn.find(line.id)) {
      this.#stretch.around(this.#lines, at);
      this.#draw();
    }
    const item = this.#drawn.find(line.id)?.item ?? null;
    if (!item) return null;
    this.#wasAtEnd = false;
    this.#bring(item, ABOVE.line);
    return item;
  }

  /** Those that are drawn from one height on to another. @param {number} top @param {number} bottom */
  #between(top, bottom) {
    const { order } = this.#drawn;
    let [from, to] = [0, order.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (/** @type {DOMRect} */ (order[middle]?.item.getBoundingClientRect()).bottom <= top) {
        from = middle + 1;
      } else to = middle;
    }
    const beyond = order.findIndex(({ item }, i) => i >= from && item.getBoundingClientRect().top >= bottom);
    return order.slice(from, beyond < 0 ? undefined : beyond);
  }

  /** The words in view, and where they are: whatever becomes of the first, one of the others stays. */
  #anchors() {
    const { top, bottom } = this.#scroll.getBoundingClientRect();
    return this.#between(top, bottom).map(({ line, words }) => ({
      id: line?.id,
      words,
      top: words.getBoundingClientRect().top,
    }));
  }

  /** They stay where they were. @param {{words: HTMLElement, top: number}[]} anchors */
  #hold(anchors) {
    const anchor = anchors.find(({ words }) => words.isConnected);
    if (anchor) this.#scroll.scrollTop += anchor.words.getBoundingClientRect().top - anchor.top;
  }

  #look() {
    // What a change of size moves is no wish of the reader's.
    if (this.#scroll.clientHeight === this.#height) this.#wasAtEnd = this.#isAtEnd();
    if (this.#isAtEnd()) this.#jump.hidden = true;
    if (this.#scroll.scrollTop < NEAR) this.#drawMore("up");
    if (this.#below < NEAR) this.#drawMore("down");
    this.#seen();
  }

  /** @param {"up" | "down"} way */
  #drawMore(way) {
    if (!this.#stretch[way](this.#lines)) return;
    const anchors = this.#anchors();
    this.#draw();
    this.#hold(anchors);
  }

  /** From line to line. @param {KeyboardEvent} event */
  #walk(event) {
    const { key, target } = event;
    const current = this.#current;
    const isOnLine = target === this.#scroll || target === current?.item;
    if (!isOnLine || event.altKey || event.ctrlKey || event.metaKey) return;
    if (key === "Enter" && current?.line && target === current.item) {
      event.preventDefault();
      this.#actions.more(current.line, current.item);
      return;
    }
    const { length } = this.#lines;
    const known = this.#lines.findIndex(({ id }) => id === current?.line?.id);
    const at = known < 0 ? length : known;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: length - 1 }[key];
    // Below the last line the log goes on by itself, if that is a long one.
    if (to === undefined || to >= length || length === 0) return;
    event.preventDefault();
    this.#goTo(Math.max(0, to));
  }

  /** @param {number} at  a place among all lines */
  #goTo(at) {
    const shown = this.#drawn.find(this.#lines[at]?.id ?? "");
    if (!shown) return this.#bringLine(at)?.focus({ preventScroll: true });
    shown.item.focus({ preventScroll: true });
    const [line, log] = [shown.item, this.#scroll].map((one) => one.getBoundingClientRect());
    if (line && log && (line.top < log.top || line.bottom > log.bottom)) this.#bring(shown.item, ABOVE.next);
  }

  /** @param {EventTarget | null} target */
  #stand(target) {
    const line = this.#at(target);
    if (line === this.#current) return;
    this.#current?.stand(false);
    line?.stand(true);
    this.#current = line;
  }

  /** Where nothing hovers, a press on a line opens what can be done with it. @param {MouseEvent} event */
  #press({ target }) {
    if (!(target instanceof Element) || !NO_HOVER.matches) return;
    if (target.closest("a, button, pre") || !getSelection()?.isCollapsed) return;
    const { line = null, item } = this.#at(target) ?? {};
    if (item && line && !line.isDeleted) this.#actions.more(line, item);
  }

  /** The line that it is a part of. @param {EventTarget | null} target */
  #at(target) {
    const item = target instanceof Element ? target.closest(".message") : null;
    return this.#drawn.order.find((one) => one.item === item) ?? null;
  }

  #isAtEnd() {
    return this.#stretch.isToEnd && this.#below < AT_END;
  }

  /** How much of what is drawn stands below what is in view, in pixels. */
  get #below() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight;
  }
}
