// Long, since each module that the page needs before the click is a request (docs/development.md).
import { Emitter } from "../lib/events.js";
import { backoff, Timer } from "../lib/timing.js";
import { RosterKeeper } from "./roster.js";

/**
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").IncomingSignal} IncomingSignal
 * @typedef {import("./messages.js").Ready} Ready
 * @typedef {import("./messages.js").Welcome} Welcome
 * @typedef {import("./roster.js").Roster} Roster
 * @typedef {import("./state.js").EndReason} EndReason
 * @typedef {import("../lib/timing.js").Clock} Clock
 */

const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;
// Where the network is in doubt, a socket that is alive answers sooner than this.
const PONG_SOON = 2_000;
// One that was prompt before is so after a change, too: it has so many times as long, and no less than this.
const PROMPT_PONG = 700;
const PATIENCE = 4;
const OPEN_WITHIN = 10_000;
// One that was begun on another network may lead nowhere; signs of that may be many, and false, so each next one has longer.
const OPEN_SOON = 2_500;
const SYNC_AGAIN = 5_000;
// Whoever is in a call is back soon after the server is, as long as it may be a restart (milliseconds, tries).
const LONGEST_PAUSE = 2_000;
const SOON_TRIES = 40;
// Whoever talked too much is let in again only after so long; their media do not mind.
const TOO_FAST = 4429;
const TOO_FAST_PAUSE = 30_000;
// The browser's own 1001 does not come from a page that is slow to end: then its process is killed first.
const GOING_AWAY = 4001;

/**
 * Why the server closes for good; any other code is an accident, and worth another try. So is 4412: the session
 * has ended, but the browser may have a newer one, and if not, the answer is 4401.
 *
 * @type {Record<number, EndReason>}
 */
const END_BY_CODE = {
  4400: "protocol",
  4401: "session",
  4403: "forbidden",
  4404: "not-found",
  4408: "replaced",
  4409: "full",
  4410: "ended",
};
/** The word of `bye` is more exact than the code. @type {Record<string, EndReason>} */
const END_BY_WORD = {
  removed: "removed",
  cancelled: "cancelled",
  refused: "refused",
  elsewhere: "elsewhere",
};

/**
 * @typedef {object} SignalingEvents
 * @property {[ready: Ready]} ready  may enter; not yet in
 * @property {[waiting: import("./messages.js").Waiting]} waiting  asked to be let in, and has to wait
 * @property {[knocks: import("./messages.js").Knock[]]} lobby  for hosts: who waits to be let in
 * @property {[decided: import("./messages.js").Decided]} decided  for hosts: another one has let people in, or has not
 * @property {[flooded: import("./messages.js").Flooded]} flooded  for hosts: somebody has let go of a participant who sent too much
 * @property {[rules: import("./messages.js").RulesChanged]} rules  they are about to be others; which hold, the roster says
 * @property {[order: import("./messages.js").Order]} order  what a host has ordered, each once
 * @property {[welcome: Welcome]} welcome  in, or in again
 * @property {[roster: Roster]} roster
 * @property {[signal: IncomingSignal]} signal
 * @property {[message: import("./messages.js").IceServersMessage]} ice-servers
 * @property {[up: boolean, isCrowded?: boolean]} reach  whether the room can be reached: before joining and after; or too many ask at its door
 * @property {[]} moved  in again, after a socket that fell silent without being closed: the network may be another one
 * @property {[reason: EndReason]} end
 * @property {[error: string]} refused  the server did not take what was asked with `join`
 * @property {[error: string]} failed  the server did not take something else
 */

/**
 * The WebSocket to the room: opened before anybody joins, kept alive, opened again when it is lost. Knows the
 * roster, and nothing of connections between participants: these live on without it.
 *
 * @extends {Emitter<SignalingEvents>}
 */
export class Signaling extends Emitter {
  #address;
  #clock;
  #keeper = new RosterKeeper();
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {"connecting" | "ready" | "joining" | "waiting" | "joined" | "lost" | "ended"} */
  #state = "connecting";
  #tries = 0;
  #retry;
  #ping;
  #pong;
  #sync;
  /** @type {{name: string, token: string | null} | null} */
  #wanted = null;
  #fresh = true;
  #farewell = "";
  /** When the server was last asked something that it answers at once, and how long it then took. @type {number | null} */
  #askedAt = null;
  #roundTrip = PONG_SOON;
  #deadline = 0;
  #fellSilent = false;
  /** How often in a row the network changed while a socket was being opened. */
  #hurries = 0;
  /** The server wants to be left alone until the next try. */
  #isHeldOff = false;

  /** @type {import("./start/first.js").Opened | null} */
  #opened;
  /** What was asked on this socket before anybody listened. @type {import("./start/first.js").Opened["asked"]} */
  #asked = null;

