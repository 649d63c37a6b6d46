/**
 * The one place through which my camera's frames go on their way to the encoder, and the track of the frames that everybody's
 * connection carries in their stead (MediaStreamTrack Insertable Media Processing; Chromium has it in pages).
 */
export class Feed {
  /** @type {MediaStreamTrack | null} */
  #camera = null;
  /** A track of its own, so that it ends with the feed. @type {MediaStreamTrack | null} */
  #taken = null;
  /** @type {MediaStreamTrack | null} */
  #envelope = null;

  /**
   * The track of the envelopes for this camera.
   *
   * @param {MediaStreamTrack} camera
   * @param {(order: object, transfer: Transferable[]) => void} say  to the encoder
   * @returns {MediaStreamTrack}
   */
  follow(camera, say) {
    if (camera === this.#camera && this.#envelope) return this.#envelope;
    this.close();
    const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } =
      /** @type {any} */ (globalThis);
    this.#camera = camera;
    this.#taken = camera.clone();
    const { readable } = new Processor({ track: this.#taken, maxBufferSize: 2 });
    const envelope = new Generator({ kind: "video" });
    this.#envelope = /** @type {MediaStreamTrack} */ (envelope);
    say({ type: "feed", readable, writable: envelope.writable }, [readable, envelope.writable]);
    return this.#envelope;
  }

  /** How much wider the camera's picture is than high. */
  get shape() {
    const { width = 16, height = 9 } = this.#camera?.getSettings() ?? {};
    return width / height;
  }

  close() {
    this.#taken?.stop();
    this.#envelope?.stop();
    this.#camera = this.#taken = this.#envelope = null;
  }
}
