// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";

/**
 * What a picture may cost. In a mesh everybody sends theirs to everybody else, so all of them share one uplink and
 * one processor, and only the sender can see to it. Everything here takes numbers and gives numbers.
 *
 * @typedef {import("../messages.js").Held} Held
 * @typedef {import("../messages.js").Wish} Wish
 * @typedef {import("../rtc/peer.js").Encodings} Encodings
 *
 * @typedef {object} Limit
 * @property {number} height   of the picture, in lines
 * @property {number} fps
 * @property {number} bitrate  bits a second
 *
 * @typedef {"" | "asked" | "people" | "line" | "device"} Reason  why a picture is not larger: their window shows no
 *     more, as many share the uplink, the line carries no more, the device encodes no more
 *
 * @typedef {object} Machine
 * @property {number} cores         of its processor
 * @property {boolean} prefersH264  it has hardware for H.264 and for nothing else
 *
 * What line and device are taken to carry.
 * @typedef {object} Allowance
 * @property {number} bitrate     bits a second that the uplink carries
 * @property {number} steps       rungs of the ladder that the device is too slow for
 * @property {boolean} isLossy    what is said once may not arrive
 * @property {"" | "device" | "line"} resting  why there is no room for my camera at all
 */

/** @param {number} height @param {number} fps @param {number} kilobits @returns {Limit} */
const limit = (height, fps, kilobits) => ({ height, fps, bitrate: kilobits * 1000 });

/** The camera, by the number of people up to which it holds: as one tile of many, and as the large picture. @type {[number, Limit, Limit][]} */
const LADDER = [
  [2, limit(720, 30, 1800), limit(720, 30, 1800)],
  [3, limit(540, 30, 900), limit(720, 30, 1200)],
  [4, limit(360, 30, 550), limit(540, 30, 800)],
  [5, limit(360, 24, 400), limit(540, 24, 700)],
  [6, limit(270, 20, 300), limit(360, 30, 550)],
  [7, limit(270, 20, 240), limit(360, 24, 450)],
  [8, limit(180, 15, 180), limit(360, 24, 400)],
  [10, limit(180, 15, 140), limit(270, 20, 300)],
  [Infinity, limit(180, 12, 110), limit(270, 15, 250)],
];
// Who shows a screen is looked at there; their face may be small.
const BESIDE_SCREEN = limit(180, 10, 120);
/** What a picture of so many lines is worth: more bits make it no better. */
const WORTH = [
  limit(90, 12, 80),
  limit(180, 30, 200),
  limit(270, 30, 350),
  limit(360, 30, 600),
  limit(540, 30, 1000),
  limit(720, 30, 1800),
];
// Below this a picture tells nothing.
const LEAST_CAMERA = 50_000;
const LEAST_SCREEN = 80_000;
const MICROPHONE_BITRATE = 32_000;
const LEAST_MICROPHONE = 12_000;
// With the headers of its packets.
const VOICE = 40_000;
// RED says everything twice.
const REDUNDANT_VOICE = 75_000;
const SOUND = 64_000;
// Of what the uplink carries: the rest is for bursts, chat and files.
const USABLE = 0.8;
const USUAL_UPLINK = 2_500_000;

const REDUNDANT_PEOPLE = 4;
const MOST_SILENT = 8;
const MOST_SHOWN = 6;

/**
 * @param {number} people  in the call, me included
 * @param {{large?: boolean, sharing?: boolean, steps?: number}} [options]  `large`: for somebody who sees me large;
 *     `sharing`: I show my screen as well; `steps`: how many rungs lower, because the device cannot do more
 * @returns {Limit}
 */
export function cameraLimit(people, { large = false, sharing = false, steps = 0 } = {}) {
  const rung = LADDER.findIndex(([most]) => people <= most) + steps;
  const [, tile, whole] = LADDER[Math.min(rung, LADDER.length - 1)] ?? [0, BESIDE_SCREEN, BESIDE_SCREEN];
  const found = large ? whole : tile;
  return sharing && found.bitrate > BESIDE_SCREEN.bitrate ? BESIDE_SCREEN : found;
}

