/** Applies encodings to one sender: one at a time, and of those that wait only the last. */
export class SenderLimit {
  #sender;
  /** @type {RTCRtpEncodingParameters | null} */
  #wanted = null;
  #applying = false;

  /** @param {RTCRtpSender} sender */
  constructor(sender) {
    this.#sender = sender;
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
    // Read anew each time: the browser refuses parameters that it did not hand out last.
    const parameters = this.#sender.getParameters();
    const [first] = parameters.encodings ?? [];
    // Nothing is negotiated yet, or nothing changes.
    if (!first || Object.entries(encoding).every(([key, value]) => Reflect.get(first, key) === value)) return;
    Object.assign(first, encoding);
    await this.#sender.setParameters(parameters);
  }
}
