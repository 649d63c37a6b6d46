import assert from "node:assert/strict";
import test from "node:test";
import { Door } from "../../static/js/room/door.js";
import { FakeClock } from "./fakes.js";

const HOUR = 3_600_000;

/** A door that is looked at as often as `looks` says. */
function door() {
  const clock = new FakeClock();
  const subject = new Door(clock, () => 1_000_000);
  let looks = 0;
  subject.on("look", () => (looks += 1));
  return { clock, subject, looks: () => looks };
}

test("a door says when it opens by this computer's clock", () => {
  const { subject } = door();
  subject.meet("early", 90);
  assert.deepEqual(subject.state, { kind: "early", waits: false, host: "", opensAt: 1_090_000 });
  subject.meet("lobby", null);
  assert.equal(subject.state.opensAt, null);
});

test("a door is looked at once it is open for certain, unless it is open already", () => {
  const { clock, subject, looks } = door();
  subject.watch(90);
  clock.pass(90_000);
  assert.equal(looks(), 0);
  clock.pass(300);
  assert.equal(looks(), 1);
  subject.watch(90);
  subject.watch(null);
  assert.equal(clock.pending, 0);
});

test("a door that opens next month is looked at now and then: no timer reaches so far", () => {
  const { clock, subject, looks } = door();
  subject.watch(30 * 86_400);
  clock.pass(6 * HOUR);
  assert.equal(looks(), 1);
});

test("who waits at a door waits until they are turned away or inside, and it stands as before for whoever was turned away", () => {
  const { clock, subject } = door();
  subject.meet("lobby", null);
  subject.wait("Alice");
  subject.meet("lobby", null);
  assert.deepEqual(subject.state, { kind: "lobby", waits: true, host: "Alice", opensAt: null });
  subject.turnAway();
  assert.deepEqual([subject.state.kind, subject.state.waits], ["lobby", false]);
  subject.watch(90);
  subject.knocks = [{ id: "k1" }];
  subject.pass();
  assert.deepEqual([subject.state.kind, subject.knocks, clock.pending], ["open", [], 0]);
});
