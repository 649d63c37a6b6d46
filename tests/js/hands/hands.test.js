import assert from "node:assert/strict";
import { test } from "node:test";
import { capability } from "../../../static/js/room/hands/index.js";
import { Hands } from "../../../static/js/room/hands/model.js";
import { FakeClock } from "../fakes.js";

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

/** Alice's room; `stands` is who has which place. */
function room() {
  const clock = new FakeClock();
  const myself = {
    hand: 0,
    handFor: 0,
    raise() {
      this.hand = 1;
    },
  };
  const part = capability.begin({ clock, myself });
  const stands = (...people) =>
    Object.fromEntries([...part.marks(people)].map(([id, [mark]]) => [id, mark.text]));
  return { clock, myself, part, stands };
}

const person = (who, hand, self = false) => ({ ...who, name: who.id.toUpperCase(), hand, self });

test("each hand that is up has its place at whose it is, and mine stands among the others by when I raised it", () => {
  const { clock, myself, part, stands } = room();
  clock.pass(100_000);
  part.hear("bob", { hand: true, hand_for: 1_000 }, 100_000);
  part.hear("carol", { hand: true, hand_for: 60_000 }, 100_000);
  myself.handFor = 30_000;
  assert.deepEqual(stands(person(bob, true), person(carol, true), person(alice, true, true)), {
    carol: "1",
    alice: "2",
    bob: "3",
  });
  clock.pass(5_000);
  myself.handFor = 35_000;
  assert.deepEqual(stands(person(bob, true), person(carol, false), person(alice, true, true)), {
    alice: "1",
    bob: "2",
  });
});

test("a hand that comes by a third is shown, after those that are known to have gone up", () => {
  const { part, stands } = room();
  part.hear("carol", { hand: true }, 0);
  assert.deepEqual(stands(person(bob, true), person(carol, true), person(alice, false, true)), {
    carol: "1",
    bob: "2",
  });
});

test("the list of people says whether it is one hand that is up, or several", () => {
  const { part } = room();
  const title = (...people) => part.marks(people).get("bob")[0].queue.title;
  assert.equal(title(person(bob, true)), "Hand up");
  assert.equal(title(person(bob, true), person(carol, true)), "Hands up");
});

test("at each hand it is said since when it is up, by the clock on the wall, and that stays so", () => {
  const { clock, part } = room();
  const since = (...people) => part.marks(people).get("bob")[0].queue.since;
  clock.pass(3_600_000);
  const { now } = Date;
  try {
    Date.now = () => new Date(2026, 11, 1, 14, 21, 0).getTime();
    part.hear("bob", { hand: true, hand_for: 120_000 }, clock.now());
    assert.equal(since(person(bob, true)), "14:19");
    // Two clocks are never quite one.
    Date.now = () => new Date(2026, 11, 1, 14, 20, 59, 998).getTime();
    assert.equal(since(person(bob, true)), "14:19");
    part.hear("bob", { hand: false }, clock.now());
    part.hear("bob", { hand: true }, clock.now());
    assert.equal(since(person(bob, true)), "14:20");
  } finally {
    Date.now = now;
  }
  assert.equal(part.marks([person(carol, true)]).get("carol")[0].queue.since, "");
});

test("of the hands of others it is said when they go up, and never of those that were up when somebody came in", () => {
  const { part } = room();
  const down = [person(bob, false), person(alice, false, true)];
  const up = [person(bob, true), person(carol, true), person(alice, true, true)];
  // What it is drawn as before Bob has said anything means nothing.
  assert.deepEqual(part.changes(down, up), []);
  part.hear("bob", { hand: false }, 0);
  assert.deepEqual(part.changes(down, up), ["BOB raised a hand"]);
  assert.deepEqual(part.changes(up, up), []);
  assert.deepEqual(part.changes(up, down), []);
});

test("whoever comes in later, or is heard by way of somebody else, raises a hand like all others", () => {
  const { part } = room();
  const me = person(alice, false, true);
  part.changes([me], [person(bob, false), me]);
  assert.deepEqual(part.changes([person(bob, false), me], [person(bob, true), me]), ["BOB raised a hand"]);
  const carried = { ...person(carol, false), by: "Bob" };
  part.changes([carried, me], [carried, me]);
  assert.deepEqual(part.changes([carried, me], [{ ...carried, hand: true }, me]), ["CAROL raised a hand"]);
});

test("the button raises my hand, and says what it would do next", () => {
  const { myself, part } = room();
  part.press();
  assert.equal(myself.hand, 1);
  assert.deepEqual(part.button({ mine: { hand: true } }), { isPressed: true, title: "Lower your hand" });
  assert.deepEqual(part.button({ mine: { hand: false } }), { isPressed: false, title: "Raise your hand" });
});

test("whoever was outside for a while counts anew: an order from before is no order", () => {
  const { part } = room();
  const places = (...people) => [...part.marks(people)].map(([id, [{ text }]]) => [id, text]);
  part.hear("bob", { hand: true, hand_for: 2_000 }, 5_000);
  assert.deepEqual(places(person(bob, true)), [["bob", "1"]]);
  part.close();
  part.hear("carol", { hand: true, hand_for: 1_000 }, 10_000);
  part.hear("bob", { hand: true, hand_for: 0 }, 10_000);
  assert.deepEqual(Object.fromEntries(places(person(bob, true), person(carol, true))), {
    carol: "1",
    bob: "2",
  });
});
