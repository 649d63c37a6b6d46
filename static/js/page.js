/** What every plan page does: copies links, closes menus, says what happened. */
import { t } from "./lib/i18n.js";
import { make } from "./lib/dom.js";

const TOAST = 6000;

// There before anything is said in it, so that the first one is read out, too.
const shelf = make("div", { class: "toasts", "aria-live": "polite" });
document.body.append(shelf);
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);

/** @param {MouseEvent} event */
function onClick(event) {
  const target = /** @type {Element} */ (event.target);
  closeMenus(target.closest("details.menu"));
  const button = target.closest("[data-copy]");
  if (button instanceof HTMLElement) void copy(button);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (!open) return;
  closeMenus(null);
  const summary = open.querySelector("summary");
  if (open.contains(document.activeElement)) summary?.focus();
}

/** @param {Element | null} except */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.removeAttribute("open");
  }
}

/** @param {HTMLElement} button */
async function copy(button) {
  const text = button.dataset["copy"] ?? "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https, or where the reader forbids it, there is no clipboard: show the text to be copied by hand.
    toast(t("Copy this by hand:"), text);
    return;
  }
  toast(button.dataset["copied"] ?? t("Copied."));
}

/**
 * Say what happened; it leaves by itself unless there is something to read out of it.
 *
 * @param {string} words
 * @param {string} [text]  to be selected and copied
 */
function toast(words, text = "") {
  const note = make("div", { class: "toast" }, make("span", {}, words));
  if (text) {
    const field = make("input", { class: "input", readonly: true, value: text, "aria-label": words });
    field.addEventListener("focus", () => field.select());
    note.append(field);
  }
  const close = make("button", { class: "button", type: "button" }, text ? t("Done") : t("Close"));
  close.addEventListener("click", () => note.remove());
  note.append(close);
  shelf.replaceChildren(note);
  if (text) note.querySelector("input")?.focus();
  else leaveLater(note);
}

/**
 * Away after a while, but not under somebody's pointer or focus.
 *
 * @param {HTMLElement} note
 */
function leaveLater(note) {
  setTimeout(() => {
    if (note.matches(":hover, :focus-within")) leaveLater(note);
    else note.remove();
  }, TOAST);
}
