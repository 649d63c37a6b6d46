// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";
import { Quota, Timer } from "../../lib/timing.js";
import { Peer } from "./peer.js";

/**
 * @typedef {import("../messages.js").Participant} Participant
 * @typedef {import("../messages.js").Signal} Signal
 * @typedef {import("../messages.js").IncomingSignal} IncomingSignal
 * @typedef {import("../messages.js").OutgoingSignal} OutgoingSignal
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * A connection with empty slots between somebody inside and somebody who has not clicked yet.
 * @typedef {object} Early
 * @property {Peer} peer
 * @property {number} number   counts the connections of the pair, from 0; its generation before the click
 * @property {number | null} arrival  of the one inside; null where that is me
 * @property {PeerMessage[]} kept  what came before the roster said that they are inside
 * @property {number} offers  that have come on it
 * @property {number} since    when it was begun, milliseconds
 * @property {boolean} settled  it has been connected for a moment
 * @property {Timer} timer
 * @property {(() => void)[]} heard  what ends listening to the peer: whoever takes it over does so from then on
 */

// Whoever is not connected by then is connected after the click, like everybody else.
const CONNECT_WITHIN = 20_000;
// A visitor who gives no sign of life for so long costs the others nothing any more.
const REST_AFTER = 180_000;
// What was dropped is tried again after a while.
const OFFER_AGAIN = 15_000;
const MOST_VISITORS = 8;
const MOST_TRIES = 50;
// Of each visitor; and of all together, in so many milliseconds.
const MOST_OFFERS = 3;
const BEGUN = { most: 10, within: 10_000 };
// Those inside look after what visitors do with a connection (milliseconds), and how old it may become.
const LOOK_EVERY = 5_000;
const MOST_AGE = 300_000;
// Who comes in straight from a link never waited for their click.
const SETTLES_AFTER = 1_500;
// Empty slots send nothing; a stray packet is no reason to part.
const MOST_PACKETS = 50;
const MOST_REFUSED = 256;
const NO_TRACKS = { microphone: null, camera: null, sound: null, screen: null };

/**
 * @typedef {object} EarlyEvents
 * @property {[visitors: number]} visitors  how many have a settled connection to me before their click
 * @property {[id: string]} flood  somebody sent me more than anybody does before the click, and has no connection to me any more
 */

/**
 * Connections that stand ready before the click (docs/signaling.md, "Connections before the click"): those that
 * I make to the people inside while I wait, and, once I am inside, those that others make to me. Nothing is put
 * into their slots, and nothing that comes through them counts, until the roster says that both are inside.
 *
 * @extends {Emitter<EarlyEvents>}
 */
export class EarlyConnections extends Emitter {
  #configuration;
  #encodings;
  #clock;
  #passage;
  #send;
  #rest;
  #again;
  /** How many of visitors' connections are begun. */
  #begun;
  #isResting = false;
  /** @type {Map<string, Early>} */
  #early = new Map();
  /** The number of the next connection to each. @type {Map<string, number>} */
  #next = new Map();
  /** @type {Participant[]} */
  #inside = [];
  /** Who has sent too much. @type {Set<string>} */
  #refused = new Set();

  /**
   * @param {object} options
   * @param {() => RTCConfiguration} options.configuration
   * @param {() => import("./peer.js").Encodings} options.encodings
   * @param {Clock} options.clock
   * @param {(signal: OutgoingSignal) => void} options.send
   * @param {import("../media/sender.js").Passage | null} [options.passage]  through which my camera's frames will go
   */
  constructor({ configuration, encodings, clock, send, passage = null }) {
    super();
    this.#configuration = configuration;
    this.#encodings = encodings;
    this.#clock = clock;
    this.#passage = passage;
    this.#send = send;
    this.#begun = new Quota(BEGUN, clock.now);
    this.#rest = new Timer(clock);
    this.#again = new Timer(clock);
  }

