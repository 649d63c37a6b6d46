import { locale, t, woven } from "../../lib/i18n.js";
import { avatar } from "../../lib/avatar.js";
import { announce, called, find, make } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { tame } from "../../lib/text.js";

import { AttachButton, AttachedFile, takeDrops } from "./parts/attachment.js";

/**
 * @import { ChatActions, ChatLine, ChatState, Chosen } from "../state.js"
 * @import { Part } from "../capabilities.js"
 * @import { Later } from "../../lib/later.js"
 */

/** Messages of one author that follow each other so closely stand under one name, in ms. */
const BREATH = 5 * 60_000;

const TIME = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });

/** So many new lines at once are history: nobody wants them all read out. */
const MOST_READ_OUT = 5;

const DELIVERY = { "": "", sending: t("Sending…"), waiting: t("Not delivered yet") };

/** @type {Record<"once" | "again", (who: Node) => (Node | string)[]>} */
const TOLD = {
  once: (who) => woven(t("passed on by {name}"), { name: who }),
  again: (who) => woven(t("passed on by {name}, at second hand"), { name: who }),
};

/** What is written, and the field to write in. */
export class ChatPanel {
  #root;
  #actions;
  #attachments;
  #scroll;
  #log;
  #field;
  #jump;
  /** By the id of the line. @type {Map<string, ShownLine>} */
  #shown = new Map();
  /** @type {readonly ChatLine[] | null} */
  #messages = null;
  #conversation = "";
  #wasAtEnd = true;
  #height = 0;

