import { Timer } from "../../lib/timing.js";
import { t } from "../../lib/i18n.js";
import { addSheet } from "../../lib/sheet.js";
import { Incoming } from "./incoming.js";
import { Links } from "./links.js";
import { messages } from "./messages.js";
import { Mine } from "./mine.js";
import { Outgoing } from "./outgoing.js";
import { choose, from } from "./sources.js";
import { Theirs } from "./theirs.js";

/**
 * Files, from browser to browser (docs/decisions/0060-files.md): what is offered in the chat is taken by whoever wants it.
 *
 * @typedef {import("../capabilities.js").Inside} Inside
 * @typedef {import("../capabilities.js").Part} Part
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("./messages.js").Messages} Messages
 */

// What moves is drawn four times a second, whatever it does.
const DRAW_EVERY = 250;
// More have not been in one call.
const MOST_NAMES = 500;

/** @implements {Part} */
class FilesPart {
  /** @type {import("../state.js").Attachments} */
  attachments;
  #room;
  #incoming;
  #outgoing;
  #mine;
  #theirs;
  #drawing;
  /** Those who are inside. @type {ReadonlySet<string>} */
  #inside = new Set();
  /** Of all who have been inside, or have offered something: what is said of a file outlasts them. @type {Map<string, string>} */
  #names = new Map();

  /** @param {Inside} room */
  constructor(room) {
    const { clock, sendTo: send, bulk } = room;
    this.#room = room;
    this.#drawing = new Timer(clock);
    const links = new Links(bulk);
    const draw = () => this.#draw();
    const nameOf = (/** @type {string} */ id) => this.#names.get(id) ?? t("Somebody");
    const isHere = (/** @type {string} */ id) => this.#inside.has(id);
    const [first = 0] = crypto.getRandomValues(new Uint32Array(1));
    const incoming = new Incoming({ clock, links, send, digest, first });
    incoming.on("change", draw);
    this.#incoming = incoming;
    const left = () => {
      const { bitrate, isLossy } = room.left();
      return { rate: bitrate / 8, isLossy };
    };
    this.#outgoing = new Outgoing({ clock, links, send, left, digest, changed: draw });
    this.#mine = new Mine({ room: room.info.code, outgoing: this.#outgoing, nameOf, draw });
    this.#theirs = new Theirs({ clock, incoming, digest, nameOf, isHere, tell: room.tell, draw });
    this.attachments = {
      show: (line, file) => {
        if (!this.#names.has(line.author)) this.#remember(line.author, line.name);
        return line.isMine ? this.#mine.show(line.conversation, file) : this.#theirs.show(line, file);
      },
      choose,
      from,
      offer: (chosen, to) => this.#mine.offer(chosen, to),
      withdraw: ({ id }) => this.#mine.withdraw(id),
    };
    void this.#restore();
  }

  /** @param {string} id @param {Messages} message */
  receive(id, message) {
    this.#incoming.receive(id, message);
    this.#outgoing.receive(id, message);
  }

  /** Nothing stands at people; whoever is back goes on with what they had begun to give. @param {Person[]} people */
  marks(people) {
    this.#inside = new Set(people.map(({ id }) => id));
    for (const { id, name } of people) this.#remember(id, name);
    if (people.length > 0) this.#incoming.resume();
    this.#theirs.goOn();
    return new Map();
  }

  close() {
    this.#drawing.cancel();
    this.#incoming.pause();
    this.#outgoing.pause();
  }

  /** After a reload. */
  async #restore() {
    const mine = this.#mine.restore();
    this.#outgoing.waitFor(mine);
    await this.#theirs.restore();
    await mine;
    this.#theirs.goOn();
    this.#draw();
  }

  /** The newest last. @param {string} id @param {string} name */
  #remember(id, name) {
    this.#names.delete(id);
    this.#names.set(id, name);
    for (const old of this.#names.keys()) if (this.#names.size > MOST_NAMES) this.#names.delete(old);
  }

  #draw() {
    if (!this.#drawing.pending) this.#drawing.plan(DRAW_EVERY, () => this.#room.draw());
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function digest(bytes) {
  return crypto.subtle.digest("SHA-256", bytes);
}

/** @type {import("../capabilities.js").Capability} */
export const capability = {
  messages,
  dress: () => addSheet(import.meta.resolve("./files.css")),
  begin: (room) => new FilesPart(room),
};
