import assert from "node:assert/strict";
import test from "node:test";
import { News } from "../../static/js/room/news.js";
import { FakeClock } from "./fakes.js";

function news() {
  const clock = new FakeClock();
  const said = [];
  return { clock, said, subject: new News({ clock, say: (text) => said.push(text) }) };
}

const weak = { key: "weak bob", text: "The connection to Bob is weak", after: 10_000, quiet: 300_000 };

test("what flickers is held back, and what lasts is said once", () => {
  const { clock, said, subject } = news();
  for (let at = 0; at < 60_000; at += 6_000) {
    subject.keep([weak]);
    clock.pass(4_000);
    subject.keep([]);
    clock.pass(2_000);
  }
  assert.deepEqual(said, []);
  for (let at = 0; at < 240_000; at += 12_000) {
    subject.keep([weak]);
    clock.pass(11_000);
    subject.keep([]);
    clock.pass(1_000);
  }
  assert.deepEqual(said, ["The connection to Bob is weak"], "not twenty times in four minutes");
  clock.pass(300_000);
  subject.keep([weak]);
  subject.keep([weak]);
  clock.pass(60_000);
  assert.equal(said.length, 2);
  subject.stop();
  assert.equal(clock.pending, 0);
});

test("what comes back soon after it was said, and stays, is said again, in the words of then", () => {
  const { clock, said, subject } = news();
  const apart = (how) => ({
    key: "apart",
    text: `You and Bob cannot hear each other: ${how}`,
    after: 0,
    quiet: 60_000,
  });
  subject.keep([apart("repairing")]);
  clock.pass(5_000);
  subject.keep([]);
  clock.pass(15_000);
  subject.keep([apart("repairing")]);
  clock.pass(30_000);
  subject.keep([apart("no way found yet")]);
  assert.equal(said.length, 1);
  clock.pass(10_000);
  assert.deepEqual(said.slice(1), ["You and Bob cannot hear each other: no way found yet"]);
  clock.pass(600_000);
  assert.equal(said.length, 2, "what only goes on is said once");
  // What must last first must have lasted when it is said.
  subject.keep([weak]);
  clock.pass(10_000);
  subject.keep([]);
  clock.pass(295_000);
  subject.keep([weak]);
  clock.pass(9_999);
  assert.equal(said.length, 3);
  clock.pass(1);
  assert.equal(said.length, 4);
  // Nor is it said once it has ended.
  subject.keep([]);
  subject.keep([weak]);
  clock.pass(20_000);
  subject.keep([]);
  clock.pass(600_000);
  assert.equal(said.length, 4);
});

test("what cannot wait is said at once, and the same not again within a moment", () => {
  const { clock, said, subject } = news();
  const apart = { key: "apart", text: "You and Bob cannot hear each other", after: 0, quiet: 60_000 };
  subject.keep([apart]);
  assert.equal(said.length, 1);
  subject.keep([]);
  subject.keep([apart]);
  assert.equal(said.length, 1);
  subject.tell("Bob raised a hand");
  subject.tell("Bob raised a hand");
  subject.tell("Carol raised a hand");
  assert.equal(said.length, 3);
  clock.pass(10_000);
  subject.tell("Bob raised a hand");
  assert.equal(said.length, 4);
});

test("the first message is read out, and those that follow soon are counted", () => {
  const { clock, said, subject } = news();
  const write = (text) =>
    subject.gather("chat", 1, (count) => (count === 1 ? text : `${count} new messages`));
  write("one");
  for (const text of ["two", "three", "four"]) write(text);
  assert.deepEqual(said, ["one"]);
  clock.pass(10_000);
  assert.deepEqual(said, ["one", "3 new messages"]);
  write("five");
  clock.pass(10_000);
  assert.deepEqual(said.slice(2), ["five"], "a single one is read, though it had to wait");
  clock.pass(10_000);
  write("six");
  assert.deepEqual(said.slice(3), ["six"]);
});
