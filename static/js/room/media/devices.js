// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../../lib/events.js";
import { clock as realClock } from "../../lib/timing.js";
import { Input } from "./input.js";

/**
 * @typedef {import("./input.js").Kind} Kind
 * @typedef {"microphone" | "camera" | "sound" | "screen"} Slot
 * @typedef {import("../state.js").Source} Source
 * @typedef {import("../state.js").Device} Device
 *
 * What of the page matters here. `featurePolicy` is not in the types, and only some browsers have it
 * (https://www.w3.org/TR/permissions-policy/, 6.2).
 * @typedef {Pick<Document, "visibilityState"> & EventTarget & {featurePolicy?: {allowsFeature: (name: string) => boolean}}} Page
 */

/** @type {Kind[]} */
const KINDS = ["microphone", "camera"];
const GROUP = /** @type {const} */ ({ microphone: "audioinput", camera: "videoinput" });
// Always captured large: each connection scales its own copy down (budget.js).
const WISHES = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};

/**
 * @typedef {object} DevicesEvents
 * @property {[]} change
 * @property {[slot: Slot, track: MediaStreamTrack | null]} track  what I send in a slot is another track now, or nothing
 */

/**
 * The one place that opens microphone, camera and screen, and that closes them again. Each source stands for
 * itself: that one fails takes nothing from the other.
 *
 * @extends {Emitter<DevicesEvents>}
 */
export class Devices extends Emitter {
  #media;
  #permissions;
  #page;
  #inputs;
  /** @type {import("./screen.js").Screen | null} */
  #screen = null;
  /** @type {Device[]} */
  #speakers = [];
  #ending = new AbortController();
  /** @type {Promise<void> | null} */
  #started = null;

  /**
   * @param {MediaDevices | undefined} media  missing on a page that is not secure
   * @param {Permissions | undefined} permissions
   * @param {object} [options]
   * @param {Page} [options.page]
   * @param {boolean} [options.oneAtATime]  as on phones: another camera opens only when the one that is open is closed
   * @param {import("../../lib/timing.js").Clock} [options.clock]
   */
  constructor(media, permissions, { page, oneAtATime = false, clock = realClock } = {}) {
    super();
    this.#media = media;
    this.#permissions = permissions;
    this.#page = page;
    /** @type {import("./input.js").World} */
    const world = {
      ask: (kind, device) => this.#ask({ [kind]: device }),
      list: async (kind) => {
        await this.#refresh();
        return this.#inputs[kind].devices;
      },
      why: (error, kind) => this.#why(error, kind),
      mayAsk: (kind) => this.#mayAsk(kind),
      isSeen: () => page?.visibilityState !== "hidden",
      oneAtATime,
      clock,
    };
    this.#inputs = { microphone: new Input("microphone", world), camera: new Input("camera", world) };
    for (const kind of KINDS) {
      this.#inputs[kind].on("change", () => this.emit("change"));
      this.#inputs[kind].on("track", (track) => this.emit("track", kind, track));
    }
  }

  /** What shows my screen comes with the room, since nobody shares one outside it. @param {import("./screen.js").Screen} screen */
  takeScreen(screen) {
    this.#screen = screen;
    screen.on("change", () => this.emit("change"));
    screen.on("track", (slot, track) => this.emit("track", slot, track));
    this.emit("change");
  }

  /**
   * Opens what is wanted, with one question where the browser allows it; once, and is done when that is decided.
   * Whoever comes later is told what is open already.
   *
   * @param {Record<Kind, {on: boolean, device: string}>} choices  of an earlier visit
   */
  start(choices) {
    for (const kind of KINDS) {
      const { track } = this.#inputs[kind];
      if (track) this.emit("track", kind, track);
    }
    this.emit("change");
    return (this.#started ??= this.#begin(choices));
  }

  /** @param {Record<Kind, {on: boolean, device: string}>} choices */
  async #begin(choices) {
    for (const kind of KINDS) this.#inputs[kind].prefer(choices[kind]);
    const { signal } = this.#ending;
    this.#media?.addEventListener("devicechange", () => void this.#noteChange(), { signal });
    this.#page?.addEventListener("visibilitychange", () => this.#look(), { signal });
    for (const kind of KINDS) void this.#watchPermission(kind);
    await this.#openBoth(KINDS.filter((kind) => this.#inputs[kind].wanted));
    // Connections wait for the decision, and not for a list of what else there is.
    void this.#refresh();
  }

  /** @param {Kind} kind @returns {Source} */
  source(kind) {
    return this.#inputs[kind].source;
  }

  /** Whether the person wants it on, also while it cannot be, and which device they have chosen. @param {Kind} kind */
  choice(kind) {
    return this.#inputs[kind].choice;
  }

  get speakers() {
    return this.#speakers;
  }

  get canShare() {
    return this.#screen !== null && this.#allows("display-capture");
  }

  get isSharing() {
    return this.#screen?.isOn ?? false;
  }

  get sharesSound() {
    return this.#screen?.hasSound ?? false;
  }

  /** @param {Kind} kind @param {boolean} on */
  async turn(kind, on) {
    await this.#inputs[kind].turn(on);
    if (on) void this.#refresh();
  }

