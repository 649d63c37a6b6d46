import { Emitter } from "../lib/events.js";
import { Timer } from "../lib/timing.js";
import { allow } from "./rtc/channel.js";

/**
 * What a room can do beside seeing, hearing and writing: each thing a folder, which main.js names in a line. Delete both,
 * and nothing is left of it (docs/development.md, "A capability of the room").
 *
 * @typedef {import("../lib/timing.js").Clock} Clock
 * @typedef {import("./messages.js").StateMessage} StateMessage
 * @typedef {import("./rtc/channel.js").Limit} Limit
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").Attachments} Attachments
 * @typedef {import("./state.js").Mark} Mark
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("../lib/menu.js").Line} Line
 *
 * @typedef {{frequency: number, at: number, gain?: number}} Note  a tone: hertz, when it begins in seconds, how loud from 0 to 1
 *
 * @typedef {object} Setting  something that can be turned on and off
 * @property {string} name
 * @property {string} label
 * @property {boolean} isOn
 * @property {(on: boolean) => void} turn
 *
 * What goes from one participant to another: how much of it may come, and what can be understood of it, or null.
 * @typedef {Record<string, {limit: Limit, read: (message: Readonly<Record<string, unknown>>) => object | null}>} Kinds
 *
 * @typedef {object} Listed  its line in main.js: what can be drawn before it is here
 * @property {string} name   of its folder
 * @property {string} [icon]  of its button
 * @property {string} [button]  the word under its button in the bar
 * @property {string} [menu]  the same of one that opens a menu; where there is no room for it, its lines stand in "More"
 * @property {string} [key]  that presses its button (commands.js)
 * @property {string} [does]  what the key does, whichever way things are; else the word under the button says it
 * @property {string} [numbers]  of a menu whose entries have the keys 1, 2 and so on: what these do
 * @property {number} [entries]  how many there are, up to 9
 * @property {boolean} [isForChat]  it has no button, and comes with the first file in the chat
 * @property {"invite"} [panel]  it has no button in the bar, and comes with its panel when that is first opened; `does` says what that is
 * @property {() => Promise<{capability: Capability}>} load
 *
 * @typedef {object} Capability  what its folder exports
 * @property {Kinds} [messages]
 * @property {() => Promise<void>} [dress]  adds its style sheet to the page
 * @property {(room: Inside) => Part} begin
 *
 * @typedef {object} Inside  what the room is to it
 * @property {Clock} clock
 * @property {import("./state.js").RoomInfo} info  what the page knew of the room when it was made
 * @property {Pick<import("./presence.js").Myself, "raise" | "handFor">} myself
 * @property {(message: {type: string, [member: string]: unknown}) => void} send  to everybody whom I reach
 * @property {(id: string, message: {type: string, [member: string]: unknown}) => void} sendTo  to one of them
 * @property {(id: string) => RTCDataChannel | null} bulk  a channel for bytes to one of them, beside that for words; null while there is none
 * @property {() => {bitrate: number, isLossy: boolean}} left  what voices and pictures leave of my line, bits a second, and
 *     whether it loses what is said
 * @property {(text: string) => void} tell  says something to those who do not see it
 * @property {(count: number, words: (count: number) => string) => void} gather  the same, of what may be many: the first
 *     at once, and what follows soon after it together
 * @property {(notes: readonly Note[]) => void} play  on my speaker, for me alone
 * @property {() => void} draw  what it shows is another now
 *
 * @typedef {object} Part  what it does, as far as it does; a participant is believed about themselves alone
 * @property {(id: string, message: any) => void} [receive]  a message of its own, as `read` gave it
 * @property {(id: string, state: Partial<StateMessage>, at: number) => void} [hear]  what somebody
 *     has said of themselves, and when, by the clock; what was said before it came is told when it comes
 * @property {(people: Person[]) => ReadonlyMap<string, Mark[]>} [marks]  what stands at each of those inside, by their id
 * @property {(before: Person[], people: Person[]) => string[]} [changes]  what of it is worth hearing
 * @property {(state: CallState) => void} [see]  all that is drawn, whenever it is another
 * @property {(line: import("./state.js").ChatLine) => void} [wrote]  somebody has written, and nobody has it before them
 * @property {() => {heading: string, switches: readonly Setting[]}} [settings]  what of it can be turned on and off, on this device
 * @property {(root: HTMLElement, state: CallState, opened: boolean) => void} [show]  draws what is in its panel; `opened`:
 *     it was closed when it was last drawn
 * @property {Attachments} [attachments]  what it does with files that are offered in the chat
 * @property {() => void} [press]  of its button
 * @property {() => Line[]} [lines]  of its menu
 * @property {(place: number) => void} [pick]  the entry at this place of its menu, from 0, without the menu
 * @property {(state: CallState) => {isPressed: boolean, title: string}} [button]  how its button looks
 * @property {() => void} [close]  I am not inside any more
 */

