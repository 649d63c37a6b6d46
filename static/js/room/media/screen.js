import { Emitter } from "../../lib/events.js";

const WISHES = {
  video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } },
  audio: true,
  systemAudio: "include",
  surfaceSwitching: "include",
};

/**
 * @typedef {object} ScreenEvents
 * @property {[]} change
 * @property {[slot: "screen" | "sound", track: MediaStreamTrack | null]} track  what I send is another track now, or nothing
 */

/** My screen, while it is shown. @extends {Emitter<ScreenEvents>} */
export class Screen extends Emitter {
  #media;
  /** @type {MediaStream | null} */
  #stream = null;
  #ending = new AbortController();

  /** @param {MediaDevices} media */
  constructor(media) {
    super();
    this.#media = media;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /** Whether what this computer plays goes out with it. */
  get hasSound() {
    return (this.#stream?.getAudioTracks().length ?? 0) > 0;
  }

  /** Shows a screen, if the person picks one. */
  async share() {
    if (this.#stream) return;
    let stream;
    try {
      stream = await this.#media.getDisplayMedia(WISHES);
    } catch (error) {
      // They thought better of it, or the system forbids it and has said so itself.
      if (error instanceof DOMException) return;
      throw error;
    }
    const [picture] = stream.getVideoTracks();
    // While they were choosing, the call has ended, or they have chosen in another dialog.
    if (!picture || this.#stream || this.#ending.signal.aborted) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    this.#stream = stream;
    picture.contentHint = "detail";
    // The browser has a stop button of its own.
    picture.addEventListener("ended", () => this.unshare(), { signal: this.#ending.signal });
    this.emit("track", "screen", picture);
    this.emit("track", "sound", stream.getAudioTracks()[0] ?? null);
    this.emit("change");
  }

  unshare() {
    if (!this.#stream) return;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
    this.emit("track", "screen", null);
    this.emit("track", "sound", null);
    this.emit("change");
  }

  close() {
    this.#ending.abort();
    this.unshare();
  }
}
