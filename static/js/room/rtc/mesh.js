// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";
import { Quota, Timer } from "../../lib/timing.js";
import { Uplink } from "../media/budget.js";
import { diff } from "../roster.js";
import { EarlyConnections } from "./early.js";
import { GENERATIONS, Connection } from "./connection.js";
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
 * @typedef {import("./ice.js").IceServers} IceServers
 * @typedef {import("../../lib/timing.js").Clock} Clock
 */

// Signals of somebody whose arrival is still on its way to us, by another server process.
const MOST_AHEAD = 64;
const MOST_AHEAD_OF_ONE = 16;
// Who has just come in is connected first; then everybody's pictures find their new size.
const SETTLED = 1_000;
// What one of them no longer looks at is the others' to have, a little later.
const SHARED_ANEW = 3_000;
// The socket of this page is looked after once for all connections that are in doubt at the same time.
const DOUBT_AGAIN = 5_000;
// What I pass on for one participant (signals, in so many milliseconds).
const FORWARDS = { most: 60, within: 10_000 };
// And to one, from all together: who gets too much from me lets go of me (LIMITS in channel.js), whoever made me send it.
const FORWARDS_TO = { most: 240, within: 10_000 };
/** @type {Roster} */
const NOBODY = { rev: 0, participants: new Map(), rules: null };

/**
 * @typedef {object} MeshEvents
 * @property {[id: string]} change
 * @property {[id: string]} open  messages can be sent to them now
 * @property {[id: string, message: PeerMessage]} message
 * @property {[id: string]} flood  they sent more than can be meant, and I have let go of them; they may not be inside yet
 * @property {[]} doubt  a connection does not do well: perhaps it is my own network
 * @property {[visitors: number]} visitors  how many are connected to me and not yet inside
 */

/** A connection to everybody in the room, and my tracks on all of them. @extends {Emitter<MeshEvents>} */
export class Mesh extends Emitter {
  #ice;
  #clock;
  #send;
  /** @type {Participant | null} */
  #me = null;
  #roster = NOBODY;
  /** @type {Map<string, Connection>} */
  #connections = new Map();
  /** @type {Tracks} */
  #tracks = { microphone: null, camera: null, sound: null, screen: null };
  /** Signals of those whom the roster does not have yet. @type {IncomingSignal[]} */
  #ahead = [];
  /** @type {Peer[]} */
  #spares = [];
  #early;
  /** Whom the server takes me for while I wait; "" when it wants no connections before the click. */
  #visitor = "";
  #isPrepared = false;
  #capacity = Infinity;
  #isServed = true;
  #doubtedAt = -Infinity;
  /** What I pass on for each of them. */
  #forwards;
  /** And to each of them, from whoever has come and gone meanwhile. */
  #forwardsTo;
  #uplink;
  #passage;
  #limits;

  /**
   * @param {object} options
   * @param {IceServers} options.ice
   * @param {Clock} options.clock
   * @param {(signal: OutgoingSignal) => void} options.send
   * @param {Uplink} [options.uplink]  shared by all connections
   * @param {import("../media/sender.js").Passage | null} [options.passage]  through which my camera's frames go
   */
  constructor({ ice, clock, send, uplink = new Uplink(), passage = null }) {
    super();
    this.#ice = ice;
    this.#clock = clock;
    this.#send = send;
    this.#uplink = uplink;
    this.#passage = passage;
    uplink.on("change", () => this.#limit());
    this.#limits = new Timer(clock);
    this.#forwards = new Quota(FORWARDS, clock.now);
    this.#forwardsTo = new Quota(FORWARDS_TO, clock.now);
    this.#early = new EarlyConnections({
      configuration: () => ice.configuration(),
      encodings: () => uplink.encodings("", this.#roster.participants.size + 1),
      clock,
      send,
      passage,
    });
    this.#early.on("visitors", (visitors) => this.emit("visitors", visitors));
    this.#early.on("flood", (id) => this.emit("flood", id));
  }

