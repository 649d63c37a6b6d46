import { avatar } from "../../lib/avatar.js";
import { called, icon, make } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { Timer } from "../../lib/timing.js";
import { unmarked } from "../chat/markup.js";

/** @import { ChatLine } from "../state.js" */

const SEEN_FOR = 6_000;
// More is not seen of it.
const LONGEST = 300;

/** A message that comes while the chat is closed, above the button that opens it, for a moment. What is heard of it is said elsewhere. */
export class Peek {
  #bar;
  #open;
  #timer;
  #shown = make("div", { class: "peek" });
  #isHeld = false;

  /**
   * @param {HTMLElement} bar  #controls
   * @param {object} options
   * @param {import("../../lib/timing.js").Clock} options.clock
   * @param {(conversation: string) => void} options.open
   */
  constructor(bar, { clock, open }) {
    this.#bar = bar;
    this.#open = open;
    this.#timer = new Timer(clock);
    const hold = () => this.#hold();
    for (const sign of ["pointerenter", "pointerleave", "focusin", "focusout"]) {
      this.#shown.addEventListener(sign, hold);
    }
    this.#shown.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.hide();
    });
  }

  /** @param {ChatLine} line */
  show(line) {
    const { name, conversation } = line;
    const open = make(
      "button",
      { class: "open", type: "button" },
      avatar(name, "s"),
      make(
        "span",
        { class: "words" },
        make(
          "span",
          { class: "from" },
          make("strong", {}, called(name)),
          conversation !== "" && make("span", { class: "to" }, t("to you alone")),
        ),
        make("span", { class: "said", dir: "auto" }, excerpt(line)),
      ),
    );
    open.addEventListener("click", () => {
      this.hide();
      this.#open(conversation);
    });
    const label = t("Close the preview");
    const close = make(
      "button",
      { class: "button button-plain button-icon", type: "button", "aria-label": label, title: label },
      icon("close"),
    );
    close.addEventListener("click", () => this.hide());
    this.#shown.replaceChildren(open, close);
    if (!this.#shown.isConnected) this.#bar.append(this.#shown);
    this.#timer.cancel();
    this.#isHeld = false;
    this.#hold();
  }

  hide() {
    this.#timer.cancel();
    // Whoever put it away by the keyboard goes on from the button below it.
    if (this.#shown.contains(document.activeElement)) {
      /** @type {HTMLElement | null} */ (this.#bar.querySelector('[data-control="chat"]'))?.focus();
    }
    this.#shown.remove();
  }

  /** It stays as long as the pointer or the focus is on it. */
  #hold() {
    const isHeld = this.#shown.matches(":hover, :focus-within");
    if (isHeld) this.#timer.cancel();
    else if (!this.#timer.pending || this.#isHeld) this.#timer.plan(SEEN_FOR, () => this.hide());
    this.#isHeld = isHeld;
  }
}

/** What is said in it, without marks. @param {ChatLine} line */
function excerpt({ body, file }) {
  const words = unmarked(body).slice(0, LONGEST);
  return words || (file ? t("File: {name}", { name: file.name }) : "");
}
