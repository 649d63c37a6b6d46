/**
 * The one place through which my camera's frames go on their way to the encoder, and the track of the frames that everybody's
 * connection carries in their stead.
 *
 * @typedef {(order: object, transfer: Transferable[]) => void} Say  to the encoder
 *
 * @typedef {object} Way
 * @property {MediaStreamTrack} envelope
 * @property {() => void} [send]  the next frame of the envelope
 * @property {() => void} close
 */

// As encoder.js has them.
const ENVELOPE = 32;

export class Feed {
  /** @type {MediaStreamTrack | null} */
  #camera = null;
  /** @type {Way | null} */
  #way = null;

  /** Whether frames come now: without the first way, only while somebody sees the page. */
  static get isOpen() {
    return hasProcessor() || document.visibilityState === "visible";
  }

  /**
   * The track of the envelopes for this camera.
   *
   * @param {MediaStreamTrack} camera
   * @param {Say} say
   * @returns {MediaStreamTrack}
   */
  follow(camera, say) {
    if (camera === this.#camera && this.#way) return this.#way.envelope;
    this.close();
    this.#camera = camera;
    this.#way = hasProcessor() ? byProcessor(camera, say) : byVideo(camera, say);
    return this.#way.envelope;
  }

  /** The encoder has taken a frame. */
  send() {
    this.#way?.send?.();
  }

  /** How much wider the camera's picture is than high. */
  get shape() {
    const { width = 16, height = 9 } = this.#camera?.getSettings() ?? {};
    return width / height;
  }

  close() {
    this.#way?.close();
    this.#camera = this.#way = null;
  }
}

/** Frames go straight to the worker, seen or not (MediaStreamTrack Insertable Media Processing; Chromium has it in pages). */
function hasProcessor() {
  return "MediaStreamTrackProcessor" in globalThis && "MediaStreamTrackGenerator" in globalThis;
}

/** @param {MediaStreamTrack} camera @param {Say} say @returns {Way} */
function byProcessor(camera, say) {
  const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } = /** @type {any} */ (
    globalThis
  );
  // A track of its own, so that it ends with the feed.
  const taken = camera.clone();
  const { readable } = new Processor({ track: taken, maxBufferSize: 2 });
  const envelope = new Generator({ kind: "video" });
  say({ type: "feed", readable, writable: envelope.writable }, [readable, envelope.writable]);
  return {
    envelope,
    close: () => {
      taken.stop();
      envelope.stop();
    },
  };
}

/** By way of an element that plays it, each frame as it is shown, and a canvas that nobody sees. @param {MediaStreamTrack} camera @param {Say} say @returns {Way} */
function byVideo(camera, say) {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([camera]);
  let isOver = false;
  const step = () => {
    if (isOver) return;
    const frame = new VideoFrame(video, { timestamp: Math.round(performance.now() * 1_000) });
    say({ type: "frame", frame }, [frame]);
    video.requestVideoFrameCallback(step);
  };
  video.requestVideoFrameCallback(step);
  void video.play();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = ENVELOPE;
  const context = canvas.getContext("2d");
  const stream = canvas.captureStream(0);
  const [envelope] = stream.getVideoTracks();
  if (!envelope) throw new TypeError("a canvas without a track");
  // Firefox has it at the stream (Media Capture from DOM Elements, before 2016), others at the track.
  const sender = /** @type {any} */ ("requestFrame" in envelope ? envelope : stream);
  return {
    envelope,
    send: () => {
      // What has not been drawn anew is not sent.
      context?.clearRect(0, 0, ENVELOPE, ENVELOPE);
      sender.requestFrame();
    },
    close: () => {
      isOver = true;
      video.srcObject = null;
      envelope.stop();
    },
  };
}
