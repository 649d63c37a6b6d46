import { Emitter } from "../lib/events.js";
import { Control } from "./media/control.js";
import { Viewport, Wishes } from "./media/viewport.js";
import { Silence } from "./rtc/silence.js";
import { Collector, look } from "./stats/collect.js";
import { isApart } from "./audibility.js";
import { Later } from "../lib/later.js";

/**
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("./stats/collect.js").Watched} Watched
 */

// A browser that hears nothing at all for so long is connected in name only (milliseconds).
const DEAF_AFTER = 5_000;
// With so many in the call one encoder for all is worth its loading.
const MANY = 5;

/**
 * @typedef {object} QualityEvents
 * @property {[]} look  there are new numbers
 */

/**
 * Makes what is sent fit what is seen and what the line carries, and tells how the connections do. Loaded once a call has
 * begun: until then nothing is sent.
 *
 * @extends {Emitter<QualityEvents>}
 */
export class Quality extends Emitter {
  #mesh;
  #uplink;
  #collector;
  #silence;
  /** @type {Person[]} */
  #people = [];
  /** @type {import("./state.js").Pair[]} */
  #pairs = [];
  /** Few ever need a third. @type {Later<import("./media/carrying.js").Carrying>} */
  #carrying;
  /** Few calls are so large that it is worth it. @type {Later<import("./encoder/index.js").OneEncoder>} */
  #encoder;
  /** Who asked before that was here, and what last. @type {Map<string, import("./messages.js").Carry>} */
  #asked;

