import assert from "node:assert/strict";
import test from "node:test";
import { Intake, LARGEST_FRAME, LIMITS } from "../../static/js/room/rtc/channel.js";
import { FakeClock } from "./fakes.js";

/** What comes of `count` frames at once, and then of so many a second for a minute. */
function verdicts(type, bytes, count, { perSecond = 0, isEarly = false } = {}) {
  const clock = new FakeClock();
  const intake = new Intake(clock.now);
  if (isEarly) intake.wait();
  const found = Array.from({ length: count }, () => intake.judge(type, bytes));
  for (let i = 0; i < perSecond * 60; i += 1) {
    clock.pass(1_000 / perSecond);
    found.push(intake.judge(type, bytes));
  }
  return found;
}

test("every type has a size that fits into a frame, and a rate", () => {
  for (const [type, { bytes, burst, perSecond }] of Object.entries(LIMITS)) {
    assert.ok(bytes > 0 && bytes <= LARGEST_FRAME, type);
    assert.ok(burst > 0 && perSecond > 0, type);
  }
});

test("what the protocol allows is taken, for as long as it lasts", () => {
  // docs/signaling.md: a lone author's chat, one asking a second, sixty signals in ten seconds for each of ten others.
  for (const [type, perSecond] of [
    ["chat", 2],
    ["chat-sync", 1],
    ["chat-ack", 10],
    ["forward", 6],
    ["forwarded", 60],
    ["carry", 2],
    ["state", 10],
    ["view", 10],
  ]) {
    const found = verdicts(type, 200 > LIMITS[type].bytes ? 100 : 200, 20, { perSecond });
    assert.deepEqual(new Set(found), new Set(["take"]), type);
  }
});

test("history that was asked for is taken, each message in a frame if need be, and what nobody asked for is soon a flood", () => {
  const clock = new FakeClock();
  const intake = new Intake(clock.now);
  const told = (count) => Array.from({ length: count }, () => intake.judge("chat-history", LARGEST_FRAME));
  intake.ask();
  intake.ask(20);
  assert.ok(told(1_000).every((verdict) => verdict === "take"));
  intake.answered();
  assert.ok(told(21).every((verdict) => verdict === "take"));
  intake.answered();
  // A late answer to what was asked before there was another channel.
  assert.ok(told(60).every((verdict) => verdict === "take"));
  assert.equal(told(1)[0], "flood");
  for (const most of [Number.MAX_SAFE_INTEGER, -1, "7", null]) {
    for (let i = 0; i < 50; i += 1) intake.ask(most);
  }
  for (const count of [2_000, 2_000, 4 + 60]) {
    clock.pass(1_000_000);
    assert.ok(told(count).every((verdict) => verdict === "take"));
  }
  assert.equal(told(1)[0], "flood");
});

test("three hundred askings for history at once are a flood", () => {
  const found = verdicts("chat-sync", 200, 300);
  assert.ok(found.filter((verdict) => verdict === "take").length <= LIMITS["chat-sync"].burst);
  assert.equal(found.at(-1), "flood");
});

test("every type may be a flood, also one that nobody knows, and what is no message", () => {
  for (const type of [...Object.keys(LIMITS), "whatever", "__proto__", "constructor", "toString", null]) {
    assert.equal(verdicts(type, 100, 5_000).at(-1), "flood", `${type}`);
  }
});

test("what is too large for its type is not taken, and not for long", () => {
  assert.deepEqual(verdicts("view", 10_000, 6), ["drop", "drop", "drop", "drop", "drop", "flood"]);
  assert.deepEqual(verdicts(null, 10, 6), ["drop", "drop", "drop", "drop", "drop", "flood"]);
});

test("one type that is too much leaves the rates of the others alone", () => {
  const clock = new FakeClock();
  const intake = new Intake(clock.now);
  for (let i = 0; i < LIMITS.view.burst; i += 1) intake.judge("view", 100);
  assert.equal(intake.judge("view", 100), "flood");
  assert.equal(intake.judge("state", 100), "take");
});

test("before the click almost nothing is taken, and after it the rest counts anew", () => {
  assert.equal(verdicts("chat", LARGEST_FRAME, 5, { isEarly: true }).at(-1), "flood");
  assert.equal(verdicts("state", 100, 65, { isEarly: true }).at(-1), "flood");
  const intake = new Intake(new FakeClock().now);
  intake.wait();
  for (let i = 0; i < 60; i += 1) assert.equal(intake.judge("state", 300), "take");
  intake.enter();
  for (let i = 0; i < 60; i += 1) assert.equal(intake.judge("state", 300), "take");
});
