import { avatar } from "../lib/avatar.js";
import { called, icon, make, write } from "../lib/dom.js";
import { merged, parse, written } from "./addresses.js";
import { Suggestions } from "./suggestions.js";
import { number, nickname } from "./words.js";

/** @typedef {import("./addresses.js").Address} Address */

// So many that are wrong are named, as the server does.
const MOST_NAMED = 5;

/** The attendees, as chips around one input; the hidden textarea is what is sent. */
export class People {
  #textarea;
  #most;
  #chips = make("div", { class: "chips" });
  /** @type {HTMLInputElement} */
  #input;
  #error;
  #pressing = false;
  /** Called when they are others than before. */
  changed = () => {};
  /**
   * What is wrong with them, in words; `count`: how often, where not all is named.
   *
   * @type {{ lines: string[], count: number }}
   */
  faults = { lines: [], count: 0 };
  /** @type {(Address | string)[]} an address, or the text of a wrong one */
  #people = [];

  /**
   * @param {HTMLTextAreaElement} textarea
   * @param {{ most: number, url: string }} options   how many may be invited, and where those invited before are found
   */
  constructor(textarea, { most, url }) {
    this.#textarea = textarea;
    this.#most = most;
    const described = [`${textarea.id}_error`, `${textarea.id}_helptext`];
    const input = make("input", {
      id: textarea.id,
      placeholder: "Add somebody",
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": described.join(" "),
    });
    this.#input = input;
    this.#error =
      document.getElementById(`${textarea.id}_error`) ??
      make("p", { class: "field-error", id: `${textarea.id}_error` });
    this.#error.setAttribute("aria-live", "polite");
    // What is wrong is said from here now.
    delete this.#error.dataset["wrong"];
    const said = this.#error.textContent?.trim();

    textarea.removeAttribute("id");
    textarea.hidden = true;
    this.#chips.append(input);
    textarea.before(this.#chips);
    textarea.after(this.#error);

    new Suggestions(input, {
      url,
      isKnown: (email) => this.addresses.some((person) => person.email.toLowerCase() === email.toLowerCase()),
      pick: (person) => {
        input.value = "";
        this.add(written(person));
      },
    });
    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("input", () => this.#onInput());
    input.addEventListener("blur", () => this.#onBlur());
    document.addEventListener("pointerdown", () => (this.#pressing = true), true);
    for (const end of ["pointerup", "pointercancel"]) {
      document.addEventListener(end, () => (this.#pressing = false), true);
    }
    input.addEventListener("paste", (event) => this.#onPaste(event));
    this.#chips.addEventListener("click", (event) => {
      if (event.target === this.#chips) input.focus();
    });
    this.add(textarea.value);
    // What the server had against the list, if it is nothing that can be seen from here.
    if (said && !this.faults.count) this.#tell([said], 1);
  }

  /** Those that can be written to. */
  get addresses() {
    return this.#people.filter((person) => typeof person !== "string");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && this.#input.value.trim()) {
      // Enter ends an address; on an empty line it sends the form as everywhere.
      event.preventDefault();
      this.#take();
    } else if (event.key === "Backspace" && !this.#input.value && this.#people.length) {
      event.preventDefault();
      this.#edit(this.#people.length - 1);
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
    this.add(`${typed}${text}`);
  }

  /** A new chip moves what is below it: not under a finger that is about to press it. */
  #onBlur() {
    if (!this.#pressing) return this.#take();
    // After the click that follows, unless that led back here.
    const after = () => setTimeout(() => document.activeElement !== this.#input && this.#take());
    document.addEventListener("pointerup", after, { once: true });
  }

  #take() {
    const text = this.#input.value.trim();
    if (!text) return;
    this.#input.value = "";
    this.add(text);
  }

  /**
   * Everybody in a text; how many are new, and how much that is new is no address.
   *
   * @param {string} text
   */
  add(text) {
    const { addresses, wrong } = parse(text);
    const known = new Map();
    for (const [index, person] of this.#people.entries()) {
      known.set(typeof person === "string" ? person : person.email.toLowerCase(), index);
    }
    const before = this.#people.length;
    for (const address of addresses) {
      const at = known.get(address.email.toLowerCase());
      const person = this.#people[at];
      if (person === undefined) this.#people.push(address);
      else if (typeof person !== "string") this.#people[at] = merged(person, address);
    }
    const added = this.#people.length - before;
    for (const { text: words } of wrong) if (!known.has(words)) this.#people.push(words);
    this.#draw();
    return { added, wrong: this.#people.length - before - added };
  }

  /**
   * Put a chip back into the input.
   *
   * @param {number} index
   */
  #edit(index) {
    this.#take();
    const [person] = this.#people.splice(index, 1);
    if (person === undefined) return;
    this.#input.value = typeof person === "string" ? person : written(person);
    this.#draw();
    this.#input.focus();
  }

  /** @param {number} index */
  #remove(index) {
    this.#people.splice(index, 1);
    this.#draw();
    this.#input.focus();
  }

  #draw() {
    for (const chip of this.#chips.querySelectorAll(".chip")) chip.remove();
    // No page is the better for ten thousand chips.
    const shown = this.#people.slice(0, this.#most);
    this.#input.before(...shown.map((person, index) => this.#chip(person, index)));
    const more = this.#people.length - shown.length;
    if (more) this.#input.before(this.#rest(more));
    this.#complain();
    this.#write();
  }

  /**
   * @param {Address | string} person
   * @param {number} index
   */
  #chip(person, index) {
    const isWrong = typeof person === "string";
    const words = isWrong ? person : person.name || person.email;
    const remove = this.#button(`Remove ${words}`, "close", () => this.#remove(index));
    if (isWrong) {
      const correct = this.#button(`Correct ${words}`, "edit", () => this.#edit(index));
      return make(
        "span",
        { class: "chip chip-wrong" },
        icon("warning"),
        make("span", {}, words),
        correct,
        remove,
      );
    }
    const face = avatar(person.name || nickname(person.email), "s");
    const place = make("small", {}, placeOf(person));
    const chip = make(
      "span",
      { class: "chip" },
      face,
      make("span", {}, called(words)),
      place,
      this.#menu(person, words, place),
      remove,
    );
    chip.title = person.email;
    return chip;
  }

  /**
   * @param {string} label
   * @param {string} name   of its icon
   * @param {() => void} act
   */
  #button(label, name, act) {
    const button = make("button", { type: "button", "aria-label": label }, icon(name));
    button.addEventListener("click", act);
    return button;
  }

  /**
   * Whether they have to be there, and whether they are host as well.
   *
   * @param {Address} person
   * @param {string} words
   * @param {Element} place
   */
  #menu(person, words, place) {
    const summary = make("summary", { "aria-label": `${words}: optional, host` }, icon("more"));
    const list = make("div", { class: "menu-list" });
    for (const [key, label, hint] of /** @type {const} */ ([
      ["optional", "Optional", "Their presence is not needed."],
      ["cohost", "Host", "In the room, beside you."],
    ])) {
      const box = make("input", { type: "checkbox" });
      box.checked = person[key] ?? false;
      box.addEventListener("change", () => {
        person[key] = box.checked;
        write(place, placeOf(person));
        this.#write();
      });
      list.append(make("label", { class: "check" }, box, make("span", {}, label, make("small", {}, hint))));
    }
    return make("details", { class: "menu chip-menu" }, summary, list);
  }

  /** @param {number} more */
  #rest(more) {
    const button = make(
      "button",
      { type: "button", class: "chip-rest" },
      `Leave out the last ${more.toLocaleString("en-GB")}`,
    );
    button.addEventListener("click", () => {
      this.#people.length = this.#most;
      this.#draw();
      this.#input.focus();
    });
    return make(
      "span",
      { class: "chip chip-wrong" },
      icon("warning"),
      make("span", {}, `${more.toLocaleString("en-GB")} more`),
      button,
    );
  }

  /** Say what is wrong with which, as the server would. */
  #complain() {
    const wrong = this.#people.filter((person) => typeof person === "string");
    const said = wrong
      .slice(0, MOST_NAMED)
      .map(
        (text) => `“${text}” ${parse(text).wrong[0]?.reason ?? "is not an address that mail could reach"}.`,
      );
    const more = wrong.length - said.length;
    if (more) {
      said.push(`${number(more).replace(/^./u, (first) => first.toUpperCase())} more could not be read.`);
    }
    const fine = this.addresses.length;
    const rest = fine === 1 ? "The other one is fine." : `The other ${number(fine)} are fine.`;
    if (said.length && fine) said.push(`${said.pop()} ${rest}`);
    const tooMany = fine > this.#most;
    if (tooMany) said.push(`That is ${fine.toLocaleString("en-GB")} people. ${this.#most} is the most.`);
    this.#tell(said, wrong.length + Number(tooMany));
  }

  /**
   * @param {string[]} lines
   * @param {number} count
   */
  #tell(lines, count) {
    this.faults = { lines, count };
    const words = lines.join(" ");
    this.#input.setAttribute("aria-invalid", String(words !== ""));
    if (this.#error.textContent?.trim() !== words) {
      this.#error.replaceChildren(...(words ? [icon("warning"), make("span", {}, words)] : []));
    }
    this.#error.hidden = !words;
  }

  /** What is typed but not yet a chip counts too: a press on the button must not lose it. */
  #write() {
    const lines = this.#people.map((person) => (typeof person === "string" ? person : written(person)));
    this.#textarea.value = [...lines, this.#input.value].join("\n");
    this.changed();
  }
}

/** @param {Address} person */
function placeOf({ optional, cohost }) {
  return [optional && "optional", cohost && "host"].filter(Boolean).join(", ");
}