  /**
   * @param {HTMLElement} root   #chat
   * @param {ChatActions} actions
   * @param {Later<Part> | null} [attachments]
   */
  constructor(root, actions, attachments = null) {
    this.#root = root;
    this.#actions = actions;
    this.#attachments = attachments;
    this.#scroll = find(root, ".scroll");
    this.#log = find(root, ".log");
    this.#field = /** @type {HTMLTextAreaElement} */ (find(root, "textarea"));
    this.#jump = find(root, '[data-part="jump"]');

    find(root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#field.addEventListener("keydown", (event) => this.#sendByKey(event));
    this.#jump.addEventListener("click", () => this.#toEnd());
    this.#scroll.addEventListener("scroll", () => {
      // What a change of size moves is no wish of the reader's.
      if (this.#scroll.clientHeight === this.#height) this.#wasAtEnd = this.#isAtEnd();
      if (this.#isAtEnd()) this.#jump.hidden = true;
    });
    // A keyboard comes up, or a window shrinks: whoever saw the newest lines sees them still.
    new ResizeObserver(() => {
      this.#height = this.#scroll.clientHeight;
      if (this.#wasAtEnd) this.#toEnd();
    }).observe(this.#scroll);
    if (attachments) {
      const offer = (/** @type {Chosen[]} */ chosen) => this.#offer(chosen);
      find(root, "form").insertBefore(new AttachButton(attachments, offer).element, find(root, ".send"));
      takeDrops(root, attachments, offer);
    }
    this.#renderQuiet();
  }

  /** @param {{ chat: ChatState }} state @param {boolean} opened */
  render({ chat }, opened) {
    const messages = chat.conversations.find(({ id }) => id === chat.shown)?.lines ?? [];
    this.#conversation = chat.shown;
    this.#renderFiles();
    if (messages === this.#messages && !opened) return;
    this.#messages = messages;
    const wasAtEnd = this.#isAtEnd();
    const newest = messages.at(-1);
    const isNew = newest !== undefined && !this.#shown.has(newest.id);
    const stay = !opened && !wasAtEnd && !(isNew && newest.isMine);
    const anchor = stay ? this.#anchor() : null;

    const isFocused = this.#log.contains(document.activeElement);
    this.#reconcile(messages);
    // Whoever stood on a link in a line that is gone goes on from the log.
    if (isFocused && !this.#log.contains(document.activeElement)) this.#scroll.focus({ preventScroll: true });

    if (!stay) this.#toEnd();
    else if (anchor) this.#scroll.scrollTop += anchor.text.getBoundingClientRect().top - anchor.top;
    if (stay && isNew) this.#jump.hidden = false;
  }

  /**
   * Lines that are shown stay as they are, with what is selected and focused in them, and are not read out again, whatever
   * becomes known of them.
   *
   * @param {readonly ChatLine[]} messages
   */
  #reconcile(messages) {
    const ids = new Set(messages.map(({ id }) => id));
    const fresh = messages.filter(({ id }) => !this.#shown.has(id)).length;
    if (fresh > 0) this.#scroll.setAttribute("aria-live", fresh > MOST_READ_OUT ? "off" : "polite");
    for (const [id, { item }] of this.#shown) {
      if (ids.has(id)) continue;
      item.remove();
      this.#shown.delete(id);
    }
    if (messages.length === 0) return this.#renderQuiet();
    this.#log.querySelector(".quiet")?.remove();
    let next = this.#log.firstElementChild;
    for (const [i, line] of messages.entries()) {
      const shown = this.#shown.get(line.id) ?? new ShownLine();
      this.#shown.set(line.id, shown);
      shown.render(line, !follows(line, messages[i - 1]));
      shown.renderFile(this.#attachments?.part?.attachments);
      if (shown.item === next) next = next.nextElementSibling;
      else this.#log.insertBefore(shown.item, next);
    }
  }

  /** The words that are the first in view, and where they are. */
  #anchor() {
    const { top } = this.#scroll.getBoundingClientRect();
    const places = [...this.#shown.values()].map(({ text }) => ({
      text,
      top: text.getBoundingClientRect().top,
    }));
    const inView = places.filter(({ text, top: itsTop }) => itsTop + text.clientHeight > top);
    return inView.reduce(
      (/** @type {typeof places[0] | null} */ first, one) => (first && first.top <= one.top ? first : one),
      null,
    );
  }

  /** @param {KeyboardEvent} event */
  #sendByKey(event) {
    // While a word is being composed, Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.#field.value.trim();
    const { activeElement: focused } = document;
    // Safari gives a button no focus. What was written before this was here may be sent when somebody is elsewhere.
    if (focused === document.body || this.#root.contains(focused)) this.#field.focus();
    if (!text) return;
    this.#field.value = "";
    this.#actions.write(text);
    this.#toEnd();
  }

  /** How far files have come. */
  #renderFiles() {
    const { attachments } = this.#attachments?.part ?? {};
    for (const shown of this.#shown.values()) shown.renderFile(attachments);
  }

  /** @param {Chosen[]} chosen */
  #offer(chosen) {
    for (const one of chosen) {
      const offered = this.#attachments?.part?.attachments?.offer(one, this.#conversation);
      if (!offered) continue;
      if ("problem" in offered) announce(offered.problem, { urgent: true });
      else this.#actions.write("", { to: this.#conversation, file: offered.file });
    }
    this.#toEnd();
  }

  #renderQuiet() {
    this.#log.replaceChildren(
      make(
        "li",
        { class: "quiet" },
        t("Nothing written yet. What you write goes to everybody here, and to those who come later."),
      ),
    );
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #toEnd() {
    this.#wasAtEnd = true;
    this.#jump.hidden = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }
}

/** A line on the page; its elements stay the same. */
class ShownLine {
  item = make("li", { class: "message" });
  text = make("p", { dir: "auto" });
  #column = make("div", {}, make("div", { class: "body" }, this.text));
  #head = new Latest();
  #body = "";
  /** @type {ChatLine | null} */
  #line = null;
  /** @type {AttachedFile | null} */
  #file = null;
  /** @type {import("../state.js").OfferedFile | null} */
  #offered = null;
  /** @type {ChatLine["delivery"]["state"]} */
  #delivery = "";

