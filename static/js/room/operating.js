import { confirmCopy, tryToCopy } from "../lib/copy.js";
import { announce, find, TROUBLES } from "../lib/dom.js";
import { Later } from "../lib/later.js";
import { ON_ITS_SIDE } from "../lib/screen.js";
import { commands } from "./commands.js";
import { doorWords } from "./hosting/words.js";
import { Keyboard } from "./keyboard.js";
import { Aim } from "./presses.js";
import { Controls } from "./views/controls.js";
import { Places } from "./views/parts/places.js";
import { Trouble } from "./views/trouble.js";

/**
 * @import { CallState } from "./state.js"
 * @import { Extra } from "./views/extra.js"
 */

/** How the room is operated: the table of commands, and the places that are drawn from it. Comes with the room. */
export class Operating {
  #keyboard = new Keyboard(document);
  /** Who is admitted by a key: nobody whom its owner has not seen yet. */
  #aim = new Aim();
  #inside;
  #trouble;
  #settings;
  #controls;
  #keys;
  /** Null outside. @type {CallState | null} */
  #state = null;

  /**
   * @param {object} options
   * @param {import("./call.js").Call} options.call
   * @param {import("./inside.js").Inside} options.inside
   * @param {() => void} options.leave
   * @param {readonly Extra[]} options.extras  buttons of capabilities
   * @param {readonly import("./commands.js").Command[]} options.rows  what else can be done of them
   * @param {import("../lib/timing.js").Clock} options.clock
   * @param {() => void} options.showPromises
   * @param {() => Promise<void>} options.toggleFullScreen
   * @param {() => Promise<void>} options.copyLink
   * @param {() => import("./capabilities.js").Capabilities["settings"]} options.settings  of capabilities
   */
  constructor({
    call,
    inside,
    leave,
    extras,
    rows,
    clock,
    showPromises,
    toggleFullScreen,
    copyLink,
    settings,
  }) {
    const { myself } = call;
    const { orders } = inside;
    this.#inside = inside;
    const places = new Places(find(document, "#room"));
    const bar = find(document, "#controls");
    const table = commands(
      {
        toggle: (kind) => this.explain(kind) || inside.toggle(kind),
        talk: (isHeld) => inside.hold(isHeld),
        share: () => inside.share(),
        open: (panel) => inside.open(this.#state?.panel === panel ? "" : panel),
        close: () => this.#state?.panel && inside.open(""),
        leave,
        showPromises,
        toggleFullScreen: () => void toggleFullScreen(),
        showSettings: () => void this.#show("settings"),
        showKeys: () => void this.#show("keys"),
        copyLink: (words) =>
          void (words ? confirmCopy(copyLink, words) : tryToCopy(copyLink).then((text) => inside.say(text))),
        goOn: (isBack) => places.goOn(isBack),
        admit: () => this.#admit(),
        muteAll: () => orders.mute(),
        askAll: () => orders.askUnmute(),
        lowerAll: () => orders.lowerHand(),
        lock: () => this.#turn("locked"),
        turnLobby: () => this.#turn("lobby"),
        end: () => this.#state && orders.end(this.#state.hosting.ending === null),
      },
      [...extras.flatMap((extra) => extra.commands), ...rows],
    );
    const choose = (/** @type {import("./state.js").Kind} */ kind, /** @type {string} */ id) =>
      void myself.choose(kind, id);
    this.#trouble = new Trouble(/** @type {HTMLDialogElement} */ (find(bar, "#trouble")), {
      askAgain: (kind) => myself.toggle(kind),
      leaveOff: (kind) => myself.leaveOff(kind),
    });
    this.#settings = new Later(
      import.meta.resolve("./views/settings.js"),
      async () => {
        const { Settings } = await import("./views/settings.js");
        const dialog = /** @type {HTMLDialogElement} */ (find(bar, "#settings"));
        return new Settings(dialog, { choose, switches: settings, showKeys: () => void this.#show("keys") });
      },
      clock,
    );
    this.#controls = new Controls(bar, table, {
      choose,
      extras: () => extras.flatMap((extra) => (extra.isMenu ? extra.lines : [])),
      page: circumstances,
      hasKeys: () => this.#keyboard.isOn,
    });
    this.#keyboard.serve(table, () => this.#state && { state: this.#state, page: circumstances() });
    this.#keyboard.on("change", () => this.#state && this.render(this.#state));
    this.#keys = new Later(
      import.meta.resolve("./views/keys.js"),
      async () => {
        const { Keys } = await import("./views/keys.js");
        return Keys.make(find(document, "#room"), table, {
          turn: (on) => this.#keyboard.turn(on),
          showSettings: () => void this.#show("settings"),
        });
      },
      clock,
    );
  }

  /** @param {CallState} state  of somebody inside */
  render(state) {
    this.#state = state;
    this.#aim.show(
      state.knocks.map(({ id }) => id),
      performance.now(),
    );
    this.#trouble.render(state.mine);
    this.#controls.render(state);
    this.#settings.part?.render(state.mine);
    this.#keys.part?.render(state, circumstances(), this.#keyboard.isOn);
  }

  /** Outside there is nothing to operate. */
  clear() {
    this.#state = null;
  }

  /** What there is to do is another now. */
  renew() {
    this.#controls.renew();
  }

  /** How loud I am. @param {number} level  from 0 to 1 */
  level(level) {
    this.#controls.level(level);
  }

  /** Says what is the matter with a device. Gives whether there is anything. @param {"microphone" | "camera"} kind */
  explain(kind) {
    return this.#trouble.explain(kind);
  }

  /** So that what opens over the room does so at once. */
  async loadRest() {
    await this.#keys.load();
    await this.#settings.load();
  }

  #admit() {
    const [first] = this.#state?.knocks ?? [];
    if (!first || !this.#aim.isAt(first.id, performance.now())) return;
    this.#aim.answer([first.id]);
    this.#inside.orders.answer("admit", [first.id]);
  }

  /** A rule of the door. @param {"locked" | "lobby"} rule */
  #turn(rule) {
    if (!this.#state) return;
    const on = !this.#state.rules[rule];
    const { orders } = this.#inside;
    if (rule === "lobby") orders.setLobby(on);
    else orders.setRule(rule, on);
    this.#inside.say(doorWords(rule, on));
  }

  /** @param {"keys" | "settings"} what */
  async #show(what) {
    const later = { keys: this.#keys, settings: this.#settings }[what];
    const end = later.on("change", () => later.trouble && announce(TROUBLES[later.trouble]));
    await later.load().finally(end);
    // Whoever has waited for it may have gone on.
    if (!this.#state || document.querySelector("dialog:modal")) return;
    if (what === "settings") this.#settings.part?.open(this.#state.mine);
    else this.#keys.part?.open(this.#state, circumstances(), this.#keyboard.isOn);
  }
}

function circumstances() {
  return {
    isFullScreen: document.fullscreenEnabled ? document.fullscreenElement !== null : null,
    isOnItsSide: ON_ITS_SIDE.matches,
  };
}
