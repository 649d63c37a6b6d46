import { Emitter } from "../../lib/events.js";
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

/** Hears how loud one track is. */
class Ear {
  #source;
  #analyser;
  #samples = new Float32Array(1024);

  /** @param {AudioContext} context @param {MediaStreamTrack} track */
  constructor(context, track) {
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#analyser = new AnalyserNode(context, { fftSize: this.#samples.length });
    this.#source.connect(this.#analyser);
  }

  /** Linear, 0 to 1. */
  get level() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length);
  }

  close() {
    this.#source.disconnect();
  }
}

/** One sound that comes from somebody else. */
class Voice {
  track;
  /** @type {Ear | null} */
  ear = null;
  speech = new Speech();
  isSpeaking = false;

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.track = track;
  }
}

/**
 * @typedef {object} LevelsEvents
 * @property {[level: number]} level  how loud I am, from 0 to 1, as it is heard
 * @property {[speaking: boolean]} speaking
 * @property {[key: string, speaking: boolean]} voice  a sound that is followed became a voice, or ceased to be one
 */

/**
 * Listens ten times a second to my microphone and to what comes from the others: whether somebody speaks is heard, not
 * believed. By analysers, since asking each receiver (`getSynchronizationSources`) would make the page wait for the
 * browser's media thread, each time and for each of them.
 *
 * @extends {Emitter<LevelsEvents>}
 */
export class Levels extends Emitter {
  #clock;
  #idle;
  /** What is listened to, or will be in a moment. @type {MediaStreamTrack | null} */
  #microphone = null;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {{track: MediaStreamTrack, ear: Ear} | null} */
  #own = null;
  #speech = new Speech();
  #speaking = false;
  /** @type {Map<string, Voice>} */
  #voices = new Map();
  #ticking = false;

  /**
   * @param {Clock} clock
   * @param {() => Promise<unknown>} [wait]  until the page has time
   */
  constructor(clock, wait = idle) {
    super();
    this.#clock = clock;
    this.#idle = wait;
  }

  /**
   * From when the page has time for it: to make a context of sound takes several milliseconds, and faces come first.
   *
   * @param {MediaStreamTrack | null} microphone
   */
  listen(microphone) {
    this.#own?.ear.close();
    this.#own?.track.stop();
    this.#own = null;
    this.#microphone = microphone;
    this.#tell(0, false);
    if (microphone) void this.#idle().then(() => this.#begin(microphone));
  }

  /** From silence again: who goes on speaking has begun to speak. */
  listenAnew() {
    this.#speech = new Speech();
    this.#tell(0, false);
  }

  /** @param {string} key @param {MediaStreamTrack | null} track  what comes there; null for nothing more */
  follow(key, track) {
    const voice = this.#voices.get(key);
    if (track === (voice?.track ?? null)) return;
    voice?.ear?.close();
    this.#voices.delete(key);
    if (voice?.isSpeaking) this.emit("voice", key, false);
    if (!track) return;
    const next = new Voice(track);
    this.#voices.set(key, next);
    void this.#idle().then(() => {
      if (this.#voices.get(key) !== next) return;
      next.ear = new Ear(this.#hearing(), track);
      this.#start();
    });
  }

  /** A browser may keep sound asleep until somebody touches the page. */
  wake() {
    if (this.#context?.state === "suspended") void this.#context.resume();
  }

  close() {
    this.listen(null);
    for (const key of [...this.#voices.keys()]) this.follow(key, null);
    void this.#context?.close();
    this.#context = null;
  }

  /** Through a copy, so that one who talks while muted can be told. @param {MediaStreamTrack} microphone */
  #begin(microphone) {
    // Meanwhile it may have been another one's turn.
    if (microphone !== this.#microphone || this.#own) return;
    const track = microphone.clone();
    track.enabled = true;
    this.#own = { track, ear: new Ear(this.#hearing(), track) };
    this.#start();
  }

  #hearing() {
    this.#context ??= new AudioContext();
    this.wake();
    return this.#context;
  }

  #start() {
    if (!this.#ticking) this.#tick();
  }

  #tick() {
    const now = this.#clock.now();
    this.#ticking = this.#own !== null || this.#voices.size > 0;
    if (!this.#ticking) return;
    if (this.#own) {
      const { level } = this.#own.ear;
      this.#tell(heard(level), this.#speech.hear(level, now));
    }
    for (const [key, voice] of this.#voices) {
      if (!voice.ear) continue;
      const isSpeaking = voice.speech.hear(voice.ear.level, now);
      if (isSpeaking === voice.isSpeaking) continue;
      voice.isSpeaking = isSpeaking;
      this.emit("voice", key, isSpeaking);
    }
    this.#clock.after(EVERY, () => this.#tick());
  }

  /** @param {number} level @param {boolean} speaking */
  #tell(level, speaking) {
    this.emit("level", level);
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.emit("speaking", speaking);
  }
}

/** A linear level as the ear takes it: 0 below -50 dB, 1 at full scale. @param {number} level */
export function heard(level) {
  return level > 0 ? Math.min(1, Math.max(0, 1 + Math.log10(level) / 2.5)) : 0;
}
