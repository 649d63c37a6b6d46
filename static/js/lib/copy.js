import { announce } from "./dom.js";
import { t } from "./i18n.js";

/**
 * Copy, and say on the button for a moment how it went.
 *
 * @param {() => void | Promise<void>} copy
 * @param {HTMLElement} words
 */
export async function confirmCopy(copy, words) {
  const before = (words.dataset.words ??= words.textContent ?? "");
  try {
    await copy();
    words.textContent = t("Copied");
  } catch {
    // Browsers may refuse the clipboard; the room's address stands in plain sight.
    words.textContent = t("Copy it from the address bar");
  }
  announce(words.textContent);
  setTimeout(() => (words.textContent = before), 2500);
}
