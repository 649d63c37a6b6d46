import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";
import { CONNECTING_LONG, MOST_LINKS } from "./roster.js";

/**
 * Who hears whom, as they tell each other.
 *
 * @typedef {import("./messages.js").Participant} Participant
 * @typedef {import("./messages.js").Condition} Condition
 * @typedef {import("./messages.js").Links} Links
 * @typedef {import("./state.js").Person["quality"]} Quality
 * @typedef {import("../lib/timing.js").Clock} Clock
 *
 * @typedef {object} Pair  two people, the one with the lower seat first
 * @property {string} one
 * @property {string} other
 * @property {Condition | "unknown"} condition  "unknown" also for what is none of anybody's business yet
 */

// Most breaks mend by themselves (milliseconds).
const BROKEN_LONG = 2_500;

/** What is said of a pair when its two ends say different things: whatever stands last. @type {Condition[]} */
const FROM_GOOD_TO_BAD = ["connected", "carried", "connecting", "repairing", "failed"];

/**
 * What somebody says of their connections, as far as it can be understood.
 *
 * @param {unknown} said
 * @returns {Links}
 */
export function readLinks(said) {
  if (typeof said !== "object" || said === null) return {};
  const known = Object.entries(said).filter(([, word]) => FROM_GOOD_TO_BAD.includes(word));
  return Object.fromEntries(known.slice(0, MOST_LINKS));
}

/**
 * @typedef {object} AudibilityEvents
 * @property {[]} change  time alone has changed the judgement
 */

/** Judges every pair of the room by what its two ends say. Comes with the room. @extends {Emitter<AudibilityEvents>} */
export class Audibility extends Emitter {
  #clock;
  #due;
  /** What the others say. @type {Map<string, Links>} */
  #said = new Map();
  /** Since when pairs are not connected, by their ids. @type {Map<string, number>} */
  #since = new Map();

  /** @param {Clock} clock */
  constructor(clock) {
    super();
    this.#clock = clock;
    this.#due = new Timer(clock);
  }

  /** @param {string} id @param {unknown} links */
  hear(id, links) {
    this.#said.set(id, readLinks(links));
  }

  /** Whom this participant names: nobody whom they have let go. @param {string} id */
  named(id) {
    return Object.keys(this.#said.get(id) ?? {});
  }

  /** Whoever is not inside any more says nothing. @param {{has: (id: string) => boolean}} inside */
  keep(inside) {
    for (const id of this.#said.keys()) if (!inside.has(id)) this.#said.delete(id);
  }

  close() {
    this.#due.cancel();
    this.#said.clear();
    this.#since.clear();
  }

  /**
   * @param {string} me
   * @param {Links} mine
   * @param {Participant[]} people  in the order of their seats
   * @returns {Pair[]}
   */
  judge(me, mine, people) {
    const pairs = people.flatMap((one, i) =>
      people.slice(i + 1).map((other) => ({
        one: one.id,
        other: other.id,
        condition: worst(this.#word(me, mine, one.id, other.id), this.#word(me, mine, other.id, one.id)),
      })),
    );
    const heard = new Set(
      pairs.filter(({ condition }) => condition === "connected").flatMap(({ one, other }) => [one, other]),
    );
    // Whoever is gone for a moment takes their connections with them.
    const gone = new Set(people.filter(({ id, away }) => away && !heard.has(id)).map(({ id }) => id));
    const judged = pairs.map((pair) =>
      gone.has(pair.one) || gone.has(pair.other) ? { ...pair, condition: unknown } : pair,
    );
    return this.#withPatience(judged);
  }

  /**
   * Who is asked to pass my words on, and to whom: for everybody out of my reach somebody who is connected to both.
   *
   * @param {Links} mine
   * @param {Participant[]} people  in the order of their seats
   * @returns {Map<string, string[]>}
   */
  passers(mine, people) {
    /** @type {Map<string, string[]>} */
    const passers = new Map();
    for (const { id } of people) {
      if (!mine[id] || mine[id] === "connected") continue;
      const [passer] = this.thirds(id, mine, people);
      if (passer !== undefined) passers.set(passer, [...(passers.get(passer) ?? []), id]);
    }
    return passers;
  }

  /**
   * Who is connected to me, and says to be connected to this participant.
   *
   * @param {string} id
   * @param {Links} mine
   * @param {Participant[]} people  in the order of their seats
   */
  thirds(id, mine, people) {
    const both = people.filter(
      (one) => mine[one.id] === "connected" && this.#said.get(one.id)?.[id] === "connected",
    );
    return both.map((one) => one.id);
  }

  /**
   * The same, best first; of whom I hear nothing, only where there is nobody else.
   *
   * @param {string} id
   * @param {Links} mine
   * @param {Participant[]} people  in the order of their seats
   * @param {ReadonlyMap<string, Quality>} qualities  of my connections
   */
  bestThirds(id, mine, people, qualities) {
    const all = this.thirds(id, mine, people);
    const heard = all.filter((one) => qualities.get(one) !== "lost");
    const isWeak = (/** @type {string} */ one) => Number(["fair", "poor"].includes(qualities.get(one) ?? ""));
    return (heard.length > 0 ? heard : all).sort((a, b) => isWeak(a) - isWeak(b));
  }

  /**
   * What one end says of the other. The word of somebody out of my reach is an old one.
   *
   * @param {string} me
   * @param {Links} mine
   * @param {string} one
   * @param {string} other
   */
  #word(me, mine, one, other) {
    if (one === me) return mine[other];
    return mine[one] === "connected" ? this.#said.get(one)?.[other] : undefined;
  }

  /** @param {Pair[]} pairs */
  #withPatience(pairs) {
    const now = this.#clock.now();
    const earlier = this.#since;
    this.#since = new Map();
    let soonest = Infinity;
    const judged = pairs.map((pair) => {
      const { one, other, condition } = pair;
      if (condition === "connected" || condition === "carried" || condition === unknown) return pair;
      const key = `${one} ${other}`;
      const since = earlier.get(key) ?? now;
      this.#since.set(key, since);
      const left = since + (condition === "connecting" ? CONNECTING_LONG : BROKEN_LONG) - now;
      if (left <= 0) return pair;
      soonest = Math.min(soonest, left);
      return { ...pair, condition: unknown };
    });
    if (soonest === Infinity) this.#due.cancel();
    else this.#due.plan(soonest, () => this.emit("change"));
    return judged;
  }
}

const unknown = /** @type {const} */ ("unknown");

/** Whether these two do not hear each other. @param {Pair} pair */
export function isApart({ condition }) {
  return condition !== "connected" && condition !== "carried" && condition !== unknown;
}

/** @param {...(Condition | undefined)} words @returns {Pair["condition"]} */
function worst(...words) {
  return FROM_GOOD_TO_BAD.findLast((word) => words.includes(word)) ?? unknown;
}
