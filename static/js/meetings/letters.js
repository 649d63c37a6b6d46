/** While letters are on their way, looks how far they are, and says so without loading the page again. */
import { find, write } from "../lib/dom.js";

const FIRST_PAUSE = 1500;
const LONGEST_PAUSE = 15_000;
// A mail server that is down for longer is shown when the page is loaded again.
const PATIENCE = 10 * 60_000;

const line = document.querySelector("[data-letters]");
if (line instanceof HTMLElement) void follow(line);

/** @param {HTMLElement} line */
async function follow(line) {
  const words = find(line, "span");
  const until = Date.now() + PATIENCE;
  for (let pause = FIRST_PAUSE; Date.now() < until; pause = Math.min(pause * 1.4, LONGEST_PAUSE)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (document.hidden) continue;
    const page = await fetched(line.dataset["letters"] ?? "");
    if (!page) continue;
    const said = page.querySelector("[data-under-way]")?.textContent?.trim();
    // Signed out in the meantime, for instance: then it is another page.
    if (!said) return;
    put(page);
    write(words, said);
    if (page.querySelector("[data-all-sent]")) return;
  }
}

/**
 * The page at `address`; null while there is none to be had.
 *
 * @param {string} address
 */
async function fetched(address) {
  try {
    const response = await fetch(address);
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    // No network at the moment: the next look may have one.
    return null;
  }
}

/**
 * Cells that say something new take the place of what was there.
 *
 * @param {Document} page
 */
function put(page) {
  for (const cell of page.querySelectorAll("[data-letter]")) {
    const shown = document.querySelector(`[data-letter="${cell.getAttribute("data-letter")}"]`);
    if (!shown || shown.textContent?.trim() === cell.textContent?.trim()) continue;
    shown.toggleAttribute("data-waiting", cell.hasAttribute("data-waiting"));
    shown.replaceChildren(...cell.childNodes);
  }
}
