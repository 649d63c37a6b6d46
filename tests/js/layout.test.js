import assert from "node:assert/strict";
import { test } from "node:test";
import { bySeat, grid, large, strip, whole } from "../../static/js/room/layout.js";

const DESK = { width: 1416, height: 764, gap: 10, narrowest: 4 / 3 };
const BESIDE_CHAT = { ...DESK, width: 1044 };
const PHONE = { width: 374, height: 724, gap: 8, narrowest: 3 / 4 };
const alice = { id: "alice", self: true, screen: false };
const bob = { id: "bob", self: false, screen: false };
const carol = { id: "carol", self: false, screen: false };
const nothing = { pinned: "", speaker: "", shown: "", upright: false };

/** @param {number} n @param {typeof DESK} stage */
function shape(n, stage) {
  const { cols, rows } = grid(n, stage);
  return `${cols}x${rows}`;
}

test("people stand side by side where the stage is wide", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 8].map((n) => shape(n, DESK)),
    ["1x1", "2x1", "2x2", "2x2", "3x2", "3x3"],
  );
});

test("two stand one above the other on an upright phone", () => {
  assert.equal(shape(2, PHONE), "1x2");
});

test("nobody is without a cell, and no row is empty", () => {
  for (const stage of [DESK, BESIDE_CHAT, PHONE]) {
    for (let n = 1; n <= 12; n++) {
      const { cols, rows } = grid(n, stage);
      assert.ok(cols * rows >= n && cols * (rows - 1) < n, `${n} people in ${cols}x${rows}`);
    }
  }
});

test("no other number of columns gives larger tiles", () => {
  /** @param {number} n @param {number} cols @param {typeof DESK} stage */
  const area = (n, cols, { width, height, gap, narrowest }) => {
    const rows = Math.ceil(n / cols);
    const [w, h] = [(width - (cols - 1) * gap) / cols, (height - (rows - 1) * gap) / rows];
    return Math.min(w, (h * 16) / 9) * Math.min(h, w / narrowest);
  };
  for (const stage of [DESK, BESIDE_CHAT, PHONE]) {
    for (let n = 1; n <= 12; n++) {
      const chosen = area(n, grid(n, stage).cols, stage);
      for (let cols = 1; cols <= n; cols++) {
        assert.ok(area(n, cols, stage) <= chosen + 1, `${n} people, ${cols} columns`);
      }
    }
  }
});

test("a stage without any size breaks nothing", () => {
  assert.deepEqual(grid(3, { width: 0, height: 0, gap: 10, narrowest: 4 / 3 }), { cols: 1, rows: 3 });
  assert.deepEqual(grid(0, DESK), { cols: 1, rows: 1 });
});

test("the strip goes where the large picture stays larger", () => {
  const stage = { gap: 10, side: 200, above: 112 };
  assert.equal(strip({ width: 1600, height: 1000 }, 2, { ...stage, width: 1416, height: 764 }), "side");
  assert.equal(strip({ width: 1600, height: 1000 }, 4, { ...stage, width: 1044, height: 764 }), "above");
});

test("a strip at the side holds everybody, or stands above", () => {
  const stage = { width: 1416, height: 764, gap: 10, side: 200, above: 112 };
  assert.equal(strip({ width: 1600, height: 1000 }, 6, stage), "side");
  assert.equal(strip({ width: 1600, height: 1000 }, 7, stage), "above");
});

test("a camera fills its tile as long as no head is lost", () => {
  const camera = { width: 1280, height: 720 };
  assert.equal(whole(camera, { width: 517, height: 377 }), false);
  assert.equal(whole(camera, { width: 374, height: 499 }), false);
  assert.equal(whole(camera, { width: 374, height: 720 }), true, "more than 60 % of the width would go");
  assert.equal(
    whole({ width: 720, height: 1280 }, { width: 640, height: 360 }),
    true,
    "upright picture, wide tile",
  );
  assert.equal(whole({ width: 640, height: 480 }, { width: 640, height: 400 }), false);
  assert.equal(whole({ width: 0, height: 0 }, { width: 640, height: 400 }), false, "not known yet");
});

test("nobody is large in a grid", () => {
  assert.equal(large([bob, carol, alice], nothing), "");
});

test("a screen that another shows is large, the newest first; my own is not", () => {
  const showing = { ...bob, screen: true };
  const other = { ...carol, screen: true };
  assert.equal(large([showing, alice], nothing), "screen:bob");
  assert.equal(large([showing, other, alice], { ...nothing, shown: "bob" }), "screen:bob");
  assert.equal(large([showing, other, alice], { ...nothing, shown: "carol" }), "screen:carol");
  assert.equal(large([bob, { ...alice, screen: true }], nothing), "");
});

test("what I chose comes before everything, as long as it is there", () => {
  const people = [{ ...bob, screen: true }, carol, alice];
  assert.equal(large(people, { ...nothing, pinned: "carol" }), "carol");
  assert.equal(large(people, { ...nothing, pinned: "screen:carol" }), "screen:bob");
});

test("on an upright phone whoever spoke last is large, from three people on", () => {
  const upright = { ...nothing, upright: true };
  assert.equal(large([bob, alice], upright), "");
  assert.equal(large([bob, carol, alice], upright), "bob");
  assert.equal(large([bob, carol, alice], { ...upright, speaker: "carol" }), "carol");
  assert.equal(large([bob, carol, alice], { ...upright, speaker: "dmitri" }), "bob", "who left is not large");
});

test("tiles stand in the order of the seats, and mine is the last", () => {
  const [me, first, third] = [
    { self: true, seat: 2 },
    { self: false, seat: 1 },
    { self: false, seat: 3 },
  ];
  assert.deepEqual(bySeat([third, me, first]), [first, third, me]);
});
