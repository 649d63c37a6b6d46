/** What a browser keeps for a page, where it keeps nothing, and where what it kept is broken. */
import assert from "node:assert/strict";
import test from "node:test";
import { Store } from "../../static/js/lib/storage.js";
import { Memory, Tabs } from "../../static/js/room/browser.js";
import { FakeClock } from "./fakes.js";

class FakeStorage {
  values = new Map();
  getItem = (key) => this.values.get(key) ?? null;
  setItem = (key, value) => void this.values.set(key, value);
  removeItem = (key) => void this.values.delete(key);
  key = (index) => [...this.values.keys()][index] ?? null;
  get length() {
    return this.values.size;
  }
}

const NOWHERE = {
  "turned off": () => null,
  "not even there": () => undefined,
  "blocked with the cookies": () => {
    throw new DOMException("Access is denied for this document.", "SecurityError");
  },
  full: () => ({
    getItem: () => null,
    removeItem() {},
    setItem() {
      throw new DOMException("", "QuotaExceededError");
    },
  }),
};
const BROKEN = [
  "{oops",
  "",
  "null",
  "7",
  '"text"',
  "[]",
  '{"microphone": 5, "camera": {}, "token": [], "name": null}',
];
const CHOICES = {
  microphone: { on: false, device: "desk" },
  camera: { on: true, device: "" },
  speaker: "loud",
};
const VISIT = { token: "t", name: "Ana", me: "p1", hand: 1700000000000 };

for (const [how, find] of Object.entries(NOWHERE)) {
  test(`where storage is ${how}, the page goes on in memory`, () => {
    const memory = new Memory("code", new Store(find), new Store(find));
    assert.equal(memory.visit, null);
    assert.equal(memory.choices.microphone.on, true);
    memory.keepVisit(VISIT);
    memory.keepChoices(CHOICES);
    assert.deepEqual(memory.visit, VISIT);
    assert.deepEqual(memory.choices, CHOICES);
    memory.forgetVisit();
    assert.equal(memory.visit, null);
  });
}

for (const text of BROKEN) {
  test(`a stored value of ${JSON.stringify(text)} is nobody's`, () => {
    const storage = new FakeStorage();
    for (const key of ["roundtable:devices", "roundtable:visit:code", "roundtable:said:code"]) {
      storage.setItem(key, text);
    }
    const memory = new Memory("code", new Store(() => storage), new Store(() => storage));
    assert.equal(memory.visit, null);
    assert.deepEqual(memory.said("p1"), { count: 0, delivered: 0, messages: [] });
    assert.deepEqual(memory.choices, {
      microphone: { on: true, device: "" },
      camera: { on: true, device: "" },
      speaker: "",
    });
    memory.keepVisit(VISIT);
    assert.deepEqual(memory.visit, VISIT);
  });
}

test("what was kept is found by the next page", () => {
  const storage = new FakeStorage();
  new Memory("code", new Store(() => storage), new Store(() => storage)).keepVisit(VISIT);
  assert.deepEqual(new Memory("code", new Store(() => storage), new Store(() => storage)).visit, VISIT);
});

test("a browser that has no locks, because it has no cookies, lets one in all the same", async () => {
  const denied = async () => {
    throw new DOMException("Access to the LockManager is denied.", "SecurityError");
  };
  const clock = new FakeClock();
  const tabs = new Tabs({ request: denied, query: denied }, "room", clock);
  await tabs.enter();
  assert.equal(clock.pending, 0);
  assert.equal(await tabs.isTaken(), false);
});

test("what is kept is listed, be it in the browser's storage or in the page", () => {
  const storage = new FakeStorage();
  for (const find of [() => storage, ...Object.values(NOWHERE)]) {
    const store = new Store(find);
    store.keep("kept:1:/new/", "[]");
    store.keep("other", "x");
    store.forget("other");
    assert.deepEqual(store.keys, ["kept:1:/new/"]);
  }
});

test("a list is kept as one", () => {
  const storage = new FakeStorage();
  const store = new Store(() => storage);
  store.keep("typed", JSON.stringify([["title", "Standup"]]));
  assert.deepEqual(store.value("typed"), [["title", "Standup"]]);
  assert.equal(store.object("typed"), null);
});
