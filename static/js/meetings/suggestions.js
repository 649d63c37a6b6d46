import { avatar } from "../lib/avatar.js";
import { breakable, called, make } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { clock, Timer } from "../lib/timing.js";

/** @typedef {{ email: string, name: string, line: string }} Person  `line`: as they are written into the list */

const PAUSE = 120;

/**
 * People who were invited before, below the line in which addresses are typed: a combobox with a list
 * (WAI-ARIA 1.2, 5.3 combobox).
 */
export class Suggestions {
  #input;
  #url;
  #isKnown;
  #pick;
  #list;
  #timer = new Timer(clock);
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {Person[]} */
  #people = [];
  #active = -1;

  /**
   * @param {HTMLInputElement} input
   * @param {{ url: string, isKnown: (email: string) => boolean, pick: (person: Person) => void }} options
   */
  constructor(input, { url, isKnown, pick }) {
    this.#input = input;
    this.#url = url;
    this.#isKnown = isKnown;
    this.#pick = pick;
    this.#list = make("ul", {
      class: "suggestions",
      id: `${input.id}_suggestions`,
      role: "listbox",
      "aria-label": t("Invited before"),
      hidden: true,
    });
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.#list.id,
    })) {
      input.setAttribute(name, value);
    }
    input.after(this.#list);
    input.addEventListener("input", () => this.#onInput());
    input.addEventListener("blur", () => this.close());
    // Before the list of people hears of it.
    input.addEventListener("keydown", (event) => this.#onKey(event), { capture: true });
    // The focus stays in the line.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest("li");
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  close() {
    this.#timer.cancel();
    this.#asking?.abort();
    this.#show([]);
  }

  #onInput() {
    const asked = this.#input.value.trim();
    // What has its ending is an address of somebody new, or on its way to be a chip.
    if (!asked || /[<>",;]|@\S*\.\S*\s/u.test(asked)) this.close();
    else this.#timer.plan(PAUSE, () => void this.#ask(asked));
  }

  /** @param {string} asked */
  async #ask(asked) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    try {
      const response = await fetch(`${this.#url}?q=${encodeURIComponent(asked)}`, { signal: asking.signal });
      if (!response.ok) return;
      /** @type {{ people: Person[] }} */
      const { people } = await response.json();
      if (document.activeElement === this.#input) {
        this.#show(people.filter(({ email }) => !this.#isKnown(email)));
      }
    } catch (error) {
      // Without a network nobody is suggested.
      if (!(error instanceof TypeError) && !asking.signal.aborted) throw error;
    }
  }

  /** @param {Person[]} people */
  #show(people) {
    this.#people = people;
    this.#list.replaceChildren(...people.map((person, index) => this.#option(person, index)));
    this.#list.hidden = !people.length;
    this.#input.setAttribute("aria-expanded", String(people.length > 0));
    this.#mark(-1);
  }

  /**
   * @param {Person} person
   * @param {number} index
   */
  #option({ email, name }, index) {
    const words = make("span", {}, called(name || email), name ? make("small", {}, breakable(email)) : null);
    return make(
      "li",
      { role: "option", id: `${this.#list.id}_${index}`, "aria-selected": "false" },
      avatar(name || email, "s"),
      words,
    );
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (this.#list.hidden || event.isComposing) return;
    const count = this.#people.length;
    if (event.key === "ArrowDown") this.#mark((this.#active + 1) % count);
    else if (event.key === "ArrowUp") this.#mark(this.#active > 0 ? this.#active - 1 : count - 1);
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#active);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {number} index */
  #mark(index) {
    this.#active = index;
    for (const [at, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(at === index));
    }
    const option = this.#list.children[index];
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  #choose(index) {
    const person = this.#people[index];
    this.close();
    if (person) this.#pick(person);
  }
}
