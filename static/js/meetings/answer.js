/** The page of an answer: what is typed there outlives a reload, a way back and the letter's other button, in this tab. */
import { find } from "../lib/dom.js";
import { tabStore } from "../lib/storage.js";
import { forgetKnown, goOn } from "./typing.js";

const form = /** @type {HTMLFormElement} */ (find(document, "form[data-typing]"));
const address = location.pathname;
const { given, note = "" } = form.dataset;
if (given === undefined) ask();
else forgetKnown(form, tabStore, address, { answer: given, note });

function ask() {
  // What the button in the letter chose counts more than what was chosen before.
  const isChosen = new URLSearchParams(location.search).has("answer");
  goOn(form, { address, chosen: isChosen ? ["answer"] : [] });
  form.addEventListener("change", ({ target }) => {
    // From here on the letter has chosen nothing any more.
    const isAnswer = target instanceof HTMLInputElement && target.name === "answer";
    if (isAnswer && isChosen) history.replaceState(null, "", `${address}?change`);
  });
}
