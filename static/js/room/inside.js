import { Emitter } from "../lib/events.js";
import { Audibility } from "./audibility.js";
import { Notices } from "./notices.js";
import { Hosting } from "./hosting.js";
import { everybody } from "./people.js";

/**
 * @typedef {import("./call.js").Call} Call
 * @typedef {import("./call.js").Parts} Parts
 * @typedef {import("./call.js").Outside} Outside
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").Panel} Panel
 *
 * @typedef {object} InsideEvents
 * @property {[]} change
 * @property {[panel: Panel]} open  this one is open now, before anything is drawn of it; "" for none
 * @property {[line: import("./state.js").ChatLine, isSeen: boolean]} written  one of the others wrote; `isSeen`: it is before the reader
 */

/**
 * What a call is to whoever is inside: who is drawn, what stands over the room, what a host asks for, which panel is open.
 * Comes with the room.
 *
 * @extends {Emitter<InsideEvents>}
 */
export class Inside extends Emitter {
  /** What I, a host, have asked for. */
  hosting;
  #call;
  #parts;
  #notices;
  #audibility;
  #capabilities;
  /** @type {CallState["notice"] | null} */
  #notice = null;
  /** @type {Panel} */
  #panel = "";

  /**
   * @param {Call} call
   * @param {Parts} parts
   * @param {import("./capabilities.js").Capabilities} capabilities
   */
  constructor(call, parts, capabilities) {
    super();
    const { signaling, clock, uplink } = parts;
    this.#call = call;
    this.#parts = parts;
    this.#capabilities = capabilities;
    this.hosting = new Hosting({ send: (order) => signaling.send(order), clock });
    this.#notices = new Notices({ clock, uplink });
    this.#audibility = new Audibility(clock);
    for (const part of [this.hosting, this.#notices, this.#audibility, capabilities]) {
      part.on("change", () => this.emit("change"));
    }
    this.#listenToRoom();
    this.#listenToPeople();
    call.participants.attach({ audibility: this.#audibility, capabilities });
    call.attach(this);
  }

  /** Opens a panel, or with "" closes the one that is open. @param {Panel} panel */
  open(panel) {
    this.#panel = panel;
    this.emit("open", panel);
    this.emit("change");
  }

  /** What the button of the notice does. */
  act() {
    const { kind = "", flood } = this.#notice ?? {};
    if (kind === "sound-blocked") void this.#parts.speakers.unblock();
    if (kind === "muted-talking") this.#call.myself.toggle("microphone");
    if (kind === "duplicate") this.#call.leave();
    if (kind === "apart") this.open("people");
    if (kind === "flood") this.#notices.putAway(flood?.id ?? "");
    if (kind === "slow-device") this.#parts.uplink.insist();
    this.emit("change");
  }

  /** Everything there is to draw. @param {Outside} outside  @returns {CallState} */
  look(outside) {
    const { phase, knocks, rules } = outside;
    const drawn = {
      ...outside,
      ...this.#people(phase),
      panel: this.#panel,
      extras: this.#capabilities.revision,
      knocks: phase === "joined" ? knocks.filter(({ id }) => !this.hosting.hasAnswered(id)) : [],
      rules: { ...rules, lobby: this.hosting.lobby ?? rules.lobby },
    };
    const { inside } = this.#call.participants;
    this.#notice = this.#notices.look(drawn, { ...this.#call.circumstances, inside });
    return { ...drawn, notice: this.#notice };
  }

  /** My seat is lost, and I wait to be let in like anybody else. */
  leave() {
    this.#panel = "";
    this.emit("open", "");
    this.#notices.forget();
    this.hosting.forget();
    this.#capabilities.close();
  }

  close() {
    for (const part of [this.#audibility, this.hosting, this.#notices, this.#capabilities]) part.close();
  }

  #listenToRoom() {
    const { signaling } = this.#parts;
    const { participants } = this.#call;
    const reach = (/** @type {boolean} */ isReached) => this.hosting.reach(isReached, participants.me !== "");
    reach(this.#call.isReached);
    signaling.on("reach", reach);
    signaling.on("ready", ({ room }) => this.hosting.learn(room.lobby));
    signaling.on("rules", ({ lobby }) => {
      this.hosting.learn(lobby);
      this.emit("change");
    });
    signaling.on("lobby", (knocks) => {
      this.hosting.meet(knocks);
      this.emit("change");
    });
    signaling.on("failed", (error) => {
      this.hosting.fail(error);
      this.emit("change");
    });
    signaling.on("roster", ({ participants: here }) => this.hosting.keep(here));
  }

  #listenToPeople() {
    const { levels, talk } = this.#parts;
    const { participants, myself } = this.#call;
    participants.on("flood", (cut) => this.#notices.flood(cut, participants.inside));
    myself.on("toggle", () => this.#notices.calm());
    levels.on("speaking", (isSpeaking) => {
      if (isSpeaking) this.#remind();
    });
    talk.on("change", (line) => {
      if (!line || line.isMine) return;
      this.emit("written", line, this.#panel === "chat" && line.conversation === talk.state.shown);
    });
  }

  /** Whoever talks and is not heard is told so. */
  #remind() {
    const { on } = this.#parts.devices.source("microphone");
    if (this.#call.phase !== "joined" || on || this.#call.circumstances.isDuplicate) return;
    this.#notices.remind();
    this.emit("change");
  }

  /** Who is there to be drawn, and who of them hears whom. @param {CallState["phase"]} phase */
  #people(phase) {
    if (phase !== "joined") return { people: [], pairs: [] };
    const { myself, participants } = this.#call;
    const { me, inOrder, presence, voices, qualities } = participants;
    const known = { me, participants: inOrder, presence, voices, qualities };
    const people = everybody({ ...known, mesh: this.#parts.mesh, myself, audibility: this.#audibility });
    const pairs = this.#audibility.judge(me, participants.links(), inOrder);
    return { people: this.#capabilities.mark(people), pairs };
  }
}
