import { announce, find, icon, make, mark, write } from "../../lib/dom.js";
import { locale, t } from "../../lib/i18n.js";
import { addSheet } from "../../lib/sheet.js";
import { asHtml, asText, fileName } from "../chat/saved.js";
import { elsewhere, readers, typing } from "../words/chat.js";
import { AttachButton, takeDrops } from "./parts/attachment.js";
import { Composer } from "./parts/chat/composer.js";
import { EMOJI, FIRST, pickEmoji } from "./parts/chat/emoji.js";
import { ShownLog } from "./parts/chat/log.js";
import { openMenu } from "./parts/chat/menu.js";
import { Search } from "./parts/chat/search.js";
import { Tabs } from "./parts/chat/tabs.js";

/**
 * @import { CallState, ChatActions, ChatLine, Chosen, Conversation, LineName } from "../state.js"
 * @import { Part } from "../capabilities.js"
 * @import { Later } from "../../lib/later.js"
 * @import { Line } from "../../lib/menu.js"
 */

/** Its looks, beyond those of the field that is there from the beginning. */
export const dress = () => addSheet(import.meta.resolve("../../../css/conversation.css"));

/** @type {Conversation} */
const EMPTY = {
  id: "",
  name: "",
  isHere: true,
  lines: [],
  unread: 0,
  unreadFrom: "",
  typing: [],
};

/** What is written, and the field to write in. */
export class ChatPanel {
  #root;
  #actions;
  #attachments;
  #title;
  #log;
  #composer;
  #tabs;
  #search;
  #typing = make("p", { class: "typing" });
  /** Leads to what has come in another conversation. */
  #elsewhere = make("button", { class: "button elsewhere", type: "button", hidden: true });
  /** What is before the reader. */
  #conversation = EMPTY;
  #searchButton = make("button");
  /** Somebody has chosen whom to write to, and means to. */
  #writesNext = false;

