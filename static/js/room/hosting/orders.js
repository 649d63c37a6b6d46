import { Emitter } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../messages.js").Command} Command
 * @typedef {import("../messages.js").Participant} Participant
 * @typedef {import("../messages.js").Rules} Rules
 * @typedef {Command | {type: "admit" | "refuse", knocks: string[]}} Order
 * @typedef {"share" | "chat" | "unmute" | "record" | "rename" | "locked"} Rule  one that is on or off
 *
 * What is so, as the server says.
 * @typedef {object} Known
 * @property {ReadonlyMap<string, Participant>} participants
 * @property {Rules | null} rules
 * @property {ReadonlySet<string>} knocks  who waits
 *
 * @typedef {object} Wish
 * @property {Order} order
 * @property {(known: Known) => boolean} isDone
 * @property {number} most   times that it is said; what the one concerned may undo is not fought over
 * @property {number} said
 */

// What is not so this long after it was said is said again (milliseconds).
const AGAIN = 5_000;
const MOST = 3;

/**
 * @typedef {object} OrdersEvents
 * @property {[]} change  what is shown is another now
 * @property {[orders: Order[], error: string]} refused  the server does not do this
 * @property {[orders: Order[]]} lost  it has not come about, however often it was said, and is not said again
 */

/**
 * What I ask of the server in a call, as a host or about myself: it is so at once as far as this page shows, and is said until it is
 * so for everybody.
 *
 * @extends {Emitter<OrdersEvents>}
 */
export class Orders extends Emitter {
  #send;
  #again;
  /** By what each is about. @type {Map<string, Wish>} */
  #wishes = new Map();
  /** @type {Known} */
  #known = { participants: new Map(), rules: null, knocks: new Set() };
  #isReached = false;

  /** @param {{send: (order: Order) => void, clock: Clock}} options */
  constructor({ send, clock }) {
    super();
    this.#send = send;
    this.#again = new Timer(clock);
  }

  /** The rules as I want them, until the server says that they are so. @returns {Partial<Rules>} */
  get rules() {
    /** @type {Partial<Rules>} */
    const wanted = {};
    for (const { order } of this.#wishes.values()) {
      if (order.type === "set-lobby") wanted.lobby = order.on;
      if (order.type === "set-rules") {
        Object.assign(wanted, Object.fromEntries(Object.entries(order).filter(([name]) => name !== "type")));
      }
    }
    return wanted;
  }

  /** @param {string} knock */
  hasAnswered(knock) {
    return this.#wishes.has(`knock ${knock}`);
  }

  /** Whether somebody is still to be made host, or not. @param {string} participant */
  isGiving(participant) {
    return this.#wishes.has(`role ${participant}`);
  }

  /** Lets people in who wait, or does not. @param {"admit" | "refuse"} type @param {string[]} knocks */
  answer(type, knocks) {
    for (const knock of knocks) {
      this.#put(`knock ${knock}`, { type, knocks: [knock] }, ({ knocks: waiting }) => !waiting.has(knock));
    }
    this.#say(knocks.map((knock) => `knock ${knock}`));
  }

  /** They leave, and do not come back; nor does anybody else, if the room is locked with it. @param {string} participant @param {boolean} [lock] */
  remove(participant, lock = false) {
    const isDone = (/** @type {Known} */ { participants }) => !participants.has(participant);
    this.#ask(`remove ${participant}`, { type: "remove", participant, ...(lock && { lock }) }, isDone);
  }

  /** Whoever comes from now on waits until a host lets them in. @param {boolean} on */
  setLobby(on) {
    this.#ask("lobby", { type: "set-lobby", on }, ({ rules }) => rules?.lobby === on);
  }

  /** @param {Rule} rule @param {boolean} on */
  setRule(rule, on) {
    this.#ask(`rule ${rule}`, { type: "set-rules", [rule]: on }, ({ rules }) => rules?.[rule] === on);
  }

  /** Large for everybody; nobody, with null. @param {string | null} spotlight */
  setSpotlight(spotlight) {
    const isDone = (/** @type {Known} */ { rules }) => rules?.spotlight === spotlight;
    this.#ask("spotlight", { type: "set-rules", spotlight }, isDone, MOST);
  }

  /** Of all but hosts, if nobody is named. @param {string} [id] */
  mute(id) {
    this.#about("mute", id, ({ muted, asked }) => muted !== undefined && !asked);
  }

  /** @param {string} [id] */
  stopCamera(id) {
    this.#about("stop-camera", id, ({ stopped }) => stopped !== undefined);
  }

  /** @param {string} [id] */
  askUnmute(id) {
    this.#about("ask-unmute", id, ({ asked }) => asked === true);
  }

  /** Whether it is down only their own page says: it is done once it was ordered. @param {string} [id] */
  lowerHand(id) {
    this.#about("lower-hand", id, () => false);
  }

  /** @param {string} participant @param {string} name */
  rename(participant, name) {
    const isDone = (/** @type {Known} */ { participants }) => participants.get(participant)?.name === name;
    this.#ask(`rename ${participant}`, { type: "rename", participant, name }, isDone, MOST);
  }

