// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter, Latest } from "../lib/events.js";
import { Door } from "./door.js";
import { Participants } from "./participants.js";
import { Myself } from "./presence.js";

/**
 * @typedef {import("./messages.js").Welcome} Welcome
 * @typedef {import("./state.js").Problem} Problem
 * @typedef {import("./state.js").EndReason} EndReason
 * @typedef {import("./state.js").CallState} CallState
 *
 * What is drawn of a call to everybody, inside or not; `knocks` are all of them.
 * @typedef {Omit<CallState, keyof typeof NOBODY>} Outside
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
 * @property {import("./media/sender.js").Passage} passage
 * @property {(draw: () => void) => void} frame  calls when it is time to draw
 * @property {Pick<import("./state.js").RoomInfo, "door" | "opens_in">} [room]  how the door stands, as the page says
 */

/** Before a door that is shut nothing is said of what holds inside. @type {CallState["rules"]} */
const UNSAID = {
  access: "anyone",
  lobby: false,
  locked: false,
  share: true,
  chat: true,
  unmute: true,
  record: true,
  rename: true,
  spotlight: null,
  ends_in: null,
};
// What there is to draw while the room is not here.
const NOBODY = {
  /** @type {CallState["people"]} */
  people: [],
  /** @type {CallState["pairs"]} */
  pairs: [],
  /** @type {CallState["panel"]} */
  panel: "",
  extras: 0,
  /** @type {CallState["hosting"]} */
  hosting: {
    isHost: false,
    may: { share: true, chat: true, unmute: true, rename: true },
    muted: null,
    stopped: null,
    asked: null,
    rule: "",
    ending: null,
  },
  /** @type {CallState["notice"]} */
  notice: { kind: "", people: [], unseen: { names: [], all: false, held: false }, flood: null },
};

/**
 * @typedef {object} CallEvents
 * @property {[state: CallState]} change
 * @property {[level: number]} level  how loud I am, from 0 to 1
 */

/** One person's call, from prejoin to the goodbye: its phases, and the state that is drawn. @extends {Emitter<CallEvents>} */
export class Call extends Emitter {
  /** What I show. */
  myself;
  /** Those inside. */
  participants;
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
  #name = "";
  #soundBlocked = false;
  #duplicate = false;
  #door;
  /** What comes with the room. @type {import("./inside.js").Inside | null} */
  #inside = null;
  #isDrawing = false;
  #drawn = new Latest();

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
    parts.devices.on("track", (slot, track) => parts.mesh.setTrack(slot, track));
    this.myself = new Myself(parts);
    this.participants = new Participants(parts, this.myself);
    this.#door = new Door(parts.clock);
    if (parts.room) this.#door.meet(parts.room.door, parts.room.opens_in);
    this.#listenToRoom();
    this.#listenToPeople();
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

