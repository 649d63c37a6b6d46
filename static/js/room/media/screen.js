const WISHES = {
  video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } },
  audio: true,
  systemAudio: "include",
  surfaceSwitching: "include",
};

/** My screen, while it is shown. */
export class Screen {
  /** @type {() => void} */
  onchange = () => {};
  /** What I send is another track now, or nothing. @type {(slot: "screen" | "sound", track: MediaStreamTrack | null) => void} */
  ontrack = () => {};
  #media;
  /** @type {MediaStream | null} */
  #stream = null;
  #ending = new AbortController();

  /** @param {MediaDevices} media */
  constructor(media) {
    this.#media = media;
  }

  get isOn() {
    return this.#stream !== null;
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
    this.ontrack("screen", picture);
    this.ontrack("sound", stream.getAudioTracks()[0] ?? null);
    this.onchange();
  }

  unshare() {
    if (!this.#stream) return;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
    this.ontrack("screen", null);
    this.ontrack("sound", null);
    this.onchange();
  }

  close() {
    this.#ending.abort();
    this.unshare();
  }
}
