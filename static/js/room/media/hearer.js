import { Emitter, Latest } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { MOST_VOICES } from "./carrier.js";

/**
 * Who does not hear somebody asks one who hears both (docs/decisions/0024-sound-by-a-third.md).
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../messages.js").Carried} Carried
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../messages.js").Voice} Voice
 */

const ANSWER_WITHIN = 5_000;
// A refusal may be that of a moment; one that stays so is not worth a question every moment.
const ASK_AGAIN = 2_000;
const RARELY = 8_000;
const LOOK_AGAIN = 2_000;
// What one end has forgotten without the other's knowing, the next question puts right.
const CONFIRM = 10_000;
// A connection that has just come back may go again, and its own sound takes a moment.
const LINGER = 2_000;

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
  /** Which voices I have asked each third for last, when, and in which message. @type {Map<string, {voices: Latest, seq: number, at: number, isAnswered: boolean}>} */
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
      const told = this.#told.get(third);
      const asked = told?.voices ?? new Latest();
      if (!asked.isNew(voices) && told && now - told.at < CONFIRM) continue;
      this.#seq += 1;
      const isSent = this.#send(third, { type: "carry", seq: this.#seq, voices });
      if (isSent && voices.length > 0) {
        this.#told.set(third, { voices: asked, seq: this.#seq, at: now, isAnswered: false });
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
