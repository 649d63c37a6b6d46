import { Control } from "./media/control.js";
import { Viewport, Wishes } from "./media/viewport.js";
import { Collector, look } from "./stats/collect.js";
import { find } from "../lib/dom.js";

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
  #isOpen = false;
  /** @type {import("./views/connection.js").ConnectionPanel | null} */
  #panel = null;
  #isLoading = false;

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
    const wishes = new Wishes({ clock, send: (id, view) => mesh.send(id, view) });
    stage.watch(new Viewport(wishes));
    call.onopen = (id) => wishes.repeat(id);

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

  /** @param {{people: Person[], panel: import("./state.js").Panel}} state */
  render({ people, panel }) {
    this.#people = people;
    this.#isOpen = panel === "connection";
    if (this.#isOpen && !this.#isLoading) void this.#load();
    this.#draw();
  }

  stop() {
    this.#collector.stop();
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
