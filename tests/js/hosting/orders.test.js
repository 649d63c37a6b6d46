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

const inside = (...people) => ({ participants: new Map(people.map((one) => [one.id, one])) });
const BY = { by: "alice", at: 1 };

test("a mute is said until the roster has it, and is not fought over", () => {
  const { clock, sent, orders } = host();
  orders.learn(inside({ id: "bob", role: "participant" }));
  orders.mute("bob");
  clock.pass(60_000);
  assert.deepEqual(sent, Array(3).fill({ type: "mute", participants: ["bob"] }));
  sent.length = 0;
  orders.mute("bob");
  orders.learn(inside({ id: "bob", role: "participant", muted: BY }));
  // They have unmuted since: that is theirs to do.
  orders.learn(inside({ id: "bob", role: "participant" }));
  clock.pass(60_000);
  assert.equal(sent.length, 1);
});

test("all but hosts are muted once each of them is", () => {
  const { clock, sent, orders } = host();
  const alice = { id: "alice", role: "host" };
  const bob = { id: "bob", role: "participant", muted: BY };
  orders.learn(inside(alice, bob, { id: "carol", role: "participant" }));
  orders.mute();
  orders.learn(inside(alice, bob, { id: "carol", role: "participant", muted: BY }));
  clock.pass(60_000);
  assert.deepEqual(sent, [{ type: "mute" }]);
});

test("what the roster does not tell is done once the server has told everybody", () => {
  const { clock, sent, orders } = host();
  orders.learn(inside({ id: "bob", role: "participant" }));
  orders.lowerHand("bob");
  orders.note({ order: "lower-hand", participants: ["bob"], all: false });
  orders.lowerHand();
  orders.note({ order: "lower-hand", participants: ["bob"], all: true });
  clock.pass(60_000);
  assert.equal(sent.length, 2);
});

test("a rule is shown as it is wanted, each by itself, and as it was if it is refused", () => {
  const { sent, orders } = host();
  const refused = [];
  orders.on("refused", (all, error) => refused.push([all.map(({ type }) => type), error]));
  orders.setRule("chat", false);
  orders.setRule("locked", true);
  orders.setSpotlight("bob");
  assert.deepEqual(orders.rules, { chat: false, locked: true, spotlight: "bob" });
  orders.learn({ rules: { chat: false, locked: false, spotlight: null, ends_in: null } });
  assert.deepEqual(orders.rules, { locked: true, spotlight: "bob" });
  orders.fail("not-allowed");
  assert.deepEqual([orders.rules, refused], [{}, [[["set-rules", "set-rules"], "not-allowed"]]]);
  assert.equal(sent.length, 3);
});

test("whom something is about may be gone: then it is over, and who waits is answered still", () => {
  const { clock, sent, orders } = host();
  orders.learn({ ...inside({ id: "bob", role: "participant" }), knocks: new Set(["k1"]) });
  orders.setRole("bob", "host");
  orders.answer("admit", ["k1"]);
  orders.fail("no-participant");
  sent.length = 0;
  clock.pass(5_000);
  assert.deepEqual(sent, [{ type: "admit", knocks: ["k1"] }]);
});

test("the end is ordered and taken back, and what I turn on of mine is asked for until it is so", () => {
  const { clock, sent, orders } = host();
  const rules = (ends_in) => orders.learn({ rules: { ends_in } });
  orders.end(true);
  rules(10);
  orders.end(false);
  rules(null);
  orders.learn(inside({ id: "alice", role: "host", muted: BY }));
  orders.turnOn("unmute", "alice");
  orders.learn(inside({ id: "alice", role: "host" }));
  clock.pass(60_000);
  assert.deepEqual(sent, [{ type: "end", on: true }, { type: "end", on: false }, { type: "unmute" }]);
});

test("what never comes about is said a few times, and then it is known that it was for nothing", () => {
  const { clock, sent, orders } = host();
  const lost = [];
  orders.on("lost", (all) => lost.push(...all.map(({ type }) => type)));
  orders.learn(inside({ id: "alice", role: "host", muted: BY }));
  orders.turnOn("unmute", "alice");
  orders.setRole("bob", "host");
  assert.equal(orders.isGiving("bob"), true);
  clock.pass(60_000);
  assert.deepEqual([sent.length, lost], [6, ["unmute", "set-role"]]);
  assert.equal(orders.isGiving("bob"), false);
});
