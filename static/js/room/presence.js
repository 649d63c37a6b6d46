import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";

/**
 * Who shows what: I, by my devices and by hand, and the others, as they say themselves. One file, since each that the room
 * needs at once is a request.
 *
 * @typedef {import("./state.js").Kind} Kind
 * @typedef {import("./state.js").Mine} Mine
 * @typedef {import("./messages.js").Shown} Shown
 * @typedef {Omit<Shown, "speaking">} Said
 * @typedef {import("./messages.js").StateMessage} StateMessage
 * @typedef {{state: Partial<StateMessage>, at: number}} Heard  as it came, and when, in milliseconds
 */

/** Until they say what is on, a picture that arrives is shown, and nobody is called mute. @type {Said} */
const UNSAID = {
  microphone: true,
  silenced: false,
  camera: true,
  screen: false,
  hand: false,
  held: "",
  strained: false,
};
// Whoever mutes in the middle of a word may end it.
const LAST_WORD = 1_000;

/** What each participant has said last. */
export class Presence {
  #now;
  /** @type {Map<string, Said>} */
  #said = new Map();
  /** @type {Map<string, Heard>} */
  #heard = new Map();
  /** Whose hands a host has lowered, until they say so themselves. @type {Set<string>} */
  #lowered = new Set();

  /** @param {() => number} now  milliseconds, never going back */
  constructor(now) {
    this.#now = now;
  }

  /** Gives it as it counts. @param {string} id @param {Partial<StateMessage>} message */
  hear(id, message) {
    if (message.hand !== true) this.#lowered.delete(id);
    const state = this.#lowered.has(id) ? { ...message, hand: false } : message;
    this.#said.set(id, readState(state));
    this.#heard.set(id, { state, at: this.#now() });
    return state;
  }

  /** What each has said last, as it came. @returns {ReadonlyMap<string, Heard>} */
  get heard() {
    return this.#heard;
  }

  /** What they say is on. @param {string} id */
  of(id) {
    return this.#said.get(id) ?? UNSAID;
  }

  /** Nothing is heard of them any more: a hand that nobody can take down goes down. @param {string} id */
  lower(id) {
    this.#said.set(id, { ...this.of(id), hand: false });
    this.#heard.set(id, { state: { ...this.#heard.get(id)?.state, hand: false }, at: this.#now() });
  }

  /** A host has lowered their hand: it is down, and stays so until they have taken it down themselves. @param {string} id */
  lowerFor(id) {
    if (!this.of(id).hand) return;
    this.#lowered.add(id);
    this.lower(id);
  }

  /** These are here. @param {{has: (id: string) => boolean}} inside */
  keep(inside) {
    for (const known of [this.#said, this.#heard, this.#lowered]) {
      for (const id of known.keys()) if (!inside.has(id)) known.delete(id);
    }
  }
}

/**
 * What somebody says of themselves, as far as it can be understood.
 *
 * @param {Partial<StateMessage>} message  from outside
 * @returns {Said}
 */
export function readState({ microphone, silenced, camera, screen, hand, held, strained }) {
  return {
    microphone: microphone === true,
    silenced: microphone !== true && silenced === true,
    camera: camera === true,
    screen: screen === true,
    hand: hand === true,
    held: held === "device" || held === "line" || held === "others" ? held : "",
    strained: strained === true,
  };
}

/**
 * @typedef {object} MyselfEvents
 * @property {[]} change  what I show is another now, or by what
 * @property {[]} toggle  I have turned something on or off
 */

/**
 * What I show and what I have chosen, as this browser keeps it.
 *
 * @extends {Emitter<MyselfEvents>}
 */
export class Myself extends Emitter {
  #devices;
  #levels;
  #speakers;
  #uplink;
  #memory;
  #lastWord;
  #isSpeaking = false;
  /** When my hand went up, in Unix milliseconds: it is up through a reload; 0 while it is down. */
  #hand = 0;
  #speaker = "";
  #wasOn = false;
  /** This device does not keep up with the call. */
  strained = false;
  /** My own pictures. @type {Record<"camera" | "screen", MediaStream | null>} */
  pictures = { camera: null, screen: null };

