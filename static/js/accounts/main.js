/** The pages of signing in and of one's own account: each works without this, and a little better with it. */

import { enablePasskeys } from "./passkeys.js";
import { enableReveal } from "./reveal.js";
import { enableWait } from "./wait.js";

for (const box of document.querySelectorAll(".reveal")) enableReveal(box);
for (const button of document.querySelectorAll("button[data-wait]")) {
  enableWait(/** @type {HTMLButtonElement} */ (button));
}
enablePasskeys(document);
