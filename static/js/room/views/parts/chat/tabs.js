import { called, icon, make, mark } from "../../../../lib/dom.js";
import { Latest } from "../../../../lib/events.js";
import { t } from "../../../../lib/i18n.js";
import { openMenu } from "./menu.js";

/** @import { Conversation, Person } from "../../../state.js" */

/** With whom somebody writes: everybody, and people alone; and a way to begin with another one (WAI-ARIA, tabs). */
export class Tabs {
  root = make("div", { class: "tabs" });
  #list = make("div", { class: "tablist", role: "tablist", "aria-label": t("Conversations") });
  #add;
  #show;
  #controls;
  /** By the id of the conversation. @type {Map<string, HTMLElement>} */
  #tabs = new Map();
  #drawn = new Latest();
  /** Those with whom nothing has begun yet. @type {Person[]} */
  #others = [];

  /**
   * @param {string} controls  the id of what is shown
   * @param {(conversation: string, writes: boolean) => void} show  `writes`: who chose it goes on in the field
   */
  constructor(controls, show) {
    this.#show = show;
    this.#controls = controls;
    const label = t("Write to one person");
    this.#add = make(
      "button",
      { class: "add", type: "button", "aria-haspopup": "menu", "aria-label": label, title: label },
      icon("plus"),
    );
    this.#add.addEventListener("click", () => this.#begin());
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.root.append(this.#list, this.#add);
  }

  /** @param {readonly Conversation[]} conversations @param {string} shown @param {readonly Person[]} people */
  render(conversations, shown, people) {
    const known = new Set(conversations.map(({ id }) => id));
    this.#others = people.filter(({ id, self }) => !self && !known.has(id));
    const drawn = conversations.map(({ id, name, isHere, unread }) => [id, name, isHere, unread > 0]);
    if (!this.#drawn.isNew([drawn, shown, this.#others.length > 0])) return;
    mark(this.#add, "aria-disabled", this.#others.length === 0 ? "true" : null);
    const names = conversations.map(({ name }) => name);
    for (const [id, tab] of this.#tabs) {
      if (known.has(id)) continue;
      tab.remove();
      this.#tabs.delete(id);
    }
    for (const conversation of conversations) {
      const tab = this.#tab(conversation.id);
      this.#renderTab(tab, conversation, brief(conversation.name, names));
      mark(tab, "aria-selected", String(conversation.id === shown));
      tab.tabIndex = conversation.id === shown ? 0 : -1;
    }
    this.#bring(this.#tabs.get(shown));
  }

  /** Nothing but the row is moved by it. @param {HTMLElement | undefined} tab */
  #bring(tab) {
    if (!tab) return;
    const [row, one] = [this.root, tab].map((element) => element.getBoundingClientRect());
    if (row && one && one.left < row.left) this.root.scrollLeft -= row.left - one.left;
    if (row && one && one.right > row.right) this.root.scrollLeft += one.right - row.right;
  }

  /** @param {string} id */
  #tab(id) {
    const known = this.#tabs.get(id);
    if (known) return known;
    const tab = make("button", { type: "button", role: "tab", "aria-controls": this.#controls });
    // Whoever goes from tab to tab by keys stays there; and by a finger, since the field would bring up the keyboard.
    tab.addEventListener("click", (event) => {
      this.#show(id, /** @type {PointerEvent} */ (event).pointerType === "mouse");
    });
    this.#tabs.set(id, tab);
    this.#list.append(tab);
    return tab;
  }

  /** @param {HTMLElement} tab @param {Conversation} conversation @param {string} name */
  #renderTab(tab, { id, name: whole, isHere, unread }, name) {
    tab.classList.toggle("left", !isHere);
    tab.title = whole;
    tab.replaceChildren(
      id ? called(name) : t("Everybody"),
      unread > 0 ? make("span", { class: "dot", role: "img", "aria-label": t("new") }) : "",
    );
  }

  #begin() {
    if (this.#others.length === 0) return;
    openMenu(
      this.#add,
      t("Write to one person"),
      () => [
        { heading: t("Write to one person") },
        ...this.#others.map(({ id, name }) => ({
          label: name,
          isName: true,
          act: () => this.#show(id, true),
        })),
      ],
      { isBelow: true },
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const tabs = [...this.#tabs.values()];
    const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const isMirrored = getComputedStyle(this.#list).direction === "rtl";
    const [next, previous] = isMirrored ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const to = { [next]: at + 1, [previous]: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    tab?.focus();
    tab?.click();
  }
}

/** The first word of a name, where it tells them apart. @param {string} name @param {readonly string[]} names */
export function brief(name, names) {
  const [first = ""] = name.split(" ");
  return names.filter((other) => other.split(" ")[0] === first).length > 1 ? name : first;
}
