import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetKnown, keepTyped } from "../../../static/js/meetings/typing.js";
import { Store } from "../../../static/js/lib/storage.js";

/** A tab: what it keeps outlives its pages. */
class Tab {
  #kept = new Map();
  store = new Store(() => ({
    getItem: (key) => this.#kept.get(key) ?? null,
    setItem: (key, value) => this.#kept.set(key, value),
    removeItem: (key) => this.#kept.delete(key),
    key: (index) => [...this.#kept.keys()][index] ?? null,
    length: this.#kept.size,
  }));

  /** Opens the form, and gives it. @param {Record<string, string>} dataset @param {object} [place] */
  open(dataset = {}, place) {
    const [page, form] = [new EventTarget(), new Form({ typing: "1", ...dataset })];
    globalThis.location = { pathname: "/meetings/new/", search: "" };
    globalThis.document = Object.assign(new EventTarget(), { createElement: () => ({}) });
    globalThis.addEventListener = page.addEventListener.bind(page);
    globalThis.FormData = class {
      [Symbol.iterator]() {
        return form.elements.map(({ name, value }) => [name, value])[Symbol.iterator]();
      }
    };
    globalThis.HTMLInputElement = class {};
    const { restored, forget } = keepTyped(form, this.store, place);
    return { form, restored, forget, leave: () => page.dispatchEvent(new Event("pagehide")) };
  }
}

class Form extends EventTarget {
  title = { name: "title", value: "", type: "text" };
  elements = [this.title];

  constructor(dataset) {
    super();
    this.dataset = dataset;
  }

  type(text) {
    this.title.value = text;
    this.dispatchEvent(new Event("input"));
  }

  /** Sends it; what it was sent as. */
  send() {
    this.dispatchEvent(new Event("submit", { cancelable: true }));
    return this.elements.find(({ name }) => name === "typing").value;
  }

  append(field) {
    if (!this.elements.includes(field)) this.elements.push(field);
  }

  querySelector() {
    return this.elements.find(({ name }) => name === "typing") ?? null;
  }

  querySelectorAll() {
    return [];
  }
}

test("what was sent and did not arrive is here again, and what was taken is not", () => {
  const tab = new Tab();
  const first = tab.open();
  first.form.type("Timetable");
  const name = first.form.send();
  assert.match(name, /^[0-9a-z]{20}$/u);
  first.leave();
  const lost = tab.open({ taken: "somethingelse" });
  assert.equal(lost.restored, true);
  assert.equal(lost.form.title.value, "Timetable");
  const again = lost.form.send();
  assert.notEqual(again, name);
  lost.leave();
  const taken = tab.open({ taken: `${name}x ${again}` });
  assert.equal(taken.restored, false);
  assert.equal(taken.form.title.value, "");
});

test("what was typed after it was sent is kept, whatever became of that", () => {
  const tab = new Tab();
  const { form, leave } = tab.open();
  form.type("Timetable");
  const name = form.send();
  form.type("Timetable of the winter");
  leave();
  const back = tab.open({ taken: name });
  assert.equal(back.form.title.value, "Timetable of the winter");
});

test("what was given up is gone, sent or not", () => {
  const tab = new Tab();
  const { form, forget, leave } = tab.open();
  form.type("Timetable");
  form.send();
  forget();
  leave();
  assert.equal(tab.open().restored, false);
});

test("a script that stops the sending has sent nothing", () => {
  const tab = new Tab();
  const { form, leave } = tab.open();
  form.type("Timetable");
  const stopped = new Event("submit", { cancelable: true });
  stopped.preventDefault();
  form.dispatchEvent(stopped);
  leave();
  assert.equal(tab.open({ taken: "" }).form.title.value, "Timetable");
  assert.equal(form.querySelector(), null);
});

test("a form that is found by its path is the same whatever comes after it, but for what the address has chosen", () => {
  const tab = new Tab();
  const place = { address: "/i/token/answer/" };
  const first = tab.open({}, place);
  first.form.type("I come by train");
  first.leave();
  const chosen = tab.open({}, { ...place, chosen: ["title"] });
  assert.deepEqual([chosen.restored, chosen.form.title.value], [false, ""]);
  assert.equal(tab.open({}, place).form.title.value, "I come by train");
});

test("what was typed is kept until the server has that, and not something else", () => {
  const tab = new Tab();
  const place = { address: "/i/token/answer/" };
  const { form, leave } = tab.open({}, place);
  form.type("I come  by train ");
  leave();
  forgetKnown(form, tab.store, place.address, { title: "I come by bus" });
  assert.equal(tab.open({}, place).form.title.value, "I come  by train ");
  forgetKnown(form, tab.store, place.address, { title: "I come by train" });
  assert.equal(tab.open({}, place).restored, false);
});

test("whoever is not signed in takes nothing from those who are", () => {
  const tab = new Tab();
  const { form, leave } = tab.open();
  form.type("Timetable");
  leave();
  tab.open({ typing: "" });
  assert.equal(tab.open().form.title.value, "Timetable");
  tab.open({ typing: "2" });
  assert.equal(tab.open().restored, false);
});
