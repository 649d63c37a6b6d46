import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";

/**
 * @typedef {import("./messages.js").Knock} Knock
 * @typedef {import("./state.js").DoorState} DoorState
 *
 * @typedef {object} DoorEvents
 * @property {[]} look  the door should have opened by now, or may open at another time than was said
 */

// It is looked at when it is open for certain (milliseconds).
const OPEN_FOR_CERTAIN = 300;
// A door that opens later than this is looked at again meanwhile.
const LOOK_AGAIN = 6 * 3_600_000;
/** @type {DoorState} */
const OPEN = { kind: "open", waits: false, host: "", opensAt: null };

/**
 * How the door of the room stands to me, and, for hosts, who waits.
 *
 * @extends {Emitter<DoorEvents>}
 */
export class Door extends Emitter {
  #time;
  #opening;
  #state = OPEN;
  /** How many may be inside. */
  capacity = Infinity;
  /** Who waits to be let in. @type {Knock[]} */
  knocks = [];

  /**
   * @param {import("../lib/timing.js").Clock} clock
   * @param {() => number} [time]  Unix milliseconds
   */
  constructor(clock, time = Date.now) {
    super();
    this.#time = time;
    this.#opening = new Timer(clock);
  }

  get state() {
    return this.#state;
  }

  /** The door stands so. @param {DoorState["kind"]} kind @param {number | null} opensIn  seconds */
  meet(kind, opensIn) {
    this.#state = { ...this.#state, kind, opensAt: opensIn === null ? null : this.#time() + opensIn * 1000 };
  }

  /** Looks at the door when it should open, if it is to. @param {number | null} opensIn  seconds */
  watch(opensIn) {
    if (opensIn === null) this.#opening.cancel();
    else this.#opening.plan(Math.min(opensIn * 1000 + OPEN_FOR_CERTAIN, LOOK_AGAIN), () => this.emit("look"));
  }

  /** I have asked, and wait to be let in. @param {string} host  who is inside and can do so; "" for nobody */
  wait(host) {
    this.#state = { ...this.#state, waits: true, host };
  }

  /** I wait no more. */
  turnAway() {
    this.#state = { ...this.#state, waits: false };
  }

  /** I am inside. Who waits is said anew, and if nobody does, it is not. */
  pass() {
    this.knocks = [];
    this.close();
  }

  /** It is no matter any more. */
  close() {
    this.#state = OPEN;
    this.#opening.cancel();
  }
}
