import assert from "node:assert/strict";
import { test } from "node:test";
import { Hands, Presence, readState } from "../../static/js/room/presence.js";

const alice = { id: "alice", seat: 1 };
const bob = { id: "bob", seat: 2 };
const carol = { id: "carol", seat: 3 };
const order = (hands, ...up) => [...hands.places(up).keys()];

test("hands stand in the order in which they went up, not in that of the seats", () => {
  const hands = new Hands();
  hands.hear("carol", true, 0, 1000);
  hands.hear("alice", true, 0, 2000);
  assert.deepEqual(order(hands, alice, carol), ["carol", "alice"]);
  hands.hear("carol", false, 0, 3000);
  hands.hear("carol", true, 0, 4000);
  assert.deepEqual(order(hands, alice, carol), ["alice", "carol"]);
});

test("whoever comes later learns the order from how long each has been up", () => {
  const hands = new Hands();
  hands.hear("bob", true, 5_000, 100_000);
  hands.hear("carol", true, 60_000, 100_200);
  assert.deepEqual(order(hands, bob, carol), ["carol", "bob"]);
});

test("what is said again does not change a place", () => {
  const hands = new Hands();
  hands.hear("bob", true, 0, 1000);
  hands.hear("carol", true, 0, 2000);
  hands.hear("carol", true, 9_999_999, 3000);
  assert.deepEqual(order(hands, bob, carol), ["bob", "carol"]);
});

test("nobody jumps the queue by what they say of a time when their hand was seen down", () => {
  const hands = new Hands();
  hands.hear("carol", false, 0, 0);
  hands.hear("bob", true, 0, 1000);
  hands.hear("carol", false, 0, 1500);
  hands.hear("carol", true, 24 * 3600_000, 2000);
  assert.deepEqual(order(hands, bob, carol), ["bob", "carol"]);
});

test("what is no length of time is none, and nobody has a hand up for days", () => {
  const hands = new Hands();
  hands.hear("alice", true, 24 * 3600_000, 0);
  hands.hear("bob", true, 2 ** 53, 0);
  hands.hear("carol", true, "ages", 0);
  assert.deepEqual(order(hands, carol, bob, alice), ["alice", "bob", "carol"]);
  for (const said of [-5, NaN, null, {}, "x"]) new Hands().hear("bob", true, said, 0);
});

test("whoever is gone has left the queue", () => {
  const hands = new Hands();
  hands.hear("bob", true, 0, 1000);
  hands.keep(new Set(["carol"]));
  hands.hear("carol", true, 0, 2000);
  hands.hear("bob", true, 0, 3000);
  assert.deepEqual(order(hands, bob, carol), ["carol", "bob"]);
});

test("until somebody says what is on, their picture is shown and nobody calls them mute", () => {
  const said = new Presence(() => 0).of("bob");
  assert.deepEqual([said.microphone, said.camera, said.screen, said.hand], [true, true, false, false]);
});

test("of what somebody says only what can be understood is taken", () => {
  const nothing = {
    microphone: false,
    silenced: false,
    camera: false,
    screen: false,
    hand: false,
    held: "",
    strained: false,
  };
  assert.deepEqual(
    readState({
      microphone: "yes",
      silenced: 1,
      camera: {},
      screen: null,
      hand: "up",
      held: "x",
      strained: [],
    }),
    nothing,
  );
  assert.deepEqual(
    readState({ microphone: true, silenced: true }),
    { ...nothing, microphone: true },
    "who is heard has not been silenced",
  );
  assert.equal(readState({ microphone: false, silenced: true }).silenced, true);
});

test("the hand of somebody who is heard of no more goes down, and has to go up anew", () => {
  let now = 0;
  const presence = new Presence(() => now);
  presence.hear("bob", { microphone: true, hand: true });
  presence.hear("carol", { hand: true });
  now = 5_000;
  presence.lower("bob");
  assert.deepEqual([presence.of("bob").hand, presence.of("bob").microphone], [false, true]);
  now = 9_000;
  presence.hear("bob", { hand: true, hand_for: 9_000 });
  assert.deepEqual([...presence.places([bob, carol]).keys()], ["carol", "bob"]);
});

test("whoever is not here any more has said nothing", () => {
  const presence = new Presence(() => 0);
  presence.hear("bob", { camera: false });
  presence.keep(new Map());
  assert.equal(presence.of("bob").camera, true);
});
