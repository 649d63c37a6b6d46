import { t } from "../../lib/i18n.js";
import { LARGEST_FILE } from "./frames.js";
import { cleanName, parted } from "../../lib/file-names.js";
import { isPicture } from "./pictures.js";
import { preview } from "./previews.js";
import { choose, Handles, mayRead } from "./sources.js";
import * as words from "./words.js";

/**
 * @typedef {import("../state.js").Attached} Attached
 * @typedef {import("../state.js").Chosen} Chosen
 * @typedef {import("../state.js").OfferedFile} OfferedFile
 * @typedef {import("./outgoing.js").Outgoing} Outgoing
 * @typedef {import("./previews.js").Preview} Preview
 * @typedef {import("./sources.js").Kept} Kept
 */

/** Files that I offer: as they stand in the chat, and through a reload. */
export class Mine {
  #outgoing;
  #handles;
  #nameOf;
  #draw;
  /** Those that the browser gives again once it is asked. @type {Map<string, Kept>} */
  #asleep = new Map();
  /** @type {Map<string, Preview>} */
  #pictures = new Map();
  /** What is wrong with what was chosen again, by the file. @type {Map<string, string>} */
  #problems = new Map();

  /**
   * @param {object} options
   * @param {string} options.room  its code
   * @param {Outgoing} options.outgoing
   * @param {(id: string) => string} options.nameOf  a participant
   * @param {() => void} options.draw
   */
  constructor({ room, outgoing, nameOf, draw }) {
    this.#outgoing = outgoing;
    this.#handles = new Handles(room);
    this.#nameOf = nameOf;
    this.#draw = draw;
  }

  /** What an earlier page has offered here, as far as it may be read without asking. */
  async restore() {
    for (const kept of await this.#handles.all()) {
      if (this.#outgoing.has(kept.id)) continue;
      this.#asleep.set(kept.id, kept);
      if (await mayRead(kept.handle).catch(() => false)) await this.#wake(kept);
    }
  }

  /** @param {Chosen} chosen @param {string} to @returns {{file: OfferedFile} | {problem: string}} */
  offer({ file, handle }, to) {
    if (file.size > LARGEST_FILE) return { problem: words.PROBLEMS.large };
    const id = crypto.randomUUID();
    const offered = { id, name: cleanName(file.name), size: file.size, type: file.type.slice(0, 100) };
    this.#give(offered, file, to || null);
    if (handle) void this.#handles.keep({ id, to: to || null, handle });
    return { file: offered };
  }

  /** @param {string} id */
  withdraw(id) {
    this.#outgoing.withdraw(id, "gone");
    this.#asleep.delete(id);
    this.#pictures.get(id)?.forget();
    this.#pictures.delete(id);
    void this.#handles.forget(id);
  }

  /** @param {string} conversation @param {OfferedFile} file @returns {Attached} */
  show(conversation, file) {
    const { id, size } = file;
    const isHere = this.#outgoing.has(id);
    const going = this.#outgoing.progress.filter(({ file: one }) => one === id);
    const names = (/** @type {Iterable<string>} */ ids) => [...ids].map((one) => this.#nameOf(one));
    const arrived = names(this.#outgoing.arrived(id));
    const bytes = going.reduce((sum, one) => sum + one.bytes, 0);
    const total = size * going.length;
    const detail =
      going.length > 0
        ? words.going(names(going.map(({ to }) => to)), bytes, total)
        : arrived.length > 0
          ? words.arrived(arrived)
          : words.mine(size, conversation && this.#nameOf(conversation));
    const again = { name: /** @type {const} */ ("choose"), label: words.ACTIONS.choose, icon: "file" };
    return {
      ...parted(cleanName(file.name)),
      detail: isHere ? detail : (this.#problems.get(id) ?? this.#lost(id)),
      isTrouble: !isHere,
      progress: going.length > 0 ? { part: total > 0 ? bytes / total : 0, label: words.SENDING } : null,
      actions: !isHere
        ? [{ ...again, act: () => void this.#chooseAgain(file, conversation) }]
        : going.length > 0
          ? [
              {
                name: "stop",
                label: words.ACTIONS["stop-sending"],
                icon: "close",
                act: () => this.#outgoing.stop(id),
              },
            ]
          : [],
      picture: this.#pictures.get(id) ?? null,
    };
  }

  /** @param {string} id */
  #lost(id) {
    return this.#outgoing.hasChanged(id) ? words.CHANGED : words.LOST;
  }

  /** @param {OfferedFile} offered @param {File} file @param {string | null} to */
  #give(offered, file, to) {
    const { id, size, name } = offered;
    const read = async (/** @type {number} */ start, /** @type {number} */ end) =>
      new Uint8Array(await file.slice(start, end).arrayBuffer());
    this.#outgoing.offer({ id, size, to, read });
    this.#problems.delete(id);
    if (isPicture(offered)) {
      void preview(file, name, t("Close")).then((picture) => {
        this.#pictures.get(id)?.forget();
        // It may have been taken back meanwhile.
        if (picture && this.#outgoing.has(id)) this.#pictures.set(id, picture);
        else picture?.forget();
        this.#draw();
      });
    }
    this.#draw();
  }

  /** The page was loaded again since it was offered. @param {OfferedFile} offered @param {string} conversation */
  async #chooseAgain(offered, conversation) {
    const asleep = this.#asleep.get(offered.id);
    const isGiven = asleep && (await mayRead(asleep.handle, { ask: true }));
    // It may have been moved or deleted since.
    const file = isGiven ? await asleep.handle.getFile().catch(() => null) : null;
    const [chosen] = file ? [{ file }] : await choose();
    if (!chosen) return;
    if (chosen.file.size === offered.size && cleanName(chosen.file.name) === cleanName(offered.name)) {
      this.#give(offered, chosen.file, conversation || null);
    } else this.#problems.set(offered.id, words.PROBLEMS.other);
    this.#draw();
  }

  /** @param {Kept} kept */
  async #wake({ id, to, handle }) {
    const file = await handle.getFile().catch(() => null);
    if (file) this.#give({ id, name: cleanName(file.name), size: file.size, type: file.type }, file, to);
  }
}
