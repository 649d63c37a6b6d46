/**
 * @typedef {import("../messages.js").Description} Description
 * @typedef {import("../messages.js").Candidate} Candidate
 */

// The candidates of a few restarts, for a description that has yet to come.
const MOST_WAITING = 128;

/**
 * Perfect negotiation (webrtc-pc, 10.7): when two offers collide, the polite side gives way. Between two of our
 * own pages only one side ever offers, so this is the net below; a foreign client may need it.
 */
export class Negotiation {
  #connection;
  #polite;
  #send;
  #adopt;
  #makingOffer = false;
  #ignoringOffer = false;
  #settingAnswer = false;
  /** Which offer is being applied and answered. */
  #dealing = "";
  /** The remote description in force; asking the connection for it is slow. */
  #remote = "";
  /** Candidates that came before the description they belong to, or while it is being applied. @type {Candidate[]} */
  #waiting = [];

  /**
   * @param {RTCPeerConnection} connection
   * @param {object} options
   * @param {boolean} options.polite
   * @param {(description: Description) => void} options.send
   * @param {() => unknown} [options.adopt]  called between an offer and its answer, to put the tracks in place
   */
  constructor(connection, { polite, send, adopt = () => {} }) {
    this.#connection = connection;
    this.#polite = polite;
    this.#send = send;
    this.#adopt = adopt;
  }

  async offer() {
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
    } finally {
      this.#makingOffer = false;
    }
    // An offer of the other side may have come first; then this one has become its answer, sent already.
    this.#say("offer");
  }

  /** Sends the local description once more, with the candidates gathered by now: the first may be lost. */
  resend() {
    this.#say();
  }

  /** @param {Description} description */
  async receiveDescription(description) {
    const isOffer = description.type === "offer";
    // It was sent again because this takes a while: to begin again would take longer.
    if (isOffer && this.#dealing === origin(description.sdp)) return;
    this.#ignoringOffer = isOffer && !this.#polite && this.#collides();
    if (this.#ignoringOffer) return;
    // The second answer to an offer that was sent twice.
    if (!isOffer && (this.#settingAnswer || this.#connection.signalingState !== "have-local-offer")) return;

    this.#settingAnswer = !isOffer;
    const dealing = isOffer ? origin(description.sdp) : "";
    if (isOffer) this.#dealing = dealing;
    try {
      // A polite browser rolls its own offer back by itself.
      await this.#connection.setRemoteDescription(description);
      this.#remote = description.sdp;
    } finally {
      this.#settingAnswer = false;
    }
    const waiting = this.#waiting.splice(0);
    this.#waiting = waiting.filter((candidate) => !this.#isCurrent(candidate));
    const early = waiting
      .filter((candidate) => this.#isCurrent(candidate))
      .map((candidate) => this.#add(candidate));
    if (isOffer) {
      await this.#adopt();
      await this.#connection.setLocalDescription();
      if (this.#dealing === dealing) this.#dealing = "";
      this.#say();
    }
    await Promise.all(early);
  }

  /** @param {Candidate} candidate */
  async receiveCandidate(candidate) {
    if (this.#remote && this.#isCurrent(candidate)) return this.#add(candidate);
    // Either of an offer that is on its way, or from before a restart; only the next description will tell.
    this.#waiting.push(candidate);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /** @param {Candidate} candidate */
  async #add(candidate) {
    try {
      await this.#connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // Candidates of an offer that was ignored, or of one that a restart has just replaced, lead nowhere.
      if (!this.#ignoringOffer && this.#isCurrent(candidate)) throw error;
    }
  }

  /**
   * Whether the candidate belongs to the description that is in force: Firefox refuses those from before an
   * ICE restart ("Unknown ufrag").
   *
   * @param {Candidate} candidate
   */
  #isCurrent(candidate) {
    const fragment = candidate?.usernameFragment;
    if (!fragment) return true;
    return [`a=ice-ufrag:${fragment}\r\n`, `a=ice-ufrag:${fragment}\n`].some((line) =>
      this.#remote.includes(line),
    );
  }

  /** @param {RTCSdpType} [only]  says nothing when the description is of another type */
  #say(only) {
    const description = this.#connection.localDescription;
    if (!description || (only && description.type !== only)) return;
    this.#send(/** @type {Description} */ ({ type: description.type, sdp: description.sdp }));
  }

  #collides() {
    // While an answer is being set, the state still reads "have-local-offer" although nothing collides.
    const isReady = this.#connection.signalingState === "stable" || this.#settingAnswer;
    return this.#makingOffer || !isReady;
  }
}

/** What tells one offer from another, with however many candidates it is said (RFC 8866, 5.2). @param {string} sdp */
function origin(sdp) {
  return /^o=.*$/m.exec(sdp)?.[0] ?? sdp;
}
