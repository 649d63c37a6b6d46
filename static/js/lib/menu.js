import { changeIcon, icon, make, mark, write } from "./dom.js";
import { locale } from "./i18n.js";

/**
 * @typedef {object} Item   of a menu
 * @property {string} label
 * @property {boolean} [isName]    the label is no words of ours, but what something is called
 * @property {string} [icon]
 * @property {string} [sign]       a sign in place of an icon, which says all; the label is for those who do not see it
 * @property {boolean} [checked]   one of several to choose from
 * @property {string} [note]       a number at the end
 * @property {string} [under]      a second line, in smaller words
 * @property {boolean} [ends]      something is over with it
 * @property {boolean} [isBarred]  it cannot be done now; a press says why, as does `under`
 * @property {boolean} [stays]     the menu stays open, so that the words can say how it went
 * @property {(words: HTMLElement) => void} act   `words`: where the label stands
 *
 * @typedef {object} Slide  how much of something
 * @property {string} label
 * @property {string} icon
 * @property {string} iconOff   of nothing at all
 * @property {number} part      from 0 to 1
 * @property {number} step
 * @property {(part: number) => void} act
 *
 * @typedef {{ heading: string } | { name: string, under: string } | { rule: true } | { row: Item[], label: string } | { slide: Slide }
 *   | Item} Line
 */

/**
 * A list of commands or choices that floats beside its button, or below it; on a phone a sheet from below. A menu (WAI-ARIA, menu button) has nothing
 * in it but these; where there is more, it is a dialog, with the same keys.
 */
export class Menu {
  #button;
  #list;
  #lines;
  #isBelow;

