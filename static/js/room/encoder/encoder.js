/**
 * One encoder for many connections, in a worker. The camera's picture is encoded once in each size that somebody is sent
 * (a master), and its bytes travel in the frames of the connections' own encoders, which make next to nothing of a picture
 * of a few pixels (envelopes). Who carries what is decided by the page (masters.js).
 *
 * @typedef {import("./masters.js").MasterConfig} MasterConfig
 *
 * @typedef {object} Counts  since it was made
 * @property {number} frames
 * @property {number} keys
 * @property {number} bytes
 * @property {number} time     milliseconds that encoding took
 *
 * What the page says.
 * @typedef {{type: "feed", readable: ReadableStream<VideoFrame>, writable: WritableStream<VideoFrame>}
 *     | {type: "frame", frame: VideoFrame}
 *     | {type: "masters", masters: Record<string, MasterConfig>, fps: number, keyGap: number}
 *     | {type: "carry", id: string, master: string}
 *     | {type: "count"}} Order
 *
 * `envelope`: the next one is to go, where the page sends them. `lost`: whoever has these frames asks for one key frame after
 * the other.
 * @typedef {{type: "envelope"} | {type: "lost", id: string} | {type: "counts", masters: Record<string, Counts>, envelopes: Record<string, {frames: number, bytes: number, keys: number}>}
 *     | {type: "error", master: string, words: string}} Told
 */

// An envelope's picture is so small that no camera makes it (pixels).
const ENVELOPE = 32;
const VP8 = "video/vp8";
// As many frames may wait for one encoder: what it cannot do in time it leaves out.
const MOST_WAITING = 2;
// So many chunks that wait anywhere are a delay that does not go by itself.
const BACKLOG = 2;
// So many key frames in so many milliseconds: to begin with there may be one or two.
const MOST_KEYS = 4;
const KEYS_WITHIN = 2_000;
// Cameras are not exact (share of the time between two frames).
const EARLY = 0.2;

class Master {
  /** @type {Counts} */
  counts = { frames: 0, keys: 0, bytes: 0, time: 0 };
  #encoder;
  #config;
  #size = "";
  #fps = 0;
  #keyAt = -Infinity;
  #hasSkipped = false;
  /** @type {Map<number, number>} */
  #begun = new Map();

