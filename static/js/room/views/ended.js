import { announce, find, make, write } from "../../lib/dom.js";

/** @import { EndReason } from "../state.js" */

/** @type {Record<EndReason, { title: string, text: string, again?: string }>} */
const WORDS = {
  left: {
    title: "You have left",
    text: "Your seat is free again. The link still works.",
    again: "Join again",
  },
  removed: {
    title: "A host removed you from this meeting",
    text: "Your link and this browser no longer open it. If that was a mistake, write to the organizer.",
  },
  refused: {
    title: "You were not let in this time",
    text: "A host did not let you in. They may not have known that it is you: write to them, and ask once more after a minute.",
    again: "Ask again",
  },
  cancelled: {
    title: "This meeting was called off",
    text: "It does not take place. Whoever was invited gets a letter that says who cancelled it.",
  },
  ended: {
    title: "This meeting is over",
    text: "Its room is closed. What was said in the chat is gone with it.",
  },
  full: {
    title: "The room is full",
    text: "Every seat is taken. Try again when somebody has left.",
    again: "Try again",
  },
  elsewhere: {
    title: "You are in this call twice already",
    text: "Nobody has more than two seats. Leave the call on one of your other pages, then try again.",
    again: "Try again",
  },
  replaced: {
    title: "You came in on another page",
    text: "That page has your seat now, so this one has let go of it.",
    again: "Take it back",
  },
  session: {
    title: "You are signed out",
    text: "Your sign-in has ended, here or somewhere else. Sign in again, or open the link in your letter.",
    again: "Go on",
  },
  forbidden: {
    title: "This room is not open to you",
    text: "Open the link in your own letter, or ask the organizer for one.",
  },
  "not-found": {
    title: "This meeting is gone",
    text: "There is no room behind this link any more. Ask the organizer for a new one.",
  },
  protocol: {
    title: "This page is out of date",
    text: "It no longer matches the server. Reload it to go on.",
    again: "Reload",
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

  /** @param {{ reason: EndReason }} state */
  render({ reason }) {
    const words = WORDS[reason];
    write(find(this.#root, "h1"), words.title);
    write(find(this.#root, '[data-part="text"]'), words.text);
    if (words.again) {
      const again = make("button", { class: "button button-primary", type: "button" }, words.again);
      again.addEventListener("click", () => this.#again());
      const home = find(this.#root, ".buttons a");
      home.className = "button";
      home.before(again);
    }
    announce(words.title, { urgent: reason !== "left" });
  }
}
