import { avatar } from "../../../lib/avatar.js";
import { called, icon, make, mark } from "../../../lib/dom.js";
import { Latest } from "../../../lib/events.js";
import { locale, t } from "../../../lib/i18n.js";
import { hostSince, mutedBy, stoppedBy } from "../../hosting/words.js";
import { borrowed } from "../../identity.js";
import { connectionWords } from "../../words/connections.js";

/** @import { Person } from "../../state.js" */

/** One of those inside, in the list: what is known of them, what they show, and what can be done. It stays the same element while they do. */
export class PersonRow {
  element = make("li");
  #place = make("span", { class: "place", "aria-hidden": "true" });
  #person = make("div", { class: "person" });
  #states = make("div", { class: "states" });
  #more;
  #shown = new Latest();

  /** @param {string} id @param {(button: HTMLElement, click: Event) => void} more  shows what can be done */
  constructor(id, more) {
    mark(this.element, "data-person", id);
    this.#more = make(
      "button",
      {
        class: "button button-plain button-icon",
        type: "button",
        "aria-haspopup": "dialog",
        popovertarget: "person-menu",
      },
      icon("more"),
    );
    this.#more.addEventListener("click", (event) => more(this.#more, event));
    this.element.append(this.#place, this.#person, this.#states, this.#more);
  }

  /**
   * @param {Person} person
   * @param {{canDo: boolean, isSlowHere: boolean}} circumstances  `canDo`: anything; `isSlowHere`: my own device does not keep up
   */
  render(person, { canDo, isSlowHere }) {
    const { name, self, microphone, camera, screen, marks } = person;
    const way = connectionWords(person, isSlowHere);
    const facts = about(person, way);
    const shown = [name, self, facts, microphone, camera, screen, way, marks, canDo];
    if (!this.#shown.isNew(shown)) return;
    const place = marks.find(({ queue }) => queue)?.queue?.place;
    this.#place.hidden = place === undefined;
    this.#place.textContent = String(place ?? "");
    const words = make(
      "div",
      {},
      make("strong", {}, called(name), self && t(" (you)")),
      ...facts.map(({ text, isOrder }) => make("small", { class: isOrder ? "by" : null }, text)),
    );
    this.#person.replaceChildren(avatar(name), words);
    this.#states.replaceChildren(...states(person, way));
    this.#more.hidden = !canDo;
    mark(this.#more, "aria-label", self ? t("What you can do yourself") : t("More about {name}", { name }));
  }
}

/** @param {Person} person @param {ReturnType<typeof connectionWords>} way */
function states({ marks, screen, camera, microphone }, way) {
  const found = [];
  for (const { place, icon: sign, text, words, queue } of marks) {
    if (place !== "corner") continue;
    // Of a queue the number stands before the name.
    if (queue) found.push(make("span", { class: "visually-hidden" }, `${words} ${text}`));
    else found.push(sign ? icon(sign, "raised") : "", make("span", { class: "number" }, text));
  }
  /** @type {[boolean, string, string, string][]} */
  const all = [
    // What is not well stands below the name, in words.
    [way?.isWell === false, "signal-low", "warned", ""],
    [way?.isWell === true, "signal", "", way?.text ?? ""],
    [screen, "share", "shown", t("Shows a screen")],
    [camera, "camera", "", t("Camera on")],
    [!camera, "camera-off", "", t("Camera off")],
    [microphone, "mic", "", t("Microphone on")],
    [!microphone, "mic-off", "silent", t("Muted")],
  ];
  for (const [applies, sign, looks, words] of all) {
    if (!applies) continue;
    found.push(icon(sign, looks));
    if (words) found.push(make("span", { class: "visually-hidden" }, words));
  }
  return found;
}

/** @param {Person} person @param {ReturnType<typeof connectionWords>} way @returns {{text: string, isOrder?: boolean}[]} */
function about(person, way) {
  const { role, screen, self, silenced, given, muted, stopped, asked, loudness, marks } = person;
  const facts = [];
  const since = marks.find(({ queue }) => queue)?.queue?.since;
  if (since) facts.push(t("Since {time}", { time: since }));
  if (role === "host") facts.push(given ? hostSince(given) : t("Host"));
  else if (person.standing === "guest" && !self && !since) facts.push(t("Guest"));
  const whose = borrowed(person);
  if (whose) facts.push(whose);
  if (screen) facts.push(self ? t("Showing your screen") : t("Showing a screen"));
  if (silenced) facts.push(self ? t("Your microphone has stopped") : t("Their microphone has stopped"));
  if (way && !way.isWell) facts.push(way.text);
  if (loudness === 0) facts.push(t("Silent for you"));
  else if (loudness < 1) {
    const share = new Intl.NumberFormat(locale, { style: "percent" }).format(loudness);
    facts.push(t("At {share} for you", { share }));
  }
  /** @type {{text: string, isOrder?: boolean}[]} */
  const lines = facts.length > 0 ? [{ text: facts.join(" · ") }] : [];
  const orders = [];
  if (muted) orders.push(mutedBy(muted));
  if (stopped) orders.push(stoppedBy(stopped));
  if (asked && !self) orders.push(t("Asked to unmute"));
  if (orders.length > 0) lines.push({ text: orders.join(" · "), isOrder: true });
  return lines;
}
