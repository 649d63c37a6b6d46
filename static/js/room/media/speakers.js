import { Emitter } from "../../lib/events.js";

// What a browser takes for a sign that somebody is there (HTML, 6.4.2: activation triggering input events).
const GESTURES = ["keydown", "mousedown", "pointerdown", "pointerup", "touchend"];

/**
 * @typedef {import("../capabilities.js").Note} Note
 *
 * @typedef {object} SpeakersEvents
 * @property {[blocked: boolean]} blocked  the browser wants a click before it plays anything
 */

/** Plays what others say and share: one hidden element per sound, on the speaker that was chosen. @extends {Emitter<SpeakersEvents>} */
export class Speakers extends Emitter {
  #root;
  /** @type {Map<string, HTMLAudioElement>} */
  #elements = new Map();
  /** What I hear nothing of. @type {Set<string>} */
  #silent = new Set();
  #device = "";
  #muted = false;
  #sounds = 0;
  #blocked = false;
  /** Ends the waiting for a gesture. */
  #waiting = new AbortController();

  /** @param {HTMLElement} root  where the elements are put */
  constructor(root) {
    super();
    this.#root = root;
  }

  /**
   * @param {string} key
   * @param {MediaStream} stream
   * @param {number} [volume]  from 0 to 1
   */
  play(key, stream, volume = 1) {
    const element = this.#elements.get(key) ?? this.#add(key);
    // On some phones a page decides on silence alone.
    if (volume > 0) this.#silent.delete(key);
    else this.#silent.add(key);
    element.volume = volume;
    element.muted = this.#muted || volume === 0;
    if (element.srcObject === stream) return;
    element.srcObject = stream;
    void this.#start(element);
  }

  /** @param {string} key */
  stop(key) {
    const element = this.#elements.get(key);
    if (!element) return;
    this.#elements.delete(key);
    this.#silent.delete(key);
    element.srcObject = null;
    element.remove();
  }

  /** @param {string} device */
  async choose(device) {
    this.#device = device;
    await Promise.all([...this.#elements.values()].map((element) => this.#route(element)));
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.#muted = muted;
    for (const [key, element] of this.#elements) element.muted = muted || this.#silent.has(key);
  }

  /** After a click, or any other gesture, everything may play. */
  async unblock() {
    this.#waiting.abort();
    this.#blocked = false;
    this.emit("blocked", false);
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  /** Two soft notes on the chosen speaker. */
  async test() {
    await this.#play("test", [
      { frequency: 523.25, at: 0 },
      { frequency: 659.25, at: 0.25 },
    ]);
  }

  /** Tones for me alone; none in a page that is to be silent. @param {readonly Note[]} notes */
  async sound(notes) {
    if (!this.#muted) await this.#play(`sound ${(this.#sounds += 1)}`, notes);
  }

  /** @param {string} key @param {readonly Note[]} notes */
  async #play(key, notes) {
    const context = new AudioContext();
    const output = new MediaStreamAudioDestinationNode(context);
    const element = this.#add(key);
    element.muted = false;
    element.srcObject = output.stream;
    await this.#start(element);
    if (element.paused) {
      // The browser holds sound back, and the page says so; a note that comes late is no use.
      this.stop(key);
      return context.close();
    }
    const ends = notes.map(({ frequency, at, gain: loudness = 0.2 }) => {
      const tone = new OscillatorNode(context, { frequency });
      const gain = new GainNode(context, { gain: 0 });
      const start = context.currentTime + at;
      gain.gain.setTargetAtTime(loudness, start, 0.01);
      gain.gain.setTargetAtTime(0, start + 0.2, 0.08);
      tone.connect(gain).connect(output);
      tone.start(start);
      tone.stop(start + 0.8);
      return new Promise((resolve) => tone.addEventListener("ended", resolve));
    });
    await Promise.all(ends);
    if (this.#elements.get(key) === element) this.stop(key);
    await context.close();
  }

  close() {
    this.#waiting.abort();
    for (const key of [...this.#elements.keys()]) this.stop(key);
  }

  /** @param {string} key */
  #add(key) {
    this.stop(key);
    const element = document.createElement("audio");
    element.hidden = true;
    element.muted = this.#muted;
    this.#elements.set(key, element);
    this.#root.append(element);
    if (this.#device) void this.#route(element);
    return element;
  }

  /** @param {HTMLAudioElement} element */
  async #route(element) {
    try {
      await element.setSinkId(this.#device);
    } catch (error) {
      // The chosen speaker has been unplugged: the sound stays where it is, which is better than silence.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  /** @param {HTMLAudioElement} element */
  async #start(element) {
    try {
      await element.play();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      // AbortError: taken away while it was about to play.
      if (error.name !== "NotAllowedError" || this.#blocked) return;
      this.#blocked = true;
      this.#awaitGesture();
      this.emit("blocked", true);
    }
  }

  #awaitGesture() {
    this.#waiting = new AbortController();
    const { signal } = this.#waiting;
    for (const kind of GESTURES) {
      addEventListener(kind, () => void this.unblock(), { signal, capture: true, passive: true });
    }
  }
}
