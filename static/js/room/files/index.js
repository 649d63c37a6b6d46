import { Timer } from "../../lib/timing.js";
import { t } from "../../lib/i18n.js";
import { addSheet } from "../../lib/sheet.js";
import { Disk, Memory } from "./disk.js";
import { LARGEST_FILE } from "./frames.js";
import { Incoming } from "./incoming.js";
import { Links } from "./links.js";
import { ID, messages } from "./messages.js";
import { cleanName, parted } from "./names.js";
import { Outgoing } from "./outgoing.js";
import { isPicture } from "./pictures.js";
import { download, preview } from "./previews.js";
import { choose, from, Handles, mayRead } from "./sources.js";
import { Speed } from "./speed.js";
import * as words from "./words.js";

/**
 * Files, from browser to browser (docs/decisions/0060-files.md): what is offered in the chat is taken by whoever wants it.
 *
 * @typedef {import("../capabilities.js").Inside} Inside
 * @typedef {import("../capabilities.js").Part} Part
 * @typedef {import("../state.js").Attached} Attached
 * @typedef {import("../state.js").AttachedAction} AttachedAction
 * @typedef {import("../state.js").Chosen} Chosen
 * @typedef {import("../state.js").OfferedFile} OfferedFile
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("./disk.js").Shelf} Shelf
 * @typedef {import("./incoming.js").Taken} Taken
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./previews.js").Preview} Preview
 * @typedef {import("./receiving.js").Failure} Failure
 * @typedef {{author: string, isMine: boolean, conversation: string}} Line
 */

// What moves is drawn four times a second, whatever it does.
const DRAW_EVERY = 250;
// Pictures that are taken to be shown, unasked, from one author, and from all: whoever comes back may be another one.
const MOST_UNASKED = 50_000_000;
const MOST_UNASKED_OF_ALL = 250_000_000;

// More have not been in one call.
const MOST_NAMES = 500;

/** What I do about one file of somebody else. */
class Wanted {
  /** It is to be saved, not only shown. */
  isSaved = false;
  isPut = false;
  speed = new Speed();
  /** Before there was a place for it. @type {Failure | ""} */
  failure = "";
  /** @type {Shelf | null} */
  shelf = null;
  /** @type {Preview | null} */
  picture = null;
}

/** @implements {Part} */
class FilesPart {
  /** @type {import("../state.js").Attachments} */
  attachments;
  #room;
  #links;
  #incoming;
  #outgoing;
  #disk = new Disk(digest);
  #handles = new Handles();
  #drawing;
  /** Those who are inside, by their id. @type {ReadonlyMap<string, Person>} */
  #people = new Map();
  /** Of all who have been inside, or have offered something: what is said of a file outlasts them. @type {Map<string, string>} */
  #names = new Map();
  /** By author and file. @type {Map<string, Wanted>} */
  #wanted = new Map();
  /** Begun before this page was loaded. @type {import("./disk.js").Unfinished[]} */
  #unfinished = [];
  /** Files of mine that the browser gives again once it is asked. @type {Map<string, import("./sources.js").Kept>} */
  #asleep = new Map();
  /** Pictures of mine. @type {Map<string, Preview>} */
  #mine = new Map();
  /** What is wrong with what was chosen again, by the file. @type {Map<string, string>} */
  #problems = new Map();
  /** Bytes of pictures that were taken unasked, by their author. @type {Map<string, number>} */
  #unasked = new Map();

