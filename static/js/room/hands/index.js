import { t } from "../../lib/i18n.js";
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
    this.#hands.keep(new Set(people.map(({ id }) => id)));
    const places = this.#hands.places(people.filter(({ hand }) => hand));
    const title = places.size > 1 ? t("Hands up, in the order they went up") : t("Hand up");
    return new Map([...places].map(([id, place]) => [id, [handUp(place, title)]]));
  }

  /** @param {Person[]} before @param {Person[]} people */
  changes(before, people) {
    const down = new Set(before.filter(({ hand }) => !hand).map(({ id }) => id));
    return people
      .filter(({ id, self, hand }) => hand && !self && down.has(id))
      .map(({ name }) => t("{name} raised a hand", { name }));
  }

  close() {
    this.#hands.keep(new Set());
  }

  press() {
    this.#room.myself.raise();
  }

  /** @param {CallState} state */
  button({ mine: { hand } }) {
    return { isPressed: hand, title: hand ? t("Lower your hand") : t("Raise your hand") };
  }
}

/** @param {number} place @param {string} title @returns {Mark} */
function handUp(place, title) {
  return {
    name: "hand",
    place: "corner",
    icon: "hand",
    text: String(place),
    words: t("Hand up, number"),
    queue: { title, place },
  };
}

/** @type {import("../capabilities.js").Capability} */
export const capability = { begin: (room) => new HandsPart(room) };
