import { called, icon, make } from "../../../../lib/dom.js";
import { t, woven } from "../../../../lib/i18n.js";
import { unmarked } from "../../../chat/markup.js";

/** @import { ChatLine } from "../../../state.js" */

/** As much of what is replied to as may be seen of it. */
const LONGEST = 200;

/** Says above the field which message is replied to, or edited, and lets somebody think better of it. */
export class About {
  element = make("div", { class: "replying", hidden: true });
  #cancel;

  /** @param {() => void} cancel */
  constructor(cancel) {
    this.#cancel = cancel;
  }

  /** @param {ChatLine | null} editing @param {ChatLine | null} replyTo */
  render(editing, replyTo) {
    this.element.hidden = !editing && !replyTo;
    if (editing) this.#put([t("You are editing your message")], t("Cancel the change"));
    else if (replyTo) this.#put(reply(replyTo), t("Cancel the reply"));
    else this.element.replaceChildren();
  }

  /** @param {(string | Node)[]} words @param {string} label */
  #put(words, label) {
    const cancel = make(
      "button",
      { class: "button button-plain button-icon", type: "button", "aria-label": label, title: label },
      icon("close"),
    );
    cancel.addEventListener("click", () => this.#cancel());
    this.element.replaceChildren(make("span", {}, ...words), cancel);
  }
}

/** @param {ChatLine} line */
function reply({ isMine, name, body, file }) {
  const words = unmarked(body.slice(0, LONGEST)) || (file?.name ?? "");
  return woven(t("To {name}: {words}"), {
    name: make("strong", {}, isMine ? t("yourself") : called(name)),
    words: make("bdi", {}, words),
  });
}
