import { t, tn, woven } from "../../lib/i18n.js";
import { confirmCopy } from "../../lib/copy.js";
import { avatar, hue, initials } from "../../lib/avatar.js";
import { called, find, icon, make, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { isApart } from "../audibility.js";
import { wayBack } from "../rules.js";
import { borrowed } from "../identity.js";
import { apart, between, outside } from "../words/news.js";

/** @import { CallState, Pair, Person } from "../state.js" */
/** @typedef {CallState["rules"]} Rules */

// The map, in its own units: a square with people around a circle.
const MAP = 240;
const RADIUS = 96;
const HEAD = 18;

/** Who is here, who stands in a queue, and how it goes with their connection; hosts can remove. */
export class PeoplePanel {
  #actions;
  #list;
  #hearing;
  #map = new Latest();
  #wasApart = false;
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
    this.#hearing = /** @type {HTMLDetailsElement} */ (find(root, ".hearing"));
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
      this.#renderHearing(people, pairs);
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

  /**
   * Who hears whom: one line while all is well, and the map when it is not.
   *
   * @param {Person[]} people
   * @param {Pair[]} pairs
   */
  #renderHearing(people, pairs) {
    this.#hearing.hidden = people.length < 3;
    if (
      !this.#map.isNew([people.map(({ id, name, connection }) => [id, name, connection === "shut"]), pairs])
    ) {
      return;
    }
    const lines = [...apart(pairs, people), ...cutOff(people)];
    const isWell = !pairs.some(({ condition }) => condition !== "connected" && condition !== "carried");
    const carried = pairs.filter(({ condition }) => condition === "carried");
    const summary = find(this.#hearing, "summary");
    this.#hearing.classList.toggle("troubled", lines.length > 0);
    write(
      find(summary, "span"),
      lines.length > 0
        ? t("Not everybody hears everybody")
        : isWell
          ? allIsWell(carried)
          : t("Who hears whom"),
    );
    const byOthers = carried.map((pair) =>
      between(
        pair,
        people,
        (name) => t("You and {name} hear each other by way of somebody else", { name }),
        (one, other) => t("{one} and {other} hear each other by way of somebody else", { one, other }),
      ),
    );
    const words = [
      ...lines,
      ...byOthers,
      lines.length > 0 || isWell ? "" : t("Not all are connected yet"),
    ].filter(Boolean);
    find(this.#hearing, "ul").replaceChildren(...words.map((line) => make("li", {}, line)));
    const told = [
      tn("{count} person around a table.", "{count} people around a table.", people.length),
      ...(words.length ? words : [allIsWell(carried)]),
    ];
    find(this.#hearing, ".hearing-map").replaceChildren(map(people, pairs, told.join(" ")));
    // It opens when there is something to see; after that it is the reader's.
    if (this.#wasApart !== lines.length > 0) this.#hearing.open = lines.length > 0;
    this.#wasApart = lines.length > 0;
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

/** @param {Person[]} people */
function cutOff(people) {
  return people
    .filter(({ connection }) => connection === "shut")
    .map(({ name }) => t("You and {name} do not hear each other: your browser cut them off", { name }));
}

/** @param {Pair[]} carried  those who hear each other by somebody else */
function allIsWell(carried) {
  return carried.length ? t("Everybody hears everybody") : t("Everybody is connected to everybody");
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

/**
 * People around a circle, me at the bottom, and a line for every pair.
 *
 * @param {Person[]} people
 * @param {Pair[]} pairs
 * @param {string} words  the same for those who do not see it
 */
function map(people, pairs, words) {
  // Everybody in the order of arrival, me last: so the circle begins beside me.
  const places = new Map(people.map(({ id }, i) => [id, place((i + 1) / people.length)]));
  const lines = [...pairs]
    .sort((a, b) => Number(isApart(a)) - Number(isApart(b)))
    .map(({ one, other, condition }) => {
      const [x1, y1] = places.get(one) ?? [0, 0];
      const [x2, y2] = places.get(other) ?? [0, 0];
      const looks = isApart({ one, other, condition }) ? "apart" : condition;
      return draw("line", { class: looks, x1, y1, x2, y2 });
    });
  const heads = people.map(({ id, name, self }) => {
    const [x, y] = places.get(id) ?? [0, 0];
    const text = draw("text", { x, y });
    text.textContent = self ? t("You") : initials(name);
    return draw("g", { class: `hue-${hue(name)}` }, draw("circle", { cx: x, cy: y, r: HEAD }), text);
  });
  return draw("svg", { viewBox: `0 0 ${MAP} ${MAP}`, role: "img", "aria-label": words }, ...lines, ...heads);
}

/** @param {number} part  of the way around, clockwise from the bottom @returns {[number, number]} */
function place(part) {
  const angle = Math.PI * (0.5 + 2 * part);
  return [Math.round(MAP / 2 + RADIUS * Math.cos(angle)), Math.round(MAP / 2 + RADIUS * Math.sin(angle))];
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...SVGElement} children
 */
function draw(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** Where they stand among those who come first. @param {Person} person */
function queued({ marks }) {
  return marks.find(({ queue }) => queue)?.queue;
}
