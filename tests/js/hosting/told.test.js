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
    "Hosts changed 51 more things. Bob did 57. Bob did 58. Bob did 59.",
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
