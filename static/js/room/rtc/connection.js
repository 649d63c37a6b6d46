// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";
import { MOST_CANDIDATES, Peer } from "./peer.js";
import { Recovery } from "./recovery.js";

/**
 * @typedef {import("../messages.js").Participant} Participant
 * @typedef {import("../messages.js").Signal} Signal
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("./peer.js").Slot} Slot
 * @typedef {import("./peer.js").Tracks} Tracks
 * @typedef {import("./peer.js").Encodings} Encodings
 * @typedef {import("./ice.js").IceServers} IceServers
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * What every connection of a mesh is made with.
 * @typedef {object} ConnectionContext
 * @property {IceServers} ice
 * @property {Clock} clock
 * @property {Tracks} tracks         what I send at the moment
 * @property {() => Encodings} encodings
 * @property {() => number} people   in the room, me included
 * @property {import("../media/sender.js").Passage | null} [passage]  through which my camera's frames go
 * @property {() => Peer | undefined} spare  a peer connection for offering that was made beforehand, if there is one
 */

// Two pages that both have nothing better to do agree within this time.
const ANSWER_SOON = 300;
// And in a bad moment within this.
const ANSWERED_WITHIN = 1_000;
/** Which peer connection of a pair is meant: docs/signaling.md, "Generation". */
export const GENERATIONS = 1000;
// Some of those that a third was to bring may be lost, but nobody is to use up the numbers.
const LARGEST_LEAP = 16;
const MOST_BY_A_THIRD = GENERATIONS / 2;

/**
 * @typedef {object} ConnectionEvents
 * @property {[]} change  the connection or what comes through it has changed
 * @property {[]} open
 * @property {[message: PeerMessage]} message
 * @property {[]} flood  they send more than can be meant, and I have let go of them
 */

/** Me and one other participant: the peer connection of the current generation, and what is done when it fails. @extends {Emitter<ConnectionEvents>} */
export class Connection extends Emitter {
  /** @type {Peer | null} */
  #peer = null;
  #context;
  #send;
  #offers;
  #base;
  #generation;
  #recovery;
  #hasLeft = false;
  #isShut = false;
  /** The last attempt was to go through a relay alone. */
  #byRelay = false;
  /** The last generation that they have heard of, be it from a third who invented it. */
  #latest = 0;
  /** Of the certificate of their page, as the server brought it. */
  #fingerprint = "";
  /** There is nothing left that `start` waits for. */
  #settled = () => {};
  /** What they hear of others by me, in the place of my screen's sound. @type {MediaStreamTrack | null} */
  #carried = null;

