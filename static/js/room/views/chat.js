import { avatar } from "../../lib/avatar.js";
import { called, find, make } from "../../lib/dom.js";
import { tame } from "../../lib/text.js";

/** @import { ChatLine } from "../state.js" */

/** Messages of one author that follow each other so closely stand under one name, in ms. */
const BREATH = 5 * 60_000;

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

const DELIVERY = { "": "", sending: "Sending…", undelivered: "Not delivered yet" };

/** What is written, and the field to write in. */
export class ChatPanel {
  #root;
  #actions;
  #scroll;
  #log;
  #field;
  #jump;
  /** @type {{ id: string, text: HTMLElement, delivery: ChatLine["delivery"] }[]} */
  #shown = [];
  #wasAtEnd = true;
  #height = 0;

  /**
   * @param {HTMLElement} root   #chat
   * @param {{ send: (text: string) => void }} actions
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
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
    this.#renderQuiet();
  }

  /** @param {{ messages: readonly ChatLine[] }} state   `messages` in their order @param {boolean} opened */
  render({ messages }, opened) {
    const known = this.#shown.length;
    const grown = this.#shown.every(({ id }, i) => messages[i]?.id === id);
    const fresh = messages.length - (grown ? known : 0);
    if (grown) this.#deliver(messages);
    if (!fresh && !opened) return;
    const stay = !opened && !this.#isAtEnd() && !messages.at(-1)?.isMine;

    if (!grown || known === 0) this.#log.replaceChildren();
    if (!grown) this.#shown = [];
    for (let i = this.#shown.length; i < messages.length; i++) this.#add(/** @type {ChatLine} */ (messages[i]), messages[i - 1]);
    if (!messages.length) this.#renderQuiet();

    if (stay && messages.length > known) this.#jump.hidden = false;
    if (!stay) this.#toEnd();
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
    this.#actions.send(text);
    this.#toEnd();
  }

  /** What is said of the lines that are shown; they stay as they are, and are not read out again. @param {readonly ChatLine[]} lines */
  #deliver(lines) {
    const wasAtEnd = this.#isAtEnd();
    for (const [i, shown] of this.#shown.entries()) {
      const delivery = lines[i]?.delivery ?? "";
      if (delivery === shown.delivery) continue;
      shown.delivery = delivery;
      shown.text.querySelector("small")?.remove();
      if (delivery) shown.text.append(make("small", {}, DELIVERY[delivery]));
      if (wasAtEnd) this.#toEnd();
    }
  }

  /**
   * @param {ChatLine} line
   * @param {ChatLine | undefined} before
   */
  #add(line, before) {
    const { id, author, name, body, at, isMine, told_by, hearsay, delivery } = line;
    const text = make("p", {}, ...pieces(body).map(asNode), delivery !== "" && make("small", {}, DELIVERY[delivery]));
    this.#shown.push({ id, text, delivery });
    const isSame = before?.author === author && before.name === name && before.told_by === told_by && before.hearsay === hearsay;
    if (before && isSame && at - before.at < BREATH) {
      this.#log.lastElementChild?.querySelector(".body")?.append(text);
      return;
    }
    const said = new Date(at);
    const time = make("time", { datetime: said.toISOString() }, TIME.format(said));
    const teller = told_by !== undefined && make("small", {}, "passed on by ", called(told_by), hearsay === true && ", at second hand");
    const header = make("header", {}, make("strong", {}, isMine ? "You" : called(name)), time, teller);
    this.#log.append(make("li", { class: "message" }, avatar(name, "s"), make("div", {}, header, make("div", { class: "body" }, text))));
  }

  #renderQuiet() {
    this.#log.replaceChildren(make("li", { class: "quiet" }, "Nothing written yet. It goes to everybody here, and to those who come later."));
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
