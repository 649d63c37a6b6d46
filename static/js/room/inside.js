import { Emitter } from "../lib/events.js";
import { Audibility } from "./audibility.js";
import { Notices } from "./notices.js";
import { HostNews } from "./hosting/news.js";
import { Obeying } from "./hosting/obeying.js";
import { Orders } from "./hosting/orders.js";
import { Told } from "./hosting/told.js";
import { whyRefused } from "./hosting/words.js";
import { everybody } from "./people.js";
import { may } from "./roster.js";

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
 * @property {[text: string]} ordered  what I have ordered is done, for those who do not see it
 */

/**
 * What a call is to whoever is inside: who is drawn, what stands over the room, what a host asks for, which panel is open.
 * Comes with the room.
 *
 * @extends {Emitter<InsideEvents>}
 */
export class Inside extends Emitter {
  /** What I have asked for, as a host or about myself. */
  orders;
  #told;
  #news;
  #obeying;
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
    this.orders = new Orders({ send: (order) => signaling.send(order), clock });
    this.#told = new Told(clock);
    const confirm = (/** @type {string} */ text) => this.emit("ordered", text);
    this.#news = new HostNews({
      told: this.#told,
      circle: () => this.#circle(),
      confirm,
      now: () => Date.now(),
    });
    const { devices } = parts;
    const say = (/** @type {string} */ text) => this.say(text);
    const nameOf = (/** @type {string} */ id) => call.participants.inside.get(id)?.name ?? "";
    this.#obeying = new Obeying({ devices, myself: call.myself, orders: this.orders, say, nameOf });
    this.#notices = new Notices({ clock, uplink });
    this.#audibility = new Audibility(clock);
    const change = () => this.emit("change");
    this.orders.on("change", change);
    for (const part of [this.#told, this.#notices, this.#audibility, capabilities]) part.on("change", change);
    this.#listenToRoom();
    this.#listenToPeople();
    call.participants.attach({ audibility: this.#audibility, capabilities });
    call.attach(this);
  }

  /** Which is open. */
  get panel() {
    return this.#panel;
  }

  /** Opens a panel, or with "" closes the one that is open. @param {Panel} panel */
  open(panel) {
    this.#panel = panel;
    this.emit("open", panel);
    this.emit("change");
  }

  /** I press the button of my microphone or camera. @param {"microphone" | "camera"} kind */
  toggle(kind) {
    this.#obeying.toggle(kind);
    this.emit("change");
  }

  /** I press the button of my screen. */
  share() {
    this.#obeying.share();
  }

  /** I hold a key to talk, or let go of it. @param {boolean} isHeld */
  hold(isHeld) {
    this.#obeying.hold(isHeld);
    this.emit("change");
  }

  /** Something that I did by a key, and see nowhere. @param {string} text */
  say(text) {
    this.#told.tell([{ text, isMine: true }]);
  }

  /** Whether it was told just now that somebody is let in: that they come is no news then. @param {string} name */
  knows(name) {
    return this.#told.knows(name);
  }

  /** I was asked to unmute, and do not. */
  stayMuted() {
    this.#obeying.stayMuted();
    this.emit("change");
  }

  /** What the button of the notice does. */
  act() {
    const { kind = "", flood } = this.#notice ?? {};
    if (kind === "sound-blocked") void this.#parts.speakers.unblock();
    if (kind === "muted-talking") this.toggle("microphone");
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
      knocks: phase === "joined" ? knocks.filter(({ id }) => !this.orders.hasAnswered(id)) : [],
      rules: { ...rules, ...this.orders.rules },
    };
    const hosting = this.#hosting(drawn.people);
    const { inside } = this.#call.participants;
    const circumstances = { ...this.#call.circumstances, inside, told: this.#told.shown };
    this.#notice = this.#notices.look({ ...drawn, hosting }, circumstances);
    return { ...drawn, hosting, notice: this.#notice };
  }

  /** My seat is lost, and I wait to be let in like anybody else. */
  leave() {
    this.#panel = "";
    this.emit("open", "");
    this.#notices.forget();
    this.orders.forget();
    this.#told.forget();
    this.#obeying.look(undefined, null);
    this.#news.forget();
    this.#capabilities.close();
  }

  close() {
    for (const part of [this.#audibility, this.orders, this.#notices, this.#capabilities]) part.close();
    this.#told.forget();
  }

  #listenToRoom() {
    const { signaling } = this.#parts;
    const { participants } = this.#call;
    const reach = (/** @type {boolean} */ isReached) => this.orders.reach(isReached, participants.me !== "");
    reach(this.#call.isReached);
    signaling.on("reach", reach);
    signaling.on("rules", (rules) => this.#news.noteRules(participants.rules, rules));
    signaling.on("order", (order) => this.#noteOrder(order));
    signaling.on("decided", (decided) => this.#news.noteDecided(decided));
    signaling.on("lobby", (knocks) => {
      this.orders.learn({ knocks: new Set(knocks.map(({ id }) => id)) });
      this.emit("change");
    });
    signaling.on("failed", (error) => this.orders.fail(error));
    this.orders.on("refused", (orders, error) => {
      const [first] = orders;
      for (const { type } of orders) this.#obeying.giveUp(type);
      if (first) {
        this.#told.tell([{ text: whyRefused(error, first.type, this.#circle().isHost), isMine: true }]);
      }
    });
    this.orders.on("lost", (orders) => {
      for (const { type } of orders) {
        if (type === "unmute" || type === "start-camera") this.#obeying.lose(type);
      }
    });
    this.#parts.devices.on("change", () => this.#obeying.lookAtScreen());
    signaling.on("roster", (roster) => this.#noteRoster(roster));
    this.#noteRoster({ participants: participants.inside, rules: participants.rules });
  }

  /** @param {Pick<import("./roster.js").Roster, "participants" | "rules">} roster */
  #noteRoster({ participants, rules }) {
    const { me } = this.#call.participants;
    this.orders.learn({ participants, rules });
    if (me) this.#obeying.look(participants.get(me), rules);
    if (this.#news.look(rules)) this.emit("change");
  }

  /** @param {import("./messages.js").Order} order */
  #noteOrder(order) {
    const { me } = this.#call.participants;
    if (order.by === me) this.orders.note(order);
    if (order.order === "ask-unmute" && order.participants.includes(me)) this.#obeying.ask();
    this.#news.noteOrder(order);
  }

  /** @returns {import("./hosting/words.js").Circle} */
  #circle() {
    const { me, inside } = this.#call.participants;
    return {
      me,
      isHost: inside.get(me)?.role === "host",
      sharesSound: this.#parts.devices.sharesSound,
      name: (id) => inside.get(id)?.name ?? "",
      roleOf: (id) => inside.get(id)?.role ?? "",
    };
  }

  /** What hosts decide about me, and about all. @param {import("./state.js").Person[]} people @returns {CallState["hosting"]} */
  #hosting(people) {
    const { me, inside, rules } = this.#call.participants;
    const mine = inside.get(me);
    const drawn = people.find(({ self }) => self);
    return {
      isHost: mine?.role === "host",
      may: {
        share: may(mine, rules, "share"),
        chat: may(mine, rules, "chat"),
        unmute: this.#obeying.mayUnmute,
        rename: may(mine, rules, "rename"),
      },
      muted: drawn?.muted ?? null,
      stopped: drawn?.stopped ?? null,
      asked: this.#obeying.isAsked ? { by: this.#news.asker } : null,
      rule: this.#news.rule,
      ending: this.#news.ending,
    };
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
    const { me, inOrder, rules, presence, voices, qualities } = participants;
    const known = { me, participants: inOrder, rules, presence, voices, qualities };
    const people = everybody({ ...known, mesh: this.#parts.mesh, myself, audibility: this.#audibility });
    const pairs = this.#audibility.judge(me, participants.links(), inOrder);
    return { people: this.#capabilities.mark(people), pairs };
  }
}