/**
 * @param {number} people
 * @param {number} [uplink]  bits a second
 * @returns {Limit}
 */
export function screenLimit(people, uplink = USUAL_UPLINK) {
  const share = (0.7 * uplink) / Math.max(1, people - 1);
  return { height: 1080, fps: people <= 4 ? 15 : 5, bitrate: Math.round(Math.min(1_500_000, share)) };
}

/**
 * A camera's picture: no more than what is asked for, and no more lines than the bits can fill.
 *
 * @param {Limit} most
 * @param {number} height   that the receiver shows
 * @param {number} [bitrate]
 * @returns {Limit}
 */
export function fitted(most, height, bitrate = Infinity) {
  const lines = Math.min(most.height, height);
  const worth = WORTH.find((size) => size.height >= lines)?.bitrate ?? most.bitrate;
  const bits = Math.min(most.bitrate, worth, bitrate);
  // With fewer bits than a third of its worth a smaller picture looks better than a larger one.
  const filled = WORTH.findLast((size) => size.bitrate <= bits * 3)?.height ?? 90;
  const fps = bits < 2 * LEAST_CAMERA ? Math.min(most.fps, 12) : most.fps;
  return { height: Math.min(lines, filled), fps, bitrate: Math.round(bits) };
}

/**
 * Shares bits between pictures: first everybody's least, then by rank, and alike within a rank.
 *
 * @template {{rank: number, least: number, most: number}} T
 * @param {T[]} wants
 * @param {number} bits
 * @returns {Map<T, number>}
 */
export function share(wants, bits) {
  const shares = new Map(wants.map((want) => [want, 0]));
  let left = bits;
  /** @param {T[]} some @param {(want: T) => number} more */
  const give = (some, more) => {
    const all = some.reduce((sum, want) => sum + more(want), 0);
    const part = all > 0 ? Math.min(1, Math.max(0, left) / all) : 0;
    for (const want of some) shares.set(want, (shares.get(want) ?? 0) + more(want) * part);
    left -= all * part;
  };
  give(wants, ({ least, most }) => Math.min(least, most));
  for (const rank of [...new Set(wants.map((want) => want.rank))].sort((a, b) => a - b)) {
    give(
      wants.filter((want) => want.rank === rank),
      ({ least, most }) => most - Math.min(least, most),
    );
  }
  return shares;
}

/**
 * A limit in the words of `RTCRtpSender.setParameters`, for a track as it is captured.
 *
 * @param {Limit} limit
 * @param {{width?: number, height?: number}} captured
 * @returns {RTCRtpEncodingParameters}
 */
export function encoding({ height, fps, bitrate }, captured) {
  // Upright, a picture of a phone has its lines the other way round.
  const lines = Math.min(captured.width ?? height, captured.height ?? height);
  return {
    active: true,
    maxBitrate: bitrate,
    maxFramerate: fps,
    scaleResolutionDownBy: Math.max(1, lines / height),
  };
}

/**
 * Whether my picture is one of those that a large room sees: the last who spoke, and to begin with who came first.
 *
 * @param {{id: string, seat: number}[]} people
 * @param {ReadonlyMap<string, number>} spoke  when each of them last spoke; the later, the higher
 * @param {string} me
 */
export function isShown(people, spoke, me) {
  if (people.length <= MOST_SILENT) return true;
  const order = [...people].sort(
    (a, b) => (spoke.get(b.id) ?? -1) - (spoke.get(a.id) ?? -1) || a.seat - b.seat,
  );
  return order.slice(0, MOST_SHOWN).some(({ id }) => id === me);
}

/** What is known of one connection: what they want to see, and how far away they are. */
class Receiver {
  /** @type {{camera: Wish, screen: Wish} | null} */
  view = null;
  seq = -1;
  /** @type {Reason} */
  reason = "";
}

/**
 * @typedef {object} UplinkEvents
 * @property {[]} screen  somebody has my screen now, or has it no longer
 * @property {[]} change  what I send to everybody may be different now
 * @property {[]} held  my camera rests, or it does so no longer
 * @property {[]} insist  I want my picture to be sent, however slow this device is
 */

