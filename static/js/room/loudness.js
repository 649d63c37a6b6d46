/**
 * How loud each of the others is for me: as I have turned them, through a reload of my page as well.
 *
 * @typedef {import("../lib/storage.js").Store} Store
 * @typedef {Pick<import("./participants.js").Participants, "turn" | "inside">} Participants
 */

export class Loudness {
  #participants;
  #store;
  #key;

  /** @param {Participants} participants @param {Store} store  of this tab @param {string} code  of the meeting */
  constructor(participants, store, code) {
    this.#participants = participants;
    this.#store = store;
    this.#key = `roundtable:loudness:${code}`;
    for (const [id, loudness] of this.#kept) participants.turn(id, loudness);
  }

  /** @param {string} id @param {number} loudness  from 0 to 1 */
  turn(id, loudness) {
    this.#participants.turn(id, loudness);
    const kept = new Map([...this.#kept, [id, loudness]]);
    this.#store.keep(this.#key, Object.fromEntries(kept));
  }

  /** Of those who are inside still. */
  get #kept() {
    const all = Object.entries(this.#store.object(this.#key) ?? {});
    return all.flatMap(([id, loudness]) => {
      const isMeant = typeof loudness === "number" && loudness >= 0 && loudness < 1;
      return isMeant && this.#participants.inside.has(id) ? [/** @type {const} */ ([id, loudness])] : [];
    });
  }
}