  /** @param {Omit<import("./call.js").Parts, "signaling" | "mesh" | "ice" | "talk" | "tabs" | "frame">} parts */
  constructor({ devices, levels, speakers, uplink, memory, clock }) {
    super();
    this.#devices = devices;
    this.#levels = levels;
    this.#speakers = speakers;
    this.#uplink = uplink;
    this.#memory = memory;
    this.#lastWord = new Timer(clock);
    devices.on("track", (slot, track) => {
      if (slot === "microphone") levels.listen(track);
      if (slot === "camera" || slot === "screen") this.pictures[slot] = track && new MediaStream([track]);
    });
    devices.on("change", () => {
      this.#noticeMute();
      this.emit("change");
    });
    levels.on("speaking", (isSpeaking) => (this.#isSpeaking = isSpeaking));
    uplink.on("held", () => this.emit("change"));
  }

  /** What the others are told. @returns {Shown} */
  get shown() {
    const { on: microphone, lost: silenced } = this.#devices.source("microphone");
    const camera = this.#devices.source("camera").on;
    return {
      microphone,
      silenced,
      speaking: microphone && this.#isSpeaking,
      camera,
      held: camera ? this.#uplink.held : "",
      screen: this.#devices.isSharing,
      hand: this.#hand > 0,
      strained: this.strained,
    };
  }

  /** What I am shown of it. @returns {Mine} */
  get mine() {
    return {
      microphone: this.#devices.source("microphone"),
      camera: this.#devices.source("camera"),
      speakers: this.#devices.speakers,
      speaker: this.#speaker,
      screen: this.#devices.isSharing,
      sharesSound: this.#devices.sharesSound,
      canShare: this.#devices.canShare,
      hand: this.#hand > 0,
    };
  }

  /** When my hand went up, in Unix milliseconds; 0 while it is down. */
  get hand() {
    return this.#hand;
  }

  /** How long it has been up, in milliseconds. */
  get handFor() {
    return this.#hand ? Math.round(Math.max(0, Date.now() - this.#hand)) : 0;
  }

  /** Opens the devices that were chosen. Done when it is decided which there are. */
  start() {
    const { choices } = this.#memory;
    this.#speaker = choices.speaker;
    if (choices.speaker) void this.#speakers.choose(choices.speaker);
    return this.#devices.start(choices);
  }

  close() {
    this.#lastWord.cancel();
  }

  /** @param {"microphone" | "camera"} kind */
  toggle(kind) {
    const { on, pending } = this.#devices.source(kind);
    void this.#devices.turn(kind, !on && !pending);
    this.emit("toggle");
    this.#levels.wake();
    this.#keepChoices();
  }

  /** @param {"microphone" | "camera"} kind */
  askAgain(kind) {
    void this.#devices.turn(kind, true);
  }

  /** It does not work, and is not to come back by itself. @param {"microphone" | "camera"} kind */
  leaveOff(kind) {
    void this.#devices.turn(kind, false);
    this.#keepChoices();
  }

  /** @param {Kind} kind @param {string} id */
  async choose(kind, id) {
    if (kind === "speaker") {
      this.#speaker = id;
      await this.#speakers.choose(id);
    } else {
      await this.#devices.choose(kind, id);
    }
    this.#keepChoices();
    this.emit("change");
  }

  testSpeaker() {
    void this.#speakers.test();
  }

  share() {
    if (this.#devices.isSharing) this.#devices.unshare();
    else void this.#devices.share();
  }

  /** Raises my hand, or takes it down. */
  raise() {
    this.#hand = this.#hand ? 0 : Date.now();
    const { visit } = this.#memory;
    // A reload must not lose it.
    if (visit) this.#memory.keepVisit({ ...visit, hand: this.#hand });
    this.emit("change");
  }

  /** A host has lowered it. */
  lower() {
    if (this.#hand) this.raise();
  }

  /** It was up before the page was loaded anew. @param {number} hand  since when, in Unix milliseconds; 0 if it was not */
  resume(hand) {
    this.#hand ||= hand;
  }

  /** Whoever mutes in mid-sentence, by mistake or without knowing it, talks on and begins nothing anew. */
  #noticeMute() {
    const { on } = this.#devices.source("microphone");
    if (on) this.#lastWord.cancel();
    else if (this.#wasOn && this.#isSpeaking) this.#lastWord.plan(LAST_WORD, () => this.#levels.listenAnew());
    this.#wasOn = on;
  }

  #keepChoices() {
    const [microphone, camera] = [this.#devices.choice("microphone"), this.#devices.choice("camera")];
    this.#memory.keepChoices({ microphone, camera, speaker: this.#speaker });
  }
}
