import { t } from "../lib/i18n.js";

/**
 * Who sends more than can be meant, as far as it is told: by my own page of those whom it has let go of, and to hosts by
 * the server of whom others have.
 *
 * @typedef {{id: string, name: string, by: string}} Cut  who was let go of, what they are called as far as the server
 *     knows it, and who has let go of them
 * @typedef {ReadonlyMap<string, {name: string}>} Inside
 */

// Of whom a host is told, until the notice is put away.
const MOST = 20;

export class Flooding {
  /** What they are called, and who has let go of them. @type {Map<string, {name: string, by: Set<string>}>} */
  #floods = new Map();

  get size() {
    return this.#floods.size;
  }

  /** @param {Cut} cut @param {Inside} inside */
  note({ id, name, by }, inside) {
    const flood = this.#floods.get(id) ?? { name, by: new Set() };
    // Not every visitor who is turned away needs to be gone through; and whoever makes some up hides nobody who is inside.
    if (!this.#floods.has(id) && this.#floods.size >= MOST) {
      const stranger = [...this.#floods.keys()].find((one) => !inside.has(one));
      if (stranger === undefined || !inside.has(id)) return;
      this.#floods.delete(stranger);
    }
    flood.by.add(by);
    this.#floods.set(id, flood);
  }

  /** It has been read. @param {string} id */
  putAway(id) {
    this.#floods.delete(id);
  }

  clear() {
    this.#floods.clear();
  }

  /**
   * The latest of those who are told of.
   *
   * @param {string} me
   * @param {Inside} inside
   * @returns {import("./state.js").Flood | null}
   */
  latest(me, inside) {
    const [id, flood] = [...this.#floods].at(-1) ?? [];
    if (id === undefined || !flood) return null;
    const name = inside.get(id)?.name;
    const by = [...flood.by].map((one) => (one === me ? "" : (inside.get(one)?.name ?? t("somebody"))));
    return { id, name: name ?? flood.name, by, isInside: name !== undefined };
  }
}
