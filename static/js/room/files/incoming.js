import { Emitter } from "../../lib/events.js";
import { Rate, Timer } from "../../lib/timing.js";
import { Arrivals } from "./arrivals.js";
import { hex, joined } from "./frames.js";
import { Receiving } from "./receiving.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./links.js").Links} Links
 * @typedef {import("./messages.js").Messages} Messages
 *
 * @typedef {object} Offer  of somebody else, as they say
 * @property {string} id
 * @property {string} name  a clean one
 * @property {number} size
 * @property {string} type
 *
 * @typedef {object} Place  where it is kept
 * @property {string[]} hashes  of blocks that are there already
 * @property {(block: number, bytes: Uint8Array<ArrayBuffer>, hash: string) => Promise<void>} write
 * @property {() => Promise<void>} finish  it is whole
 * @property {() => Promise<void>} remove
 *
 * @typedef {object} Taken  a file that I take
 * @property {string} author
 * @property {Offer} offer
 * @property {Receiving} receiving
 * @property {Place} place
 *
 * @typedef {object} IncomingEvents
 * @property {[taken: Taken]} whole  all of it is here
 * @property {[taken: Taken]} failed
 * @property {[]} change
 */

// A connection that is closed takes its channel along without a word.
const LOOK_EVERY = 1_000;
// Of one author: as many as they keep of me (turns.js), and so fast. Whoever asked for a hundred at once would be taken for
// a flood (messages.js).
const MOST_ASKED = 16;
const ASKED = { burst: MOST_ASKED, perSecond: 2 };

