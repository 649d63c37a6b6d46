import { t } from "../../lib/i18n.js";
import { changeIcon, fill, find, icon, isTyping, make, mark, write } from "../../lib/dom.js";
import { Menu } from "../../lib/menu.js";
import { browserStore } from "../../lib/storage.js";
import { canAskAgain, choices, comesBack, trouble } from "../words/sources.js";
import { deviceLines, isTight, moreLines } from "./parts/menus.js";

/**
 * @import { CallState, Kind, Mine, Panel, Source } from "../state.js"
 * @import { Extra } from "./extra.js"
 */

const NO_KEYS = "no-single-keys";
/** What the two switches say, and which key presses them. */
const SWITCHES = {
  microphone: { icon: "mic", on: t("Mute"), off: t("Unmute"), key: "M" },
  camera: { icon: "camera", on: t("Stop video"), off: t("Start video"), key: "V" },
};

/** The bar: always the same controls in the same order, Leave last. */
export class Controls {
  #root;
  #actions;
  #lit = -1;
  /** @type {readonly Extra[]} */
  #extras;
  /** @type {CallState | null} */
  #shown = null;
  #troubleDialog;
  /** @type {Kind} */
  #troubled = "microphone";
  #settings;
  #menu;

  /**
   * @param {HTMLElement} root   #controls
   * @param {{
   *   toggle: (kind: Kind) => void, leaveOff: (kind: Kind) => void, choose: (kind: Kind, id: string) => void, share: () => void,
   *   open: (panel: Panel) => void, leave: () => void,
   *   showPromises: () => void, toggleFullScreen: () => Promise<void>, copyLink?: () => void | Promise<void>
   * }} actions
   * @param {readonly Extra[]} [extras]  what else there is to do
   */
  constructor(root, actions, extras = []) {
    this.#root = root;
    this.#actions = actions;
    this.#extras = extras;
    this.#troubleDialog = /** @type {HTMLDialogElement} */ (find(root, "#trouble"));
    this.#settings = /** @type {HTMLDialogElement} */ (find(root, "#settings"));

    this.#on("microphone", () => this.#toggle("microphone"));
    this.#on("camera", () => this.#toggle("camera"));
    this.#on("share", () => actions.share());
    this.#on("people", () => this.#open("people"));
    this.#on("chat", () => this.#open("chat"));
    this.#on("leave", () => actions.leave());
    new Menu(find(root, '[data-part="microphone-caret"]'), find(root, "#microphone-menu"), () => [
      ...this.#devices("microphone"),
      { rule: true },
      ...this.#devices("speaker"),
    ]);
    new Menu(find(root, '[data-part="camera-caret"]'), find(root, "#camera-menu"), () =>
      this.#devices("camera"),
    );
    this.#menu = new Menu(this.#control("more"), find(root, "#more-menu"), () => this.#more());
    this.#troubleDialog.addEventListener("close", () => {
      if (this.#troubleDialog.returnValue === "again") actions.toggle(this.#troubled);
      if (this.#troubleDialog.returnValue === "off") actions.leaveOff(this.#troubled);
    });
    this.#prepareSettings();
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {CallState} state */
  render(state) {
    this.#shown = state;
    const { mine, panel, chat, people, knocks } = state;
    this.#renderSource("microphone", mine.microphone);
    this.#renderSource("camera", mine.camera);
    this.#renderShare(mine);
    for (const extra of this.#extras) extra.render(state);
    this.#renderPanel("people", panel === "people");
    this.#renderPanel("chat", panel === "chat");
    this.#renderPeople(people.length, knocks.length);
    this.#renderUnread(chat.unread);
    if (this.#settings.open) this.#renderSettings();
  }

  /** What there is to do is another now. */
  renew() {
    this.#menu.renew();
  }

  /**
   * How loud my microphone is.
   *
   * @param {number} level   0 to 1
   */
  level(level) {
    const lit = Math.round(level * 28);
    if (lit === this.#lit) return;
    this.#lit = lit;
    find(this.#root, ".level").style.setProperty("--level", String(lit / 28));
  }

  /** @param {string} name */
  #control(name) {
    return find(this.#root, `[data-control="${name}"]`);
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  #on(name, act) {
    this.#control(name).addEventListener("click", act);
  }

  /** @param {"microphone" | "camera"} kind */
  #toggle(kind) {
    if (!this.explain(kind)) this.#actions.toggle(kind);
  }

  /** Says what is the matter with a device and what helps. Gives whether there is anything. @param {"microphone" | "camera"} kind */
  explain(kind) {
    const wrong = this.#shown && trouble(this.#shown.mine, [kind]);
    if (!wrong) return false;
    this.#troubled = kind;
    write(find(this.#troubleDialog, "h2"), wrong.title);
    write(find(this.#troubleDialog, "p"), wrong.text);
    // Only what can help is offered.
    const reason = this.#mine[kind].trouble;
    find(this.#troubleDialog, '[value="again"]').hidden = !canAskAgain(reason);
    find(this.#troubleDialog, '[value="off"]').hidden = !canAskAgain(reason) && !comesBack(reason);
    this.#troubleDialog.returnValue = "";
    this.#troubleDialog.showModal();
    return true;
  }

  /** @param {Exclude<Panel, "">} panel */
  #open(panel) {
    this.#actions.open(this.#shown?.panel === panel ? "" : panel);
  }

  /** @param {Kind} kind */
  #devices(kind) {
    return this.#shown ? deviceLines(this.#shown.mine, kind, this.#actions.choose) : [];
  }

  #more() {
    if (!this.#shown) return [];
    return moreLines(this.#shown, this.#extras, {
      ...this.#actions,
      open: (panel) => this.#open(panel),
      openSettings: () => this.#openSettings(),
    });
  }

  #prepareSettings() {
    for (const select of this.#settings.querySelectorAll("select")) {
      const kind = /** @type {Kind} */ (select.closest("[data-device]")?.getAttribute("data-device"));
      select.addEventListener("change", () => this.#actions.choose(kind, select.value));
    }
    const keys = /** @type {HTMLInputElement} */ (find(this.#settings, '[data-part="keys"]'));
    keys.checked = singleKeys();
    keys.addEventListener("change", () => {
      if (keys.checked) browserStore.forget(NO_KEYS);
      else browserStore.keep(NO_KEYS, "1");
    });
  }

  #openSettings() {
    this.#renderSettings();
    this.#settings.showModal();
  }

  #renderSettings() {
    if (!this.#shown) return;
    for (const kind of /** @type {Kind[]} */ (["microphone", "camera", "speaker"])) {
      fill(
        /** @type {HTMLSelectElement} */ (find(this.#settings, `[data-device="${kind}"] select`)),
        choices(this.#shown.mine, kind),
      );
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      event.shiftKey ||
      event.repeat ||
      event.defaultPrevented
    ) {
      return;
    }
    if (isTyping(event.target) || this.#root.closest("[hidden]") || this.#troubleDialog.open) return;
    // Over a dialog, which names the keys itself, one mutes as anywhere; what opens stays behind it.
    const isOver = document.querySelector("dialog:modal") !== null;
    if (event.key === "Escape" && this.#shown?.panel && !isOver) return this.#actions.open("");
    if (!singleKeys()) return;
    const act = {
      m: () => this.#toggle("microphone"),
      v: () => this.#toggle("camera"),
      c: () => isOver || this.#open("chat"),
    }[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /**
   * @param {"microphone" | "camera"} kind
   * @param {Source} source
   */
  #renderSource(kind, source) {
    const words = SWITCHES[kind];
    const control = this.#control(kind);
    const on = source.on && !source.trouble;
    control.classList.toggle("off", !on && !source.pending);
    mark(control, "aria-busy", source.pending ? "true" : null);
    mark(control, "title", `${on ? words.on : words.off} (${words.key})`);
    write(find(control, ".name"), on ? words.on : words.off);
    changeIcon(find(control, ".icon"), on || source.pending ? words.icon : `${words.icon}-off`);
    const level = control.querySelector(".level");
    if (level) level.toggleAttribute("hidden", !on);
    this.#renderFlaw(control, source.trouble ? (trouble(this.#mine, [kind])?.title ?? "") : "");
  }

  get #mine() {
    if (!this.#shown) throw new Error("Nothing is rendered yet");
    return this.#shown.mine;
  }

  /**
   * A small sign that there is more to say about this control.
   *
   * @param {HTMLElement} control
   * @param {string} words
   */
  #renderFlaw(control, words) {
    const flaw = control.querySelector(".flaw");
    if (!words) return flaw?.remove();
    if (flaw) return write(find(flaw, ".visually-hidden"), words);
    control.append(
      make("span", { class: "flaw" }, icon("warning"), make("span", { class: "visually-hidden" }, words)),
    );
  }

  /** @param {Mine} mine */
  #renderShare({ screen, canShare }) {
    const control = this.#control("share");
    control.hidden = !canShare;
    control.classList.toggle("on", screen);
    mark(control, "aria-pressed", String(screen));
    write(find(control, ".name"), screen ? t("Stop sharing") : t("Share"));
    mark(control, "title", screen ? t("Stop sharing the screen") : t("Share the screen"));
  }

  /**
   * @param {"chat" | "people"} panel
   * @param {boolean} open
   */
  #renderPanel(panel, open) {
    const control = this.#control(panel);
    control.classList.toggle("on", open);
    mark(control, "aria-expanded", String(open));
    if (panel === "chat") mark(control, "title", open ? t("Close the chat (C)") : t("Open the chat (C)"));
  }

  /** @param {number} people @param {number} waiting */
  #renderPeople(people, waiting) {
    const words = waiting
      ? t("People, {people}, {waiting} waiting", { people, waiting })
      : t("People, {people}", { people });
    mark(this.#control("people"), "aria-label", words);
    const more = waiting && isTight() ? t("More, {waiting} waiting", { waiting }) : null;
    mark(this.#control("more"), "aria-label", more);
    // Where there is no room for the button, People is in More.
    for (const count of this.#root.querySelectorAll('[data-part="waiting"]')) {
      count.toggleAttribute("hidden", waiting === 0);
      write(count, String(waiting));
    }
  }

  /** @param {number} unread */
  #renderUnread(unread) {
    const count = find(this.#root, '[data-part="unread"]');
    count.hidden = unread === 0;
    write(count, unread > 99 ? "99+" : String(unread));
    mark(this.#control("chat"), "aria-label", unread ? t("Chat, {count} unread", { count: unread }) : null);
  }
}

function singleKeys() {
  return browserStore.text(NO_KEYS) === null;
}
