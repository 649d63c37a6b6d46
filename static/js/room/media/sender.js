/** Applies encodings to one sender: one at a time, and of those that wait only the last. */
export class SenderLimit {
  #sender;
  /** In force, as far as anybody has asked. */
  #applied;
  /** @type {RTCRtpEncodingParameters | null} */
  #wanted = null;
  #applying = false;

  /**
   * @param {RTCRtpSender} sender
   * @param {RTCRtpEncodingParameters} [applied]  that it was made with
   */
  constructor(sender, applied) {
    this.#sender = sender;
    this.#applied = applied;
  }

  /**
   * @param {RTCRtpEncodingParameters} encoding
   * @returns {Promise<void>}
   */
  async apply(encoding) {
    this.#wanted = encoding;
    if (this.#applying) return;
    this.#applying = true;
    try {
      while (this.#wanted) await this.#set(this.#wanted);
    } finally {
      this.#applying = false;
    }
  }

  /** @param {RTCRtpEncodingParameters} encoding */
  async #set(encoding) {
    this.#wanted = null;
    if (isSame(encoding, this.#applied)) return;
    // Read anew each time: the browser refuses parameters that it did not hand out last.
    const parameters = this.#sender.getParameters();
    const [first] = parameters.encodings ?? [];
    // Nothing is negotiated yet.
    if (!first) return;
    this.#applied = encoding;
    Object.assign(first, encoding);
    await this.#sender.setParameters(parameters);
  }
}

/**
 * @param {RTCRtpEncodingParameters} a
 * @param {RTCRtpEncodingParameters | undefined} b
 */
function isSame(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
