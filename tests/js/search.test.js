import assert from "node:assert/strict";
import test from "node:test";
import { Search } from "../../static/js/room/rtc/search.js";
import { FakeClock } from "./fakes.js";

function search() {
  const clock = new FakeClock();
  /** When it looked. @type {number[]} */
  const looked = [];
  const subject = new Search(clock, () => looked.push(clock.now()));
  return { clock, looked, subject };
}

test("a path is looked for in the moment in which the network may have changed, and once if that is heard", () => {
  const { clock, looked, subject } = search();
  subject.moved();
  clock.pass(100);
  subject.answered();
  clock.pass(60_000);
  assert.deepEqual(looked, [0]);
  assert.equal(clock.pending, 0);
});

test("what nobody heard is said twice more, and then left to what the browser finds", () => {
  const { clock, looked, subject } = search();
  subject.moved();
  clock.pass(60_000);
  assert.deepEqual(looked, [0, 2_000, 4_000]);
});

test("a sign that comes before the answer to the first is not forgotten with that answer", () => {
  const { clock, looked, subject } = search();
  subject.moved();
  clock.pass(500);
  subject.moved();
  clock.pass(100);
  subject.answered();
  clock.pass(1_400);
  assert.deepEqual(looked, [0, 2_000]);
});

test("what was said on a socket that died is said on the next one at once", () => {
  const { clock, looked, subject } = search();
  subject.moved();
  clock.pass(700);
  subject.reach(false);
  clock.pass(10_000);
  subject.reach(true);
  assert.deepEqual(looked, [0, 10_700]);
});

test("without a sign, a socket that comes back is no reason to look", () => {
  const { clock, looked, subject } = search();
  subject.reach(false);
  subject.reach(true);
  clock.pass(60_000);
  assert.deepEqual(looked, []);
});

test("a network that comes and goes every second for ten minutes leads to a dozen searches, not to six hundred", () => {
  const { clock, looked, subject } = search();
  for (let second = 0; second < 600; second += 1) {
    subject.moved();
    clock.pass(100);
    subject.answered();
    clock.pass(900);
  }
  assert.ok(looked.length >= 6 && looked.length <= 14, `${looked.length}`);
  // And the last sign is looked after, too.
  clock.pass(64_000);
  assert.ok(looked.at(-1) >= 599_000);
});

test("after a minute of calm, the next change is looked after at once again", () => {
  const { clock, looked, subject } = search();
  for (let second = 0; second < 30; second += 1) {
    subject.moved();
    subject.answered();
    clock.pass(1_000);
  }
  clock.pass(130_000);
  subject.moved();
  assert.equal(looked.at(-1), clock.now());
});
