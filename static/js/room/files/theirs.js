import { t } from "../../lib/i18n.js";
import { Disk, Memory } from "./disk.js";
import { LARGEST_FILE } from "./frames.js";
import { ID } from "./messages.js";
import { cleanName, parted } from "../../lib/file-names.js";
import { isPicture } from "./pictures.js";
import { download, preview } from "./previews.js";
import { Speed } from "./speed.js";
import { Unasked } from "./unasked.js";
import * as words from "./words.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("../state.js").Attached} Attached
 * @typedef {import("../state.js").AttachedAction} AttachedAction
 * @typedef {import("../state.js").OfferedFile} OfferedFile
 * @typedef {import("./disk.js").Shelf} Shelf
 * @typedef {import("./disk.js").Unfinished} Unfinished
 * @typedef {import("./incoming.js").Incoming} Incoming
 * @typedef {import("./incoming.js").Taken} Taken
 * @typedef {import("./previews.js").Preview} Preview
 * @typedef {import("./receiving.js").Failure} Failure
 */

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

/** Files that others offer: as they stand in the chat, and what I do about them. */
export class Theirs {
  #clock;
  #incoming;
  #disk;
  #nameOf;
  #isHere;
  #tell;
  #draw;
  #unasked;
  /** By author and file. @type {Map<string, Wanted>} */
  #wanted = new Map();
  /** Begun before this page was loaded. @type {Unfinished[]} */
  #unfinished = [];

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {Incoming} options.incoming
   * @param {(bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>} options.digest
   * @param {(id: string) => string} options.nameOf  a participant
   * @param {(id: string) => boolean} options.isHere
   * @param {(text: string) => void} options.tell  those who do not see it
   * @param {() => void} options.draw
   */
  constructor({ clock, incoming, digest, nameOf, isHere, tell, draw }) {
    this.#clock = clock;
    this.#incoming = incoming;
    this.#disk = new Disk(digest);
    this.#nameOf = nameOf;
    this.#isHere = isHere;
    this.#tell = tell;
    this.#draw = draw;
    this.#unasked = new Unasked({ clock, isHere });
    incoming.on("whole", (taken) => void this.#arrived(taken));
    incoming.on("failed", (taken) => this.#tellLost(taken));
  }

  /** What an earlier page has begun. */
  async restore() {
    this.#unfinished = await this.#disk.unfinished();
  }

  /** What was begun before, of those who are here. */
  goOn() {
    const mine = this.#unfinished.filter(({ offer }) => this.#isHere(offer.author));
    if (mine.length === 0) return;
    this.#unfinished = this.#unfinished.filter((one) => !mine.includes(one));
    for (const { offer } of mine) void this.#save(offer.author, offer, `${offer.author} ${offer.id}`);
  }

  /** @param {{author: string, conversation: string}} line @param {OfferedFile} said @returns {Attached} */
  show({ author, conversation }, said) {
    const file = { ...said, name: cleanName(said.name) };
    const key = `${author} ${file.id}`;
    const isSound =
      ID.test(file.id) && Number.isSafeInteger(file.size) && file.size >= 0 && file.size <= LARGEST_FILE;
    const shown = parted(file.name);
    const before = this.#incoming.of(author, file.id)?.offer;
    // Offered twice, as two: what was taken has the first name, whatever stands here.
    const isOther = before !== undefined && (before.name !== file.name || before.size !== file.size);
    if (!isSound || isOther) {
      return {
        ...shown,
        detail: isSound ? words.PROBLEMS.other : words.PROBLEMS.large,
        isTrouble: true,
        progress: null,
        actions: [],
        picture: null,
      };
    }
    this.#peek(author, file, key);
    const wanted = this.#wanted.get(key);
    const taken = this.#incoming.of(author, file.id);
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
    const now = this.#clock.now();
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
    const notNow = { ...stop, name: "not-now", label: words.ACTIONS["not-now"] };
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
      actions: phase === "done" ? [put] : phase === "failed" ? [notNow, again] : [stop],
    };
  }

  /** Pictures are shown by themselves, once somebody looks at their line. @param {string} author @param {OfferedFile} file @param {string} key */
  #peek(author, file, key) {
    if (this.#wanted.has(key) || !isPicture(file) || !this.#isHere(author) || isSparing()) return;
    const gone = this.#unasked.take(key, author, file.size);
    if (!gone) return;
    for (const one of gone) void this.#letGo(one);
    const wanted = new Wanted();
    this.#wanted.set(key, wanted);
    wanted.shelf = new Memory();
    this.#incoming.take(author, file, wanted.shelf);
  }

  /** There is no room for it any more. @param {string} key  of a picture that nobody has asked for */
  async #letGo(key) {
    const [author = "", file = ""] = key.split(" ");
    this.#wanted.get(key)?.picture?.forget();
    await this.#stop(author, file, key);
  }

  /** I want it on my disk. @param {string} author @param {OfferedFile} file @param {string} key */
  async #save(author, file, key) {
    const wanted = this.#wanted.get(key) ?? new Wanted();
    this.#wanted.set(key, wanted);
    wanted.isSaved = true;
    wanted.failure = "";
    this.#unasked.forget(key);
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

  /** @param {string} author @param {string} file @param {string} key */
  async #stop(author, file, key) {
    this.#wanted.delete(key);
    await this.#incoming.stop(author, file);
    this.#draw();
  }

  /** @param {Taken} taken */
  async #arrived({ author, offer }) {
    const key = `${author} ${offer.id}`;
    const wanted = this.#wanted.get(key);
    if (!wanted?.shelf) return;
    if (isPicture(offer)) {
      wanted.picture = await preview(await wanted.shelf.file(), offer.name, t("Close"));
      this.#unasked.drawn(key, wanted.picture?.bytes ?? 0);
      // It was let go of meanwhile.
      if (this.#wanted.get(key) !== wanted) wanted.picture?.forget();
    }
    if (wanted.isSaved) await this.#put(offer.name, wanted);
    this.#draw();
  }

  /** Where downloads go. @param {string} name @param {Wanted} wanted */
  async #put(name, wanted) {
    if (!wanted.shelf) return;
    download(await wanted.shelf.file(), name, this.#clock);
    if (!wanted.isPut) this.#tell(words.whole(name));
    wanted.isPut = true;
  }

  /** @param {Taken} taken */
  #tellLost({ author, offer }) {
    if (this.#wanted.get(`${author} ${offer.id}`)?.isSaved) this.#tell(words.lost(offer.name));
  }
}

/** Whoever saves data looks at pictures when they ask for them. */
function isSparing() {
  const { connection } = /** @type {{connection?: {saveData: boolean}}} */ (navigator);
  return connection?.saveData ?? false;
}
