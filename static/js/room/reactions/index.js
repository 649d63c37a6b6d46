import { t } from "../../lib/i18n.js";
import { addSheet } from "../../lib/sheet.js";
import { messages, REACTIONS } from "./messages.js";
import { Pace, Reactions, SEEN_FOR } from "./model.js";
import { announcement, WORDS } from "./words.js";

/**
 * Six emoji that are seen over their sender's picture for a moment (docs/development.md, "A capability of the room").
 *
 * @typedef {import("../capabilities.js").Inside} Inside
 * @typedef {import("../capabilities.js").Mark} Mark
 * @typedef {import("../capabilities.js").Part} Part
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("./messages.js").Reaction} Reaction
 * @typedef {import("./messages.js").Messages} Messages
 */

/** @implements {Part} */
class ReactionsPart {
  #room;
  #reactions;
  /** Mine go out no faster than the others show them. */
  #pace;
  /** Those who are inside, by their id. @type {ReadonlyMap<string, Person>} */
  #people = new Map();
  /** Of those who have not been drawn yet, what each sent last, and when. @type {Map<string, {reaction: Reaction, at: number}>} */
  #early = new Map();

  /** @param {Inside} room */
  constructor(room) {
    this.#room = room;
    this.#pace = new Pace(room.clock);
    this.#reactions = new Reactions({
      clock: room.clock,
      changed: (id, began) => {
        if (began) this.#tell(id, began);
        room.draw();
      },
    });
  }

  /** @param {string} id @param {Messages} message */
  receive(id, { reaction }) {
    if (this.#people.has(id)) this.#reactions.take(id, reaction);
    else this.#early.set(id, { reaction, at: this.#room.clock.now() });
  }

  /** @param {Person[]} people @returns {Map<string, Mark[]>} */
  marks(people) {
    this.#people = new Map(people.map((person) => [person.id, person]));
    this.#reactions.keep(this.#people);
    this.#catchUp();
    return new Map(people.map(({ id }) => [id, this.#marksOf(id)]));
  }

  /** One row of buttons. */
  lines() {
    const row = REACTIONS.map((reaction) => {
      const { emoji, label } = WORDS[reaction];
      return { label, sign: emoji, act: () => this.#react(reaction) };
    });
    return [{ row, label: t("React") }];
  }

  /** @param {number} place */
  pick(place) {
    const reaction = REACTIONS[place];
    if (reaction) this.#react(reaction);
  }

  close() {
    this.#pace.cancel();
    this.#reactions.keep(new Set());
    this.#early.clear();
  }

  /** What came before its sender was drawn is seen once they are, unless it is over by then. */
  #catchUp() {
    for (const [id, { reaction, at }] of this.#early) {
      const isOver = this.#room.clock.now() - at >= SEEN_FOR;
      if (isOver || this.#people.has(id)) this.#early.delete(id);
      if (!isOver && this.#people.has(id)) this.#reactions.take(id, reaction);
    }
  }

  /** @param {Reaction} reaction */
  #react(reaction) {
    this.#pace.run(() => {
      this.#room.send({ type: "reaction", reaction });
      const me = [...this.#people.values()].find(({ self }) => self);
      if (me) this.#reactions.take(me.id, reaction);
    });
  }

  /** @param {string} id @param {Reaction} reaction */
  #tell(id, reaction) {
    const person = this.#people.get(id);
    if (!person || person.self) return;
    this.#room.gather(1, (count) => announcement({ name: person.name, reaction }, count));
  }

  /** @param {string} id @returns {Mark[]} */
  #marksOf(id) {
    const shown = this.#reactions.of(id);
    return shown
      ? [
          {
            name: "reaction",
            place: "over",
            key: String(shown.key),
            text: WORDS[shown.reaction].emoji,
            words: "",
          },
        ]
      : [];
  }
}

/** @type {import("../capabilities.js").Capability} */
export const capability = {
  messages,
  dress: () => addSheet(import.meta.resolve("./reactions.css")),
  begin: (room) => new ReactionsPart(room),
};