// What is said to one that is still on its way waits for it: so many messages of each of them, for so long (milliseconds).
const MOST_EARLY = 16;
const EARLY_FOR = 5_000;

/**
 * @typedef {object} CapabilitiesEvents
 * @property {[]} change
 */

/** Those that have come, and what the room asks of all of them. @extends {Emitter<CapabilitiesEvents>} */
export class Capabilities extends Emitter {
  /** Rises with every change of what they show. */
  revision = 0;
  #room;
  #said;
  /** @type {Map<string, Part>} */
  #parts = new Map();
  /** Who takes which messages. @type {Map<string, {read: Kinds[string]["read"], part: Part}>} */
  #kinds = new Map();
  /** By who has said it. @type {Map<string, {message: {type: string}, at: number}[]>} */
  #early = new Map();
  #forgetting;

  /**
   * @param {object} options
   * @param {Omit<Inside, "draw" | "gather"> & {gather: (kind: string, count: number, words: (count: number) => string) => void}} options.room
   * @param {() => ReadonlyMap<string, import("./presence.js").Heard>} options.said  what each has said last
   */
  constructor({ room, said }) {
    super();
    this.#room = room;
    this.#said = said;
    this.#forgetting = new Timer(room.clock);
  }

  /** It has come. @param {string} name @param {Capability} capability */
  begin(name, { messages = {}, begin }) {
    const { gather, ...room } = this.#room;
    const part = begin({
      ...room,
      gather: (count, words) => gather(name, count, words),
      draw: () => this.#draw(),
    });
    this.#parts.set(name, part);
    for (const [type, { limit, read }] of Object.entries(messages)) {
      allow(type, limit);
      this.#kinds.set(type, { read, part });
    }
    for (const [id, { state, at }] of this.#said()) part.hear?.(id, state, at);
    this.#tellEarly(messages);
    this.#draw();
    return part;
  }

  /** @param {string} id  whose channel it came by @param {{type: string}} message  as it came */
  receive(id, message) {
    const kind = this.#kinds.get(message.type);
    if (!kind) return this.#keepEarly(id, message);
    const understood = kind.read({ ...message });
    if (understood) kind.part.receive?.(id, understood);
  }

  /** @param {string} id @param {Partial<StateMessage>} state @param {number} at */
  hear(id, state, at) {
    for (const part of this.#parts.values()) part.hear?.(id, state, at);
  }

  /** The same people, with what stands at them. @param {Person[]} people */
  mark(people) {
    const marks = [...this.#parts.values()].map((part) => part.marks?.(people));
    return people.map((person) => ({ ...person, marks: marks.flatMap((all) => all?.get(person.id) ?? []) }));
  }

  /** @param {Person[]} before @param {Person[]} people */
  changes(before, people) {
    return [...this.#parts.values()].flatMap((part) => part.changes?.(before, people) ?? []);
  }

  /** @param {CallState} state */
  see(state) {
    for (const part of this.#parts.values()) part.see?.(state);
  }

  /** @param {import("./state.js").ChatLine} line */
  wrote(line) {
    for (const part of this.#parts.values()) part.wrote?.(line);
  }

  /** What can be turned on and off. */
  get settings() {
    return [...this.#parts.values()].flatMap((part) => part.settings?.() ?? []);
  }

  close() {
    this.#forgetting.cancel();
    this.#early.clear();
    for (const part of this.#parts.values()) part.close?.();
  }

  /** Whose it is may be about to come. @param {string} id @param {{type: string}} message */
  #keepEarly(id, message) {
    this.#forgetEarly();
    const kept = this.#early.get(id) ?? [];
    if (kept.length >= MOST_EARLY) return;
    this.#early.set(id, [...kept, { message, at: this.#room.clock.now() }]);
    if (!this.#forgetting.pending) this.#forgetting.plan(EARLY_FOR, () => this.#forgetEarly());
  }

  /** What has waited for too long. */
  #forgetEarly() {
    const now = this.#room.clock.now();
    for (const [id, kept] of this.#early) {
      const rest = kept.filter(({ at }) => now - at < EARLY_FOR);
      if (rest.length > 0) this.#early.set(id, rest);
      else this.#early.delete(id);
    }
    if (this.#early.size > 0 && !this.#forgetting.pending) {
      this.#forgetting.plan(EARLY_FOR, () => this.#forgetEarly());
    }
  }

  /** @param {Kinds} messages  that are understood from now on */
  #tellEarly(messages) {
    this.#forgetEarly();
    for (const [id, kept] of this.#early) {
      const isTheirs = (/** @type {{message: {type: string}}} */ { message }) =>
        Object.hasOwn(messages, message.type);
      this.#early.set(
        id,
        kept.filter((one) => !isTheirs(one)),
      );
      for (const { message } of kept.filter(isTheirs)) this.receive(id, message);
    }
  }

  #draw() {
    this.revision += 1;
    this.emit("change");
  }
}
