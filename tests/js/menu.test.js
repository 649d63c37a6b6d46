import assert from "node:assert/strict";
import { test } from "node:test";
import { place } from "../../static/js/lib/menu.js";

const list = { width: 200, height: 300 };
/** A button of the bar at this place. */
const button = (left, top) => ({ left, top, right: left + 60, bottom: top + 60 });

test("a menu stands above its button, in the middle, and inside the window", () => {
  const within = { width: 1440, height: 900 };
  assert.deepEqual(place(button(700, 800), list, within, { isMirrored: false }), { left: 630, top: 492 });
  assert.deepEqual(place(button(1370, 800), list, within, { isMirrored: false }), { left: 1232, top: 492 });
  assert.deepEqual(place(button(4, 800), list, within, { isMirrored: true }), { left: 8, top: 492 });
});

test("on a phone on its side a menu stands beside its button, where reading begins", () => {
  const within = { width: 844, height: 390 };
  assert.deepEqual(place(button(776, 200), list, within, { isMirrored: false }), { left: 568, top: 8 });
  // In a mirrored language the bar is on the other side.
  assert.deepEqual(place(button(8, 200), list, within, { isMirrored: true }), { left: 76, top: 8 });
  assert.deepEqual(place(button(400, 200), list, within, { isMirrored: false }).left, 192);
  assert.deepEqual(place(button(400, 200), list, within, { isMirrored: true }).left, 468);
});

test("a menu never hides its button where there is room on the other side", () => {
  const within = { width: 844, height: 390 };
  assert.equal(place(button(8, 200), list, within, { isMirrored: false }).left, 76);
});

test("a menu of a button at the top stands below it, where there is room, so that it covers no title", () => {
  const within = { width: 1440, height: 900 };
  const way = { isMirrored: false, isBelow: true };
  assert.equal(place(button(1200, 400), list, within, way).top, 468);
  assert.equal(place(button(1200, 700), list, within, way).top, 392);
});
