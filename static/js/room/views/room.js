import { announce, find } from "../../lib/dom.js";
import { Hearing } from "../hearing.js";
import { Screen } from "../media/screen.js";
import { News } from "../news.js";
import { Notices } from "../notices.js";
import { Orders } from "../orders.js";
import { everybody } from "../people.js";
import { Controls } from "./controls.js";
import { restored } from "./mine.js";
import { changes, facts, mended, Notice, written } from "./notice.js";
import { Stage } from "./stage.js";

/** @import { CallState, ChatLine, Mine, Pair, Person } from "../state.js" */

// That a pair hears each other again is not said for each time that it comes and goes (milliseconds).
const MENDED = 60_000;

/**
 * The room as whoever is inside sees and hears it: stage, controls, the line above it, and what is said to those who do not
 * see. Loaded once the page before the call stands, or at the click.
 */
export class Room {
  #orders;
  #stage;
  #controls;
  #notice;
  #news;
  /** Those who were drawn last. @type {Person[]} */
  #seen = [];
  /** @type {Pair[]} */
  #pairs = [];
  /** @type {Mine | null} */
  #mine = null;
  #isChatOpen = false;
  /** What is written beside a talk is said between its words: the first at once, and what follows soon together. @type {ChatLine[]} */
  #unheard = [];

  /**
   * @param {object} options
   * @param {import("../call.js").Call} options.call
   * @param {(order: import("../orders.js").Order) => void} options.send  to the server
   * @param {import("../../lib/timing.js").Clock} options.clock
   * @param {import("../media/devices.js").Devices} options.devices
   * @param {import("../media/budget.js").Uplink} options.uplink
   * @param {() => Promise<void>} options.copyLink
   */
  constructor({ call, send, clock, devices, uplink, copyLink }) {
    /** @type {MediaDevices | undefined} */
    const media = navigator.mediaDevices;
    // Phones show no screen.
    if (media && "getDisplayMedia" in media) devices.takeScreen(new Screen(media));
    this.#orders = new Orders({ send, clock });
    call.attach({
      orders: this.#orders,
      notices: new Notices({ clock, uplink }),
      hearing: new Hearing(clock),
      everybody,
    });
    this.#stage = new Stage(find(document, "#stage"), { copyLink });
    this.#controls = new Controls(find(document, "#controls"), {
      toggle: (kind) => kind !== "speaker" && call.myself.toggle(kind),
      leaveOff: (kind) => kind !== "speaker" && call.myself.leaveOff(kind),
      choose: (kind, id) => void call.myself.choose(kind, id),
      share: () => call.myself.share(),
      hand: () => call.myself.raise(),
      open: (panel) => call.open(panel),
      leave: () => call.leave(),
      copyLink,
    });
    this.#notice = new Notice(find(document, "#notice"), {
      act: () => call.act(),
      explain: (kind) => this.#controls.explain(kind),
    });
    this.#news = new News({ clock, say: announce });
  }

  get orders() {
    return this.#orders;
  }

  get stage() {
    return this.#stage;
  }

  /** @param {CallState} state */
  render(state) {
    this.#isChatOpen = state.panel === "chat";
    this.#stage.render(state);
    this.#controls.render(state);
    this.#notice.render(state.notice, state.pairs, state.mine);
    this.#tell(state);
  }

  /** Out of it, for good or to wait at its door again. */
  clear() {
    this.#stage.render({ people: [], me: "" });
    this.#news.stop();
    this.#seen = [];
    this.#pairs = [];
    this.#mine = null;
    this.#unheard = [];
  }

  /** How loud I am. @param {number} level  from 0 to 1 */
  level(level) {
    this.#controls.level(level);
  }

  /** Somebody has written. @param {ChatLine} line */
  hear(line) {
    this.#unheard.push(line);
    this.#news.gather("chat", 1, () => {
      // While the panel is open, its log is read out by itself.
      const words = this.#isChatOpen ? "" : written(this.#unheard);
      this.#unheard = [];
      return words;
    });
  }

  /** To those who do not see it. @param {CallState} state */
  #tell(state) {
    const { people, pairs, mine } = state;
    if (this.#seen.length > 0) for (const text of changes(this.#seen, people)) this.#news.tell(text);
    if (this.#mine) for (const text of restored(this.#mine, mine)) this.#news.tell(text);
    for (const line of mended(this.#pairs, pairs, people)) this.#news.tell(line, MENDED);
    this.#news.keep(facts(state));
    this.#seen = people;
    this.#pairs = pairs;
    this.#mine = mine;
  }
}
