import assert from "node:assert/strict";
import test from "node:test";
import { MOST_OF_ALL, MOST_OF_ONE, Unasked } from "../../../static/js/room/files/unasked.js";
import { FakeClock } from "../fakes.js";

const LARGE = 8_000_000;
const SMALL = 100_000;

function page() {
  const clock = new FakeClock();
  const here = new Set();
  const unasked = new Unasked({ clock, isHere: (author) => here.has(author) });
  const shown = new Map();
  let count = 0;
  /** Somebody offers pictures, all of which are drawn. */
  const offer = (author, times, size = LARGE) => {
    here.add(author);
    const before = shown.size;
    for (let time = 0; time < times; time += 1) {
      count += 1;
      const key = `${author} ${count}`;
      const gone = unasked.take(key, author, size);
      if (!gone) continue;
      for (const one of gone) shown.delete(one);
      shown.set(key, size);
      unasked.drawn(key, SMALL);
    }
    return shown.size - before;
  };
  const bytes = () => [...shown.values()].reduce((sum, size) => sum + size + SMALL, 0);
  return { clock, here, unasked, offer, shown, bytes };
}

test("of one author so many pictures are shown unasked, and no more", () => {
  const { offer, bytes } = page();
  offer("mallory", 100);
  assert.ok(bytes() > MOST_OF_ONE - 2 * LARGE && bytes() <= MOST_OF_ONE, `${bytes()}`);
});

test("whoever comes again and again under new names fills no page", () => {
  const { clock, here, offer, bytes, shown } = page();
  for (let time = 0; time < 200; time += 1) {
    offer(`mallory ${time}`, 20);
    assert.ok(bytes() <= MOST_OF_ALL, `${bytes()}`);
    here.delete(`mallory ${time}`);
    clock.pass(10_000);
  }
  assert.ok(
    [...shown.keys()].every((key) => !key.startsWith("mallory 1 ")),
    "the first ones are gone",
  );
});

test("whoever does so does not take a line for long either", () => {
  const { here, offer, clock } = page();
  let taken = 0;
  for (let time = 0; time < 100; time += 1) {
    taken += Math.max(0, offer(`mallory ${time}`, 1));
    here.delete(`mallory ${time}`);
    clock.pass(100);
  }
  assert.ok(taken * LARGE <= MOST_OF_ALL + 10 * 200_000, `${taken}`);
});

test("what is shown of those who have left stays as long as there is room", () => {
  const { here, offer, shown } = page();
  offer("bob", 2);
  here.delete("bob");
  offer("carol", 5);
  assert.deepEqual(
    [...shown.keys()].map((key) => key.split(" ")[0]),
    ["bob", "bob", "carol", "carol", "carol", "carol", "carol"],
  );
});

test("those who are there lose nothing to others, and what somebody has saved counts no more", () => {
  const { unasked, offer, shown, clock } = page();
  for (const author of ["alice", "bob", "carol"]) offer(author, 5);
  const before = [...shown.keys()];
  clock.pass(600_000);
  assert.equal(offer("dave", 3), 0);
  assert.deepEqual([...shown.keys()], before);
  for (const key of before.slice(0, 3)) unasked.forget(key);
  assert.equal(offer("dave", 1), 1);
});

test("thousands of tiny pictures are too many as well, and before they are drawn each may be large", () => {
  const { unasked, here, offer, shown } = page();
  offer("bob", 5_000, 70);
  assert.ok(shown.size > 100 && shown.size <= MOST_OF_ONE / 100_000, `${shown.size}`);
  here.add("carol");
  const taken = Array.from({ length: 100 }, (_, at) => unasked.take(`carol ${at}`, "carol", 70));
  assert.ok(taken.filter(Boolean).length < 40);
});