/** What comes of the files of others. @extends {Emitter<IncomingEvents>} */
export class Incoming extends Emitter {
  #clock;
  #links;
  #send;
  #digest;
  #look;
  #numbers;
  /** @type {Map<string, Taken>} */
  #taken = new Map();
  /** @type {Map<string, Arrivals>} */
  #arrivals = new Map();
  /** How fast each author is asked. @type {Map<string, Rate>} */
  #rates = new Map();
  /** What is done with what came, one after the other. @type {WeakMap<Receiving, Promise<void>>} */
  #work = new WeakMap();

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {Links} options.links
   * @param {(id: string, message: Messages) => void} options.send
   * @param {(bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>} options.digest
   * @param {number} [options.first]  number of a transfer: not one that this page had before it was loaded again
   */
  constructor({ clock, links, send, digest, first = 0 }) {
    super();
    this.#clock = clock;
    this.#links = links;
    this.#send = send;
    this.#digest = digest;
    this.#numbers = first;
    this.#look = new Timer(clock);
    links.on("frame", (id, data) => this.#take(id, data));
    links.on("lost", (id) => {
      for (const { receiving } of this.#of(id)) receiving.lose();
    });
  }

  /** @param {string} author @param {string} file  its id */
  of(author, file) {
    return this.#taken.get(`${author} ${file}`) ?? null;
  }

  /** All of them. */
  get all() {
    return [...this.#taken.values()];
  }

  /** I want it. @param {string} author @param {Offer} offer @param {Place} place */
  take(author, offer, place) {
    const receiving = new Receiving({
      offer,
      clock: this.#clock,
      hashes: place.hashes,
      send: (message) => this.#send(author, message),
      numbers: () => (this.#numbers = (this.#numbers + 1) % 2 ** 32),
      changed: () => {
        if (receiving.phase === "failed") this.emit("failed", taken);
        this.#renew(author);
      },
    });
    const taken = { author, offer, receiving, place };
    this.#taken.set(`${author} ${offer.id}`, taken);
    this.reach(author);
    this.#watch();
    this.emit("change");
  }

  /** They can be sent to, perhaps by another connection than before. @param {string} author */
  reach(author) {
    const waiting = this.#of(author).filter(({ receiving }) => !receiving.isOver);
    if (waiting.length === 0) return;
    // Whoever is gone and back has another channel, and is asked again.
    if (!this.#links.to(author)) return;
    const next = waiting.filter(({ receiving }) => receiving.phase === "away");
    const asked = waiting.length - next.length;
    const rate = this.#rates.get(author) ?? new Rate(ASKED, this.#clock.now);
    this.#rates.set(author, rate);
    for (const { receiving } of next.slice(0, Math.max(0, MOST_ASKED - asked))) {
      if (rate.take()) receiving.open();
    }
  }

  /** Whether it is asked for in a moment, since others of theirs were before it. @param {Taken} taken */
  isQueued({ author, receiving }) {
    const isUnderWay = (/** @type {Receiving} */ one) => !one.isOver && one.phase !== "away";
    return receiving.phase === "away" && this.#of(author).some((one) => isUnderWay(one.receiving));
  }

  /** @param {string} author @param {string} file */
  async retry(author, file) {
    const taken = this.of(author, file);
    if (!taken) return;
    await this.#work.get(taken.receiving);
    taken.receiving.retry();
    this.reach(author);
    this.#watch();
  }

  /** @param {string} author @param {string} file */
  async stop(author, file) {
    const taken = this.of(author, file);
    if (!taken) return;
    taken.receiving.stop();
    this.#taken.delete(`${author} ${file}`);
    this.#renew(author);
    await this.#work.get(taken.receiving);
    await taken.place.remove();
  }

  /** @param {string} from @param {Messages} message */
  receive(from, message) {
    if (message.type === "file-ping") this.#send(from, { type: "file-pong", n: message.n });
    if (message.type !== "file-refused") return;
    const taken = this.#of(from).find(({ receiving }) => receiving.transfer === message.transfer);
    taken?.receiving.refuse(message.reason);
  }

  /** I am not inside any more; whoever comes back goes on. */
  pause() {
    this.#look.cancel();
    for (const { receiving } of this.all) receiving.lose();
  }

  resume() {
    this.#watch();
  }

  /** @param {string} author */
  #of(author) {
    return this.all.filter((taken) => taken.author === author);
  }

  /** Something about what I take from them is another now. @param {string} author */
  #renew(author) {
    this.#arrivalsOf(author).expect(this.#of(author).map(({ receiving }) => receiving));
    this.emit("change");
  }

  /** @param {string} author */
  #arrivalsOf(author) {
    const arrivals = this.#arrivals.get(author) ?? new Arrivals();
    this.#arrivals.set(author, arrivals);
    return arrivals;
  }

  /** @param {string} id @param {unknown} data */
  #take(id, data) {
    const arrivals = this.#arrivalsOf(id);
    const found = arrivals.take(data);
    if (arrivals.isShut) {
      for (const { receiving } of this.#of(id)) receiving.fail("broken");
      // Another connection of theirs begins anew.
      this.#arrivals.delete(id);
      this.#links.shut(id);
    }
    if (!found || found.outcome.kind === "flaw") return;
    const taken = this.#of(id).find(({ receiving }) => receiving === found.receiving);
    if (taken) this.#digestNext(taken, found.outcome);
  }

  /** @param {Taken} taken @param {import("./receiving.js").Outcome} outcome */
  #digestNext(taken, outcome) {
    if (outcome.kind !== "whole" && outcome.kind !== "last") return;
    const { receiving } = taken;
    const before = this.#work.get(receiving) ?? Promise.resolve();
    const next =
      outcome.kind === "whole" ? () => this.#keep(taken, outcome) : () => this.#end(taken, outcome);
    this.#work.set(receiving, before.then(next));
  }

  /** @param {Taken} taken @param {import("./receiving.js").Whole} whole */
  async #keep({ receiving, place }, whole) {
    if (receiving.isOver) return;
    const hash = hex(await this.#digest(whole.bytes));
    if (!receiving.judge(whole, hash)) return;
    try {
      await place.write(whole.block, whole.bytes, hash);
    } catch (error) {
      return this.#failed(receiving, error);
    }
    receiving.wrote();
    this.emit("change");
  }

  /** @param {Taken} taken @param {import("./receiving.js").Last} last */
  async #end(taken, last) {
    const { receiving, place } = taken;
    if (receiving.isOver) return;
    const hash = hex(await this.#digest(joined(receiving.hashes)));
    if (hash !== last.hash) return receiving.finish(false);
    try {
      await place.finish();
    } catch (error) {
      return this.#failed(receiving, error);
    }
    receiving.finish(true);
    if (receiving.phase === "done") this.emit("whole", taken);
  }

  /** @param {Receiving} receiving @param {unknown} error */
  #failed(receiving, error) {
    if (!(error instanceof DOMException)) {
      receiving.fail("disk");
      throw error;
    }
    receiving.fail(error.name === "QuotaExceededError" ? "full" : "disk");
  }

  #watch() {
    if (this.#look.pending || this.all.every(({ receiving }) => receiving.isOver)) return;
    this.#look.plan(LOOK_EVERY, () => {
      this.#links.look();
      for (const author of new Set(this.all.map(({ author: one }) => one))) this.reach(author);
      this.emit("change");
      this.#watch();
    });
  }
}
