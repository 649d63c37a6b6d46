/** A form that somebody leaves half filled in is as they left it when they come back to it, in this tab. */
import { find } from "../lib/dom.js";
import { tabStore } from "../lib/storage.js";

const PREFIX = "typing:";
/** Fields that are no typing: keys of the form, files, and what belongs to the page. */
const NOT_TYPED = new Set(["hidden", "file", "submit", "button", "reset"]);

/** What a form is called that was sent: the server knows it again if it was taken (config/receipts.py). */
const FIELD = "typing";
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** @typedef {import("../lib/storage.js").Store} Store */
/** @typedef {[name: string, value: string][]} Typed what a form would send of what can be typed */

/**
 * Where a form is found again, if that is not its whole address, and which of its fields the address has chosen: they stay as
 * they are.
 *
 * @typedef {{ address?: string, chosen?: string[] }} Place
 */

/**
 * The same, said at the top of the form, with a button to begin afresh.
 *
 * @param {HTMLFormElement} form  with a note in `data-typing-note`
 * @param {Place} [place]
 */
export function goOn(form, place) {
  const { restored, forget } = keepTyped(form, tabStore, place);
  const note = find(form, "[data-typing-note]");
  note.hidden = !restored;
  find(note, "button").addEventListener("click", () => {
    forget();
    location.reload();
  });
}

/**
 * Puts back what was typed here before, and keeps what is typed from now on until the server has it or it is given up.
 * To be called before anything else reads the form.
 *
 * @param {HTMLFormElement} form  with the person's key in `data-typing`, which is empty for whoever is not signed in;
 *     `data-sent` if it came back from the server; the names of forms that were taken in `data-taken`
 * @param {Store} store  of this tab
 * @param {Place} [place]
 * @returns {{ restored: boolean, forget: () => void }} whether something was put back; and how to give it up
 */
export function keepTyped(form, store, { address, chosen = [] } = {}) {
  const { person, key, sentKey } = keysOf(form, address);
  if (form.dataset["typing"]) forgetOthers(store, person);
  if ((form.dataset["taken"] ?? "").split(" ").includes(store.text(sentKey) ?? "-")) store.forget(key);
  const before = JSON.stringify(typed(form));
  const isOpen = (/** @type {string} */ name) => !chosen.includes(name);
  const there = typed(form).filter(([name]) => isOpen(name));
  const kept = "sent" in form.dataset ? null : read(store, key)?.filter(([name]) => isOpen(name));
  const restored = !!kept && JSON.stringify(kept) !== JSON.stringify(there);
  if (restored) {
    fill(
      form,
      fields(form).filter(({ name }) => isOpen(name)),
      kept,
    );
  }

  let given = false;
  /** What it was sent as, unless something was typed since. */
  let sent = "";
  const keep = () => {
    const now = JSON.stringify(typed(form));
    if (sent && !given) store.keep(sentKey, sent);
    else store.forget(sentKey);
    if (given || (now === before && !("sent" in form.dataset))) store.forget(key);
    else store.keep(key, now);
  };
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", keep);
  const forget = () => void (given = true);
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sent = nameIn(form);
  });
  for (const change of ["input", "change"]) form.addEventListener(change, () => void (sent = ""));
  for (const link of form.querySelectorAll("[data-forget]")) link.addEventListener("click", forget);
  addEventListener("pageshow", () => (given = false));
  return { restored, forget };
}

/**
 * Forgets what was typed here before, if that is what the server has by now.
 *
 * @param {HTMLFormElement} form
 * @param {Store} store
 * @param {string} address
 * @param {Record<string, string>} known   what the server has, by the names of the fields
 */
export function forgetKnown(form, store, address, known) {
  const { key, sentKey } = keysOf(form, address);
  if (!read(store, key)?.every(([name, value]) => plain(value) === plain(known[name] ?? ""))) return;
  store.forget(key);
  store.forget(sentKey);
}

/** As the server keeps a line. @param {string} text */
function plain(text) {
  return text.replace(/\s+/gu, " ").trim();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} [address]
 */
function keysOf(form, address = location.pathname + location.search) {
  const person = `${PREFIX}${form.dataset["typing"] ?? ""}:`;
  const key = person + address;
  return { person, key, sentKey: `${key}#sent` };
}

/**
 * A new name for what is about to be sent, which goes along with it.
 *
 * @param {HTMLFormElement} form
 */
function nameIn(form) {
  const field = /** @type {HTMLInputElement} */ (
    form.querySelector(`input[name=${FIELD}]`) ?? document.createElement("input")
  );
  field.type = "hidden";
  field.name = FIELD;
  field.value = [...crypto.getRandomValues(new Uint8Array(20))]
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join("");
  form.append(field);
  return field.value;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Typed}
 */
function typed(form) {
  const names = new Set(fields(form).map((field) => field.name));
  return [...new FormData(form)]
    .filter(([name]) => names.has(name))
    .map(([name, value]) => [name, String(value)]);
}

/** @param {HTMLFormElement} form */
function fields(form) {
  return /** @type {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]} */ (
    [...form.elements].filter(
      (field) =>
        "name" in field &&
        field.name &&
        "value" in field &&
        !NOT_TYPED.has(/** @type {HTMLInputElement} */ (field).type),
    )
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {ReturnType<typeof fields>} filled
 * @param {Typed} kept
 */
function fill(form, filled, kept) {
  for (const field of filled) {
    const values = kept.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) {
      field.checked = values.includes(field.value);
    } else if (values[0] !== undefined) {
      field.value = values[0];
    }
  }
  // What is folded away and has something in it stands open.
  for (const fold of form.querySelectorAll("details")) {
    if ([...fold.querySelectorAll("textarea")].some((area) => area.value)) fold.open = true;
  }
}

/**
 * @param {Store} store
 * @param {string} key
 * @returns {Typed | null}
 */
function read(store, key) {
  const kept = store.value(key);
  return Array.isArray(kept) && kept.every((pair) => Array.isArray(pair) && pair.length === 2) ? kept : null;
}

/**
 * Somebody else signed in here before: what they typed is not for the eyes of this one.
 *
 * @param {Store} store
 * @param {string} person
 */
function forgetOthers(store, person) {
  for (const key of store.keys) {
    if (key.startsWith(PREFIX) && !key.startsWith(person)) store.forget(key);
  }
}