  /**
   * @param {object} options
   * @param {import("./participants.js").Participants} options.participants
   * @param {import("./rtc/mesh.js").Mesh} options.mesh
   * @param {import("./media/budget.js").Uplink} options.uplink
   * @param {import("./views/stage.js").Stage} options.stage
   * @param {import("../lib/timing.js").Clock} options.clock
   * @param {import("./media/sender.js").Passage} options.passage
   * @param {() => void} options.doubt  nothing comes on any connection: is the server there?
   */
  constructor({ participants, mesh, uplink, stage, clock, passage, doubt }) {
    super();
    this.#mesh = mesh;
    this.#uplink = uplink;
    const wishes = new Wishes({ clock, send: (id, view) => mesh.send(id, view) });
    stage.watch(new Viewport(wishes));
    participants.on("open", (id) => wishes.repeat(id));
    this.#asked = new Map(participants.carries);
    const load = async () => {
      const { Carrying } = await import("./media/carrying.js");
      return new Carrying({ participants, mesh, uplink, clock });
    };
    this.#carrying = new Later(import.meta.resolve("./media/carrying.js"), load, clock);
    this.#carrying.on("change", () => this.#carry());
    participants.on("carry", (id, message) => {
      if (this.#carrying.part) this.#carrying.part.receive(id, message);
      // An answer without a question says nothing.
      else if (message.type === "carry") this.#asked.set(id, message);
      this.#carry();
    });

    const begin = async () => {
      const { OneEncoder } = await import("./encoder/index.js");
      return new OneEncoder({ passage, mesh, uplink, clock });
    };
    // Its worker asks for that by itself; it is in the browser's cache by then.
    const ahead = [import.meta.resolve("./encoder/encoder.js")];
    this.#encoder = new Later(import.meta.resolve("./encoder/index.js"), begin, clock, ahead);
    const control = new Control({ clock, uplink });
    this.#collector = new Collector({
      clock,
      connections: () => this.#connections(),
      isHidden: () => document.hidden,
    });
    this.#collector.on("sample", (id, sample) => this.#encoder.part?.correct(id, sample));
    this.#collector.on("round", (samples) => {
      if (passage.isOpen && mesh.connections.size + 1 >= MANY) void this.#encoder.load();
      this.#encoder.part?.observe(samples, mesh.camera);
      const { strain } = this.#collector;
      control.meet(mesh.connections.keys());
      control.observe(
        new Map(
          [...samples].map(([id, sample]) => [id, { ...look(sample), isStarved: this.#isStarved(id) }]),
        ),
        strain,
      );
      for (const [id, sample] of samples) mesh.connections.get(id)?.listen(isDeaf(sample));
      participants.rate(new Map([...samples].map(([id, { quality }]) => [id, quality])), strain.isStarved);
      this.emit("look");
    });
    this.#collector.start();
    this.#silence = new Silence({
      clock,
      connections: () => this.#flowing(),
      isHidden: () => document.hidden,
    });
    this.#silence.on("doubt", doubt);
    this.#silence.on("silence", () => mesh.moved());
    this.#silence.start();
  }

  /** @param {Pick<import("./state.js").CallState, "people" | "pairs">} state */
  render({ people, pairs }) {
    this.#people = people;
    this.#pairs = pairs;
    this.#carry();
  }

  /** How the connections do, and for how long they have. @returns {import("./views/connection.js").Numbers} */
  get numbers() {
    const { bitrate, held } = this.#uplink;
    const { latest, history } = this.#collector;
    return {
      people: this.#people,
      samples: latest,
      history,
      uplink: bitrate,
      held,
      reason: (id) => this.#uplink.reason(id),
    };
  }

  stop() {
    this.#collector.stop();
    this.#silence.stop();
    this.#carrying.part?.stop();
  }

  #carry() {
    const me = this.#people.find(({ self }) => self)?.id;
    const isNeeded =
      this.#asked.size > 0 ||
      this.#pairs.some((pair) => isApart(pair) && (pair.one === me || pair.other === me));
    if (isNeeded) void this.#carrying.load();
    const { part } = this.#carrying;
    if (!part) return;
    part.render(this.#people, this.#pairs);
    for (const [id, message] of this.#asked) part.receive(id, message);
    this.#asked.clear();
  }

  /** All of them: of one that has failed, what was before is just what somebody will want to see. */
  #connections() {
    /** @type {[string, Watched][]} */
    const connections = [...this.#mesh.connections].map(([id, connection]) => {
      const isUp = connection.state === "connected" || connection.state === "reconnecting";
      return [id, { stats: async () => (isUp ? connection.stats() : null), speaks: this.#saysOn(id) }];
    });
    return new Map(connections);
  }

  /** By what something may come. Where a device at the other end does not keep up, it is still for a moment by itself. */
  #flowing() {
    const connections = [...this.#mesh.connections].filter(
      ([id, { state }]) => state === "connected" && !this.#isStarved(id),
    );
    return new Map(
      connections.map(([id, connection]) => [
        id,
        { packets: async () => packets(await connection.stats()), said: this.#sends(id) },
      ]),
    );
  }

  /** @param {string} id */
  #sends(id) {
    const { microphone, camera, screen, held } = this.#people.find((person) => person.id === id) ?? {};
    return [microphone, camera, screen, held];
  }

  /** @param {string} id */
  #isStarved(id) {
    return this.#people.find((person) => person.id === id)?.strained ?? false;
  }

  /** @param {string} id */
  #saysOn(id) {
    return this.#people.find((person) => person.id === id)?.microphone ?? false;
  }
}

/**
 * How many packets of sound and picture have come so far.
 *
 * @param {import("./stats/read.js").Stats | null} stats
 */
function packets(stats) {
  if (!stats) return null;
  const all = [...new Map(stats.report).values()];
  return all.reduce(
    (sum, { type, packetsReceived = 0 }) => (type === "inbound-rtp" ? sum + packetsReceived : sum),
    0,
  );
}

/**
 * Where some of it comes, the path is there, and the trouble is with their microphone.
 *
 * @param {import("./stats/read.js").Sample} sample
 */
function isDeaf({ silence, received }) {
  return silence >= DEAF_AFTER && Object.values(received).every(({ packets }) => packets === 0);
}
