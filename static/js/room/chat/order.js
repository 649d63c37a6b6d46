import { plain } from "./message.js";

/**
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 */

/**
 * By what the messages say of themselves alone, so that the same ones stand in the same order wherever they are.
 *
 * @param {ChatMessage} a
 * @param {ChatMessage} b
 */
export function compare(a, b) {
  return (
    a.lamport - b.lamport ||
    by(a.author, b.author) ||
    a.n - b.n ||
    by(a.id, b.id) ||
    by(a.body ?? "", b.body ?? "") ||
    // Of one author, with one number and one id: whoever lies may say anything else besides.
    by(JSON.stringify(plain(a)), JSON.stringify(plain(b)))
  );
}

/**
 * The order that everybody agrees on who has the same messages, in whatever order they came: (`lamport`, `author`, `n`),
 * but nothing stands before the one that its author had read last (`after`). A `lamport` is a claim, and the highest
 * would stay last for ever; since whoever writes names what they have seen, what is written then follows it. (Kahn,
 * "Topological sorting of large networks", 1962; of those that could come next, the first by `compare`.)
 *
 * @template {{message: ChatMessage}} T
 * @param {Iterable<T>} all
 * @returns {T[]}
 */
export function inOrder(all) {
  const sorted = [...all].sort((a, b) => compare(a.message, b.message));
  /** How many of each name are still to come: whoever lies may give it to several. */
  const left = countNames(sorted);
  /** @type {Map<string, number>} */
  const first = new Map();
  for (const { message } of sorted) {
    first.set(mark(message), Math.min(message.n, first.get(mark(message)) ?? Infinity));
  }
  /** Nobody has read what they are still to write. @param {ChatMessage} message */
  const waitsFor = ({ author, n, after = "" }) =>
    after.startsWith(`${author} `) && (first.get(after) ?? 0) >= n ? "" : after;
  /** @type {T[]} */
  const order = [];
  /** Those that wait for another, by its name. @type {Map<string, Set<T>>} */
  const waiting = new Map();
  /** @param {T} one */
  const place = (one) => {
    // All that are free come before whatever is still to be looked at, which is later; from the back, since that costs least.
    const free = [one];
    for (let next = free.pop(); next; next = free.pop()) {
      const name = mark(next.message);
      order.push(next);
      left.set(name, (left.get(name) ?? 0) - 1);
      if (left.get(name) !== 0) continue;
      // One by one: whoever lies may have each of them bring one more, and all are not to be sorted every time.
      for (const freed of waiting.get(name) ?? []) {
        free.splice(
          placeIn(free, (other) => compare(freed.message, other.message) < 0),
          0,
          freed,
        );
      }
      waiting.delete(name);
    }
  };
  for (const one of sorted) {
    const after = waitsFor(one.message);
    if (!left.get(after)) place(one);
    else if (waiting.has(after)) waiting.get(after)?.add(one);
    else waiting.set(after, new Set([one]));
  }
  if (waiting.size === 0) return order;
  const placed = new Set(order);
  /** What waits, waits no longer. @param {T} one */
  const free = (one) => {
    waiting.get(one.message.after ?? "")?.delete(one);
    const before = order.length;
    place(one);
    for (const next of order.slice(before)) placed.add(next);
  };
  const times = countNames(sorted);
  for (const one of sorted) if (!placed.has(one) && (times.get(mark(one.message)) ?? 0) > 1) free(one);
  const rings = new Rings(sorted, (one) => !placed.has(one));
  while (order.length < sorted.length) free(rings.next());
  return order;
}

/** @param {readonly {message: ChatMessage}[]} all @returns {Map<string, number>} */
function countNames(all) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const { message } of all) times.set(mark(message), (times.get(mark(message)) ?? 0) + 1);
  return times;
}

/**
 * Where some wait for each other, somebody has lied: nobody honest names what is not there yet. Of those that wait, what bears a
 * name that somebody has given twice goes first, all of it, so that nobody else's is moved; then each name is that of one
 * message, and each ring is opened by the first of it by `compare`, which sets free all that wait for it. Otherwise there may
 * be as many rings as there are pairs of messages, and a long way to each.
 *
 * @template {{message: ChatMessage}} T
 */
class Rings {
  #waits;
  #sorted;
  /** So many of the first wait no more. */
  #done = 0;
  /** @type {Map<string, T>} */
  #named;

  /** @param {readonly T[]} sorted  by `compare` @param {(one: T) => boolean} waits */
  constructor(sorted, waits) {
    this.#sorted = sorted;
    this.#waits = waits;
    this.#named = new Map(sorted.filter(waits).map((one) => [mark(one.message), one]));
  }

