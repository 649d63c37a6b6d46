import { fill, find, make } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { choices } from "../words/sources.js";

/**
 * @import { Setting } from "../capabilities.js"
 * @import { Kind, Mine } from "../state.js"
 *
 * @typedef {{heading: string, switches: readonly Setting[]}} Switches
 */

/** Which devices are used, and what else can be turned on and off on this one. */
export class Settings {
  #dialog;
  #switches;
  #drawn = new Latest();

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} actions
   * @param {(kind: Kind, id: string) => void} actions.choose
   * @param {() => Switches[]} actions.switches
   * @param {() => void} actions.showKeys
   */
  constructor(dialog, { choose, switches, showKeys }) {
    this.#dialog = dialog;
    this.#switches = switches;
    for (const select of dialog.querySelectorAll("select")) {
      const kind = /** @type {Kind} */ (select.closest("[data-device]")?.getAttribute("data-device"));
      select.addEventListener("change", () => choose(kind, select.value));
    }
    find(dialog, '[data-part="keys"]').addEventListener("click", () => {
      dialog.close();
      showKeys();
    });
  }

  /** @param {Mine} mine */
  render(mine) {
    if (this.#dialog.open) this.#draw(mine);
  }

  /** @param {Mine} mine */
  open(mine) {
    this.#draw(mine);
    this.#dialog.showModal();
  }

  /** @param {Mine} mine */
  #draw(mine) {
    for (const kind of /** @type {Kind[]} */ (["microphone", "camera", "speaker"])) {
      const list = find(this.#dialog, `[data-device="${kind}"] select`);
      fill(/** @type {HTMLSelectElement} */ (list), choices(mine, kind));
    }
    this.#drawSwitches(this.#switches());
  }

  /** @param {Switches[]} groups */
  #drawSwitches(groups) {
    const root = find(this.#dialog, '[data-part="switches"]');
    if (this.#drawn.isNew(groups.map(({ switches }) => switches.map(({ label }) => label)))) {
      root.replaceChildren(...groups.map((group) => this.#group(group)));
    }
    for (const { name, isOn } of groups.flatMap(({ switches }) => switches)) {
      /** @type {HTMLInputElement} */ (find(root, `[data-switch="${name}"]`)).checked = isOn;
    }
  }

  /** @param {Switches} group */
  #group({ heading, switches }) {
    const rows = switches.map(({ name, label, turn }) => {
      const input = make("input", { type: "checkbox", role: "switch", "data-switch": name });
      input.addEventListener("change", () => turn(input.checked));
      return make("label", { class: "check switch" }, make("span", {}, label), input);
    });
    return make("fieldset", { class: "switches" }, make("legend", {}, heading), ...rows);
  }
}
