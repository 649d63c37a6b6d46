import { t, tn, woven } from "../../lib/i18n.js";
import { avatar } from "../../lib/avatar.js";
import { announce, breakable, called, find, icon, make, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { borrowed, standingWords } from "../identity.js";
import { Aim, ASKED_FOR, Caution } from "../presses.js";
import { Summons } from "./parts/summons.js";

/** @typedef {import("../messages.js").Knock} Knock */
/** @typedef {"admit" | "refuse"} Answer */

/**
 * Who waits to come in, as hosts see it: a notice over the stage, a list in the panel of people, the title of the tab, and
 * what is said of it. Loaded once somebody waits.
 */
export class Lobby {
  #notice;
  #list;
  /** Where the focus goes when the last who waited is answered. */
  #heading;
  #people;
  #actions;
  #aim = new Aim();
  #caution = new Caution();
  /** Admits all, as the list stands now. @type {{button: HTMLElement, ids: string[]}} */
  #all = { button: make("button"), ids: [] };
  /** Takes a question back, whatever is drawn meanwhile. */
  #unanswered;
  #summons = new Summons();
  #shown = new Latest();
  #noticed = new Latest();
  /** Whom we have told of: who comes back on another socket is no news. @type {Set<string>} */
  #told = new Set();

  /**
   * @param {ParentNode} root   the page
   * @param {object} options
   * @param {import("../../lib/timing.js").Clock} options.clock
   * @param {(type: Answer, knocks: string[]) => void} options.answer
   * @param {() => void} options.open  shows the list of people
   * @param {(words: string) => void} options.entitle  puts words before the title of the page
   */
  constructor(root, { clock, ...actions }) {
    this.#unanswered = new Timer(clock);
    this.#notice = find(root, "#knocks");
    this.#list = find(root, '#people [data-part="lobby"]');
    this.#heading = find(root, "#room h1");
    this.#people = find(root, "#people .scroll");
    this.#actions = actions;
  }

  /** @param {{ knocks: Knock[], panel: string, people: { length: number }, capacity: number }} state */
  render({ knocks, panel, people, capacity }) {
    const ids = knocks.map(({ id }) => id);
    this.#aim.show(ids, performance.now());
    this.#caution.show(ids, performance.now());
    this.#renderNotice(panel === "people" ? [] : knocks);
    this.#renderList(knocks, people.length >= capacity);
    this.#actions.entitle(knocks.length ? `(${knocks.length}) ${wants(knocks)}` : "");
    const fresh = knocks.filter(({ id }) => !this.#told.has(id));
    for (const { id } of fresh) this.#told.add(id);
    if (knocks.length === 0) this.#summons.end();
    if (fresh.length === 0) return;
    this.#summons.call(wants(fresh));
    const where =
      panel === "people"
        ? t("Admit or refuse in the list of people.")
        : t("Admit or refuse at the top of the page.");
    announce(`${wants(fresh)}. ${where}`, { urgent: true });
  }

  /** @param {Knock[]} knocks */
  #renderNotice(knocks) {
    const [first, ...rest] = knocks;
    if (!this.#noticed.isNew([first, rest.length])) return;
    const had =
      this.#notice.contains(document.activeElement) && document.activeElement?.getAttribute("data-answer");
    this.#notice.hidden = !first;
    if (!first) {
      this.#notice.replaceChildren();
      if (had) this.#heading.focus();
      return;
    }
    const words = make(
      "div",
      {},
      make("strong", {}, ...woven(t("{name} waits to come in"), { name: called(first.name) })),
      standing(first),
    );
    this.#notice.replaceChildren(
      avatar(first.name),
      words,
      this.#button("refuse", first),
      this.#button("admit", first),
    );
    if (rest.length) {
      const more = make(
        "button",
        { class: "button button-plain", type: "button" },
        tn("{count} more", "{count} more", rest.length),
      );
      more.addEventListener("click", () => this.#actions.open());
      this.#notice.append(more);
    }
    // Whoever answers one after the other by keyboard stays where they are.
    if (had) this.#notice.querySelector(`[data-answer="${had}"]`)?.closest("button")?.focus();
  }

  /** @param {Knock[]} knocks @param {boolean} full */
  #renderList(knocks, full) {
    if (!this.#shown.isNew([knocks, full])) return;
    const focused = this.#list.contains(document.activeElement) && document.activeElement;
    const had = focused && [focused.getAttribute("data-answer"), focused.getAttribute("data-knock")];
    this.#list.replaceChildren();
    if (knocks.length === 0) {
      if (had) this.#people.focus();
      return;
    }
    const heading = make(
      "h3",
      { id: "waiting-title" },
      t("Waiting to come in, {count}", { count: knocks.length }),
    );
    if (knocks.length > 1) heading.append(this.#allButton(knocks.map(({ id }) => id)));
    // The longest waiting is open; of the others there is a line each.
    const rows = knocks.map((knock, i) => this.#row(knock, i > 0));
    this.#list.append(heading, make("ul", { class: "people", "aria-labelledby": "waiting-title" }, ...rows));
    if (full) {
      this.#list.append(
        make(
          "p",
          { class: "small soft" },
          t("Every seat is taken. Whoever you admit can join when one is free."),
        ),
      );
    }
    if (this.#summons.isOffered) this.#list.append(this.#offer());
    if (!had) return;
    const same = this.#list.querySelector(
      `[data-answer="${had[0]}"][data-knock="${CSS.escape(had[1] ?? "")}"]`,
    );
    /** @type {HTMLElement | null} */ (same ?? this.#list.querySelector("button"))?.focus();
  }

  /** To be told while another tab is looked at. */
  #offer() {
    const words = t("Tell me in other tabs, too");
    const button = make("button", { class: "button button-plain", type: "button" }, icon("bell"), words);
    button.addEventListener("click", () => void this.#summons.accept().then(() => button.remove()));
    return button;
  }

  /** @param {string[]} ids */
  #allButton(ids) {
    const button = make("button", { type: "button" });
    button.addEventListener("click", () => this.#admitAll(ids));
    this.#all = { button, ids };
    this.#renderAll();
    return button;
  }

  #renderAll() {
    const { button, ids } = this.#all;
    const isAsking = this.#caution.isAsking(ids, performance.now());
    button.className = isAsking ? "button button-primary" : "button button-plain";
    write(button, isAsking ? t("Yes, admit all {count}", { count: ids.length }) : t("Admit all"));
  }

  /** @param {string[]} ids */
  #admitAll(ids) {
    const now = performance.now();
    const wasAsking = this.#caution.isAsking(ids, now);
    const isWhole = this.#isSeen(this.#list.querySelector("li:last-child"));
    if (this.#caution.isMeant(ids, { isWhole, now })) return this.#answer("admit", ids);
    this.#renderAll();
    if (!wasAsking) announce(t("Press again to admit all {count}", { count: ids.length }));
    this.#unanswered.plan(ASKED_FOR, () => {
      this.#caution.forget();
      this.#renderAll();
    });
  }

  /** Whether a row can be seen without scrolling. @param {Element | null} row */
  #isSeen(row) {
    const [own, all] = [row?.getBoundingClientRect(), this.#people.getBoundingClientRect()];
    return own !== undefined && own.top >= all.top - 1 && own.bottom <= all.bottom + 1;
  }

  /** @param {Knock} knock @param {boolean} isBrief */
  #row(knock, isBrief) {
    const words = make("div", {}, make("strong", {}, called(knock.name)), standing(knock));
    const person = make("div", { class: "person" }, isBrief ? "" : avatar(knock.name), words);
    const answers = [this.#button("refuse", knock, isBrief), this.#button("admit", knock, isBrief)];
    return make(
      "li",
      { "data-knock": knock.id, class: isBrief ? "brief" : null },
      person,
      ...(isBrief ? answers : [make("div", { class: "buttons" }, ...answers)]),
    );
  }

  /**
   * @param {Answer} type
   * @param {Knock} knock
   * @param {boolean} [isBrief]  there is little room for it
   */
  #button(type, { id, name }, isBrief = false) {
    const admits = type === "admit";
    const word = admits ? t("Admit") : t("Refuse");
    const small = isBrief && !admits;
    // Of all that wait, one is filled.
    const looks = small
      ? "button button-plain button-icon"
      : admits && !isBrief
        ? "button button-primary"
        : "button";
    const button = make(
      "button",
      {
        class: looks,
        type: "button",
        "data-answer": type,
        "data-knock": id,
        "aria-label": admits ? t("Admit {name}", { name }) : t("Refuse {name}", { name }),
        title: small && word,
      },
      small ? icon("close") : word,
    );
    button.addEventListener("click", () => this.#aim.isAt(id, performance.now()) && this.#answer(type, [id]));
    return button;
  }

  /** @param {Answer} type @param {string[]} ids */
  #answer(type, ids) {
    this.#aim.answer(ids);
    this.#actions.answer(type, ids);
  }
}

