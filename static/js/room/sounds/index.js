import { t } from "../../lib/i18n.js";
import { browserStore } from "../../lib/storage.js";
import { NOTES, Pace, SOUNDS, Watch } from "./model.js";

/**
 * Sounds for what one may miss: somebody comes or goes, raises a hand, writes, waits at the door. Each can be turned off,
 * and all are silent while I share sound, which would send them to the others.
 *
 * @typedef {import("../capabilities.js").CallState} CallState
 * @typedef {import("../capabilities.js").Inside} Inside
 * @typedef {import("../capabilities.js").Part} Part
 * @typedef {import("./model.js").Sound} Sound
 */

const SILENCED = "silenced-sounds";
/** @type {Readonly<Record<Sound, string>>} */
const WORDS = {
  join: t("Somebody comes in"),
  leave: t("Somebody leaves"),
  hand: t("A hand goes up"),
  message: t("A message comes"),
  knock: t("Somebody waits to come in"),
};
/** @type {readonly Sound[]} */
const IN_ORDER = ["join", "leave", "hand", "message", "knock"];

/** @implements {Part} */
class SoundsPart {
  #room;
  #watch = new Watch();
  #pace = new Pace();
  #isSharing = false;
  #isHost = false;

  /** @param {Inside} room */
  constructor(room) {
    this.#room = room;
  }

  /** @param {string} id @param {Partial<import("../messages.js").StateMessage>} state */
  hear(id, { hand }) {
    this.#watch.hear(id, hand === true);
  }

  /** @param {CallState} state */
  see(state) {
    this.#isSharing = state.mine.sharesSound;
    this.#isHost = state.people.some(({ self, role }) => self && role === "host");
    const heard = this.#watch.look(state);
    const first = SOUNDS.find((sound) => heard.has(sound) && !silenced().has(sound));
    if (first) this.#play(first);
  }

  wrote() {
    if (!silenced().has("message")) this.#play("message");
  }

  settings() {
    const switches = IN_ORDER.filter((sound) => sound !== "knock" || this.#isHost).map((sound) => ({
      name: sound,
      label: WORDS[sound],
      isOn: !silenced().has(sound),
      turn: (/** @type {boolean} */ on) => this.#turn(sound, on),
    }));
    return { heading: t("Sounds"), switches };
  }

  close() {
    this.#watch.forget();
  }

  /** Whoever turns one on hears which it is. @param {Sound} sound @param {boolean} on */
  #turn(sound, on) {
    const all = silenced();
    if (on) all.delete(sound);
    else all.add(sound);
    browserStore.keep(SILENCED, [...all]);
    if (on) this.#play(sound);
    this.#room.draw();
  }

  /** @param {Sound} sound */
  #play(sound) {
    // A page that nobody has touched is not allowed to, and a browser that cannot tell says so by itself.
    const isTouched = navigator.userActivation?.hasBeenActive ?? true;
    if (this.#isSharing || !isTouched || !this.#pace.take(this.#room.clock.now())) return;
    this.#room.play(NOTES[sound]);
  }
}

/** Those that are turned off on this device; whatever else stands there means nothing. */
function silenced() {
  const kept = browserStore.value(SILENCED);
  return new Set(SOUNDS.filter((sound) => Array.isArray(kept) && kept.includes(sound)));
}

/** @type {import("../capabilities.js").Capability} */
export const capability = { begin: (room) => new SoundsPart(room) };