  /** @param {Kind} kind @param {string} device */
  async choose(kind, device) {
    await this.#inputs[kind].choose(device);
    void this.#refresh();
  }

  /** Shows a screen, if the person picks one. */
  async share() {
    await this.#screen?.share();
  }

  unshare() {
    this.#screen?.unshare();
  }

  close() {
    this.#ending.abort();
    this.#screen?.close();
    for (const kind of KINDS) this.#inputs[kind].close();
  }

  /** @param {Kind[]} kinds */
  async #openBoth(kinds) {
    if (kinds.length < 2) {
      await Promise.all(kinds.map((kind) => this.#inputs[kind].open()));
      return;
    }
    const requests = kinds.map((kind) => this.#inputs[kind].expect());
    try {
      const stream = await this.#ask(
        Object.fromEntries(kinds.map((kind) => [kind, this.#inputs[kind].choice.device])),
      );
      for (const [index, kind] of kinds.entries()) this.#inputs[kind].take(requests[index] ?? 0, stream);
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      // One of them spoils it for both; unless the person has just said no, each is asked for alone.
      const apart = isRefusal(error) ? await this.#withoutDenied(kinds) : kinds;
      for (const kind of kinds) if (!apart.includes(kind)) this.#inputs[kind].fail(this.#why(error, kind));
      await Promise.all(apart.map((kind) => this.#inputs[kind].open()));
    }
  }

  /** @param {Partial<Record<Kind, string>>} wanted  by kind, the id of the device, or "" for any */
  async #ask(wanted) {
    if (!this.#media) throw new Insecure();
    /** @type {MediaStreamConstraints} */
    const constraints = {};
    for (const kind of KINDS) {
      const device = wanted[kind];
      if (device === undefined) continue;
      const wishes = { ...WISHES[kind], ...(device ? { deviceId: { exact: device } } : {}) };
      constraints[kind === "microphone" ? "audio" : "video"] = wishes;
    }
    return this.#media.getUserMedia(constraints);
  }

  async #noteChange() {
    await this.#refresh();
    for (const kind of KINDS) this.#inputs[kind].changed();
  }

  #look() {
    if (this.#page?.visibilityState === "hidden") return;
    for (const kind of KINDS) this.#inputs[kind].seen();
  }

  async #refresh() {
    if (!this.#media) return;
    const devices = await this.#media.enumerateDevices();
    /** @param {MediaDeviceKind} group */
    const list = (group) =>
      devices
        .filter(({ kind, deviceId }) => kind === group && deviceId)
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    for (const kind of KINDS) this.#inputs[kind].devices = list(GROUP[kind]);
    this.#speakers = "setSinkId" in HTMLMediaElement.prototype ? list("audiooutput") : [];
    this.emit("change");
  }

  /** Notices by itself when the person changes their mind in the browser's own settings. @param {Kind} kind */
  async #watchPermission(kind) {
    const status = await this.#permission(kind);
    const { signal } = this.#ending;
    status?.addEventListener("change", () => status.state === "granted" && this.#inputs[kind].granted(), {
      signal,
    });
  }

  /** @param {Kind} kind */
  async #permission(kind) {
    try {
      return await this.#permissions?.query({ name: /** @type {PermissionName} */ (kind) });
    } catch (error) {
      // Some browsers do not know these names.
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** Whether asking for it brings up no question: nobody is to be asked again and again. @param {Kind} kind */
  async #mayAsk(kind) {
    const state = (await this.#permission(kind))?.state;
    // Where the browser does not know, it names devices to those only who may have them.
    return (
      state === "granted" ||
      (state === undefined && this.#inputs[kind].devices.some(({ label }) => label !== ""))
    );
  }

  /** @param {Kind[]} kinds */
  async #withoutDenied(kinds) {
    const states = await Promise.all(kinds.map((kind) => this.#permission(kind)));
    const isDenied = kinds.map((kind, index) => states[index]?.state === "denied" || !this.#allows(kind));
    // The question was waved away, for both: asking twice more would be rude.
    return isDenied.includes(true) ? kinds.filter((_, index) => !isDenied[index]) : [];
  }

  /** @param {unknown} error @param {Kind} kind */
  #why(error, kind) {
    return isRefusal(error) && !this.#allows(kind) ? "forbidden" : troubleOf(error);
  }

  /** Whether the page's headers allow it; where the browser does not tell, they are taken to. @param {string} feature */
  #allows(feature) {
    return this.#page?.featurePolicy?.allowsFeature(feature) ?? true;
  }
}

/** A page that did not come over a secure line is given no devices at all. */
class Insecure extends Error {
  constructor() {
    super("This page did not come over a secure line");
    this.name = "Insecure";
  }
}

/** @param {unknown} error */
function isRefusal(error) {
  return error instanceof Error && (error.name === "NotAllowedError" || error.name === "SecurityError");
}

/**
 * @param {unknown} error
 * @returns {Exclude<Source["trouble"], "">}
 */
export function troubleOf(error) {
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      // Chromium has no other way to tell that it was not the person who said no.
      return /\bsystem\b/i.test(message) ? "system" : "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "Insecure":
      return "insecure";
    default:
      return "failed";
  }
}
