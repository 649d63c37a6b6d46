import { Emitter } from "../../lib/events.js";
import { Quota, Timer } from "../../lib/timing.js";
import { isApart } from "../hearing.js";

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
// A refusal may be that of a moment; one that stays so is not worth a question every moment.
const ASK_AGAIN = 2_000;
const RARELY = 8_000;
const LOOK_AGAIN = 2_000;
// What one end has forgotten without the other's knowing, the next question puts right.
const CONFIRM = 10_000;
// A link that has just come back may go again, and its own sound takes a moment.
const LINGER = 2_000;
// What is carried is not given up for a doubt that may pass.
const HOLD = 10_000;
// docs/signaling.md, "Sound by a third".
const MOST_VOICES = 16;
// In all that one person passes on.
const MOST_CARRIED = 4;
const ASKINGS = { most: 20, within: 10_000 };

/**
 * @typedef {object} HearerEvents
 * @property {[voices: ReadonlyMap<string, Voice & {by: string}>]} change  whose voices come, and by whom
 */

/** Finds somebody who passes on the voices that I do not hear myself. @extends {Emitter<HearerEvents>} */
export class Hearer extends Emitter {
  #clock;
  #send;
  #thirds;
  #again;
  /** @type {string[]} */
  #wanted = [];
  /** Until when a voice is kept that nobody wants any more. @type {Map<string, number>} */
  #lingering = new Map();
  /** Whom I have asked for each voice. @type {Map<string, {by: string, since: number, voice: Voice | null}>} */
  #asked = new Map();
  /** When somebody may be asked for a voice again, and after which pause. @type {Map<string, {at: number, pause: number}>} */
  #refused = new Map();
  /** Which voices I have asked each third for last, when, and in which message. @type {Map<string, {text: string, seq: number, at: number, isAnswered: boolean}>} */
  #told = new Map();
  #seq = 0;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(id: string, message: PeerMessage) => boolean} options.send  whether it could be sent
   * @param {(id: string) => string[]} options.thirds  who is connected to them and to me, best first
   */
  constructor({ clock, send, thirds }) {
    super();
    this.#clock = clock;
    this.#send = send;
    this.#thirds = thirds;
    this.#again = new Timer(clock);
  }

  /** Whether this voice is wanted, be it that somebody passes it on or that nobody does. @param {string} id */
  isWanted(id) {
    return this.#wanted.includes(id);
  }

  /** @param {string[]} ids  whose voices do not come by themselves */
  want(ids) {
    for (const id of this.#wanted) {
      if (!ids.includes(id) && this.#asked.get(id)?.voice) {
        this.#lingering.set(id, this.#clock.now() + LINGER);
      }
    }
    for (const id of ids) this.#lingering.delete(id);
    this.#wanted = ids;
    this.#settle();
  }

  /** @param {string} from @param {Carried} message */
  receive(from, { seq, voices }) {
    // What crossed a newer asking on its way says nothing about that.
    const told = this.#told.get(from);
    if (!told || seq !== told.seq) return;
    told.isAnswered = true;
    for (const [id, asked] of this.#asked) {
      if (asked.by !== from) continue;
      const said = typeof voices === "object" && voices !== null ? voices[id] : undefined;
      if (said) this.#refused.delete(`${from} ${id}`);
      if (said) {
        asked.voice = {
          microphone: said.microphone === true,
          speaking: said.speaking === true,
          hand: said.hand === true,
        };
      } else this.#refuse(id, from);
    }
    this.#settle();
    this.#tell();
  }

  stop() {
    this.#wanted = [];
    this.#lingering.clear();
    this.#asked.clear();
    this.#again.cancel();
  }