  /** I wait, and these are inside: whoever is not connected to me is offered a connection. @param {Participant[]} inside */
  offer(inside) {
    this.#inside = inside;
    if (this.#isResting) return;
    if (!this.#rest.pending) this.stir();
    for (const [id, { arrival }] of this.#early) {
      if (!inside.some((one) => one.id === id && one.arrival === arrival)) this.#drop(id);
    }
    for (const { id, arrival, away } of inside) {
      if (!away && !this.#early.has(id) && !this.#refused.has(id)) {
        this.#begin(id, { number: this.#next.get(id) ?? 0, arrival });
      }
    }
  }

  /** I gave a sign of life. */
  stir() {
    this.#rest.plan(REST_AFTER, () => {
      this.#isResting = true;
      this.#dropAll();
    });
    if (!this.#isResting) return;
    this.#isResting = false;
    this.offer(this.#inside);
  }

  /**
   * A signal of before the click.
   *
   * @param {IncomingSignal} signal
   * @param {{isInside: boolean}} me
   */
  receive(signal, { isInside }) {
    const { sender, generation } = signal;
    const isOffer = signal.type === "description" && signal.description.type === "offer";
    const known = this.#early.get(sender);
    if (known && generation === known.number) {
      // Each offer is answered, and that is work for me and for the server.
      if (isOffer && (known.arrival !== null || (known.offers += 1) > MOST_OFFERS)) this.#drop(sender);
      else void known.peer.receive(signal);
      return;
    }
    if (!isInside || !isOffer || generation > MOST_TRIES || this.#refused.has(sender)) return;
    if (generation < (this.#next.get(sender) ?? 0) || !this.#hasRoom(sender)) return;
    const early = this.#begin(sender, { number: generation, arrival: null });
    early.offers = 1;
    void early.peer.receive(signal);
  }

  /** Whether one more may be begun; whoever has not even connected gives way. @param {string} visitor */
  #hasRoom(visitor) {
    if (!this.#begun.has()) return false;
    if (!this.#early.has(visitor) && this.#early.size >= MOST_VISITORS) {
      const idle = [...this.#early].find(([, { peer }]) => peer.state !== "connected");
      if (!idle) return false;
      this.#drop(idle[0]);
    }
    return this.#begun.take();
  }

  /**
   * They and I are inside now: gives what stands ready for this pair, and the number of the pair's connection.
   *
   * @param {string} id
   * @param {{offers: boolean, arrival: number}} pair  whether the offers of this pair are mine; their arrival
   * @returns {{peer: Peer | null, number: number, kept: PeerMessage[], since: number}}
   */
  take(id, { offers, arrival }) {
    const early = this.#early.get(id);
    if (!early || early.arrival !== (offers ? arrival : null)) {
      this.#drop(id);
      return { peer: null, number: offers ? (this.#next.get(id) ?? 0) : 0, kept: [], since: 0 };
    }
    this.#forget(id, early);
    return early;
  }

  /** I am inside now: whoever else is connected to me is a visitor. */
  enter() {
    this.#rest.cancel();
    this.#again.cancel();
    this.#isResting = false;
    this.#inside = [];
  }

  /** There are other ICE servers now. */
  configure() {
    for (const { peer } of this.#early.values()) peer.configure(this.#configuration());
  }

  /** My page is closing. */
  sayBye() {
    for (const { peer } of this.#early.values()) peer.send({ type: "bye" });
  }

  /** None is left, nor wanted. */
  close() {
    this.enter();
    this.#dropAll();
    this.#next.clear();
  }

  /**
   * @param {string} id
   * @param {{number: number, arrival: number | null}} which
   */
  #begin(id, { number, arrival }) {
    this.#drop(id);
    const peer = new Peer({
      offers: arrival !== null,
      configuration: this.#configuration(),
      tracks: NO_TRACKS,
      encodings: this.#encodings(),
      clock: this.#clock,
      passage: this.#passage,
    });
    /** @type {Early} */
    const early = {
      peer,
      number,
      arrival,
      kept: [],
      offers: 0,
      since: this.#clock.now(),
      settled: false,
      timer: new Timer(this.#clock),
      heard: [],
    };
    this.#early.set(id, early);
    this.#next.set(id, number + 1);
    const drop = () => {
      if (this.#early.get(id) !== early) return;
      this.#drop(id);
      if (arrival !== null && number < MOST_TRIES) {
        this.#again.plan(OFFER_AGAIN, () => this.offer(this.#inside));
      }
    };
    early.timer.plan(CONNECT_WITHIN, () => {
      if (peer.state !== "connected") drop();
      else if (arrival === null) this.#lookAfter(early, drop);
    });
    early.heard = this.#listen(id, early, drop);
    peer.start({ generation: number, isEarly: true, send: (signal) => this.#send({ ...signal, to: id }) });
    return early;
  }

  /**
   * Gives what ends it.
   *
   * @param {string} id
   * @param {Early} early
   * @param {() => void} drop
   */
  #listen(id, early, drop) {
    const { peer, arrival } = early;
    return [
      peer.on("gone", drop),
      peer.on("broken", drop),
      peer.on("flood", () => {
        this.#refused.add(id);
        for (const first of this.#refused) if (this.#refused.size > MOST_REFUSED) this.#refused.delete(first);
        this.#drop(id);
        this.emit("flood", id);
      }),
      peer.on("state", (state) => {
        if (state === "failed" || state === "closed") drop();
        else if (state === "connected" && arrival === null) {
          this.#clock.after(SETTLES_AFTER, () => this.#greet(id, early));
        }
      }),
      peer.on("message", (message) => {
        if (message.type === "bye") drop();
        else early.kept.push(message);
      }),
    ];
  }

  /**
   * A visitor who uses the connection, or keeps it without ever coming in, has it no longer.
   *
   * @param {Early} early
   * @param {() => void} drop
   */
  #lookAfter(early, drop) {
    early.timer.plan(LOOK_EVERY, () => {
      if (this.#clock.now() - early.since > MOST_AGE) return drop();
      this.#lookAfter(early, drop);
      void early.peer.stats().then(({ report }) => {
        let packets = 0;
        for (const [, stat] of report) if (stat.type === "inbound-rtp") packets += stat.packetsReceived ?? 0;
        if (packets > MOST_PACKETS) drop();
      });
    });
  }

  /** @param {string} id @param {Early} early */
  #greet(id, early) {
    if (this.#early.get(id) !== early) return;
    early.settled = true;
    this.#tellVisitors();
  }

  #dropAll() {
    for (const id of [...this.#early.keys()]) this.#drop(id);
  }

  /** @param {string} id */
  #drop(id) {
    const early = this.#early.get(id);
    if (!early) return;
    this.#forget(id, early);
    early.peer.close();
  }

  /** @param {string} id @param {Early} early */
  #forget(id, early) {
    this.#early.delete(id);
    early.timer.cancel();
    for (const end of early.heard) end();
    if (early.settled) this.#tellVisitors();
  }

  #tellVisitors() {
    this.emit("visitors", [...this.#early.values()].filter(({ settled }) => settled).length);
  }
}
