/**
 * @typedef {"microphone" | "camera"} Kind
 * @typedef {"microphone" | "camera" | "sound" | "screen"} Slot
 * @typedef {import("../state.js").Source} Source
 * @typedef {import("../state.js").Device} Device
 */

/** @type {Kind[]} */
const KINDS = ["microphone", "camera"];
const GROUP = /** @type {const} */ ({ microphone: "audioinput", camera: "videoinput" });
// Always captured large: each connection scales its own copy down (budget.js).
const WISHES = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
};
const SCREEN_WISHES = {
  video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { max: 15 } },
  audio: true,
  systemAudio: "include",
  surfaceSwitching: "include",
};

/** What is known of one source, and the track while it is open. */
class Input {
  /** @type {MediaStreamTrack | null} */
  track = null;
  /** What the person wants, which may not be what they have. */
  wanted = true;
  pending = false;
  /** @type {Source["trouble"]} */
  trouble = "";
  device = "";
  /** @type {Device[]} */
  devices = [];
  /** Counts the requests, so that only the latest one counts. */
  request = 0;
}

/**
 * The one place that opens microphone, camera and screen, and that closes them again. Each source stands for
 * itself: that one fails takes nothing from the other.
 */
export class Devices {
  /** @type {() => void} */
  onchange = () => {};
  /** What I send in a slot is another track now, or nothing. @type {(slot: Slot, track: MediaStreamTrack | null) => void} */
  ontrack = () => {};
  #media;
  #permissions;
  #inputs = { microphone: new Input(), camera: new Input() };
  /** @type {Device[]} */
  #speakers = [];
  /** @type {MediaStream | null} */
  #screen = null;
  #ending = new AbortController();
  /** @type {Promise<void> | null} */
  #started = null;

  /**
   * @param {MediaDevices | undefined} media  missing on a page that is not secure
   * @param {Permissions | undefined} permissions
   */
  constructor(media, permissions) {
    this.#media = media;
    this.#permissions = permissions;
  }

  /**
   * Opens what is wanted, with one question where the browser allows it; once, and is done when that is decided.
   * Whoever comes later is told what is open already.
   *
   * @param {Record<Kind, {on: boolean, device: string}>} choices  of an earlier visit
   */
  start(choices) {
    const { microphone, camera } = this.#inputs;
    if (microphone.track) this.ontrack("microphone", microphone.track);
    if (camera.track) this.ontrack("camera", camera.track);
    this.onchange();
    return (this.#started ??= this.#begin(choices));
  }

  /** @param {Record<Kind, {on: boolean, device: string}>} choices */
  async #begin(choices) {
    for (const kind of KINDS) {
      this.#inputs[kind].wanted = choices[kind].on;
      this.#inputs[kind].device = choices[kind].device;
    }
    const { signal } = this.#ending;
    this.#media?.addEventListener("devicechange", () => void this.#refresh(), { signal });
    for (const kind of KINDS) void this.#watchPermission(kind);
    await this.#openBoth(KINDS.filter((kind) => this.#inputs[kind].wanted));
    // Connections wait for the decision, and not for a list of what else there is.
    void this.#refresh();
  }

  /** @param {Kind} kind @returns {Source} */
  source(kind) {
    const { track, wanted, pending, trouble, devices, device } = this.#inputs[kind];
    const id = track?.getSettings().deviceId ?? device;
    return { on: track !== null && wanted, pending, trouble, devices, device: id };
  }

  /** Whether the person wants it on, also while it cannot be. @param {Kind} kind */
  wants(kind) {
    return this.#inputs[kind].wanted;
  }

  get speakers() {
    return this.#speakers;
  }

