import assert from "node:assert/strict";
import test from "node:test";
import { BETWEEN, MOST, NOTES, Pace, SOUNDS, Watch, WITHIN } from "../../../static/js/room/sounds/model.js";

/** @param {string} id @param {Record<string, unknown>} [more] */
const person = (id, more = {}) => ({ id, self: id === "alice", hand: false, ...more });
const state = (people, knocks = []) => ({ people, knocks: knocks.map((id) => ({ id })) });
const [alice, bob, carol] = ["alice", "bob", "carol"].map((id) => person(id));

/** What is heard at the last of these, of people who say how their hands are before they are drawn. */
function heard(...states) {
  const watch = new Watch();
  let last = new Set();
  for (const one of states) {
    for (const { id, hand } of one.people) watch.hear(id, hand);
    last = watch.look(one);
  }
  return [...last].sort();
}

test("however many knock in a long call, whoever still waits is no news", () => {
  const watch = new Watch();
  const waits = "waits";
  for (let count = 0; count < 3_000; count += 1) {
    const knocks = [{ id: waits }, { id: `${count}` }];
    assert.deepEqual([...watch.look({ people: [alice], knocks })], ["knock"], "the new one");
    assert.deepEqual([...watch.look({ people: [alice], knocks })], []);
  }
  const isNews = watch.look({ people: [alice], knocks: [{ id: "0" }] }).has("knock");
  assert.ok(isNews, "the oldest are forgotten");
});

test("who comes and who goes is heard, and not who was there before me", () => {
  assert.deepEqual(heard(state([bob, alice])), []);
  assert.deepEqual(heard(state([bob, alice]), state([bob, carol, alice])), ["join"]);
  assert.deepEqual(heard(state([bob, alice]), state([alice])), ["leave"]);
  assert.deepEqual(heard(state([bob, alice]), state([carol, alice])), ["join", "leave"]);
  assert.deepEqual(heard(state([bob, alice]), state([bob, alice])), []);
});

test("somebody whose page is gone for a moment has not left", () => {
  const away = person("bob", { connection: "away" });
  assert.deepEqual(heard(state([bob, alice]), state([away, alice])), []);
  assert.deepEqual(heard(state([away, alice]), state([bob, alice])), []);
});

test("a hand that goes up is heard; mine, one that goes down and one that was up before are not", () => {
  const up = person("bob", { hand: true });
  assert.deepEqual(heard(state([bob, alice]), state([up, alice])), ["hand"]);
  assert.deepEqual(heard(state([up, alice]), state([bob, alice])), []);
  assert.deepEqual(heard(state([up, alice]), state([up, alice])), []);
  assert.deepEqual(heard(state([alice]), state([person("alice", { hand: true })])), []);
  assert.deepEqual(heard(state([alice]), state([up, alice])), ["join"], "who comes back with it comes");
});

test("a hand that is up when I come in is not heard, though its owner says so a moment later", () => {
  const watch = new Watch();
  const up = person("bob", { hand: true });
  watch.look(state([bob, alice]));
  watch.hear("bob", true);
  assert.deepEqual([...watch.look(state([up, alice]))], []);
  watch.hear("bob", false);
  watch.look(state([bob, alice]));
  watch.hear("bob", true);
  assert.deepEqual([...watch.look(state([up, alice]))], ["hand"]);
  // Whoever comes in later comes without.
  watch.look(state([up, carol, alice]));
  watch.hear("carol", true);
  assert.deepEqual([...watch.look(state([up, person("carol", { hand: true }), alice]))], ["hand"]);
});

test("each who knocks is heard once, also if they waited before I came", () => {
  assert.deepEqual(heard(state([alice], ["1"])), ["knock"]);
  assert.deepEqual(heard(state([alice], ["1"]), state([alice], ["1"])), []);
  assert.deepEqual(heard(state([alice], ["1"]), state([alice]), state([alice], ["1"])), []);
  assert.deepEqual(heard(state([alice], ["1"]), state([alice], ["1", "2"])), ["knock"]);
});

test("who leaves and comes in again hears nothing of what happened meanwhile", () => {
  const watch = new Watch();
  watch.look(state([bob, alice]));
  watch.forget();
  assert.deepEqual([...watch.look(state([carol, alice]))], []);
});

test("there is at most one in 400 milliseconds, and six in ten seconds", () => {
  assert.deepEqual([BETWEEN, MOST, WITHIN], [400, 6, 10_000]);
  const pace = new Pace();
  assert.deepEqual(
    [0, 399, 400].map((at) => pace.take(at)),
    [true, false, true],
  );
  const taken = Array.from({ length: 90 }, (_, i) => 1_000 + i * 100).filter((at) => pace.take(at));
  assert.equal(taken.length, 4, "of the six, two were before");
});

test("however many come, no ten seconds have more than six", () => {
  const pace = new Pace();
  const taken = Array.from({ length: 6_000 }, (_, i) => i * 10).filter((at) => pace.take(at));
  for (const from of taken) {
    assert.ok(taken.filter((at) => at >= from && at < from + WITHIN).length <= MOST);
  }
  assert.ok(taken.length >= MOST * 5, "and after each there are more");
  assert.ok(taken.every((at, i) => i === 0 || at - (taken[i - 1] ?? 0) >= BETWEEN));
});

test("each is one or two soft tones that can be told apart", () => {
  assert.deepEqual([...SOUNDS].sort(), Object.keys(NOTES).sort());
  const melodies = Object.values(NOTES).map((notes) => notes.map(({ frequency }) => frequency).join());
  assert.equal(new Set(melodies).size, SOUNDS.length);
  for (const notes of Object.values(NOTES)) {
    assert.ok(notes.length === 1 || notes.length === 2);
    assert.ok(notes.every(({ frequency, at, gain = 0 }) => frequency > 400 && at < 0.4 && gain <= 0.2));
  }
});
