import assert from "node:assert/strict";
import test from "node:test";
import { countdown, shut, when } from "../../static/js/room/views/waiting.js";
import { Aim, Caution, Lobby } from "../../static/js/room/views/lobby.js";
import { connectToMyself } from "../../static/js/setup/ways.js";
import { CHECKS, judge, overall } from "../../static/js/setup/verdicts.js";
import { FakeClock } from "./fakes.js";

const MINUTE = 60_000;

test("a countdown is as exact as one needs it", () => {
  assert.equal(countdown(-1), "now");
  assert.equal(countdown(0), "now");
  assert.equal(countdown(400), "in 0:01");
  assert.equal(countdown(9 * MINUTE + 41_000), "in 9:41");
  assert.equal(countdown(60 * MINUTE), "in 60:00");
  assert.equal(countdown(125 * MINUTE), "in 2 h 5 min");
  assert.equal(countdown(24 * 60 * MINUTE), "in 24 h 0 min");
  assert.equal(countdown(3.5 * 24 * 60 * MINUTE), "in 3 days");
});

test("when a door opens is said by day and time", () => {
  const now = new Date(2026, 10, 24, 13, 0).getTime();
  assert.equal(when(new Date(2026, 10, 24, 13, 50, 0, 900).getTime(), now), "at 13:50");
  // A moment that the server's seconds took to get here does not make it a minute earlier.
  assert.equal(when(new Date(2026, 10, 24, 13, 49, 59, 200).getTime(), now), "at 13:50");
  assert.equal(when(new Date(2026, 10, 25, 0, 5).getTime(), now), "tomorrow at 00:05");
  assert.equal(when(new Date(2026, 11, 1, 9, 0).getTime(), now), "on Tuesday 1 December at 09:00");
});

test("a door with a lobby does not promise that one is in as soon as it opens", () => {
  const said = (lobby) => shut(Date.now() + MINUTE, lobby).text.join("");
  assert.match(said(false), /taken in as soon as it does/u);
  assert.doesNotMatch(said(true), /taken in/u);
  assert.match(said(true), /a host lets you in/u);
});

test("a click does not answer somebody who has only just come into another's place", () => {
  const aim = new Aim();
  aim.show(["ana", "ben", "cleo"], 0);
  assert.ok(
    ["ana", "ben", "cleo"].every((id) => aim.isAt(id, 0)),
    "who comes where nobody was is meant at once",
  );
  aim.show(["ben", "cleo"], 1_000);
  assert.deepEqual([aim.isAt("ben", 1_600), aim.isAt("cleo", 1_699)], [false, false]);
  // Whatever else is drawn meanwhile.
  aim.show(["ben", "cleo", "dan"], 1_500);
  assert.deepEqual(
    [aim.isAt("ben", 1_700), aim.isAt("cleo", 1_700), aim.isAt("dan", 1_500)],
    [true, true, true],
  );
});

test("whoever answers one after the other need not wait for the next", () => {
  const aim = new Aim();
  aim.show(["ana", "ben", "cleo", "dan"], 0);
  aim.answer(["ana"]);
  aim.show(["ben", "cleo", "dan"], 100);
  assert.ok(["ben", "cleo", "dan"].every((id) => aim.isAt(id, 100)));
  aim.answer(["ben"]);
  aim.show(["dan"], 200);
  assert.equal(aim.isAt("dan", 300), false, "Cleo went away in the same moment");
  // An answer that was not taken: they are shown again, and may be answered.
  aim.answer(["dan"]);
  aim.show(["dan"], 2_000);
  aim.show(["dan"], 2_100);
  assert.equal(aim.isAt("dan", 2_100), true);
});

test("many are admitted by a second press, which is neither hasty nor late", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  /** @param {number} now */
  const press = (now, ids = six, isWhole = true) => caution.isMeant(ids, { isWhole, now });
  assert.equal(press(0), false);
  assert.equal(caution.isAsking(six, 100), true);
  assert.equal(press(200), false, "a double click is one press");
  assert.equal(press(900), true);
  assert.equal(press(9_000), false, "that was another question");
  assert.equal(press(18_000), false, "too late");
  assert.equal(press(18_800), true);
});

test("a key that is held down is one press, for as long as it is held", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  /** @param {number} now */
  const press = (now) => caution.isMeant(six, { isWhole: true, now });
  // The first repeat comes after half a second, the next ones some thirty times a second.
  for (const now of [0, ...Array.from({ length: 300 }, (_, i) => 500 + 33 * i)]) {
    assert.equal(press(now), false);
  }
  const released = 500 + 33 * 299;
  assert.equal(caution.isAsking(six, released + 600), true);
  assert.equal(press(released + 700), true);
  assert.equal(press(released + 733), false, "they have been admitted: whatever comes now is asked anew");
});

test("who came or went since the first press makes it another question", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  assert.equal(caution.isMeant(six, { isWhole: true, now: 0 }), false);
  const seven = [...six, "gus"];
  assert.equal(caution.isAsking(seven, 1_000), false);
  assert.equal(caution.isMeant(seven, { isWhole: true, now: 1_000 }), false);
  assert.equal(caution.isMeant(seven, { isWhole: true, now: 2_000 }), true);
});

test("a few are admitted at once, unless some of them are out of sight", () => {
  const caution = new Caution();
  const few = ["ana", "ben", "cleo"];
  assert.equal(caution.isMeant(few, { isWhole: true, now: 0 }), true);
  assert.equal(caution.isMeant(few, { isWhole: false, now: 0 }), false);
  assert.equal(caution.isMeant(few, { isWhole: false, now: 1_000 }), true);
});