  get canShare() {
    return Boolean(this.#media && "getDisplayMedia" in this.#media);
  }

  get isSharing() {
    return this.#screen !== null;
  }

  /**
   * A muted microphone stays open and sends silence; a camera that is off is closed, and its light goes out.
   *
   * @param {Kind} kind
   * @param {boolean} on
   */
  async turn(kind, on) {
    const input = this.#inputs[kind];
    input.wanted = on;
    if (on && !input.track) return this.#open(kind);
    if (kind === "camera" && !on) {
      input.request += 1;
      input.pending = false;
      this.#adopt(kind, null);
    } else if (input.track) {
      input.track.enabled = on;
    }
    this.onchange();
  }

  /** @param {Kind} kind @param {string} device */
  async choose(kind, device) {
    const input = this.#inputs[kind];
    input.device = device;
    input.wanted = input.wanted || kind === "camera";
    // Some phones have one capture at a time: what is open goes first.
    if (kind === "camera") input.track?.stop();
    await this.#open(kind);
  }

  /** Shows a screen, if the person picks one. */
  async share() {
    if (!this.#media || this.#screen) return;
    let screen;
    try {
      screen = await this.#media.getDisplayMedia(SCREEN_WISHES);
    } catch (error) {
      // They thought better of it, or the system forbids it and has said so itself.
      if (error instanceof DOMException) return;
      throw error;
    }
    const [picture] = screen.getVideoTracks();
    // While they were choosing, the call has ended, or they have chosen in another dialog.
    if (!picture || this.#screen || this.#ending.signal.aborted) {
      for (const track of screen.getTracks()) track.stop();
      return;
    }
    this.#screen = screen;
    picture.contentHint = "detail";
    // The browser has a stop button of its own.
    picture.addEventListener("ended", () => this.unshare(), { signal: this.#ending.signal });
    this.ontrack("screen", picture);
    this.ontrack("sound", screen.getAudioTracks()[0] ?? null);
    this.onchange();
  }

  unshare() {
    if (!this.#screen) return;
    for (const track of this.#screen.getTracks()) track.stop();
    this.#screen = null;
    this.ontrack("screen", null);
    this.ontrack("sound", null);
    this.onchange();
  }

  close() {
    this.#ending.abort();
    this.unshare();
    for (const kind of KINDS) {
      this.#inputs[kind].request += 1;
      this.#adopt(kind, null);
    }
  }

  /** @param {Kind[]} kinds */
  async #openBoth(kinds) {
    if (kinds.length < 2) {
      await Promise.all(kinds.map((kind) => this.#open(kind)));
      return;
    }
    if (!this.#media) return this.#fail(kinds, "insecure");
    const requests = kinds.map((kind) => this.#request(kind));
    try {
      const stream = await this.#media.getUserMedia(this.#constraints(kinds));
      for (const [index, kind] of kinds.entries()) this.#take(kind, requests[index] ?? 0, stream);
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      // One of them spoils it for both; unless the person has just said no, each is asked for alone.
      const apart = troubleOf(error) === "denied" ? await this.#withoutDenied(kinds) : kinds;
      this.#fail(kinds.filter((kind) => !apart.includes(kind)), troubleOf(error));
      await Promise.all(apart.map((kind) => this.#open(kind)));
    }
  }

  /** @param {Kind} kind @returns {Promise<void>} */
  async #open(kind) {
    if (this.#ending.signal.aborted) return;
    if (!this.#media) return this.#fail([kind], "insecure");
    const request = this.#request(kind);
    try {
      this.#take(kind, request, await this.#media.getUserMedia(this.#constraints([kind])));
    } catch (error) {
      const input = this.#inputs[kind];
      if (request !== input.request) return;
      // The device chosen last time is not here today: any other will do.
      if (input.device && troubleOf(error) === "missing") {
        input.device = "";
        return this.#open(kind);
      }
      this.#fail([kind], troubleOf(error));
    }
    void this.#refresh();
  }

  /** @param {Kind} kind */
  #request(kind) {
    const input = this.#inputs[kind];
    input.pending = true;
    input.request += 1;
    this.onchange();
    return input.request;
  }

  /**
   * @param {Kind} kind
   * @param {number} request
   * @param {MediaStream} stream
   */
  #take(kind, request, stream) {
    const input = this.#inputs[kind];
    const [track] = kind === "microphone" ? stream.getAudioTracks() : stream.getVideoTracks();
    // Meanwhile they changed their mind.
    if (request !== input.request) return track?.stop();
    if (!track) return this.#fail([kind], "failed");
    input.pending = false;
    input.trouble = "";
    track.enabled = input.wanted;
    track.contentHint = kind === "camera" ? "motion" : "speech";
    track.addEventListener("ended", () => this.#lose(kind, track), { signal: this.#ending.signal });
    this.#adopt(kind, track);
    this.onchange();
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track */
  #adopt(kind, track) {
    const input = this.#inputs[kind];
    const earlier = input.track;
    if (earlier === track) return;
    input.track = track;
    this.ontrack(kind, track);
    earlier?.stop();
  }

  /** @param {Kind[]} kinds @param {Source["trouble"]} trouble */
  #fail(kinds, trouble) {
    for (const kind of kinds) {
      this.#inputs[kind].pending = false;
      this.#inputs[kind].trouble = trouble;
      this.#adopt(kind, null);
    }
    this.onchange();
  }

  /** The device was pulled out, or the permission taken back. @param {Kind} kind @param {MediaStreamTrack} track */
  #lose(kind, track) {
    if (track !== this.#inputs[kind].track) return;
    this.#adopt(kind, null);
    void this.#open(kind);
  }

  /** @param {Kind[]} kinds */
  #constraints(kinds) {
    /** @type {MediaStreamConstraints} */
    const constraints = {};
    for (const kind of kinds) {
      const { device } = this.#inputs[kind];
      const wishes = { ...WISHES[kind], ...(device ? { deviceId: { exact: device } } : {}) };
      constraints[kind === "microphone" ? "audio" : "video"] = wishes;
    }
    return constraints;
  }

  async #refresh() {
    if (!this.#media) return;
    const devices = await this.#media.enumerateDevices();
    /** @param {MediaDeviceKind} group */
    const list = (group) =>
      devices
        .filter(({ kind, deviceId }) => kind === group && deviceId)
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    for (const kind of KINDS) {
      const input = this.#inputs[kind];
      input.devices = list(GROUP[kind]);
      const isThere = devices.some((device) => device.kind === GROUP[kind]);
      // It has just been plugged in.
      if (input.wanted && input.trouble === "missing" && isThere && !input.pending) void this.#open(kind);
    }
    this.#speakers = "setSinkId" in HTMLMediaElement.prototype ? list("audiooutput") : [];
    this.onchange();
  }

  /** Notices by itself when the person changes their mind in the browser's own settings. @param {Kind} kind */
  async #watchPermission(kind) {
    const status = await this.#permission(kind);
    status?.addEventListener(
      "change",
      () => {
        const input = this.#inputs[kind];
        if (status.state === "granted" && input.wanted && input.trouble === "denied") void this.#open(kind);
      },
      { signal: this.#ending.signal },
    );
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

  /** @param {Kind[]} kinds */
  async #withoutDenied(kinds) {
    const states = await Promise.all(kinds.map((kind) => this.#permission(kind)));
    const isDenied = kinds.map((_, index) => states[index]?.state === "denied");
    // The question was waved away, for both: asking twice more would be rude.
    return isDenied.includes(true) ? kinds.filter((_, index) => !isDenied[index]) : [];
  }
}

/**
 * @param {unknown} error
 * @returns {Exclude<Source["trouble"], "">}
 */
export function troubleOf(error) {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}
