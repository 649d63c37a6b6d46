import { t, woven } from "../../lib/i18n.js";
import { confirmCopy } from "../../lib/copy.js";
import { avatar } from "../../lib/avatar.js";
import { called, find, icon, make, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { wayBack } from "../rules.js";
import { borrowed } from "../identity.js";
import { outside } from "../words/news.js";
import { Hearing } from "./parts/hearing.js";

/** @import { CallState, Pair, Person } from "../state.js" */
/** @typedef {CallState["rules"]} Rules */

/** Who is here, who stands in a queue, and how it goes with their connection; hosts can remove. */
export class PeoplePanel {
  #actions;
  #list;
  #hearing;
  #dialog;
  #lobby;
  #switch;
  /** The tick in the dialog: and turn the lobby on. */
  #andLobby;
  /** @type {Rules} */
  #rules = { access: "anyone", lobby: false };
  #shown = new Latest();
  /** Id of whoever the dialog asks about. */
  #asked = "";

  /**
   * @param {HTMLElement} root   #people
   * @param {{ remove: (id: string) => void, setLobby: (on: boolean) => void, copyLink: () => void | Promise<void> }} actions
   */
  constructor(root, actions) {
    this.#actions = actions;
    this.#list = find(root, '[data-part="list"]');
    this.#hearing = new Hearing(find(root, ".hearing"));
    this.#dialog = /** @type {HTMLDialogElement} */ (find(root, "dialog"));

    const copy = find(root, '[data-part="copy"]');
    copy.addEventListener("click", () => void confirmCopy(actions.copyLink, find(copy, "span")));
    this.#dialog.addEventListener("close", () => this.#answered());
    this.#lobby = find(root, '[data-part="lobby-switch"]');
    this.#switch = /** @type {HTMLInputElement} */ (find(this.#lobby, "input"));
    this.#switch.addEventListener("change", () => actions.setLobby(this.#switch.checked));
    this.#andLobby = find(this.#dialog, '[data-part="and-lobby"]');
  }

  /**
   * @param {{ open: boolean, people: Person[], pairs: Pair[], visitors: number, rules: Rules }} state
   *     `visitors`: how many may be about to come in
   */
  render({ open, people, pairs, visitors, rules }) {
    this.#rules = rules;
    if (open) {
      const host = people.some(({ self, role }) => self && role === "host");
      this.#renderPeople(people, host, visitors);
      this.#hearing.render(people, pairs);
      this.#lobby.hidden = !host;
      this.#switch.checked = rules.lobby;
    }
    if (this.#dialog.open) this.#renderRules();
    if (this.#asked && !people.some(({ id }) => id === this.#asked)) this.#dialog.close();
  }

  /**
   * @param {Person[]} people
   * @param {boolean} host
   * @param {number} visitors
   */
  #renderPeople(people, host, visitors) {
    const sorted = [...people].sort((a, b) => Number(b.self) - Number(a.self) || a.seat - b.seat);
    if (
      !this.#shown.isNew([
        host,
        visitors,
        sorted.map(
          ({
            id,
            name,
            role,
            standing,
            knownAs,
            self,
            microphone,
            silenced,
            screen,
            marks,
            connection,
            by,
          }) => [
            id,
            name,
            role,
            standing,
            knownAs,
            self,
            microphone,
            silenced,
            screen,
            marks,
            connection,
            by,
          ],
        ),
      ])
    ) {
      return;
    }
    const focused = document.activeElement?.getAttribute("data-remove");

    const queue = sorted.filter(queued).sort((a, b) => (queued(a)?.place ?? 0) - (queued(b)?.place ?? 0));
    const parts = [];
    const [first] = queue;
    if (first) parts.push(make("h3", {}, queued(first)?.title ?? ""), this.#listOf(queue, host));
    const seated = sorted.filter((person) => !queued(person));
    const count = seated.length;
    if (count) {
      parts.push(
        make("h3", {}, first ? t("The others, {count}", { count }) : t("At the table, {count}", { count })),
        this.#listOf(seated, host),
      );
    }
    if (visitors) parts.push(make("p", { class: "soft outside" }, outside(visitors)));
    this.#list.replaceChildren(...parts);
    if (focused) {
      this.#list
        .querySelector(`[data-remove="${CSS.escape(focused)}"]`)
        ?.closest("button")
        ?.focus();
    }
  }

  /**
   * @param {Person[]} people
   * @param {boolean} host
   */
  #listOf(people, host) {
    return make(
      "ul",
      { class: "people" },
      ...people.map((person) => this.#row(person, host && !person.self)),
    );
  }

  /**
   * @param {Person} person
   * @param {boolean} removable
   */
  #row(person, removable) {
    const facts = about(person);
    const words = make(
      "div",
      {},
      make("strong", {}, called(person.name), person.self && t(" (you)")),
      facts !== "" && make("small", {}, facts),
    );
    const states = make("div", { class: "states" });
    for (const { place, icon: sign, text } of person.marks) {
      if (place === "corner") {
        states.append(sign ? icon(sign, "raised") : "", make("span", { class: "number" }, text));
      }
    }
    if (
      person.connection === "reconnecting" ||
      person.connection === "failed" ||
      person.connection === "shut"
    ) {
      states.append(icon("signal-low", "warned"));
    }
    states.append(
      icon(person.microphone ? "mic" : "mic-off", person.microphone ? "" : "silent"),
      make("span", { class: "visually-hidden" }, person.microphone ? t("Microphone on") : t("Muted")),
    );
    const row = make(
      "li",
      { "data-person": person.id },
      make("div", { class: "person" }, avatar(person.name), words),
      states,
    );
    if (removable) {
      const button = make(
        "button",
        {
          class: "button button-plain button-icon",
          type: "button",
          "data-remove": person.id,
          "aria-label": t("Remove {name}", { name: person.name }),
        },
        icon("close"),
      );
      button.addEventListener("click", () => this.#ask(person));
      row.append(button);
    }
    return row;
  }

  /** @param {Person} person */
  #ask({ id, name }) {
    this.#asked = id;
    find(this.#dialog, "h2").replaceChildren(...woven(t("Remove {name}?"), { name: called(name) }));
    tick(this.#andLobby).checked = false;
    this.#renderRules();
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
  }

  /** What keeps them out, and what does not. */
  #renderRules() {
    write(find(this.#dialog, '[data-part="way-back"]'), wayBack(this.#rules));
    this.#andLobby.hidden = this.#rules.lobby || this.#rules.access === "invited";
  }

  #answered() {
    if (this.#dialog.returnValue === "remove") {
      // First, or there is a moment in which they could come back.
      if (!this.#andLobby.hidden && tick(this.#andLobby).checked) this.#actions.setLobby(true);
      this.#actions.remove(this.#asked);
    }
    this.#asked = "";
  }
}

/** @param {Element} label */
function tick(label) {
  return /** @type {HTMLInputElement} */ (find(label, "input"));
}

/** @param {Person} person */
function about(person) {
  const { role, screen, connection, self, by, silenced } = person;
  const facts = [];
  if (role === "host") facts.push(t("Host"));
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
  return facts.join(" · ");
}

/** Where they stand among those who come first. @param {Person} person */
function queued({ marks }) {
  return marks.find(({ queue }) => queue)?.queue;
}
