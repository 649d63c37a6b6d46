// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { prefer, SenderLimit } from "../media/sender.js";
import { Channel, Intake } from "./channel.js";
import { Negotiation } from "./negotiation.js";

/**
 * @typedef {"microphone" | "camera" | "sound" | "screen"} Slot
 * @typedef {Record<Slot, MediaStreamTrack | null>} Tracks
 * @typedef {Record<Slot, MediaStream>} Streams
 * @typedef {import("../media/sender.js").Sending} Sending
 * @typedef {Partial<Record<Slot, Sending>>} Encodings
 * @typedef {import("../messages.js").Signal} Signal
 * @typedef {import("../messages.js").Candidate} Candidate
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../media/sender.js").Passage} Passage
 */

/** The four slots of every connection, in the order of their media sections. @type {Slot[]} */
export const SLOTS = ["microphone", "camera", "sound", "screen"];

// The first candidates are there at once and are worth a message; the others follow together.
const FIRST_CANDIDATES = 5;
const MORE_CANDIDATES = 50;
export const MOST_CANDIDATES = 64;
// A browser that knows nothing of the path yet drops large pictures one after the other until one is small enough.
// To begin with a small one shows the first face some 200 ms sooner; soon after, it may grow.
const FIRST_SCALE = 4;
const GROW_AFTER = 1_000;
// Where there are more than two, several may connect at once: growing waits until all of them have, and pictures are
// so few a second until then, since what encoders and decoders leave of the machine makes the other connections.
const GROW_TOGETHER = 2_500;
const FIRST_RATE = 8;
// An envelope's own picture is so small that none of this ever holds it back (bits a second).
const ENVELOPE = { active: true, maxBitrate: 1_500_000, maxFramerate: 60, scaleResolutionDownBy: 1 };

/**
 * @typedef {object} PeerEvents
 * @property {[state: RTCPeerConnectionState]} state
 * @property {[]} slots  the slots are there, and `streams` with them
 * @property {[]} open
 * @property {[message: PeerMessage]} message
 * @property {[]} gone  the other end has closed the connection
 * @property {[]} flood  the other end sends more than can be meant
 * @property {[error: unknown]} broken  a description could not be applied
 */

/**
 * One RTCPeerConnection to one participant: the slots, the channel `ctl`, and what goes through signaling for
 * them. It never changes its shape after the first offer; tracks are replaced, not added.
 *
 * @extends {Emitter<PeerEvents>}
 */
export class Peer extends Emitter {
  /** @type {Streams | null} */
  streams = null;
  #connection;
  #negotiation;
  #offers;
  #tracks;
  #encodings;
  /** @type {(signal: Signal) => void} */
  #send = () => {};
  #generation = 0;
  /** @type {Promise<unknown>} */
  #offered = Promise.resolve();
  #hasStarted = false;
  #isEarly = false;
  #ending = new AbortController();
  /** @type {Map<Slot, RTCRtpTransceiver>} */
  #slots = new Map();
  /** @type {Map<Slot, SenderLimit>} */
  #limits = new Map();
  /** @type {Channel | null} */
  #channel = null;
  /** @type {RTCDataChannel | null} */
  #bulk = null;
  /** @type {Candidate[]} */
  #candidates = [];
  #flush;
  #hasFlushed = false;
  #isNew = true;
  #growth;
  #isOneOfMany = false;
  #intake;
  #passage;
  /** What stands in for my camera's track while another encodes its picture. @type {MediaStreamTrack | null} */
  #envelope = null;

