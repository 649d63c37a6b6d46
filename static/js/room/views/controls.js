import { changeIcon, find, icon, make, mark, write } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { Menu } from "../../lib/menu.js";
import { printed } from "../keys.js";
import { trouble } from "../words/sources.js";
import { deviceLines, isTight, moreLines } from "./parts/menus.js";

/**
 * @import { Command, Look, Page } from "../commands.js"
 * @import { CallState, Kind } from "../state.js"
 * @import { Line } from "../../lib/menu.js"
 */

/** The bar: always the same controls in the same order, Leave last. Which commands it has says the page. */
export class Controls {
  #root;
  #table;
  #actions;
  #lit = -1;
  /** @type {CallState | null} */
  #shown = null;
  #menu;

  /**
   * @param {HTMLElement} root   #controls
   * @param {readonly Command[]} table
   * @param {object} actions
   * @param {(kind: Kind, id: string) => void} actions.choose
   * @param {() => Line[]} actions.extras  menus of the bar, where it has no room for them
   * @param {() => Page} actions.page
   * @param {() => boolean} actions.hasKeys  whether keys without Ctrl or Alt mean anything
   */
  constructor(root, table, actions) {
    this.#root = root;
    this.#table = table;
    this.#actions = actions;
    for (const { name, act } of this.#commands()) {
      // A button that opens a menu does so by itself.
      const control = this.#control(name);
      if (!control.hasAttribute("popovertarget")) control.addEventListener("click", () => act());
    }
    new Menu(find(root, '[data-part="microphone-caret"]'), find(root, "#microphone-menu"), () => [
      ...this.#devices("microphone"),
      { rule: true },
      ...this.#devices("speaker"),
    ]);
    new Menu(find(root, '[data-part="camera-caret"]'), find(root, "#camera-menu"), () =>
      this.#devices("camera"),
    );
    this.#menu = new Menu(this.#control("more"), find(root, "#more-menu"), () => this.#more());
  }

  /** @param {CallState} state */
  render(state) {
    this.#shown = state;
    const page = this.#actions.page();
    const hasKeys = this.#actions.hasKeys();
    for (const { name, key, look } of this.#commands()) {
      draw(this.#control(name), look(state, page), hasKeys ? key : "");
    }
    this.#renderSource("microphone");
    this.#renderSource("camera");
    this.#renderMore(state.knocks.length);
  }

  /** What there is to do is another now. */
  renew() {
    this.#menu.renew();
  }

  /**
   * How loud my microphone is.
   *
   * @param {number} level   0 to 1
   */
  level(level) {
    const lit = Math.round(level * 28);
    if (lit === this.#lit) return;
    this.#lit = lit;
    find(this.#root, ".level").style.setProperty("--level", String(lit / 28));
  }

  /** Those that have a button here. */
  #commands() {
    return this.#table.filter(({ name }) => this.#root.querySelector(`[data-control="${name}"]`));
  }

  /** @param {string} name */
  #control(name) {
    return find(this.#root, `[data-control="${name}"]`);
  }

  /** @param {Kind} kind */
  #devices(kind) {
    return this.#shown ? deviceLines(this.#shown.mine, kind, this.#actions.choose) : [];
  }

  #more() {
    const { extras, page } = this.#actions;
    return this.#shown ? moreLines(this.#table, this.#shown, page(), extras()) : [];
  }

  /** @param {"microphone" | "camera"} kind */
  #renderSource(kind) {
    const control = this.#control(kind);
    const mine = this.#shown?.mine;
    if (!mine) return;
    const { on, trouble: reason } = mine[kind];
    control.querySelector(".level")?.toggleAttribute("hidden", !on || reason !== "");
    this.#renderFlaw(control, trouble(mine, [kind])?.title ?? "");
  }

  /**
   * A small sign that there is more to say about this control.
   *
   * @param {HTMLElement} control
   * @param {string} words
   */
  #renderFlaw(control, words) {
    const flaw = control.querySelector(".flaw");
    if (!words) return flaw?.remove();
    if (flaw) return write(find(flaw, ".visually-hidden"), words);
    control.append(
      make("span", { class: "flaw" }, icon("warning"), make("span", { class: "visually-hidden" }, words)),
    );
  }

  /** Where there is no room for its button, People is in More. @param {number} waiting */
  #renderMore(waiting) {
    const control = this.#control("more");
    mark(control, "aria-label", waiting && isTight() ? t("More, {waiting} waiting", { waiting }) : null);
    drawCount(find(control, ".count"), waiting);
  }
}

/**
 * A button of the bar, as its command stands.
 *
 * @param {HTMLElement} control
 * @param {Look | null} look  null: it does not apply
 * @param {string} key  that presses it; "" for none
 */
function draw(control, look, key) {
  control.hidden = !look;
  if (!look) return;
  const { label, title, icon, isOn, urgency = "", isBusy, count, spoken, why } = look;
  for (const name of ["on", "raised", "off"]) control.classList.toggle(name, urgency === name);
  write(find(control, ".name"), label);
  changeIcon(find(control, ".icon"), icon);
  // Whoever presses it all the same is told why in full view.
  mark(control, "aria-disabled", why ? "true" : null);
  mark(control, "title", key && !why ? t("{title} ({key})", { title, key: printed(key).join("+") }) : title);
  mark(control, "aria-label", spoken ?? null);
  mark(control, "aria-busy", isBusy ? "true" : null);
  mark(control, "aria-keyshortcuts", key || null);
  const way = control.hasAttribute("aria-controls") ? "aria-expanded" : "aria-pressed";
  if (isOn !== undefined) mark(control, way, String(isOn));
  const sign = control.querySelector(".count");
  if (sign) drawCount(sign, count ?? 0);
}

/** @param {Element} sign @param {number} count */
function drawCount(sign, count) {
  sign.toggleAttribute("hidden", count === 0);
  write(sign, count > 99 ? "99+" : String(count));
}
