import { Timer } from "../../lib/timing.js";
import { isApart } from "../roster.js";

/**
 * Sound by a third, for two who find no way to each other (docs/decisions/0024-sound-by-a-third.md): whoever does not
 * hear somebody asks one who hears both, and that one decides. Loaded when it is needed, by both.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../messages.js").Carried} Carried
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../messages.js").Voice} Voice
 * @typedef {import("../state.js").Person} Person
 */

const ANSWER_WITHIN = 5_000;
const ASK_AGAIN = 15_000;
const LOOK_AGAIN = 2_000;
// docs/signaling.md, "Sound by a third".
const MOST_VOICES = 16;
// In all that one person passes on.
const MOST_CARRIED = 4;
const MOST_ASKINGS = 20;
const ASKINGS_WITHIN = 10_000;

/** Finds somebody who passes on the voices that I do not hear myself. */
export class Hearer {
  /** Whose voices come, and by whom. @type {(voices: ReadonlyMap<string, Voice & {by: string}>) => void} */
  onchange = () => {};
  #clock;
  #send;
  #thirds;
  #again;
  /** @type {string[]} */
  #wanted = [];
  /** Whom I have asked for each voice. @type {Map<string, {by: string, since: number, voice: Voice | null}>} */
  #asked = new Map();
  /** Until when somebody is not asked for a voice again. @type {Map<string, number>} */
  #refused = new Map();
  /** Which voices I have asked each third for last, and in which message. @type {Map<string, {text: string, seq: number}>} */
  #told = new Map();
  #seq = 0;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(id: string, message: PeerMessage) => boolean} options.send  whether it could be sent
   * @param {(id: string) => string[]} options.thirds  who is connected to them and to me, best first
   */
  constructor({ clock, send, thirds }) {
    this.#clock = clock;
    this.#send = send;
    this.#thirds = thirds;
    this.#again = new Timer(clock);
  }

  /** Whether somebody was asked for this voice. @param {string} id */
  isAsking(id) {
    return this.#asked.has(id);
  }

  /** @param {string[]} ids  whose voices do not come by themselves */
  want(ids) {
    this.#wanted = ids;
    this.#settle();
  }

