// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter, Latest } from "../lib/events.js";
import { isShown } from "./media/budget.js";
import { Presence } from "./presence.js";
import { inOrder, ConnectionReport, counted, linksTo, may } from "./roster.js";
import { Voices } from "./voices.js";

/**
 * @typedef {import("./flooding.js").Cut} Cut
 * @typedef {import("./messages.js").Carry} Carry
 * @typedef {import("./messages.js").Carried} Carried
 * @typedef {import("./roster.js").Roster} Roster
 * @typedef {import("./state.js").Person} Person
 *
 * @typedef {object} ParticipantsEvents
 * @property {[]} change
 * @property {[id: string]} open  messages can be sent to them now
 * @property {[id: string, message: Carry | Carried]} carry  I am to pass voices on to somebody, or they do so for me
 * @property {[cut: Cut]} flood   somebody was let go of
 * @property {[id: string]} writer  what they write counts from now on, and what they have written meanwhile
 *
 * @typedef {object} Judges  what comes with the room
 * @property {import("./audibility.js").Audibility} audibility
 * @property {import("./capabilities.js").Capabilities} capabilities
 */

// Of whom a host is told although the room was not there yet.
const MOST_EARLY_FLOODS = 20;
/** @type {Roster} */
const NOBODY = { rev: 0, participants: new Map(), rules: null };

/** Those inside, as the server and they themselves say, and what I say to them. @extends {Emitter<ParticipantsEvents>} */
export class Participants extends Emitter {
  /** My id, as long as I am inside. */
  me = "";
  presence;
  voices;
  /** How good the connections are. @type {ReadonlyMap<string, Person["quality"]>} */
  qualities = new Map();
  /** How many are connected to me and have not come in yet. */
  visitors = 0;
  #parts;
  #myself;
  #roster = NOBODY;
  /** Whose voices each has asked me for last. @type {Map<string, Carry>} */
  #carries = new Map();
  #report;
  #announced = new Latest();
  /** How many updates of the mesh are still busy with offers and answers. */
  #offering = 0;
  /** @type {Judges | null} */
  #judges = null;
  /** Who was let go of before there was anything to tell it with. @type {Cut[]} */
  #floods = [];

  /**
   * @param {import("./call.js").Parts} parts
   * @param {import("./presence.js").Myself} myself
   */
  constructor(parts, myself) {
    super();
    const { signaling, clock } = parts;
    this.#parts = parts;
    this.#myself = myself;
    this.presence = new Presence(clock.now);
    this.voices = new Voices({
      ...parts,
      now: clock.now,
      says: (id) => counted(this.presence.of(id), this.inside.get(id), this.rules),
      isMuted: (id) => this.inside.get(id)?.muted !== undefined,
    });
    this.#report = new ConnectionReport(clock, (links) => signaling.send({ type: "links", links }));
    this.#announced.isNew(this.#state());
    this.#listen();
  }