  /**
   * @param {MasterConfig} config
   * @param {object} options
   * @param {(chunk: {type: "key" | "delta", data: ArrayBuffer}) => void} options.made
   * @param {(words: string) => void} options.failed
   */
  constructor(config, { made, failed }) {
    this.#config = config;
    this.#encoder = new VideoEncoder({
      output: (chunk) => {
        const data = new ArrayBuffer(chunk.byteLength);
        chunk.copyTo(data);
        this.#count(chunk);
        made({ type: chunk.type, data });
      },
      error: (error) => failed(String(error)),
    });
  }

  /**
   * @param {VideoFrame} frame
   * @param {object} options
   * @param {number} options.fps
   * @param {boolean} options.isAsked  somebody wants a key frame
   * @param {number} options.keyGap   milliseconds between two at least
   * @param {boolean} options.hasBacklog
   * @param {number} options.now
   */
  encode(frame, { fps, isAsked, keyGap, hasBacklog, now }) {
    if (this.#encoder.state === "closed") return;
    // Everybody then has a frame to spare, which takes what waits.
    this.#hasSkipped = hasBacklog && !this.#hasSkipped;
    if (this.#hasSkipped) return;
    const isNew = this.#configure(frame, fps);
    const keyFrame = isNew || (isAsked && now - this.#keyAt >= keyGap);
    if (keyFrame) this.#keyAt = now;
    this.#begun.set(frame.timestamp, now);
    this.#encoder.encode(frame, { keyFrame });
  }

  /** It does not keep up. */
  get isBusy() {
    return this.#encoder.encodeQueueSize > MOST_WAITING;
  }

  close() {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }

  /** For a picture of this shape; gives whether it is another one. @param {VideoFrame} frame @param {number} fps */
  #configure({ displayWidth, displayHeight }, fps) {
    const { height, bitrate } = this.#config;
    const scale = Math.min(1, height / Math.min(displayWidth, displayHeight));
    const even = (/** @type {number} */ pixels) => Math.max(16, Math.round((pixels * scale) / 2) * 2);
    const [width, lines] = [even(displayWidth), even(displayHeight)];
    if (this.#size === `${width}x${lines}` && this.#fps === fps) return false;
    [this.#size, this.#fps] = [`${width}x${lines}`, fps];
    this.#encoder.configure({
      codec: "vp8",
      width,
      height: lines,
      bitrate,
      framerate: fps,
      bitrateMode: "constant",
      latencyMode: "realtime",
    });
    return true;
  }

  /** @param {EncodedVideoChunk} chunk */
  #count({ type, byteLength, timestamp }) {
    const { counts } = this;
    counts.frames += 1;
    counts.bytes += byteLength;
    if (type === "key") counts.keys += 1;
    counts.time += performance.now() - (this.#begun.get(timestamp) ?? performance.now());
    this.#begun.delete(timestamp);
  }
}

class Envelope {
  pairing;
  counts = { frames: 0, bytes: 0, keys: 0 };
  /** When key frames were wanted last. @type {number[]} */
  #keys = [];
  /** @type {(frame: any) => void} */
  write = () => {};

  /** @param {import("./pairing.js").Pairing<any>} pairing */
  constructor(pairing) {
    this.pairing = pairing;
  }

  /** Somebody wants a key frame, once more: whether it does them no good. @param {number} now */
  isLost(now) {
    this.counts.keys += 1;
    this.#keys = [...this.#keys.filter((at) => now - at < KEYS_WITHIN), now];
    if (this.#keys.length < MOST_KEYS) return false;
    this.#keys = [];
    return true;
  }

  /** @param {import("./pairing.js").Pair<any>[]} pairs */
  send(pairs) {
    for (const { frame, chunk } of pairs) {
      // What is written is gone from here, and others carry the same.
      frame.data = chunk.data.slice(0);
      this.counts.frames += 1;
      this.counts.bytes += chunk.data.byteLength;
      this.write(frame);
    }
  }
}

export class Encoder {
  #tell;
  #parts;
  /** @type {Map<string, Master>} */
  #masters = new Map();
  /** @type {Record<string, MasterConfig>} */
  #configs = {};
  /** @type {Map<string, Envelope>} */
  #envelopes = new Map();
  #fps = 15;
  #keyGap = 300;
  #due = -Infinity;
  /** @type {WritableStreamDefaultWriter<VideoFrame> | null} */
  #envelopeWriter = null;

  /** @param {(told: Told) => void} tell @param {typeof import("./pairing.js")} parts  handed over: a worker knows no map of names */
  constructor(tell, parts) {
    this.#tell = tell;
    this.#parts = parts;
  }

  /** A frame of a connection's own encoder. @param {string} id @param {any} frame @param {(frame: any) => void} write */
  take(id, frame, write) {
    const { width, height, mimeType = VP8 } = frame.getMetadata();
    // Where the browser does not say how large it is, it is none either.
    if (!(Math.max(width, height) <= this.#parts.MOST_ENVELOPE)) {
      // It has an encoder of its own again.
      if ((this.#envelopes.get(id)?.counts.frames ?? 0) > 0) this.#envelopes.delete(id);
      return write(frame);
    }
    // Its own encoder is about to make what the masters make, and does not yet.
    if (mimeType.toLowerCase() !== VP8) return;
    const envelope = this.#envelope(id);
    envelope.write = write;
    if (frame.type === "key" && envelope.isLost(performance.now())) this.#tell({ type: "lost", id });
    envelope.send(envelope.pairing.frame(frame, frame.type === "key", performance.now()));
  }

  /** @param {string} id  its connection is closed */
  forget(id) {
    this.#envelopes.delete(id);
  }

  /** @param {Order} order */
  receive(order) {
    if (order.type === "feed") void this.#pump(order.readable, order.writable);
    else if (order.type === "frame") this.#feed(order.frame);
    else if (order.type === "masters") this.#configure(order);
    else if (order.type === "carry") this.#envelope(order.id).pairing.carry(order.master);
    else if (order.type === "count") this.#tellCounts();
  }

  /** @param {string} id */
  #envelope(id) {
    const envelope = this.#envelopes.get(id) ?? new Envelope(new this.#parts.Pairing());
    this.#envelopes.set(id, envelope);
    return envelope;
  }

  /** @param {{masters: Record<string, MasterConfig>, fps: number, keyGap: number}} order */
  #configure({ masters, fps, keyGap }) {
    for (const [name, master] of this.#masters) {
      const [before, now] = [this.#configs[name], masters[name]];
      if (before?.height === now?.height && before?.bitrate === now?.bitrate) continue;
      master.close();
      this.#masters.delete(name);
    }
    [this.#configs, this.#fps, this.#keyGap] = [masters, fps, keyGap];
  }

  /** @param {ReadableStream<VideoFrame>} readable @param {WritableStream<VideoFrame>} writable */
  async #pump(readable, writable) {
    const reader = readable.getReader();
    this.#envelopeWriter = writable.getWriter();
    // Another camera counts by itself.
    this.#due = -Infinity;
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      this.#feed(frame);
    }
  }

  /** @param {VideoFrame} frame  of the camera */
  #feed(frame) {
    const every = 1_000_000 / this.#fps;
    if (frame.timestamp < this.#due - every * EARLY) return frame.close();
    // One after the other on the average; whoever was silent for long begins anew.
    this.#due = frame.timestamp > this.#due + every ? frame.timestamp + every : this.#due + every;
    const now = performance.now();
    const wanted = Object.entries(this.#configs)
      .map(([name, config]) => ({ name, config, envelopes: this.#envelopesOf(name, now) }))
      .filter(({ envelopes }) => envelopes.length > 0);
    for (const [name, master] of this.#masters) {
      if (wanted.some((one) => one.name === name)) continue;
      master.close();
      this.#masters.delete(name);
    }
    // What is left out is left out for all, before anything is made of it: nobody misses what never was.
    if (!wanted.some(({ name }) => this.#masters.get(name)?.isBusy)) {
      this.#sendEnvelope(frame.timestamp);
      for (const { name, config, envelopes } of wanted) this.#encode(frame, name, config, envelopes, now);
    }
    frame.close();
  }

  /** Those by which something of it goes to somebody. @param {string} name  of a master @param {number} now */
  #envelopesOf(name, now) {
    return [...this.#envelopes.values()].filter(
      ({ pairing }) => (pairing.master === name || pairing.next === name) && !pairing.isPaused(now),
    );
  }

  /** @param {VideoFrame} frame @param {string} name @param {MasterConfig} config @param {Envelope[]} envelopes @param {number} now */
  #encode(frame, name, config, envelopes, now) {
    const master = this.#masters.get(name) ?? this.#make(name, config);
    master.encode(frame, {
      fps: this.#fps,
      keyGap: this.#keyGap,
      isAsked: envelopes.some(({ pairing }) => pairing.asks(now) === name),
      hasBacklog: envelopes.some(({ pairing }) => pairing.master === name && pairing.backlog(now) >= BACKLOG),
      now,
    });
  }

  /** @param {string} name @param {MasterConfig} config */
  #make(name, config) {
    const master = new Master(config, {
      made: (chunk) => {
        for (const envelope of this.#envelopes.values()) envelope.send(envelope.pairing.chunk(name, chunk));
      },
      failed: (words) => {
        this.#masters.delete(name);
        this.#tell({ type: "error", master: name, words });
      },
    });
    this.#masters.set(name, master);
    return master;
  }

  /** For every frame that is encoded each envelope has one. @param {number} timestamp  microseconds */
  #sendEnvelope(timestamp) {
    if (!this.#envelopeWriter) return this.#tell({ type: "envelope" });
    const data = new Uint8Array((ENVELOPE * ENVELOPE * 3) / 2).fill(128);
    const frame = new VideoFrame(data, {
      format: "I420",
      codedWidth: ENVELOPE,
      codedHeight: ENVELOPE,
      timestamp,
    });
    void this.#envelopeWriter.write(frame).catch(() => frame.close());
  }

  #tellCounts() {
    this.#tell({
      type: "counts",
      masters: Object.fromEntries([...this.#masters].map(([name, { counts }]) => [name, { ...counts }])),
      envelopes: Object.fromEntries([...this.#envelopes].map(([id, { counts }]) => [id, { ...counts }])),
    });
  }
}
