import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";

/**
 * @typedef {import("../lib/timing.js").Clock} Clock
 * @typedef {{type: "admit" | "refuse", knocks: string[]} | {type: "remove", participant: string} | {type: "set-lobby", on: boolean}} Order
 */

// Whoever is still there this long after they were removed is removed again.
const REMOVE_AGAIN = 5_000;
// Whoever still waits this long after a host's answer is answered again.
const ANSWER_AGAIN = 5_000;

/**
 * @typedef {object} HostingEvents
 * @property {[]} change  what is shown is another now
 */

/** What a host asks of the server: it is so at once as far as this page shows, and is said until it is so for everybody. @extends {Emitter<HostingEvents>} */
export class Hosting extends Emitter {
  #send;
  /** Whom I have removed, until they are gone. @type {Set<string>} */
  #removed = new Set();
  /** What I have said to those who wait, until they wait no more. @type {Map<string, "admit" | "refuse">} */
  #answers = new Map();
  /** How I want the lobby, until the server says that it is so. @type {boolean | null} */
  #lobby = null;
  #isReached = false;
  #removing;
  #answering;

  /** @param {{send: (order: Order) => void, clock: Clock}} options */
  constructor({ send, clock }) {
    super();
    this.#send = send;
    this.#removing = new Timer(clock);
    this.#answering = new Timer(clock);
  }

  /** How the lobby will be; null for as it is. */
  get lobby() {
    return this.#lobby;
  }

  /** @param {string} knock */
  hasAnswered(knock) {
    return this.#answers.has(knock);
  }

  /** Whether whoever comes from now on waits until a host lets them in. @param {boolean} on */
  setLobby(on) {
    this.#lobby = on;
    this.#sayLobby();
    this.emit("change");
  }

  /** @param {string} participant */
  remove(participant) {
    this.#removed.add(participant);
    this.#sayRemoved();
  }

  /** Lets people in who wait, or does not. @param {"admit" | "refuse"} type @param {string[]} knocks */
  answer(type, knocks) {
    for (const knock of knocks) this.#answers.set(knock, type);
    this.#sayAnswers(knocks);
    this.emit("change");
  }

  /**
   * Whether the server is there to hear it.
   *
   * @param {boolean} isReached
   * @param {boolean} isInside  as far as I know; only those inside have a say in the lobby
   */
  reach(isReached, isInside) {
    this.#isReached = isReached;
    this.#sayRemoved();
    if (isReached) this.#sayAnswers();
    if (isInside) this.#sayLobby();
  }

  /** These are here. @param {ReadonlyMap<string, unknown>} participants */
  keep(participants) {
    for (const id of this.#removed) if (!participants.has(id)) this.#removed.delete(id);
  }

  /** These wait. @param {{id: string}[]} knocks */
  meet(knocks) {
    const waiting = new Set(knocks.map(({ id }) => id));
    for (const id of this.#answers.keys()) if (!waiting.has(id)) this.#answers.delete(id);
  }

  /** The lobby is so. @param {boolean} on */
  learn(on) {
    if (this.#lobby === on) this.#lobby = null;
  }

  /** Something that was said is not done. @param {string} error  as the server names it */
  fail(error) {
    // Anything else was an accident, and `remove` is said again.
    if (error === "not-allowed" || error === "no-participant") this.#removed.clear();
    if (error === "not-allowed") this.#answers.clear();
    // Then it is as it was; should it be about something else, the server says how it stands.
    this.#lobby = null;
  }

  /** I am outside, and ask for nothing. */
  forget() {
    this.#removed.clear();
    this.#answers.clear();
  }

  close() {
    this.#removing.cancel();
    this.#answering.cancel();
  }

  /** @param {string[]} [knocks]  without them, all whose answer has not come through */
  #sayAnswers(knocks = [...this.#answers.keys()]) {
    if (!this.#isReached || knocks.length === 0) return;
    for (const type of /** @type {const} */ (["admit", "refuse"])) {
      const some = knocks.filter((knock) => this.#answers.get(knock) === type);
      if (some.length > 0) this.#send({ type, knocks: some });
    }
    this.#answering.plan(ANSWER_AGAIN, () => this.#sayAnswers());
  }

  #sayRemoved() {
    this.#removing.cancel();
    if (!this.#isReached || this.#removed.size === 0) return;
    for (const participant of this.#removed) this.#send({ type: "remove", participant });
    this.#removing.plan(REMOVE_AGAIN, () => this.#sayRemoved());
  }

  #sayLobby() {
    if (this.#isReached && this.#lobby !== null) this.#send({ type: "set-lobby", on: this.#lobby });
  }
}