  /**
   * The side that offers makes its slots here, which takes a while and needs nobody at the other end yet.
   *
   * @param {object} options
   * @param {boolean} options.offers
   * @param {RTCConfiguration} options.configuration
   * @param {Tracks} options.tracks
   * @param {Encodings} options.encodings
   * @param {Clock} options.clock
   * @param {Passage | null} [options.passage]  through which my camera's frames go
   */
  constructor({ offers, configuration, tracks, encodings, clock, passage = null }) {
    super();
    this.#offers = offers;
    this.#tracks = { ...tracks };
    this.#encodings = encodings;
    this.#passage = passage;
    this.#flush = new Timer(clock);
    this.#growth = new Timer(clock);
    this.#intake = new Intake(clock.now);
    this.#connection = new RTCPeerConnection(configuration);
    this.#negotiation = new Negotiation(this.#connection, {
      polite: offers,
      send: (description) => this.#send({ type: "description", generation: this.#generation, description }),
      adopt: () => this.#adoptSlots(),
    });
    this.#listen();
    if (offers) this.#makeSlots();
  }

  /**
   * Makes and sends the first offer; the side that answers waits for it.
   *
   * @param {object} options
   * @param {number} options.generation
   * @param {(signal: Signal) => void} options.send
   * @param {boolean} [options.isOneOfMany]  there are more than two of us, and so other connections to make
   * @param {boolean} [options.isEarly]  nobody has clicked yet: `enter` will say when
   */
  start({ generation, send, isOneOfMany = false, isEarly = false }) {
    this.#generation = generation;
    this.#send = send;
    this.#hasStarted = true;
    this.#isEarly = isEarly;
    if (isEarly) this.#intake.wait();
    this.#isOneOfMany = isOneOfMany;
    if (this.#slots.size > 0) this.emit("slots");
    if (this.#offers) this.#offered = this.#try(this.#negotiation.offer());
  }

  /** Kept when the first offer of this side is out. */
  get offered() {
    return this.#offered;
  }

  /**
   * The click of a connection that was made before it: from now on it counts, and its slots are filled.
   *
   * @param {object} options
   * @param {number} options.generation
   * @param {Tracks} options.tracks
   * @param {Encodings} options.encodings
   * @param {(signal: Signal) => void} options.send
   * @param {boolean} options.isOneOfMany
   */
  enter({ generation, tracks, encodings, send, isOneOfMany }) {
    this.#generation = generation;
    this.#send = send;
    this.#isEarly = false;
    this.#intake.enter();
    this.#isOneOfMany = isOneOfMany;
    this.#encodings = encodings;
    for (const slot of SLOTS) if (tracks[slot]) this.setTrack(slot, tracks[slot]);
    this.limit(encodings);
    this.#change(this.#connection.connectionState);
  }

  /** Kept once the signal is dealt with, and an offer answered. @param {Signal} signal */
  async receive(signal) {
    if (signal.type === "description") {
      await this.#try(this.#negotiation.receiveDescription(signal.description));
    }
    if (signal.type !== "candidates") return;
    await Promise.all(signal.candidates.map((one) => this.#try(this.#negotiation.receiveCandidate(one))));
  }

  /** For the candidates that are gathered from here on. @param {RTCConfiguration} configuration */
  configure(configuration) {
    this.#connection.setConfiguration(configuration);
  }

  /** Looks for a new path, by an offer. */
  restart() {
    this.#connection.restartIce();
  }

  resend() {
    this.#negotiation.resend();
  }

  get isStable() {
    return this.#connection.signalingState === "stable";
  }

  /** There is an offer and its answer. */
  get isAnswered() {
    return this.isStable && this.#connection.remoteDescription !== null;
  }

  /** What the other end has described last; "" before. */
  get described() {
    return this.#connection.remoteDescription?.sdp ?? "";
  }

  get state() {
    return this.#connection.connectionState;
  }

  /** Messages can be sent. */
  get isOpen() {
    return this.#channel?.isOpen ?? false;
  }

  /**
   * @param {Slot} slot
   * @param {MediaStreamTrack | null} track
   */
  setTrack(slot, track) {
    this.#tracks[slot] = track;
    const sender = this.#slots.get(slot)?.sender;
    if (sender) this.#attend(sender.replaceTrack(this.#sent(slot)));
  }

  /** The name of my camera's frames in the passage; "" where they cannot be taken out of there. */
  get passed() {
    return this.#passage?.nameOf(this) ?? "";
  }

  /** My camera's picture is encoded elsewhere, and goes in the frames of this track; null for an encoder of its own. @param {MediaStreamTrack | null} envelope */
  enclose(envelope) {
    if (envelope === this.#envelope) return;
    this.#envelope = envelope;
    this.setTrack("camera", this.#tracks.camera);
    this.limit(this.#encodings);
  }

  /** @param {Encodings} encodings */
  limit(encodings) {
    this.#encodings = encodings;
    for (const [slot, limit] of this.#limits) {
      const sending = this.#sending(slot);
      // An empty slot costs nothing; its limit waits for its track.
      if (sending && this.#tracks[slot]) this.#attend(limit.apply(sending));
    }
  }

  /** @param {PeerMessage} message */
  send(message) {
    return this.#channel?.send(message) ?? false;
  }

  /** The channel for files, which both ends make when they first need it; null as long as there is none for words. */
  get bulk() {
    if (!this.isOpen) return null;
    return (this.#bulk ??= this.#connection.createDataChannel("bulk", { negotiated: true, id: 1 }));
  }

  /** What the browser counts, and which of its streams belongs to which slot: by media section, and by track. */
  async stats() {
    const slots = [...this.#slots].flatMap(
      ([slot, { mid, receiver }]) =>
        /** @type {[string, Slot][]} */ ([
          [mid ?? "", slot],
          [receiver.track.id, slot],
        ]),
    );
    return { report: await this.#connection.getStats(), slots: new Map(slots) };
  }

  close() {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#flush.cancel();
    this.#growth.cancel();
    this.#channel?.close();
    this.#connection.close();
    this.#passage?.leave(this);
  }

  #listen() {
    const { signal } = this.#ending;
    const connection = this.#connection;
    connection.addEventListener("connectionstatechange", () => this.#change(connection.connectionState), {
      signal,
    });
    connection.addEventListener("icecandidate", ({ candidate }) => this.#gather(candidate), { signal });
    connection.addEventListener(
      "signalingstatechange",
      () => {
        // The side that answers can limit its senders only once they are negotiated.
        if (this.isStable) this.limit(this.#encodings);
      },
      { signal },
    );
    connection.addEventListener(
      "negotiationneeded",
      () => {
        if (!this.#hasStarted) return;
        if (this.#offers) void this.#try(this.#negotiation.offer());
        else this.#send({ type: "need-offer", generation: this.#generation, reason: "ice" });
      },
      { signal },
    );
  }

  #makeSlots() {
    for (const slot of SLOTS) {
      const transceiver = this.#connection.addTransceiver(this.#tracks[slot] ?? kindOf(slot), {
        direction: "sendrecv",
        sendEncodings: [this.#sending(slot)?.encoding ?? {}],
      });
      if (slot === "camera") this.#passage?.lead(this, transceiver.sender);
      this.#prefer(slot, transceiver);
      this.#slots.set(slot, transceiver);
    }
    this.#openSlots();
  }

  /** The side that answers takes the slots over from the offer, and puts its tracks in before it answers. */
  #adoptSlots() {
    if (this.#slots.size > 0) return;
    const transceivers = this.#connection.getTransceivers();
    for (const [index, slot] of SLOTS.entries()) {
      const transceiver = transceivers[index];
      if (transceiver?.receiver.track.kind !== kindOf(slot)) throw new TypeError(`no slot for the ${slot}`);
      transceiver.direction = "sendrecv";
      this.#prefer(slot, transceiver);
      this.#slots.set(slot, transceiver);
      if (slot === "camera") this.#passage?.lead(this, transceiver.sender);
      this.#attend(transceiver.sender.replaceTrack(this.#sent(slot)));
    }
    this.#openSlots();
    this.emit("slots");
  }

  #openSlots() {
    for (const [slot, { sender }] of this.#slots) {
      this.#limits.set(slot, new SenderLimit(sender, this.#offers ? this.#sending(slot) : undefined));
    }
    this.streams = /** @type {Streams} */ (
      Object.fromEntries(
        [...this.#slots].map(([slot, { receiver }]) => [slot, new MediaStream([receiver.track])]),
      )
    );
    // The side that answers makes its end only now: earlier, it would ask for a negotiation of its own.
    const channel = this.#connection.createDataChannel("ctl", { negotiated: true, id: 0, ordered: true });
    this.#channel = new Channel(channel, this.#ending.signal, this.#intake);
    this.#channel.on("open", () => this.emit("open"));
    this.#channel.on("message", (message) => this.emit("message", message));
    this.#channel.on("close", () => this.emit("gone"));
    this.#channel.on("flood", () => this.emit("flood"));
  }

  /** @param {Slot} slot @param {RTCRtpTransceiver} transceiver */
  #prefer(slot, transceiver) {
    const codecs = this.#encodings[slot]?.codecs;
    if (codecs) prefer(transceiver, kindOf(slot), codecs);
  }

  /** @param {Slot} slot */
  #sent(slot) {
    const track = this.#tracks[slot];
    return slot === "camera" && track && this.#envelope ? this.#envelope : track;
  }

  /** @param {Slot} slot */
  #sending(slot) {
    const sending = this.#encodings[slot];
    if (slot === "camera" && sending && this.#envelope) {
      // Whether it is sent at all stays as it is.
      const { active } = sending.encoding;
      return { codecs: ["video/VP8"], encoding: active ? ENVELOPE : sending.encoding };
    }
    if (slot !== "camera" || !sending || !this.#isNew) return sending;
    const { encoding } = sending;
    const scaleResolutionDownBy = Math.max(FIRST_SCALE, encoding.scaleResolutionDownBy ?? 1);
    const rate = this.#isOneOfMany
      ? { maxFramerate: Math.min(FIRST_RATE, encoding.maxFramerate ?? FIRST_RATE) }
      : {};
    return { ...sending, encoding: { ...encoding, ...rate, scaleResolutionDownBy } };
  }

  /** @param {RTCPeerConnectionState} state */
  #change(state) {
    if (state === "connected" && this.#isNew && !this.#isEarly) {
      this.#growth.plan(this.#isOneOfMany ? GROW_TOGETHER : GROW_AFTER, () => this.#grow());
    }
    this.emit("state", state);
  }

  #grow() {
    this.#isNew = false;
    this.limit(this.#encodings);
  }

  /** @param {RTCIceCandidate | null} candidate */
  #gather(candidate) {
    // Some browsers say the end of each generation with an empty candidate before the null that ends them all.
    if (candidate?.candidate === "") return;
    this.#candidates.push(candidate && candidate.toJSON());
    if (candidate === null || this.#candidates.length >= MOST_CANDIDATES) return this.#sendCandidates();
    if (this.#flush.pending) return;
    this.#flush.plan(this.#hasFlushed ? MORE_CANDIDATES : FIRST_CANDIDATES, () => this.#sendCandidates());
  }

  #sendCandidates() {
    this.#flush.cancel();
    this.#hasFlushed = true;
    const candidates = this.#candidates.splice(0);
    this.#send({ type: "candidates", generation: this.#generation, candidates });
  }

  /** A negotiation that fails breaks the connection. @param {Promise<unknown>} doing */
  #try(doing) {
    return doing.catch((error) => {
      if (!this.#ending.signal.aborted) this.emit("broken", error);
    });
  }

  /** What was under way when the connection was closed has nobody to fail for. @param {Promise<unknown>} doing */
  #attend(doing) {
    doing.catch((error) => {
      if (!this.#ending.signal.aborted) throw error;
    });
  }
}

/**
 * Makes an offer to nobody. The first one of a page takes many times as long as the next, because the browser
 * looks for its codecs; that need not happen after the click.
 */
export async function warmUp() {
  const connection = new RTCPeerConnection();
  for (const slot of SLOTS) connection.addTransceiver(kindOf(slot));
  await connection.createOffer();
  connection.close();
}

/** @param {Slot} slot */
function kindOf(slot) {
  return slot === "microphone" || slot === "sound" ? "audio" : "video";
}
