import { clockTime, t } from "../../lib/i18n.js";
import { Hands } from "./model.js";

/**
 * Raising a hand, and in which order hands went up. That one is up is a member of `state`, which each says of themselves
 * (docs/signaling.md); all that is made of it is here.
 *
 * @typedef {import("../capabilities.js").Inside} Inside
 * @typedef {import("../capabilities.js").Mark} Mark
 * @typedef {import("../capabilities.js").Part} Part
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("../state.js").Person} Person
 */

/** @implements {Part} */
class HandsPart {
  #room;
  #hands = new Hands();
  /** When each went up, by the clock on the wall, as it was found the first time: else it might go back and forth. @type {Map<string, {since: number, time: string}>} */
  #times = new Map();

  /** @param {Inside} room */
  constructor(room) {
    this.#room = room;
  }

  /** @param {string} id @param {Partial<import("../messages.js").StateMessage>} state @param {number} at */
  hear(id, { hand, hand_for: length }, at) {
    this.#hands.hear(id, hand === true, length, at);
  }

  /** @param {Person[]} people @returns {Map<string, Mark[]>} */
  marks(people) {
    const me = people.find(({ self }) => self);
    if (me) this.#hands.hear(me.id, me.hand, this.#room.myself.handFor, this.#room.clock.now());
    const here = new Set(people.map(({ id }) => id));
    this.#hands.keep(here);
    for (const id of this.#times.keys()) if (!here.has(id)) this.#times.delete(id);
    const places = this.#hands.places(people.filter(({ hand }) => hand));
    const title = places.size > 1 ? t("Hands up") : t("Hand up");
    return new Map([...places].map(([id, place]) => [id, [handUp(place, title, this.#time(id))]]));
  }

  /** @param {Person[]} before @param {Person[]} people */
  changes(before, people) {
    const known = new Set(before.map(({ id }) => id));
    const now = this.#room.clock.now();
    // Whoever comes in, comes without; and of whom I hear by somebody else, that is all I hear.
    for (const { id, hand, by } of people) {
      if (!hand && (!known.has(id) || by)) this.#hands.hear(id, false, 0, now);
    }
    const down = new Set(before.filter(({ hand }) => !hand).map(({ id }) => id));
    return people
      .filter(({ id, self, hand }) => hand && !self && down.has(id) && this.#hands.wasDown(id))
      .map(({ name }) => t("{name} raised a hand", { name }));
  }

  close() {
    this.#hands.keep(new Set());
  }

  /** @param {string} id */
  #time(id) {
    const since = this.#hands.since(id);
    if (since === null) return "";
    const known = this.#times.get(id);
    if (known?.since === since) return known.time;
    const time = clockTime(new Date(Date.now() - (this.#room.clock.now() - since)));
    this.#times.set(id, { since, time });
    return time;
  }

  press() {
    this.#room.myself.raise();
  }

  /** @param {CallState} state */
  button({ mine: { hand } }) {
    return { isPressed: hand, title: hand ? t("Lower your hand") : t("Raise your hand") };
  }
}

/** @param {number} place @param {string} title @param {string} since @returns {Mark} */
function handUp(place, title, since) {
  return {
    name: "hand",
    place: "corner",
    icon: "hand",
    text: String(place),
    words: t("Hand up, number"),
    queue: { title, place, since },
  };
}

/** @type {import("../capabilities.js").Capability} */
export const capability = { begin: (room) => new HandsPart(room) };