test("a question that is taken back is not answered by the next press", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  caution.isMeant(six, { isWhole: true, now: 0 });
  caution.forget();
  assert.equal(caution.isAsking(six, 1_000), false);
  assert.equal(caution.isMeant(six, { isWhole: true, now: 1_000 }), false);
});

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
    title: "Standup",
    clock,
    answer: (_, ids) => admitted.push(...ids),
    ring() {},
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
    title: "Standup",
    clock: new FakeClock(),
    answer() {},
    ring() {},
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
    /By the invitation of Bob: bob@example\.org/u,
  );
});

test("nobody is admitted with the others who has only just come and cannot have been read", () => {
  const caution = new Caution();
  caution.show(["ana", "ben"], 0);
  caution.show(["ana", "ben", "eve"], 5_000);
  const three = ["ana", "ben", "eve"];
  assert.equal(caution.isMeant(three, { isWhole: true, now: 5_100 }), false, "the press was for two");
  assert.equal(caution.isAsking(three, 5_200), true);
  assert.equal(caution.isMeant(three, { isWhole: true, now: 5_800 }), true);
  // Somebody in another's place is new too; somebody who goes is not.
  caution.show(["ana", "eve", "ben"], 10_000);
  caution.show(["fay", "eve", "ben"], 20_000);
  caution.show(["fay", "ben"], 20_600);
  assert.equal(caution.isMeant(["fay", "ben"], { isWhole: true, now: 20_699 }), false);
  caution.show(["ben", "fay"], 21_000);
  assert.equal(caution.isMeant(["ben", "fay"], { isWhole: true, now: 21_400 }), true);
});

const on = { on: true, pending: false, trouble: "", devices: [], device: "" };
const fine = {
  webrtc: true,
  secure: true,
  camera: on,
  picture: true,
  microphone: on,
  loudest: 0.6,
  patient: false,
  speaker: "heard",
  server: { open: true, milliseconds: 12 },
  direct: { open: true, milliseconds: 1 },
  relay: { open: true, milliseconds: 20, protocol: "udp" },
};
const words = (kind) => ({ title: `${kind} wrong`, text: "do this" });
const verdicts = (news = {}) => judge({ ...fine, ...news }, words);

test("a set-up that works is found to be good", () => {
  assert.deepEqual(
    CHECKS.map((check) => verdicts()[check].state),
    Array(6).fill("good"),
  );
  assert.equal(overall(verdicts()), "good");
});

for (const [what, news, check, state] of [
  ["a page that is not secure", { secure: false }, "browser", "bad"],
  ["a browser without WebRTC", { webrtc: false }, "browser", "bad"],
  ["a camera that is refused", { camera: { ...on, trouble: "denied" } }, "camera", "bad"],
  ["no camera at all", { camera: { ...on, trouble: "missing" } }, "camera", "fair"],
  ["a camera without a picture", { picture: false }, "camera", "running"],
  ["no microphone", { microphone: { ...on, trouble: "missing" } }, "microphone", "bad"],
  ["a microphone that has heard nothing yet", { loudest: 0.1 }, "microphone", "running"],
  ["a microphone that hears nothing for long", { loudest: 0.1, patient: true }, "microphone", "bad"],
  ["a sound that was not heard", { speaker: "silent" }, "speaker", "bad"],
  ["a sound that was not played", { speaker: "" }, "speaker", "idle"],
  ["a server that is not reached", { server: { open: false } }, "server", "bad"],
  ["a session that is over", { server: { open: false, refused: true } }, "server", "bad"],
  ["a server far away", { server: { open: true, milliseconds: 900 } }, "server", "fair"],
  ["no connections", { direct: { open: false }, relay: { open: false } }, "network", "bad"],
  ["no connections, and no relay", { direct: { open: false }, relay: "none" }, "network", "bad"],
  ["no relay", { relay: "none" }, "network", "good"],
  ["a relay that is kept out", { relay: { open: false } }, "network", "fair"],
  ["a relay over TCP", { relay: { open: true, protocol: "tls" } }, "network", "fair"],
  ["a relay far away", { relay: { open: true, milliseconds: 900, protocol: "udp" } }, "network", "fair"],
  ["connections that are being tried", { direct: null, relay: null }, "network", "running"],
]) {
  test(`${what}: ${check} is ${state}, and says what to do`, () => {
    const all = verdicts(news);
    assert.equal(all[check].state, state);
    if (state === "bad" || state === "fair") assert.ok(all[check].advice);
    const others = CHECKS.filter((other) => other !== check && !(check === "server" && other === "network"));
    assert.ok(others.every((other) => all[other].state === "good"));
    const outcomes = { bad: "bad", fair: "fair", good: "good", running: "open", idle: "open" };
    assert.equal(overall(all), outcomes[state]);
  });
}

test("a browser that forbids connections is found to be shut, and nothing stays open", async (context) => {
  context.mock.method(console, "warn", () => {});
  for (const most of [0, 1, 2]) {
    let open = 0;
    globalThis.RTCPeerConnection = class {
      constructor() {
        if (open === most) throw new DOMException("forbidden", "NotAllowedError");
        open += 1;
      }

      createDataChannel() {
        throw new DOMException("forbidden", "NotAllowedError");
      }

      close() {
        open -= 1;
      }
    };
    assert.deepEqual(await connectToMyself([], "all"), { open: false });
    assert.equal(open, 0);
  }
});
