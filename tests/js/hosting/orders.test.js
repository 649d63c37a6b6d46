import assert from "node:assert/strict";
import test from "node:test";
import { Orders } from "../../../static/js/room/hosting/orders.js";
import { FakeClock } from "../fakes.js";

function host() {
  const clock = new FakeClock();
  const sent = [];
  const orders = new Orders({ send: (order) => sent.push(order), clock });
  orders.reach(true, true);
  return { clock, sent, orders };
}

test("the lobby is as the host wants it at once, and is asked for until the server says so", () => {
  const { sent, orders } = host();
  const on = { type: "set-lobby", on: true };
  orders.reach(false, true);
  orders.setLobby(true);
  assert.deepEqual([orders.rules.lobby, sent], [true, []]);
  orders.reach(true, true);
  orders.learn({ rules: { lobby: false } });
  assert.deepEqual([orders.rules.lobby, sent], [true, [on]]);
  orders.learn({ rules: { lobby: true } });
  orders.reach(true, true);
  assert.deepEqual([orders.rules.lobby, sent], [undefined, [on]]);
});

test("whoever comes in while the server is there all the time is heard", () => {
  const { sent, orders } = host();
  orders.reach(true, false);
  orders.setLobby(false);
  assert.deepEqual(sent, [{ type: "set-lobby", on: false }]);
});

test("whoever may not change the lobby sees it as it is", () => {
  const { sent, orders } = host();
  orders.setLobby(true);
  orders.fail("not-allowed");
  orders.reach(true, true);
  assert.deepEqual([orders.rules.lobby, sent.length], [undefined, 1]);
});

test("whoever is outside orders nothing, and no clock goes on for them", () => {
  const { clock, sent, orders } = host();
  orders.remove("bob");
  orders.answer("admit", ["k1"]);
  orders.forget();
  sent.length = 0;
  orders.reach(true, false);
  clock.pass(60_000);
  assert.deepEqual([sent, clock.pending, orders.hasAnswered("k1")], [[], 0, false]);
});

test("after the call nothing is said again", () => {
  const { clock, sent, orders } = host();
  orders.remove("bob");
  orders.answer("refuse", ["k1"]);
  sent.length = 0;
  orders.close();
  clock.pass(60_000);
  assert.deepEqual(sent, []);
});
