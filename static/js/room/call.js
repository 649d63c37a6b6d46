import { Emitter } from "../lib/events.js";
import { isShown } from "./media/budget.js";
import { Doorway } from "./doorway.js";
import { Myself, Presence } from "./presence.js";
import { inOrder, LinkReport, linksTo } from "./roster.js";
import { Voices } from "./voices.js";

/**
 * @typedef {import("./messages.js").Shown} Shown
 * @typedef {import("./messages.js").Carry} Carry
 * @typedef {import("./messages.js").Welcome} Welcome
 * @typedef {import("./roster.js").Roster} Roster
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("./state.js").Pair} Pair
 * @typedef {import("./state.js").Panel} Panel
 * @typedef {import("./state.js").Problem} Problem
 * @typedef {import("./state.js").EndReason} EndReason
 * @typedef {import("./state.js").CallState} CallState
 *
 * @typedef {object} Parts  what a call is made of; main.js puts it together
 * @property {import("./signaling.js").Signaling} signaling
 * @property {import("./rtc/mesh.js").Mesh} mesh
 * @property {import("./rtc/ice.js").IceServers} ice
 * @property {import("./media/devices.js").Devices} devices
 * @property {import("./media/speakers.js").Speakers} speakers
 * @property {import("./media/levels.js").Levels} levels
 * @property {import("./media/budget.js").Uplink} uplink
 * @property {import("./chat/early.js").EarlyTalk} talk
 * @property {import("./browser.js").Tabs} tabs
 * @property {import("./browser.js").Memory} memory
 * @property {import("../lib/timing.js").Clock} clock
 * @property {(draw: () => void) => void} frame  calls when it is time to draw
 * @property {Pick<import("./state.js").RoomInfo, "door" | "opens_in">} [room]  how the door stands, as the page says
 */

// Of whom a host is told although the room was not there yet.
const MOST_EARLY_FLOODS = 20;
/** @type {CallState["notice"]} */
const NO_NOTICE = { kind: "", people: [], unseen: { names: [], all: false, held: false }, flood: null };
/** @type {Shown} */
const NOTHING = {
  microphone: false,
  silenced: false,
  camera: false,
  screen: false,
  hand: false,
  speaking: false,
  held: "",
  strained: false,
};

/**
 * @typedef {object} CallEvents
 * @property {[state: CallState]} change
 * @property {[level: number]} level  how loud I am, from 0 to 1
 * @property {[line: import("./state.js").ChatLine]} written  somebody wrote, and the chat is not open
 * @property {[id: string]} open  messages can be sent to them now
 * @property {[id: string, message: Carry | import("./messages.js").Carried]} carry  I am to pass voices on to somebody, or they do so for me
 */

