import assert from "node:assert/strict";
import test from "node:test";
import { comeIn, countdown, doorOpens, shut } from "../../static/js/room/views/waiting.js";

const MINUTE = 60_000;

test("a countdown is as exact as one needs it", () => {
  assert.equal(countdown(-1), "now");
  assert.equal(countdown(0), "now");
  assert.equal(countdown(400), "in 0:01");
  assert.equal(countdown(9 * MINUTE + 41_000), "in 9:41");
  assert.equal(countdown(60 * MINUTE), "in 60:00");
  assert.equal(countdown(125 * MINUTE), "in 2 h 5 min");
  assert.equal(countdown(24 * 60 * MINUTE), "in 24 h 0 min");
  assert.equal(countdown(3.5 * 24 * 60 * MINUTE), "in 3 days");
});

test("when a door opens is said by day and time", () => {
  const now = new Date(2026, 10, 24, 13, 0).getTime();
  const said = (...date) => doorOpens(new Date(...date).getTime(), now);
  assert.equal(said(2026, 10, 24, 13, 50, 0, 900), "The door opens at 13:50");
  // A moment that the server's seconds took to get here does not make it a minute earlier.
  assert.equal(said(2026, 10, 24, 13, 49, 59, 200), "The door opens at 13:50");
  assert.equal(said(2026, 10, 25, 0, 5), "The door opens tomorrow at 00:05");
  assert.equal(said(2026, 11, 1, 9, 0), "The door opens on Tuesday 1 December at 09:00");
  assert.equal(comeIn(new Date(2026, 10, 25, 0, 5).getTime(), now), "You come in tomorrow at 00:05");
});

test("a door with a lobby does not promise that one is in as soon as it opens", () => {
  const said = (lobby) => shut(Date.now() + MINUTE, lobby).text.join("");
  assert.match(said(false), /taken in as soon as it does/u);
  assert.doesNotMatch(said(true), /taken in/u);
  assert.match(said(true), /a host lets you in/u);
});
