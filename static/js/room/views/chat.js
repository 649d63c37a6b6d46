import { avatar } from "../../lib/avatar.js";
import { called, find, make } from "../../lib/dom.js";

/** @import { ChatMessage } from "../state.js" */

/** Messages of one author that follow each other so closely stand under one name, in ms. */
const BREATH = 5 * 60_000;

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** What is written, and the field to write in. */
export class ChatPanel {
  #root;
  #actions;
  #scroll;
  #log;
  #field;
  #jump;
  #me = "";
  /** @type {string[]} */
  #shown = [];

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
      if (this.#isAtEnd()) this.#jump.hidden = true;
    });
    this.#renderQuiet();
  }

  /** @param {{ messages: ChatMessage[], me: string }} state   `messages` in their order @param {boolean} opened */
  render({ messages, me }, opened) {
    this.#me = me;
    this.#renderMessages(messages, opened);
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

  /**
   * @param {ChatMessage[]} messages
   * @param {boolean} opened
   */
  #renderMessages(messages, opened) {
    const ids = messages.map(({ id, passed_by }) => (passed_by === undefined ? id : `${id} ${passed_by}`));
    const known = this.#shown.length;
    const fresh = ids.slice(known);
    const grown = this.#shown.every((id, i) => ids[i] === id);
    if (grown && !fresh.length && !opened) return;
    const stay = !opened && !this.#isAtEnd() && messages.at(-1)?.author !== this.#me;

    if (!grown || known === 0) this.#log.replaceChildren();
    const start = grown ? known : 0;
    for (let i = start; i < messages.length; i++) this.#add(/** @type {ChatMessage} */ (messages[i]), messages[i - 1]);
    this.#shown = ids;
    if (!messages.length) this.#renderQuiet();

    if (stay && fresh.length) this.#jump.hidden = false;
    if (!stay) this.#toEnd();
  }

  /**
   * @param {ChatMessage} message
   * @param {ChatMessage | undefined} before
   */
  #add(message, before) {
    const text = make("p", {}, ...pieces(message.body).map(asNode));
    const follows = before?.author === message.author && before.name === message.name && before.passed_by === message.passed_by && message.sent_at - before.sent_at < BREATH;
    if (before && follows) {
      this.#log.lastElementChild?.querySelector(".body")?.append(text);
      return;
    }
    const sent = new Date(message.sent_at);
    const name = message.author === this.#me ? "You" : called(message.name);
    const time = make("time", { datetime: sent.toISOString() }, TIME.format(sent));
    const { passed_by } = message;
    const passer = passed_by !== undefined && make("small", {}, "passed on by ", called(passed_by));
    const header = make("header", {}, make("strong", {}, name), time, passer);
    this.#log.append(make("li", { class: "message" }, avatar(message.name, "s"), make("div", {}, header, make("div", { class: "body" }, text))));
  }

  #renderQuiet() {
    this.#log.replaceChildren(make("li", { class: "quiet" }, "Nothing written yet. It goes to everybody here, and to those who come later."));
  }

  #isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  #toEnd() {
    this.#jump.hidden = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }
}

/**
 * A text, cut into what is an address of the web and what is not.
 *
 * @param {string} text
 * @returns {{ text: string, href: string }[]}   `href` is "" for what is not
 */
export function pieces(text) {
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