  /** The room has come, and what is drawn of those inside with it. @param {import("./inside.js").Inside} inside */
  attach(inside) {
    this.#inside = inside;
    // What is typed or pressed next is meant for what is open by then.
    inside.on("open", () => this.#show());
    inside.on("change", () => this.#draw());
    this.#draw();
  }

  get phase() {
    return this.#phase;
  }

  /** Whether the server is there. */
  get isReached() {
    return this.#reached;
  }

  /** What stands in the way of being heard. */
  get circumstances() {
    return { isBlocked: this.#soundBlocked, isDuplicate: this.#duplicate };
  }

  /** I wait to be let in no more. */
  stopWaiting() {
    this.#parts.memory.forgetVisit();
    this.#parts.signaling.withdraw();
    this.#stayOutside(this.#reached ? "" : this.#problem);
  }

  /** The network may be another one now, or the page has slept. */
  check() {
    this.#parts.signaling.check();
    this.#parts.mesh.moved();
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

  #listenToRoom() {
    const { signaling, mesh } = this.#parts;
    signaling.on("ready", (ready) => {
      this.#door.capacity = ready.room.capacity;
      // Whether I am inside still is what `welcome` or `waiting` tells; until then nothing is taken away.
      if (this.participants.me && ready.door !== "open") return;
      this.#renew(ready);
      this.#door.meet(ready.door, ready.opens_in);
      this.#door.watch(ready.opens_in);
      mesh.wait(ready.early ? ready.me : "", ready.room.capacity);
    });
    signaling.on("ice-servers", (fresh) => this.#renew(fresh));
    this.#door.on("look", () => signaling.lookAgain());
    signaling.on("waiting", (waiting) => this.#wait(waiting));
    signaling.on("lobby", (knocks) => {
      this.#door.knocks = knocks;
      this.#draw();
    });
    signaling.on("welcome", (welcome) => this.#enter(welcome));
    signaling.on("signal", (signal) => mesh.receive(signal));
    signaling.on("moved", () => mesh.moved());
    signaling.on("roster", (roster) => {
      this.participants.renew(roster);
      this.#answerTo(roster.participants.get(this.participants.me)?.name);
      this.#draw();
    });
    signaling.on("reach", (reached, isCrowded = false) => {
      this.#reached = reached;
      mesh.reach(reached);
      if (this.#phase !== "joined") this.#problem = reached ? "" : isCrowded ? "crowded" : "offline";
      if (!reached) this.participants.pause();
      this.#draw();
    });
    signaling.on("refused", () => this.#stayOutside("failed"));
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
    if (this.participants.me) this.#stepOut();
    this.#door.meet(door, opens_in);
    this.#door.wait(host);
    mesh.wait("", this.#door.capacity);
    // Until they come anew nobody outside is given any, so nobody asks for them.
    this.#renew({ ice_servers: [], ice_expires_in: null });
    // After a reload this page asks again by itself.
    memory.keepVisit({ token: "", me: "", ...memory.visit, name: this.#name });
    this.#draw();
  }

  /** My seat is lost, and I wait to be let in like anybody else: nothing of mine goes to the others until then. */
  #stepOut() {
    this.#phase = "joining";
    this.#since = null;
    this.participants.leave();
    this.#inside?.leave();
    this.#door.knocks = [];
  }

  /** @param {Welcome} welcome */
  #enter({ me, token, resumed }) {
    const { memory, talk } = this.#parts;
    const earlier = memory.visit;
    this.participants.enter(me);
    this.#phase = "joined";
    this.myself.resume((resumed && earlier?.me === me && earlier.hand) || 0);
    const { hand } = this.myself;
    this.#door.pass();
    this.#since ??= Date.now();
    memory.keepVisit({ token, name: this.#name, me, hand });
    talk.begin(me, memory.said(me));
  }

  /** I am called so now, by my own word or a host's, and come back by it. @param {string} [name] */
  #answerTo(name) {
    if (this.#phase !== "joined" || !name || name === this.#name) return;
    const { memory, signaling } = this.#parts;
    this.#name = name;
    signaling.rename(name);
    if (memory.visit) memory.keepVisit({ ...memory.visit, name });
  }

  #listenToPeople() {
    const { mesh, levels, speakers, talk, tabs, uplink } = this.#parts;
    this.myself.on("change", () => this.#draw());
    levels.on("level", (level) => this.emit("level", level));
    this.participants.on("change", () => this.#draw());
    this.participants.on("open", (id) => talk.catchUp(id));
    this.participants.on("writer", (id) => {
      if (mesh.connection(id)?.isOpen) talk.catchUp(id);
    });
    mesh.on("doubt", () => this.#parts.signaling.doubt());
    mesh.on("message", (id, message) => {
      if (!message.type.includes("chat")) return;
      talk.receive({ id, name: this.participants.inside.get(id)?.name ?? "" }, message);
    });
    talk.settleIn({
      me: () => ({ id: this.participants.me, name: this.#name }),
      others: () => this.participants.others(),
      passers: () => this.participants.passers(),
      mayWrite: (id) => this.participants.mayWrite(id),
    });
    talk.on("keep", (said) => this.#parts.memory.keepSaid(this.participants.me, said));
    talk.on("change", () => this.#draw());
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

  /** @param {Problem} problem */
  #stayOutside(problem) {
    this.#phase = "prejoin";
    this.#door.turnAway();
    this.#problem = problem;
    this.#parts.tabs.leave();
    this.#draw();
  }

  /** @param {EndReason} reason */
  #end(reason) {
    const { mesh, ice, devices, speakers, levels, memory, tabs, talk } = this.#parts;
    this.#phase = "ended";
    this.#reason = reason;
    this.#door.close();
    mesh.close();
    ice.close();
    devices.close();
    speakers.close();
    levels.close();
    talk.close();
    tabs.leave();
    this.participants.pause();
    memory.forgetVisit();
    this.myself.close();
    this.#inside?.close();
    this.#draw();
  }

  /** Once for all that happens between two frames. */
  #draw() {
    // Offers and answers go first: drawing the room for the first time takes longer than all of them.
    if (this.#isDrawing || this.participants.isBusy) return;
    this.#isDrawing = true;
    this.#parts.frame(() => {
      this.#isDrawing = false;
      if (!this.participants.isBusy) this.#show();
    });
  }

  #show() {
    const outside = this.#outside();
    const state = this.#inside?.look(outside) ?? { ...outside, ...NOBODY, knocks: [] };
    const { chat, ...rest } = state;
    const isNew = this.#drawn.isNew([rest, chat.revision]);
    if (isNew) this.emit("change", state);
  }

  /** @returns {Outside} */
  #outside() {
    const { state: door, knocks, capacity } = this.#door;
    const { me, visitors, inOrder, rules } = this.participants;
    return {
      phase: this.#phase,
      ready: this.#reached,
      reason: this.#reason,
      problem: this.#problem,
      me,
      since: this.#since,
      visitors,
      inside: inOrder.map(({ name }) => name),
      door,
      knocks,
      rules: rules ?? UNSAID,
      capacity,
      mine: this.myself.mine,
      picture: this.myself.pictures.camera,
      chat: this.#parts.talk.state,
    };
  }
}