  /**
   * @param {HTMLElement | null} button   it names the list in `popovertarget`; null where there are many (`aim`)
   * @param {HTMLElement} list
   * @param {() => Line[]} lines   asked for anew each time it opens
   * @param {{ isBelow?: boolean }} [options]   `isBelow`: below its button, as of one at the top
   */
  constructor(button, list, lines, { isBelow = false } = {}) {
    this.#button = button;
    this.#list = list;
    this.#lines = lines;
    this.#isBelow = isBelow;
    list.addEventListener("beforetoggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "open") this.#fill();
    });
    list.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "open") this.#opened();
    });
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => this.#closeFromBeside(event));
    if (!this.#isMenu) list.addEventListener("focusout", (event) => this.#closeWithoutFocus(event));
  }

  /** To assistive technology, which has keys of its own for one. */
  get #isMenu() {
    return this.#list.getAttribute("role") === "menu";
  }

  /**
   * One of many buttons that name the list was clicked: from here on it is beside this one.
   *
   * @param {HTMLElement} button
   * @param {Event} click
   */
  aim(button, click) {
    const isOther = button !== this.#button;
    this.#button = button;
    if (!isOther || !this.#list.matches(":popover-open")) return;
    // It would be closed as if it were this one's.
    click.preventDefault();
    this.renew();
  }

  /** There are other lines now. */
  renew() {
    if (!this.#list.matches(":popover-open")) return;
    this.#fill();
    this.#opened();
  }

  #fill() {
    // Not seen before it is in its place.
    if (!this.#list.matches(":popover-open")) this.#list.style.setProperty("visibility", "hidden");
    this.#list.replaceChildren(...this.#lines().map((line) => this.#line(line)));
  }

  /** @param {Line} line @returns {HTMLElement} */
  #line(line) {
    if ("rule" in line) return make("hr");
    if ("name" in line) {
      const name = make("strong", {}, make("bdi", {}, line.name));
      mark(this.#list, "aria-label", line.name);
      return make(
        "div",
        { class: "whom", role: "presentation" },
        name,
        line.under && make("span", {}, line.under),
      );
    }
    if ("heading" in line) return make("div", { role: "presentation" }, line.heading);
    if ("row" in line) {
      return make(
        "div",
        { class: "row", role: "group", "aria-label": line.label },
        ...line.row.map((item) => this.#line(item)),
      );
    }
    if ("slide" in line) return slider(line.slide);
    const chosen = line.checked !== undefined;
    const words = make(
      "span",
      { class: line.sign ? "visually-hidden" : null, dir: line.isName ? "auto" : null },
      line.label,
    );
    const under = line.under ? make("small", {}, line.under) : null;
    const button = make(
      "button",
      {
        type: "button",
        tabindex: this.#isMenu ? -1 : null,
        role: this.#isMenu ? (chosen ? "menuitemradio" : "menuitem") : null,
        "aria-checked": chosen ? String(line.checked) : null,
        "aria-disabled": line.isBarred ? "true" : null,
        title: line.sign ? line.label : null,
        class: line.ends ? "ends" : null,
      },
      this.#sign(line),
      under ? make("span", { class: "two" }, words, under) : words,
      line.note !== undefined && make("span", { class: "count" }, line.note),
    );
    button.addEventListener("click", () => {
      if (!line.stays) this.#list.hidePopover();
      line.act(words);
      // Other words may be longer.
      if (this.#list.matches(":popover-open")) this.#place();
    });
    return button;
  }

  /** @param {Item} item */
  #sign({ icon: name, sign: text, checked }) {
    if (text) return make("span", { class: "sign", "aria-hidden": "true" }, text);
    if (checked === undefined) return name ? icon(name) : null;
    const sign = icon("check");
    if (!checked) sign.style.setProperty("visibility", "hidden");
    return sign;
  }

  #opened() {
    this.#place();
    const buttons = this.#items().filter((item) => item instanceof HTMLButtonElement);
    (buttons.find((item) => item.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
  }

  /** Beside a sheet the page is dimmed: a tap there closes the sheet, and reaches nothing behind it. @param {MouseEvent} event */
  #closeFromBeside({ target, clientX, clientY }) {
    if (target !== this.#list) return;
    const { left, right, top, bottom } = this.#list.getBoundingClientRect();
    if (clientX >= left && clientX <= right && clientY >= top && clientY <= bottom) return;
    this.#list.hidePopover();
    // The tap has taken the focus away before.
    this.#button?.focus();
  }

  /** @param {FocusEvent} event */
  #closeWithoutFocus({ relatedTarget }) {
    if (relatedTarget instanceof Node && !this.#list.contains(relatedTarget)) this.#list.hidePopover();
  }

  /** Above the button where there is room, or below it, else beside it; always inside the window. */
  #place() {
    if (!this.#button) return;
    const { left, top } = place(
      this.#button.getBoundingClientRect(),
      this.#list.getBoundingClientRect(),
      { width: innerWidth, height: innerHeight },
      { isMirrored: this.#isMirrored, isBelow: this.#isBelow },
    );
    this.#list.style.removeProperty("visibility");
    this.#list.style.setProperty("left", `${left}px`);
    this.#list.style.setProperty("top", `${top}px`);
  }

  get #isMirrored() {
    return getComputedStyle(this.#list).direction === "rtl";
  }

  #items() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll("button, input")]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const [next, previous] = this.#isMirrored ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, [next]: at + 1, [previous]: at - 1, Home: 0, End: -1 }[
      event.key
    ];
    if (event.key === "Tab" && this.#isMenu) this.#list.hidePopover();
    // Along a slider these keys move what it is there for.
    const isSlid =
      event.target instanceof HTMLInputElement && !event.key.endsWith("Up") && !event.key.endsWith("Down");
    if (to === undefined || isSlid) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  }
}

/** @param {Slide} slide */
function slider({ label, icon: sign, iconOff, part, step, act }) {
  const shares = new Intl.NumberFormat(locale, { style: "percent" });
  const input = make("input", { type: "range", min: 0, max: 1, step, "aria-label": label });
  const picture = icon(sign, "icon-flip");
  const words = make("span", { class: "share", "aria-hidden": "true" });
  const show = () => {
    const share = shares.format(input.valueAsNumber);
    mark(input, "aria-valuetext", share);
    write(words, share);
    changeIcon(picture, input.valueAsNumber > 0 ? sign : iconOff);
  };
  input.valueAsNumber = part;
  show();
  input.addEventListener("input", () => {
    show();
    act(input.valueAsNumber);
  });
  return make("div", { class: "slide" }, picture, input, words);
}

// Between the list and its button, and the edge of the window.
const GAP = 8;

/**
 * Where a list stands: above its button where there is room, or below one at the top, else beside it, before it in the
 * order of reading if it can be; always inside the window.
 *
 * @param {{ left: number, right: number, top: number, bottom: number }} button
 * @param {{ width: number, height: number }} list
 * @param {{ width: number, height: number }} within
 * @param {{ isMirrored: boolean, isBelow?: boolean }} way  `isMirrored`: what comes first is on the right
 */
export function place(button, list, within, { isMirrored, isBelow = false }) {
  const below = button.bottom + GAP;
  const fitsBelow = isBelow && below + list.height + GAP <= within.height;
  const above = fitsBelow ? below : button.top - list.height - GAP;
  const toLeft = button.left - list.width - GAP;
  const toRight = button.right + GAP;
  const sides = isMirrored ? [toRight, toLeft] : [toLeft, toRight];
  const side = sides.find((left) => left >= GAP && left + list.width + GAP <= within.width);
  const isBeside = above < GAP && side !== undefined;
  const left = isBeside ? side : (button.left + button.right - list.width) / 2;
  const top = isBeside ? button.bottom - list.height : above;
  return {
    left: Math.max(GAP, Math.min(left, within.width - list.width - GAP)),
    top: Math.max(GAP, Math.min(top, within.height - list.height - GAP)),
  };
}
