import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { Score } from "./score.js";
import { Strain } from "./strain.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../media/control.js").Look} Look
 * @typedef {import("../rtc/peer.js").Slot} Slot
 * @typedef {import("./score.js").Quality} Quality
 * @typedef {Record<string, any>} Stat  as a browser reports it (webrtc-stats); which members there are differs
 *
 * What goes one way through one slot, since the look before. What the browser does not tell is null.
 * @typedef {object} Flow
 * @property {number} bitrate         bits a second
 * @property {number} packets
 * @property {number | null} loss     0 to 1
 * @property {number | null} jitter   milliseconds
 * @property {string} codec           such as "VP8"
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | null} fps
 * @property {number | null} frames   encoded or decoded
 * @property {number | null} encoding  what the encoder took, as a share of one core
 * @property {number | null} concealed  0 to 1
 * @property {number | null} frozen    0 to 1
 * @property {"" | "cpu" | "bandwidth" | "other"} limited  by what the encoder is held back
 *
 * @typedef {Partial<Record<Slot, Flow>>} Flows
 *
 * @typedef {object} Path
 * @property {boolean} relayed
 * @property {"udp" | "tcp" | "tls"} protocol  of my side
 * @property {string} mine    type of my candidate: host, srflx, prflx, relay
 * @property {string} theirs
 *
 * One look at one link.
 * @typedef {object} Sample
 * @property {number} at       Unix milliseconds
 * @property {number} seconds  since the look before
 * @property {Path | null} path
 * @property {number | null} rtt  milliseconds
 * @property {Flows} sent
 * @property {Flows} received
 * @property {number} audioPacketsReceived  of the microphone slot, since the look before
 * @property {number} silence  milliseconds for which nothing has come there, though their microphone is on
 * @property {number} score    0 to 100
 * @property {Quality} quality
 *
 * What a look found, before it is compared with the one before.
 * @typedef {object} Count
 * @property {number} at
 * @property {Path | null} path
 * @property {number | null} rtt
 * @property {Partial<Record<Slot, Stat>>} out
 * @property {Partial<Record<Slot, Stat>>} in
 *
 * @typedef {{report: Iterable<[string, Stat]>, slots: ReadonlyMap<string, Slot>}} Stats
 *
 * A link as far as it is looked at.
 * @typedef {object} Watched
 * @property {() => Promise<Stats | null>} stats  null while there is no connection
 * @property {boolean} speaks  their microphone is on, so something should come
 */

const EVERY = 2_000;
const EVERY_HIDDEN = 5_000;
const KEPT = 5 * 60_000;

/**
 * @typedef {object} CollectorEvents
 * @property {[id: string, sample: Sample]} sample  a link was looked at
 * @property {[samples: ReadonlyMap<string, Sample>]} round  all of them were, once each; of those that are broken nothing is known
 */

/**
 * Looks at every connection in turn, so that not all are asked at once, and says after each round what it found.
 *
 * @extends {Emitter<CollectorEvents>}
 */
export class Collector extends Emitter {
  #now;
  #links;
  #isHidden;
  #strain = new Strain();
  #due = 0;
  #next;
  /** @type {Map<string, {count: Count | null, score: Score, samples: Sample[]}>} */
  #known = new Map();
  /** Who has yet to be looked at in this round. @type {string[]} */
  #queue = [];
  #isRunning = false;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {() => ReadonlyMap<string, Watched>} options.links
   * @param {() => boolean} [options.isHidden]  whether nobody sees the page
   */
  constructor({ clock, links, isHidden = () => false }) {
    super();
    this.#links = links;
    this.#isHidden = isHidden;
    this.#now = clock.now;
    this.#next = new Timer(clock);
  }

  start() {
    this.#isRunning = true;
    this.#plan();
  }

  stop() {
    this.#isRunning = false;
    this.#next.cancel();
  }

