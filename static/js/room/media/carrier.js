import { Emitter, Latest } from "../../lib/events.js";
import { Quota, Timer } from "../../lib/timing.js";

/**
 * Who is asked for a voice by somebody who does not hear it decides (docs/decisions/0024-sound-by-a-third.md).
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../messages.js").Voice} Voice
 * @typedef {import("../state.js").Person} Person
 */

/** docs/signaling.md, "Sound by a third". */
export const MOST_VOICES = 16;
// What is carried is not given up for a doubt that may pass.
const HOLD = 10_000;
// In all that one person passes on.
const MOST_CARRIED = 4;
const ASKINGS = { most: 20, within: 10_000 };

/**
 * @typedef {object} CarrierEvents
 * @property {[count: number]} count  how many voices I pass on
 */

/** Passes on voices that others do not hear by themselves, as long as they need it and that is no burden. @extends {Emitter<CarrierEvents>} */
export class Carrier extends Emitter {
  #now;
  #again;
  #send;
  #streams;
  #own;
  #mayCarry;
  #put;
  /** @type {Person[]} */
  #people = [];
  /** What each of them asks me for, and in which message. @type {Map<string, {seq: number, voices: string[]}>} */
  #asked = new Map();
  /** What each of them was told, and hears by me. @type {Map<string, {told: Latest, tracks: MediaStreamTrack[]}>} */
  #given = new Map();
  /** When there was last no doubt, by what about. @type {Map<string, number>} */
  #sure = new Map();
  /** When the first doubt of now becomes certainty. */
  #doubtUntil = Infinity;
  /** How often they ask. */
  #askings;
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
    super();
    this.#now = clock.now;
    this.#again = new Timer(clock);
    this.#askings = new Quota(ASKINGS, clock.now);
    this.#send = send;
    this.#streams = voice;
    this.#own = own;
    this.#mayCarry = mayCarry;
    this.#put = put;
  }

  /** @param {string} from @param {{seq: number, voices: unknown}} message */
  receive(from, { seq, voices }) {
    if (!Array.isArray(voices) || typeof seq !== "number" || !this.#askings.take(from)) return;
    const ids = [...new Set(voices.filter((id) => typeof id === "string" && id !== from))].slice(
      0,
      MOST_VOICES,
    );
    this.#asked.set(from, { seq, voices: ids });
    this.#given.set(from, { told: new Latest(), tracks: this.#given.get(from)?.tracks ?? [] });
    this.#settle();
  }

  /** @param {Person[]} people */
  render(people) {
    this.#people = people;
    this.#askings.keep(new Set(people.map(({ id }) => id)));
    this.#settle();
  }

  #settle() {
    this.#again.cancel();
    this.#doubtUntil = Infinity;
    const heard = new Set(
      this.#people.filter((one) => this.#isSure(one.id, isHeard(one))).map(({ id }) => id),
    );
    let count = 0;
    for (const [receiver, { voices }] of this.#asked) {
      const granted = [];
      for (const id of heard.has(receiver) ? voices : []) {
        const isPossible = count < MOST_CARRIED && heard.has(id) && this.#isMeant(id, receiver);
        if (!isPossible || !this.#isSure(`${receiver} ${id}`, this.#mayCarry(count + 1))) continue;
        granted.push(id);
        count += 1;
      }
      this.#give(receiver, granted, heard.has(receiver));
    }
    const asked = [...this.#asked].flatMap(([receiver, { voices }]) =>
      voices.map((id) => `${receiver} ${id}`),
    );
    const known = new Set([...this.#people.map(({ id }) => id), ...asked]);
    for (const key of this.#sure.keys()) if (!known.has(key)) this.#sure.delete(key);
    if (count !== this.#count) this.emit("count", count);
    this.#count = count;
    if (asked.length > 0 && this.#doubtUntil < Infinity) {
      this.#again.plan(this.#doubtUntil - this.#now(), () => this.#settle());
    }
  }

  /**
   * What there is no doubt about; or what there was none about a moment ago. One look at a connection that found
   * nothing, or a budget that has just shrunk, is no reason to take a voice away.
   *
   * @param {string} key  of somebody whom I hear, or of a voice and its receiver for whom there is room
   * @param {boolean} isNow
   */
  #isSure(key, isNow) {
    if (isNow) this.#sure.set(key, this.#now());
    const until = (this.#sure.get(key) ?? -Infinity) + HOLD;
    if (!isNow && until > this.#now()) this.#doubtUntil = Math.min(this.#doubtUntil, until);
    return until > this.#now();
  }

  /**
   * Whether somebody speaks to the receiver too. That is theirs to say, and counts at once: where the server has not
   * reached me yet, they may have let go of somebody whom I still take to be inside.
   *
   * @param {string} id
   * @param {string} receiver
   */
  #isMeant(id, receiver) {
    return this.#people.some((one) => one.id === id && !one.self && one.knows.includes(receiver));
  }

  /** @param {string} receiver @param {string[]} granted @param {boolean} isThere  the receiver */
  #give(receiver, granted, isThere) {
    const voices = granted.flatMap((id) => this.#streams(id)?.getAudioTracks() ?? []);
    const own = this.#own();
    const tracks = voices.length > 0 && own ? [...voices, own] : voices;
    const given = this.#given.get(receiver) ?? { told: new Latest(), tracks: [] };
    this.#given.set(receiver, { ...given, tracks });
    // Not by their ids: tracks of two connections may have the same.
    if (tracks.length !== given.tracks.length || tracks.some((track, i) => track !== given.tracks[i])) {
      this.#put(receiver, tracks);
    }
    const { seq = 0, voices: asked = [] } = this.#asked.get(receiver) ?? {};
    const facts = this.#facts(granted);
    if (given.told.isNew(facts) && !this.#send(receiver, { type: "carried", seq, voices: facts })) {
      given.told.forget();
    }
    if (isThere && asked.length > 0) return;
    // They have enough, or are gone; a new connection begins with a new asking.
    this.#asked.delete(receiver);
    this.#given.delete(receiver);
  }

  /** @param {string[]} granted @returns {Record<string, Voice>} */
  #facts(granted) {
    const known = this.#people.filter(({ id }) => granted.includes(id));
    return Object.fromEntries(
      known.map(({ id, microphone, speaking, hand }) => [id, { microphone, speaking, hand }]),
    );
  }
}

/** A weak connection is better than none. @param {Person} person */
function isHeard({ connection, self, quality }) {
  return connection === "connected" && !self && quality !== "lost";
}
