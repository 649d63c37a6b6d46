/** What is kept on this device: handles of files of mine, and what comes of the files of others. */
import assert from "node:assert/strict";
import test from "node:test";
import { KEPT, Memory } from "../../../static/js/room/files/disk.js";
import { Mine } from "../../../static/js/room/files/mine.js";
import { Handles } from "../../../static/js/room/files/sources.js";
import { settle } from "../fakes.js";

// -- handles -------------------------------------------------------------------------------------

/** As much of IndexedDB as is needed: one store, whose records have an id. */
class FakeDatabase {
  records = new Map();

  get indexedDB() {
    const asked = (result) => {
      const request = new EventTarget();
      setImmediate(() => request.dispatchEvent(new Event("success")));
      return Object.assign(request, { result });
    };
    const sorted = () => [...this.records.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const store = {
      put: (record) => asked(this.records.set(record.id, record)),
      delete: (id) => asked(this.records.delete(id)),
      getAll: (query, count) => asked(sorted().slice(0, count)),
    };
    const database = { transaction: () => ({ objectStore: () => store }), close() {} };
    return { open: () => asked(database) };
  }
}

function browser(context) {
  const database = new FakeDatabase();
  globalThis.indexedDB = database.indexedDB;
  context.after(() => delete globalThis.indexedDB);
  return database;
}

const kept = (id) => ({ id, to: null, handle: { name: `${id}.pdf` } });

test("a page finds what was offered in its own room, and nothing of another", async (context) => {
  browser(context);
  const [ferry, harbour] = [new Handles("ferry-crew", () => 0), new Handles("harbour-watch", () => 0)];
  await ferry.keep(kept("plan"));
  await harbour.keep(kept("tides"));
  assert.deepEqual(
    (await ferry.all()).map(({ id }) => id),
    ["plan"],
  );
  assert.deepEqual(
    (await harbour.all()).map(({ id }) => id),
    ["tides"],
  );
  await harbour.forget("tides");
  assert.deepEqual(await harbour.all(), []);
});

test("what was offered a week ago is not offered again, in whatever room, and is forgotten", async (context) => {
  const database = browser(context);
  let now = 1_000;
  // From an edition that knew no time.
  database.records.set("ancient", kept("ancient"));
  await new Handles("ferry-crew", () => now).keep(kept("old"));
  now += KEPT - 1_000;
  await new Handles("ferry-crew", () => now).keep(kept("new"));
  now += 1_000;
  assert.deepEqual(await new Handles("harbour-watch", () => now).all(), []);
  assert.deepEqual([...database.records.keys()], ["new"]);
});

test("of many the newest are found again, whatever their names, and no others are kept", async (context) => {
  const database = browser(context);
  let now = 0;
  const handles = new Handles("ferry-crew", () => (now += 1));
  for (let at = 0; at < 150; at += 1) await handles.keep(kept(`f${999 - at}`));
  const found = (await handles.all()).map(({ id }) => id);
  assert.equal(found.length, 100);
  assert.ok(found.includes("f850") && !found.includes("f999"));
  assert.equal(database.records.size, 100);
});

test("a file that was moved after it was offered is asked for, when it is to be chosen again", async (context) => {
  const database = browser(context);
  globalThis.window = { showOpenFilePicker: async () => [{ getFile: async () => plan }] };
  context.after(() => delete globalThis.window);
  const plan = { name: "plan.pdf", size: 3, type: "application/pdf" };
  const handle = {
    queryPermission: async () => "prompt",
    requestPermission: async () => "granted",
    getFile: async () => {
      throw new DOMException("it is not there", "NotFoundError");
    },
  };
  database.records.set("p1", { id: "p1", to: null, handle, room: "ferry-crew", at: Date.now() });
  const given = [];
  const outgoing = {
    has: (id) => given.includes(id),
    hasChanged: () => false,
    progress: [],
    arrived: () => [],
    offer: ({ id }) => given.push(id),
  };
  const mine = new Mine({ room: "ferry-crew", outgoing, nameOf: () => "", draw() {} });
  await mine.restore();
  const [again] = mine.show("", { id: "p1", ...plan }).actions;
  again.act();
  await settle();
  assert.deepEqual(given, ["p1"]);
});

// -- what comes ----------------------------------------------------------------------------------

class FakeFile {
  bytes = new Uint8Array();
  isBroken = false;
  #isTaken = false;