  /** The last five minutes of every link that there is. @returns {ReadonlyMap<string, Sample[]>} */
  get history() {
    return new Map([...this.#known].map(([id, { samples }]) => [id, samples]));
  }

  /** The newest of each. @returns {ReadonlyMap<string, Sample>} */
  get latest() {
    const found = new Map();
    for (const [id, { samples }] of this.#known) {
      const newest = samples.at(-1);
      if (newest) found.set(id, newest);
    }
    return found;
  }

  /** The newest of those that are looked at now: what was found before a link broke says nothing about today. */
  get #fresh() {
    const known = [...this.#known].filter(
      ([, { count, samples }]) => count && samples.at(-1)?.at === count.at,
    );
    return new Map(known.map(([id, { samples }]) => [id, /** @type {Sample} */ (samples.at(-1))]));
  }

  /** How this device keeps up. */
  get strain() {
    return this.#strain;
  }

  #plan() {
    const isHidden = this.#isHidden();
    const every = (isHidden ? EVERY_HIDDEN : EVERY) / Math.max(1, this.#links().size);
    // Browsers let the timers of a page that nobody sees wait.
    this.#due = isHidden ? Infinity : this.#now() + every;
    this.#next.plan(every, () => void this.#turn());
  }

  async #turn() {
    const late = this.#now() - this.#due;
    // Planned first: one connection that is slow to answer keeps nobody else waiting.
    if (this.#isRunning) this.#plan();
    const links = this.#links();
    for (const id of this.#known.keys()) if (!links.has(id)) this.#known.delete(id);
    if (this.#queue.length === 0) this.#queue = [...links.keys()];
    const id = this.#queue.shift();
    const link = id === undefined ? undefined : links.get(id);
    if (id !== undefined && link) {
      const asked = this.#now();
      await this.#look(id, link);
      this.#strain.note(Math.max(late, this.#now() - asked));
    }
    if (this.#isRunning && this.#queue.length === 0) this.emit("round", this.#fresh);
  }

  /** @param {string} id @param {Watched} link */
  async #look(id, { stats, speaks }) {
    const found = await stats();
    const known = this.#known.get(id) ?? { count: null, score: new Score(), samples: [] };
    this.#known.set(id, known);
    const before = known.count;
    known.count = found && count(found, Date.now());
    if (!known.count || !before || known.count.at <= before.at) return;
    const sample = compare(before, known.count);
    if (speaks && sample.audioPacketsReceived === 0) {
      sample.silence = (known.samples.at(-1)?.silence ?? 0) + sample.seconds * 1000;
    }
    known.score.note(facts(sample, speaks), sample.at);
    Object.assign(sample, { score: known.score.value, quality: known.score.quality });
    known.samples = known.samples.filter(({ at }) => sample.at - at < KEPT);
    known.samples.push(sample);
    this.emit("sample", id, sample);
  }
}

/**
 * Sorts out what a browser reports: Chromium, Firefox and Safari say the same things in different places.
 *
 * @param {Stats} stats
 * @param {number} at
 * @returns {Count}
 */
export function count({ report, slots }, at) {
  const all = new Map(report);
  /** @type {Count} */
  const found = { at, path: null, rtt: null, out: {}, in: {} };
  /** @param {Stat} stat */
  const codecOf = (stat) => String(all.get(stat.codecId)?.mimeType ?? "").replace(/^\w+\//, "");
  /** @type {Map<string, Stat>} */
  const heard = new Map();
  for (const stat of all.values()) {
    if (stat.type === "remote-inbound-rtp") heard.set(stat.localId ?? stat.ssrc, stat);
  }
  for (const stat of all.values()) {
    const slot = slots.get(stat.mid) ?? slots.get(stat.trackIdentifier);
    if (!slot) continue;
    if (stat.type === "inbound-rtp") found.in[slot] = { ...stat, codec: codecOf(stat) };
    if (stat.type !== "outbound-rtp") continue;
    const remote = all.get(stat.remoteId) ?? heard.get(stat.id) ?? heard.get(stat.ssrc);
    found.out[slot] = { ...stat, codec: codecOf(stat), remote };
    if (remote?.roundTripTime !== undefined) found.rtt ??= remote.roundTripTime * 1000;
  }
  const pair = selected(all);
  if (!pair) return found;
  // The path itself is measured more often than what the other end reports.
  if (pair.currentRoundTripTime !== undefined) found.rtt = pair.currentRoundTripTime * 1000;
  const [mine, theirs] = [all.get(pair.localCandidateId), all.get(pair.remoteCandidateId)];
  if (mine) {
    found.path = {
      relayed: mine.candidateType === "relay" || theirs?.candidateType === "relay",
      protocol: mine.relayProtocol ?? mine.protocol ?? "udp",
      mine: mine.candidateType ?? "",
      theirs: theirs?.candidateType ?? "",
    };
  }
  return found;
}

/** The pair of candidates that is in use. @param {Map<string, Stat>} all */
function selected(all) {
  const stats = [...all.values()];
  const transport = stats.find(
    ({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId,
  );
  if (transport) return all.get(transport.selectedCandidatePairId);
  const pairs = stats.filter(({ type }) => type === "candidate-pair");
  return (
    pairs.find((pair) => pair.selected) ?? pairs.find((pair) => pair.nominated && pair.state === "succeeded")
  );
}

/**
 * What has happened between two looks.
 *
 * @param {Count} before
 * @param {Count} after
 * @returns {Sample}
 */
export function compare(before, after) {
  const seconds = (after.at - before.at) / 1000;
  /** @param {"out" | "in"} way @param {(before: Stat, after: Stat, seconds: number) => Flow} flow */
  const flows = (way, flow) => {
    const found = /** @type {[Slot, Stat][]} */ (Object.entries(after[way]));
    return /** @type {Flows} */ (
      Object.fromEntries(
        found.map(([slot, stat]) => [slot, flow(sameStream(before[way][slot], stat), stat, seconds)]),
      )
    );
  };
  const sent = flows("out", outgoing);
  const received = flows("in", incoming);
  return {
    at: after.at,
    seconds,
    path: after.path,
    rtt: after.rtt,
    sent,
    received,
    audioPacketsReceived: received.microphone?.packets ?? 0,
    silence: 0,
    score: 100,
    quality: "good",
  };
}

/** Counters of a connection that was replaced begin anew. @param {Stat | undefined} before @param {Stat} after */
function sameStream(before, after) {
  return before && before.ssrc === after.ssrc ? before : {};
}

/** @param {Stat} before @param {Stat} after @param {number} seconds @returns {Flow} */
function outgoing(before, after, seconds) {
  return {
    ...flow(before, after, seconds, "Sent"),
    loss: after.remote?.fractionLost ?? null,
    jitter: milliseconds(after.remote?.jitter),
    frames: rise(before, after, "framesEncoded"),
    encoding:
      after.totalEncodeTime === undefined ? null : (rise(before, after, "totalEncodeTime") ?? 0) / seconds,
    concealed: null,
    frozen: null,
    limited: ["cpu", "bandwidth", "other"].includes(after.qualityLimitationReason)
      ? after.qualityLimitationReason
      : "",
  };
}

/** @param {Stat} before @param {Stat} after @param {number} seconds @returns {Flow} */
function incoming(before, after, seconds) {
  const packets = rise(before, after, "packetsReceived") ?? 0;
  // Packets that came twice make the count go down.
  const lost = Math.max(0, rise(before, after, "packetsLost") ?? 0);
  const concealed =
    (rise(before, after, "concealedSamples") ?? 0) - (rise(before, after, "silentConcealedSamples") ?? 0);
  const samples = rise(before, after, "totalSamplesReceived");
  const frozen = rise(before, after, "totalFreezesDuration");
  return {
    ...flow(before, after, seconds, "Received"),
    loss: packets + lost > 0 ? lost / (packets + lost) : null,
    jitter: milliseconds(after.jitter),
    frames: rise(before, after, "framesDecoded"),
    encoding: null,
    concealed: samples ? Math.max(0, concealed) / samples : null,
    frozen: frozen === null ? null : Math.min(1, frozen / seconds),
    limited: "",
  };
}

/** @param {Stat} before @param {Stat} after @param {number} seconds @param {"Sent" | "Received"} way */
function flow(before, after, seconds, way) {
  return {
    bitrate: Math.round(((rise(before, after, `bytes${way}`) ?? 0) * 8) / seconds),
    packets: rise(before, after, `packets${way}`) ?? 0,
    codec: after.codec,
    width: after.frameWidth ?? null,
    height: after.frameHeight ?? null,
    fps: after.framesPerSecond ?? null,
  };
}

/** @param {Stat} before @param {Stat} after @param {string} name @returns {number | null} */
function rise(before, after, name) {
  return after[name] === undefined ? null : after[name] - (before[name] ?? 0);
}

/** @param {number | undefined} seconds */
function milliseconds(seconds) {
  return seconds === undefined ? null : Math.round(seconds * 1000);
}

/**
 * What counts for the score: the worse of both directions.
 *
 * @param {Sample} sample
 * @param {boolean} speaks
 */
export function facts({ rtt, sent, received }, speaks) {
  const flows = [...Object.values(sent), ...Object.values(received)].filter(({ packets }) => packets > 0);
  /** @param {"loss" | "jitter" | "concealed" | "frozen"} what */
  const worst = (what) =>
    flows.reduce(
      (most, flow) => (flow[what] === null ? most : Math.max(most ?? 0, flow[what])),
      /** @type {number | null} */ (null),
    );
  return {
    loss: worst("loss"),
    concealed: received.microphone?.concealed ?? null,
    jitter: worst("jitter"),
    frozen: worst("frozen"),
    rtt,
    isSilent: speaks && (received.microphone?.packets ?? 0) === 0,
  };
}

/**
 * What the budget of my uplink wants to know of a look; how their device does is theirs to say.
 *
 * @param {Sample} sample
 * @returns {Look}
 */
export function look({ rtt, sent, seconds }) {
  const flows = Object.values(sent);
  const pictures = [sent.camera, sent.screen].filter((flow) => flow !== undefined);
  const losses = flows
    .filter(({ packets, loss }) => packets > 0 && loss !== null)
    .map(({ loss }) => loss ?? 0);
  const camera = sent.camera && sent.camera.packets > 0 ? sent.camera : null;
  return {
    isStarved: false,
    loss: losses.length > 0 ? Math.max(...losses) : null,
    delay: rtt,
    sent: flows.reduce((sum, { bitrate }) => sum + bitrate, 0),
    overused: pictures.some(({ limited }) => limited === "cpu"),
    encoding: pictures.reduce((sum, { encoding }) => sum + (encoding ?? 0), 0),
    fps: camera && camera.frames !== null ? camera.frames / seconds : null,
  };
}
