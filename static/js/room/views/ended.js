import { t, woven } from "../../lib/i18n.js";
import { announce, called, find, make, write } from "../../lib/dom.js";

/** @import { CallState, EndReason } from "../state.js" */

/** @type {Record<EndReason, { title: string, text: string, again?: string }>} */
const WORDS = {
  left: {
    title: t("You have left"),
    text: t("Your seat is free again. The link still works."),
    again: t("Join again"),
  },
  removed: {
    title: t("A host removed you from this meeting"),
    text: t("Your link and this browser no longer open it. If that was a mistake, write to the organizer."),
  },
  refused: {
    title: t("You were not let in this time"),
    text: t(
      "A host did not let you in. They may not have known that it is you: write to them, and ask once more after a minute.",
    ),
    again: t("Ask again"),
  },
  cancelled: {
    title: t("This meeting was cancelled"),
    text: t("It does not take place. Whoever was invited gets a letter that says who cancelled it."),
  },
  ended: {
    title: t("A host ended the call"),
    text: t("It is over for everybody, and what was said in the chat is gone with it. The link still works."),
    again: t("Join again"),
  },
  full: {
    title: t("The room is full"),
    text: t("Every seat is taken. Try again when somebody has left."),
    again: t("Try again"),
  },
  elsewhere: {
    title: t("You are in this call twice already"),
    text: t("Nobody has more than two seats. Leave the call on one of your other pages, then try again."),
    again: t("Try again"),
  },
  replaced: {
    title: t("You came in on another page"),
    text: t("That page has your seat now, so this one has let go of it."),
    again: t("Take it back"),
  },
  session: {
    title: t("You are signed out"),
    text: t(
      "Your sign-in has ended, here or somewhere else. Sign in again, or open the link in your letter.",
    ),
    again: t("Go on"),
  },
  forbidden: {
    title: t("This room is not open to you"),
    text: t("Open the link in your own letter, or ask the organizer for one."),
  },
  "not-found": {
    title: t("This meeting is gone"),
    text: t("There is no room behind this link any more. Ask the organizer for a new one."),
  },
  protocol: {
    title: t("This page is out of date"),
    text: t("It no longer matches the server. Reload it to go on."),
    again: t("Reload"),
  },
};

/** The page after the call, or where none could be: what happened, and what to do next. */
export class Ended {
  #root;
  #again;

  /**
   * @param {HTMLElement} root   #ended
   * @param {{ again: () => void }} actions   come back, most often by loading the page anew
   */
  constructor(root, { again }) {
    this.#root = root;
    this.#again = again;
  }

  /** @param {Pick<CallState, "reason" | "hosting">} state */
  render({ reason, hosting: { ending } }) {
    const words = WORDS[reason];
    const title = find(this.#root, "h1");
    const host = called(ending?.by ?? "");
    title.replaceChildren(...woven(reason === "ended" ? whoEnded(ending) : words.title, { host }));
    write(find(this.#root, '[data-part="text"]'), words.text);
    if (words.again) {
      const again = make("button", { class: "button button-primary", type: "button" }, words.again);
      again.addEventListener("click", () => this.#again());
      const home = find(this.#root, ".buttons a");
      home.className = "button";
      home.before(again);
    }
    announce(title.textContent ?? "", { urgent: reason !== "left" });
  }
}

/** As far as it is known: who was away when it was said was not told. @param {CallState["hosting"]["ending"]} ending */
function whoEnded(ending) {
  if (ending?.byMe) return t("You ended the call");
  return ending?.by ? t("{host} ended the call") : WORDS.ended.title;
}