  /**
   * @param {string} address
   * @param {Clock} clock
   * @param {import("./start/first.js").Opened | null} [opened]  a socket that was opened beforehand
   */
  constructor(address, clock, opened = null) {
    super();
    this.#address = address;
    this.#clock = clock;
    this.#opened = opened;
    this.#retry = new Timer(clock);
    this.#ping = new Timer(clock);
    this.#pong = new Timer(clock);
    this.#sync = new Timer(clock);
  }

  open() {
    this.#retry.cancel();
    this.#isHeldOff = false;
    const earlier = this.#opened;
    this.#opened = null;
    const socket = earlier?.socket ?? new WebSocket(this.#address);
    this.#socket = socket;
    this.#state = "connecting";
    // A network that swallows everything would keep us waiting for minutes.
    this.#giveTime(OPEN_WITHIN);
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket === this.#socket) this.#lose(code);
    });
    this.#asked = earlier?.asked ?? null;
    if (!earlier) return;
    earlier.isTaken = true;
    for (const data of earlier.heard) this.#receive(JSON.parse(data));
    if (earlier.closed !== null) this.#lose(earlier.closed);
  }

  /**
   * Goes in, now or as soon as the socket is ready.
   *
   * @param {string} name
   * @param {string | null} token  of an earlier visit of this page, to take the same seat
   */
  join(name, token) {
    this.#wanted = { name, token };
    if (this.#state === "ready") this.#join();
    if (this.#state === "ended") this.open();
  }

  /** I am called so from now on, also on the sockets to come. @param {string} name */
  rename(name) {
    if (this.#wanted) this.#wanted.name = name;
  }

  /** Whether it is on its way is known only when the other side answers. @param {ClientMessage} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Something about the network has changed: finds out now whether the socket is still alive. */
  check() {
    if (this.#state === "ended") return;
    if (this.#state === "lost") return this.#again();
    if (this.#state === "connecting") return this.#hurry();
    this.#inquire(Math.min(PONG_SOON, Math.max(PROMPT_PONG, PATIENCE * this.#roundTrip)));
  }

  /** A connection does badly, and it may be the network of this page: an attempt that is under way goes on. */
  doubt() {
    if (this.#state === "joined") this.#inquire(PONG_SOON);
  }

  /** Waits to be let in no more, and stands before the click again. */
  withdraw() {
    this.#wanted = null;
    this.send({ type: "leave" });
    this.#again();
  }

  /** Looks at the door again: it should be open by now. */
  lookAgain() {
    if (this.#state === "ready") this.#again();
  }

  leave() {
    this.send({ type: "leave" });
    this.#end("left");
  }

  /** The page goes away by itself, which is no lost socket. */
  vanish() {
    this.#socket?.close(GOING_AWAY);
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    this.#hear();
    if (message.type === "pong" || message.type === "welcome") this.#measure();
    switch (message.type) {
      case "ready":
        this.#state = "ready";
        this.#tries = 0;
        this.#keeper.reset(message);
        this.emit("ready", message);
        if (this.#wanted) this.#join();
        // Nor do connections wait for the answer to `join`, unless it gives an earlier seat back.
        if (!this.#wanted?.token) this.#announce();
        break;
      case "waiting":
        this.#state = "waiting";
        // Nobody outside keeps a connection.
        this.#fresh = true;
        this.emit("waiting", message);
        this.emit("reach", true);
        break;
      case "lobby":
        this.emit("lobby", message.knocks);
        return;
      case "decided":
        this.emit("decided", message);
        break;
      case "flooded":
        this.emit("flooded", message);
        break;
      case "welcome":
        this.#state = "joined";
        this.#fresh = false;
        if (this.#wanted) this.#wanted.token = message.token;
        this.#keeper.reset(message);
        this.emit("welcome", message);
        if (this.#fellSilent) this.emit("moved");
        this.#fellSilent = false;
        this.#announce();
        break;
      case "participant-joined":
      case "participant-updated":
      case "participant-left":
        this.#keeper.receive(message);
        this.#fillGap();
        this.#announceRoster();
        break;
      case "rules":
      case "order": {
        const isNew = message.rev > this.#keeper.roster.rev;
        if (isNew && message.type === "rules") this.emit("rules", message);
        this.#keeper.receive(message);
        this.#fillGap();
        this.#announceRoster();
        if (isNew && message.type === "order") this.emit("order", message);
        break;
      }
      case "snapshot":
        this.#sync.cancel();
        if (message.rev >= this.#keeper.roster.rev) this.#keeper.reset(message);
        this.#announceRoster();
        break;
      case "description":
      case "candidates":
      case "need-offer":
        this.emit("signal", message);
        break;
      case "ice-servers":
        this.emit("ice-servers", message);
        break;
      case "bye":
        this.#farewell = message.reason;
        break;
      case "failed":
        if (this.#state === "joining") this.#refuse(message.error);
        else this.emit("failed", message.error);
        break;
      case "undeliverable":
      case "pong":
        // Whoever cannot be reached comes back with an event; until then recovery tries again by itself.
        break;
    }
  }

  #join() {
    if (!this.#wanted) return;
    const isAsked = this.#asked?.name === this.#wanted.name && this.#asked.token === this.#wanted.token;
    this.#state = "joining";
    this.#asked = null;
    if (isAsked) return;
    this.#askedAt = this.#clock.now();
    this.send({ type: "join", ...this.#wanted, fresh: this.#fresh });
  }

  /** @param {string} error */
  #refuse(error) {
    this.#state = "ready";
    this.#wanted = null;
    this.emit("refused", error);
  }

  #announce() {
    this.#announceRoster();
    this.emit("reach", true);
  }

  #announceRoster() {
    this.emit("roster", this.#keeper.roster);
  }

  #fillGap() {
    if (!this.#keeper.hasGap || this.#sync.pending) return;
    this.send({ type: "sync" });
    this.#sync.plan(SYNC_AGAIN, () => this.#fillGap());
  }

  /** Anything that arrives proves that the socket lives; the next ping waits from here. */
  #hear() {
    this.#hurries = 0;
    this.#pong.cancel();
    this.#ping.plan(PING_EVERY, () => this.#inquire(PONG_WITHIN));
  }

  /** To a socket that is being opened. @param {number} within  milliseconds */
  #giveTime(within) {
    this.#deadline = this.#clock.now() + within;
    this.#pong.plan(within, () => this.#drop());
  }

  /** The network may be another one than when this socket was begun: it may still come, but is not waited for as long. */
  #hurry() {
    const within = OPEN_SOON * 2 ** this.#hurries;
    if (this.#clock.now() + within >= this.#deadline) return;
    this.#hurries += 1;
    this.#giveTime(within);
  }

  /** @param {number} within  milliseconds, in which a socket that is alive answers */
  #inquire(within) {
    const deadline = this.#clock.now() + within;
    // Signs that follow each other give a dead socket no more time.
    if (this.#pong.pending && this.#deadline <= deadline) return;
    this.#deadline = deadline;
    this.#askedAt ??= this.#clock.now();
    this.send({ type: "ping" });
    this.#pong.plan(within, () => this.#replace());
  }

  #measure() {
    if (this.#askedAt !== null) this.#roundTrip = this.#clock.now() - this.#askedAt;
    this.#askedAt = null;
  }

  /** Gives up a socket that does not answer: its own close event might take minutes to come. */
  #drop() {
    const socket = this.#socket;
    this.#lose(1006);
    socket?.close();
  }

  /** The socket was open and is silent: the server has not been seen to go, so there is nothing to wait for. */
  #replace() {
    this.#fellSilent ||= this.#state === "joined";
    this.#drop();
    if (this.#state === "lost") this.open();
  }

  /** @param {number} code */
  #lose(code) {
    const end = END_BY_WORD[this.#farewell] ?? END_BY_CODE[code];
    this.#farewell = "";
    this.#askedAt = null;
    this.#socket = null;
    for (const timer of [this.#ping, this.#pong, this.#sync]) timer.cancel();
    if (end) return this.#end(end);

    const isCrowded = code === TOO_FAST && this.#state === "joining";
    this.#state = "lost";
    this.emit("reach", false, isCrowded);
    // A server that restarts wants its people back at once, but not in one heap.
    const most = this.#wanted && this.#tries < SOON_TRIES ? LONGEST_PAUSE : undefined;
    const soon =
      code === 4503 && this.#tries === 0 ? backoff(0, { first: 300 }) : backoff(this.#tries, { most });
    this.#isHeldOff = code === TOO_FAST;
    const pause = this.#isHeldOff ? TOO_FAST_PAUSE : soon;
    this.#tries += 1;
    this.#retry.plan(pause, () => this.open());
  }

  /** At once, unless the server asked for a pause. */
  #again() {
    if (this.#isHeldOff) return;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#tries = 0;
    this.open();
  }

  /** @param {EndReason} reason */
  #end(reason) {
    if (this.#state === "ended") return;
    this.#state = "ended";
    for (const timer of [this.#retry, this.#ping, this.#pong, this.#sync]) timer.cancel();
    const socket = this.#socket;
    this.#socket = null;
    // The server closes after `leave`; should it be gone, the page does.
    if (socket) this.#clock.after(PONG_SOON, () => socket.close());
    this.emit("end", reason);
  }
}
