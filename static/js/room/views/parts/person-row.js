import { avatar } from "../../../lib/avatar.js";
import { called, icon, make, mark } from "../../../lib/dom.js";
import { Latest } from "../../../lib/events.js";
import { t } from "../../../lib/i18n.js";
import { hostSince, mutedBy, stoppedBy } from "../../hosting/words.js";
import { borrowed } from "../../identity.js";

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
        "aria-haspopup": "menu",
        popovertarget: "person-menu",
      },
      icon("more"),
    );
    this.#more.addEventListener("click", (event) => more(this.#more, event));
    this.element.append(this.#place, this.#person, this.#states, this.#more);
  }

  /** @param {Person} person @param {boolean} canDo  anything */
  render(person, canDo) {
    const { name, self, microphone, camera, screen, connection, marks } = person;
    const facts = about(person);
    const shown = [name, self, facts, microphone, camera, screen, connection, marks, canDo];
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
    this.#states.replaceChildren(...states(person));
    this.#more.hidden = !canDo;
    mark(this.#more, "aria-label", self ? t("What you can do yourself") : t("More about {name}", { name }));
  }
}

/** @param {Person} person */
function states({ marks, connection, screen, camera, microphone }) {
  const found = [];
  for (const { place, icon: sign, text, words, queue } of marks) {
    if (place !== "corner") continue;
    // Of a queue the number stands before the name.
    if (queue) found.push(make("span", { class: "visually-hidden" }, `${words} ${text}`));
    else found.push(sign ? icon(sign, "raised") : "", make("span", { class: "number" }, text));
  }
  /** @type {[boolean, string, string, string][]} */
  const all = [
    [isWeak(connection), "signal-low", "warned", t("Weak connection")],
    [screen, "share", "shown", t("Shows a screen")],
    [camera, "camera", "", t("Camera on")],
    [!camera, "camera-off", "", t("Camera off")],
    [microphone, "mic", "", t("Microphone on")],
    [!microphone, "mic-off", "silent", t("Muted")],
  ];
  for (const [applies, sign, looks, words] of all) {
    if (applies) found.push(icon(sign, looks), make("span", { class: "visually-hidden" }, words));
  }
  return found;
}

/** @param {Person["connection"]} connection */
function isWeak(connection) {
  return connection === "reconnecting" || connection === "failed" || connection === "shut";
}

/** @param {Person} person @returns {{text: string, isOrder?: boolean}[]} */
function about(person) {
  const { role, screen, connection, self, by, silenced, given, muted, stopped, asked } = person;
  const facts = [];
  if (role === "host") facts.push(given ? hostSince(given) : t("Host"));
  else if (person.standing === "guest" && !self) facts.push(t("Guest"));
  const whose = borrowed(person);
  if (whose) facts.push(whose);
  if (screen) facts.push(self ? t("Showing your screen") : t("Showing a screen"));
  if (silenced) facts.push(self ? t("Your microphone has stopped") : t("Their microphone has stopped"));
  if (by) facts.push(t("Heard by way of {name}", { name: by }));
  else if (connection === "connecting") facts.push(t("Connecting"));
  else if (connection === "reconnecting") facts.push(t("We are finding another way"));
  else if (connection === "away") facts.push(t("Gone for a moment"));
  else if (connection === "failed") facts.push(t("No way found between your networks"));
  else if (connection === "shut") facts.push(t("Cut off by your browser, as they sent far too much"));
  /** @type {{text: string, isOrder?: boolean}[]} */
  const lines = facts.length > 0 ? [{ text: facts.join(" · ") }] : [];
  const orders = [];
  if (muted) orders.push(mutedBy(muted));
  if (stopped) orders.push(stoppedBy(stopped));
  if (asked && !self) orders.push(t("Asked to unmute"));
  if (orders.length > 0) lines.push({ text: orders.join(" · "), isOrder: true });
  return lines;
}
