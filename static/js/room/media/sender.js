import { Emitter, Latest } from "../../lib/events.js";
import { backoff } from "../../lib/timing.js";

/**
 * `codec` is younger than the types (webrtc-extensions, "RTCRtpEncodingParameters").
 * @typedef {RTCRtpEncodingParameters & {codec?: RTCRtpCodec}} Encoding
 *
 * What one slot sends.
 * @typedef {object} Sending
 * @property {Encoding} encoding
 * @property {string[]} codecs  MIME types, best first; those that are not named come after them
 */

/** Applies encodings to one sender: one at a time, and of those that wait only the last. */
export class SenderLimit {
  #sender;
  /** In force, as far as anybody has asked. */
  #applied = new Latest();
  /** @type {Sending | null} */
  #wanted = null;
  #applying = false;

  /**
   * @param {RTCRtpSender} sender
   * @param {Sending} [applied]  that it was made with
   */
  constructor(sender, applied) {
    this.#sender = sender;
    if (applied) this.#applied.keep([applied.encoding, applied.codecs]);
  }

  /**
   * @param {Sending} sending
   * @returns {Promise<void>}
   */
  async apply(sending) {
    this.#wanted = sending;
    if (this.#applying) return;
    this.#applying = true;
    try {
      while (this.#wanted) await this.#set(this.#wanted);
    } finally {
      this.#applying = false;
    }
  }

  /** @param {Sending} sending */
  async #set({ encoding, codecs }) {
    this.#wanted = null;
    if (!this.#applied.isOther([encoding, codecs])) return;
    // Read anew each time: the browser refuses parameters that it did not hand out last.
    const parameters = this.#sender.getParameters();
    const [first] = /** @type {Encoding[]} */ (parameters.encodings ?? []);
    // Nothing is negotiated yet.
    if (!first) return;
    this.#applied.keep([encoding, codecs]);
    Object.assign(first, encoding);
    const codec = best(parameters.codecs ?? [], codecs);
    const current = first.codec ?? parameters.codecs?.[0];
    if (codec && codec.mimeType !== current?.mimeType) first.codec = codec;
    await this.#sender.setParameters(parameters);
  }
}

/**
 * The first of the negotiated codecs that is wanted. For sound there is no changing: Chromium takes the other codec,
 * and goes on with the first.
 *
 * @param {RTCRtpCodecParameters[]} negotiated
 * @param {string[]} wanted
 */
function best(negotiated, wanted) {
  // Who names it first has hardware for it, and for nothing else.
  if (negotiated[0]?.mimeType.toLowerCase() === "video/h264") return negotiated[0];
  for (const mime of wanted.filter((name) => name.startsWith("video/"))) {
    const found = negotiated.find(({ mimeType }) => mimeType.toLowerCase() === mime.toLowerCase());
    if (found) return found;
  }
  return null;
}

/**
 * Codecs in the order in which they are wanted. None is dropped: retransmission and redundancy are codecs, too.
 *
 * @template {{mimeType: string}} T
 * @param {T[]} known
 * @param {string[]} wanted
 */
export function ordered(known, wanted) {
  const lower = wanted.map((mime) => mime.toLowerCase());
  /** @param {T} codec */
  const place = ({ mimeType }) => {
    const index = lower.indexOf(mimeType.toLowerCase());
    return index < 0 ? lower.length : index;
  };
  return [...known].sort((a, b) => place(a) - place(b));
}

// Once it has broken the frames wait for it, and it is made anew, ever more rarely (milliseconds).
const AGAIN = { first: 500, most: 30_000 };

/**
 * What a passage needs of a browser; null where it lacks some of it, and every connection has an encoder of its own for good.
 *
 * @returns {{transform: (worker: Worker, name: string) => unknown, work: () => Worker} | null}
 */
export function browserPassage() {
  const Transform = /** @type {any} */ (globalThis).RTCRtpScriptTransform;
  const hasFrames =
    "MediaStreamTrackGenerator" in globalThis ||
    ("requestVideoFrameCallback" in HTMLVideoElement.prototype &&
      "captureStream" in HTMLCanvasElement.prototype);
  if (!Transform || !("VideoEncoder" in globalThis) || !hasFrames) return null;
  return {
    transform: (worker, name) => new Transform(worker, { id: name }),
    work: () => new Worker(import.meta.resolve("../encoder/worker.js"), { type: "module" }),
  };
}

/**
 * The worker through which the frames of my camera go to everybody, each connection's under a name (encoder/worker.js). A
 * browser gives them away only where this is so from the beginning, so they pass there long before one encoder is to serve
 * several connections.
 *
 * @extends {Emitter<{message: [data: any], anew: []}>}
 */
export class Passage extends Emitter {
  #world;
  #clock;
  /** @type {Worker | null} */
  #worker = null;
  #count = 0;
  #failures = 0;
  /** @type {Map<object, {name: string, sender: RTCRtpSender}>} */
  #led = new Map();

  /** @param {{world: ReturnType<typeof browserPassage>, clock: import("../../lib/timing.js").Clock}} options */
  constructor({ world, clock }) {
    super();
    this.#world = world;
    this.#clock = clock;
  }

  /** Whether there is one in this browser. */
  get isOpen() {
    return this.#world !== null;
  }

  /** Before it is negotiated. @param {object} of  whose it is @param {RTCRtpSender} sender  of my camera */
  lead(of, sender) {
    if (!this.#world) return;
    this.#count += 1;
    const led = { name: String(this.#count), sender };
    this.#led.set(of, led);
    this.#transform(led);
  }

  /** @param {object} of */
  leave(of) {
    this.#led.delete(of);
  }

  /** @param {object} of  "" where its frames cannot be had */
  nameOf(of) {
    const { name, sender } = this.#led.get(of) ?? {};
    const known = sender?.getParameters().codecs ?? [];
    return best(known, ["video/VP8"])?.mimeType.toLowerCase() === "video/vp8" ? (name ?? "") : "";
  }

  /** @param {unknown} order @param {Transferable[]} [transfer] */
  say(order, transfer = []) {
    this.#worker?.postMessage(order, transfer);
  }

  /** @param {{name: string, sender: RTCRtpSender}} led */
  #transform({ name, sender }) {
    this.#worker ??= this.#work();
    if (this.#worker) /** @type {any} */ (sender).transform = this.#world?.transform(this.#worker, name);
  }

  #work() {
    const worker = this.#world?.work() ?? null;
    worker?.addEventListener("message", ({ data }) => this.emit("message", data));
    worker?.addEventListener("error", () => this.mend());
    return worker;
  }

  /** It has broken, or says nothing more. What was in it waits in the browser for the next. */
  mend() {
    if (!this.#worker) return;
    this.#worker.terminate();
    this.#worker = null;
    this.#clock.after(backoff(this.#failures, AGAIN), () => {
      for (const led of this.#led.values()) this.#transform(led);
      this.emit("anew");
    });
    this.#failures += 1;
  }
}

/** What the browser can receive, by kind: asking for it takes a while the first time. @type {Map<string, RTCRtpCodec[]>} */
const capabilities = new Map();

/**
 * Says which codecs a slot is to use, before it is offered or answered.
 *
 * @param {RTCRtpTransceiver} transceiver
 * @param {"audio" | "video"} kind
 * @param {string[]} codecs
 */
export function prefer(transceiver, kind, codecs) {
  // Firefox has had it since 128.
  if (!("setCodecPreferences" in transceiver)) return;
  const known = capabilities.get(kind) ?? RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  capabilities.set(kind, known);
  transceiver.setCodecPreferences(ordered(known, codecs));
}
