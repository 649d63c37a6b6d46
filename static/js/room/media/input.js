// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";
import { backoff, Timer } from "../../lib/timing.js";

/**
 * @typedef {"microphone" | "camera"} Kind
 * @typedef {import("../state.js").Source} Source
 * @typedef {import("../state.js").Device} Device
 * @typedef {Source["trouble"]} Trouble
 *
 * @typedef {object} World  what an input is opened in
 * @property {(kind: Kind, device: string) => Promise<MediaStream>} ask  opens a device by its id, or any for ""
 * @property {(kind: Kind) => Promise<Device[]>} list  those that are there now
 * @property {(error: unknown, kind: Kind) => Exclude<Trouble, "">} why
 * @property {(kind: Kind) => Promise<boolean>} mayAsk  the browser asks nobody before it opens one
 * @property {() => boolean} isSeen  the page is in front of somebody
 * @property {boolean} oneAtATime   as on phones: what is open has to go before another can be opened
 * @property {import("../../lib/timing.js").Clock} clock
 */

// A device that another program has may be free in a moment, or in an hour (milliseconds).
const AGAIN = { first: 2_000, most: 30_000 };
// Cameras are silent for a moment while they start, and systems while they change from one device to another.
const SETTLES = 1_000;
/** For these another device, or the same a little later, may help. @type {Trouble[]} */
const PASSING = ["missing", "busy", "failed"];

/**
 * @typedef {object} InputEvents
 * @property {[]} change
 * @property {[track: MediaStreamTrack | null]} track  what I send is another track now, or nothing
 */

/**
 * My microphone or my camera: opens what was chosen, takes another where that one cannot be had, goes back where a
 * change fails, and notices when it stops and when it may be had again.
 *
 * @extends {Emitter<InputEvents>}
 */
export class Input extends Emitter {
  /** @type {MediaStreamTrack | null} */
  track = null;
  /** @type {Device[]} */
  devices = [];
  #kind;
  #world;
  /** What the person wants, which may not be what they have. */
  #wanted = true;
  #chosen = "";
  /** By which id the track was opened; "" if any would do. */
  #used = "";
  /** Counts the requests, so that only the latest one counts. */
  #requests = 0;
  #pending = false;
  /** @type {Trouble} */
  #trouble = "";
  /** @type {Source["refused"]} */
  #refused = null;
  #isMuted = false;
  #hasWorked = false;
  #again;
  #tries = 0;
  /** It is time to try again, and nobody is there to see it. */
  #isDue = false;
  #settling;
  #ending = new AbortController();

  /** @param {Kind} kind @param {World} world */
  constructor(kind, world) {
    super();
    this.#kind = kind;
    this.#world = world;
    this.#again = new Timer(world.clock);
    this.#settling = new Timer(world.clock);
  }

  /** @returns {Source} */
  get source() {
    const trouble = this.#trouble || (this.#isMuted && this.#wanted ? "muted" : "");
    return {
      on: this.track !== null && this.#wanted && !this.#isMuted,
      pending: this.#pending,
      trouble,
      lost: trouble !== "" && this.#hasWorked && this.#wanted,
      refused: this.#refused,
      devices: this.devices,
      device: this.track?.getSettings().deviceId ?? this.#chosen,
    };
  }

