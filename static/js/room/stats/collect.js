import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";
import { compare, count } from "./read.js";
import { Score } from "./score.js";
import { Strain } from "./strain.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../media/control.js").Look} Look
 * @typedef {import("./read.js").Count} Count
 * @typedef {import("./read.js").Sample} Sample
 * @typedef {import("./read.js").Stats} Stats
 *
 * A connection as far as it is looked at.
 * @typedef {object} Watched
 * @property {() => Promise<Stats | null>} stats  null while there is no connection
 * @property {boolean} speaks  their microphone is on, so something should come
 */

const EVERY = 2_000;
const EVERY_HIDDEN = 5_000;
const KEPT = 5 * 60_000;

/**
 * @typedef {object} CollectorEvents
 * @property {[id: string, sample: Sample]} sample  a connection was looked at
 * @property {[samples: ReadonlyMap<string, Sample>]} round  all of them were, once each; of those that are broken nothing is known
 */

/**
 * Looks at every connection in turn, so that not all are asked at once, and says after each round what it found.
 *
 * @extends {Emitter<CollectorEvents>}
 */
export class Collector extends Emitter {
  #now;
  #connections;
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
   * @param {() => ReadonlyMap<string, Watched>} options.connections
   * @param {() => boolean} [options.isHidden]  whether nobody sees the page
   */
  constructor({ clock, connections, isHidden = () => false }) {
    super();
    this.#connections = connections;
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

  /** The last five minutes of every connection that there is. @returns {ReadonlyMap<string, Sample[]>} */
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

  /** The newest of those that are looked at now: what was found before a connection broke says nothing about today. */
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
    const every = (isHidden ? EVERY_HIDDEN : EVERY) / Math.max(1, this.#connections().size);
    // Browsers let the timers of a page that nobody sees wait.
    this.#due = isHidden ? Infinity : this.#now() + every;
    this.#next.plan(every, () => void this.#turn());
  }

  async #turn() {
    const late = this.#now() - this.#due;
    // Planned first: one connection that is slow to answer keeps nobody else waiting.
    if (this.#isRunning) this.#plan();
    const connections = this.#connections();
    for (const id of this.#known.keys()) if (!connections.has(id)) this.#known.delete(id);
    if (this.#queue.length === 0) this.#queue = [...connections.keys()];
    const id = this.#queue.shift();
    const connection = id === undefined ? undefined : connections.get(id);
    if (id !== undefined && connection) {
      const asked = this.#now();
      await this.#look(id, connection);
      this.#strain.note(Math.max(late, this.#now() - asked));
    }
    if (this.#isRunning && this.#queue.length === 0) this.emit("round", this.#fresh);
  }

  /** @param {string} id @param {Watched} connection */
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
