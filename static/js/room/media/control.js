import { Latest } from "../../lib/events.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./budget.js").Uplink} Uplink
 *
 * What the look at one connection found, about what I send.
 * @typedef {object} Look
 * @property {number | null} loss   0 to 1, as the receiver reports it
 * @property {number | null} delay  round trip in milliseconds
 * @property {number} sent          bits a second
 * @property {boolean} overused     the browser says that the processor holds the encoder back
 * @property {number} encoding      what the encoders take, as a share of one core
 * @property {number | null} fps    of the camera, or null where it is not sent
 * @property {boolean} isStarved    their device says that it does not keep up
 */

const PACE = 3_000;
const LOSS = 0.05;
// On a line that loses a twentieth, a connection with few packets may happen to show no more than this.
const TRACE = 0.02;
const LOSSY = 0.03;
// How much of what was the shortest way is forgotten at each look.
const FORGETTING = 0.05;
const DOWN = 0.85;
const UP = 1.1;
const CLEAN = 10_000;
// So long it stays below what was too much.
const WARY = 60_000;
const LEAST_UPLINK = 100_000;

// With less than this part of the least for each, no picture is better than all of them torn.
const TORN = 0.5;
// Without pictures nothing is learnt about the line, so it is tried again, at first soon and then ever more rarely.
const TRY_AGAIN = 10_000;
const MOST_WAITING = 160_000;
const PROVEN = 30_000;

// Of one core, where there are no more than four.
const BUSY = 0.6;
const MOST_STEPS = 4;
// Fewer pictures a second than this are no moving picture.
const STANDSTILL = 5;
const HOPELESS = 15_000;
const GRACE = 60_000;

/**
 * Finds what line and device carry, from looks at all connections, and allows the budget that much. What it allows changes
 * at most once in three seconds.
 *
 * Loss or delay is taken for my own uplink only if every connection that carries something shows it; else it is the line of
 * those receivers, which the browser's own congestion control deals with. A device that has too much to do, be it mine or
 * theirs, answers late as well: that is nobody's line.
 */
export class Control {
  #now;
  #uplink;
  #start;
  #bitrate;
  /** Who was there the last time. @type {ReadonlySet<string>} */
  #others = new Set();
  #loss = 0;
  #steps = 0;
  #isWeak = false;
  #isThin = false;
  /** The shortest round trip to each of them, in milliseconds. @type {Map<string, number>} */
  #nearest = new Map();
  #badSince = -Infinity;
  /** What was too much the last time, in bits a second. */
  #ceiling = Infinity;
  #busySince = -Infinity;
  #busyLooks = 0;
  #slowSince = Infinity;
  #thinSince = -Infinity;
  #triedAt = -Infinity;
  #wait = TRY_AGAIN;
  #graceUntil = 0;
  #changedAt = -Infinity;
  #allowed = new Latest();

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {Uplink} options.uplink
   */
  constructor({ clock, uplink }) {
    this.#now = clock.now;
    this.#uplink = uplink;
    this.#bitrate = this.#start = uplink.bitrate;
    this.#allowed.keep(this.#allowance);
    uplink.on("insist", () => {
      this.#isWeak = false;
      this.#slowSince = Infinity;
      this.#graceUntil = this.#now() + GRACE;
    });
  }

