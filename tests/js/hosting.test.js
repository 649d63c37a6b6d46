import assert from "node:assert/strict";
import test from "node:test";
import { Hosting } from "../../static/js/room/hosting.js";
import { FakeClock } from "./fakes.js";

function host() {
  const clock = new FakeClock();
  const sent = [];
  const hosting = new Hosting({ send: (order) => sent.push(order), clock });
  hosting.reach(true, true);
  return { clock, sent, hosting };
}

test("the lobby is as the host wants it at once, and is asked for until the server says so", () => {
  const { sent, hosting } = host();
  const on = { type: "set-lobby", on: true };
  hosting.reach(false, true);
  hosting.setLobby(true);
  assert.deepEqual([hosting.lobby, sent], [true, []]);
  hosting.reach(true, true);
  hosting.learn(false);
  assert.deepEqual([hosting.lobby, sent], [true, [on]]);
  hosting.learn(true);
  hosting.reach(true, true);
  assert.deepEqual([hosting.lobby, sent], [null, [on]]);
});

test("whoever comes in while the server is there all the time is heard", () => {
  const { sent, hosting } = host();
  hosting.reach(true, false);
  hosting.setLobby(false);
  assert.deepEqual(sent, [{ type: "set-lobby", on: false }]);
});

test("whoever may not change the lobby sees it as it is", () => {
  const { sent, hosting } = host();
  hosting.setLobby(true);
  hosting.fail("not-allowed");
  hosting.reach(true, true);
  assert.deepEqual([hosting.lobby, sent.length], [null, 1]);
});

test("whoever is outside orders nothing, and no clock goes on for them", () => {
  const { clock, sent, hosting } = host();
  hosting.remove("bob");
  hosting.answer("admit", ["k1"]);
  hosting.forget();
  sent.length = 0;
  hosting.reach(true, false);
  clock.pass(60_000);
  assert.deepEqual([sent, clock.pending, hosting.hasAnswered("k1")], [[], 0, false]);
});

test("after the call nothing is said again", () => {
  const { clock, sent, hosting } = host();
  hosting.remove("bob");
  hosting.answer("refuse", ["k1"]);
  sent.length = 0;
  hosting.close();
  clock.pass(60_000);
  assert.deepEqual(sent, []);
});
