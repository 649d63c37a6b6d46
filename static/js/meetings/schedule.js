/** Makes the schedule form comfortable: people as chips, the agenda as rows, and it says beforehand what it will do. */
import { find } from "../lib/dom.js";
import { Agenda } from "./agenda.js";
import { takeFiles } from "./file.js";
import { moment } from "./moment.js";
import { People } from "./people.js";
import { Preview } from "./preview.js";
import { Repeats, rule } from "./rule.js";
import { Trouble } from "./trouble.js";
import { goOn } from "./typing.js";

/**
 * @typedef {{ title: string, date: string, time: string, zone: string, starts_at: string, minutes: number, people: string[], rule: string[], whole: boolean, letters: [number, number, number] }} Before
 *     what a meeting was, to tell what a change will send
 */

const form = /** @type {HTMLFormElement} */ (find(document, "form[data-schedule]"));
const button = find(form, "[data-send]");
const note = form.querySelector("[data-letters]");
const crowded = form.querySelector("[data-seats]");
const before = form.querySelector("#before");
/** @type {Before | null} */
const was = before ? JSON.parse(before.textContent ?? "null") : null;

guessZone();
goOn(form);
const trouble = new Trouble(form);
const preview = new Preview(form, trouble, label);
const repeats = new Repeats(form);
const people = gather();
const agenda = new Agenda(/** @type {HTMLTextAreaElement} */ (find(form, "textarea[name=agenda]")), minutes);
form.addEventListener("input", onChange);
form.addEventListener("change", onChange);
form.addEventListener("submit", onSubmit);
label();
preview.ask(0);

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
  const { people: url = "", file = "", most, largest } = form.dataset;
  const found = new People(textarea, { most: Number(most), url });
  const tell = () => trouble.list("people", found.faults.lines, found.faults.count);
  found.changed = () => {
    tell();
    label();
  };
  tell();
  const token = String(new FormData(form).get("csrfmiddlewaretoken"));
  takeFiles(/** @type {HTMLInputElement} */ (find(form, "input[name=file]")), found, {
    url: file,
    largest: Number(largest),
    token,
  });
  return found;
}

/** @param {Event} event */
function onChange(event) {
  repeats.update();
  agenda.tell();
  label();
  // What has no name is of the lists above, which write what they hold into a field that has one.
  if (/** @type {HTMLInputElement} */ (event.target).name || trouble.names.length) preview.ask();
}

/**
 * A second press while the first is under way sends nothing.
 *
 * @param {SubmitEvent} event
 */
function onSubmit(event) {
  // Another scope, or a draft, is no saving.
  if (event.submitter?.hasAttribute("name")) return;
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
  const addresses = (people?.addresses ?? []).filter(
    ({ email }) => email.toLowerCase() !== form.dataset["organizer"],
  );
  if (crowded instanceof HTMLElement) crowded.hidden = addresses.length < Number(crowded.dataset["seats"]);
  const anyway = preview.hasConflicts ? " anyway" : "";
  if (!was) {
    const count = addresses.length;
    button.textContent =
      (count === 0 ? "Save" : count === 1 ? "Send 1 invitation" : `Send ${count} invitations`) + anyway;
    return;
  }
  const emails = was.whole ? addresses.map(({ email }) => email.toLowerCase()) : was.people;
  const asked = new Set(was.people);
  const staying = emails.filter((email) => asked.has(email)).length;
  const fresh = emails.length - staying;
  const gone = was.people.length - staying;
  // To one who stays, is new, or is taken off: calendars are told each part of a series in a letter of its own.
  const [told, invited, removed] = [
    isNew(was) ? staying * (endsOtherwise(was) ? 1 : was.letters[0]) : 0,
    fresh * was.letters[1],
    gone * was.letters[2],
  ];
  const count = told + invited + removed;
  button.textContent =
    (count === 0 ? "Save" : count === 1 ? "Save and send 1 letter" : `Save and send ${count} letters`) +
    anyway;
  if (note) note.textContent = explained(told ? staying : 0, fresh, gone, count);
}

/** How long the meeting lasts, as the form stands; 0 if that is no number. */
function minutes() {
  const data = new FormData(form);
  return Number(data.get("length") === "other" ? data.get("minutes") : data.get("length")) || 0;
}

/** @param {Before} meeting */
function isNew(meeting) {
  const data = new FormData(form);
  return (
    String(data.get("title")).trim().replace(/\s+/gu, " ") !== meeting.title ||
    minutes() !== meeting.minutes ||
    (meeting.whole && isRepeatedOtherwise(data, meeting)) ||
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
  const [date, time, zone] = ["date", "time", "zone"].map((name) => String(data.get(name) ?? meeting.zone));
  if (date === meeting.date && time === meeting.time && zone === meeting.zone) return false;
  return moment(date ?? "", time ?? "", zone ?? "") !== Date.parse(meeting.starts_at);
}

/**
 * Whether a series is only to end at another date, for which it is not parted.
 *
 * @param {Before} meeting
 */
function endsOtherwise(meeting) {
  const data = new FormData(form);
  const renamed = String(data.get("title")).trim().replace(/\s+/gu, " ") !== meeting.title;
  if (
    renamed ||
    minutes() !== meeting.minutes ||
    isMoved(data, meeting) ||
    data.get("zone") !== meeting.zone
  ) {
    return false;
  }
  return rule(data).slice(0, 3).join() === meeting.rule.slice(0, 3).join();
}

/**
 * A series goes by the clocks of its zone.
 *
 * @param {FormData} data
 * @param {Before} meeting
 */
function isRepeatedOtherwise(data, meeting) {
  const now = rule(data);
  return now.join() !== meeting.rule.join() || (now.length > 0 && data.get("zone") !== meeting.zone);
}

/**
 * @param {number} told
 * @param {number} fresh
 * @param {number} gone
 * @param {number} all how many letters that makes
 */
function explained(told, fresh, gone, all) {
  const parts = [];
  if (told) {
    parts.push(
      `${told === 1 ? "1 letter says" : told + " letters say"} what is new, with the old struck through.`,
    );
  }
  if (fresh) parts.push(`${fresh === 1 ? "1 invitation goes" : fresh + " invitations go"} out.`);
  if (gone) {
    parts.push(`${gone === 1 ? "1 person is" : gone + " people are"} told that they are no longer expected.`);
  }
  const short = all - told - fresh - gone;
  if (short > 0) {
    parts.push(
      `${short === 1 ? "1 more is a short one" : short + " more are short ones"}, for calendars that keep the parts of a series apart.`,
    );
  }
  return parts.join(" ") || "So far nothing has changed that anybody needs a letter for.";
}
