/** Makes the schedule form comfortable: people as chips, the zone guessed, the button says what it will send. */
import { avatar } from "../lib/avatar.js";
import { called, find, icon, make } from "../lib/dom.js";
import { parse, written } from "./addresses.js";
import { moment } from "./moment.js";
import { number } from "./words.js";

/**
 * @typedef {import("./addresses.js").Address} Address
 * @typedef {{ title: string, date: string, time: string, zone: string, starts_at: string, minutes: number, people: string[] }} Before
 *     what a meeting was, to tell what a change will send
 */

/** The attendees, as chips around one input; the hidden textarea is what is sent. */
class People {
  #textarea;
  #chips = make("div", { class: "chips" });
  /** @type {HTMLInputElement} */
  #input;
  #error;
  #pressing = false;
  /** Called when they are others than before. */
  changed = () => {};
  /** @type {(Address | string)[]} an address, or the text of a wrong one */
  #people = [];

  /** @param {HTMLTextAreaElement} textarea */
  constructor(textarea) {
    this.#textarea = textarea;
    const described = [`${textarea.id}_error`, `${textarea.id}_helptext`];
    const input = make("input", { id: textarea.id, placeholder: "Add somebody", autocomplete: "off", spellcheck: "false", "aria-describedby": described.join(" ") });
    this.#input = input;
    this.#error = document.getElementById(`${textarea.id}_error`) ?? make("p", { class: "field-error", id: `${textarea.id}_error` });
    this.#error.setAttribute("aria-live", "polite");

    textarea.removeAttribute("id");
    textarea.hidden = true;
    this.#chips.append(input);
    textarea.before(this.#chips);
    textarea.after(this.#error);

    input.addEventListener("keydown", (event) => this.#onKey(event));
    input.addEventListener("input", () => this.#onInput());
    input.addEventListener("blur", () => this.#onBlur());
    document.addEventListener("pointerdown", () => (this.#pressing = true), true);
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => (this.#pressing = false), true);
    input.addEventListener("paste", (event) => this.#onPaste(event));
    this.#chips.addEventListener("click", (event) => {
      if (event.target === this.#chips) input.focus();
    });
    this.#add(textarea.value);
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
    if (!/[\n\r\t;,]/u.test(text.trim())) return;
    event.preventDefault();
    this.#add(`${this.#input.value}${text}`);
    this.#input.value = "";
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
    this.#add(text);
  }

  /** @param {string} text */
  #add(text) {
    const { addresses, wrong } = parse(text);
    for (const address of addresses) {
      const known = this.addresses.find(({ email }) => email.toLowerCase() === address.email.toLowerCase());
      if (!known) this.#people.push(address);
      else if (!known.name) known.name = address.name;
    }
    for (const { text: words } of wrong) if (!this.#people.includes(words)) this.#people.push(words);
    this.#draw();
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
    this.#input.before(...this.#people.map((person, index) => this.#chip(person, index)));
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
    const button = make("button", { type: "button", "aria-label": `${isWrong ? "Correct" : "Remove"} ${words}` }, icon(isWrong ? "edit" : "close"));
    button.addEventListener("click", () => (isWrong ? this.#edit(index) : this.#remove(index)));
    const face = isWrong ? icon("warning") : avatar(words);
    if (!isWrong) face.classList.add("avatar-s");
    const chip = make("span", { class: isWrong ? "chip chip-wrong" : "chip" }, face, make("span", {}, isWrong ? words : called(words)), button);
    if (!isWrong) chip.title = person.email;
    return chip;
  }

  /** Say what is wrong with which, as the server would. */
  #complain() {
    const wrong = this.#people.filter((person) => typeof person === "string");
    const said = wrong.map((text) => `“${text}” ${parse(text).wrong[0]?.reason ?? "is not an address that mail could reach"}.`);
    this.#input.setAttribute("aria-invalid", String(wrong.length > 0));
    const fine = this.addresses.length;
    if (said.length && fine) said.push(fine === 1 ? "The other one is fine." : `The other ${number(fine)} are fine.`);
    const words = said.join(" ");
    if (this.#error.textContent?.trim() !== words) this.#error.replaceChildren(...(words ? [icon("warning"), make("span", {}, words)] : []));
    this.#error.hidden = !words;
  }

  /** What is typed but not yet a chip counts too: a press on the button must not lose it. */
  #write() {
    const lines = this.#people.map((person) => (typeof person === "string" ? person : written(person)));
    this.#textarea.value = [...lines, this.#input.value].join("\n");
    this.changed();
  }
}

const form = /** @type {HTMLFormElement} */ (find(document, "form[data-schedule]"));
const button = find(form, "[data-send]");
const note = form.querySelector("[data-letters]");
const crowded = /** @type {HTMLElement} */ (find(form, "[data-seats]"));
const before = form.querySelector("#before");
/** @type {Before | null} */
const was = before ? JSON.parse(before.textContent ?? "null") : null;

guessZone();
const people = new People(/** @type {HTMLTextAreaElement} */ (find(form, "textarea[name=people]")));
people.changed = label;
form.addEventListener("input", label);
form.addEventListener("change", label);
form.addEventListener("submit", onSubmit);
label();

/** The very first page is rendered before the server knows the zone; a new meeting begins in this computer's. */
function guessZone() {
  const select = form.elements.namedItem("zone");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!(select instanceof HTMLSelectElement) || !("guess" in form.dataset) || !zone) return;
  const known = [...select.options].find((option) => option.value === zone);
  if (known) known.selected = true;
}

/** A second press while the first is under way sends nothing. */
function onSubmit() {
  button.setAttribute("aria-busy", "true");
  button.setAttribute("disabled", "");
  // Back from the next page, the form is to be pressed again.
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    button.removeAttribute("disabled");
  });
}

/** The button says what it does. */
function label() {
  // Whoever organizes gets no invitation.
  const addresses = people.addresses.filter(({ email }) => email.toLowerCase() !== form.dataset.organizer);
  crowded.hidden = addresses.length < Number(crowded.dataset.seats);
  if (!was) {
    const count = addresses.length;
    button.textContent = count === 0 ? "Save" : count === 1 ? "Send 1 invitation" : `Send ${count} invitations`;
    return;
  }
  const emails = addresses.map(({ email }) => email.toLowerCase());
  const staying = emails.filter((email) => was.people.includes(email)).length;
  const fresh = emails.length - staying;
  const gone = was.people.length - staying;
  const told = isNew(was) ? staying : 0;
  const count = told + fresh + gone;
  button.textContent = count === 0 ? "Save" : count === 1 ? "Save and send 1 letter" : `Save and send ${count} letters`;
  if (note) note.textContent = explained(told, fresh, gone);
}

/** @param {Before} meeting */
function isNew(meeting) {
  const data = new FormData(form);
  const minutes = data.get("length") === "other" ? data.get("minutes") : data.get("length");
  return (
    String(data.get("title")).trim().replace(/\s+/gu, " ") !== meeting.title ||
    Number(minutes) !== meeting.minutes ||
    isMoved(data, meeting)
  );
}

/**
 * The same moment on another zone's clock concerns nobody.
 *
 * @param {FormData} data
 * @param {Before} meeting
 */
function isMoved(data, meeting) {
  const [date, time, zone] = ["date", "time", "zone"].map((name) => String(data.get(name)));
  if (date === meeting.date && time === meeting.time && zone === meeting.zone) return false;
  return moment(date ?? "", time ?? "", zone ?? "") !== Date.parse(meeting.starts_at);
}

/**
 * @param {number} told
 * @param {number} fresh
 * @param {number} gone
 */
function explained(told, fresh, gone) {
  const parts = [];
  if (told) parts.push(`${told === 1 ? "1 letter says" : told + " letters say"} what is new, with the old struck through.`);
  if (fresh) parts.push(`${fresh === 1 ? "1 invitation goes" : fresh + " invitations go"} out.`);
  if (gone) parts.push(`${gone === 1 ? "1 person is" : gone + " people are"} told that they are no longer expected.`);
  return parts.join(" ") || "So far nothing has changed that anybody needs a letter for.";
}
