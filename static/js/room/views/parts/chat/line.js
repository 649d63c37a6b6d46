import { avatar } from "../../../../lib/avatar.js";
import { called, icon, make, mark, write } from "../../../../lib/dom.js";
import { Latest } from "../../../../lib/events.js";
import { t, woven } from "../../../../lib/i18n.js";
import { mentions } from "../../../chat/mentions.js";
import { markup, unmarked } from "../../../chat/markup.js";
import { hearsay, reacted, reactedBy, time, whoDeleted } from "../../../words/chat.js";
import { AttachedFile } from "../attachment.js";
import { named } from "./emoji.js";
import { formatted } from "./formatted.js";

/**
 * @import { ChatLine, Reaction } from "../../../state.js"
 *
 * What somebody does with a line.
 * @typedef {object} LineActions
 * @property {(line: ChatLine) => void} reply
 * @property {(line: ChatLine, reaction: string, on: boolean) => void} react
 * @property {(line: ChatLine, button: HTMLElement) => void} chooseReaction
 * @property {(line: ChatLine) => void} edit
 * @property {(line: ChatLine, button: HTMLElement) => void} more
 * @property {(id: string) => void} reveal  another line
 *
 * Who reads: what they are called, and who may be addressed.
 * @typedef {{me: string, names: readonly string[]}} Reader
 *
 * How it stands among the others.
 * @typedef {object} Place
 * @property {boolean} isFirst  of those under one name
 * @property {string} fate      what became of it, if that is to be said here
 * @property {Reader} reader    the same object as long as it is the same
 */

/** A line on the page; its elements stay the same, whatever becomes known of it. */
export class ShownLine {
  item = make("li", { class: "message", tabindex: -1 });
  /** What was said, where a reader's eye is. */
  words = make("div", { class: "words" });
  /** @type {ChatLine | null} */
  line = null;
  /** @type {Place | null} */
  #place = null;
  #actions;
  #body = make("div", { class: "body" }, this.words);
  #column = make("div", {}, this.#body);
  #tools = make("div", { class: "tools", role: "toolbar", "aria-label": t("For this message") });
  #head = new Latest();
  #said = new Latest();
  #under = new Latest();
  #reactions = make("div", { class: "reactions", role: "group", "aria-label": t("Reactions") });
  #areToolsComplete = false;
  /** @type {AttachedFile | null} */
  #file = null;