  /**
   * @param {object} options
   * @param {Participant} options.me
   * @param {Participant} options.other
   * @param {ConnectionContext} options.context
   * @param {(signal: Signal) => void} options.send
   */
  constructor({ me, other, context, send }) {
    super();
    this.#context = context;
    this.#send = send;
    this.#offers = me.arrival > other.arrival;
    this.#base = GENERATIONS * Math.max(me.arrival, other.arrival);
    this.#generation = this.#base;
    this.#recovery = new Recovery({
      offers: this.#offers,
      clock: context.clock,
      hasRelay: () => context.ice.hasRelay,
      act: (step) => this.#act(step),
    });
  }

  /** @returns {"connecting" | "connected" | "reconnecting" | "failed" | "shut" | "left"}  "shut": by me, after too much */
  get state() {
    if (this.#hasLeft) return "left";
    return this.#isShut ? "shut" : this.#recovery.connection;
  }

  /** Messages can be sent, and arrive. */
  get isOpen() {
    return this.state === "connected" && (this.#peer?.isOpen ?? false);
  }

  get streams() {
    return this.#peer?.streams ?? null;
  }

  /** Whether the offers of this pair are mine. */
  get offers() {
    return this.#offers;
  }

  /**
   * Offers, and is done when the offer is out; or waits for theirs until it is answered, or long in coming. With a
   * peer connection that was made and answered before the click there is nothing to wait for.
   *
   * @param {{peer: Peer | null, number: number, kept: PeerMessage[], since: number}} early
   */
  async start({ peer, number, kept, since }) {
    this.#generation += number;
    if (peer) this.#adopt(peer, kept, since);
    else if (this.#offers) this.#begin(this.#generation);
    else this.#recovery.offered();
    if (peer?.isAnswered) return;
    await new Promise((resolve) => {
      this.#settled = () => resolve(undefined);
      if (this.#offers) void this.#peer?.offered.then(this.#settled);
      this.#context.clock.after(ANSWER_SOON, this.#settled);
    });
  }

  /** Whether the signal is meant for a page of theirs that this connection has yet to hear of. @param {Signal} signal */
  isBehind({ generation }) {
    return Math.floor(generation / GENERATIONS) > Math.floor(this.#generation / GENERATIONS);
  }

  /**
   * The generation after the click of a peer connection that was made before it.
   *
   * @param {number} generation
   */
  sinceClick(generation) {
    return generation < GENERATIONS ? this.#base + generation : generation;
  }

  /**
   * A signal that came by a third participant instead of the server. Where there is no path, it may look for one to
   * the page that I know: the certificate has to be the same, and nothing but such a description begins another
   * connection. What works is left alone, since a third may say what it likes.
   *
   * @param {Signal} signal
   */
  receiveForwarded(signal) {
    if (!isSignal(signal) || this.state === "connected") return;
    const leap = signal.generation - this.#generation;
    const isNext = leap > 0 && leap <= LARGEST_LEAP && signal.generation - this.#base < MOST_BY_A_THIRD;
    if (leap !== 0 && !(isNext && signal.type === "description")) return;
    if (signal.type === "need-offer" && signal.reason !== "ice") return;
    if (signal.type === "description") {
      const shown = fingerprints(signal.description.sdp);
      if (!this.#fingerprint || shown.length === 0 || shown.some((one) => one !== this.#fingerprint)) return;
    }
    this.receive(signal);
  }

  /** @param {Signal} signal */
  receive(signal) {
    if (this.#isOver || signal.generation < this.#generation) return;
    if (signal.type === "description") this.#fingerprint ||= fingerprints(signal.description.sdp)[0] ?? "";
    if (signal.type === "need-offer") {
      if (this.#offers) this.#heed(signal);
      return;
    }
    // Only the side that offers begins new generations.
    if (this.#offers && signal.generation > this.#generation) return;
    if (!this.#peer || signal.generation > this.#generation) this.#begin(signal.generation);
    const since = this.#context.clock.now();
    const done = this.#peer?.receive(signal);
    if (signal.type !== "description") return;
    this.#recovery.answered();
    void done?.then(() => this.#recovery.took(this.#context.clock.now() - since));
    void done?.then(this.#settled);
  }

  /** @param {import("../messages.js").NeedOffer} asked */
  #heed({ generation, reason }) {
    this.#latest = Math.max(this.#latest, generation);
    this.#recovery.asked(generation > this.#generation ? "dead" : reason);
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   */
  setTrack(slot, track) {
    if (slot !== "sound" || !this.#carried) this.#peer?.setTrack(slot, track);
  }

  /** @param {MediaStreamTrack | null} track  what they hear in place of my screen's sound; null for that again */
  carry(track) {
    this.#carried = track;
    this.#peer?.setTrack("sound", this.#tracks.sound);
  }

  /** The name of my camera's frames in the passage; "" where they have an encoder of their own for good. */
  get passed() {
    return this.#peer?.passed ?? "";
  }

  /** My camera's picture is encoded elsewhere, and goes in the frames of this track; null for an encoder of its own. @param {MediaStreamTrack | null} envelope */
  enclose(envelope) {
    this.#peer?.enclose(envelope);
  }

  limit() {
    this.#peer?.limit(this.#context.encodings());
  }

  /** @param {PeerMessage} message */
  send(message) {
    return this.#peer?.send(message) ?? false;
  }

  /** The channel for files, if there can be one. */
  get bulk() {
    return this.#peer?.bulk ?? null;
  }

  /** What the browser counts for the peer connection of now, if there is one. */
  async stats() {
    return this.#peer ? this.#peer.stats() : null;
  }

  /** There are other ICE servers now. */
  configure() {
    this.#peer?.configure(this.#context.ice.configuration({ relay: this.#byRelay }));
  }

  /** @param {boolean} isDeaf  nothing comes that should, though the browser calls it connected */
  listen(isDeaf) {
    if (!this.#isOver) this.#recovery.listen(isDeaf);
  }

  /** @param {boolean} reachable */
  reach(reachable) {
    if (!this.#isOver) this.#recovery.reach(reachable);
  }

  /** My network may be another one. */
  moved() {
    if (!this.#isOver) this.#recovery.moved();
  }

  /** They did something in the room: a good moment for what could not be delivered. */
  nudge() {
    if (!this.#isOver) this.#recovery.nudge();
  }

  /** They said goodbye: their page is closing, and whether they come back the roster will tell. */
  leave() {
    this.#hasLeft = true;
    this.close();
    this.emit("change");
  }

  close() {
    this.#recovery.stop();
    this.#peer?.close();
    this.#peer = null;
    this.#settled();
  }

  /** @param {number} generation */
  #begin(generation) {
    const isFirst = this.#peer === null;
    this.#peer?.close();
    this.#byRelay = false;
    this.#generation = generation;
    const { ice, clock, passage, encodings, spare, people } = this.#context;
    const offers = this.#offers;
    const peer =
      (offers && spare()) ||
      new Peer({
        offers,
        configuration: ice.configuration(),
        tracks: this.#tracks,
        encodings: encodings(),
        clock,
        passage,
      });
    this.#attach(peer);
    this.#recovery.began();
    // Who connects anew does so alone.
    const since = clock.now();
    peer.start({ generation, send: (signal) => this.#send(signal), isOneOfMany: isFirst && people() > 2 });
    if (offers) void peer.offered.then(() => this.#recovery.took(clock.now() - since));
    this.emit("change");
  }

  /**
   * @param {Peer} peer
   * @param {PeerMessage[]} kept  what they said before I knew that they are inside
   * @param {number} since  when it was begun, milliseconds
   */
  #adopt(peer, kept, since) {
    const { encodings, people } = this.#context;
    this.#attach(peer);
    this.#recovery.began();
    if (peer.isAnswered) this.#recovery.answered();
    this.#fingerprint = fingerprints(peer.described)[0] ?? "";
    peer.enter({
      generation: this.#generation,
      tracks: this.#tracks,
      encodings: encodings(),
      send: (signal) => this.#send(signal),
      isOneOfMany: people() > 2,
    });
    if (this.#offers && peer.state !== "connected") {
      this.#repeat(peer, since + ANSWERED_WITHIN - this.#context.clock.now());
    }
    if (peer.isOpen) this.emit("open");
    for (const message of kept) this.emit("message", message);
    this.emit("change");
  }

  /** For good: only another page of theirs gets another chance. */
  #shut() {
    this.#isShut = true;
    this.close();
    this.emit("change");
    this.emit("flood");
  }

  get #isOver() {
    return this.#hasLeft || this.#isShut;
  }

  /**
   * An offer that nobody has answered yet may never have arrived, or its candidates may not; unless it has only just
   * been made, as by somebody who clicks at once.
   *
   * @param {Peer} peer
   * @param {number} wait  milliseconds
   */
  #repeat(peer, wait) {
    if (wait <= 0) return peer.resend();
    this.#context.clock.after(wait, () => {
      if (peer === this.#peer && peer.state !== "connected") peer.resend();
    });
  }

  /** @param {Peer} peer */
  #attach(peer) {
    this.#peer = peer;
    peer.on("slots", () => this.emit("change"));
    peer.on("open", () => this.emit("open"));
    peer.on("message", (message) => this.emit("message", message));
    peer.on("gone", () => this.#lose());
    peer.on("flood", () => this.#shut());
    peer.on("broken", (error) => {
      console.warn("The connection broke and begins anew:", error);
      this.#lose();
    });
    peer.on("state", (state) => {
      this.#recovery.changed(state);
      this.emit("change");
    });
  }

  get #tracks() {
    const { tracks } = this.#context;
    return this.#carried ? { ...tracks, sound: this.#carried } : tracks;
  }

  #lose() {
    this.#recovery.gone();
    this.emit("change");
  }

  /** @param {import("./recovery.js").Step} step */
  #act(step) {
    if (step.type === "restart") void this.#restart(step);
    else if (!this.#offers) this.#ask("connection", { isDead: step.type === "replace" && step.isDead });
    else if (step.type === "replace") this.#begin(Math.max(this.#generation, this.#latest) + 1);
    else this.#peer?.resend();
    this.emit("change");
  }

  /** @param {{servers: boolean, relay: boolean}} step */
  async #restart({ servers, relay }) {
    const peer = this.#peer;
    const { ice } = this.#context;
    await ice.renew({ force: servers });
    if (!peer || peer !== this.#peer) return;
    this.#byRelay = relay;
    peer.configure(ice.configuration({ relay }));
    if (!this.#offers) this.#ask("ice");
    // The last offer may have been lost, and until it is answered no other can be made.
    else if (!peer.isStable) peer.resend();
    else peer.restart();
  }

  /** @param {"ice" | "connection"} reason @param {{isDead?: boolean}} [options]  it is to be another generation than this one */
  #ask(reason, { isDead = false } = {}) {
    this.#send({ type: "need-offer", generation: this.#generation + (isDead ? 1 : 0), reason });
    if (reason === "connection") this.#recovery.offered();
  }
}

/** Of a description's certificates (RFC 8122, 5). @param {string} sdp */
function fingerprints(sdp) {
  return [...sdp.matchAll(/^a=fingerprint:(.+?)\s*$/gm)].map(([, value]) => (value ?? "").toLowerCase());
}

/**
 * What the server checks of everything that it relays (rooms/protocol/messages/), for what did not pass it.
 *
 * @param {any} signal
 * @returns {signal is Signal}
 */
function isSignal(signal) {
  if (!Number.isSafeInteger(signal?.generation)) return false;
  const { type, description, candidates, reason } = signal;
  if (type === "description") {
    return ["offer", "answer"].includes(description?.type) && typeof description.sdp === "string";
  }
  if (type === "need-offer") return ["ice", "connection"].includes(reason);
  if (type !== "candidates" || !Array.isArray(candidates) || candidates.length > MOST_CANDIDATES) {
    return false;
  }
  return candidates.every((one) => one === null || typeof one?.candidate === "string");
}
