import { changed, lastChange, letIn, ordered, RULES } from "./words.js";

/**
 * @typedef {import("../messages.js").Decided} Decided
 * @typedef {import("../messages.js").Order} Order
 * @typedef {import("../messages.js").Rules} Rules
 * @typedef {import("../messages.js").RulesChanged} RulesChanged
 * @typedef {import("../state.js").HostingState} HostingState
 * @typedef {import("./words.js").Circle} Circle
 */

/** What hosts do, as this page hears of it: said in words, and of what stands for a while who did it. */
export class HostNews {
  /** Which rule was changed last, by whom and when, in a sentence; or "". */
  rule = "";
  /** @type {HostingState["ending"]} */
  ending = null;
  /** Who has asked me to unmute last; "" of one who is gone. */
  asker = "";
  #told;
  #circle;
  #confirm;
  #now;
  /** @type {Rules | null} */
  #rules = null;

  /**
   * @param {object} options
   * @param {Pick<import("./told.js").Told, "tell" | "expect">} options.told
   * @param {() => Circle} options.circle
   * @param {(text: string) => void} options.confirm  what I have ordered is done, for those who do not see it
   * @param {() => number} options.now  Unix milliseconds by this computer's clock
   */
  constructor({ told, circle, confirm, now }) {
    this.#told = told;
    this.#circle = circle;
    this.#confirm = confirm;
    this.#now = now;
  }

  /** Others hold from now on. @param {Rules | null} before @param {RulesChanged} rules */
  noteRules(before, rules) {
    const circle = this.#circle();
    const { by } = rules;
    this.#told.tell(changed(before, rules, circle));
    if (!before || by === null) return;
    const byMe = by === circle.me;
    const host = byMe ? "" : circle.name(by);
    const rule = RULES.find((one) => before[one] !== rules[one]);
    if (rule) this.rule = lastChange(rule, rules[rule], byMe ? null : host, new Date(this.#now()));
    if (before.ends_in === null && rules.ends_in !== null) this.ending = { at: 0, by: host, byMe };
  }

  /** These hold, whoever has changed them. Gives whether they are others. @param {Rules | null} rules */
  look(rules) {
    if (rules === this.#rules) return false;
    this.#rules = rules;
    const at = typeof rules?.ends_in !== "number" ? null : this.#now() + rules.ends_in * 1000;
    this.ending = at === null ? null : { by: "", byMe: false, ...this.ending, at };
    return true;
  }

  /** @param {Order} order */
  noteOrder(order) {
    const circle = this.#circle();
    if (order.order === "ask-unmute" && order.participants.includes(circle.me)) {
      this.asker = circle.name(order.by);
    }
    const said = ordered(order, circle);
    if (said?.isQuiet) this.#confirm(said.text);
    else if (said) this.#told.tell([said]);
  }

  /** @param {Decided} decided */
  noteDecided(decided) {
    if (decided.admitted) this.#told.expect(decided.names);
    this.#told.tell([letIn(decided, this.#circle())]);
  }

  /** I am outside. */
  forget() {
    [this.rule, this.ending, this.asker, this.#rules] = ["", null, "", null];
  }
}
