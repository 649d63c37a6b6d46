import assert from "node:assert/strict";
import test from "node:test";
import { Lobby } from "../../static/js/room/views/lobby.js";
import { FakeClock } from "./fakes.js";

/** As much of an element as the list of who waits needs. */
class FakeElement {
  #found = new Map();
  #listeners = new Map();
  children = [];
  textContent = "";
  getAttribute = () => null;
  setAttribute() {}
  contains = () => false;
  getBoundingClientRect = () => ({ top: 0, bottom: 0 });
  append = (...children) => void this.children.push(...children);
  replaceChildren = (...children) => void (this.children = children);
  remove() {}
  addEventListener = (name, listener) => void this.#listeners.set(name, listener);
  click = () => this.#listeners.get("click")();

  querySelector(selector) {
    if (selector === "li:last-child") return null;
    if (!this.#found.has(selector)) this.#found.set(selector, new FakeElement());
    return this.#found.get(selector);
  }
}

test("a question that nobody answers is taken back, though the list was drawn anew meanwhile", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const make = () => new FakeElement();
  const [page, said] = [make(), make()];
  const building = { createElement: make, createElementNS: make };
  globalThis.document = {
    title: "",
    activeElement: null,
    ...building,
    querySelector: () => null,
    getElementById: () => said,
  };
  const clock = new FakeClock();
  const admitted = [];
  const lobby = new Lobby(page, {
    entitle() {},
    clock,
    answer: (_, ids) => admitted.push(...ids),
    open() {},
  });
  const knocks = ["Ana", "Ben"].map((name) => ({ id: name, name, standing: "guest" }));
  const state = { knocks, panel: "people", people: { length: 1 }, capacity: 2 };
  const button = () => page.querySelector('#people [data-part="lobby"]').children[0].children[1];

  lobby.render(state);
  assert.equal(button().textContent, "Admit all");
  const first = button();
  first.click();
  first.click();
  assert.equal(
    said.children.filter(({ textContent }) => textContent === "Press again to admit all 2").length,
    1,
  );
  lobby.render({ ...state, people: { length: 2 } });
  assert.notEqual(button(), first);
  assert.equal(button().textContent, "Yes, admit all 2");
  clock.pass(8_000);
  assert.equal(button().textContent, "Admit all");
  assert.deepEqual(admitted, []);
});

test("whoever looks at another tab is called by the system, if they have said that they want it", async () => {
  const page = new FakeElement();
  globalThis.document = {
    title: "",
    hidden: true,
    activeElement: null,
    createElement: () => new FakeElement(),
    createElementNS: () => new FakeElement(),
    querySelector: () => null,
    getElementById: () => new FakeElement(),
  };
  const called = [];
  globalThis.Notification = class {
    static permission = "default";
    static requestPermission = async () => (this.permission = "granted");
    constructor(words) {
      called.push(words);
    }
    addEventListener() {}
    close = () => called.push("over");
  };
  const lobby = new Lobby(page, { clock: new FakeClock(), answer() {}, open() {}, entitle() {} });
  const knock = (name) => ({ id: name, name, standing: "guest" });
  const render = (...knocks) => lobby.render({ knocks, panel: "people", people: { length: 1 }, capacity: 9 });
  const offer = () => page.querySelector('#people [data-part="lobby"]').children.at(-1);
  render(knock("Ana"));
  assert.deepEqual(called, []);
  assert.ok(offer().children.includes("Tell me in other tabs, too"));
  offer().click();
  await new Promise((resolve) => setImmediate(resolve));
  render(knock("Ana"), knock("Ben"));
  render();
  globalThis.document.hidden = false;
  render(knock("Cem"));
  assert.deepEqual(called, ["Ben waits to come in", "over"]);
  delete globalThis.Notification;
});

test("hosts read to which address an invitation went", () => {
  const page = new FakeElement();
  const building = { createElement: () => new FakeElement(), createElementNS: () => new FakeElement() };
  globalThis.document = {
    title: "",
    activeElement: null,
    ...building,
    querySelector: () => null,
    getElementById: () => new FakeElement(),
  };
  const lobby = new Lobby(page, {
    entitle() {},
    clock: new FakeClock(),
    answer() {},
    open() {},
  });
  const bob = {
    id: "1",
    name: "Carol",
    standing: "invited",
    known_as: "Bob",
    address: "bob@example.org",
    asked_at: 0,
  };
  lobby.render({ knocks: [bob], panel: "people", people: { length: 1 }, capacity: 2 });
  const text = (element) =>
    typeof element === "string"
      ? element
      : element.children?.length
        ? element.children.map(text).join("")
        : (element.textContent ?? "");
  assert.match(
    text(page.querySelector('#people [data-part="lobby"]')),
    /By the invitation of Bob · bob@example\.org/u,
  );
});
