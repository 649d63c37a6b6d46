import { t, woven } from "../../lib/i18n.js";
import { confirmCopy } from "../../lib/copy.js";
import { breakable, find, icon, make, mark, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { opensDoor, state, whoComesIn } from "./words.js";

/**
 * @typedef {import("./model.js").Letter} Letter
 * @typedef {import("../state.js").RoomInfo} RoomInfo
 *
 * @typedef {object} Shown
 * @property {import("../state.js").CallState["rules"]} rules
 * @property {string} hint    what somebody gets who is invited
 * @property {string} closed  why nobody is written to; "" while that can be done
 * @property {string} error   what is wrong with what was sent
 * @property {boolean} isBusy  it is on its way
 * @property {readonly Letter[]} letters
 */

// As many characters as the server reads.
const LONGEST = 2_000;

/** The ways to bring somebody in: the open link, the same as a QR code, and a letter. */
export class InvitingView {
  #who = make("p", { class: "soft" });
  #link;
  #code;
  #picture;
  #form;
  #field;
  #hint;
  #error;
  #closed = make("p", { class: "soft" });
  #send;
  #list;
  #shown = new Latest();
  #info;

  /**
   * @param {HTMLElement} root  what of the panel scrolls
   * @param {RoomInfo} info
   * @param {object} actions
   * @param {(text: string) => Promise<boolean>} actions.send  gives whether all of it was taken
   * @param {() => void} actions.correct  what was wrong is being corrected
   */
  constructor(root, info, { send, correct }) {
    this.#info = info;
    this.#link = linkOf(info);
    this.#code = codeOf();
    this.#picture = find(this.#code, "img");
    this.#field = make("input", {
      class: "input",
      id: "invite-address",
      type: "text",
      inputmode: "email",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
      maxlength: LONGEST,
      dir: "auto",
      "aria-describedby": "invite-error invite-hint",
    });
    this.#hint = make("p", { class: "hint", id: "invite-hint" });
    this.#error = make("p", { class: "error", id: "invite-error" });
    this.#send = make(
      "button",
      { class: "button button-primary" },
      icon("mail"),
      make("span", {}, t("Send the letter")),
    );
    this.#list = make("ul", { class: "letters", "aria-label": t("Letters from here") });
    this.#form = make(
      "form",
      { class: "field", novalidate: true },
      make("label", { for: "invite-address" }, t("E-mail address")),
      this.#field,
      this.#error,
      this.#hint,
      this.#send,
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#sent(send);
    });
    this.#field.addEventListener("input", () => {
      this.#renderError("");
      correct();
    });
    root.replaceChildren(this.#who, this.#link, this.#form, this.#closed, this.#list, this.#code);
  }

  /** @param {Shown} shown */
  render({ rules, hint, closed, error, isBusy, letters }) {
    const { invite, organizer } = this.#info;
    const writes = Boolean(invite) && closed === "";
    write(this.#who, whoComesIn(rules, { writes, organizer }));
    const isOpen = opensDoor(rules.access);
    this.#link.hidden = !isOpen;
    this.#code.hidden = !isOpen || this.#code.dataset["lost"] !== undefined;
    // Nobody asks for what is not shown.
    if (!this.#code.hidden) mark(this.#picture, "src", this.#info.qr);
    // What has been typed stays in sight.
    this.#form.hidden = !writes && !this.#field.value;
    this.#closed.hidden = closed === "";
    write(this.#closed, closed);
    write(this.#hint, hint);
    this.#renderError(error);
    mark(this.#send, "aria-disabled", isBusy ? "true" : null);
    this.#list.hidden = letters.length === 0;
    if (this.#shown.isNew(letters)) this.#list.replaceChildren(...letters.map(line));
  }

  /** @param {(text: string) => Promise<boolean>} send */
  async #sent(send) {
    if (this.#send.hasAttribute("aria-disabled")) return;
    const text = this.#field.value;
    const isTaken = await send(text);
    // What has been typed meanwhile is another address.
    if (isTaken && this.#field.value === text) this.#field.value = "";
    if (!isTaken) this.#field.focus();
  }

  /** @param {string} error */
  #renderError(error) {
    this.#error.hidden = error === "";
    write(this.#error, error);
    mark(this.#field, "aria-invalid", error ? "true" : null);
  }
}

/** The open link, to be copied, or handed to whatever the system has for that. @param {RoomInfo} info */
function linkOf({ link, title }) {
  const words = make("span", {}, t("Copy the link"));
  const copy = make("button", { class: "button", type: "button" }, icon("copy"), words);
  copy.addEventListener("click", () => void confirmCopy(() => navigator.clipboard.writeText(link), words));
  const buttons = make("div", { class: "buttons" }, copy);
  if ("share" in navigator) {
    const share = make("button", { class: "button", type: "button" }, icon("send"), t("Pass it on"));
    // Whoever changes their mind is no fault.
    share.addEventListener("click", () => void navigator.share({ title, url: link }).catch(() => undefined));
    buttons.append(share);
  }
  const short = link.replace(/^https?:\/\//u, "").replace(/\/$/u, "");
  return make("div", { class: "link" }, make("p", { class: "address" }, breakable(short)), buttons);
}

/** The link for the camera of a phone that is held up to it. */
function codeOf() {
  const picture = make("img", {
    alt: t("QR code that opens the link of this call"),
    width: 168,
    height: 168,
  });
  const figure = make("figure", {}, picture, make("figcaption", { class: "soft" }, t("Opens it on a phone")));
  // The link does the same.
  picture.addEventListener("error", () => {
    figure.dataset["lost"] = "";
    figure.hidden = true;
  });
  return figure;
}

/** @param {Letter} letter */
function line(letter) {
  const isTrouble = letter.state === "returned" || letter.state === "told";
  const sign = letter.state === "sent" ? "check" : isTrouble ? "warning" : "mail";
  const words = make("span", {}, ...woven(state(letter), { address: breakable(letter.address) }));
  return make("li", { class: isTrouble ? "trouble" : null }, icon(sign), words);
}
