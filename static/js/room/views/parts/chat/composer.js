import { announce, find, icon, make, mark, write } from "../../../../lib/dom.js";
import { t, tn } from "../../../../lib/i18n.js";
import { addressee } from "../../../words/chat.js";
import { About } from "./about.js";
import { Completion } from "./completion.js";
import { pickEmoji } from "./emoji.js";

/**
 * @import { ChatActions, ChatLine, Conversation, LineName } from "../../../state.js"
 *
 * What is being written to somebody.
 * @typedef {object} Draft
 * @property {string} text
 * @property {number} caret
 * @property {ChatLine | null} replyTo
 * @property {ChatLine | null} editing
 * @property {string} before  what stood there before something was edited
 */

// As much as a message may have (chat/message.js); and from so many left on it is said how many they are.
const LONGEST = 4_000;
const FEW = 200;

/** The field to write in. What is typed stays with whom it was meant for, whatever is looked at or closed meanwhile. */
export class Composer {
  #root;
  #field;
  #form;
  #actions;
  #last;
  #sent;
  #completion;
  #about = new About(() => this.#cancel());
  #counter = make("span", { class: "counter", hidden: true });
  /** Why nothing can be written at the moment. */
  #closed = make("p", { class: "soft small", hidden: true }, t("Only hosts may write now."));
  #mayWrite = true;
  /** @type {readonly string[]} */
  #names = [];
  /** By the id of the conversation. @type {Map<string, Draft>} */
  #drafts = new Map();
  /** @type {Pick<Conversation, "id" | "name" | "isHere"> | null} */
  #conversation = null;
  #isTyping = false;