/**
 * The one budget for all that I send, voice first. It is told what the receivers want to see and what line and device
 * carry (control.js), and says what to send to each.
 *
 * @extends {Emitter<UplinkEvents>}
 */
export class Uplink extends Emitter {
  /** Bits a second that are never exceeded. */
  most;
  #people = 1;
  #machine;
  /** @type {Record<"camera" | "screen", {width?: number, height?: number} | null>} */
  #captured = { camera: null, screen: null };
  #hasSound = false;
  /** @type {Map<string, Receiver>} */
  #receivers = new Map();
  /** @type {Allowance} */
  #allowance;
  #isYielding = false;
  #carried = 0;

  /**
   * @param {object} [options]
   * @param {number} [options.uplink]  bits a second, to begin with
   * @param {number} [options.most]    bits a second, however well it goes
   * @param {Machine} [options.machine]
   */
  constructor({
    uplink = USUAL_UPLINK,
    most = USUAL_UPLINK,
    machine = { cores: 4, prefersH264: false },
  } = {}) {
    super();
    this.#allowance = { bitrate: uplink, steps: 0, isLossy: false, resting: "" };
    this.#machine = machine;
    this.most = most;
  }

  /** Bits a second that my uplink is taken to carry. */
  get bitrate() {
    return this.#allowance.bitrate;
  }

  /** Of the processor. */
  get cores() {
    return this.#machine.cores;
  }

  /** Why my camera is on and not sent. @returns {Held} */
  get held() {
    return this.#allowance.resting || (this.#isYielding ? "others" : "");
  }