  async createSyncAccessHandle() {
    if (this.isBroken) throw new DOMException("broken", "UnknownError");
    if (this.#isTaken) throw new DOMException("taken", "NoModificationAllowedError");
    this.#isTaken = true;
    return {
      truncate: (size) => (this.bytes = this.bytes.slice(0, size)),
      write: (bytes, { at }) => {
        const whole = new Uint8Array(Math.max(this.bytes.length, at + bytes.length));
        whole.set(this.bytes);
        whole.set(bytes, at);
        this.bytes = whole;
        return bytes.length;
      },
      read: (bytes, { at }) => bytes.set(this.bytes.subarray(at, at + bytes.length)),
      getSize: () => this.bytes.length,
      flush() {},
      close: () => (this.#isTaken = false),
    };
  }

  async getFile() {
    return new Blob([this.bytes]);
  }
}

class FakeFolder {
  all = new Map();

  getDirectoryHandle = async (name, options) => this.#get(name, options, FakeFolder);
  getFileHandle = async (name, options) => this.#get(name, options, FakeFile);

  #get(name, { create = false } = {}, Kind) {
    if (!this.all.has(name) && !create) throw new DOMException(name, "NotFoundError");
    if (!this.all.has(name)) this.all.set(name, new Kind());
    return this.all.get(name);
  }

  async removeEntry(name) {
    if (!this.all.delete(name)) throw new DOMException(name, "NotFoundError");
  }

  async *entries() {
    yield* [...this.all];
  }
}

/** Locks of a whole browser; a page that is closed lets go of its own. */
class FakeLocks {
  #held = [];

  async request(name, { mode = "exclusive", ifAvailable = false }, act) {
    const others = this.#held.filter((one) => one.name === name);
    const isFree = others.every((one) => one.mode === "shared" && mode === "shared");
    if (!isFree && ifAvailable) return act(null);
    assert.ok(isFree, "nobody waits for a lock here");
    const held = { name, mode };
    this.#held.push(held);
    try {
      return await act(held);
    } finally {
      this.#held = this.#held.filter((one) => one !== held);
    }
  }

  closeAll() {
    this.#held = [];
  }
}

let opened = 0;

/** A browser with tabs, each of which has a worker of its own. */
async function tabs(context) {
  const root = new FakeFolder();
  const locks = new FakeLocks();
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", {
    configurable: true,
    value: { storage: { getDirectory: async () => root }, locks },
  });
  const answers = new Map();
  globalThis.postMessage = (answer) => answers.get(answer.n)(answer);
  context.after(() => {
    Object.defineProperty(globalThis, "navigator", before);
    delete globalThis.postMessage;
    delete globalThis.addEventListener;
  });
  let count = 0;
  const open = async () => {
    let listener;
    globalThis.addEventListener = (_, then) => (listener = then);
    opened += 1;
    await import(`../../../static/js/room/files/disk-worker.js?tab=${opened}`);
    return async (action, asked = {}) => {
      count += 1;
      const n = count;
      const answered = new Promise((resolve) => answers.set(n, resolve));
      listener({ data: { n, action, kept: KEPT, ...asked } });
      const { value, failure } = await answered;
      if (failure) throw new DOMException(failure.message, failure.name);
      return value;
    };
  };
  const folder = (key) => root.all.get("files").all.get(key);
  return { open, locks, folder, files: () => [...(root.all.get("files")?.all.keys() ?? [])] };
}

async function takes(tab, key, { isWhole }) {
  await tab("open", { key, offer: { id: "f1", author: "alice" } });
  const bytes = new Uint8Array([1, 2, 3]).buffer;
  await tab("write", { key, block: 0, at: 0, bytes, hash: new Uint8Array(32).buffer });
  if (!isWhole) return;
  await tab("close", { key });
  await tab("done", { key });
}

test("what one tab has whole is not removed by another, which may be copied yet; once it is closed, it is", async (context) => {
  const { open, locks, files } = await tabs(context);
  const first = await open();
  await takes(first, "alice.f1", { isWhole: true });
  const second = await open();
  assert.deepEqual(await second("list"), []);
  assert.deepEqual(files(), ["alice.f1"]);
  locks.closeAll();
  await settle();
  const third = await open();
  assert.deepEqual(await third("list"), []);
  assert.deepEqual(files(), []);
});

test("what was begun is gone on with, and what was given up is gone", async (context) => {
  const { open, files } = await tabs(context);
  const first = await open();
  await takes(first, "alice.f1", { isWhole: false });
  await takes(first, "alice.f2", { isWhole: false });
  await first("remove", { key: "alice.f2" });
  const second = await open();
  const found = await second("list");
  assert.deepEqual(
    found.map(({ key }) => key),
    ["alice.f1"],
  );
  assert.deepEqual(files(), ["alice.f1"]);
  // Too old, and of nobody any more.
  assert.deepEqual(await second("list", { kept: -1 }), []);
  assert.deepEqual(files(), ["alice.f1"], "but somebody has it");
});

test("a file that could not be opened wholly is let go of, and opened at the next try", async (context) => {
  const { open, folder } = await tabs(context);
  const tab = await open();
  await takes(tab, "alice.f1", { isWhole: false });
  await tab("close", { key: "alice.f1" });
  const hashes = await folder("alice.f1").getFileHandle("hashes");
  const offer = { id: "f1", author: "alice" };
  hashes.isBroken = true;
  await assert.rejects(tab("open", { key: "alice.f1", offer }), { name: "UnknownError" });
  hashes.isBroken = false;
  assert.equal((await tab("open", { key: "alice.f1", offer })).byteLength, 32);
});

test("what is kept in memory is no page, whatever its author calls it", async () => {
  const memory = new Memory();
  await memory.write(0, new TextEncoder().encode("<script>alert(1)</script>"));
  const file = await memory.file();
  assert.equal(file.type, "application/octet-stream");
  assert.equal(await file.text(), "<script>alert(1)</script>");
});
