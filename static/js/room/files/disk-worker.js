// Writes blocks into the private file system of the origin, in place, which only a worker may (File System, 2.6.2): what a
// page writes there by itself counts once the file is closed, and a reload would lose it.
export {};

const FOLDER = "files";
const HASH = 32;
// The page before this one may not have let go of a file yet (milliseconds).
const TAKEN_AGAIN = 200;
const TAKEN_TIMES = 15;

/** @type {Map<string, {data: any, hashes: any}>} */
const open = new Map();
/** How to let go of the locks of what this page has, whole or not; they end with it. @type {Map<string, () => void>} */
const held = new Map();

/** @param {string} [key] @param {boolean} [create] */
async function folder(key, create = false) {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(FOLDER, { create: true });
  return key === undefined ? all : all.getDirectoryHandle(key, { create });
}

/** @param {FileSystemDirectoryHandle} where @param {string} name */
async function access(where, name) {
  const handle = /** @type {any} */ (await where.getFileHandle(name, { create: true }));
  for (let times = 0; ; times += 1) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      const isTaken = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!isTaken || times >= TAKEN_TIMES) throw error;
      await new Promise((resolve) => setTimeout(resolve, TAKEN_AGAIN));
    }
  }
}

/** @param {string} key */
const lockOf = (key) => `files ${key}`;

/** As long as this page is there, no other takes this for something that was left. @param {string} key */
async function hold(key) {
  if (held.has(key)) return;
  await new Promise((resolve, reject) => {
    // Another page may take the same file; it finds out when it opens it.
    const asked = { mode: /** @type {const} */ ("shared") };
    const holding = () => new Promise((release) => resolve(held.set(key, () => release(undefined))));
    navigator.locks.request(lockOf(key), asked, holding).catch(reject);
  });
}

/** What a page may ask for. @type {Record<string, (asked: any) => Promise<unknown>>} */
const actions = {
  /** The hashes of all blocks that are there. */
  async open({ key, offer }) {
    await hold(key);
    const where = await folder(key, true);
    const text = await access(where, "offer");
    text.truncate(0);
    text.write(new TextEncoder().encode(JSON.stringify({ ...offer, at: Date.now() })), { at: 0 });
    text.close();
    const data = await access(where, "data");
    const hashes = await access(where, "hashes").catch((error) => {
      // Or nobody could open it again as long as this page is there.
      data.close();
      throw error;
    });
    const files = { data, hashes };
    open.set(key, files);
    const bytes = new Uint8Array(Math.floor(hashes.getSize() / HASH) * HASH);
    hashes.read(bytes, { at: 0 });
    return bytes.buffer;
  },

  /** The bytes of what is there, to be looked at. */
  async read({ key, at, length }) {
    const bytes = new Uint8Array(length);
    const count = open.get(key)?.data.read(bytes, { at }) ?? 0;
    return bytes.slice(0, count).buffer;
  },

  /** The hash comes after its block: what has one is whole. */
  async write({ key, block, at, bytes, hash }) {
    const files = open.get(key);
    if (!files) throw new DOMException("it is not open", "InvalidStateError");
    if (files.data.write(new Uint8Array(bytes), { at }) !== bytes.byteLength) {
      throw new DOMException("not all of it was written", "QuotaExceededError");
    }
    files.hashes.write(new Uint8Array(hash), { at: block * HASH });
  },

  /** What follows these blocks is not right. */
  async cut({ key, blocks }) {
    open.get(key)?.hashes.truncate(blocks * HASH);
  },

  async close({ key }) {
    const files = open.get(key);
    open.delete(key);
    for (const one of files ? [files.data, files.hashes] : []) {
      one.flush();
      one.close();
    }
  },

  async remove({ key }) {
    await actions["close"]?.({ key });
    await (await folder()).removeEntry(key, { recursive: true }).catch(ignoreMissing);
    held.get(key)?.();
    held.delete(key);
  },

  /** It is handed over, and is not gone on with. */
  async done({ key }) {
    const where = await folder(key);
    await where.removeEntry("hashes").catch(ignoreMissing);
  },

  /**
   * What was begun and is not whole. What is whole has been handed over by an earlier page, and goes with it: the browser of
   * one that is still there, in another tab, may be copying it to where downloads go.
   */
  async list({ kept }) {
    const all = await folder();
    const found = [];
    for await (const [key, where] of /** @type {any} */ (all).entries()) {
      const offer = await offerIn(where);
      if (offer && Date.now() - offer.at < kept && (await has(where, "hashes"))) found.push({ key, offer });
      else await removeLeft(all, key);
    }
    return found;
  },
};

/** @param {FileSystemDirectoryHandle} all @param {string} key */
async function removeLeft(all, key) {
  await navigator.locks.request(lockOf(key), { ifAvailable: true }, async (lock) => {
    if (lock) await all.removeEntry(key, { recursive: true }).catch(() => {});
  });
}

/** @param {FileSystemDirectoryHandle} where */
async function offerIn(where) {
  try {
    const file = await (await where.getFileHandle("offer")).getFile();
    return JSON.parse(await file.text());
  } catch {
    return null;
  }
}

/** @param {FileSystemDirectoryHandle} where @param {string} name */
async function has(where, name) {
  return where.getFileHandle(name).then(
    () => true,
    () => false,
  );
}

/** @param {unknown} error */
function ignoreMissing(error) {
  if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
}

// What is asked for is done in its order.
let before = Promise.resolve();
addEventListener("message", ({ data: { n, action, ...asked } }) => {
  before = before.then(async () => {
    try {
      const value = await actions[action]?.(asked);
      postMessage({ n, value }, { transfer: value instanceof ArrayBuffer ? [value] : [] });
    } catch (error) {
      const { name = "Error", message = "" } =
        error instanceof Error || error instanceof DOMException ? error : {};
      postMessage({ n, failure: { name, message } });
    }
  });
});