  /** What comes with the room: what has been said so far is told, and how often somebody was cut off. @param {Judges} judges */
  attach(judges) {
    this.#judges = judges;
    for (const [id, { state }] of this.presence.heard) judges.audibility.hear(id, state.links);
    for (const cut of this.#floods.splice(0)) this.emit("flood", cut);
  }

  /** Everybody, me too, by their id. */
  get inside() {
    return this.#roster.participants;
  }

  /** By their seats. */
  get inOrder() {
    return inOrder(this.#roster);
  }

  /** Which hold here. */
  get rules() {
    return this.#roster.rules;
  }

  /** Whether what they write counts. @param {string} id */
  mayWrite(id) {
    return may(this.inside.get(id), this.rules, "chat");
  }

  /** Connections are being made, and everything else waits. */
  get isBusy() {
    return this.#offering > 0;
  }

  /** Whose voices each of those inside has asked me for last. @returns {ReadonlyMap<string, Carry>} */
  get carries() {
    return this.#carries;
  }

  /** I have a seat. @param {string} me */
  enter(me) {
    this.me = me;
    this.#report.begin();
  }

  /** I have none any more: nothing of mine goes to the others. */
  leave() {
    this.me = "";
    this.#roster = NOBODY;
    this.#parts.mesh.close();
    this.#keep();
    this.hearBy(new Map());
    this.#report.pause();
    this.#floods = [];
  }

  /** The server is not there to be told. */
  pause() {
    this.#report.pause();
  }

  /** These are inside. @param {Roster} roster */
  renew(roster) {
    const silent = [...roster.participants.keys()].filter((id) => !this.mayWrite(id));
    this.#roster = roster;
    this.#keep();
    // Somebody may be muted now, or not any more.
    for (const id of this.presence.heard.keys()) this.voices.play(id);
    for (const id of silent) if (this.mayWrite(id)) this.emit("writer", id);
    if (this.me) void this.#connect(roster);
    else this.#parts.mesh.prepare(roster);
    this.#giveWay();
  }

  /**
   * How good the connections are, and whether this device keeps up with them.
   *
   * @param {ReadonlyMap<string, Person["quality"]>} qualities
   * @param {boolean} [strained]
   */
  rate(qualities, strained = false) {
    this.qualities = qualities;
    this.#myself.strained = strained;
    this.announce();
    this.emit("change");
  }

  /** Somebody is so loud for me from now on. @param {string} id @param {number} loudness  from 0 to 1 */
  turn(id, loudness) {
    this.voices.turn(id, loudness);
    this.emit("change");
  }

  /** Voices that come by somebody else now. @param {ReadonlyMap<string, import("./voices.js").Carried>} voices */
  hearBy(voices) {
    this.voices.carried = voices;
    this.announce();
    this.emit("change");
  }

  /** Who hears this participant and me, best first; of whom I hear nothing, only where there is nobody else. @param {string} id */
  thirds(id) {
    return this.#judges?.audibility.bestThirds(id, this.links(), this.inOrder, this.qualities) ?? [];
  }

  /** Everybody else, and whether they can speak to me themselves. */
  others() {
    const others = [...this.inside.values()].filter(({ id }) => id !== this.me);
    return others.map(({ id, name }) => ({
      id,
      name,
      isReached: this.#parts.mesh.connection(id)?.isOpen ?? false,
    }));
  }

  /** By whom those can be written to whom I do not reach. */
  passers() {
    return this.#judges?.audibility.passers(this.links(), this.inOrder) ?? new Map();
  }

  /** Tells the others what has changed about me. */
  announce() {
    const state = this.#state();
    if (!this.#announced.isNew(state)) return;
    this.#parts.mesh.broadcast({ type: "state", ...state, hand_for: this.#myself.handFor });
  }

  /** How my connections are, by whom they lead to. @param {{withLeft?: boolean}} [options]  as in `linksTo` */
  links({ withLeft = false } = {}) {
    return linksTo(this.inside.keys(), {
      stateOf: (id) => this.#parts.mesh.connection(id)?.state,
      isCarried: (id) => this.voices.carried.has(id),
      withLeft,
    });
  }

  #state() {
    return { ...this.#myself.shown, links: this.links() };
  }

  #listen() {
    const { mesh, levels, signaling } = this.#parts;
    this.voices.on("speech", () => this.#giveWay());
    mesh.on("change", (id) => {
      if (mesh.connection(id)?.state === "shut") this.#lower(id);
      this.voices.play(id);
      this.#report.update(this.links({ withLeft: true }));
      this.announce();
      this.emit("change");
    });
    mesh.on("visitors", (visitors) => {
      this.visitors = visitors;
      this.emit("change");
    });
    mesh.on("open", (id) => {
      mesh.send(id, { type: "state", ...this.#state(), hand_for: this.#myself.handFor });
      this.emit("open", id);
    });
    mesh.on("message", (id, message) => {
      if (message.type === "state") this.#hear(id, message);
      else if (message.type === "carry" || message.type === "carried") this.#carry(id, message);
      else this.#judges?.capabilities.receive(id, message);
    });
    mesh.on("flood", (id) => {
      if (!this.me) return;
      signaling.send({ type: "flooded", participant: id });
      this.#noteFlood({ id, name: "", by: this.me });
    });
    signaling.on("order", ({ order, participants }) => {
      if (order !== "lower-hand") return;
      for (const id of participants) this.#lowerFor(id);
    });
    signaling.on("flooded", ({ participant: id, name, by }) => this.#noteFlood({ id, name, by }));
    levels.on("voice", (key, speaking) => {
      this.voices.hear(key, speaking);
      this.emit("change");
    });
    levels.on("speaking", () => {
      if (this.#myself.shown.speaking) this.voices.note(this.me);
      this.announce();
      this.emit("change");
    });
    this.#myself.on("change", () => this.announce());
  }

  /** What is known of anybody else is forgotten. */
  #keep() {
    for (const part of [this.presence, this.voices, this.#judges?.audibility]) part?.keep(this.inside);
    for (const id of this.#carries.keys()) if (!this.inside.has(id)) this.#carries.delete(id);
  }

  /** @param {Roster} roster */
  async #connect(roster) {
    this.#offering += 1;
    try {
      await this.#parts.mesh.update(this.me, roster);
    } finally {
      // Whatever became of the offers, the page goes on.
      this.#offering -= 1;
      this.emit("change");
    }
  }

  /** @param {string} id @param {Carry | Carried} message */
  #carry(id, message) {
    if (message.type === "carry") this.#carries.set(id, message);
    this.emit("carry", id, message);
  }

  /** @param {string} id @param {import("./messages.js").StateMessage} message */
  #hear(id, message) {
    const state = this.presence.hear(id, message);
    this.#judges?.audibility.hear(id, message.links);
    this.#judges?.capabilities.hear(id, state, this.#parts.clock.now());
    this.voices.play(id);
    this.emit("change");
  }

  /** Nothing is heard of them any more: a hand that nobody can take down goes down. @param {string} id */
  #lower(id) {
    this.presence.lower(id);
    this.#judges?.capabilities.hear(id, { hand: false }, this.#parts.clock.now());
  }

  /** A host has ordered it: my page follows, and nobody sees theirs any more. @param {string} id */
  #lowerFor(id) {
    if (id === this.me) return this.#myself.lower();
    this.presence.lowerFor(id);
    this.#judges?.capabilities.hear(id, { hand: this.presence.of(id).hand }, this.#parts.clock.now());
    this.emit("change");
  }

  /** In a large room only those who spoke last are seen. */
  #giveWay() {
    this.#parts.uplink.yield(this.me !== "" && !isShown(this.inOrder, this.voices.spoke, this.me));
  }

  /** @param {Cut} cut */
  #noteFlood(cut) {
    if (this.#judges) this.emit("flood", cut);
    else if (this.#floods.length < MOST_EARLY_FLOODS) this.#floods.push(cut);
  }
}
