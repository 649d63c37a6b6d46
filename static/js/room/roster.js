import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";

/**
 * Who is in the room, as a value: a snapshot, and the numbered events that change it. And who of them hears whom,
 * as they tell each other and the server.
 *
 * @typedef {import("./messages.js").Participant} Participant
 * @typedef {import("./messages.js").RoomEvent} RoomEvent
 * @typedef {import("./messages.js").Condition} Condition
 * @typedef {import("./messages.js").Links} Links
 * @typedef {import("../lib/timing.js").Clock} Clock
 *
 * @typedef {object} Roster
 * @property {number} rev  number of the last event that is part of it
 * @property {ReadonlyMap<string, Participant>} participants
 *
 * @typedef {object} Pair  two people, the one with the lower seat first
 * @property {string} one
 * @property {string} other
 * @property {Condition | "unknown"} condition  "unknown" also for what is none of anybody's business yet
 */

// More than this cannot be the reordering of two servers; a snapshot is on its way anyway.
const MOST_EARLY_EVENTS = 64;
const MOST_LINKS = 16;
/** What is said of a pair when its two ends say different things: whatever stands last. @type {Condition[]} */
const FROM_GOOD_TO_BAD = ["connected", "carried", "connecting", "repairing", "failed"];
// Connecting takes a while, and most breaks mend by themselves.
const CONNECTING_LONG = 8_000;
const BROKEN_LONG = 2_500;
const BETWEEN_REPORTS = 2_000;

/** Keeps the roster while events arrive late, twice, early or not at all. */
export class RosterKeeper {
  /** @type {Roster} */
  #roster = { rev: 0, participants: new Map() };
  /** Events that came before the one they follow. @type {Map<number, RoomEvent>} */
  #early = new Map();

  get roster() {
    return this.#roster;
  }

  /** True while events are missing, so that a snapshot is needed. */
  get hasGap() {
    return this.#early.size > 0;
  }

  /**
   * Begins from a snapshot, whatever was known before.
   *
   * @param {{rev: number, participants: Participant[]}} snapshot
   */
  reset({ rev, participants }) {
    this.#roster = { rev, participants: new Map(participants.map((one) => [one.id, one])) };
    this.#catchUp();
  }

  /** @param {RoomEvent} event */
  receive(event) {
    if (event.rev <= this.#roster.rev) return;
    if (this.#early.size < MOST_EARLY_EVENTS) this.#early.set(event.rev, event);
    this.#catchUp();
  }

  #catchUp() {
    for (const rev of this.#early.keys()) if (rev <= this.#roster.rev) this.#early.delete(rev);
    for (;;) {
      const event = this.#early.get(this.#roster.rev + 1);
      if (!event) return;
      this.#early.delete(event.rev);
      this.#roster = apply(this.#roster, event);
    }
  }
}

/**
 * @param {Roster} roster
 * @param {RoomEvent} event
 * @returns {Roster}
 */
export function apply(roster, event) {
  const participants = new Map(roster.participants);
  if (event.type === "participant-left") participants.delete(event.id);
  else participants.set(event.participant.id, event.participant);
  return { rev: event.rev, participants };
}

/**
 * What a newer roster means for the connections made under an older one. Who came back with a new arrival is
 * in both lists: the old connection is void, and a new one begins.
 *
 * @param {Roster} before
 * @param {Roster} after
 * @returns {{gone: Participant[], come: Participant[], changed: Participant[]}}
 */
export function diff(before, after) {
  const gone = [...before.participants.values()].filter(
    (one) => after.participants.get(one.id)?.arrival !== one.arrival,
  );
  const come = [...after.participants.values()].filter(
    (one) => before.participants.get(one.id)?.arrival !== one.arrival,
  );
  const changed = [...after.participants.values()].filter((one) => {
    const earlier = before.participants.get(one.id);
    return earlier && earlier !== one && earlier.arrival === one.arrival;
  });
  return { gone, come, changed };
}

/**
 * What somebody says of their links, as far as it can be understood.
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
 * @typedef {object} HearingEvents
 * @property {[]} change  time alone has changed the judgement
 */

/** Judges every pair of the room by what its two ends say. @extends {Emitter<HearingEvents>} */
export class Hearing extends Emitter {
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
        one: one.id, other: other.id,
        condition: worst(this.#word(me, mine, one.id, other.id), this.#word(me, mine, other.id, one.id)),
      })),
    );
    const heard = new Set(pairs.filter(({ condition }) => condition === "connected").flatMap(({ one, other }) => [one, other]));
    // Whoever is gone for a moment takes their links with them.
    const gone = new Set(people.filter(({ id, away }) => away && !heard.has(id)).map(({ id }) => id));
    const judged = pairs.map((pair) => (gone.has(pair.one) || gone.has(pair.other) ? { ...pair, condition: unknown } : pair));
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
    const both = people.filter((one) => mine[one.id] === "connected" && this.#said.get(one.id)?.[id] === "connected");
    return both.map((one) => one.id);
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

/** Tells the server how my links are: only what has changed, and not too often. */
export class LinkReport {
  #clock;
  #send;
  #next;
  #isHeard = false;
  /** @type {Links} */
  #links = {};
  /** What the server knows. @type {Links} */
  #told = {};
  /** Since when links are connecting. @type {Map<string, number>} */
  #since = new Map();

  /**
   * @param {Clock} clock
   * @param {(links: Links) => void} send
   */
  constructor(clock, send) {
    this.#clock = clock;
    this.#send = send;
    this.#next = new Timer(clock);
  }

  /** Inside, or inside again: the server that hears me now may know nothing. */
  begin() {
    this.#isHeard = true;
    this.#told = {};
    this.#plan(BETWEEN_REPORTS);
  }

  /** No server hears me, until the next `begin`. */
  pause() {
    this.#isHeard = false;
    this.#next.cancel();
  }

  /** @param {Links} links */
  update(links) {
    for (const id of this.#since.keys()) if (links[id] !== "connecting") this.#since.delete(id);
    for (const [id, condition] of Object.entries(links)) {
      if (condition === "connecting" && !this.#since.has(id)) this.#since.set(id, this.#clock.now());
    }
    this.#links = links;
    this.#told = Object.fromEntries(Object.entries(this.#told).filter(([id]) => links[id]));
    if (this.#isHeard && this.#news().length > 0 && !this.#next.pending) this.#plan(BETWEEN_REPORTS);
  }

  /** @param {number} ms */
  #plan(ms) {
    this.#next.plan(ms, () => this.#tell());
  }

  #tell() {
    const now = this.#clock.now();
    const ripe = Object.fromEntries(this.#news().filter(([id]) => now >= this.#ripens(id)).slice(0, MOST_LINKS));
    this.#told = { ...this.#told, ...ripe };
    if (Object.keys(ripe).length > 0) this.#send(ripe);
    const rest = this.#news().map(([id]) => this.#ripens(id) - now);
    if (rest.length > 0) this.#plan(Math.max(BETWEEN_REPORTS, Math.min(...rest)));
  }

  #news() {
    return Object.entries(this.#links).filter(([id, condition]) => this.#told[id] !== condition);
  }

  /** When the condition of a link is worth telling. @param {string} id */
  #ripens(id) {
    const since = this.#since.get(id);
    return since === undefined ? -Infinity : since + CONNECTING_LONG;
  }
}
