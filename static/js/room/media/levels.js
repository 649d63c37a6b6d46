/** @typedef {import("../../lib/timing.js").Clock} Clock */

const EVERY = 100;
// Linear level (1 is as loud as it gets) from which it may be speech, and how long it must last.
const LOUD = 0.02;
const HYSTERESIS = 1.5;
const AFTER = 300;
const HOLD = 2_000;
// Reading a level waits for the browser's media thread, which has better things to do while connecting.
const SETTLING = 1_500;
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

/** Listens to everybody ten times a second: who is speaking, and how loud I am. */
export class Levels {
  /** My own level, 0 to 1 as it is heard. @type {(level: number) => void} */
  onlevel = () => {};
  /** @type {(id: string, speaking: boolean) => void} */
  onspeaking = () => {};
  #clock;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {{track: MediaStreamTrack, source: MediaStreamAudioSourceNode, analyser: AnalyserNode} | null} */
  #own = null;
  #samples = new Float32Array(1024);
  /** @type {Map<string, {read: () => number, from: number, speech: Speech, speaking: boolean}>} */
  #voices = new Map();
  #ticking = false;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * My own microphone, or null. It is heard through a copy, so that one who talks while muted can be told.
   *
   * @param {MediaStreamTrack | null} microphone
   */
  listen(microphone) {
    this.#own?.source.disconnect();
    this.#own?.track.stop();
    this.#own = null;
    this.onlevel(0);
    if (!microphone) return;
    this.#context ??= new AudioContext();
    const track = microphone.clone();
    track.enabled = true;
    const source = this.#context.createMediaStreamSource(new MediaStream([track]));
    const analyser = new AnalyserNode(this.#context, { fftSize: this.#samples.length });
    source.connect(analyser);
    this.#own = { track, source, analyser };
    this.#start();
  }

  /** A browser may keep sound asleep until somebody touches the page. */
  wake() {
    if (this.#context?.state === "suspended") void this.#context.resume();
  }

  /**
   * @param {string} id
   * @param {() => number} read
   */
  follow(id, read) {
    if (this.#voices.has(id)) return;
    this.#voices.set(id, { read, from: this.#clock.now() + SETTLING, speech: new Speech(), speaking: false });
    this.#start();
  }

  /** @param {string} id */
  forget(id) {
    this.#voices.delete(id);
  }

  /** My own level just now, linear. */
  own() {
    if (!this.#own) return 0;
    this.#own.analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length);
  }

  close() {
    this.listen(null);
    this.#voices.clear();
    void this.#context?.close();
    this.#context = null;
  }

  #start() {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(EVERY, () => this.#tick());
  }

  #tick() {
    this.#ticking = false;
    if (this.#own) this.onlevel(heard(this.own()));
    for (const [id, voice] of this.#voices) {
      const now = this.#clock.now();
      if (now < voice.from) continue;
      const speaking = voice.speech.hear(voice.read(), now);
      if (speaking !== voice.speaking) {
        voice.speaking = speaking;
        this.onspeaking(id, speaking);
      }
    }
    if (this.#own || this.#voices.size > 0) this.#start();
  }
}

/** A linear level as the ear takes it: 0 below -50 dB, 1 at full scale. @param {number} level */
export function heard(level) {
  return level > 0 ? Math.min(1, Math.max(0, 1 + Math.log10(level) / 2.5)) : 0;
}
