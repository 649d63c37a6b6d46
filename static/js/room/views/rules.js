import { find, mark, write } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { RULES } from "../hosting/words.js";

/**
 * @import { CallState } from "../state.js"
 * @typedef {import("../hosting/orders.js").Rule} Rule
 */

/** The rules of the room as switches that say what holds now: for hosts to change, for all others to read. */
export class RulesPanel {
  #root;
  #note;
  /** @type {Map<Rule | "lobby", HTMLInputElement>} */
  #switches = new Map();

  /**
   * @param {HTMLElement} root  #rules
   * @param {{orders: import("../hosting/orders.js").Orders, back: () => void}} actions
   */
  constructor(root, { orders, back }) {
    this.#root = root;
    this.#note = find(root, '[data-part="note"]');
    for (const rule of RULES) {
      const input = /** @type {HTMLInputElement} */ (find(root, `[data-rule="${rule}"] input`));
      this.#switches.set(rule, input);
      input.addEventListener("change", () => {
        if (rule === "lobby") orders.setLobby(input.checked);
        else orders.setRule(rule, input.checked);
      });
    }
    find(root, '[data-part="back"]').addEventListener("click", () => back());
  }

  /** @param {CallState & {open: boolean}} state */
  render({ open, rules, hosting: { isHost, rule } }) {
    if (!open) return;
    for (const [name, input] of this.#switches) {
      input.checked = rules[name];
      input.disabled = !isHost;
    }
    mark(this.#root, "data-host", isHost ? "" : null);
    const who = isHost ? t("Hosts always may.") : t("Hosts always may, and only they change this.");
    write(this.#note, rule ? `${who} ${rule}` : who);
  }
}
