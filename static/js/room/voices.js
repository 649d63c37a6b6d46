import { Emitter } from "../lib/events.js";

/**
 * @typedef {import("./messages.js").Voice & {by: string}} Carried  a voice, and who passes it on
 * @typedef {import("./presence.js").Said} Said
 *
 * @typedef {object} VoicesEvents
 * @property {[id: string]} speech  somebody has begun to speak
 */

/**
 * What of the others is played, and who of them is heard: each sound is played, followed and silent by what its sender
 * says is on. A sound is known by the id of its sender, that of a screen by `id:screen`; voices that somebody passes on come
 * the way of their screen's sound. What somebody plays with their screen is silent with their microphone while a host has muted them: a
 * page decides by itself what it sends there.
 *
 * @extends {Emitter<VoicesEvents>}
 */
export class Voices extends Emitter {
  #mesh;
  #speakers;
  #levels;
  #now;
  #says;
  #isMuted;
  /** @type {ReadonlyMap<string, unknown>} */
  #inside = new Map();
  /** Which of their sounds are a voice at the moment, as it is heard here. @type {Set<string>} */
  #audible = new Set();
  /** Who of the others speaks. @type {Set<string>} */
  #speaking = new Set();
  /** When each last began to speak. @type {Map<string, number>} */
  #spoke = new Map();
  /** How loud each is for me, where that is not as loud as they come. @type {Map<string, number>} */
  #loudness = new Map();
  /** Voices that somebody else passes on to me. @type {ReadonlyMap<string, Carried>} */
  #carried = new Map();

  /**
   * @param {object} options
   * @param {Pick<import("./rtc/mesh.js").Mesh, "connection">} options.mesh
   * @param {Pick<import("./media/speakers.js").Speakers, "play" | "stop">} options.speakers
   * @param {Pick<import("./media/levels.js").Levels, "follow">} options.levels
   * @param {() => number} options.now  milliseconds, never going back
   * @param {(id: string) => Pick<Said, "microphone" | "screen">} options.says  what they say is on, as far as it counts
   * @param {(id: string) => boolean} [options.isMuted]  by a host: their voice counts by nobody else either
   */
  constructor({ mesh, speakers, levels, now, says, isMuted = () => false }) {
    super();
    this.#mesh = mesh;
    this.#speakers = speakers;
    this.#levels = levels;
    this.#now = now;
    this.#says = says;
    this.#isMuted = isMuted;
  }

  /** When each last began to speak, in milliseconds. @returns {ReadonlyMap<string, number>} */
  get spoke() {
    return this.#spoke;
  }

  /** Voices that come by somebody else. */
  get carried() {
    return this.#carried;
  }

  set carried(carried) {
    const before = this.#carried;
    this.#carried = carried;
    for (const [id, { by }] of [...before, ...carried]) {
      this.play(id);
      this.play(by);
    }
    this.#look();
  }

  /** These are inside. @param {ReadonlyMap<string, unknown>} inside */
  keep(inside) {
    this.#inside = inside;
    for (const known of [this.#spoke, this.#loudness]) {
      for (const id of known.keys()) if (!inside.has(id)) known.delete(id);
    }
  }

  /** How loud somebody is for me, from 0 to 1. @param {string} id */
  loudness(id) {
    return this.#loudness.get(id) ?? 1;
  }

  /** From now on somebody is so loud for me, and as loud as ever for all others. @param {string} id @param {number} loudness */
  turn(id, loudness) {
    this.#loudness.set(id, Math.min(1, Math.max(0, loudness)));
    this.play(id);
    const { by } = this.#carried.get(id) ?? {};
    if (by) this.play(by);
  }

  /** A sound became a voice, or ceased to be one. @param {string} key @param {boolean} isVoice */
  hear(key, isVoice) {
    if (isVoice) this.#audible.add(key);
    else this.#audible.delete(key);
    this.#look();
  }

  /** Somebody has begun to speak, as I may. @param {string} id */
  note(id) {
    this.#spoke.set(id, this.#now());
    this.emit("speech", id);
  }

  /**
   * Whether somebody else speaks: that is heard, whatever is said about it. Of several voices that come mixed by a third,
   * only the third knows which of them it is.
   *
   * @param {string} id
   */
  isSpeaking(id) {
    const voice = this.#carried.get(id);
    if (voice) return isHeard(voice) && !this.#isMuted(id) && this.#audible.has(`${voice.by}:screen`);
    return this.#audible.has(id) && this.#says(id).microphone;
  }

  /** Whether something is heard of the sound of their screen, and it is no voice that they pass on. @param {string} id */
  isSounding(id) {
    const carries = this.#carriedBy(id).some(isHeard);
    return !carries && this.#audible.has(`${id}:screen`) && this.#shows(id);
  }

  /**
   * What somebody says is off is silent here, whatever comes in its slot: for the ear, and for whoever hears them by me.
   *
   * @param {string} id
   */
  play(id) {
    const streams = this.#mesh.connection(id)?.streams;
    if (!streams) {
      for (const key of [id, `${id}:screen`]) this.#stop(key);
      return;
    }
    const shows = this.#shows(id);
    const carried = this.#carriedBy(id);
    this.#play(id, streams.microphone, {
      isPlayed: !this.#carried.has(id),
      isOn: this.#says(id).microphone,
      volume: this.loudness(id),
    });
    // Of several in one sound, none is quieter than I want it.
    const all = [...(shows ? [id] : []), ...carried.map((voice) => voice.id)];
    this.#play(`${id}:screen`, streams.sound, {
      isPlayed: all.length > 0,
      isOn: shows || carried.some((voice) => voice.microphone),
      volume: Math.max(0, ...all.map((one) => this.loudness(one))),
    });
  }

  /** Whether what comes with their screen is to be heard. @param {string} id */
  #shows(id) {
    return this.#says(id).screen && !this.#isMuted(id);
  }

  /** @param {string} key @param {MediaStream} stream @param {{isPlayed: boolean, isOn: boolean, volume: number}} how */
  #play(key, stream, { isPlayed, isOn, volume }) {
    const tracks = stream.getAudioTracks();
    for (const track of tracks) track.enabled = isOn;
    if (!isPlayed) return this.#stop(key);
    this.#speakers.play(key, stream, volume);
    this.#levels.follow(key, tracks[0] ?? null);
  }

  /** @param {string} key */
  #stop(key) {
    this.#speakers.stop(key);
    this.#levels.follow(key, null);
  }

  /** @param {string} id */
  #carriedBy(id) {
    const voices = [...this.#carried].filter(([, { by }]) => by === id);
    return voices.map(([one, voice]) => ({
      ...voice,
      id: one,
      microphone: voice.microphone && !this.#isMuted(one),
    }));
  }

  #look() {
    const before = this.#speaking;
    this.#speaking = new Set([...this.#inside.keys()].filter((id) => this.isSpeaking(id)));
    for (const id of this.#speaking) if (!before.has(id)) this.note(id);
  }
}

/** @param {import("./messages.js").Voice} voice */
function isHeard({ microphone, speaking }) {
  return microphone && speaking;
}
