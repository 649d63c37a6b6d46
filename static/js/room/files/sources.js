import { make } from "../../lib/dom.js";
import { KEPT } from "./disk.js";

/**
 * Where files come from: chosen, dropped or pasted; and what the browser keeps of them for a page that is loaded again.
 *
 * @typedef {import("../state.js").Chosen} Chosen
 * @typedef {{id: string, to: string | null, handle: FileSystemFileHandle}} Kept  what of a file of mine is kept
 */

const DATABASE = "files";
const STORE = "handles";
// The newest of all rooms, and none for longer than what comes is kept.
const MOST_KEPT = 100;

/**
 * Asks for files; none, if they think better of it, or if their press is so long ago that the browser would not show them any.
 *
 * @returns {Promise<Chosen[]>}
 */
export async function choose() {
  if (navigator.userActivation?.isActive === false) return [];
  const { showOpenFilePicker } = /** @type {any} */ (window);
  if (!showOpenFilePicker) return chooseByField();
  try {
    /** @type {FileSystemFileHandle[]} */
    const handles = await showOpenFilePicker({ multiple: true });
    return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return [];
    throw error;
  }
}

/** @returns {Promise<Chosen[]>} */
function chooseByField() {
  const field = /** @type {HTMLInputElement} */ (
    make("input", { type: "file", multiple: true, hidden: true })
  );
  document.body.append(field);
  return new Promise((resolve) => {
    const end = () => {
      field.remove();
      resolve([...(field.files ?? [])].map((file) => ({ file, handle: null })));
    };
    field.addEventListener("change", end);
    field.addEventListener("cancel", end);
    field.click();
  });
}

/** What was dropped or pasted, but for folders. @param {DataTransfer} data @returns {Promise<Chosen[]>} */
export async function from(data) {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  // All of it in this very moment: after the event there is nothing left to ask.
  const asked = items.map((item) => {
    const one = /** @type {any} */ (item);
    return {
      file: item.getAsFile(),
      isFolder: item.webkitGetAsEntry?.()?.isDirectory ?? false,
      handle: /** @type {Promise<FileSystemHandle | null>} */ (
        one.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null)
      ),
    };
  });
  const found = await Promise.all(asked.map(async (one) => ({ ...one, handle: await one.handle })));
  return found.flatMap(({ file, isFolder, handle }) => {
    if (!file || isFolder || handle?.kind === "directory") return [];
    return [{ file, handle: /** @type {FileSystemFileHandle | null} */ (handle) }];
  });
}

/** Handles of files that I have offered in this room, through a reload, in browsers that have any. */
export class Handles {
  #room;
  #now;

  /** @param {string} room  its code @param {() => number} [now]  Unix milliseconds */
  constructor(room, now = Date.now) {
    this.#room = room;
    this.#now = now;
  }

  /** @param {Kept} kept */
  async keep(kept) {
    await this.#run("readwrite", (store) => store.put({ ...kept, room: this.#room, at: this.#now() }));
  }

  /** @param {string} id */
  async forget(id) {
    await this.#run("readwrite", (store) => store.delete(id));
  }

  /** Those of this room. What is too old or too much, of whatever room, goes. @returns {Promise<Kept[]>} */
  async all() {
    /** @type {(Kept & {room: string, at: number})[]} */
    const found = (await this.#run("readonly", (store) => store.getAll())) ?? [];
    // Those that an earlier edition kept say no time.
    const young = found.filter(({ at }) => this.#now() - at < KEPT).sort((one, other) => other.at - one.at);
    const kept = new Set(young.slice(0, MOST_KEPT));
    for (const one of found) if (!kept.has(one)) await this.forget(one.id);
    return [...kept].filter(({ room }) => room === this.#room);
  }

  /**
   * Null where the browser keeps nothing for a page.
   *
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T>} act
   */
  async #run(mode, act) {
    try {
      const database = await opened();
      const value = await answer(act(database.transaction(STORE, mode).objectStore(STORE)));
      database.close();
      return value;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      return null;
    }
  }
}

async function opened() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(STORE, { keyPath: "id" }));
  return answer(opening);
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** Whether it may be read now. @param {FileSystemFileHandle} handle @param {{ask?: boolean}} [options]  `ask` the person, who has just pressed something */
export async function mayRead(handle, { ask = false } = {}) {
  const one = /** @type {any} */ (handle);
  const permission = await one[ask ? "requestPermission" : "queryPermission"]({ mode: "read" });
  return permission === "granted";
}
