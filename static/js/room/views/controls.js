import { changeIcon, find, icon, isTyping, make, mark, write } from "../../lib/dom.js";
import { browserStore } from "../../lib/storage.js";
import { confirmCopy } from "./stage.js";
import { showPromises, toggleFullScreen } from "./page.js";
import { canAskAgain, choices, comesBack, fill, refusal, trouble } from "./sources.js";

/** @import { Kind, Mine, Panel, Person, Source } from "../state.js" */

/**
 * @typedef {object} Item   of a menu
 * @property {string} label
 * @property {string} [icon]
 * @property {boolean} [checked]   one of several to choose from
 * @property {string} [note]       a number at the end
 * @property {boolean} [stays]     the menu stays open, so that the words can say how it went
 * @property {(words: HTMLElement) => void} act   `words`: where the label stands
 *
 * @typedef {{ heading: string } | { rule: true } | Item} Line
 */

const NO_KEYS = "no-single-keys";
const NARROW = matchMedia("(max-width: 51.99rem), (max-height: 30rem) and (min-width: 35rem)");
/** No top line: a phone on its side. */
const TOPLESS = matchMedia("(max-height: 30rem) and (min-width: 35rem)");

/** The bar: always the same controls in the same order, Leave last. */
export class Controls {
  #root;
  #actions;
  #lit = -1;
  /** @type {{ mine: Mine, panel: Panel, unread: number, people: Person[], knocks: { length: number } } | null} */
  #shown = null;
  #troubleDialog;
  /** @type {Kind} */
  #troubled = "microphone";
  #settings;