  /** @param {string} from @param {Carried} message */
  receive(from, { seq, voices }) {
    // What crossed a newer asking on its way says nothing about that.
    if (seq !== this.#told.get(from)?.seq) return;
    for (const [id, asked] of this.#asked) {
      if (asked.by !== from) continue;
      const said = typeof voices === "object" && voices !== null ? voices[id] : undefined;
      if (said) asked.voice = { microphone: said.microphone === true, speaking: said.speaking === true, hand: said.hand === true };
      else this.#refuse(id, from);
    }
    this.#settle();
    this.#tell();
  }

  stop() {
    this.#wanted = [];
    this.#asked.clear();
    this.#again.cancel();
  }

  #settle() {
    const before = this.#heard;
    const now = this.#clock.now();
    for (const [id, { by, since, voice }] of this.#asked) {
      if (!this.#wanted.includes(id) || !this.#thirds(id).includes(by)) this.#asked.delete(id);
      // Some do not know what they are asked.
      else if (!voice && now - since >= ANSWER_WITHIN) this.#refuse(id, by);
    }
    for (const id of this.#wanted) {
      if (this.#asked.has(id)) continue;
      const by = this.#thirds(id).find((third) => (this.#refused.get(`${third} ${id}`) ?? -Infinity) <= now);
      if (by) this.#asked.set(id, { by, since: now, voice: null });
    }
    this.#ask();
    if (this.#wanted.length === 0) this.#again.cancel();
    else if (!this.#again.pending) this.#again.plan(LOOK_AGAIN, () => this.#settle());
    if (this.#heard !== before) this.#tell();
  }

  #ask() {
    /** @type {Map<string, string[]>} */
    const wishes = new Map([...this.#told.keys()].map((third) => [third, []]));
    for (const [id, { by }] of this.#asked) wishes.set(by, [...(wishes.get(by) ?? []), id].slice(0, MOST_VOICES));
    for (const [third, voices] of wishes) {
      const text = JSON.stringify(voices);
      if (text === this.#told.get(third)?.text) continue;
      this.#seq += 1;
      const isSent = this.#send(third, { type: "carry", seq: this.#seq, voices });
      if (isSent && voices.length > 0) this.#told.set(third, { text, seq: this.#seq });
      else this.#told.delete(third);
    }
  }

  /** @param {string} id @param {string} by */
  #refuse(id, by) {
    this.#asked.delete(id);
    this.#refused.set(`${by} ${id}`, this.#clock.now() + ASK_AGAIN);
  }

  get #heard() {
    return [...this.#asked].filter(([, { voice }]) => voice).map(([id, { by }]) => `${id} ${by}`).join();
  }

  #tell() {
    /** @type {Map<string, Voice & {by: string}>} */
    const voices = new Map();
    for (const [id, { by, voice }] of this.#asked) if (voice) voices.set(id, { by, ...voice });
    this.onchange(voices);
  }
}

/** Passes on voices that others do not hear by themselves, as long as that is no burden. */
export class Carrier {
  /** How many voices I pass on. @type {(count: number) => void} */
  oncount = () => {};
  #now;
  #send;
  #streams;
  #own;
  #mayCarry;
  #put;
  /** @type {Person[]} */
  #people = [];
  /** What each of them asks me for, and in which message. @type {Map<string, {seq: number, voices: string[]}>} */
  #asked = new Map();
  /** What each of them was told, and hears by me. @type {Map<string, {told: string, tracks: MediaStreamTrack[]}>} */
  #given = new Map();
  /** When they asked. @type {Map<string, number[]>} */
  #askings = new Map();
  #count = 0;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(id: string, message: PeerMessage) => boolean} options.send
   * @param {(id: string) => MediaStream | null} options.voice  of somebody whom I hear
   * @param {() => MediaStreamTrack | null} options.own  the sound of my screen, which goes the same way
   * @param {(count: number) => boolean} options.mayCarry  whether my line has room for so many voices more
   * @param {(id: string, tracks: MediaStreamTrack[]) => void} options.put  what they are to be sent in place of my own
   */
  constructor({ clock, send, voice, own, mayCarry, put }) {
    this.#now = clock.now;
    this.#send = send;
    this.#streams = voice;
    this.#own = own;
    this.#mayCarry = mayCarry;
    this.#put = put;
  }

  /** @param {string} from @param {{seq: number, voices: unknown}} message */
  receive(from, { seq, voices }) {
    const recent = (this.#askings.get(from) ?? []).filter((at) => this.#now() - at < ASKINGS_WITHIN);
    if (!Array.isArray(voices) || typeof seq !== "number" || recent.length >= MOST_ASKINGS) return;
    this.#askings.set(from, [...recent, this.#now()]);
    const ids = [...new Set(voices.filter((id) => typeof id === "string" && id !== from))].slice(0, MOST_VOICES);
    this.#asked.set(from, { seq, voices: ids });
    this.#given.set(from, { told: "", tracks: this.#given.get(from)?.tracks ?? [] });
    this.#settle();
  }

  /** @param {Person[]} people */
  render(people) {
    this.#people = people;
    if (this.#asked.size > 0) this.#settle();
  }

  #settle() {
    let count = 0;
    for (const [receiver, { voices }] of this.#asked) {
      const granted = [];
      for (const id of this.#isHeard(receiver) ? voices : []) {
        if (count >= MOST_CARRIED || !this.#isMeant(id, receiver) || !this.#mayCarry(count + 1)) continue;
        granted.push(id);
        count += 1;
      }
      this.#give(receiver, granted);
    }
    if (count !== this.#count) this.oncount(count);
    this.#count = count;
  }

  /**
   * Whether somebody whom I hear speaks to the receiver too. That is theirs to say: where the server has not reached me
   * yet, they may have let go of somebody whom I still take to be inside.
   *
   * @param {string} id
   * @param {string} receiver
   */
  #isMeant(id, receiver) {
    return this.#isHeard(id) && this.#people.some((one) => one.id === id && one.knows.includes(receiver));
  }

  /** A weak link is better than none. @param {string} id */
  #isHeard(id) {
    const person = this.#people.find((one) => one.id === id);
    return person?.link === "connected" && !person.self && person.quality !== "lost";
  }

  /** @param {string} receiver @param {string[]} granted */
  #give(receiver, granted) {
    const voices = granted.flatMap((id) => this.#streams(id)?.getAudioTracks() ?? []);
    const own = this.#own();
    const tracks = voices.length > 0 && own ? [...voices, own] : voices;
    const given = this.#given.get(receiver) ?? { told: "", tracks: [] };
    const wish = { told: JSON.stringify(this.#facts(granted)), tracks };
    this.#given.set(receiver, wish);
    // Not by their ids: tracks of two connections may have the same.
    if (tracks.length !== given.tracks.length || tracks.some((track, i) => track !== given.tracks[i])) this.#put(receiver, tracks);
    const { seq = 0, voices: asked = [] } = this.#asked.get(receiver) ?? {};
    if (wish.told !== given.told) this.#send(receiver, { type: "carried", seq, voices: this.#facts(granted) });
    if (this.#people.some(({ id, link }) => id === receiver && link === "connected") && asked.length > 0) return;
    // They have enough, or are gone; a new connection begins with a new asking.
    this.#asked.delete(receiver);
    this.#given.delete(receiver);
  }

  /** @param {string[]} granted @returns {Record<string, Voice>} */
  #facts(granted) {
    const known = this.#people.filter(({ id }) => granted.includes(id));
    return Object.fromEntries(known.map(({ id, microphone, speaking, hand }) => [id, { microphone, speaking, hand }]));
  }
}

/** Several voices as one. */
export class Mix {
  #context = new AudioContext();
  #output = new MediaStreamAudioDestinationNode(this.#context);

  /** @param {MediaStreamTrack[]} tracks */
  constructor(tracks) {
    for (const track of tracks) this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#output);
  }

  get track() {
    return this.#output.stream.getAudioTracks()[0] ?? null;
  }

  close() {
    void this.#context.close();
  }
}

/** Both ends of it, in one call. */
export class Carrying {
  #hearer;
  #carrier;
  /** What each of them hears by me, where it is several voices. @type {Map<string, Mix>} */
  #mixes = new Map();
  #mesh;

  /**
   * @param {object} options
   * @param {import("../call.js").Call} options.call
   * @param {import("../rtc/mesh.js").Mesh} options.mesh
   * @param {import("./budget.js").Uplink} options.uplink
   * @param {Clock} options.clock
   */
  constructor({ call, mesh, uplink, clock }) {
    this.#mesh = mesh;
    /** @param {string} id @param {PeerMessage} message */
    const send = (id, message) => mesh.send(id, message);
    this.#hearer = new Hearer({ clock, send, thirds: (id) => call.thirds(id) });
    this.#hearer.onchange = (voices) => call.hearBy(voices);
    this.#carrier = new Carrier({
      clock,
      send,
      voice: (id) => mesh.link(id)?.streams?.microphone ?? null,
      own: () => mesh.tracks.sound,
      mayCarry: (count) => uplink.mayCarry(count),
      put: (id, tracks) => this.#put(id, tracks),
    });
    this.#carrier.oncount = (count) => uplink.carry(count);
  }

  /** @param {string} from @param {import("../messages.js").Carry | Carried} message */
  receive(from, message) {
    if (message.type === "carry") this.#carrier.receive(from, message);
    else this.#hearer.receive(from, message);
  }

  /** @param {Person[]} people @param {import("../state.js").Pair[]} pairs */
  render(people, pairs) {
    const me = people.find(({ self }) => self)?.id;
    const apart = pairs.filter((pair) => isApart(pair) && (pair.one === me || pair.other === me));
    const isLost = (/** @type {string} */ id) => this.#hearer.isAsking(id) || apart.some(({ one, other }) => one === id || other === id);
    const broken = people.filter(({ self, link }) => !self && (link === "connecting" || link === "reconnecting" || link === "failed"));
    this.#hearer.want(broken.map(({ id }) => id).filter(isLost));
    this.#carrier.render(people);
  }

  stop() {
    this.#hearer.stop();
    this.#carrier.render([]);
  }

  /** @param {string} id @param {MediaStreamTrack[]} tracks */
  #put(id, tracks) {
    const before = this.#mixes.get(id);
    const mix = tracks.length > 1 ? new Mix(tracks) : null;
    this.#mesh.carry(id, mix ? mix.track : (tracks[0] ?? null));
    if (mix) this.#mixes.set(id, mix);
    else this.#mixes.delete(id);
    before?.close();
  }
}