  /** Bits a second that the uplink must carry for all voices, and the least that is wanted of my camera beside them. */
  get needs() {
    const wants = this.#captured.camera
      ? this.#wants(this.#people).filter(({ slot }) => slot === "camera")
      : [];
    const least = wants.reduce((sum, { least: one, most }) => sum + Math.min(one, most), 0);
    return { voices: this.#forVoices(this.#people) / USABLE, camera: least / USABLE };
  }

  /** What files may take, beside pictures and after voices: bits a second, and whether what is said once may not arrive. */
  get left() {
    const shares = [...this.#shares(this.#people)];
    const pictures = shares.reduce((sum, [{ slot }, bits]) => sum + (this.#captured[slot] ? bits : 0), 0);
    const { bitrate, isLossy } = this.#allowance;
    return { bitrate: Math.max(0, bitrate - this.#forVoices(this.#people) - pictures), isLossy };
  }

  /** @param {number} people  in the room, me included */
  seat(people) {
    this.#people = people;
  }

  /**
   * @param {"microphone" | "camera" | "sound" | "screen"} slot
   * @param {{width?: number, height?: number} | null} settings  of the track, null when there is none
   */
  capture(slot, settings) {
    if (slot === "sound") this.#hasSound = settings !== null;
    if (slot === "camera" || slot === "screen") this.#captured[slot] = settings;
    // Another camera, or the same on purpose: it deserves a fresh look.
    if (slot === "camera" && !settings && this.#allowance.resting) this.insist();
  }

  /**
   * What they want to see of me. Gives whether it is news.
   *
   * @param {string} id
   * @param {{seq: number, camera: Wish, screen: Wish}} view
   */
  ask(id, { seq, camera, screen }) {
    const receiver = this.#receivers.get(id) ?? new Receiver();
    if (!Number.isSafeInteger(seq) || seq <= receiver.seq) return false;
    if (!isWish(camera) || !isWish(screen)) return false;
    const before = this.hasScreen(id);
    receiver.seq = seq;
    receiver.view = { camera, screen };
    this.#receivers.set(id, receiver);
    if (this.hasScreen(id) !== before) this.emit("screen");
    return true;
  }

  /** Whether they have my screen, as they say; null where they do not look, or do not say. @param {string} id */
  hasScreen(id) {
    const screen = this.#receivers.get(id)?.view?.screen;
    return screen && screen.height > 0 ? (screen.arrived ?? null) : null;
  }

  /** Whether my screen is sent to them, or would be if there was room. @param {string} id */
  hasRoomForScreen(id) {
    return this.#limits(this.#people, id).screen !== null;
  }

  /** @param {string} id */
  forget(id) {
    this.#receivers.delete(id);
  }

  /** @param {Allowance} allowance */
  allow(allowance) {
    this.#change(() => (this.#allowance = allowance));
    this.emit("change");
  }

  /** Somebody else's picture is worth more in a large room. @param {boolean} isYielding */
  yield(isYielding) {
    if (isYielding === this.#isYielding) return;
    this.#change(() => (this.#isYielding = isYielding));
    this.emit("change");
  }

  /** Whether there is room for so many voices of others beside my own. @param {number} voices */
  mayCarry(voices) {
    return (
      this.#allowance.bitrate * USABLE >= this.#forVoices(this.#people) + (voices - this.#carried) * VOICE
    );
  }

  /** @param {number} voices  of others that I pass on */
  carry(voices) {
    this.#carried = voices;
    this.emit("change");
  }

  /** My picture is to be sent, however slow this device is. */
  insist() {
    this.emit("insist");
    this.allow({ ...this.#allowance, resting: "" });
  }

  /**
   * What to send to one of them.
   *
   * @param {string} id  "" for somebody who has yet to come
   * @param {number} [people]
   * @returns {Encodings}
   */
  encodings(id, people = this.#people) {
    const { camera, screen } = this.#limits(people, id);
    const microphone = {
      active: true,
      maxBitrate: this.#voice(people),
      priority: /** @type {const} */ ("high"),
    };
    return {
      microphone: {
        encoding: microphone,
        codecs: this.#isRedundant(people) ? ["audio/red", "audio/opus"] : ["audio/opus"],
      },
      camera: {
        encoding: camera ? encoding(camera, this.#captured.camera ?? {}) : { active: false },
        codecs: cameraCodecs(people, this.#machine),
      },
      screen: {
        encoding: screen ? encoding(screen, this.#captured.screen ?? {}) : { active: false },
        codecs: screenCodecs(people, this.#machine),
      },
    };
  }

  /** What they are to be sent of camera and screen, by the budget; null for nothing. @param {string} id */
  limits(id) {
    return this.#limits(this.#people, id);
  }

  /** Why they do not see a larger picture of me. @param {string} id @returns {Reason} */
  reason(id) {
    this.#limits(this.#people, id);
    return this.#receivers.get(id)?.reason ?? "";
  }

  /** @param {() => void} change */
  #change(change) {
    const before = this.held;
    change();
    if (this.held !== before) this.emit("held");
  }

  /** @param {number} people @param {string} id */
  #limits(people, id) {
    const shares = this.#shares(people, id);
    /** @type {{camera: Limit | null, screen: Limit | null}} */
    const found = { camera: null, screen: null };
    for (const [want, bits] of shares) {
      if (want.id !== id || bits < Math.min(want.least, want.most) * 0.5) continue;
      // Text keeps its lines, and moves less instead.
      if (want.slot === "screen") {
        found.screen = {
          ...want.limit,
          height: Math.min(want.limit.height, want.height),
          bitrate: Math.round(bits),
        };
      } else {
        found.camera = fitted(want.limit, want.height, bits);
        this.#explain(want, bits);
      }
    }
    return found;
  }

  /** What each picture gets. @param {number} people @param {string} [newcomer] */
  #shares(people, newcomer) {
    const held = this.held !== "";
    const wants = this.#wants(people, newcomer).filter(({ slot }) => slot === "screen" || !held);
    return share(wants, this.#forPictures(people));
  }

  /** @param {{id: string, limit: Limit, height: number, most: number}} want @param {number} bits */
  #explain({ id, limit: { height: most }, height, most: mostBits }, bits) {
    const receiver = this.#receivers.get(id);
    if (!receiver) return;
    if (bits < mostBits * 0.95) receiver.reason = "line";
    else if (height < most) receiver.reason = "asked";
    else if (this.#allowance.steps > 0) receiver.reason = "device";
    else receiver.reason = this.#people > 2 ? "people" : "";
  }

  /**
   * Every picture that somebody wants to see of me.
   *
   * @param {number} people
   * @param {string} [newcomer]
   */
  #wants(people, newcomer) {
    const ids = new Set(this.#receivers.keys());
    if (newcomer !== undefined) ids.add(newcomer);
    // Those who are about to come are counted; they take their share like everybody who says nothing.
    for (let index = ids.size; index < people - 1; index += 1) ids.add(`#${index}`);
    const sharing = this.#captured.screen !== null;
    return [...ids].flatMap((id) => {
      const view = this.#receivers.get(id)?.view;
      const { height, large } = view?.camera ?? { height: Infinity, large: false };
      const steps = large ? Math.max(0, this.#allowance.steps - 2) : this.#allowance.steps;
      const camera = cameraLimit(people, { large, sharing, steps });
      const screen = screenLimit(people, this.#allowance.bitrate);
      const lines = view?.screen.height ?? Infinity;
      const wants = [];
      if (sharing && lines > 0) wants.push(want(id, "screen", screen, lines, 1));
      if (height > 0 && (this.#captured.camera || !sharing)) {
        wants.push(want(id, "camera", camera, height, large ? 0 : 2));
      }
      return wants;
    });
  }

  /** @param {number} people */
  #forPictures(people) {
    return Math.max(0, this.#allowance.bitrate * USABLE - this.#forVoices(people));
  }

  /** @param {number} people */
  #forVoices(people) {
    const each = (people <= REDUNDANT_PEOPLE ? REDUNDANT_VOICE : VOICE) + (this.#hasSound ? SOUND : 0);
    return Math.max(0, people - 1) * each + this.#carried * VOICE;
  }

  /** @param {number} people */
  #voice(people) {
    const each = (this.#allowance.bitrate * USABLE) / Math.max(1, people - 1) - (VOICE - MICROPHONE_BITRATE);
    const once = people <= REDUNDANT_PEOPLE ? each / 2 : each;
    return Math.round(Math.min(MICROPHONE_BITRATE, Math.max(LEAST_MICROPHONE, once)));
  }

  /** Saying everything twice is for lines that lose, or that have room. @param {number} people */
  #isRedundant(people) {
    return people <= REDUNDANT_PEOPLE || this.#allowance.isLossy;
  }
}

/**
 * @param {string} id
 * @param {"camera" | "screen"} slot
 * @param {Limit} most
 * @param {number} height  that is shown
 * @param {number} rank    the lower, the sooner served
 */
function want(id, slot, most, height, rank) {
  return {
    id,
    slot,
    limit: most,
    height,
    rank,
    ...(slot === "camera"
      ? { least: LEAST_CAMERA, most: fitted(most, height).bitrate }
      : { least: LEAST_SCREEN, most: most.bitrate }),
  };
}

/** @param {Wish} wish  from outside */
function isWish(wish) {
  const { large, height, arrived = true } = wish ?? {};
  return (
    typeof large === "boolean" && typeof height === "number" && height >= 0 && typeof arrived === "boolean"
  );
}

/**
 * The codecs of cameras, best first: VP9 looks better for the same bits, VP8 costs less, hardware costs nothing.
 *
 * @param {number} people
 * @param {Machine} machine
 */
export function cameraCodecs(people, { cores, prefersH264 }) {
  if (prefersH264) return ["video/H264", "video/VP8", "video/VP9"];
  return people <= 4 && cores >= 4
    ? ["video/VP9", "video/VP8", "video/H264"]
    : ["video/VP8", "video/VP9", "video/H264"];
}

/**
 * The codecs of screens: text is what AV1 and VP9 are best at.
 *
 * @param {number} people
 * @param {Machine} machine
 */
export function screenCodecs(people, { cores, prefersH264 }) {
  if (people <= 3 && cores >= 8) return ["video/AV1", "video/VP9", "video/VP8"];
  return prefersH264 ? ["video/H264", "video/VP9", "video/VP8"] : ["video/VP9", "video/VP8"];
}
