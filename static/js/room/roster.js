import { Timer } from "../lib/timing.js";

/**
 * Who is in the room, and by which rules, as a value: a snapshot, and the numbered events that change it. What of somebody
 * counts by that, and what the server is told of my connections to them.
 *
 * @typedef {import("./messages.js").Participant} Participant
 * @typedef {import("./messages.js").RoomEvent} RoomEvent
 * @typedef {import("./messages.js").Links} Links
 * @typedef {import("./messages.js").Rules} Rules
 * @typedef {import("../lib/timing.js").Clock} Clock
 *
 * @typedef {object} Roster
 * @property {number} rev  number of the last event that is part of it
 * @property {ReadonlyMap<string, Participant>} participants
 * @property {Rules | null} rules  null before a door that is shut
 */

// More than this cannot be the reordering of two servers; a snapshot is on its way anyway.
const MOST_EARLY_EVENTS = 64;
/** What is said of a connection in each of its states. @type {Record<string, import("./messages.js").Condition>} */
const CONDITIONS = {
  connecting: "connecting",
  connected: "connected",
  reconnecting: "repairing",
  failed: "failed",
};
/** As many connections as anybody has. */
export const MOST_LINKS = 16;
/** Connecting takes a while (milliseconds). */
export const CONNECTING_LONG = 8_000;
const BETWEEN_REPORTS = 2_000;

/** Keeps the roster while events arrive late, twice, early or not at all. */
export class RosterKeeper {
  /** @type {Roster} */
  #roster = { rev: 0, participants: new Map(), rules: null };
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
   * @param {{rev: number, participants: Participant[], rules?: Rules | null}} snapshot
   */
  reset({ rev, participants, rules = null }) {
    this.#roster = { rev, participants: new Map(participants.map((one) => [one.id, one])), rules };
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
  if (event.type === "order") return { ...roster, rev: event.rev };
  if (event.type === "rules") return { ...roster, rev: event.rev, rules: rulesOf(event) };
  const participants = new Map(roster.participants);
  if (event.type === "participant-left") participants.delete(event.id);
  else participants.set(event.participant.id, event.participant);
  return { ...roster, rev: event.rev, participants };
}

/** @param {Rules} rules  with more, as they come @returns {Rules} */
function rulesOf({ access, lobby, locked, share, chat, unmute, record, rename, spotlight, ends_in }) {
  return { access, lobby, locked, share, chat, unmute, record, rename, spotlight, ends_in };
}

/**
 * Whether somebody may do this: hosts may everything. Whoever is not in the roster may what participants may.
 *
 * @param {Participant | undefined} one
 * @param {Rules | null} rules
 * @param {"share" | "chat" | "unmute" | "record" | "rename"} what
 */
export function may(one, rules, what) {
  return one?.role === "host" || !rules || rules[what];
}

/**
 * What somebody says is on, as far as it counts: whatever their page sends, by the roster a microphone may be muted and a camera stopped, and
 * whoever may not share has no screen.
 *
 * @template {{microphone: boolean, camera: boolean, screen: boolean}} Said
 * @param {Said} said
 * @param {Participant | undefined} one
 * @param {Rules | null} rules
 * @returns {Said}
 */
export function counted(said, one, rules) {
  return {
    ...said,
    microphone: said.microphone && !one?.muted,
    camera: said.camera && !one?.stopped,
    screen: said.screen && may(one, rules, "share"),
  };
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

/** Those inside, in the order of their seats. @param {Roster} roster */
export function inOrder({ participants }) {
  return [...participants.values()].sort((a, b) => a.seat - b.seat);
}

/**
 * What is said of my connections, by whom they lead to; of whoever said goodbye or was let go of, nothing.
 *
 * @param {Iterable<string>} ids  of those inside
 * @param {object} options
 * @param {(id: string) => import("./rtc/connection.js").Connection["state"] | undefined} options.stateOf
 * @param {(id: string) => boolean} options.isCarried  their voice comes by somebody else
 * @param {boolean} options.withLeft  also to those who left or were let go of, and as they are without anybody's help, as the
 *     server wants to know
 * @returns {Links}
 */
export function linksTo(ids, { stateOf, isCarried, withLeft }) {
  /** @type {Links} */
  const links = {};
  for (const id of ids) {
    const state = stateOf(id) ?? "";
    const condition =
      CONDITIONS[state] ?? (withLeft && (state === "left" || state === "shut") ? "left" : undefined);
    if (condition) links[id] = !withLeft && state !== "connected" && isCarried(id) ? "carried" : condition;
  }
  return links;
}

/** Tells the server how my connections are: only what has changed, and not too often. */
export class ConnectionReport {
  #clock;
  #send;
  #next;
  #isHeard = false;
  /** @type {Links} */
  #links = {};
  /** What the server knows. @type {Links} */
  #told = {};
  /** Since when each of them is connecting. @type {Map<string, number>} */
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
    const ripe = Object.fromEntries(
      this.#news()
        .filter(([id]) => now >= this.#ripens(id))
        .slice(0, MOST_LINKS),
    );
    this.#told = { ...this.#told, ...ripe };
    if (Object.keys(ripe).length > 0) this.#send(ripe);
    const rest = this.#news().map(([id]) => this.#ripens(id) - now);
    if (rest.length > 0) this.#plan(Math.max(BETWEEN_REPORTS, Math.min(...rest)));
  }

  #news() {
    return Object.entries(this.#links).filter(([id, condition]) => this.#told[id] !== condition);
  }

  /** When the condition of a connection is worth telling. @param {string} id */
  #ripens(id) {
    const since = this.#since.get(id);
    return since === undefined ? -Infinity : since + CONNECTING_LONG;
  }
}
