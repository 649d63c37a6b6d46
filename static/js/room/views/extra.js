import { announce, find, icon, make, mark, TROUBLES } from "../../lib/dom.js";
import { Menu } from "../../lib/menu.js";

/**
 * @import { Command } from "../commands.js"
 * @import { Line } from "../../lib/menu.js"
 * @import { Listed, Part } from "../capabilities.js"
 * @import { Later } from "../../lib/later.js"
 */

/**
 * A capability's button in the bar. It is there with the bar, so that nothing moves later; what it does may come after
 * it, and a press meanwhile is kept.
 */
export class Extra {
  #listed;
  #later;
  #bar;
  #button;
  /** @type {Menu | null} */
  #menu = null;
  #isPressed = false;

  /**
   * @param {Listed} listed
   * @param {Later<Part>} later
   * @param {HTMLElement} bar  #controls
   */
  constructor(listed, later, bar) {
    this.#listed = listed;
    this.#later = later;
    this.#bar = bar;
    const { name, icon: sign, button: word, menu } = listed;
    this.#button = make(
      "button",
      {
        class: menu ? "control wide-only" : "control",
        type: "button",
        "data-control": name,
        "aria-pressed": menu ? null : "false",
      },
      make("span", { class: "face" }, icon(sign ?? "")),
      make("span", { class: "name" }, word ?? menu ?? ""),
    );
    bar.querySelector(".group.main")?.append(this.#button);
    if (menu) this.#open(bar, menu);
    later.on("change", () => this.#arrive());
  }

  /** What it has to offer, while it is not here in words. @returns {Line[]} */
  get lines() {
    const { part, trouble } = this.#later;
    if (part) return part.lines?.() ?? [];
    void this.#later.load();
    return [{ heading: trouble ? TROUBLES[trouble] : `${this.#listed.menu}…` }];
  }

  get isMenu() {
    return this.#listed.menu !== undefined;
  }

  /** Its rows in the table of commands. @returns {Command[]} */
  get commands() {
    const { name, icon: sign = "", numbers: does, entries = 1 } = this.#listed;
    if (!does) return [this.#command];
    /** @type {Command} */
    const pick = {
      name: `${name}-pick`,
      key: "1",
      also: Array.from({ length: entries - 1 }, (_, i) => String(i + 2)),
      group: "me",
      does,
      look: () => ({ label: does, title: does, icon: sign }),
      act: (_, key) => void this.#later.load().then((part) => part.pick?.(Number(key) - 1)),
    };
    return [this.#command, pick];
  }

  /** @returns {Command} */
  get #command() {
    const { name, key = "", does, icon: sign = "", button, menu } = this.#listed;
    const label = button ?? menu ?? "";
    return {
      name,
      key,
      group: "me",
      does: does ?? label,
      look: (state) => {
        const look = this.#later.part?.button?.(state);
        return {
          label,
          title: look?.title ?? label,
          icon: sign,
          ...(!this.isMenu && { isOn: look?.isPressed ?? false }),
          urgency: look?.isPressed ? "raised" : "",
          isBusy: this.#isPressed,
        };
      },
      act: () => (this.isMenu ? this.#openMenu() : this.#press()),
    };
  }

  /** @param {HTMLElement} bar @param {string} label */
  #open(bar, label) {
    const id = `${this.#listed.name}-menu`;
    const list = make("div", { class: "popup", id, popover: true, role: "menu", "aria-label": label });
    mark(this.#button, "popovertarget", id);
    mark(this.#button, "aria-haspopup", "menu");
    bar.append(list);
    this.#menu = new Menu(this.#button, list, () => this.lines);
  }

  /** Where there is no room for it in the bar, it is in "More". */
  #openMenu() {
    const isThere = this.#button.checkVisibility();
    (isThere ? this.#button : find(this.#bar, '[data-control="more"]')).click();
  }

  #press() {
    const { part } = this.#later;
    if (part) return part.press?.();
    // Twice is once and back.
    this.#isPressed = !this.#isPressed;
    mark(this.#button, "aria-busy", this.#isPressed ? "true" : null);
    void this.#later.load();
  }

  #arrive() {
    const { part, trouble } = this.#later;
    this.#menu?.renew();
    if (!this.#isPressed) return;
    if (trouble) announce(TROUBLES[trouble]);
    if (!part) return;
    this.#isPressed = false;
    mark(this.#button, "aria-busy", null);
    part.press?.();
  }
}