  /**
   * @param {HTMLElement} root   #chat
   * @param {ChatActions} actions
   * @param {Later<Part> | null} [attachments]  what can be done with files
   * @param {string} [title]  of the meeting
   */
  constructor(root, actions, attachments = null, title = "") {
    this.#root = root;
    this.#actions = actions;
    this.#attachments = attachments;
    this.#title = title;
    /** @type {Omit<import("./parts/chat/line.js").LineActions, "reveal">} */
    const onLine = {
      reply: (line) => this.#composer.reply(line),
      react: (line, reaction, on) => void actions.react(named(line), reaction, on),
      chooseReaction: (line, button) => this.#chooseReaction(line, button),
      edit: (line) => this.#composer.edit(line),
      more: (line, button) => this.#more(line, button),
    };
    this.#log = new ShownLog(root, {
      actions: onLine,
      seen: () => this.#search.mark(),
    });
    this.#composer = new Composer(root, {
      actions,
      last: () => this.#conversation.lines.findLast(canEdit),
      sent: () => this.#log.toEnd(),
    });
    this.#search = new Search({
      reveal: (id) => this.#log.reveal(id, { focus: false }),
      words: () => this.#log.words,
      closed: () => this.#searchButton.focus(),
    });
    const scroll = find(root, ".scroll");
    scroll.id ||= "chat-log";
    this.#tabs = new Tabs(scroll.id, (id, writes) => this.#show(id, writes));
    this.#furnish();
  }

  /** @param {Pick<CallState, "chat" | "people" | "me" | "hosting">} state @param {boolean} opened */
  render({ chat, people, me, hosting }, opened) {
    // What nobody sees is drawn once it is opened.
    if (this.#root.hidden) return;
    const { conversations, shown } = chat;
    this.#conversation = conversations.find(({ id }) => id === shown) ?? conversations[0] ?? EMPTY;
    const { lines } = this.#conversation;
    const name = people.find(({ id }) => id === me)?.name ?? "";
    const others = people.filter(({ self }) => !self);
    this.#tabs.render(conversations, this.#conversation.id, people);
    this.#composer.render(
      this.#conversation,
      this.#conversation.id ? [this.#conversation.name] : others.map((person) => person.name),
      hosting.may.chat,
    );
    this.#search.render(lines);
    this.#log.render(this.#conversation, {
      me: name,
      names: people.map((person) => person.name),
      opened,
    });
    this.#log.renderFiles(this.#attachments?.part?.attachments);
    write(this.#typing, typing(this.#conversation.typing));
    this.#renderElsewhere(conversations);
    if (this.#writesNext) {
      this.#writesNext = false;
      find(this.#root, "textarea").focus();
    }
  }

  /** What the page has no words for until it is needed. */
  #furnish() {
    const header = find(this.#root, "header");
    const close = find(header, '[data-part="close"]');
    this.#searchButton = tool("search", t("Search the chat"), "wide-only", () => this.#search.open());
    const save = tool("download", t("Save the chat"), "wide-only", (button) =>
      openMenu(button, t("Save the chat"), () => this.#saveLines(), { isBelow: true }),
    );
    mark(save, "aria-haspopup", "menu");
    const more = tool("more", t("More: search, save"), "narrow-only", (button) =>
      openMenu(
        button,
        t("More: search, save"),
        () => [
          { label: t("Search the chat"), icon: "search", act: () => this.#search.open() },
          ...this.#saveLines(),
        ],
        { isBelow: true },
      ),
    );
    mark(more, "aria-haspopup", "menu");
    for (const button of [this.#searchButton, save, more]) close.before(button);
    header.after(this.#tabs.root, this.#search.root);
    find(this.#root, "form").before(this.#elsewhere, this.#typing);
    this.#elsewhere.addEventListener("click", () => this.#show(this.#elsewhere.value, true));
    const attachments = this.#attachments;
    if (attachments) {
      const offer = (/** @type {Chosen[]} */ chosen) => this.#offer(chosen);
      this.#composer.tools.prepend(new AttachButton(attachments, offer).element);
      takeDrops(this.#root, attachments, offer);
    }
    this.#root.classList.add("complete");
  }

  /** @param {readonly Conversation[]} conversations */
  #renderElsewhere(conversations) {
    const waiting = conversations.filter(({ id, unread }) => id !== this.#conversation.id && unread > 0);
    // Words for one person are missed sooner than words for all.
    const first = waiting.find(({ id }) => id) ?? waiting[0];
    this.#elsewhere.hidden = !first;
    if (!first) return;
    this.#elsewhere.value = first.id;
    write(this.#elsewhere, elsewhere(first));
  }

  /** @param {string} conversation @param {boolean} writes */
  #show(conversation, writes) {
    if (conversation !== this.#conversation.id) this.#writesNext = this.#actions.show(conversation) && writes;
    else if (writes) find(this.#root, "textarea").focus();
  }

  /** @param {ChatLine} line @param {HTMLElement} button */
  #chooseReaction(line, button) {
    pickEmoji(button, (emoji) => {
      this.#actions.react(named(line), emoji, true);
      button.focus();
    });
  }

  /** All that can be done with a line. @param {ChatLine} line @param {HTMLElement} button */
  #more(line, button) {
    if (line.isDeleted) return;
    openMenu(button, t("For this message"), () => this.#lines(line, button));
  }

  /** @param {ChatLine} line @param {HTMLElement} button @returns {Line[]} */
  #lines(line, button) {
    const mine = (/** @type {string} */ emoji) =>
      line.reactions.some(({ reaction, isMine }) => isMine && reaction === emoji);
    const row = EMOJI.slice(0, FIRST).map(({ emoji, label }) => ({
      label,
      sign: emoji,
      act: () => void this.#actions.react(named(line), emoji, !mine(emoji)),
    }));
    /** @type {Line[]} */
    const lines = [
      { row, label: t("React") },
      { label: t("More reactions"), icon: "smile", act: () => this.#chooseReaction(line, button) },
      { label: t("Reply"), icon: "reply", act: () => this.#composer.reply(line) },
      { label: t("Copy the text"), icon: "copy", act: () => void copy(line.body) },
    ];
    if (!line.canChange) return lines;
    let isSure = false;
    return [
      ...lines,
      ...(canEdit(line) ? [{ label: t("Edit"), icon: "edit", act: () => this.#composer.edit(line) }] : []),
      {
        label: t("Delete"),
        icon: "trash",
        stays: true,
        act: (words) => {
          // It is final, and asked once.
          if (isSure) {
            /** @type {HTMLElement | null} */ (words.closest("[popover]"))?.hidePopover();
            this.#remove(line);
          } else write(words, t("Press again to delete it for good"));
          isSure = true;
        },
      },
    ];
  }

  /** @param {Chosen[]} chosen */
  #offer(chosen) {
    const { id: to, isHere } = this.#conversation;
    if (!isHere) return;
    for (const one of chosen) {
      const offered = this.#attachments?.part?.attachments?.offer(one, to);
      if (!offered) continue;
      if ("problem" in offered) announce(offered.problem, { urgent: true });
      else this.#actions.write("", { to, file: offered.file });
    }
    this.#log.toEnd();
  }

  /** Nobody reads it any more, nor gets what was offered with it. @param {ChatLine} line */
  #remove(line) {
    this.#actions.remove(named(line));
    // Also where its line cannot be taken back now: nobody gets what its author does not want to give.
    if (line.file) this.#attachments?.part?.attachments?.withdraw(line.file);
  }

  /** @returns {Line[]} */
  #saveLines() {
    return [
      { label: t("Save as text"), icon: "download", act: () => this.#save("txt") },
      { label: t("Save as a web page"), icon: "download", act: () => this.#save("html") },
    ];
  }

  /** @param {"txt" | "html"} ending */
  #save(ending) {
    const { lines } = this.#conversation;
    const cover = { title: this.#title, of: readers(this.#conversation), at: Date.now(), locale };
    const [text, type] =
      ending === "txt" ? [asText(lines, cover), "text/plain"] : [asHtml(lines, cover), "text/html"];
    const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    make("a", { href: address, download: fileName(cover, ending) }).click();
    // Some browsers fetch it a little later.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
}

/** @param {string} name @param {string} label @param {string} extra @param {(button: HTMLElement) => void} act */
function tool(name, label, extra, act) {
  const button = make(
    "button",
    {
      class: `button button-plain button-icon ${extra}`,
      type: "button",
      "aria-label": label,
      title: label,
    },
    icon(name),
  );
  button.addEventListener("click", () => act(button));
  return button;
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    announce(t("Copied"));
  } catch {
    announce(t("This browser does not let the page copy. Select the text and copy it yourself."));
  }
}

/** @param {ChatLine} line */
function canEdit({ canChange, isDeleted, file }) {
  return canChange && !isDeleted && !file;
}

/** @param {ChatLine} line @returns {LineName} */
function named({ id, conversation }) {
  return { id, conversation };
}
