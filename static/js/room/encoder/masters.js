/**
 * Who is sent what by the one encoder, and who by an encoder of their own. Everything here takes numbers and gives numbers.
 *
 * @typedef {object} MasterConfig
 * @property {number} height   lines
 * @property {number} bitrate  bits a second
 *
 * What is known of one receiver.
 * @typedef {object} Receiver
 * @property {string} id
 * @property {boolean} canShare  their connection is up, and its frames can carry what another encoder made
 * @property {number} height     lines that the budget gives them; 0 for none
 * @property {number} bitrate    bits a second that it gives them
 * @property {number | null} available  bits a second that their line takes, as the browser's congestion control has it
 */

/** By their names. Each is encoded only while somebody is sent it. @type {Record<string, MasterConfig>} */
export const MASTERS = {
  large: { height: 360, bitrate: 400_000 },
  middle: { height: 270, bitrate: 240_000 },
  small: { height: 180, bitrate: 130_000 },
  least: { height: 90, bitrate: 50_000 },
};
const SIZES = Object.entries(MASTERS).map(([name, config]) => ({ name, ...config }));
const LARGEST = Math.max(...SIZES.map(({ bitrate }) => bitrate));
// What all begin with: nobody knows their lines yet.
const FIRST = "small";

// With so many in the call, me included, one encoder serves all; below, each has a better picture of their own.
const MANY = 5;
// Somebody may come back in a moment (milliseconds).
const STAYS = 5_000;
// What the line takes goes up and down; a larger picture comes when there has been room for it for so long.
const UP_AFTER = 4_000;
// Of what the line takes: the rest is for voice and for what is sent again.
const VOICE = 50_000;
const USABLE = 0.85;
// A share that is nearly enough for a master is enough.
const NEARLY = 1.15;
// Whoever sees more lines than any master has keeps an encoder, as long as these are so few.
const OWN_LINES = 540;
const MOST_OWN = 2;
// Who does not understand what they get has an encoder of their own for so long, and each time for longer (milliseconds).
const APART = { first: 60_000, most: 960_000 };

// With fewer people there is room for more pictures a second.
/** @param {number} people */
export function rate(people) {
  return people <= 6 ? 24 : people <= 9 ? 20 : 15;
}

/** One key frame serves all who ask, and costs all of them bits: so many milliseconds between two. @param {number} people */
export function keyGap(people) {
  return 300 + 20 * people;
}

/** What is remembered of one of them. */
class Known {
  /** @type {string} */
  master = "";
  /** Since when there has been room for a larger one. */
  roomSince = Infinity;
  apartUntil = -Infinity;
  times = 0;
}

/** Decides, at every look anew. */
export class Masters {
  /** @type {Map<string, Known>} */
  #known = new Map();
  #isOn = false;
  #manyAt = -Infinity;

  /** One encoder serves those that it can. */
  get isOn() {
    return this.#isOn;
  }

  /**
   * @param {number} people  in the call, me included
   * @param {Receiver[]} receivers
   * @param {number} now  milliseconds
   * @returns {Map<string, string>}  by id the name of a master; "" for an encoder of their own
   */
  decide(people, receivers, now) {
    if (people >= MANY) this.#manyAt = now;
    this.#isOn = now - this.#manyAt < STAYS;
    const ids = new Set(receivers.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    const large = receivers.filter(({ height, available, bitrate }) => {
      return height >= OWN_LINES && Math.min(bitrate, available ?? bitrate) > LARGEST * NEARLY;
    });
    const own = new Set(large.length <= MOST_OWN ? large.map(({ id }) => id) : []);
    return new Map(
      receivers.map((receiver) => [
        receiver.id,
        this.#isOn ? this.#choose(receiver, own, now) : this.#rest(receiver),
      ]),
    );
  }

  /** The worker is another one, and nothing of what it carried goes on. */
  forget() {
    this.#known.clear();
  }

  /** They ask for one key frame after the other: it does them no good. @param {string} id @param {number} now */
  part(id, now) {
    const known = this.#known.get(id);
    if (!known) return;
    known.apartUntil = now + Math.min(APART.most, APART.first * 2 ** known.times);
    known.times += 1;
  }

  /** @param {Receiver} receiver */
  #rest({ id }) {
    const known = this.#known.get(id);
    if (known) known.master = "";
    return "";
  }

  /** @param {Receiver} receiver @param {Set<string>} own @param {number} now */
  #choose(receiver, own, now) {
    const { id, canShare, height } = receiver;
    const known = this.#known.get(id) ?? new Known();
    this.#known.set(id, known);
    if (!canShare || own.has(id) || now < known.apartUntil) return (known.master = "");
    // Nobody sees it: what they had last is where it goes on.
    if (height === 0) return known.master || (known.master = FIRST);
    const fits = fitting(receiver);
    if (!known.master) known.master = smaller(fits, FIRST);
    else if (isSmaller(fits, known.master)) known.master = fits;
    else if (!isSmaller(known.master, fits)) known.roomSince = Infinity;
    else if (now - (known.roomSince = Math.min(known.roomSince, now)) >= UP_AFTER) {
      known.master = fits;
      known.roomSince = Infinity;
    }
    return known.master;
  }
}

/** The largest for which there is room. @param {Receiver} receiver */
function fitting({ height, bitrate, available }) {
  const line = available === null ? Infinity : (available - VOICE) * USABLE;
  const bits = Math.min(bitrate * NEARLY, line);
  return SIZES.find((size) => size.height <= height && size.bitrate <= bits)?.name ?? "least";
}

/** @param {string} one @param {string} other */
function isSmaller(one, other) {
  return (MASTERS[one]?.height ?? 0) < (MASTERS[other]?.height ?? 0);
}

/** @param {string} one @param {string} other */
function smaller(one, other) {
  return isSmaller(one, other) ? one : other;
}