  /** @param {LineActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#tools.append(
      this.#tool("more", t("More"), (button) => this.#act((line) => actions.more(line, button))),
    );
    this.item.append(this.#column, this.#tools);
    for (const sign of ["pointerenter", "focusin"]) {
      this.item.addEventListener(sign, () => this.#completeTools());
    }
  }

  /** @param {ChatLine} line @param {Place} place */
  render(line, place) {
    const { isFirst, fate, reader } = place;
    const before = this.#place;
    // Of hundreds that are drawn one has changed.
    if (
      line === this.line &&
      isFirst === before?.isFirst &&
      fate === before.fate &&
      reader === before.reader
    ) {
      return;
    }
    [this.line, this.#place] = [line, place];
    const { me, names } = reader;
    const { name, at, isMine, told_by, hearsay: isSecondHand, editedAt, isDeleted, reply } = line;
    this.item.classList.toggle("follows", !isFirst);
    this.item.classList.toggle("gone", isDeleted);
    this.item.classList.toggle("told", told_by !== undefined);
    if (this.#head.isNew([isFirst, name, at, isMine, editedAt])) this.#renderHead(line, isFirst);
    if (this.#under.isNew([told_by, isSecondHand, reply])) this.#renderAbove(line);
    if (this.#said.isNew([line.body, isDeleted, me, line.body.includes("@") && names])) {
      this.#renderWords(line, reader);
    }
    this.#renderReactions(line);
    this.#renderFate(fate, line.delivery.state === "waiting");
    this.#tools.hidden = isDeleted;
  }

  /** What stands under it, if something is offered. @param {import("../../../state.js").Attachments} [attachments]  once they are here */
  renderFile(attachments) {
    const file = this.line?.isDeleted ? null : (this.line?.file ?? null);
    if (!file && this.#file) {
      this.#file.element.remove();
      this.#file = null;
    }
    if (!file || !this.line || !attachments) return;
    if (!this.#file) {
      this.#file = new AttachedFile();
      this.words.after(this.#file.element);
    }
    this.#file.render(attachments.show(this.line, file));
  }

  /** It and its tools are reached by the keyboard, or no longer. @param {boolean} isCurrent */
  stand(isCurrent) {
    if (isCurrent) this.#completeTools();
    this.item.tabIndex = isCurrent ? 0 : -1;
    for (const tool of this.#tools.children) /** @type {HTMLElement} */ (tool).tabIndex = isCurrent ? 0 : -1;
  }

  /** @param {ChatLine} line @param {boolean} isFirst */
  #renderHead(line, isFirst) {
    this.item.querySelector(":scope > .avatar")?.remove();
    this.#column.querySelector("header")?.remove();
    if (!isFirst) return;
    const { name, at, isMine, editedAt } = line;
    const when = make("time", { datetime: new Date(at).toISOString() }, time(at));
    this.item.prepend(avatar(name, "s"));
    this.#column.prepend(
      make(
        "header",
        {},
        make("strong", {}, isMine ? t("You") : called(name)),
        when,
        editedAt !== null && this.#edited(),
      ),
    );
  }

  /** Lets the old words be read. */
  #edited() {
    const button = make(
      "button",
      { class: "edited", type: "button", "aria-expanded": "false", title: t("Show what it said before") },
      t("edited"),
    );
    button.addEventListener("click", () => {
      const shown = this.#body.querySelector(".earlier");
      shown?.remove();
      mark(button, "aria-expanded", String(!shown));
      if (shown || !this.line) return;
      const earlier = this.line.earlier.map(({ body, at }) =>
        make("li", {}, make("time", {}, time(at)), " ", make("bdi", {}, body)),
      );
      this.words.after(make("ol", { class: "earlier", "aria-label": t("What it said before") }, ...earlier));
    });
    return button;
  }

  /** On whose word it stands, and what it answers. @param {ChatLine} line */
  #renderAbove(line) {
    for (const above of this.#body.querySelectorAll(":scope > :is(.hearsay, .quote)")) above.remove();
    const { told_by, reply } = line;
    if (told_by !== undefined) {
      const words = make("span", {}, ...hearsay(line));
      this.words.before(make("span", { class: "hearsay" }, icon("info"), words));
    }
    if (!reply) return;
    const { id, name, excerpt } = reply;
    if (!id) {
      this.words.before(make("span", { class: "quote" }, t("A reply to a message that is not here")));
      return;
    }
    const quote = make(
      "button",
      { class: "quote", type: "button" },
      make("span", { class: "visually-hidden" }, ...woven(t("A reply to {name}: "), { name: called(name) })),
      make(
        "span",
        { class: "clamped" },
        make("strong", { "aria-hidden": "true" }, called(name)),
        " ",
        make("bdi", {}, unmarked(excerpt)),
      ),
    );
    quote.addEventListener("click", () => this.#actions.reveal(id));
    this.words.before(quote);
  }

  /** @param {ChatLine} line @param {Reader} reader */
  #renderWords(line, { me, names }) {
    const { body, isDeleted } = line;
    this.#body.querySelector(".earlier")?.remove();
    if (isDeleted) this.words.replaceChildren(make("p", {}, ...whoDeleted(line)));
    else this.words.replaceChildren(...formatted(markup(body, mentions(body, names)), me));
  }

  /** Each button stays as it is, with the focus in it. @param {ChatLine} line */
  #renderReactions(line) {
    const reactions = line.isDeleted ? [] : line.reactions;
    if (reactions.length === 0) return this.#reactions.remove();
    if (!this.#reactions.isConnected) this.words.after(this.#reactions);
    const known = new Map(
      [...this.#reactions.children].map((one) => [one.getAttribute("data-reaction"), one]),
    );
    for (const [i, reaction] of reactions.entries()) {
      const button = known.get(reaction.reaction) ?? this.#reaction(reaction.reaction);
      known.delete(reaction.reaction);
      if (this.#reactions.children[i] !== button) {
        this.#reactions.insertBefore(button, this.#reactions.children[i] ?? null);
      }
      this.#renderReaction(button, reaction);
    }
    for (const gone of known.values()) gone.remove();
  }

  /** @param {string} reaction */
  #reaction(reaction) {
    const button = make(
      "button",
      { type: "button", "data-reaction": reaction },
      make("span", { class: "sign", "aria-hidden": "true" }, reaction),
      make("span", { class: "number", "aria-hidden": "true" }),
    );
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") === "true";
      this.#act((line) => this.#actions.react(line, reaction, !isOn));
    });
    return button;
  }

  /** @param {Element} button @param {Reaction} reaction */
  #renderReaction(button, reaction) {
    mark(button, "aria-pressed", String(reaction.isMine));
    mark(button, "aria-label", reacted(reaction, named(reaction.reaction)));
    mark(button, "title", reactedBy(reaction));
    write(/** @type {Element} */ (button.lastElementChild), String(reaction.count));
  }

  /** @param {string} words @param {boolean} waits */
  #renderFate(words, waits) {
    const known = this.#body.querySelector(":scope > .fate");
    if (known?.textContent === words) return;
    known?.remove();
    if (!words) return;
    this.#body.append(
      make(
        "p",
        { class: waits ? "fate waits" : "fate" },
        waits ? icon("clock") : icon("send", "icon-flip"),
        make("span", {}, words),
      ),
    );
  }

  /** What most lines never need is made once somebody comes near. */
  #completeTools() {
    if (this.#areToolsComplete || !this.line) return;
    this.#areToolsComplete = true;
    const { canChange, file } = this.line;
    const actions = this.#actions;
    this.#tools.prepend(
      this.#tool("reply", t("Reply"), () => this.#act(actions.reply), "icon-flip"),
      this.#tool("smile", t("React"), (button) => this.#act((line) => actions.chooseReaction(line, button))),
    );
    if (canChange && !file) {
      this.#tools.lastElementChild?.before(this.#tool("edit", t("Edit"), () => this.#act(actions.edit)));
    }
  }

  /** @param {string} name @param {string} label @param {(button: HTMLElement) => void} act @param {string} [extra] */
  #tool(name, label, act, extra = "") {
    const button = make(
      "button",
      { class: "button button-icon", type: "button", tabindex: -1, "aria-label": label, title: label },
      icon(name, extra),
    );
    button.addEventListener("click", () => act(button));
    return button;
  }

  /** @param {(line: ChatLine) => void} act */
  #act(act) {
    if (this.line) act(this.line);
  }
}