  /** @param {string} participant @param {"host" | "participant"} role */
  setRole(participant, role) {
    const isDone = (/** @type {Known} */ { participants }) =>
      (participants.get(participant)?.role ?? role) === role;
    this.#ask(`role ${participant}`, { type: "set-role", participant, role }, isDone, MOST);
  }

  /** The call ends for everybody in a moment; or it goes on. @param {boolean} on */
  end(on) {
    this.#ask(
      "end",
      { type: "end", on },
      ({ rules }) => rules !== null && (rules.ends_in !== null) === on,
      MOST,
    );
  }

  /** I turn my own on again. @param {"unmute" | "start-camera"} type @param {string} me */
  turnOn(type, me) {
    this.#ask(
      type,
      { type },
      ({ participants }) => {
        const mine = participants.get(me);
        return type === "unmute" ? !mine?.muted && !mine?.asked : !mine?.stopped;
      },
      MOST,
    );
  }

  /** Whether the server is there to hear it. @param {boolean} isReached @param {boolean} isInside  as far as I know */
  reach(isReached, isInside) {
    this.#isReached = isReached;
    if (!isReached) this.#again.cancel();
    else if (isInside) this.#say([...this.#wishes.keys()]);
  }

  /** This is so. @param {Partial<Known>} known */
  learn(known) {
    this.#known = { ...this.#known, ...known };
    for (const [key, { isDone }] of this.#wishes) if (isDone(this.#known)) this.#wishes.delete(key);
  }

  /** It was done, and by me: be it undone since. @param {import("../messages.js").Order} order */
  note({ order, participants, all }) {
    for (const id of all ? [""] : participants) this.#wishes.delete(`${order} ${id}`);
  }

  /** Something that was said is not done. @param {string} error  as the server names it */
  fail(error) {
    /** Anything else was an accident, and is said again; but for rules, which are as they were: the server says how they stand. @type {(order: Order) => boolean} */
    const isOver = ({ type }) => {
      if (error === "not-allowed") return true;
      const isRule = type === "set-lobby" || type === "set-rules";
      return error === "no-participant" ? type !== "admit" && type !== "refuse" : isRule;
    };
    const refused = [...this.#wishes].filter(([, { order }]) => isOver(order));
    for (const [key] of refused) this.#wishes.delete(key);
    this.emit("change");
    if (refused.length > 0) {
      this.emit(
        "refused",
        refused.map(([, { order }]) => order),
        error,
      );
    }
  }

  /** I am outside, and ask for nothing. */
  forget() {
    this.#wishes.clear();
    this.#again.cancel();
  }

  close() {
    this.forget();
    this.#isReached = false;
  }

  /**
   * @param {"mute" | "stop-camera" | "ask-unmute" | "lower-hand"} type
   * @param {string | undefined} id
   * @param {(one: Participant) => boolean} isSo
   */
  #about(type, id, isSo) {
    const isDone = (/** @type {Known} */ { participants }) =>
      [...participants.values()].every((one) => (id ? one.id !== id : one.role === "host") || isSo(one));
    this.#ask(`${type} ${id ?? ""}`, { type, ...(id && { participants: [id] }) }, isDone, MOST);
  }

  /**
   * @param {string} key
   * @param {Order} order
   * @param {Wish["isDone"]} isDone
   * @param {number} [most]
   */
  #ask(key, order, isDone, most) {
    this.#put(key, order, isDone, most);
    this.#say([key]);
  }

  /**
   * @param {string} key
   * @param {Order} order
   * @param {Wish["isDone"]} isDone
   * @param {number} [most]
   */
  #put(key, order, isDone, most = Infinity) {
    // The latest last.
    this.#wishes.delete(key);
    this.#wishes.set(key, { order, isDone, most, said: 0 });
  }

  /** @param {string[]} keys */
  #say(keys) {
    this.emit("change");
    if (!this.#isReached || keys.length === 0) return;
    /** @type {Record<"admit" | "refuse", string[]>} */
    const answers = { admit: [], refuse: [] };
    for (const key of keys) {
      const wish = this.#wishes.get(key);
      if (!wish) continue;
      wish.said += 1;
      const { order } = wish;
      if (order.type === "admit" || order.type === "refuse") answers[order.type].push(...order.knocks);
      else this.#send(order);
    }
    for (const type of /** @type {const} */ (["admit", "refuse"])) {
      if (answers[type].length > 0) this.#send({ type, knocks: answers[type] });
    }
    if (this.#wishes.size > 0) this.#again.plan(AGAIN, () => this.#sayAgain());
  }

  #sayAgain() {
    const lost = [...this.#wishes].filter(([, { said, most }]) => said >= most);
    for (const [key] of lost) this.#wishes.delete(key);
    if (this.#wishes.size > 0) this.#say([...this.#wishes.keys()]);
    else this.emit("change");
    if (lost.length > 0) {
      this.emit(
        "lost",
        lost.map(([, { order }]) => order),
      );
    }
  }
}
