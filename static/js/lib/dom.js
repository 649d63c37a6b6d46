/** Small helpers for building and finding elements. Text from people reaches the page as text nodes only. */
import { t } from "./i18n.js";

/** As many characters fit where addresses stand. */
const SHORT_ADDRESS = 24;

/**
 * The element that a module cannot live without.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T}
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * A new element. `attributes` that are false or null are left out, `true` stands for an empty value.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number | boolean | null>} [attributes]
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== false) element.append(child);
  return element;
}

/**
 * An icon of icons.svg, hidden from screen readers: words stand beside it.
 *
 * @param {string} name
 * @param {string} [extra]
 */
export function icon(name, extra = "") {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", `icon ${extra}`.trim());
  picture.setAttribute("aria-hidden", "true");
  picture.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  changeIcon(picture, name);
  return picture;
}

/**
 * @param {Element} picture
 * @param {string} name
 */
export function changeIcon(picture, name) {
  // The template says where the icons are, because their address holds a hash.
  const sheet = document.querySelector('meta[name="icons"]')?.getAttribute("content") ?? "";
  const address = `${sheet}#${name}`;
  const use = find(picture, "use");
  if (use.getAttribute("href") !== address) use.setAttribute("href", address);
}

/**
 * A person's name, kept apart from the direction of the words around it.
 *
 * @param {string} name
 */
export function called(name) {
  return make("bdi", {}, name);
}

/**
 * An address, with places where a line may break if it has to: as the server has them (`breakable` in templatetags/page.py).
 *
 * @param {string} address
 */
export function breakable(address) {
  const parts = address.length > SHORT_ADDRESS ? address.split(/(?<=@)|(?=\.)/u) : [address];
  return make("bdi", {}, ...parts.flatMap((part, i) => (i ? [make("wbr"), part] : [part])));
}

/**
 * Write only what changed: a screen reader hears what is written anew.
 *
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value   null takes the attribute away
 */
export function mark(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Say something to those who do not see it.
 *
 * @param {string} text
 * @param {{ urgent?: boolean }} [options]   urgent interrupts: removed, muted by a host
 */
export function announce(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? "said-now" : "said");
  if (!region) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  // Long enough to be read, short enough not to be met later by somebody who reads the page.
  setTimeout(() => line.remove(), 10_000);
}

/** Of a part that comes later. @type {Record<Exclude<import("./later.js").Later<unknown>["trouble"], "">, string>} */
export const TROUBLES = {
  late: t("This part has not come through yet. We keep trying, and the call goes on."),
  outdated: t("This page is from before an update. Load it again: you come back to your seat."),
  broken: t("This part does not work. Load the page again: you come back to your seat."),
};

/**
 * A part of the page that opens beside the rest: it takes the focus, and gives it back when it closes. What is in it may
 * come later than it is opened.
 *
 * @template V
 */
export class Panel {
  #root;
  #close;
  #first;
  #view;
  #isOpen = false;
  /** It was opened, and nobody has drawn it since. */
  #isFresh = false;
  #words = make("div", { class: "late soft" });
  /** What was sent off or pressed before there was anybody to take it. @type {(() => void) | null} */
  #kept = null;
  /** @type {Element | null} */
  #cameFrom = null;