  /**
   * @param {HTMLElement} root   #controls
   * @param {{
   *   toggle: (kind: Kind) => void, leaveOff: (kind: Kind) => void, choose: (kind: Kind, id: string) => void, share: () => void, hand: () => void,
   *   open: (panel: Panel) => void, leave: () => void, copyLink?: () => void | Promise<void>
   * }} actions
   */
  constructor(root, actions) {
    this.#root = root;
    this.#actions = actions;
    this.#troubleDialog = /** @type {HTMLDialogElement} */ (find(root, "#trouble"));
    this.#settings = /** @type {HTMLDialogElement} */ (find(root, "#settings"));

    this.#on("microphone", () => this.#toggle("microphone"));
    this.#on("camera", () => this.#toggle("camera"));
    this.#on("share", () => actions.share());
    this.#on("hand", () => actions.hand());
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
    new Menu(this.#control("more"), find(root, "#more-menu"), () => this.#more());
    this.#troubleDialog.addEventListener("close", () => {
      if (this.#troubleDialog.returnValue === "again") actions.toggle(this.#troubled);
      if (this.#troubleDialog.returnValue === "off") actions.leaveOff(this.#troubled);
    });
    this.#prepareSettings();
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {{ mine: Mine, panel: Panel, unread: number, people: Person[], knocks: { length: number } }} state   `unread`: messages that nobody saw here; `knocks`: who waits to come in */
  render(state) {
    this.#shown = state;
    const { mine, panel, unread, people, knocks } = state;
    this.#renderSource("microphone", mine.microphone, { icon: "mic", on: "Mute", off: "Unmute", key: "M" });
    this.#renderSource("camera", mine.camera, {
      icon: "camera",
      on: "Stop video",
      off: "Start video",
      key: "V",
    });
    this.#renderShare(mine);
    this.#renderHand(mine);
    this.#renderPanel("people", panel === "people");
    this.#renderPanel("chat", panel === "chat");
    this.#renderPeople(people.length, knocks.length);
    this.#renderUnread(unread);
    if (this.#settings.open) this.#renderSettings();
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

  /**
   * @param {Kind} kind
   * @returns {Line[]}
   */
  #devices(kind) {
    if (!this.#shown) return [];
    const { mine } = this.#shown;
    const { devices, chosen, none, isTroubled } = choices(mine, kind);
    const heading = { microphone: "Microphone", camera: "Camera", speaker: "Speaker" }[kind];
    const title =
      isTroubled || !devices.length ? `${heading}: ${none.charAt(0).toLowerCase()}${none.slice(1)}` : heading;
    const note = kind === "speaker" ? "" : refusal(mine, kind);
    // Nothing chosen, or a device that is gone: the browser takes the first.
    const first = devices.some(({ id }) => id === chosen) ? chosen : devices[0]?.id;
    const used = isTroubled ? "" : first;
    return [
      { heading: title },
      ...(note ? [{ heading: note }] : []),
      ...devices.map(({ id, label }) => ({
        label,
        checked: id === used,
        act: () => this.#actions.choose(kind, id),
      })),
    ];
  }

  /** @returns {Line[]} */
  #more() {
    if (!this.#shown) return [];
    const { mine, people, knocks } = this.#shown;
    /** @type {Line[]} */
    const lines = [];
    if (NARROW.matches) {
      if (mine.canShare) {
        lines.push({
          label: mine.screen ? "Stop sharing" : "Share the screen",
          icon: "share",
          act: () => this.#actions.share(),
        });
      }
      lines.push({
        label: "People",
        icon: "people",
        note: knocks.length ? `${knocks.length} waiting` : String(people.length),
        act: () => this.#open("people"),
      });
    }
    const copyLink = this.#actions.copyLink;
    if (copyLink) {
      lines.push({
        label: "Copy the link",
        icon: "link",
        stays: true,
        act: (words) => void confirmCopy(copyLink, words),
      });
    }
    if (document.fullscreenEnabled) {
      lines.push({
        label: document.fullscreenElement ? "Leave full screen" : "Full screen",
        icon: "fullscreen",
        act: () => void toggleFullScreen(),
      });
    }
    lines.push({ label: "Connection", icon: "signal", act: () => this.#open("connection") });
    if (TOPLESS.matches) {
      lines.push({ label: `Private to ${people.length}`, icon: "shield", act: showPromises });
    }
    lines.push({ label: "Devices and keys", icon: "settings", act: () => this.#openSettings() });
    return lines;
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
   * @param {{ icon: string, on: string, off: string, key: string }} words
   */
  #renderSource(kind, source, words) {
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
    write(find(control, ".name"), screen ? "Stop sharing" : "Share");
    mark(control, "title", screen ? "Stop sharing the screen" : "Share the screen");
  }

  /** @param {Mine} mine */
  #renderHand({ hand }) {
    const control = this.#control("hand");
    control.classList.toggle("raised", hand);
    mark(control, "aria-pressed", String(hand));
    mark(control, "title", hand ? "Lower your hand" : "Raise your hand");
  }

  /**
   * @param {"chat" | "people"} panel
   * @param {boolean} open
   */
  #renderPanel(panel, open) {
    const control = this.#control(panel);
    control.classList.toggle("on", open);
    mark(control, "aria-expanded", String(open));
    if (panel === "chat") mark(control, "title", `${open ? "Close the chat" : "Open the chat"} (C)`);
  }

  /** @param {number} people @param {number} waiting */
  #renderPeople(people, waiting) {
    const words = waiting ? `, ${waiting} waiting` : "";
    mark(this.#control("people"), "aria-label", `People, ${people}${words}`);
    mark(this.#control("more"), "aria-label", waiting && NARROW.matches ? `More${words}` : null);
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
    mark(this.#control("chat"), "aria-label", unread ? `Chat, ${unread} unread` : null);
  }
}

function singleKeys() {
  return browserStore.text(NO_KEYS) === null;
}

/** A list of commands or choices that floats beside its button (WAI-ARIA, menu button). */
class Menu {
  #button;
  #list;

  /**
   * @param {HTMLElement} button   it names the list in `popovertarget`
   * @param {HTMLElement} list
   * @param {() => Line[]} lines   asked for anew each time it opens
   */
  constructor(button, list, lines) {
    this.#button = button;
    this.#list = list;
    list.addEventListener("beforetoggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "open") {
        list.replaceChildren(...lines().map((line) => this.#line(line)));
      }
    });
    list.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "open") this.#opened();
    });
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {Line} line */
  #line(line) {
    if ("rule" in line) return make("hr");
    if ("heading" in line) return make("div", { role: "presentation" }, line.heading);
    const chosen = line.checked !== undefined;
    const words = make("span", {}, line.label);
    const button = make(
      "button",
      {
        type: "button",
        tabindex: -1,
        role: chosen ? "menuitemradio" : "menuitem",
        "aria-checked": chosen ? String(line.checked) : null,
      },
      this.#sign(line),
      words,
      line.note !== undefined && make("span", { class: "count" }, line.note),
    );
    button.addEventListener("click", () => {
      if (!line.stays) this.#list.hidePopover();
      line.act(words);
    });
    return button;
  }

  /** @param {Item} item */
  #sign({ icon: name, checked }) {
    if (checked === undefined) return name ? icon(name) : null;
    const sign = icon("check");
    if (!checked) sign.style.setProperty("visibility", "hidden");
    return sign;
  }

  #opened() {
    this.#place();
    const items = this.#items();
    (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
  }

  /** Above the button where there is room, else beside it; always inside the window. */
  #place() {
    const button = this.#button.getBoundingClientRect();
    const list = this.#list.getBoundingClientRect();
    const edge = 8;
    const above = button.top - list.height - edge;
    const beside = above < edge && button.left - list.width > edge;
    const left = beside ? button.left - list.width - edge : button.left + button.width / 2 - list.width / 2;
    const top = beside ? button.bottom - list.height : above;
    this.#list.style.setProperty(
      "left",
      `${Math.max(edge, Math.min(left, innerWidth - list.width - edge))}px`,
    );
    this.#list.style.setProperty(
      "top",
      `${Math.max(edge, Math.min(top, innerHeight - list.height - edge))}px`,
    );
  }

  /** @returns {HTMLElement[]} */
  #items() {
    return [...this.#list.querySelectorAll("button")];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") this.#list.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length)?.focus();
  }
}