  /** To be remembered: not what stands in for it. */
  get choice() {
    return { on: this.#wanted, device: this.#chosen };
  }

  get wanted() {
    return this.#wanted;
  }

  /** @param {{on: boolean, device: string}} choice  of an earlier visit */
  prefer({ on, device }) {
    this.#wanted = on;
    this.#chosen = device;
  }

  /**
   * A muted microphone stays open and sends silence; a camera that is off is closed, and its light goes out.
   *
   * @param {boolean} on
   */
  async turn(on) {
    this.#wanted = on;
    if (on && (!this.track || this.#isMuted)) return this.open();
    if (!on) this.#rest();
    if (this.#kind === "camera" && !on) {
      this.#requests += 1;
      this.#pending = false;
      this.#adopt(null);
    } else if (this.track) {
      this.track.enabled = on;
    }
    this.emit("change");
  }

  /** Another device. Where it cannot be had, the one that works goes on. @param {string} device */
  async choose(device) {
    const before = this.#chosen;
    const { track } = this;
    this.#chosen = device;
    this.#wanted ||= this.#kind === "camera";
    if (!track) return this.open();
    if (this.#kind === "camera" && this.#world.oneAtATime) track.stop();
    const request = this.expect();
    const trouble = await this.#try(request, device);
    if (!trouble) return;
    this.#chosen = before;
    if (track.readyState === "ended") await this.open();
    // Meanwhile they have chosen again, or it is over.
    if (this.#chosen !== before || this.#ending.signal.aborted) return;
    this.#pending = false;
    this.#refused = { device, trouble };
    if (this.#isStandIn) this.#planAgain();
    this.emit("change");
  }

  /**
   * Opens what was chosen; where that is not there or taken, whatever else can be had.
   *
   * @param {{isQuiet?: boolean}} [options]  `isQuiet`: nobody has asked for it just now
   */
  async open({ isQuiet = false } = {}) {
    if (this.#ending.signal.aborted) return;
    if (!isQuiet) this.#tries = 0;
    const chosen = this.#chosen;
    const request = this.expect({ isQuiet });
    const first = await this.#try(request, chosen);
    let trouble = first;
    /** @type {Device[]} */
    const listed = PASSING.includes(first) ? await this.#world.list(this.#kind) : [];
    const others = listed.filter(({ id }) => id !== chosen);
    for (const { id } of [...(chosen ? [{ id: "" }] : []), ...others]) {
      if (!PASSING.includes(trouble)) break;
      const next = await this.#try(request, id);
      // What is taken says more than what is missing.
      trouble = next === "missing" ? trouble : next;
    }
    if (request !== this.#requests) return;
    if (trouble) return this.fail(trouble);
    if (first && first !== "missing" && chosen) this.#refused = { device: chosen, trouble: first };
    if (first && first !== "missing" && chosen) this.#planAgain();
    if (first) this.emit("change");
  }

  /** A request for this input goes out. Gives its number. @param {{isQuiet?: boolean}} [options] */
  expect({ isQuiet = false } = {}) {
    this.#again.cancel();
    this.#isDue = false;
    this.#pending ||= !isQuiet;
    this.#requests += 1;
    this.emit("change");
    return this.#requests;
  }

  /**
   * @param {number} request
   * @param {MediaStream} stream
   * @param {string} [device]  by which id it was asked for
   */
  take(request, stream, device = this.#chosen) {
    const [track] = this.#kind === "microphone" ? stream.getAudioTracks() : stream.getVideoTracks();
    // Meanwhile they changed their mind.
    if (request !== this.#requests) return track?.stop();
    if (!track) return this.fail("failed");
    this.#pending = false;
    this.#trouble = "";
    this.#refused = null;
    this.#used = device;
    this.#tries = 0;
    this.#hasWorked = true;
    track.enabled = this.#wanted;
    track.contentHint = this.#kind === "camera" ? "motion" : "speech";
    this.#listen(track);
    this.#adopt(track);
    this.emit("change");
  }

  /** @param {Exclude<Trouble, "">} trouble */
  fail(trouble) {
    this.#pending = false;
    this.#trouble = trouble;
    this.#refused = null;
    this.#adopt(null);
    if (trouble === "busy" || trouble === "failed") this.#planAgain();
    this.emit("change");
  }

  /** Devices have come or gone. */
  changed() {
    const isBack = this.#isStandIn && this.devices.some(({ id }) => id === this.#chosen);
    if (this.#pending || !this.#wanted) return;
    if (PASSING.includes(this.#trouble) || isBack) void this.#tryIfFree();
  }

  /** The page is seen again. */
  seen() {
    if (this.#isDue) void this.#tryIfFree();
    // Some systems take a microphone away for a call, and give it back to whoever asks.
    else if (this.#isMuted && this.#wanted && !this.#pending) void this.#tryIfFree();
  }

  /** The person has changed their mind in the browser's own settings. */
  granted() {
    if (this.#wanted && this.#trouble === "denied") void this.open();
  }

  close() {
    this.#ending.abort();
    this.#requests += 1;
    this.#again.cancel();
    this.#settling.cancel();
    this.#adopt(null);
  }

  /** Another device than the chosen one is open. */
  get #isStandIn() {
    return this.track !== null && this.#chosen !== "" && this.#used !== this.#chosen;
  }

  /** Gives why not; "" if it is open, or nobody waits for it any more. @param {number} request @param {string} device @returns {Promise<Trouble>} */
  async #try(request, device) {
    if (request !== this.#requests) return "";
    try {
      this.take(request, await this.#world.ask(this.#kind, device), device);
      return "";
    } catch (error) {
      return request === this.#requests ? this.#world.why(error, this.#kind) : "";
    }
  }

  #planAgain() {
    if (!this.#wanted || this.#ending.signal.aborted) return;
    this.#again.plan(backoff(this.#tries, AGAIN), () => {
      if (this.#world.isSeen()) void this.#tryIfFree();
      else this.#isDue = true;
    });
    this.#tries += 1;
  }

  async #tryIfFree() {
    this.#isDue = false;
    const before = this.#requests;
    if ((await this.#world.mayAsk(this.#kind)) && before === this.#requests) await this.#tryAgain();
  }

  async #tryAgain() {
    if (!this.#isStandIn) return this.open({ isQuiet: true });
    // What works goes on meanwhile.
    const request = this.expect({ isQuiet: true });
    const trouble = await this.#try(request, this.#chosen);
    if (trouble && trouble !== "missing") this.#planAgain();
  }

  /** It is not wanted: nothing is the matter, and nothing comes back by itself. */
  #rest() {
    this.#again.cancel();
    this.#isDue = false;
    this.#trouble = "";
    this.#refused = null;
  }

  /** @param {MediaStreamTrack} track */
  #listen(track) {
    const { signal } = this.#ending;
    track.addEventListener("ended", () => this.#lose(track), { signal });
    track.addEventListener("mute", () => this.#noteMute(track), { signal });
    track.addEventListener("unmute", () => this.#noteMute(track), { signal });
  }

  /** The system gives silence in its place, as for a switch on the computer or a phone call. @param {MediaStreamTrack} track */
  #noteMute(track) {
    if (track !== this.track) return;
    this.#settling.cancel();
    if (track.muted) this.#settling.plan(SETTLES, () => this.#setMuted(true));
    else this.#setMuted(false);
  }

  /** @param {boolean} isMuted */
  #setMuted(isMuted) {
    if (isMuted === this.#isMuted) return;
    this.#isMuted = isMuted;
    this.emit("change");
  }

  /** It was pulled out, taken by another program, or the permission taken back. @param {MediaStreamTrack} track */
  #lose(track) {
    if (track !== this.track) return;
    this.#adopt(null);
    void this.open();
  }

  /** @param {MediaStreamTrack | null} track */
  #adopt(track) {
    const earlier = this.track;
    if (earlier === track) return;
    this.#settling.cancel();
    this.#isMuted = false;
    this.track = track;
    this.emit("track", track);
    earlier?.stop();
    if (track) this.#noteMute(track);
  }
}
