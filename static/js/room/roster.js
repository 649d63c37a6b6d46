/**
 * Who is in the room, as a value: a snapshot, and the numbered events that change it.
 *
 * @typedef {import("./messages.js").Participant} Participant
 * @typedef {import("./messages.js").RoomEvent} RoomEvent
 *
 * @typedef {object} Roster
 * @property {number} rev  number of the last event that is part of it
 * @property {ReadonlyMap<string, Participant>} participants
 */

// More than this cannot be the reordering of two servers; a snapshot is on its way anyway.
const MOST_EARLY_EVENTS = 64;

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