/** @param {Knock[]} knocks */
function wants([first, ...rest]) {
  if (!first) return "";
  const { name, known_as: known = "" } = first;
  const count = rest.length;
  if (!borrowed(said(first))) {
    if (count === 0) return t("{name} waits to come in", { name });
    return tn("{name} and {count} more wait to come in", "{name} and {count} more wait to come in", count, {
      name,
    });
  }
  if (first.standing === "invited") {
    if (count === 0) return t("{name}, by the invitation of {known}, waits to come in", { name, known });
    return tn(
      "{name}, by the invitation of {known}, and {count} more wait to come in",
      "{name}, by the invitation of {known}, and {count} more wait to come in",
      count,
      { name, known },
    );
  }
  if (count === 0) return t("{name}, with the account of {known}, waits to come in", { name, known });
  return tn(
    "{name}, with the account of {known}, and {count} more wait to come in",
    "{name}, with the account of {known}, and {count} more wait to come in",
    count,
    { name, known },
  );
}

/**
 * What is known of somebody who waits, with the address that their invitation went to.
 *
 * @param {Knock} knock
 */
function standing(knock) {
  const words = standingWords(said(knock));
  // Never colour alone: each has a sign of its own.
  const [looks, sign] =
    knock.standing === "guest"
      ? ["unknown", "link"]
      : knock.standing === "invited" && !borrowed(said(knock))
        ? ["known", "check"]
        : ["vouched", "mail"];
  const known = make("span", {}, words);
  if (knock.address) known.append(" · ", breakable(knock.address));
  return make("small", { class: looks }, icon(sign), known);
}

/** @param {Knock} knock */
function said({ name, standing, known_as: knownAs = "" }) {
  return { name, standing, knownAs };
}
