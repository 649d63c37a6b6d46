import assert from "node:assert/strict";
import { test } from "node:test";
import { Stretch } from "../../static/js/room/chat/stretch.js";

/** @param {number} count @param {number} [from] */
const lines = (count, from = 0) => Array.from({ length: count }, (_, i) => ({ id: `line ${from + i}` }));

/** @param {readonly {id: string}[]} all @param {string} [unreadFrom] */
function opened(all, unreadFrom) {
  const stretch = new Stretch();
  stretch.open(all, unreadFrom);
  return stretch;
}

test("of few lines all are drawn, and of many the last sixty", () => {
  assert.deepEqual(opened(lines(0)).of(lines(0)), [0, 0]);
  assert.deepEqual(opened(lines(60)).of(lines(60)), [0, 60]);
  assert.deepEqual(opened(lines(5_000)).of(lines(5_000)), [4_940, 5_000]);
  assert.equal(opened(lines(5_000)).isToEnd, true);
});

test("it begins a little above what is new, and of thousands of new ones so many are drawn as somebody reads", () => {
  const all = lines(5_000);
  assert.deepEqual(opened(all, "line 4990").of(all), [4_940, 5_000]);
  assert.deepEqual(opened(all, "line 4900").of(all), [4_890, 5_000]);
  const stretch = opened(all, "line 1000");
  assert.deepEqual(stretch.of(all), [990, 1_170]);
  assert.equal(stretch.isToEnd, false);
  // What is not there any more is no place to begin.
  assert.deepEqual(opened(all, "gone").of(all), [4_940, 5_000]);
});

test("whoever reads along has the newest lines, and not all that have come meanwhile", () => {
  const stretch = opened(lines(200));
  for (let count = 200; count <= 1_000; count += 1) {
    stretch.follow(lines(count));
    const [from, to] = stretch.of(lines(count));
    assert.equal(to, count);
    assert.ok(to - from >= 60 && to - from <= 180);
  }
  // What comes late comes above the few that were here.
  const few = opened(lines(3, 997));
  few.follow(lines(1_000));
  assert.deepEqual(few.of(lines(1_000)), [940, 1_000]);
});

test("whoever goes up or down has more, never more than 180, and at an end nothing", () => {
  const all = lines(1_000);
  const stretch = opened(all);
  assert.equal(stretch.down(all), false);
  for (const from of [880, 820]) {
    assert.equal(stretch.up(all), true);
    assert.deepEqual(stretch.of(all), [from, 1_000]);
  }
  while (stretch.up(all)) assert.equal(stretch.of(all)[1] - stretch.of(all)[0], 180);
  assert.deepEqual(stretch.of(all), [0, 180]);
  while (stretch.down(all)) assert.equal(stretch.of(all)[1] - stretch.of(all)[0], 180);
  assert.deepEqual(stretch.of(all), [820, 1_000]);
  assert.equal(stretch.isToEnd, true);
});

test("what is looked for is drawn with its neighbours and nothing in between, unless it is drawn", () => {
  const all = lines(5_000);
  const stretch = opened(all);
  stretch.around(all, 4_950);
  assert.deepEqual(stretch.of(all), [4_940, 5_000]);
  stretch.around(all, 7);
  assert.deepEqual(stretch.of(all), [0, 37]);
  stretch.around(all, 2_000);
  assert.deepEqual(stretch.of(all), [1_970, 2_030]);
  stretch.around(all, 4_990);
  assert.deepEqual(stretch.of(all), [4_960, 5_000]);
  assert.equal(stretch.isToEnd, true);
});

test("its ends go along with their lines, and where those had to make room, they stay in their place", () => {
  const all = lines(5_000);
  const stretch = opened(all);
  stretch.around(all, 2_000);
  assert.deepEqual(stretch.of([...lines(10, 9_000), ...all]), [1_980, 2_040]);
  assert.deepEqual(stretch.of(all.slice(10)), [1_960, 2_020]);
  const without = all.filter(({ id }) => id !== "line 1970" && id !== "line 2029");
  assert.deepEqual(stretch.of(without), [1_970, 2_030]);
});

test("whoever reads what is old stays there, however much comes", () => {
  const stretch = opened(lines(110));
  for (let count = 110; count <= 5_000; count += 50) {
    stretch.stay(lines(count), "line 60");
    const [from, to] = stretch.of(lines(count));
    assert.ok(from <= 60 && to > 60 && to - from <= 360, `${from} to ${to} of ${count}`);
  }
  assert.equal(stretch.isToEnd, false);
});