  /**
   * @param {HTMLElement} root   #chat
   * @param {object} options
   * @param {Pick<ChatActions, "write" | "edit" | "typing">} options.actions
   * @param {() => ChatLine | undefined} options.last  my last message that I may change
   * @param {() => void} options.sent
   */
  constructor(root, { actions, last, sent }) {
    this.#root = root;
    this.#actions = actions;
    this.#last = last;
    this.#sent = sent;
    this.#form = /** @type {HTMLFormElement} */ (find(root, "form"));
    this.#field = /** @type {HTMLTextAreaElement} */ (find(root, "textarea"));
    this.#form.prepend(this.#about.element);
    this.#form.before(this.#closed);
    const tools = make("div", { class: "tools" });
    tools.append(this.#emojiButton(), this.#counter);
    this.#field.after(tools);
    this.#form.classList.add("complete");
    this.#completion = new Completion(this.#field, () => this.#names);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#changed());
    this.#changed();
  }

  /** Where buttons of others stand. */
  get tools() {
    return find(this.#form, ".tools");
  }

  /**
   * @param {Conversation} conversation
   * @param {readonly string[]} names  of those who can be addressed
   * @param {boolean} mayWrite  the rules of the room let me
   */
  render({ id, name, isHere }, names, mayWrite) {
    this.#names = names;
    this.#mayWrite = mayWrite;
    this.#closed.hidden = mayWrite;
    const before = this.#conversation;
    this.#conversation = { id, name, isHere };
    if (before && before.id !== id) {
      this.#put(before.id);
      this.#take(id);
    }
    const label = addressee(this.#conversation);
    mark(this.#field, "aria-label", label);
    mark(this.#field, "placeholder", label);
    // What was typed can still be copied, and is there when it can be sent.
    this.#field.readOnly = !isHere || !mayWrite;
    this.#renderSend();
  }

  /** @param {ChatLine} line */
  reply(line) {
    const draft = this.#draft;
    if (draft.editing) this.#stopEditing();
    draft.replyTo = line;
    this.#renderAbout();
    this.#field.focus();
  }

  /** @param {ChatLine} line  one of mine */
  edit(line) {
    const draft = this.#draft;
    if (!draft.editing) draft.before = this.#field.value;
    draft.editing = line;
    this.#write(line.body);
    this.#renderAbout();
    this.#field.focus();
  }

  /** Puts text where the caret is. @param {string} text */
  insert(text) {
    const { selectionStart, selectionEnd } = this.#field;
    this.#field.setRangeText(text, selectionStart, selectionEnd, "end");
    this.#field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.#field.focus();
  }

  get #draft() {
    const id = this.#conversation?.id ?? "";
    const draft = this.#drafts.get(id) ?? { text: "", caret: 0, replyTo: null, editing: null, before: "" };
    this.#drafts.set(id, draft);
    return draft;
  }

  get #tooMany() {
    return this.#field.value.trim().length - LONGEST;
  }

  #emojiButton() {
    const button = make(
      "button",
      {
        class: "button button-plain button-icon",
        type: "button",
        "aria-label": t("Add an emoji"),
        title: t("Add an emoji"),
      },
      icon("smile"),
    );
    button.addEventListener("click", () => pickEmoji(button, (emoji) => this.insert(emoji)));
    return button;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, shiftKey, isComposing, keyCode } = event;
    // While a word is being composed, its keys choose it; Safari says so by the code alone.
    if (isComposing || keyCode === 229) return;
    if (this.#completion.take(event)) return;
    if (key === "Enter" && !shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (key === "Escape" && (this.#draft.editing || this.#draft.replyTo)) {
      event.stopPropagation();
      this.#cancel();
    } else if (key === "ArrowUp" && this.#field.value === "" && !this.#draft.editing) {
      const line = this.#last();
      if (!line) return;
      event.preventDefault();
      this.edit(line);
    }
  }

  #send() {
    const { activeElement: focused } = document;
    // Safari gives a button no focus. What was written before this was here may be sent when somebody is elsewhere.
    if (focused === document.body || this.#root.contains(focused)) this.#field.focus();
    const text = this.#field.value.trim();
    if (!this.#mayWrite) return announce(this.#closed.textContent ?? "");
    if (this.#tooMany > 0) return announce(this.#counter.textContent ?? "");
    const draft = this.#draft;
    if (draft.editing) return this.#saveEdit(draft.editing, text);
    if (!text) return;
    const to = this.#conversation?.id ?? "";
    const { replyTo } = draft;
    // What cannot be sent stays.
    if (!this.#actions.write(text, { to, replyTo: replyTo && name(replyTo) })) return;
    draft.replyTo = null;
    this.#write("");
    this.#renderAbout();
    this.#sent();
  }

  /** @param {ChatLine} line @param {string} text */
  #saveEdit(line, text) {
    if (!text) return;
    if (text !== line.body && !this.#actions.edit(name(line), text)) return;
    this.#stopEditing();
    this.#renderAbout();
  }

  #cancel() {
    if (this.#draft.editing) this.#stopEditing();
    else this.#draft.replyTo = null;
    this.#renderAbout();
    this.#field.focus();
  }

  /** What stood there before comes back. */
  #stopEditing() {
    const draft = this.#draft;
    draft.editing = null;
    this.#write(draft.before);
    draft.before = "";
  }

  /** @param {string} text */
  #write(text) {
    this.#field.value = text;
    this.#field.setSelectionRange(text.length, text.length);
    this.#completion.close();
    this.#changed();
  }

  /** @param {string} id */
  #put(id) {
    const draft = this.#drafts.get(id);
    const { value, selectionEnd } = this.#field;
    if (draft) [draft.text, draft.caret] = [value, selectionEnd];
    else if (value) {
      this.#drafts.set(id, { text: value, caret: selectionEnd, replyTo: null, editing: null, before: "" });
    }
    this.#tellTyping(id, false);
  }

  /** @param {string} id */
  #take(id) {
    const draft = this.#drafts.get(id);
    this.#field.value = draft?.text ?? "";
    this.#field.setSelectionRange(draft?.caret ?? 0, draft?.caret ?? 0);
    this.#completion.close();
    this.#renderAbout();
    this.#renderCount();
  }

  #changed() {
    this.#renderCount();
    if (this.#conversation) this.#tellTyping(this.#conversation.id, this.#field.value.trim() !== "");
  }

  /** @param {string} id @param {boolean} isTyping */
  #tellTyping(id, isTyping) {
    if (!isTyping && !this.#isTyping) return;
    this.#isTyping = isTyping;
    this.#actions.typing(id, isTyping);
  }

  #renderCount() {
    const left = -this.#tooMany;
    this.#counter.hidden = left > FEW;
    this.#counter.classList.toggle("over", left < 0);
    const words =
      left < 0
        ? tn("{count} character too many", "{count} characters too many", -left)
        : tn("{count} character left", "{count} characters left", left);
    if (!this.#counter.hidden) write(this.#counter, words);
    this.#renderSend();
  }

  #renderSend() {
    const isOff = this.#tooMany > 0 || this.#field.readOnly;
    mark(find(this.#form, ".send"), "aria-disabled", isOff ? "true" : null);
  }

  #renderAbout() {
    const { editing, replyTo } = this.#draft;
    mark(find(this.#form, ".send"), "aria-label", editing ? t("Save the change") : t("Send"));
    this.#about.render(editing, replyTo);
  }
}

/** @param {ChatLine} line @returns {LineName} */
function name({ id, conversation }) {
  return { id, conversation };
}
