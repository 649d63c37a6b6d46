import { idle } from "../../lib/timing.js";

/** @typedef {import("../../lib/timing.js").Clock} Clock */

const EVERY = 100;
// Linear level (1 is as loud as it gets) from which it may be speech, and how long it must last.
const LOUD = 0.02;
const HYSTERESIS = 1.5;
const AFTER = 300;
const HOLD = 2_000;
const SMOOTHING = 0.5;

/** Whether a voice is speaking, from its level: no flicker between words, no start from a click. */
export class Speech {
  #level = 0;
  #since = 0;
  #last = -Infinity;
  #speaking = false;

  /**
   * @param {number} level  0 to 1
   * @param {number} now  milliseconds
   */
  hear(level, now) {
    // Bounded, so that a single click does not ring on for as long as it was loud.
    this.#level += (Math.min(level, LOUD * 5) - this.#level) * SMOOTHING;
    const isLoud = this.#level > (this.#speaking ? LOUD / HYSTERESIS : LOUD);
    if (!isLoud) this.#since = now;
    if (isLoud && now - this.#since >= AFTER) {
      this.#speaking = true;
      this.#last = now;
    }
    if (now - this.#last > HOLD) this.#speaking = false;
    return this.#speaking;
  }
}

/**
 * Listens to my microphone ten times a second. Others say themselves when they speak: reading their levels here
 * (`getSynchronizationSources`) makes the page wait for the browser's media thread, each time and for each of them.
 */
export class Levels {
  /** How loud I am, from 0 to 1, as it is heard. @type {(level: number) => void} */
  onlevel = () => {};
  /** @type {(speaking: boolean) => void} */
  onspeaking = () => {};
  #clock;
  #idle;
  /** What is listened to, or will be in a moment. @type {MediaStreamTrack | null} */
  #microphone = null;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {{track: MediaStreamTrack, source: MediaStreamAudioSourceNode, analyser: AnalyserNode} | null} */
  #own = null;
  #samples = new Float32Array(1024);
  #speech = new Speech();
  #speaking = false;
  #ticking = false;

  /**
   * @param {Clock} clock
   * @param {() => Promise<unknown>} [wait]  until the page has time
   */
  constructor(clock, wait = idle) {
    this.#clock = clock;
    this.#idle = wait;
  }

  /**
   * From when the page has time for it: to make a context of sound takes several milliseconds, and faces come first.
   *
   * @param {MediaStreamTrack | null} microphone
   */
  listen(microphone) {
    this.#own?.source.disconnect();
    this.#own?.track.stop();
    this.#own = null;
    this.#microphone = microphone;
    this.#tell(0, false);
    if (microphone) void this.#idle().then(() => this.#begin(microphone));
  }

  /** A browser may keep sound asleep until somebody touches the page. */
  wake() {
    if (this.#context?.state === "suspended") void this.#context.resume();
  }

  close() {
    this.listen(null);
    void this.#context?.close();
    this.#context = null;
  }

  /** Through a copy, so that one who talks while muted can be told. @param {MediaStreamTrack} microphone */
  #begin(microphone) {
    // Meanwhile it may have been another one's turn.
    if (microphone !== this.#microphone || this.#own) return;
    this.#context ??= new AudioContext();
    this.wake();
    const track = microphone.clone();
    track.enabled = true;
    const source = this.#context.createMediaStreamSource(new MediaStream([track]));
    const analyser = new AnalyserNode(this.#context, { fftSize: this.#samples.length });
    source.connect(analyser);
    this.#own = { track, source, analyser };
    if (!this.#ticking) this.#tick();
  }

  #tick() {
    this.#ticking = this.#own !== null;
    if (!this.#own) return;
    this.#own.analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    const level = Math.sqrt(power);
    this.#tell(heard(level), this.#speech.hear(level, this.#clock.now()));
    this.#clock.after(EVERY, () => this.#tick());
  }

  /** @param {number} level @param {boolean} speaking */
  #tell(level, speaking) {
    this.onlevel(level);
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.onspeaking(speaking);
  }
}

/** A linear level as the ear takes it: 0 below -50 dB, 1 at full scale. @param {number} level */
export function heard(level) {
  return level > 0 ? Math.min(1, Math.max(0, 1 + Math.log10(level) / 2.5)) : 0;
}
