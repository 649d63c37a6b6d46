import { compare } from "./order.js";

/** @typedef {import("./log.js").Entry} Entry */

// Of those who have left, so many count as those who are here; the next so many half as much, and so on.
const ALIKE = 8;

/**
 * What goes first where there is no room for all. Everybody answers for what they wrote and for what they tell of others,
 * and whoever takes the most room loses what is their oldest. Nobody gets more room by leaving and coming back under other
 * ids: of those who have left, the first eight have a share as everybody here has, the next eight half of one, and so on,
 * so all of them together have no more than sixteen. Of 5 000 lines, whoever came early keeps 5000 / (16 + those who are
 * here) at the least, however often somebody else returns; and whoever wrote fewer loses none.
 *
 * @param {ReadonlyMap<string, ReadonlySet<Entry>>} rooms  at least one, by whose they are (`mouth`); none is empty
 * @param {object} people
 * @param {Iterable<string>} people.came  those, as they came
 * @param {(id: string) => boolean} people.isHere
 * @returns {Entry}
 */
export function surplus(rooms, { came, isHere }) {
  let gone = 0;
  let [most, worst] = ["", 0];
  for (const id of came) {
    const taken = rooms.get(id)?.size ?? 0;
    if (taken === 0) continue;
    const room = taken * (isHere(id) ? 1 : 2 ** Math.floor(gone++ / ALIKE));
    // Of two who take as much it is always the same, whoever came first.
    if (room > worst || (room === worst && id > most)) [most, worst] = [id, room];
  }
  const room = /** @type {ReadonlySet<Entry>} */ (rooms.get(most));
  return [...room].reduce((oldest, one) => (compare(one.message, oldest.message) < 0 ? one : oldest));
}

/** Who is to answer for the room that it takes. @param {Entry} one */
export function mouth({ message, teller }) {
  return teller?.id ?? message.author;
}
