import assert from "node:assert/strict";
import test from "node:test";
import { Told } from "../../../static/js/room/hosting/told.js";
import { FakeClock } from "../fakes.js";

/** What is read, one after the other. */
function listener() {
  const clock = new FakeClock();
  const told = new Told(clock);
  const heard = [];
  told.on("change", () => told.shown && heard.push([clock.now(), told.shown.text]));
  const others = (...texts) => told.tell(texts.map((text) => ({ text, isMine: false })));
  const mine = (text) => told.tell([{ text, isMine: true }]);
  return { clock, told, heard, others, mine };
}

test("the first is said at once, and what follows soon together", () => {
  const { clock, told, heard, others } = listener();
  others("Bob muted Carol.");
  clock.pass(1_000);
  others("Bob muted Dave.");
  others("Bob locked the room.");
  clock.pass(9_000);
  assert.deepEqual(heard, [
    [0, "Bob muted Carol."],
    [10_000, "Bob muted Dave. Bob locked the room."],
  ]);
  clock.pass(10_000);
  assert.equal(told.shown, null);
});

test("what is done to me does not wait, and nothing else is said with it", () => {
  const { clock, told, heard, others, mine } = listener();
  others("Bob muted Carol.");
  others("Bob muted Dave.");
  clock.pass(2_000);
  mine("Bob muted you.");
  assert.equal(told.shown.isMine, true);
  clock.pass(10_000);
  assert.deepEqual(heard, [
    [0, "Bob muted Carol."],
    [2_000, "Bob muted you."],
    [12_000, "Bob muted Dave."],
  ]);
});

test("whatever a host does, no more than six things are said in a minute, and what is left out is counted", () => {
  const { clock, heard, mine } = listener();
  for (let second = 0; second < 60; second += 1) {
    mine(`Bob did ${second}.`);
    clock.pass(1_000);
  }
  assert.equal(heard.filter(([at]) => at < 60_000).length, 6);
  clock.pass(10_000);
  assert.deepEqual(heard.at(-1), [
    60_000,
    "Before that, hosts did 51 other things. Bob did 57. Bob did 58. Bob did 59.",
  ]);
});

test("whoever is outside is told nothing more", () => {
  const { clock, told, heard, others } = listener();
  others("Bob muted Carol.");
  others("Bob muted Dave.");
  told.forget();
  clock.pass(60_000);
  assert.deepEqual([heard.length, told.shown, clock.pending], [1, null, 0]);
});

test("what is done to me by what is done to all is read with it, once", () => {
  const { clock, told, heard, others, mine } = listener();
  others("Bob lets only hosts share their screens.");
  mine("Your screen is not shared.");
  assert.deepEqual(told.shown, {
    text: "Bob lets only hosts share their screens. Your screen is not shared.",
    isMine: true,
  });
  clock.pass(1_000);
  mine("Bob muted you.");
  assert.deepEqual(heard.at(-1), [1_000, "Bob muted you."]);
  // Also where that would have to wait by itself.
  clock.pass(1_000);
  others("Bob unmuted all.");
  clock.pass(1_000);
  others("Bob took host back.");
  mine("You are no host.");
  assert.deepEqual(heard.at(-1), [3_000, "Bob took host back. You are no host."]);
});

test("that somebody comes is no news for a while after it was told that they are let in, once for each", () => {
  const { clock, told } = listener();
  told.expect(["Carol", "Dave"]);
  assert.deepEqual([told.knows("Carol"), told.knows("Carol"), told.knows("Erin")], [true, false, false]);
  clock.pass(15_000);
  assert.equal(told.knows("Dave"), false);
  told.expect(Array.from({ length: 500 }, (_, i) => `Guest ${i}`));
  assert.deepEqual([told.knows("Guest 0"), told.knows("Guest 499")], [false, true]);
  told.expect(["Dave"]);
  told.forget();
  assert.equal(told.knows("Dave"), false);
});

test("however much others do, there is room for what is done to me", () => {
  const { clock, heard, others, mine } = listener();
  for (let second = 0; second < 50; second += 1) {
    others(`Bob did ${second}.`);
    clock.pass(1_000);
  }
  assert.equal(heard.length, 4);
  mine("Bob muted you.");
  assert.deepEqual(heard.at(-1), [50_000, "Bob muted you."]);
});
