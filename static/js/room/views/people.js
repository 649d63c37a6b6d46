import { t } from "../../lib/i18n.js";
import { confirmCopy } from "../../lib/copy.js";
import { find, make, mark, write } from "../../lib/dom.js";
import { deeds, ofAll } from "../hosting/model.js";
import { outside } from "../words/news.js";
import { Hearing } from "./parts/hearing.js";
import { PersonRow } from "./parts/person-row.js";
import { Seek } from "./parts/seek.js";

/** @import { CallState, Person } from "../state.js" */

/** Who is here, who stands in a queue, what each of them shows, and how it goes with their connection; what can be done is in the menu of each. */
export class PeoplePanel {
  #root;
  #actions;
  #list;
  #hearing;
  /** @type {Map<string, PersonRow>} */
  #rows = new Map();
  #queueTitle = make("h3", { id: "queue-title" });
  #lower = make("button", { class: "link-button", type: "button" }, t("Lower all"));
  #queue = make("ol", { class: "people hands", "aria-labelledby": "queue-title" });
  #seatedTitle = make("h3", { id: "seated-title" });
  #seated = make("ul", { class: "people", "aria-labelledby": "seated-title" });
  #outside = make("p", { class: "soft outside" });
  #muteAll;
  #askAll;
  #seek;
  /** @type {Parameters<PeoplePanel["render"]>[0] | null} */
  #last = null;

  /**
   * @param {HTMLElement} root   #people
   * @param {{
   *   orders: import("../hosting/orders.js").Orders, more: (id: string, button: HTMLElement, click: Event) => void,
   *   openRules: () => void, copyLink: () => void | Promise<void>
   * }} actions
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
    this.#list = find(root, '[data-part="list"]');
    this.#hearing = new Hearing(find(root, ".hearing"));
    this.#seek = new Seek(find(root, '[data-part="seek"]'), () => this.#last && this.render(this.#last));
    this.#muteAll = find(root, '[data-part="mute-all"]');
    this.#askAll = find(root, '[data-part="ask-all"]');
    const copy = find(root, '[data-part="copy"]');
    copy.addEventListener("click", () => void confirmCopy(actions.copyLink, find(copy, "span")));
    this.#muteAll.addEventListener("click", () => actions.orders.mute());
    this.#askAll.addEventListener("click", () => actions.orders.askUnmute());
    find(root, '[data-part="rules"]').addEventListener("click", () => actions.openRules());
    this.#lower.addEventListener("click", () => actions.orders.lowerHand());
    this.#list.append(this.#queueTitle, this.#queue, this.#seatedTitle, this.#seated, this.#outside);
  }

  /** @param {CallState & {open: boolean}} state */
  render(state) {
    this.#last = state;
    if (!state.open) return;
    const { people, pairs, visitors, hosting } = state;
    this.#renderPeople(state);
    this.#hearing.render(people, pairs);
    this.#outside.hidden = visitors === 0;
    write(this.#outside, visitors ? outside(visitors) : "");
    const all = ofAll(people);
    mark(this.#root, "data-host", hosting.isHost ? "" : null);
    this.#muteAll.hidden = !hosting.isHost || all.unmuted === 0;
    this.#askAll.hidden = !hosting.isHost || all.unmuted > 0 || all.muted === 0;
    this.#lower.hidden = !hosting.isHost || all.hands === 0;
  }

  /** @param {CallState} state */
  #renderPeople(state) {
    const { people, capacity } = state;
    const focused = document.activeElement;
    const sorted = [...people].sort((a, b) => Number(b.self) - Number(a.self) || a.seat - b.seat);
    const queue = sorted.filter(queued).sort((a, b) => (queued(a)?.place ?? 0) - (queued(b)?.place ?? 0));
    const seated = sorted.filter((person) => !queued(person));
    const among = this.#seek.among(people);
    for (const [id, row] of this.#rows) {
      if (among.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    const found = (/** @type {Person} */ { id }) => among.has(id);
    this.#put(this.#queue, queue.filter(found), state);
    this.#put(this.#seated, seated.filter(found), state);
    const [first] = queue;
    this.#queueTitle.hidden = !first;
    if (first) {
      const title = queued(first)?.title ?? "";
      if (this.#queueTitle.firstChild?.textContent !== title) {
        this.#queueTitle.replaceChildren(make("span", {}, title), this.#lower);
      }
    }
    this.#seatedTitle.hidden = seated.length === 0;
    const count = seated.length;
    const of = Number.isFinite(capacity)
      ? t("At the table, {count} of {capacity}", { count, capacity })
      : t("At the table, {count}", { count });
    write(this.#seatedTitle, first ? t("The others, {count}", { count }) : of);
    // A row that changes its list takes the focus with it.
    if (
      focused instanceof HTMLElement &&
      focused !== document.activeElement &&
      this.#list.contains(focused)
    ) {
      focused.focus();
    }
  }

  /** @param {HTMLElement} list @param {Person[]} people @param {CallState} state */
  #put(list, people, state) {
    list.hidden = people.length === 0;
    const isSlowHere = state.people.some(({ self, strained }) => self && strained);
    people.forEach((person, i) => {
      const { id } = person;
      const row =
        this.#rows.get(id) ?? new PersonRow(id, (button, click) => this.#actions.more(id, button, click));
      this.#rows.set(id, row);
      const canDo = !person.self || deeds(person, state).length > 0;
      row.render(person, { canDo, isSlowHere });
      if (list.children[i] !== row.element) list.insertBefore(row.element, list.children[i] ?? null);
    });
  }
}

/** Where they stand among those who come first. @param {Person} person */
function queued({ marks }) {
  return marks.find(({ queue }) => queue)?.queue;
}