  /** Which goes first. All that wait do so for another that waits. */
  next() {
    while (!this.#waits(/** @type {T} */ (this.#sorted[this.#done]))) this.#done += 1;
    let one = /** @type {T} */ (this.#sorted[this.#done]);
    for (const seen = new Set(); !seen.has(one); one = this.#before(one)) seen.add(one);
    const ring = [one];
    for (one = this.#before(one); one !== ring[0]; one = this.#before(one)) ring.push(one);
    return ring.reduce((a, b) => (compare(b.message, a.message) < 0 ? b : a));
  }

  /** The one that it waits for. @param {T} one */
  #before({ message: { after = "" } }) {
    return /** @type {T} */ (this.#named.get(after));
  }
}

/**
 * What is kept, in its order, as it comes and goes. Among those who do not lie that is the order of the numbers alone
 * (`compare`): then whatever comes is put into its place, and only where it is not, all are put in order anew.
 *
 * @template {{message: ChatMessage}} T
 */
export class Order {
  /** By `compare`. @type {T[]} */
  #sorted = [];
  /** As they stand; null when that is to be found out. @type {readonly T[] | null} */
  #list = [];
  /** They stand by `compare` alone. */
  #isPlain = true;
  /** How many name themselves. */
  #rings = 0;
  /** @type {Map<string, Set<T>>} */
  #named = new Map();
  /** Those that wait for each name. @type {Map<string, Set<T>>} */
  #waiting = new Map();

  /** A new list whenever something has changed. */
  get list() {
    if (this.#list) return this.#list;
    if (this.#isPlain && this.#rings === 0) return (this.#list = [...this.#sorted]);
    const list = inOrder(this.#sorted);
    this.#isPlain = this.#rings === 0 && list.every((one, i) => one === this.#sorted[i]);
    return (this.#list = list);
  }

  /** @param {string} name */
  named(name) {
    return this.#named.get(name) ?? NONE;
  }

  /** @param {T} one */
  add(one) {
    const { message } = one;
    this.#sorted.splice(this.#place(message), 0, one);
    this.#list = null;
    const name = mark(message);
    if (message.after === name) this.#rings += 1;
    if (this.#isPlain) this.#isPlain = this.#fits(message, name);
    put(this.#named, name, one);
    if (message.after) put(this.#waiting, message.after, one);
  }

  /**
   * Whether those who wait for it, and whom it waits for, stand as they should by `compare` alone. Where a name is given twice more
   * than this one may have to move.
   *
   * @param {ChatMessage} message
   * @param {string} name
   */
  #fits(message, name) {
    if (this.#named.has(name)) return false;
    for (const other of this.named(message.after ?? "")) {
      if (compare(other.message, message) > 0) return false;
    }
    for (const other of this.#waiting.get(name) ?? NONE) {
      if (compare(message, other.message) > 0) return false;
    }
    return true;
  }

  /** Whatever waits for it does so no longer, which leaves those in their place that stand by `compare`. @param {T} one */
  delete(one) {
    const { message } = one;
    const at = this.#sorted.indexOf(one, this.#place(message));
    if (at < 0) return;
    this.#sorted.splice(at, 1);
    if (message.after === mark(message)) this.#rings -= 1;
    this.#list = null;
    drop(this.#named, mark(message), one);
    drop(this.#waiting, message.after ?? "", one);
  }

  /** Where it is, or would be. @param {ChatMessage} message */
  #place(message) {
    return placeIn(this.#sorted, (one) => compare(one.message, message) < 0);
  }
}

/** @type {ReadonlySet<never>} */
const NONE = new Set();

/**
 * How many stand before a place: those of whom that is so, which are the first ones.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {(one: T) => boolean} isBefore
 */
function placeIn(list, isBefore) {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBefore(/** @type {T} */ (list[middle]))) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** @template T @param {Map<string, Set<T>>} sets @param {string} name @param {T} one */
export function put(sets, name, one) {
  const set = sets.get(name);
  if (set) set.add(one);
  else sets.set(name, new Set([one]));
}

/** @template T @param {Map<string, Set<T>>} sets @param {string} name @param {T} one */
export function drop(sets, name, one) {
  const set = sets.get(name);
  if (set?.delete(one) && set.size === 0) sets.delete(name);
}

/** How others name it in `after`. @param {{author: string, id: string}} message */
export function mark({ author, id }) {
  return `${author} ${id}`;
}

/** As code units, the same in every language. @param {string} a @param {string} b */
function by(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
