import { icon, make } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { chipOf, restOf } from "./chips.js";
import { isPressing, released } from "./press.js";
import { Suggestions } from "./suggestions.js";

/**
 * @typedef {import("./checks.js").Answer} Answer
 * @typedef {import("./checks.js").Beyond} Beyond
 * @typedef {import("./checks.js").Entry & { isUnread?: boolean }} Entry  `isUnread`: as it was typed, and only the server
 *     can tell whom it names
 */

/** The attendees, as chips around one input; the hidden textarea is what is sent. The server reads what is typed. */
export class People {
  #textarea;
  #chips = make("div", { class: "chips" });
  #input;
  #error;
  #file;
  #options;
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Beyond | null} */
  #beyond = null;
  /** @type {Map<Entry | Beyond, HTMLElement>} */
  #drawn = new Map();
  /** What a chip does. @type {import("./chips.js").Actions} */
  #actions = {
    edit: (entry) => this.#edit(entry),
    remove: (entry) => this.#remove(entry),
    changed: () => this.#write(),
  };

  /**
   * @typedef {object} Options
   * @property {HTMLInputElement} file  a list of people in a file
   * @property {number} largest  such a file, in bytes
   * @property {string} url  where those invited before are found
   * @property {{ optional: string, cohost: string }} marks  what stands behind the address of whoever is that
   * @property {(pause?: number) => void} changed  they are others than before; `pause` until the server is asked
   *
   * @param {HTMLTextAreaElement} textarea
   * @param {Options} options
   */
  constructor(textarea, options) {
    this.#textarea = textarea;
    this.#options = options;
    this.#file = options.file;
    const described = [`${textarea.id}_error`, `${textarea.id}_helptext`];
    const input = make("input", {
      id: textarea.id,
      placeholder: t("Add somebody"),
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": described.join(" "),
    });
    this.#input = input;
    this.#error =
      document.getElementById(`${textarea.id}_error`) ??
      make("p", { class: "field-error", id: `${textarea.id}_error`, hidden: true });
    // What is wrong is said from here now.
    delete this.#error.dataset["wrong"];

    textarea.removeAttribute("id");
    textarea.hidden = true;
    this.#chips.append(input);
    textarea.before(this.#chips);
    // There before anything is said in it, so that it is read out.
    textarea.after(make("div", { class: "live", "aria-live": "polite" }, this.#error));

    new Suggestions(input, {
      url: options.url,
      isKnown: (email) => this.#entries.some((entry) => entry.email?.toLowerCase() === email.toLowerCase()),
      pick: (person) => {
        input.value = "";
        this.#entries.push(person);
        this.#draw();
      },
    });
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("input", () => this.#onInput());
    input.addEventListener("blur", () => void this.#onBlur());
    input.addEventListener("paste", (event) => this.#onPaste(event));
    this.#chips.addEventListener("click", (event) => {
      if (event.target === this.#chips) input.focus();
    });
    this.#file.addEventListener("change", () => this.#onFile());
    this.#begin();
  }

  /** With those whom the server has read already, unless something was typed since. */
  #begin() {
    const text = this.#textarea.value.trim();
    const read = document.getElementById("people-read")?.textContent;
    if (text && text === this.#textarea.defaultValue.trim() && read) {
      ({ entries: this.#entries, beyond: this.#beyond } = JSON.parse(read));
      this.#draw();
    } else this.#add(text);
  }

  /** What the server has to know of them. @param {FormData} body */
  fill(body) {
    const isToBeRead = this.#entries.some(({ isUnread }) => isUnread);
    const [file] = this.#file.files ?? [];
    const lines = this.#entries.map((entry) => this.#line(entry));
    if (isToBeRead && this.#beyond) lines.push(this.#beyond.text);
    else if (this.#beyond) body.set("beyond", String(this.#beyond.count));
    // What is being typed is nobody yet.
    body.set("people", lines.join("\n"));
    if (!file) body.delete("file");
    else if (file.size > this.#options.largest) {
      body.delete("file");
      body.set("file_size", String(file.size));
    }
    if (isToBeRead || file) body.set("read", "1");
  }

  /** @param {Answer} answer */
  show({ entries, beyond, file, people }) {
    if (file) {
      this.#file.value = "";
      this.#tellOfFile(file.words, file.is_wrong);
    }
    if (entries) {
      // Who is there already keeps their chip, and it the focus.
      const known = new Map(
        this.#entries.filter(({ isUnread }) => !isUnread).map((entry) => [this.#line(entry), entry]),
      );
      this.#entries = entries.map((entry) => known.get(this.#line(entry)) ?? entry);
      this.#beyond = beyond ?? null;
      this.#draw(false);
    }
    this.#tell(people.join(" "));
  }

  /** The server cannot be asked: what is typed, and a file that is chosen, go along with the form and are read then. */
  giveUpReading() {
    if (this.#file.files?.length) this.#tellOfFile("");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.#input.value.trim()) {
      // Enter ends an address; on an empty line it sends the form as everywhere.
      event.preventDefault();
      this.#take();
    } else if (event.key === "Backspace" && !this.#input.value && this.#entries.length && !this.#beyond) {
      event.preventDefault();
      const last = this.#entries.at(-1);
      if (last) this.#edit(last);
    }
  }

  #onInput() {
    if (/[;\n]$|@[^\s,]+\.[^\s,]+,$/u.test(this.#input.value)) this.#take();
    else this.#write();
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    // One address may still be typed on; several, or lines, are chips at once.
    if (!/[\n\r\t;,]/u.test(text.trim()) && text.split("@").length < 3) return;
    event.preventDefault();
    const typed = this.#input.value;
    this.#input.value = "";
    this.#add(`${typed}${text}`);
  }

  /** A new chip moves what is below it: not under a finger that is about to press it. */
  async #onBlur() {
    if (isPressing()) {
      await released();
      // Unless the click led back here.
      if (document.activeElement === this.#input) return;
    }
    this.#take();
  }

  #onFile() {
    const [file] = this.#file.files ?? [];
    if (!file) return;
    this.#tellOfFile("…");
    this.#options.changed(0);
  }

  #take() {
    const text = this.#input.value;
    if (!text.trim()) return;
    this.#input.value = "";
    this.#add(text);
  }

  /** @param {string} text  of one or of many */
  #add(text) {
    if (!text.trim()) return this.#write();
    this.#entries.push({ line: text.trim(), isUnread: true });
    this.#draw(false);
    this.#options.changed(0);
  }

  /**
   * Put a chip back into the input.
   *
   * @param {Entry} entry
   */
  #edit(entry) {
    const text = this.#input.value;
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#input.value = this.#line(entry).replace(/\s+/gu, " ");
    if (text.trim()) this.#add(text);
    this.#draw();
    this.#input.focus();
  }

  /** @param {Entry} entry */
  #remove(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#draw();
    this.#input.focus();
  }

  #dropRest() {
    this.#beyond = null;
    this.#draw();
    this.#input.focus();
  }

  /** @param {boolean} [isNews]  which the server has not heard yet */
  #draw(isNews = true) {
    /** @type {Map<Entry | Beyond, HTMLElement>} */
    const drawn = new Map();
    for (const entry of this.#entries) {
      drawn.set(entry, this.#drawn.get(entry) ?? chipOf(entry, this.#actions));
    }
    if (this.#beyond) {
      drawn.set(this.#beyond, this.#drawn.get(this.#beyond) ?? restOf(this.#beyond, () => this.#dropRest()));
    }
    for (const [what, chip] of this.#drawn) if (!drawn.has(what)) chip.remove();
    // What is moved loses the focus, so only what is not in its place is.
    let at = this.#chips.firstElementChild;
    for (const chip of drawn.values()) {
      if (chip === at) at = at.nextElementSibling;
      else this.#chips.insertBefore(chip, at);
    }
    this.#drawn = drawn;
    this.#write();
    if (isNews) this.#options.changed();
  }

  /** @param {string} words  what is wrong with the list */
  #tell(words) {
    this.#input.setAttribute("aria-invalid", String(words !== ""));
    if (this.#error.textContent?.trim() !== words) {
      this.#error.replaceChildren(...(words ? [icon("warning"), make("span", {}, words)] : []));
    }
    this.#error.hidden = !words;
  }

  /**
   * @param {string} words
   * @param {boolean} [isWrong]
   */
  #tellOfFile(words, isWrong = false) {
    const known = document.getElementById(`${this.#file.id}_error`);
    const line = known ?? make("p", { id: `${this.#file.id}_error` });
    line.setAttribute("role", "status");
    line.className = isWrong ? "field-error" : "hint";
    delete line.dataset["wrong"];
    line.replaceChildren(...(isWrong ? [icon("warning")] : []), make("span", {}, words));
    if (!known) this.#file.after(line);
    this.#file.setAttribute("aria-invalid", String(isWrong));
  }

  /** As it is sent, and read again. @param {Entry} entry */
  #line({ line, optional, cohost }) {
    const { marks } = this.#options;
    return [line, optional && marks.optional, cohost && marks.cohost].filter(Boolean).join(" ");
  }

  /** What is typed but not yet a chip counts too: a press on the button must not lose it. */
  #write() {
    const lines = this.#entries.map((entry) => this.#line(entry));
    if (this.#beyond) lines.push(this.#beyond.text);
    this.#textarea.value = [...lines, this.#input.value].join("\n");
  }
}