  /**
   * Who is there now. What held a camera back is judged anew when that changes: it may have been somebody who is gone,
   * and with fewer people there is less to do.
   *
   * @param {Iterable<string>} ids
   */
  meet(ids) {
    const others = new Set(ids);
    const gone = [...this.#others].filter((id) => !others.has(id));
    const come = [...others].filter((id) => !this.#others.has(id));
    this.#others = others;
    if (gone.length === 0 && come.length === 0) return;
    for (const id of gone) this.#nearest.delete(id);
    this.#wait = TRY_AGAIN;
    this.#thinSince = this.#triedAt = -Infinity;
    if (gone.length > 0) this.#isWeak = false;
    if (gone.length > 0) this.#slowSince = Infinity;
    if (others.size > 0) return;
    this.#bitrate = Math.max(this.#bitrate, this.#start);
    this.#ceiling = Infinity;
    this.#steps = this.#loss = 0;
    this.#isThin = false;
  }

  /**
   * @param {ReadonlyMap<string, Look>} looks  by whom the connection leads to
   * @param {Pick<import("../stats/strain.js").Strain, "isLate" | "isStarved">} [strain]  how this device keeps up
   */
  observe(looks, { isLate, isStarved } = { isLate: false, isStarved: false }) {
    const now = this.#now();
    if (looks.size > 0) {
      const isBusy = isStarved || this.#isBusy([...looks.values()]);
      this.#noticeLine([...looks], now, isBusy || isLate);
      this.#noticeDevice([...looks.values()], now, isBusy);
      this.#judgeLine(now);
    }
    const allowance = this.#allowance;
    if (!this.#allowed.isOther(allowance) || now - this.#changedAt < PACE) return;
    this.#allowed.keep(allowance);
    this.#changedAt = now;
    this.#uplink.allow(allowance);
  }

  /** @returns {import("./budget.js").Allowance} */
  get #allowance() {
    const resting = this.#isWeak ? "device" : this.#isThin ? "line" : "";
    return { bitrate: Math.round(this.#bitrate), steps: this.#steps, isLossy: this.#loss > LOSSY, resting };
  }

  /** Whether the encoders take more than this device can well give. @param {Look[]} looks */
  #isBusy(looks) {
    const most = BUSY * Math.max(1, this.#uplink.cores / 4);
    return (
      looks.some(({ overused }) => overused) || looks.reduce((sum, { encoding }) => sum + encoding, 0) > most
    );
  }

  /** @param {[string, Look][]} looks @param {number} now @param {boolean} isBusy */
  #noticeLine(looks, now, isBusy) {
    const losses = looks.map(([, { loss }]) => loss ?? 0);
    this.#loss = 0.7 * this.#loss + 0.3 * Math.max(...losses);
    // What has yet to be applied has had no chance to help.
    const isApplied = Math.round(this.#bitrate) === this.#uplink.bitrate;
    if (this.#isMine(looks, isBusy)) {
      this.#badSince = now;
      if (!isApplied) return;
      this.#ceiling = this.#bitrate;
      // What came through is the best guess; but a still screen sends little, and says nothing about the line.
      const sent = looks.reduce((sum, [, look]) => sum + look.sent, 0);
      const through = sent * (1 - losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
      const guess = Math.max(this.#bitrate / 2, Math.min(this.#bitrate * DOWN, through));
      this.#bitrate = Math.max(LEAST_UPLINK, guess);
    } else if (isApplied && !this.#isThin && now - this.#badSince >= CLEAN) {
      const more = Math.min(this.#uplink.most, this.#bitrate * UP);
      if (more < this.#ceiling || now - this.#badSince >= WARY) this.#bitrate = Math.max(this.#bitrate, more);
    }
  }

  /**
   * Whether my own line is in trouble: every connection that can tell shows a trace of it, and half of them clearly do.
   *
   * @param {[string, Look][]} looks
   * @param {boolean} isBusy  this device has too much to do, and answers late whatever the line is like
   */
  #isMine(looks, isBusy) {
    const found = looks.map(([id, { loss, delay, sent, isStarved }]) => {
      const isLate = this.#isLate(id, delay) && !isBusy;
      const tells = sent > 0 && !isStarved;
      return { tells, trace: isLate || (loss ?? 0) > TRACE, clear: isLate || (loss ?? 0) > LOSS };
    });
    const witnesses = found.filter(({ tells }) => tells);
    const clear = witnesses.filter((one) => one.clear);
    return (
      witnesses.length > 0 && witnesses.every(({ trace }) => trace) && clear.length * 2 >= witnesses.length
    );
  }

  /** @param {string} id @param {number | null} delay */
  #isLate(id, delay) {
    if (delay === null) return false;
    const nearest = this.#nearest.get(id) ?? delay;
    // A path that is longer from now on, such as over a relay, is not congestion for ever.
    const now = delay < nearest ? delay : nearest + (delay - nearest) * FORGETTING;
    this.#nearest.set(id, now);
    return delay > 2 * now + 100;
  }

  /** @param {Look[]} looks @param {number} now @param {boolean} isBusy */
  #noticeDevice(looks, now, isBusy) {
    this.#busyLooks = isBusy ? this.#busyLooks + 1 : 0;
    if (isBusy) this.#busySince = now;
    // One look may have fallen on a moment when everything happened at once.
    if (this.#busyLooks >= 2 && this.#steps < MOST_STEPS && now - this.#changedAt >= PACE) {
      this.#steps += 1;
    } else if (!isBusy && this.#steps > 0 && now - this.#busySince >= CLEAN) {
      this.#steps -= 1;
      this.#busySince = now;
    }
    const rates = looks.flatMap(({ fps }) => (fps === null ? [] : [fps]));
    const stands =
      isBusy && this.#steps === MOST_STEPS && rates.length > 0 && rates.every((fps) => fps < STANDSTILL);
    this.#slowSince = stands ? Math.min(this.#slowSince, now) : Infinity;
    if (now - this.#slowSince >= HOPELESS && now >= this.#graceUntil) this.#isWeak = true;
  }

  /** Whether there is room for pictures beside the voices. @param {number} now */
  #judgeLine(now) {
    const { voices, camera } = this.#uplink.needs;
    if (this.#isThin && now - this.#thinSince >= this.#wait) {
      // From the least upwards, so that a try that fails costs little.
      this.#bitrate = Math.max(this.#bitrate, voices + camera);
      this.#triedAt = now;
    }
    const isThin = camera > 0 && this.#bitrate < voices + camera * (this.#isThin ? 1 : TORN) - 1;
    if (isThin && !this.#isThin) {
      this.#wait = now - this.#triedAt < PROVEN ? Math.min(MOST_WAITING, this.#wait * 2) : TRY_AGAIN;
      this.#thinSince = now;
    }
    this.#isThin = isThin;
  }
}
