import { find, write } from "../../lib/dom.js";
import { canAskAgain, comesBack, trouble } from "../words/sources.js";

/** @import { Mine } from "../state.js" */
/** @typedef {"microphone" | "camera"} Device */

/** What is the matter with a microphone or a camera, and what helps. */
export class Trouble {
  #dialog;
  /** @type {Mine | null} */
  #mine = null;
  /** @type {Device} */
  #kind = "microphone";

  /**
   * @param {HTMLDialogElement} dialog
   * @param {{askAgain: (kind: Device) => void, leaveOff: (kind: Device) => void}} actions
   */
  constructor(dialog, { askAgain, leaveOff }) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "again") askAgain(this.#kind);
      if (dialog.returnValue === "off") leaveOff(this.#kind);
    });
  }

  /** @param {Mine} mine */
  render(mine) {
    this.#mine = mine;
  }

  /** Gives whether there is anything to explain. @param {Device} kind */
  explain(kind) {
    const mine = this.#mine;
    const wrong = mine && trouble(mine, [kind]);
    if (!wrong) return false;
    this.#kind = kind;
    write(find(this.#dialog, "h2"), wrong.title);
    write(find(this.#dialog, "p"), wrong.text);
    // Only what can help is offered.
    const reason = mine[kind].trouble;
    find(this.#dialog, '[value="again"]').hidden = !canAskAgain(reason);
    find(this.#dialog, '[value="off"]').hidden = !canAskAgain(reason) && !comesBack(reason);
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
    return true;
  }
}
