import assert from "node:assert/strict";
import test from "node:test";
import { backoff, Timer } from "../../static/js/lib/timing.js";
import { IceServers } from "../../static/js/room/rtc/ice.js";
import { FakeClock, settle } from "./fakes.js";

test("the pause doubles, is bounded, and is never the same for all", () => {
  assert.equal(backoff(0, { random: () => 1 }), 500);
  assert.equal(backoff(3, { random: () => 1 }), 4_000);
  assert.equal(backoff(30, { random: () => 1 }), 15_000);
  assert.equal(backoff(0, { random: () => 0 }), 250);
});

test("planning again moves what is due", () => {
  const clock = new FakeClock();
  const timer = new Timer(clock);
  const done = [];
  timer.plan(100, () => done.push("first"));
  timer.plan(200, () => done.push("second"));
  clock.pass(150);
  assert.deepEqual([done, timer.pending], [[], true]);
  clock.pass(50);
  assert.deepEqual([done, timer.pending], [["second"], false]);
});

function servers(expiresIn, wallClock = () => 0) {
  const clock = new FakeClock();
  const asked = [];
  const ice = new IceServers({ ask: () => asked.push(clock.now()), clock, wallClock });
  ice.update([{ urls: ["turn:turn.example:3478"] }], expiresIn);
  return { clock, asked, ice };
}

test("credentials are renewed before they expire, and waited for", async () => {
  const { asked, ice } = servers(60);
  let renewed = false;
  void ice.renew().then(() => (renewed = true));
  await settle();
  assert.deepEqual([asked.length, renewed], [1, false]);
  ice.update([], 7_200);
  await settle();
  assert.equal(renewed, true);
});

test("a clock that is hours wrong has no credentials asked for too early, or too late", async () => {
  for (const hours of [-7, 7, 24 * 365]) {
    const { clock, asked, ice } = servers(7_200, () => Date.UTC(2026, 10, 30) + hours * 3_600_000);
    await ice.renew();
    clock.pass(6_599_999);
    assert.deepEqual(asked, [], `${hours} hours`);
    clock.pass(1);
    assert.equal(asked.length, 1);
  }
});

test("credentials that last are not asked for again", async () => {
  const { asked, ice } = servers(7_200);
  await ice.renew();
  assert.equal(asked.length, 0);
  assert.equal(ice.hasRelay, true);
});

test("a server that does not answer delays nothing for long", async () => {
  const { clock, ice } = servers(60);
  let renewed = false;
  void ice.renew().then(() => (renewed = true));
  clock.pass(3_000);
  await settle();
  assert.equal(renewed, true);
});

test("credentials are renewed in time, for those who come later", () => {
  const { clock, asked, ice } = servers(7_200);
  clock.pass(6_599_999);
  assert.deepEqual(asked, []);
  clock.pass(1);
  assert.equal(asked.length, 1);
  clock.pass(30_000);
  assert.equal(asked.length, 2);
  ice.update([], null);
  assert.equal(clock.pending, 0);
});

test("credentials that never last long are asked for at half their time", () => {
  const { clock, asked } = servers(60);
  clock.pass(30_000);
  assert.deepEqual(asked, [30_000]);
});