  #settle() {
    const before = this.#heard;
    const now = this.#clock.now();
    for (const [id, until] of this.#lingering) if (now >= until) this.#lingering.delete(id);
    for (const [id, { by, since, voice }] of this.#asked) {
      const isKept = this.#wanted.includes(id) || this.#lingering.has(id);
      const told = this.#told.get(by);
      const isSilent = told !== undefined && !told.isAnswered && now - told.at >= ANSWER_WITHIN;
      if (!isKept || !this.#thirds(id).includes(by)) this.#asked.delete(id);
      // Some do not know what they are asked, and some no longer what they have said.
      else if (isSilent || (!voice && now - since >= ANSWER_WITHIN)) this.#refuse(id, by);
    }
    for (const id of this.#wanted) {
      if (this.#asked.has(id)) continue;
      const by = this.#thirds(id).find(
        (third) => (this.#refused.get(`${third} ${id}`)?.at ?? -Infinity) <= now,
      );
      if (by) this.#asked.set(id, { by, since: now, voice: null });
    }
    this.#ask();
    if (this.#wanted.length === 0 && this.#lingering.size === 0) this.#again.cancel();
    else if (!this.#again.pending) this.#again.plan(LOOK_AGAIN, () => this.#settle());
    if (this.#heard !== before) this.#tell();
  }

  #ask() {
    const now = this.#clock.now();
    /** @type {Map<string, string[]>} */
    const wishes = new Map([...this.#told.keys()].map((third) => [third, []]));
    for (const [id, { by }] of this.#asked) {
      wishes.set(by, [...(wishes.get(by) ?? []), id].slice(0, MOST_VOICES));
    }
    for (const [third, voices] of wishes) {
      const text = JSON.stringify(voices);
      const told = this.#told.get(third);
      if (text === told?.text && now - told.at < CONFIRM) continue;
      this.#seq += 1;
      const isSent = this.#send(third, { type: "carry", seq: this.#seq, voices });
      if (isSent && voices.length > 0) {
        this.#told.set(third, { text, seq: this.#seq, at: now, isAnswered: false });
      } else this.#told.delete(third);
    }
  }

  /** @param {string} id @param {string} by */
  #refuse(id, by) {
    this.#asked.delete(id);
    const { pause } = this.#refused.get(`${by} ${id}`) ?? { pause: ASK_AGAIN / 2 };
    const next = Math.min(RARELY, pause * 2);
    this.#refused.set(`${by} ${id}`, { at: this.#clock.now() + next, pause: next });
  }

  get #heard() {
    return [...this.#asked]
      .filter(([, { voice }]) => voice)
      .map(([id, { by }]) => `${id} ${by}`)
      .join();
  }

  #tell() {
    /** @type {Map<string, Voice & {by: string}>} */
    const voices = new Map();
    for (const [id, { by, voice }] of this.#asked) if (voice) voices.set(id, { by, ...voice });
    this.emit("change", voices);
  }
}

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
  /** What each of them was told, and hears by me. @type {Map<string, {told: string, tracks: MediaStreamTrack[]}>} */
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
    this.#given.set(from, { told: "", tracks: this.#given.get(from)?.tracks ?? [] });
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
   * What there is no doubt about; or what there was none about a moment ago. One look at a link that found nothing, or a
   * budget that has just shrunk, is no reason to take a voice away.
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
    const given = this.#given.get(receiver) ?? { told: "", tracks: [] };
    const wish = { told: JSON.stringify(this.#facts(granted)), tracks };
    this.#given.set(receiver, wish);
    // Not by their ids: tracks of two connections may have the same.
    if (tracks.length !== given.tracks.length || tracks.some((track, i) => track !== given.tracks[i])) {
      this.#put(receiver, tracks);
    }
    const { seq = 0, voices: asked = [] } = this.#asked.get(receiver) ?? {};
    if (
      wish.told !== given.told &&
      !this.#send(receiver, { type: "carried", seq, voices: this.#facts(granted) })
    ) {
      wish.told = "";
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

/** A weak link is better than none. @param {Person} person */
function isHeard({ link, self, quality }) {
  return link === "connected" && !self && quality !== "lost";
}

/** Several voices as one. */
class Mix {
  #context = new AudioContext();
  #output = new MediaStreamAudioDestinationNode(this.#context);

  /** @param {MediaStreamTrack[]} tracks */
  constructor(tracks) {
    // Without a click a browser may keep it asleep, and then there would be silence.
    if (this.#context.state === "suspended") void this.#context.resume();
    for (const track of tracks) {
      this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#output);
    }
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
   * @param {import("../participants.js").Participants} options.participants
   * @param {import("../rtc/mesh.js").Mesh} options.mesh
   * @param {import("./budget.js").Uplink} options.uplink
   * @param {Clock} options.clock
   */
  constructor({ participants, mesh, uplink, clock }) {
    this.#mesh = mesh;
    /** @param {string} id @param {PeerMessage} message */
    const send = (id, message) => mesh.send(id, message);
    this.#hearer = new Hearer({ clock, send, thirds: (id) => participants.thirds(id) });
    this.#hearer.on("change", (voices) => participants.hearBy(voices));
    this.#carrier = new Carrier({
      clock,
      send,
      voice: (id) => mesh.link(id)?.streams?.microphone ?? null,
      own: () => mesh.tracks.sound,
      mayCarry: (count) => uplink.mayCarry(count),
      put: (id, tracks) => this.#put(id, tracks),
    });
    this.#carrier.on("count", (count) => uplink.carry(count));
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
    // Once lost, a voice is so until the link is back, however the pair is called meanwhile.
    const isLost = (/** @type {string} */ id) =>
      this.#hearer.isWanted(id) || apart.some(({ one, other }) => one === id || other === id);
    // Who is away from the server, as from me, may still be heard by others. Whom I have let go of is not to come back so.
    const broken = people.filter(({ self, link }) => !self && link !== "connected" && link !== "shut");
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
