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
  words.textContent = (await isCopied(copy)) ? t("Copied") : t("Copy it from the address bar");
  announce(words.textContent);
  setTimeout(() => (words.textContent = before), 2500);
}

/**
 * Copy the link, and give how it went, in a sentence.
 *
 * @param {() => void | Promise<void>} copy
 */
export async function tryToCopy(copy) {
  return (await isCopied(copy)) ? t("The link is copied.") : t("Copy the link from the address bar.");
}

/** Browsers may refuse the clipboard; the room's address stands in plain sight. @param {() => void | Promise<void>} copy */
async function isCopied(copy) {
  try {
    await copy();
    return true;
  } catch {
    return false;
  }
}