  /**
   * I have not clicked, and am known by this id if the server allows connections before it.
   *
   * @param {string} visitor
   * @param {number} [capacity]  of the room: where it is full, no connection is offered
   */
  wait(visitor, capacity = Infinity) {
    this.#capacity = capacity;
    if (this.#me || visitor === this.#visitor) return;
    this.#early.close();
    this.#visitor = visitor;
  }

  /** Whether the browser shows its own addresses is decided: connections that are made from now on know them. */
  settle() {
    this.#isPrepared = true;
    if (!this.#me) this.prepare(this.#roster);
  }

  /** The visitor moves, so a click may be near. */
  stir() {
    if (!this.#me && this.#visitor) this.#early.stir();
  }

  /**
   * Makes connections to those who are inside already, so that none need be made after the click.
   *
   * @param {Roster} roster
   */
  prepare(roster) {
    this.#roster = roster;
    const isEarly = this.#visitor !== "" && this.#isPrepared;
    const isFull = roster.participants.size >= this.#capacity;
    if (isEarly) this.#early.offer(isFull ? [] : [...roster.participants.values()]);
    // Whoever has early connections needs none.
    this.#keepSpares(this.#visitor !== "" ? 0 : roster.participants.size);
  }

  /** There are other ICE servers now: whatever looks for a path from here on is to use them, whoever begins it. */
  renew() {
    for (const spare of this.#spares) spare.configure(this.#ice.configuration());
    for (const connection of this.#connections.values()) connection.configure();
    this.#early.configure();
  }

  /**
   * Makes the connections fit the roster: new ones begin in this very tick, void ones are closed, the rest stay. The
   * promise is kept once my offers of this moment are out, and theirs are answered or long in coming.
   *
   * @param {string} myId
   * @param {Roster} roster
   */
  async update(myId, roster) {
    const me = roster.participants.get(myId);
    if (!me) return;
    if (this.#me && (this.#me.id !== me.id || this.#me.arrival !== me.arrival)) this.close();
    // Who came back to an earlier seat is somebody else than the one who waited.
    if (!this.#me && myId !== this.#visitor) this.#early.close();
    if (!this.#me) this.#early.enter();
    const { gone, come, changed } = diff(this.#me ? this.#roster : NOBODY, roster);
    this.#me = me;
    this.#roster = roster;
    this.#uplink.seat(roster.participants.size);
    for (const { id } of gone) this.#drop(id);
    const answers = come.filter(({ id }) => id !== me.id).map((other) => this.#connect(me, other));
    for (const { id, away } of changed) if (!away) this.#connections.get(id)?.nudge();
    if (gone.length > 0 || come.length > 0) this.#limits.plan(SETTLED, () => this.#limit());
    this.#keepSpares(0);
    await Promise.all(answers);
  }

  /** @param {IncomingSignal} signal */
  receive(signal) {
    const connection = this.#connections.get(signal.sender);
    if (!connection && signal.generation < GENERATIONS) {
      return this.#early.receive(signal, { isInside: this.#me !== null });
    }
    const since = connection ? { ...signal, generation: connection.sinceClick(signal.generation) } : signal;
    if (connection && !connection.isBehind(since)) return connection.receive(since);
    if (this.#ahead.filter(({ sender }) => sender === signal.sender).length >= MOST_AHEAD_OF_ONE) return;
    this.#ahead.push(signal);
    if (this.#ahead.length > MOST_AHEAD) this.#ahead.shift();
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   */
  setTrack(slot, track) {
    this.#tracks[slot] = track;
    for (const one of [...this.#connections.values(), ...this.#spares]) one.setTrack(slot, track);
    this.#uplink.capture(slot, track && track.getSettings());
    this.#limit();
  }

  /** The track of my camera. */
  get camera() {
    return this.#tracks.camera;
  }

  /**
   * What one of them hears in place of my screen's sound, or null for that again.
   *
   * @param {string} id
   * @param {MediaStreamTrack | null} track
   */
  carry(id, track) {
    this.#connections.get(id)?.carry(track);
  }

  /** What I send. @returns {Readonly<Tracks>} */
  get tracks() {
    return this.#tracks;
  }

  /** @param {string} id */
  connection(id) {
    return this.#connections.get(id) ?? null;
  }

  /** All of them, by the id of who is at the other end. @type {ReadonlyMap<string, Connection>} */
  get connections() {
    return this.#connections;
  }

  /** @param {string} id @param {PeerMessage} message */
  send(id, message) {
    return this.#connections.get(id)?.send(message) ?? false;
  }

  /** @param {PeerMessage} message */
  broadcast(message) {
    for (const connection of this.#connections.values()) connection.send(message);
  }

  /** The page goes away. */
  sayBye() {
    this.broadcast({ type: "bye" });
    this.#early.sayBye();
  }

  /** @param {boolean} isServed  whether the signaling is up; media does not mind */
  reach(isServed) {
    // What has just been offered need not be said again.
    if (isServed && this.#isServed) return;
    this.#isServed = isServed;
    for (const [id, connection] of this.#connections) {
      connection.reach(isServed || this.#thirds(id).length > 0);
    }
  }

  /** My network may be another one: every connection looks for a path through it, without waiting for the old one to fail. */
  moved() {
    for (const connection of this.#connections.values()) connection.moved();
  }

  close() {
    this.#limits.cancel();
    this.#keepSpares(0);
    this.#early.close();
    this.#visitor = "";
    this.#me = null;
    for (const id of [...this.#connections.keys()]) this.#drop(id);
    this.#roster = NOBODY;
    this.#ahead = [];
  }

  /**
   * @param {Participant} me
   * @param {Participant} other
   */
  #connect(me, other) {
    const { id } = other;
    const connection = new Connection({
      me,
      other,
      context: {
        ice: this.#ice,
        clock: this.#clock,
        tracks: this.#tracks,
        encodings: () => this.#uplink.encodings(id),
        people: () => this.#roster.participants.size,
        passage: this.#passage,
        spare: () => this.#spares.shift(),
      },
      send: (signal) => this.#deliver(id, signal),
    });
    connection.on("change", () => {
      this.#watch(connection);
      this.emit("change", id);
    });
    connection.on("open", () => {
      this.#findWays();
      this.emit("open", id);
    });
    connection.on("message", (message) => this.#hear(id, connection, message));
    connection.on("flood", () => this.emit("flood", id));
    this.#connections.set(id, connection);
    const answered = connection.start(
      this.#early.take(id, { offers: connection.offers, arrival: other.arrival }),
    );
    const ahead = this.#ahead.filter(({ sender }) => sender === id);
    this.#ahead = this.#ahead.filter(({ sender }) => sender !== id);
    for (const signal of ahead) connection.receive(signal);
    return answered;
  }

  /**
   * By the server; or, where it is away for one of us, by whoever else hears me.
   *
   * @param {string} id
   * @param {Signal} signal
   */
  #deliver(id, signal) {
    const thirds = this.#thirds(id);
    const isAway = this.#roster.participants.get(id)?.away ?? false;
    if (thirds.length === 0 || (this.#isServed && !isAway)) return this.#send({ ...signal, to: id });
    const sent = thirds.filter((third) => third.send({ type: "forward", to: id, signal }));
    if (sent.length === 0) console.warn("Nobody could take a signal along; it waits for the server.");
  }

  /** Those who can pass something on to this participant. @param {string} id */
  #thirds(id) {
    return [...this.#connections]
      .filter(([other, connection]) => other !== id && connection.isOpen)
      .map(([, connection]) => connection);
  }

  /** Whom nobody could reach can be reached by whoever is connected now. */
  #findWays() {
    if (this.#isServed) return;
    for (const [id, connection] of this.#connections) {
      if (connection.state !== "connected") connection.reach(this.#thirds(id).length > 0);
    }
  }

  /** @param {Connection} connection */
  #watch(connection) {
    if (connection.state !== "reconnecting" || this.#clock.now() - this.#doubtedAt < DOUBT_AGAIN) return;
    this.#doubtedAt = this.#clock.now();
    this.emit("doubt");
  }

  /**
   * @param {string} id
   * @param {Connection} connection
   * @param {PeerMessage} message
   */
  #hear(id, connection, message) {
    if (message.type === "bye") connection.leave();
    else if (message.type === "view") this.#heed(id, connection, message);
    else if (message.type === "forward") this.#passOn(id, message);
    // In one's own name it would have come by the server.
    else if (message.type === "forwarded" && message.from !== id) {
      this.#connections.get(message.from)?.receiveForwarded(message.signal);
    } else this.emit("message", id, message);
  }

  /** @param {string} id @param {Connection} connection @param {import("../messages.js").View} view */
  #heed(id, connection, view) {
    if (!this.#uplink.ask(id, view)) return;
    // Somebody waits for the tile that they have made large.
    connection.limit();
    if (!this.#limits.pending) this.#limits.plan(SHARED_ANEW, () => this.#limit());
  }

  /**
   * @param {string} from
   * @param {import("../messages.js").Forward} message
   */
  #passOn(from, { to, signal }) {
    const connection = this.#connections.get(to);
    if (from === to || !connection || !this.#forwards.take(from) || !this.#forwardsTo.take(to)) return;
    connection.send({ type: "forwarded", from, signal });
  }

  /** @param {string} id */
  #drop(id) {
    this.#connections.get(id)?.close();
    this.#uplink.forget(id);
    this.#forwards.forget(id);
    this.#forwardsTo.forget(id);
    if (this.#connections.delete(id)) this.emit("change", id);
  }

  /** @param {number} people */
  #keepSpares(people) {
    while (this.#spares.length > people) this.#spares.pop()?.close();
    while (this.#spares.length < people) {
      this.#spares.push(
        new Peer({
          offers: true,
          configuration: this.#ice.configuration(),
          tracks: this.#tracks,
          encodings: this.#uplink.encodings("", people + 1),
          clock: this.#clock,
          passage: this.#passage,
        }),
      );
    }
  }

  #limit() {
    for (const connection of this.#connections.values()) connection.limit();
  }
}