  /**
   * @param {HTMLElement} root
   * @param {{ close: () => void, view: import("./later.js").Later<V>, first?: HTMLElement }} options   `view`: what draws
   *     it; `first` has the focus first, else what closes it
   */
  constructor(root, { close, view, first }) {
    this.#root = root;
    this.#close = close;
    this.#view = view;
    const button = find(root, '[data-part="close"]');
    this.#first = first ?? button;
    button.addEventListener("click", () => close());
    root.addEventListener("keydown", (event) => this.#closeByKey(event));
    root.addEventListener("keydown", (event) => this.#sendByKey(event));
    root.addEventListener("submit", ({ target }) => {
      if (target instanceof HTMLFormElement) this.#keep(() => target.requestSubmit());
    });
    root.addEventListener("click", ({ target }) => {
      const button = target instanceof Element && target.closest("footer [type=button]");
      if (button instanceof HTMLElement) this.#keep(() => button.click());
    });
    // Who writes on was not done yet.
    root.addEventListener("input", () => (this.#kept = null));
  }

  /** @param {() => void} act */
  #keep(act) {
    if (!this.#view.part) this.#kept = act;
  }

  /** As the view does it, once it is here. @param {KeyboardEvent} event */
  #sendByKey(event) {
    const { target, key, shiftKey, isComposing } = event;
    if (
      this.#view.part ||
      !(target instanceof HTMLTextAreaElement) ||
      key !== "Enter" ||
      shiftKey ||
      isComposing
    ) {
      return;
    }
    event.preventDefault();
    target.form?.requestSubmit();
  }

  /**
   * @param {boolean} open
   * @param {(view: V, opened: boolean) => void} draw   `opened`: it was closed when it was last drawn
   */
  render(open, draw) {
    const opened = open && !this.#isOpen;
    const closed = !open && this.#isOpen;
    this.#isOpen = open;
    this.#isFresh = open && (opened || this.#isFresh);
    if (opened) this.#cameFrom = document.activeElement;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.hidden = !open;
    this.#fill(draw);
    if (opened) this.#first.focus();
    if (closed && hadFocus && this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus();
  }

  /** @param {(view: V, opened: boolean) => void} draw */
  #fill(draw) {
    const { part, trouble } = this.#view;
    if (part) {
      this.#words.remove();
      draw(part, this.#isFresh);
      this.#isFresh = false;
      this.#kept?.();
      this.#kept = null;
      return;
    }
    if (this.#isOpen) void this.#view.load();
    if (!trouble || !this.#isOpen) return;
    const text = TROUBLES[trouble];
    if (this.#words.firstChild?.textContent === text) return;
    this.#words.replaceChildren(make("p", {}, text));
    find(this.#root, ".scroll").before(this.#words);
    announce(text);
    if (trouble === "late") return;
    const again = make("button", { class: "button", type: "button" }, t("Load the page again"));
    again.addEventListener("click", () => location.reload());
    this.#words.append(again);
  }

  /** @param {KeyboardEvent} event */
  #closeByKey(event) {
    // While a word is being composed, or something is asked or offered, it is for that.
    const isForAnother = event.isComposing || this.#root.querySelector("dialog[open], :popover-open");
    if (event.key !== "Escape" || isForAnother) return;
    event.stopPropagation();
    this.#close();
  }
}

/**
 * Whether a key goes into what has the focus: into text, or to an entry of a list that begins with it.
 *
 * @param {EventTarget | null} target
 */
export function isTyping(target) {
  const others = ["checkbox", "radio", "range", "button", "submit", "file"]
    .map((type) => `[type=${type}]`)
    .join();
  return (
    target instanceof Element &&
    target.closest(`input:not(${others}), textarea, select, [contenteditable], [role=menu]`) !== null
  );
}

/**
 * Whether the space bar does something to what has the focus: it presses it, or scrolls it.
 *
 * @param {EventTarget | null} target
 */
export function takesSpace(target) {
  const pressed = 'button, input, summary, audio, video, [role="button"], [tabindex="0"]';
  return target instanceof Element && target.closest(pressed) !== null;
}

/**
 * Fill a list to choose from, leaving it alone while nothing changed. Under trouble it says so, and can be used still.
 *
 * @param {HTMLSelectElement} select
 * @param {{ devices: { id: string, label: string }[], chosen: string, none: string, isTroubled: boolean }} choices
 */
export function fill(select, { devices, chosen, none, isTroubled }) {
  const isOpen = devices.length > 0 && !isTroubled;
  const wanted = isOpen ? devices : [{ id: "", label: none }, ...devices];
  const options = [...select.options];
  const same =
    options.length === wanted.length &&
    wanted.every(({ id, label }, i) => options[i]?.value === id && options[i]?.text === label);
  if (!same) {
    // A device is called as whoever made it liked.
    const made = wanted.map(({ id, label }) => make("option", { value: id, dir: "auto" }, label));
    select.replaceChildren(...made);
  }
  select.disabled = !devices.length;
  if (!isOpen) select.value = "";
  else if (devices.some(({ id }) => id === chosen)) select.value = chosen;
}
