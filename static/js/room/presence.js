/**
 * Who shows what, as they say themselves.
 *
 * @typedef {import("./messages.js").Shown} Shown
 * @typedef {Omit<Shown, "speaking">} Said
 * @typedef {import("./messages.js").StateMessage} StateMessage
 */

/** Until they say what is on, a picture that arrives is shown, and nobody is called mute. @type {Said} */
const UNSAID = { microphone: true, silenced: false, camera: true, screen: false, hand: false, held: "", strained: false };
// Nobody has had a hand up for longer than a day (milliseconds).
const LONGEST = 24 * 3600_000;

/** How long somebody says that their hand has been up, in milliseconds: a number from outside. @param {unknown} said */
export function bounded(said) {
  return typeof said === "number" && said > 0 ? Math.min(said, LONGEST) : 0;
}

/**
 * The hands of the others and mine. Each says for how long theirs has been up, since no two clocks agree; nobody is
 * believed to have had it up before it was last seen down.
 */
export class Hands {
  /** When each went up, in milliseconds. @type {Map<string, number>} */
  #since = new Map();
  /** When each was last seen down. @type {Map<string, number>} */
  #down = new Map();

  /**
   * @param {string} id
   * @param {boolean} up
   * @param {unknown} said  for how long, in milliseconds; missing, it has just gone up
   * @param {number} now
   */
  hear(id, up, said, now) {
    if (!up) {
      this.#since.delete(id);
      this.#down.set(id, now);
    } else if (!this.#since.has(id)) {
      this.#since.set(id, Math.max(now - bounded(said), this.#down.get(id) ?? -Infinity));
    }
  }

  /** Forgets who is gone. @param {{ has: (id: string) => boolean }} here */
  keep(here) {
    for (const known of [this.#since, this.#down]) for (const id of known.keys()) if (!here.has(id)) known.delete(id);
  }

  /**
   * The places of those whose hand is up, from 1 on.
   *
   * @param {{ id: string, seat: number }[]} up
   * @returns {Map<string, number>}
   */
  places(up) {
    const sorted = [...up].sort((a, b) => (this.#since.get(a.id) ?? Infinity) - (this.#since.get(b.id) ?? Infinity) || a.seat - b.seat);
    return new Map(sorted.map(({ id }, i) => [id, i + 1]));
  }
}

/** What each participant has said last. */
export class Presence {
  #now;
  #hands = new Hands();
  /** @type {Map<string, Said>} */
  #said = new Map();

  /** @param {() => number} now  milliseconds, never going back */
  constructor(now) {
    this.#now = now;
  }

  /** @param {string} id @param {Partial<StateMessage>} message */
  hear(id, message) {
    const said = readState(message);
    this.raise(id, said.hand, message.hand_for);
    this.#said.set(id, said);
  }

  /** What they say is on. @param {string} id */
  of(id) {
    return this.#said.get(id) ?? UNSAID;
  }

  /** A hand is up, or not. @param {string} id @param {boolean} isUp @param {unknown} [since]  for how long, in milliseconds */
  raise(id, isUp, since) {
    this.#hands.hear(id, isUp, since, this.#now());
  }

  /** Nothing is heard of them any more: a hand that nobody can take down goes down. @param {string} id */
  lower(id) {
    this.raise(id, false);
    this.#said.set(id, { ...this.of(id), hand: false });
  }

  /** These are here. @param {{has: (id: string) => boolean}} inside */
  keep(inside) {
    this.#hands.keep(inside);
    for (const id of this.#said.keys()) if (!inside.has(id)) this.#said.delete(id);
  }

  /**
   * Everybody in order of arrival, me last, each with the place of their hand among those that are up.
   *
   * @template {{id: string, seat: number, self: boolean, hand: boolean}} T
   * @param {T[]} everybody  in the order of their seats
   * @returns {(T & {place: number})[]}
   */
  arrange(everybody) {
    const places = this.#hands.places(everybody.filter(({ hand }) => hand));
    const people = everybody.map((one) => ({ ...one, place: places.get(one.id) ?? 0 }));
    return [...people.filter(({ self }) => !self), ...people.filter(({ self }) => self)];
  }
}

/**
 * What somebody says of themselves, as far as it can be understood.
 *
 * @param {Partial<StateMessage>} message  from outside
 * @returns {Said}
 */
export function readState({ microphone, silenced, camera, screen, hand, held, strained }) {
  return {
    microphone: microphone === true,
    silenced: microphone !== true && silenced === true,
    camera: camera === true,
    screen: screen === true,
    hand: hand === true,
    held: held === "device" || held === "line" || held === "others" ? held : "",
    strained: strained === true,
  };
}

/**
 * What is said about a link: "away" only when nothing comes through it either, since a lost socket alone takes
 * neither voice nor picture.
 *
 * @param {import("./rtc/link.js").Link["state"]} state
 * @param {boolean} away
 * @returns {import("./state.js").Person["link"]}
 */
export function linkOf(state, away) {
  if (state === "connected" || state === "shut") return state;
  return away || state === "left" ? "away" : state;
}
