import { Timer } from "../../lib/timing.js";
import { cameraLimit, encoding, MICROPHONE_BITRATE, screenLimit } from "../media/budget.js";
import { diff } from "../roster.js";
import { Link } from "./link.js";
import { Peer } from "./peer.js";

/**
 * @typedef {import("../messages.js").Participant} Participant
 * @typedef {import("../messages.js").Signal} Signal
 * @typedef {import("../messages.js").IncomingSignal} IncomingSignal
 * @typedef {import("../messages.js").OutgoingSignal} OutgoingSignal
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../roster.js").Roster} Roster
 * @typedef {import("./peer.js").Slot} Slot
 * @typedef {import("./peer.js").Tracks} Tracks
 * @typedef {import("./peer.js").Encodings} Encodings
 * @typedef {import("./ice.js").IceServers} IceServers
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

// Signals of somebody whose arrival is still on its way to us, by another server process.
const MOST_EARLY_SIGNALS = 64;
// Who has just come in is connected first; then everybody's pictures find their new size.
const SETTLED = 1_000;
/** @type {Roster} */
const NOBODY = { rev: 0, participants: new Map() };

/** A link to everybody in the room, and my tracks on all of them. */
export class Mesh {
  /** @type {(id: string) => void} */
  onchange = () => {};
  /** Messages can be sent to them now. @type {(id: string) => void} */
  onopen = () => {};
  /** @type {(id: string, message: PeerMessage) => void} */
  onmessage = () => {};
  #ice;
  #clock;
  #send;
  /** @type {Participant | null} */
  #me = null;
  #roster = NOBODY;
  /** @type {Map<string, Link>} */
  #links = new Map();
  /** @type {Tracks} */
  #tracks = { microphone: null, camera: null, sound: null, screen: null };
  /** @type {IncomingSignal[]} */
  #early = [];
  /** @type {Peer[]} */
  #spares = [];
  #limits;

  /**
   * @param {object} options
   * @param {IceServers} options.ice
   * @param {Clock} options.clock
   * @param {(signal: OutgoingSignal) => void} options.send
   */
  constructor({ ice, clock, send }) {
    this.#ice = ice;
    this.#clock = clock;
    this.#send = send;
    this.#limits = new Timer(clock);
  }

  /**
   * Makes connections for those who are inside already, so that none need be made after the click.
   *
   * @param {number} people
   */
  prepare(people) {
    while (this.#spares.length > people) this.#spares.pop()?.close();
    while (this.#spares.length < people) {
      this.#spares.push(
        new Peer({
          offers: true,
          configuration: this.#ice.configuration(),
          tracks: this.#tracks,
          encodings: this.#encodings(people + 1),
          clock: this.#clock,
        }),
      );
    }
  }

  /** There are other ICE servers now: those who wait for a connection are to use them. */
  renew() {
    for (const spare of this.#spares) spare.configure(this.#ice.configuration());
  }

  /**
   * Makes the links fit the roster: new ones begin in this very tick, void ones are closed, the rest stay. The
   * promise is kept once the offers of this moment are answered, or their answers are long in coming.
   *
   * @param {string} myId
   * @param {Roster} roster
   */
  async update(myId, roster) {
    const me = roster.participants.get(myId);
    if (!me) return;
    if (this.#me && (this.#me.id !== me.id || this.#me.arrival !== me.arrival)) this.close();
    this.#me = me;
    const { gone, come, changed } = diff(this.#roster, roster);
    this.#roster = roster;
    for (const { id } of gone) this.#drop(id);
    const answers = come.filter(({ id }) => id !== me.id).map((other) => this.#connect(me, other));
    for (const { id, away } of changed) if (!away) this.#links.get(id)?.nudge();
    if (gone.length > 0 || come.length > 0) this.#limits.plan(SETTLED, () => this.#limit());
    this.prepare(0);
    await Promise.all(answers);
  }

  /** @param {IncomingSignal} signal */
  receive(signal) {
    const link = this.#links.get(signal.sender);
    if (link && !link.isBehind(signal)) return link.receive(signal);
    this.#early.push(signal);
    if (this.#early.length > MOST_EARLY_SIGNALS) this.#early.shift();
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   */
  setTrack(slot, track) {
    this.#tracks[slot] = track;
    for (const one of [...this.#links.values(), ...this.#spares]) one.setTrack(slot, track);
    this.#limit();
  }

  /** @param {string} id */
  link(id) {
    return this.#links.get(id) ?? null;
  }

  /** @param {string} id @param {PeerMessage} message */
  send(id, message) {
    return this.#links.get(id)?.send(message) ?? false;
  }

  /** @param {PeerMessage} message */
  broadcast(message) {
    for (const link of this.#links.values()) link.send(message);
  }

  /** @param {boolean} reachable  whether the signaling is up; media does not mind */
  reach(reachable) {
    for (const link of this.#links.values()) link.reach(reachable);
  }

  close() {
    this.#limits.cancel();
    this.prepare(0);
    for (const id of [...this.#links.keys()]) this.#drop(id);
    this.#roster = NOBODY;
    this.#early = [];
  }

  /**
   * @param {Participant} me
   * @param {Participant} other
   */
  #connect(me, other) {
    const { id } = other;
    const link = new Link({
      me,
      other,
      context: {
        ice: this.#ice,
        clock: this.#clock,
        tracks: this.#tracks,
        encodings: () => this.#encodings(this.#roster.participants.size),
        people: () => this.#roster.participants.size,
        spare: () => this.#spares.shift(),
      },
      send: (signal) => this.#send({ ...signal, to: id }),
    });
    link.onchange = () => this.onchange(id);
    link.onopen = () => this.onopen(id);
    link.onmessage = (message) => (message.type === "bye" ? link.leave() : this.onmessage(id, message));
    this.#links.set(id, link);
    const answered = link.start();
    const early = this.#early.filter(({ sender }) => sender === id);
    this.#early = this.#early.filter(({ sender }) => sender !== id);
    for (const signal of early) link.receive(signal);
    return answered;
  }

  /** @param {string} id */
  #drop(id) {
    this.#links.get(id)?.close();
    if (this.#links.delete(id)) this.onchange(id);
  }

  #limit() {
    for (const link of this.#links.values()) link.limit();
  }

  /** @param {number} people  in the room, me included @returns {Encodings} */
  #encodings(people) {
    const { camera, screen } = this.#tracks;
    return {
      microphone: { maxBitrate: MICROPHONE_BITRATE },
      camera: encoding(cameraLimit(people, screen !== null), camera?.getSettings() ?? {}),
      screen: encoding(screenLimit(people), screen?.getSettings() ?? {}),
    };
  }
}

