import { Feed } from "./feed.js";
import { MOST_ENVELOPE } from "./pairing.js";
import { keyGap, MASTERS, Masters, rate } from "./masters.js";

/**
 * @typedef {import("../rtc/connection.js").Connection} Connection
 * @typedef {import("../stats/read.js").Sample} Sample
 * @typedef {import("./encoder.js").Told} Told
 */

// After an encoder has failed everybody has their own for so long (milliseconds).
const TROUBLE = 60_000;
// What the worker needs, which knows no map of names.
const MODULES = [import.meta.resolve("./encoder.js"), import.meta.resolve("./pairing.js")];
// Something of a master has gone out within so long.
const BEGINS_WITHIN = 3_000;
// So many questions without an answer are a worker that does nothing any more.
const MOST_UNANSWERED = 2;

/**
 * One encoder for all that I send to: in a call of many my camera's picture is encoded once in each size, and everybody's
 * connection carries the bytes (docs/decisions/0066). What it does is decided at every round of looks at the connections.
 */
export class OneEncoder {
  #passage;
  #mesh;
  #uplink;
  #now;
  #masters = new Masters();
  #feed = new Feed();
  /** By id, what they were last told to carry, and under which name. @type {Map<string, {name: string, master: string, since: number}>} */
  #carried = new Map();
  /** @type {Extract<Told, {type: "counts"}>} */
  #counts = { type: "counts", masters: {}, envelopes: {} };
  #countedAt = -Infinity;
  /** What the masters take, as a share of one core. */
  #load = 0;
  #unanswered = 0;
  #troubleUntil = -Infinity;
  #rate = 0;

  /**
   * @param {object} options
   * @param {import("../media/sender.js").Passage} options.passage
   * @param {import("../rtc/mesh.js").Mesh} options.mesh
   * @param {import("../media/budget.js").Uplink} options.uplink
   * @param {import("../../lib/timing.js").Clock} options.clock
   */
  constructor({ passage, mesh, uplink, clock }) {
    this.#passage = passage;
    this.#mesh = mesh;
    this.#uplink = uplink;
    this.#now = clock.now;
    passage.on("message", (told) => this.#hear(told));
    passage.on("anew", () => this.#begin());
    document.addEventListener("visibilitychange", () => {
      if (!Feed.isOpen) this.#rest();
    });
  }

  /** @param {Told} told */
  #hear(told) {
    if (told.type === "envelope") return this.#feed.send();
    if (told.type === "lost") return this.#part(told.id);
    if (told.type === "error") {
      console.warn(`The encoder for all has failed: ${told.words}`);
      this.#troubleUntil = this.#now() + TROUBLE;
      return this.#rest();
    }
    const now = this.#now();
    const time = (/** @type {typeof told} */ { masters }) =>
      Object.values(masters).reduce((sum, one) => sum + one.time, 0);
    // Masters that nobody wants are gone, and their time with them.
    if (this.#countedAt < now) {
      this.#load = Math.max(0, time(told) - time(this.#counts)) / (now - this.#countedAt);
    }
    [this.#counts, this.#countedAt, this.#unanswered] = [told, now, 0];
  }

  /** What I send them does them no good: they have an encoder of their own at once. @param {string} name */
  #part(name) {
    for (const [id, carried] of this.#carried) {
      if (carried.name !== name) continue;
      this.#masters.part(id, this.#now());
      this.#mesh.connections.get(id)?.enclose(null);
      this.#carried.delete(id);
    }
  }

  /** The worker is another one: everybody has an encoder of their own until the next round. */
  #begin() {
    this.#unanswered = 0;
    this.#masters.forget();
    this.#rest();
  }

  /**
   * @param {ReadonlyMap<string, Sample>} samples  by whom the connection leads to
   * @param {MediaStreamTrack | null} camera
   */
  observe(samples, camera) {
    const people = this.#mesh.connections.size + 1;
    const connections = [...this.#mesh.connections];
    const receivers = connections.map(([id, connection]) => this.#receiver(id, connection, samples.get(id)));
    const decided = this.#masters.decide(people, receivers, this.#now());
    if (!this.#masters.isOn || !camera || !Feed.isOpen) return this.#rest();
    // It says nothing any more.
    if (this.#unanswered >= MOST_UNANSWERED) return this.#passage.mend();
    this.#unanswered += 1;
    this.#say({ type: "count" });
    if (this.#rate !== rate(people)) {
      this.#rate = rate(people);
      this.#say({ type: "masters", masters: MASTERS, fps: this.#rate, keyGap: keyGap(people) });
    }
    const envelope = this.#feed.follow(camera, (order, transfer) => this.#say(order, transfer));
    for (const [index, [id, connection]] of connections.entries()) {
      this.#carry(id, connection, decided.get(id) ?? "", envelope);
      const carried = this.#carried.get(id);
      // Whoever does not look is sent nothing.
      if (carried && receivers[index]?.height === 0) carried.since = this.#now();
    }
    // What is sent to them is no envelope, or nothing comes of it.
    for (const { name, since } of [...this.#carried.values()]) {
      const hasCarried = (this.#counts.envelopes[name]?.frames ?? 0) > 0;
      if (!hasCarried && this.#countedAt - since > BEGINS_WITHIN) this.#part(name);
    }
  }

  /** What is really sent to somebody: the browser tells of the envelope. @param {string} id @param {Sample} sample */
  correct(id, { sent: { camera } }) {
    const master = MASTERS[this.#carried.get(id)?.master ?? ""];
    if (!camera || !master || (camera.width ?? 0) > MOST_ENVELOPE) return;
    camera.height = master.height;
    camera.width = Math.round(master.height * this.#feed.shape);
    camera.encoding = (camera.encoding ?? 0) + this.#load / this.#carried.size;
  }

  /** @param {string} id @param {Connection} connection @param {Sample | undefined} sample */
  #receiver(id, connection, sample) {
    const { camera } = this.#uplink.limits(id);
    const name = connection.passed;
    return {
      id,
      canShare: name !== "" && connection.state === "connected" && this.#now() >= this.#troubleUntil,
      height: camera?.height ?? 0,
      bitrate: camera?.bitrate ?? 0,
      available: sample?.available ?? null,
    };
  }

  /** @param {string} id @param {Connection} connection @param {string} master @param {MediaStreamTrack} envelope */
  #carry(id, connection, master, envelope) {
    const before = this.#carried.get(id);
    const name = connection.passed;
    if (!master || !name) {
      this.#carried.delete(id);
      return connection.enclose(null);
    }
    if (before?.name !== name || before.master !== master) this.#say({ type: "carry", id: name, master });
    const since = before?.name === name ? before.since : this.#now();
    this.#carried.set(id, { name, master, since });
    connection.enclose(envelope);
  }

  /** Everybody has an encoder of their own. */
  #rest() {
    for (const connection of this.#mesh.connections.values()) connection.enclose(null);
    this.#carried.clear();
    this.#feed.close();
    this.#rate = 0;
  }

  /** @param {object} order @param {Transferable[]} [transfer] */
  #say(order, transfer) {
    this.#passage.say({ modules: MODULES, ...order }, transfer);
  }
}
