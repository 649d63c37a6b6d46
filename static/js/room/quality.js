import { Control } from "./media/control.js";
import { Viewport, Wishes } from "./media/viewport.js";
import { Collector, look } from "./stats/collect.js";
import { isApart } from "./roster.js";
import { find } from "../lib/dom.js";
import { insist } from "../lib/timing.js";

/**
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("./stats/collect.js").Watched} Watched
 */

// A browser that hears nothing at all for so long is connected in name only (milliseconds).
const DEAF_AFTER = 5_000;

/**
 * Makes what is sent fit what is seen and what the line carries, and tells how the links do. Loaded once a call has
 * begun: until then nothing is sent.
 */
export class Quality {
  #call;
  #mesh;
  #uplink;
  #collector;
  /** @type {Person[]} */
  #people = [];
  /** @type {import("./state.js").Pair[]} */
  #pairs = [];
  #isOpen = false;
  /** @type {import("./views/connection.js").ConnectionPanel | null} */
  #panel = null;
  #isLoading = false;
  #clock;
  /** @type {import("./media/carrying.js").Carrying | null} */
  #carrying = null;
  #isCarrying = false;
  /** Who asked before that was here, and what last. @type {Map<string, import("./messages.js").Carry>} */
  #asked;

  /**
   * @param {object} options
   * @param {import("./call.js").Call} options.call
   * @param {import("./rtc/mesh.js").Mesh} options.mesh
   * @param {import("./media/budget.js").Uplink} options.uplink
   * @param {import("./views/stage.js").Stage} options.stage
   * @param {import("../lib/timing.js").Clock} options.clock
   */
  constructor({ call, mesh, uplink, stage, clock }) {
    this.#call = call;
    this.#mesh = mesh;
    this.#uplink = uplink;
    this.#clock = clock;
    const wishes = new Wishes({ clock, send: (id, view) => mesh.send(id, view) });
    stage.watch(new Viewport(wishes));
    call.onopen = (id) => wishes.repeat(id);
    this.#asked = call.takeCarries();
    call.oncarry = (id, message) => {
      if (this.#carrying) this.#carrying.receive(id, message);
      // An answer without a question says nothing.
      else if (message.type === "carry") this.#asked.set(id, message);
      this.#carry();
    };

    const control = new Control({ clock, uplink });
    this.#collector = new Collector({ clock, links: () => this.#links(), isHidden: () => document.hidden });
    this.#collector.onround = (samples) => {
      control.observe(new Map([...samples].map(([id, sample]) => [id, look(sample)])));
      for (const [id, sample] of samples) mesh.links.get(id)?.listen(isDeaf(sample));
      call.rate(new Map([...samples].map(([id, { quality }]) => [id, quality])));
      this.#draw();
    };
    this.#collector.start();
  }

  /** @param {Pick<import("./state.js").CallState, "people" | "panel" | "pairs">} state */
  render({ people, panel, pairs }) {
    this.#people = people;
    this.#pairs = pairs;
    this.#carry();
    this.#isOpen = panel === "connection";
    if (this.#isOpen && !this.#isLoading) void this.#load();
    this.#draw();
  }

  stop() {
    this.#collector.stop();
    this.#carrying?.stop();
  }

  /** Few ever need a third. */
  #carry() {
    const me = this.#people.find(({ self }) => self)?.id;
    const isNeeded = this.#asked.size > 0 || this.#pairs.some((pair) => isApart(pair) && (pair.one === me || pair.other === me));
    if (isNeeded && !this.#isCarrying) void this.#loadCarrying();
    if (!this.#carrying) return;
    this.#carrying.render(this.#people, this.#pairs);
    for (const [id, message] of this.#asked) this.#carrying.receive(id, message);
    this.#asked.clear();
  }

  async #loadCarrying() {
    this.#isCarrying = true;
    const { Carrying } = await insist(() => import("./media/carrying.js"), this.#clock);
    this.#carrying = new Carrying({ call: this.#call, mesh: this.#mesh, uplink: this.#uplink, clock: this.#clock });
    this.#carry();
  }

  /** Few ever open the panel. */
  async #load() {
    this.#isLoading = true;
    const { ConnectionPanel, download, report } = await import("./views/connection.js");
    const save = () => {
      const { bitrate, held } = this.#uplink;
      const facts = { browser: navigator.userAgent, cores: navigator.hardwareConcurrency, uplink: bitrate, held, at: new Date() };
      download("roundtable-connection.json", JSON.stringify(report(this.#collector.history, facts), null, 1));
    };
    this.#panel = new ConnectionPanel(find(document, "#connection"), { close: () => this.#call.open(""), save });
    this.#draw();
  }

  #draw() {
    this.#panel?.render({
      open: this.#isOpen,
      people: this.#people,
      samples: this.#collector.latest,
      reason: (id) => this.#uplink.reason(id),
      held: this.#uplink.held,
    });
  }

  /** All of them: of one that has failed, what was before is just what somebody will want to see. */
  #links() {
    /** @type {[string, Watched][]} */
    const links = [...this.#mesh.links].map(([id, link]) => {
      const isUp = link.state === "connected" || link.state === "reconnecting";
      return [id, { stats: async () => (isUp ? link.stats() : null), speaks: this.#saysOn(id) }];
    });
    return new Map(links);
  }

  /** @param {string} id */
  #saysOn(id) {
    return this.#people.find((person) => person.id === id)?.microphone ?? false;
  }
}

/**
 * Where some of it comes, the path is there, and the trouble is with their microphone.
 *
 * @param {import("./stats/collect.js").Sample} sample
 */
function isDeaf({ silence, received }) {
  return silence >= DEAF_AFTER && Object.values(received).every(({ packets }) => packets === 0);
}
