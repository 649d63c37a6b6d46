/** Makes the schedule form comfortable: people as chips, the agenda as rows, and it says beforehand what it will do. */
import { find } from "../lib/dom.js";
import { clock } from "../lib/timing.js";
import { Agenda } from "./agenda.js";
import { Checks } from "./checks.js";
import { People } from "./people.js";
import { released } from "./press.js";
import { Preview } from "./preview.js";
import { Trouble } from "./trouble.js";
import { goOn } from "./typing.js";

const form = /** @type {HTMLFormElement} */ (find(document, "form[data-schedule]"));

guessZone();
goOn(form);
const trouble = new Trouble(form);
const preview = new Preview(form);
const agenda = new Agenda(/** @type {HTMLTextAreaElement} */ (find(form, "textarea[name=agenda]")));
const checks = new Checks({ post, calm: released, clock });
const people = gather();
checks.on("answer", (answer) => {
  trouble.show(answer);
  preview.show(answer);
  people?.show(answer);
  agenda.show(answer.agenda);
});
checks.on("trouble", (state) => {
  for (const line of form.querySelectorAll("[data-unchecked]")) {
    line.toggleAttribute("hidden", line.getAttribute("data-unchecked") !== state);
  }
  if (state) people?.giveUpReading();
});
addEventListener("online", () => checks.retry());
form.addEventListener("input", onChange);
form.addEventListener("change", onChange);
form.addEventListener("submit", onSubmit);
checks.ask(0);

/** The very first page is rendered before the server knows the zone; a new meeting begins in this computer's. */
function guessZone() {
  const select = form.elements.namedItem("zone");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!(select instanceof HTMLSelectElement) || !("guess" in form.dataset) || !zone) return;
  const known = [...select.options].find((option) => option.value === zone);
  if (known) known.selected = true;
}

/** One of a series has no people of its own. */
function gather() {
  const textarea = form.querySelector("textarea[name=people]");
  if (!(textarea instanceof HTMLTextAreaElement)) return null;
  const { people: url = "", optional = "", host = "", largest } = form.dataset;
  const file = /** @type {HTMLInputElement} */ (find(form, "input[name=file]"));
  return new People(textarea, {
    file,
    url,
    marks: { optional, cohost: host },
    largest: Number(largest),
    changed: (pause) => checks.ask(pause),
  });
}

/**
 * The form as it stands, to be looked at.
 *
 * @param {AbortSignal} signal
 */
function post(signal) {
  const body = new FormData(form);
  preview.fill(body);
  trouble.fill(body);
  people?.fill(body);
  return fetch(form.dataset["check"] ?? "", { method: "POST", body, signal });
}

/** @param {Event} event */
function onChange(event) {
  // What is typed of an address says so itself, once it is one.
  if (!(/** @type {Element} */ (event.target).closest(".chips, [name=file]"))) checks.ask();
}

/**
 * A second press while the first is under way sends nothing.
 *
 * @param {SubmitEvent} event
 */
function onSubmit(event) {
  // Another scope, or a draft, is no saving.
  if (event.submitter?.hasAttribute("name")) return;
  const button = find(form, "[data-send]");
  button.setAttribute("aria-busy", "true");
  button.setAttribute("disabled", "");
  // Back from the next page, the form is to be pressed again.
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-busy");
    button.removeAttribute("disabled");
  });
}
