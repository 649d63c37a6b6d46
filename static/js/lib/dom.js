/** Small helpers for building and finding elements. Text from people reaches the page as text nodes only. */

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

/** A part of the page that opens beside the rest: it takes the focus, and gives it back when it closes. */
export class Panel {
  #root;
  #close;
  #first;
  #isOpen = false;
  /** @type {Element | null} */
  #cameFrom = null;

  /**
   * @param {HTMLElement} root
   * @param {{ close: () => void, first?: HTMLElement }} options   `first` has the focus first; else what closes it
   */
  constructor(root, { close, first }) {
    this.#root = root;
    this.#close = close;
    const button = find(root, '[data-part="close"]');
    this.#first = first ?? button;
    button.addEventListener("click", () => close());
    root.addEventListener("keydown", (event) => this.#closeByKey(event));
  }

  /**
   * @param {boolean} open
   * @param {(opened: boolean) => void} fill   `opened`: it was closed before
   */
  render(open, fill) {
    const opened = open && !this.#isOpen;
    const closed = !open && this.#isOpen;
    this.#isOpen = open;
    if (opened) this.#cameFrom = document.activeElement;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.hidden = !open;
    fill(opened);
    if (opened) this.#first.focus();
    if (closed && hadFocus && this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus();
  }

  /** @param {KeyboardEvent} event */
  #closeByKey(event) {
    // While a word is being composed, or something is asked, it is for that.
    if (event.key !== "Escape" || event.isComposing || this.#root.querySelector("dialog[open]")) return;
    event.stopPropagation();
    this.#close();
  }
}