  constructor() {
    this.item.append(this.#column);
    this.#head.keep(null);
  }

  /** @param {ChatLine} line @param {boolean} isFirst  of those under one name */
  render(line, isFirst) {
    const { name, body, at, isMine, told_by, hearsay } = line;
    this.#line = line;
    const delivery = line.delivery.state;
    const head = isFirst ? [name, at, isMine, told_by, hearsay] : null;
    this.item.classList.toggle("follows", !isFirst);
    if (this.#head.isNew(head)) this.#renderHead(isFirst ? line : null);
    if (body !== this.#body) this.text.replaceChildren(...pieces(body).map(asNode));
    if (body !== this.#body || delivery !== this.#delivery) {
      this.text.querySelector("small")?.remove();
      if (delivery) this.text.append(make("small", {}, DELIVERY[delivery]));
    }
    [this.#body, this.#delivery] = [body, delivery];
  }

  /** What stands under it, if something is offered. @param {import("../state.js").Attachments} [attachments]  once they are here */
  renderFile(attachments) {
    const { file = null } = this.#line ?? {};
    if (!file && this.#file) {
      this.#file.element.remove();
      this.#file = null;
      // What was taken back nobody gets any more.
      if (this.#line?.isMine && this.#offered) attachments?.withdraw(this.#offered);
    }
    this.#offered = file;
    if (!file || !this.#line || !attachments) return;
    if (!this.#file) {
      this.#file = new AttachedFile();
      this.text.after(this.#file.element);
    }
    this.#file.render(attachments.show(this.#line, file));
  }

  /** @param {ChatLine | null} line  null under somebody's line */
  #renderHead(line) {
    this.item.querySelector(".avatar")?.remove();
    this.#column.querySelector("header")?.remove();
    if (!line) return;
    const { name, at, isMine, told_by, hearsay } = line;
    const said = new Date(at);
    const time = make("time", { datetime: said.toISOString() }, TIME.format(said));
    const teller =
      told_by !== undefined && make("small", {}, ...TOLD[hearsay ? "again" : "once"](called(told_by)));
    this.item.prepend(avatar(name, "s"));
    this.#column.prepend(
      make("header", {}, make("strong", {}, isMine ? t("You") : called(name)), time, teller),
    );
  }
}

/**
 * Whether it stands under the name above it.
 *
 * @param {ChatLine} line
 * @param {ChatLine | undefined} before
 */
export function follows({ author, name, at, told_by, hearsay }, before) {
  const isSame =
    before?.author === author &&
    before.name === name &&
    before.told_by === told_by &&
    before.hearsay === hearsay;
  return before !== undefined && isSame && at - before.at < BREATH;
}

/**
 * A text as it may be shown, cut into what is an address of the web and what is not.
 *
 * @param {string} raw
 * @returns {{ text: string, href: string }[]}   `href` is "" for what is not
 */
export function pieces(raw) {
  const text = tame(raw);
  const found = [];
  let end = 0;
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"“”«»]+/giu)) {
    const address = trimmed(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > end) found.push({ text: text.slice(end, match.index), href: "" });
    found.push({ text: address, href: new URL(address).href });
    end = match.index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end), href: "" });
  return found;
}

/**
 * Without the punctuation of the sentence it stands in; a bracket stays if it was opened in the address.
 *
 * @param {string} address
 */
function trimmed(address) {
  let rest = address;
  for (;;) {
    const last = rest.at(-1) ?? "";
    const opened = { ")": "(", "]": "[", "}": "{" }[last];
    const loose = opened !== undefined && rest.split(opened).length < rest.split(last).length;
    if (!loose && !/[.,;:!?'’*_~]/u.test(last)) return rest;
    rest = rest.slice(0, -1);
  }
}

/** @param {{ text: string, href: string }} piece */
function asNode({ text, href }) {
  return href ? make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text) : text;
}