/** One person's call, from prejoin to the goodbye: owns the state, and carries news between its parts. @extends {Emitter<CallEvents>} */
export class Call extends Emitter {
  /** What I show. */
  myself;
  #parts;
  /** @type {CallState["phase"]} */
  #phase = "prejoin";
  /** @type {EndReason} */
  #reason = "left";
  /** @type {Problem} */
  #problem = "";
  #reached = false;
  /** @type {number | null} */
  #since = null;
  #me = "";
  #name = "";
  /** @type {Roster} */
  #roster = { rev: 0, participants: new Map() };
  #presence;
  #voices;
  /** @type {ReadonlyMap<string, Person["quality"]>} */
  #qualities = new Map();
  #visitors = 0;
  /** What each of them has asked me last. @type {Map<string, Carry>} */
  #carries = new Map();
  /** @type {Person[]} */
  #people = [];
  /** @type {Panel} */
  #panel = "";
  #unread = 0;
  #soundBlocked = false;
  #duplicate = false;
  #doorway;
  /** What I, a host, have asked for. @type {import("./orders.js").Orders | null} */
  #orders = null;
  /** @type {import("./notices.js").Notices | null} */
  #notices = null;
  #notice = NO_NOTICE;
  /** Who was let go of before there was anything to tell it with. @type {import("./floods.js").Cut[]} */
  #earlyFloods = [];
  /** @type {typeof import("./people.js").everybody | null} */
  #everybody = null;
  /** @type {import("./hearing.js").Hearing | null} */
  #hearing = null;
  /** @type {import("./capabilities.js").Capabilities | null} */
  #capabilities = null;
  #report;
  /** Who hears whom, as it is drawn. @type {Pair[]} */
  #pairs = [];
  #announced = JSON.stringify(NOTHING);
  #isDrawing = false;
  #drawn = "";
  /** How many updates of the mesh are still busy with offers and answers. */
  #offering = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    parts.devices.on("track", (slot, track) => parts.mesh.setTrack(slot, track));
    this.myself = new Myself(parts);
    this.#presence = new Presence(parts.clock.now);
    this.#voices = new Voices({ ...parts, now: parts.clock.now, says: (id) => this.#presence.of(id) });
    this.#report = new LinkReport(parts.clock, (links) => parts.signaling.send({ type: "links", links }));
    this.#doorway = new Doorway(parts.clock);
    if (parts.room) this.#doorway.meet(parts.room.door, parts.room.opens_in);
    this.#listenToRoom();
    this.#listenToPeople();
    this.#listenToMe();
  }

  /** Opens everything that does not need the click. Done when it is decided which devices there are. */
  start() {
    this.#parts.signaling.open();
    const settled = this.myself.start().finally(() => this.#parts.mesh.settle());
    this.#draw();
    return settled;
  }

  /** @param {string} name */
  join(name) {
    if (this.#phase !== "prejoin") return;
    const { signaling, levels, memory, tabs } = this.#parts;
    this.#phase = "joining";
    this.#name = name;
    if (this.#problem !== "offline" && this.#problem !== "crowded") this.#problem = "";
    signaling.join(name, memory.visit?.token ?? null);
    levels.wake();
    void tabs.enter();
    this.#draw();
  }

  /** @param {string} text */
  say(text) {
    this.#parts.talk.write(text);
  }

  /** Opens a panel, or with "" closes the one that is open. @param {Panel} panel */
  open(panel) {
    this.#panel = panel;
    if (this.#panel === "chat") this.#unread = 0;
    this.#draw();
  }

  /**
   * What comes with the room, since nobody outside it asks for anything, nor is told what concerns all of it.
   *
   * @param {object} inside
   * @param {import("./orders.js").Orders} inside.orders
   * @param {import("./notices.js").Notices} inside.notices
   * @param {import("./hearing.js").Hearing} inside.hearing
   * @param {import("./capabilities.js").Capabilities} inside.capabilities
   * @param {typeof import("./people.js").everybody} inside.everybody  puts together who is drawn
   */
  attach({ orders, notices, hearing, capabilities, everybody }) {
    this.#everybody = everybody;
    this.#orders = orders;
    this.#notices = notices;
    this.#hearing = hearing;
    this.#capabilities = capabilities;
    for (const [id, { state }] of this.#presence.heard) hearing.hear(id, state.links);
    for (const part of [orders, notices, hearing, capabilities]) part.on("change", () => this.#draw());
    orders.reach(this.#reached, this.#me !== "");
    for (const cut of this.#earlyFloods.splice(0)) notices.flood(cut, this.#roster.participants);
    this.#draw();
  }

  /** I wait to be let in no more. */
  stopWaiting() {
    this.#parts.memory.forgetVisit();
    this.#parts.signaling.withdraw();
    this.#stayOutside(this.#reached ? "" : this.#problem);
  }

  /** Somebody is at the door: a sound. */
  ring() {
    void this.#parts.speakers.ring();
  }

  /** What the button of the notice does. */
  act() {
    const { kind, flood } = this.#notice;
    if (kind === "sound-blocked") void this.#parts.speakers.unblock();
    if (kind === "muted-talking") this.myself.toggle("microphone");
    if (kind === "duplicate") this.leave();
    if (kind === "apart") this.open("people");
    if (kind === "flood") this.#notices?.putAway(flood?.id ?? "");
    if (kind === "slow-device") this.#parts.uplink.insist();
    this.#draw();
  }

  /** The network may be another one now, or the page has slept. */
  check() {
    this.#parts.signaling.check();
    this.#parts.mesh.moved();
  }

  /** Nothing comes on any link: finds out whether the server is there. */
  doubt() {
    this.#parts.signaling.check();
  }

  leave() {
    this.#parts.mesh.broadcast({ type: "bye" });
    this.#parts.signaling.leave();
  }

  /** The page goes away by itself: tells everybody sooner than the network would. */
  vanish() {
    this.#parts.mesh.sayBye();
    this.#parts.signaling.vanish();
  }

  /**
   * How good the links are, and whether this device keeps up with them.
   *
   * @param {ReadonlyMap<string, Person["quality"]>} qualities
   * @param {boolean} [strained]
   */
  rate(qualities, strained = false) {
    this.#qualities = qualities;
    this.myself.strained = strained;
    this.#announce();
    this.#draw();
  }

  /** Voices that come by somebody else now. @param {ReadonlyMap<string, import("./voices.js").Carried>} voices */
  hearBy(voices) {
    this.#voices.carried = voices;
    this.#announce();
    this.#draw();
  }

  /** Who hears this participant and me, best first; of whom I hear nothing, only where there is nobody else. @param {string} id */
  thirds(id) {
    return this.#hearing?.bestThirds(id, this.#links(), this.#inOrder(), this.#qualities) ?? [];
  }

  /** Whose voices each of those inside has asked me for last. @returns {ReadonlyMap<string, Carry>} */
  get carries() {
    return this.#carries;
  }

  /** What each of those inside has said of themselves last. */
  get heard() {
    return this.#presence.heard;
  }

  /** Somebody is in front of the page. */
  stir() {
    this.#parts.mesh.stir();
  }

  #listenToRoom() {
    const { signaling, mesh } = this.#parts;
    signaling.on("ready", (ready) => {
      this.#doorway.capacity = ready.room.capacity;
      this.#learnRules(ready.room);
      // Whether I am inside still is what `welcome` or `waiting` tells; until then nothing is taken away.
      if (this.#me && ready.door !== "open") return;
      this.#renew(ready);
      this.#doorway.meet(ready.door, ready.opens_in);
      this.#doorway.watch(ready.opens_in);
      mesh.wait(ready.early ? ready.me : "", ready.room.capacity);
    });
    signaling.on("ice-servers", (fresh) => this.#renew(fresh));
    this.#doorway.on("look", () => signaling.lookAgain());
    signaling.on("waiting", (waiting) => this.#wait(waiting));
    signaling.on("lobby", (knocks) => {
      this.#doorway.knocks = knocks;
      this.#orders?.meet(knocks);
      this.#draw();
    });
    signaling.on("flooded", ({ participant: id, name, by }) => this.#noteFlood({ id, name, by }));
    signaling.on("rules", (rules) => {
      this.#learnRules(rules);
      this.#draw();
    });
    signaling.on("welcome", (welcome) => this.#enter(welcome));
    signaling.on("signal", (signal) => mesh.receive(signal));
    signaling.on("moved", () => mesh.moved());
    signaling.on("roster", (roster) => {
      this.#roster = roster;
      this.#keep(roster.participants);
      if (this.#me) void this.#connect(roster);
      else mesh.prepare(roster);
      this.#giveWay();
      this.#draw();
    });
    signaling.on("reach", (reached, isCrowded = false) => {
      this.#reached = reached;
      mesh.reach(reached);
      if (this.#phase !== "joined") this.#problem = reached ? "" : isCrowded ? "crowded" : "offline";
      this.#orders?.reach(reached, this.#me !== "");
      if (!reached) this.#report.pause();
      this.#draw();
    });
    signaling.on("refused", () => this.#stayOutside("failed"));
    signaling.on("failed", (error) => {
      this.#orders?.fail(error);
      this.#draw();
    });
    signaling.on("end", (reason) => {
      if ((reason === "full" || reason === "elsewhere") && this.#phase === "joining") {
        this.#stayOutside(reason);
      } else this.#end(reason);
    });
  }

  /** @param {Pick<import("./messages.js").Ready, "ice_servers" | "ice_expires_in">} fresh */
  #renew({ ice_servers, ice_expires_in }) {
    this.#parts.ice.update(ice_servers, ice_expires_in);
    this.#parts.mesh.renew();
  }

  /** @param {import("./messages.js").Waiting} waiting */
  #wait({ door, host, opens_in }) {
    const { memory, mesh } = this.#parts;
    if (this.#me) this.#stepOut();
    this.#doorway.meet(door, opens_in);
    this.#doorway.wait(host);
    mesh.wait("", this.#doorway.capacity);
    // Until they come anew nobody outside is given any, so nobody asks for them.
    this.#renew({ ice_servers: [], ice_expires_in: null });
    // After a reload this page asks again by itself.
    memory.keepVisit({ token: "", me: "", ...memory.visit, name: this.#name });
    this.#draw();
  }

  /** My seat is lost, and I wait to be let in like anybody else: nothing of mine goes to the others until then. */
  #stepOut() {
    this.#phase = "joining";
    this.#me = "";
    this.#since = null;
    this.#panel = "";
    this.#roster = { rev: 0, participants: new Map() };
    this.#parts.mesh.close();
    this.#keep(this.#roster.participants);
    this.hearBy(new Map());
    this.#report.pause();
    this.#notices?.forget();
    this.#earlyFloods = [];
    this.#orders?.forget();
    this.#capabilities?.close();
    this.#doorway.knocks = [];
  }

  /** @param {CallState["rules"]} rules */
  #learnRules(rules) {
    this.#doorway.learn(rules);
    this.#orders?.learn(rules.lobby);
  }

  /** @param {Welcome} welcome */
  #enter({ me, token, resumed }) {
    const { memory, talk } = this.#parts;
    const earlier = memory.visit;
    this.#me = me;
    this.#phase = "joined";
    this.myself.resume((resumed && earlier?.me === me && earlier.hand) || 0);
    const { hand } = this.myself;
    this.#doorway.pass();
    this.#since ??= Date.now();
    memory.keepVisit({ token, name: this.#name, me, hand });
    talk.begin(me, memory.said(me));
    this.#report.begin();
  }

  /** These are inside, and what is known of anybody else is forgotten. @param {Roster["participants"]} inside */
  #keep(inside) {
    for (const part of [this.#presence, this.#voices, this.#hearing, this.#orders]) part?.keep(inside);
    for (const id of this.#carries.keys()) if (!inside.has(id)) this.#carries.delete(id);
  }

  /** @param {Roster} roster */
  async #connect(roster) {
    this.#offering += 1;
    try {
      await this.#parts.mesh.update(this.#me, roster);
    } finally {
      // Whatever became of the offers, the page goes on.
      this.#offering -= 1;
      this.#draw();
    }
  }

  #listenToPeople() {
    const { mesh, levels, speakers, talk, tabs, uplink } = this.#parts;
    this.#voices.on("speech", () => this.#giveWay());
    mesh.on("change", (id) => {
      if (mesh.link(id)?.state === "shut") this.#lower(id);
      this.#voices.play(id);
      this.#report.update(this.#links({ withLeft: true }));
      this.#announce();
      this.#draw();
    });
    mesh.on("visitors", (visitors) => {
      this.#visitors = visitors;
      this.#draw();
    });
    mesh.on("flood", (id) => {
      if (this.#phase !== "joined") return;
      this.#parts.signaling.send({ type: "flooded", participant: id });
      this.#noteFlood({ id, name: "", by: this.#me });
    });
    mesh.on("doubt", () => this.#parts.signaling.doubt());
    mesh.on("open", (id) => {
      mesh.send(id, {
        type: "state",
        ...this.myself.shown,
        hand_for: this.myself.handFor,
        links: this.#links(),
      });
      talk.catchUp(id);
      this.emit("open", id);
    });
    mesh.on("message", (id, message) => {
      if (message.type === "state") this.#hear(id, message);
      else if (message.type === "carry" || message.type === "carried") this.#carry(id, message);
      else if (message.type.startsWith("chat")) {
        talk.receive({ id, name: this.#roster.participants.get(id)?.name ?? "" }, message);
      } else this.#capabilities?.receive(id, message);
    });
    talk.settleIn({
      me: () => ({ id: this.#me, name: this.#name }),
      others: () => this.#others(),
      passers: () => this.#hearing?.passers(this.#links(), this.#inOrder()) ?? new Map(),
    });
    talk.on("keep", (said) => this.#parts.memory.keepSaid(this.#me, said));
    talk.on("change", (line) => {
      if (line && this.#panel !== "chat") {
        this.#unread += 1;
        this.emit("written", line);
      }
      this.#draw();
    });
    levels.on("voice", (key, speaking) => {
      this.#voices.hear(key, speaking);
      this.#draw();
    });
    uplink.on("screen", () => this.#draw());
    speakers.on("blocked", (blocked) => {
      this.#soundBlocked = blocked;
      if (!blocked) levels.wake();
      this.#draw();
    });
    tabs.on("other", (isThere) => {
      this.#duplicate = isThere;
      speakers.mute(isThere);
      if (isThere) void this.#parts.devices.turn("microphone", false);
      this.#draw();
    });
  }

  /** @param {string} id @param {Carry | import("./messages.js").Carried} message */
  #carry(id, message) {
    if (message.type === "carry") this.#carries.set(id, message);
    this.emit("carry", id, message);
  }

  /** Everybody else in the room, and whether they can speak to me themselves. */
  #others() {
    const others = [...this.#roster.participants.values()].filter(({ id }) => id !== this.#me);
    return others.map(({ id, name }) => ({
      id,
      name,
      isReached: this.#parts.mesh.link(id)?.isOpen ?? false,
    }));
  }

  /** @param {string} id @param {import("./messages.js").StateMessage} message */
  #hear(id, message) {
    this.#presence.hear(id, message);
    this.#hearing?.hear(id, message.links);
    this.#capabilities?.hear(id, message, this.#parts.clock.now());
    this.#voices.play(id);
    this.#draw();
  }

  /** Nothing is heard of them any more: a hand that nobody can take down goes down. @param {string} id */
  #lower(id) {
    this.#presence.lower(id);
    this.#capabilities?.hear(id, { hand: false }, this.#parts.clock.now());
  }

  /** In a large room only those who spoke last are seen. */
  #giveWay() {
    this.#parts.uplink.yield(this.#me !== "" && !isShown(this.#inOrder(), this.#voices.spoke, this.#me));
  }

  #listenToMe() {
    const { levels } = this.#parts;
    this.myself.on("toggle", () => this.#notices?.calm());
    this.myself.on("change", () => {
      this.#announce();
      this.#draw();
    });
    levels.on("level", (level) => this.emit("level", level));
    levels.on("speaking", (isSpeaking) => {
      if (isSpeaking) this.#remind();
      if (this.myself.shown.speaking) this.#voices.note(this.#me);
      this.#announce();
      this.#draw();
    });
  }

  #remind() {
    const { on } = this.#parts.devices.source("microphone");
    if (this.#phase !== "joined" || on || this.#duplicate) return;
    this.#notices?.remind();
  }

  /** @param {import("./floods.js").Cut} cut */
  #noteFlood(cut) {
    if (this.#notices) this.#notices.flood(cut, this.#roster.participants);
    else if (this.#earlyFloods.length < MOST_EARLY_FLOODS) this.#earlyFloods.push(cut);
  }

  /** @param {Problem} problem */
  #stayOutside(problem) {
    this.#phase = "prejoin";
    this.#doorway.turnAway();
    this.#problem = problem;
    this.#parts.tabs.leave();
    this.#draw();
  }

  /** @param {EndReason} reason */
  #end(reason) {
    const { mesh, ice, devices, speakers, levels, memory, tabs, talk } = this.#parts;
    this.#phase = "ended";
    this.#reason = reason;
    this.#doorway.close();
    mesh.close();
    ice.close();
    devices.close();
    speakers.close();
    levels.close();
    talk.close();
    tabs.leave();
    this.#hearing?.close();
    this.#report.pause();
    memory.forgetVisit();
    this.myself.close();
    this.#orders?.close();
    this.#notices?.close();
    this.#capabilities?.close();
    this.#draw();
  }

  /** Once for all that happens between two frames. */
  #draw() {
    // Offers and answers go first: drawing the room for the first time takes longer than all of them.
    if (this.#isDrawing || this.#offering > 0) return;
    this.#isDrawing = true;
    this.#parts.frame(() => {
      this.#isDrawing = false;
      if (this.#offering > 0) return;
      this.#look();
      const rest = this.#state();
      this.#notice = this.#notices?.look(rest, this.#circumstances()) ?? NO_NOTICE;
      const state = { ...rest, notice: this.#notice };
      const drawn = fingerprint(state, this.#parts.talk.revision);
      if (drawn !== this.#drawn) this.emit("change", state);
      this.#drawn = drawn;
    });
  }

  /** Who is there to be drawn, and who of them hears whom. */
  #look() {
    this.#people = [];
    this.#pairs = [];
    if (this.#phase !== "joined" || !this.#hearing || !this.#everybody || !this.#capabilities) return;
    const known = { me: this.#me, participants: this.#inOrder(), qualities: this.#qualities };
    const { myself } = this;
    const everybody = this.#everybody({
      ...known,
      mesh: this.#parts.mesh,
      myself,
      presence: this.#presence,
      voices: this.#voices,
      hearing: this.#hearing,
    });
    this.#people = this.#capabilities.mark(everybody);
    this.#pairs = this.#hearing.judge(this.#me, this.#links(), known.participants);
  }

  /** Tells the others what has changed about me. */
  #announce() {
    const state = { ...this.myself.shown, links: this.#links() };
    const text = JSON.stringify(state);
    if (text === this.#announced) return;
    this.#announced = text;
    this.#parts.mesh.broadcast({ type: "state", ...state, hand_for: this.myself.handFor });
  }

  #circumstances() {
    return { isBlocked: this.#soundBlocked, isDuplicate: this.#duplicate, inside: this.#roster.participants };
  }

  /** @returns {import("./notices.js").Drawn} */
  #state() {
    const { talk } = this.#parts;
    const { door, knocks, rules, capacity } = this.#doorway;
    return {
      phase: this.#phase,
      ready: this.#reached,
      reason: this.#reason,
      problem: this.#problem,
      me: this.#me,
      since: this.#since,
      people: this.#people,
      visitors: this.#visitors,
      inside: this.#inOrder().map(({ name }) => name),
      door,
      knocks: this.#phase === "joined" ? knocks.filter(({ id }) => !this.#orders?.hasAnswered(id)) : [],
      rules: { ...rules, lobby: this.#orders?.lobby ?? rules.lobby },
      capacity,
      mine: this.myself.mine,
      picture: this.myself.pictures.camera,
      messages: talk.lines,
      panel: this.#panel,
      unread: this.#unread,
      pairs: this.#pairs,
    };
  }

  #inOrder() {
    return inOrder(this.#roster);
  }

  /** How my links are, by whom they lead to. @param {{withLeft?: boolean}} [options]  as in `linksTo` */
  #links({ withLeft = false } = {}) {
    return linksTo(this.#roster.participants.keys(), {
      stateOf: (id) => this.#parts.mesh.link(id)?.state,
      isCarried: (id) => this.#voices.carried.has(id),
      withLeft,
    });
  }
}

/**
 * Two states with the same fingerprint look the same.
 *
 * @param {CallState} state
 * @param {number} revision  of the messages
 */
function fingerprint({ messages, ...rest }, revision) {
  const streams = JSON.stringify(rest, (_, value) => (value instanceof MediaStream ? value.id : value));
  return `${messages.length} ${revision} ${streams}`;
}
