/** Fakes that behave: time that passes when told to, and a connection with the states of a real one. */

export class FakeClock {
  #now = 0;
  #queue = [];

  now = () => this.#now;

  after = (ms, then) => {
    const entry = { at: this.#now + ms, then };
    this.#queue.push(entry);
    return () => {
      this.#queue = this.#queue.filter((other) => other !== entry);
    };
  };

  /** Lets time pass, with everything that falls due on the way, in its order. */
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#queue.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#queue = this.#queue.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.then();
    }
    this.#now = end;
  }

  get pending() {
    return this.#queue.length;
  }

  /** How long until something falls due. */
  get idle() {
    return Math.min(...this.#queue.map(({ at }) => at)) - this.#now;
  }
}

/**
 * The negotiating half of an RTCPeerConnection (webrtc-pc, 4.4.1): descriptions are applied one after the other
 * and take a while, an offer on top of an own offer rolls that one back, and what the state forbids is refused.
 */
export class FakeConnection extends EventTarget {
  signalingState = "stable";
  localDescription = null;
  remoteDescription = null;
  candidates = [];
  certificate = "AA:00";
  #name;
  #offers = 0;
  #pending = null;
  #chain = Promise.resolve();
  #isClosed = false;

  constructor(name = "a") {
    super();
    this.#name = name;
  }

  setLocalDescription() {
    return this.#next(() => {
      if (this.signalingState === "have-remote-offer") {
        this.localDescription = {
          type: "answer",
          sdp: `answer by ${this.#name}\r\na=fingerprint:sha-256 ${this.certificate}\r\n`,
        };
        this.signalingState = "stable";
      } else {
        this.#offers += 1;
        this.#pending = this.localDescription;
        this.localDescription = {
          type: "offer",
          sdp: `offer ${this.#offers} by ${this.#name}\r\na=ice-ufrag:${this.#name}${this.#offers}\r\na=fingerprint:sha-256 ${this.certificate}\r\n`,
        };
        this.signalingState = "have-local-offer";
      }
    });
  }

  setRemoteDescription(description) {
    return this.#next(() => {
      if (description.type === "answer") {
        if (this.signalingState !== "have-local-offer") {
          throw new DOMException("no offer", "InvalidStateError");
        }
        this.signalingState = "stable";
      } else {
        if (this.signalingState === "have-local-offer") this.localDescription = this.#pending;
        this.signalingState = "have-remote-offer";
      }
      this.remoteDescription = description;
    });
  }

  async addIceCandidate(candidate) {
    if (!this.remoteDescription) throw new DOMException("no description", "InvalidStateError");
    this.candidates.push(candidate ?? null);
  }

  close() {
    this.#isClosed = true;
    this.signalingState = "closed";
  }

  #next(operation) {
    const done = this.#chain.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      // What was under way when it was closed is never heard of again.
      if (this.#isClosed) await new Promise(() => {});
      const before = this.signalingState;
      operation();
      if (this.signalingState !== before) this.dispatchEvent(new Event("signalingstatechange"));
    });
    this.#chain = done.catch(() => {});
    return done;
  }
}

/** A whole RTCPeerConnection, as far as `Peer` needs one; `made` has all of them in their order. */
export class FakePeerConnection extends FakeConnection {
  /** @type {FakePeerConnection[]} */
  static made = [];
  connectionState = "new";
  restarts = 0;
  #transceivers = [];

  constructor(configuration) {
    super(`c${FakePeerConnection.made.length}`);
    this.configuration = configuration;
    FakePeerConnection.made.push(this);
  }

  addTransceiver(what, { sendEncodings = [] } = {}) {
    const track = { kind: typeof what === "string" ? what : what.kind };
    const sender = {
      track: typeof what === "string" ? null : what,
      encoding: sendEncodings[0],
      getParameters: () => ({ encodings: [{}] }),
      async setParameters({ encodings }) {
        [sender.encoding] = encodings;
      },
      async replaceTrack(other) {
        sender.track = other;
      },
    };
    this.#transceivers.push({ sender, receiver: { track }, direction: "sendrecv" });
    return this.#transceivers.at(-1);
  }

  getTransceivers() {
    return this.#transceivers;
  }

  /** An offer brings its media sections with it. */
  async setRemoteDescription(description) {
    if (description.type === "offer" && this.#transceivers.length === 0) {
      for (const kind of ["audio", "video", "audio", "video"]) this.addTransceiver(kind);
    }
    await super.setRemoteDescription(description);
  }

  /** What is in the slots, in their order. */
  get sends() {
    return this.#transceivers.map(({ sender }) => sender.track);
  }

  /** How it is sent, in the same order. */
  get encodings() {
    return this.#transceivers.map(({ sender }) => sender.encoding);
  }

  createDataChannel() {
    this.channel = Object.assign(new EventTarget(), {
      readyState: "connecting",
      bufferedAmount: 0,
      sent: [],
      close() {},
    });
    this.channel.send = (text) => this.channel.sent.push(JSON.parse(text));
    return this.channel;
  }

  openChannel() {
    this.channel.readyState = "open";
    this.channel.dispatchEvent(new Event("open"));
  }

  /** What the other end says. */
  hear(message) {
    this.channel.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }

  async getStats() {
    return new Map();
  }

  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  /** An offer is asked for only while none is open (webrtc-pc, 4.7.3). */
  restartIce() {
    this.restarts += 1;
    if (this.signalingState === "stable") this.dispatchEvent(new Event("negotiationneeded"));
  }

  become(state) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  /** Stands in for the browser's own, until the next. */
  static install() {
    FakePeerConnection.made = [];
    globalThis.RTCPeerConnection = FakePeerConnection;
    globalThis.MediaStream = class {};
  }
}

/** Lets everything that is under way finish. */
export async function settle() {
  for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