  /** @param {Inside} room */
  constructor(room) {
    const { clock, sendTo: send, bulk } = room;
    this.#room = room;
    this.#drawing = new Timer(clock);
    this.#links = new Links(bulk);
    const [first = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.#incoming = new Incoming({ clock, links: this.#links, send, digest, first });
    this.#incoming.on("change", () => this.#draw());
    this.#incoming.on("whole", (taken) => void this.#arrived(taken));
    this.#incoming.on("failed", (taken) => this.#tellLost(taken));
    const left = () => {
      const { bitrate, isLossy } = room.left();
      return { rate: bitrate / 8, isLossy };
    };
    this.#outgoing = new Outgoing({
      clock,
      links: this.#links,
      send,
      left,
      digest,
      changed: () => this.#draw(),
    });
    this.attachments = {
      show: (line, file) => {
        if (!this.#names.has(line.author)) this.#remember(line.author, line.name);
        return line.isMine ? this.#showMine(line, file) : this.#showTheirs(line, file);
      },
      choose,
      from,
      offer: (chosen, to) => this.#offer(chosen, to),
      withdraw: ({ id }) => this.#withdraw(id),
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
    this.#people = new Map(people.map((person) => [person.id, person]));
    for (const { id, name } of people) this.#remember(id, name);
    if (people.length > 0) this.#incoming.resume();
    this.#goOn();
    return new Map();
  }

  close() {
    this.#drawing.cancel();
    this.#incoming.pause();
    this.#outgoing.pause();
  }

  // -- mine --

  /** @param {Chosen} chosen @param {string} to @returns {{file: OfferedFile} | {problem: string}} */
  #offer({ file, handle }, to) {
    if (file.size > LARGEST_FILE) return { problem: words.PROBLEMS.large };
    const id = crypto.randomUUID();
    const offered = { id, name: cleanName(file.name), size: file.size, type: file.type.slice(0, 100) };
    this.#give(offered, file, to || null);
    if (handle) void this.#handles.keep({ id, to: to || null, handle });
    return { file: offered };
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
        if (picture) this.#mine.set(id, picture);
        this.#draw();
      });
    }
    this.#draw();
  }

  /** @param {string} id */
  #withdraw(id) {
    this.#outgoing.withdraw(id, "gone");
    this.#asleep.delete(id);
    void this.#handles.forget(id);
  }

  /** @param {Line} line @param {OfferedFile} file @returns {Attached} */
  #showMine({ conversation }, file) {
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
      detail: isHere ? detail : (this.#problems.get(id) ?? words.LOST),
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
      picture: this.#mine.get(id) ?? null,
    };
  }

  /** The page was loaded again since it was offered. @param {OfferedFile} offered @param {string} conversation */
  async #chooseAgain(offered, conversation) {
    const asleep = this.#asleep.get(offered.id);
    const isGiven = asleep && (await mayRead(asleep.handle, { ask: true }));
    const [chosen] = isGiven
      ? [{ file: await asleep.handle.getFile(), handle: asleep.handle }]
      : await choose();
    if (!chosen) return;
    if (chosen.file.size === offered.size && cleanName(chosen.file.name) === cleanName(offered.name)) {
      this.#give(offered, chosen.file, conversation || null);
    } else this.#problems.set(offered.id, words.PROBLEMS.other);
    this.#draw();
  }

  // -- theirs --

  /** @param {Line} line @param {OfferedFile} said @returns {Attached} */
  #showTheirs({ author, conversation }, said) {
    const file = { ...said, name: cleanName(said.name) };
    const key = `${author} ${file.id}`;
    const isSound =
      ID.test(file.id) && Number.isSafeInteger(file.size) && file.size >= 0 && file.size <= LARGEST_FILE;
    if (isSound) this.#peek(author, file, key);
    const wanted = this.#wanted.get(key);
    const taken = this.#incoming.of(author, file.id);
    const shown = parted(file.name);
    if (!isSound) {
      return {
        ...shown,
        detail: words.PROBLEMS.large,
        isTrouble: true,
        progress: null,
        actions: [],
        picture: null,
      };
    }
    const picture = wanted?.picture ?? null;
    if (!wanted?.isSaved || !taken) {
      return { ...shown, ...this.#untouched(author, file, key, conversation), picture };
    }
    return { ...shown, ...this.#underWay(taken, wanted, key), picture };
  }

  /** Not asked for by me, or there was no place for it. @param {string} author @param {OfferedFile} file @param {string} key @param {string} conversation */
  #untouched(author, file, key, conversation) {
    const wanted = this.#wanted.get(key);
    const failure = (wanted?.isSaved && wanted.failure) || "";
    /** @type {AttachedAction[]} */
    const actions = [
      {
        name: failure ? "again" : "save",
        label: failure ? words.ACTIONS.again : words.ACTIONS.save,
        icon: "download",
        act: () => void this.#save(author, file, key),
      },
    ];
    return {
      detail: failure
        ? words.failed(failure, this.#nameOf(author))
        : words.offered(file.size, conversation === ""),
      isTrouble: failure !== "",
      progress: null,
      actions: wanted?.isSaved && !failure ? [] : actions,
    };
  }

  /** @param {Taken} taken @param {Wanted} wanted @param {string} key */
  #underWay(taken, wanted, key) {
    const { author, offer, receiving } = taken;
    const { phase, bytes, failure } = receiving;
    const { size } = offer;
    const name = this.#nameOf(author);
    const now = this.#room.clock.now();
    if (phase === "moving") wanted.speed.note(bytes, now);
    /** @type {Record<typeof phase, () => string>} */
    const details = {
      away: () => (this.#incoming.isQueued(taken) ? words.turn(name) : words.away(name, bytes, size)),
      asked: () => (bytes > 0 ? words.moving(bytes, size, null) : words.asking(name)),
      waiting: () => words.turn(name),
      moving: () => words.moving(bytes, size, wanted.speed.left(size, now)),
      checking: () => words.CHECKING,
      done: () => words.saved(size),
      failed: () => words.failed(failure || "disk", name),
      stopped: () => words.offered(size, true),
    };
    /** @type {AttachedAction} */
    const stop = {
      name: "stop",
      label: words.ACTIONS["stop-receiving"],
      icon: "close",
      act: () => void this.#stop(author, offer.id, key),
    };
    /** @type {AttachedAction} */
    const again = {
      name: "again",
      label: words.ACTIONS.again,
      icon: "download",
      act: () => void this.#incoming.retry(author, offer.id),
    };
    /** @type {AttachedAction} */
    const put = {
      name: "save",
      label: words.ACTIONS["save-again"],
      icon: "download",
      act: () => void this.#put(offer.name, wanted),
    };
    return {
      detail: details[phase](),
      isTrouble: phase === "failed",
      progress: receiving.isOver ? null : { part: size > 0 ? bytes / size : 0, label: words.RECEIVING },
      actions: phase === "done" ? [put] : phase === "failed" ? [again, stop] : [stop],
    };
  }

  /** I want it on my disk. @param {string} author @param {OfferedFile} file @param {string} key */
  async #save(author, file, key) {
    const wanted = this.#wanted.get(key) ?? new Wanted();
    this.#wanted.set(key, wanted);
    wanted.isSaved = true;
    wanted.failure = "";
    this.#draw();
    const taken = this.#incoming.of(author, file.id);
    if (taken?.receiving.phase === "done") return this.#put(file.name, wanted);
    // A picture that is on its way already.
    if (taken) return taken.receiving.isOver ? this.#incoming.retry(author, file.id) : undefined;
    await this.#take(author, file, wanted);
  }

  /** @param {string} author @param {OfferedFile} file @param {Wanted} wanted */
  async #take(author, file, wanted) {
    try {
      wanted.shelf = await this.#disk.place(author, file);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      wanted.failure = error.name === "QuotaExceededError" ? "full" : "disk";
      return this.#draw();
    }
    this.#incoming.take(author, file, wanted.shelf);
  }

  /** Pictures are shown by themselves, once somebody looks at their line. @param {string} author @param {OfferedFile} file @param {string} key */
  #peek(author, file, key) {
    const before = this.#unasked.get(author) ?? 0;
    const ofAll = [...this.#unasked.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (this.#wanted.has(key) || !isPicture(file)) return;
    if (before + file.size > MOST_UNASKED || ofAll + file.size > MOST_UNASKED_OF_ALL) return;
    if (!this.#people.has(author) || isSparing()) return;
    this.#unasked.set(author, before + file.size);
    const wanted = new Wanted();
    this.#wanted.set(key, wanted);
    wanted.shelf = new Memory(file);
    this.#incoming.take(author, file, wanted.shelf);
  }

  /** @param {string} author @param {string} file @param {string} key */
  async #stop(author, file, key) {
    this.#wanted.delete(key);
    await this.#incoming.stop(author, file);
    this.#draw();
  }

  /** @param {Taken} taken */
  async #arrived({ author, offer }) {
    const wanted = this.#wanted.get(`${author} ${offer.id}`);
    if (!wanted?.shelf) return;
    if (isPicture(offer)) wanted.picture = await preview(await wanted.shelf.file(), offer.name, t("Close"));
    if (wanted.isSaved) await this.#put(offer.name, wanted);
    this.#draw();
  }

  /** Where downloads go. @param {string} name @param {Wanted} wanted */
  async #put(name, wanted) {
    if (!wanted.shelf) return;
    download(await wanted.shelf.file(), name);
    if (!wanted.isPut) this.#room.tell(words.whole(name));
    wanted.isPut = true;
  }

  /** @param {Taken} taken */
  #tellLost({ author, offer }) {
    if (this.#wanted.get(`${author} ${offer.id}`)?.isSaved) this.#room.tell(words.lost(offer.name));
  }

  // -- after a reload --

  async #restore() {
    this.#unfinished = await this.#disk.unfinished();
    for (const kept of await this.#handles.all()) {
      if (this.#outgoing.has(kept.id)) continue;
      this.#asleep.set(kept.id, kept);
      if (await mayRead(kept.handle).catch(() => false)) await this.#wake(kept);
    }
    this.#goOn();
    this.#draw();
  }

  /** @param {import("./sources.js").Kept} kept */
  async #wake({ id, to, handle }) {
    const file = await handle.getFile().catch(() => null);
    if (file) this.#give({ id, name: cleanName(file.name), size: file.size, type: file.type }, file, to);
  }

  /** What was begun before, of those who are here. */
  #goOn() {
    const mine = this.#unfinished.filter(({ offer }) => this.#people.has(offer.author));
    if (mine.length === 0) return;
    this.#unfinished = this.#unfinished.filter((one) => !mine.includes(one));
    for (const { offer } of mine) void this.#save(offer.author, offer, `${offer.author} ${offer.id}`);
  }

  /** The newest last. @param {string} id @param {string} name */
  #remember(id, name) {
    this.#names.delete(id);
    this.#names.set(id, name);
    for (const old of this.#names.keys()) if (this.#names.size > MOST_NAMES) this.#names.delete(old);
  }

  /** @param {string} id */
  #nameOf(id) {
    return this.#names.get(id) ?? t("Somebody");
  }

  #draw() {
    if (!this.#drawing.pending) this.#drawing.plan(DRAW_EVERY, () => this.#room.draw());
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function digest(bytes) {
  return crypto.subtle.digest("SHA-256", bytes);
}

/** Whoever saves data looks at pictures when they ask for them. */
function isSparing() {
  const { connection } = /** @type {{connection?: {saveData: boolean}}} */ (navigator);
  return connection?.saveData ?? false;
}

/** @type {import("../capabilities.js").Capability} */
export const capability = {
  messages,
  dress: () => addSheet(import.meta.resolve("./files.css")),
  begin: (room) => new FilesPart(room),
};
