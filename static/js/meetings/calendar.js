/**
 * Keys for a week or a month, and the line of now. Without it the page is links in the order of time.
 *
 * A day is a column of what can be focused: its head, then its meetings. Up and down go through the column, in a
 * month on into the next week; left and right go to the day beside, to what stands nearest. One stop for Tab.
 */
import { ONE_DAY } from "../lib/screen.js";
import { isTyping } from "../lib/dom.js";
import { tabStore } from "../lib/storage.js";

const KEPT = "calendar-day";
const MINUTE = 60_000;

class Calendar {
  #root;
  #days;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#days = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-date]")]);
  }

  start() {
    const stop = this.#days.find((day) => day.classList.contains("today")) ?? this.#days[0];
    for (const link of this.#links()) link.tabIndex = -1;
    const head = stop && this.#column(stop)[0];
    if (head) head.tabIndex = 0;
    this.#root.addEventListener("focusin", (event) => this.#rove(event));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    this.#comeBack();
    this.#moveLine();
    setInterval(() => this.#moveLine(), MINUTE / 2);
  }

  /** Where one came from by key, one goes on. */
  #comeBack() {
    const kept = tabStore.text(KEPT);
    tabStore.forget(KEPT);
    const day = kept && this.#days[Number(kept)];
    if (day) this.#column(day)[0]?.focus();
  }

  /** @param {FocusEvent} event */
  #rove(event) {
    if (!(event.target instanceof HTMLAnchorElement)) return;
    for (const link of this.#links()) link.tabIndex = link === event.target ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.shiftKey ||
      event.defaultPrevented ||
      isTyping(event.target)
    ) {
      return;
    }
    const inside = this.#root.contains(document.activeElement);
    const done =
      (inside ? this.#onArrow(event.key) : this.#enter(event.key)) ||
      this.#onLetter(event.key.toLowerCase(), inside);
    if (done) event.preventDefault();
  }

  /**
   * From elsewhere on the page an arrow comes in where Tab would; the other weeks are as near as from inside.
   *
   * @param {string} key
   */
  #enter(key) {
    if (key === "PageUp" || key === "PageDown") return this.#turn(key === "PageUp" ? "prev" : "next", -1);
    // Arrows choose among buttons of which one is pressed, too.
    if (!key.startsWith("Arrow") || document.activeElement instanceof HTMLInputElement) return false;
    const stop = this.#links().find((link) => link.tabIndex === 0 && link.checkVisibility());
    stop?.focus();
    return stop !== undefined;
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it was for us
   */
  #onArrow(key) {
    const forward = getComputedStyle(this.#root).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    switch (key) {
      case "ArrowUp":
        return this.#step(-1);
      case "ArrowDown":
        return this.#step(1);
      case "ArrowLeft":
      case "ArrowRight":
        return this.#beside(key === forward ? 1 : -1);
      case "Home":
      case "End":
        return this.#edge(key === "End");
      case "PageUp":
        return this.#turn("prev", this.#at());
      case "PageDown":
        return this.#turn("next", this.#at());
      default:
        return false;
    }
  }

  /**
   * @param {string} key
   * @param {boolean} inside
   */
  #onLetter(key, inside) {
    const at = inside ? this.#at() : -1;
    switch (key) {
      case "j":
        return this.#turn("next", at);
      case "k":
        return this.#turn("prev", at);
      case "t":
        return follow(document.querySelector("[data-now-here]"));
      case "n":
        return this.#plan(this.#days[at]);
      default:
        return false;
    }
  }

  /**
   * Up or down: within the day, and in a month on into the day below.
   *
   * @param {number} by
   */
  #step(by) {
    const order = this.#days
      .filter((_, index) => this.#isList() || index % 7 === this.#at() % 7)
      .flatMap((day) => this.#column(day));
    const here = order.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement));
    order[here + by]?.focus();
    return true;
  }

  /**
   * The day before or after; over the edge of a week or a month, the next one.
   *
   * @param {number} by
   */
  #beside(by) {
    const at = this.#at();
    let next = at + by;
    while (this.#days[next] && !this.#column(/** @type {HTMLElement} */ (this.#days[next])).length) {
      next += by;
    }
    const day = this.#days[next];
    if (!day) return this.#turn(by > 0 ? "next" : "prev", by > 0 ? 0 : this.#days.length - 1);
    const column = this.#column(day);
    const from = document.activeElement;
    const isHead = from === this.#column(/** @type {HTMLElement} */ (this.#days[at]))[0];
    (isHead ? column[0] : (nearest(column.slice(1), from) ?? column[0]))?.focus();
    return true;
  }

  /** @param {boolean} end  of the week */
  #edge(end) {
    const first = this.#at() - (this.#at() % 7);
    const week = this.#days.slice(first, first + 7).filter((day) => this.#column(day).length);
    const day = end ? week.at(-1) : week[0];
    if (day) this.#column(day)[0]?.focus();
    return true;
  }

  /**
   * @param {"prev" | "next"} way
   * @param {number} day  where to go on
   */
  #turn(way, day) {
    if (day >= 0) tabStore.keep(KEPT, String(day));
    return follow(document.querySelector(`.turn [rel=${way}]`));
  }

  /** @param {HTMLElement | undefined} day */
  #plan(day) {
    const address = this.#root.dataset["new"] ?? "";
    location.assign(day ? `${address}?date=${day.dataset["date"]}` : address);
    return true;
  }

  /** The day that has the focus; -1 if none. */
  #at() {
    const focused = document.activeElement;
    return this.#days.findIndex((day) => day.contains(focused));
  }

  /**
   * What can be focused of a day, from above; nothing of one that is not shown.
   *
   * @param {HTMLElement} day
   */
  #column(day) {
    const links = /** @type {HTMLAnchorElement[]} */ ([...day.querySelectorAll("a[data-head], li > a")]);
    return day.checkVisibility() ? links : [];
  }

  #links() {
    return /** @type {HTMLAnchorElement[]} */ ([...this.#root.querySelectorAll("a[data-head], li > a")]);
  }

  /** On a phone all days stand one below the other. */
  #isList() {
    return ONE_DAY.matches;
  }

  #moveLine() {
    const line = this.#root.querySelector("[data-now-line]");
    const zone = document.querySelector("[data-zone]")?.getAttribute("data-zone");
    if (!(line instanceof HTMLElement) || !zone) return;
    const [hour = "", minute = ""] = new Date().toLocaleTimeString("en-GB", { timeZone: zone }).split(":");
    line.style.setProperty("--h", String(Number(hour)));
    line.style.setProperty("--m", String(Number(minute)));
  }
}

/**
 * The one of the links whose middle is at the height of `from`.
 *
 * @param {HTMLAnchorElement[]} links
 * @param {Element | null} from
 */
function nearest(links, from) {
  if (!from) return undefined;
  const height = middle(from);
  const far = (/** @type {Element} */ link) => Math.abs(middle(link) - height);
  return links.toSorted((one, other) => far(one) - far(other))[0];
}

/** @param {Element} element */
function middle(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return (top + bottom) / 2;
}

/** @param {Element | null} link */
function follow(link) {
  if (!(link instanceof HTMLAnchorElement)) return false;
  link.click();
  return true;
}

const root = document.querySelector("[data-calendar]");
if (root instanceof HTMLElement) new Calendar(root).start();
