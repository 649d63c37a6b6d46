import { t, woven } from "../../lib/i18n.js";
import { find, icon, make, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { addSheet } from "../../lib/sheet.js";
import { overlay } from "../keys.js";

/**
 * @import { Command, Page } from "../commands.js"
 * @import { CallState } from "../state.js"
 */

/** Every key that does something now, over the room. Comes when it is first asked for, or when there is time. */
export class Keys {
  #table;
  #dialog;
  #switch = make("input", { type: "checkbox", role: "switch" });
  #note = make("small");
  #list = make("div", { class: "keys" });
  #drawn = new Latest();

  /**
   * @param {HTMLElement} room
   * @param {readonly Command[]} table
   * @param {{turn: (on: boolean) => void, showSettings: () => void}} actions
   */
  static async make(room, table, actions) {
    await addSheet(import.meta.resolve("../../../css/keys.css"));
    return new Keys(room, table, actions);
  }

  /**
   * @param {HTMLElement} room
   * @param {readonly Command[]} table
   * @param {{turn: (on: boolean) => void, showSettings: () => void}} actions
   */
  constructor(room, table, { turn, showSettings }) {
    this.#table = table;
    this.#switch.addEventListener("change", () => turn(this.#switch.checked));
    this.#dialog = this.#build();
    find(this.#dialog, '[data-part="settings"]').addEventListener("click", () => {
      this.#dialog.close();
      showSettings();
    });
    room.append(this.#dialog);
  }

  /** @param {CallState} state @param {Page} page @param {boolean} isOn  keys without Ctrl or Alt mean something */
  open(state, page, isOn) {
    this.#draw(state, page, isOn);
    this.#dialog.showModal();
  }

  /** @param {CallState} state @param {Page} page @param {boolean} isOn */
  render(state, page, isOn) {
    if (this.#dialog.open) this.#draw(state, page, isOn);
  }

  /** @param {CallState} state @param {Page} page @param {boolean} isOn */
  #draw(state, page, isOn) {
    this.#switch.checked = isOn;
    write(
      this.#note,
      isOn
        ? t("None works while you type, but for F6.")
        : t("Of these, only Esc and F6 work now. “More” and the panels have all the rest."),
    );
    this.#list.classList.toggle("idle", !isOn);
    const groups = overlay(this.#table, state, page);
    if (!this.#drawn.isNew(groups)) return;
    this.#list.replaceChildren(
      ...groups.map(({ heading, rows }) =>
        make("section", {}, make("h3", {}, heading), make("dl", {}, ...rows.map(row))),
      ),
    );
  }

  #build() {
    const close = make(
      "button",
      { class: "button button-plain button-icon", "aria-label": t("Close") },
      icon("close"),
    );
    const settings = make(
      "button",
      { class: "button button-plain", type: "button", "data-part": "settings" },
      icon("settings"),
      t("Devices and sounds"),
    );
    const done = make("button", { class: "button button-primary", autofocus: true }, t("Done"));
    return make(
      "dialog",
      { class: "dialog dialog-wide", id: "keys", "aria-labelledby": "keys-title" },
      make("form", { class: "head", method: "dialog" }, make("h2", { id: "keys-title" }, t("Keys")), close),
      make(
        "div",
        // It can be longer than the window, and is scrolled by keyboard then.
        { class: "inner", tabindex: 0, role: "group", "aria-label": t("Keys") },
        make(
          "label",
          { class: "check switch" },
          make("span", {}, t("Keys without Ctrl or Alt"), this.#note),
          this.#switch,
        ),
        this.#list,
      ),
      make("form", { class: "foot", method: "dialog" }, settings, done),
    );
  }
}

/** @param {import("../keys.js").Row} row */
function row({ does, keys, to, isHeld, isSingle }) {
  const [first = "", ...rest] = keys;
  const shown = [sign(first), ...rest.flatMap((key) => [" ", sign(key)])];
  const words = to
    ? woven(t("{first} to {last}"), { first: sign(first), last: sign(to) })
    : isHeld
      ? woven(t("hold {key}"), { key: sign(first) })
      : shown;
  return make("div", { class: isSingle && "single" }, make("dt", {}, does), make("dd", {}, ...words));
}

/** @param {string} key */
function sign(key) {
  return make("kbd", { class: "keyword" }, key);
}
