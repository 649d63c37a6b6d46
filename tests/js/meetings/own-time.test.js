import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, test } from "node:test";
import { runInThisContext } from "node:vm";

const read = (/** @type {string} */ name) =>
  readFileSync(new URL(`../../../static/js/meetings/${name}`, import.meta.url), "utf8");
const { TZ } = process.env;

beforeEach(() => (process.env.TZ = "America/New_York"));
afterEach(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});

/**
 * What a time on the page says once the script that follows it has run.
 *
 * @param {{ cookie?: string, ownTime?: string, from?: Date, minutes?: number, theirs?: string }} page
 */
function said({
  cookie = "zone=America/New_York",
  ownTime = "Europe/Berlin",
  from = new Date("2027-03-08T12:30:00Z"),
  minutes = 45,
  theirs = "13:30 to 14:15, Berlin time",
}) {
  const to = new Date(from.getTime() + minutes * 60_000);
  const element = {
    textContent: "as the server said it",
    dataset: { ownTime, from: from.toISOString(), to: to.toISOString(), theirs },
  };
  Object.assign(globalThis, { document: { cookie, querySelectorAll: () => [element] } });
  runInThisContext(`{${read("own-time.js")}}`);
  return element.textContent;
}

test("a time is said on this computer's clock, beside the organizer's", () => {
  assert.match(
    said({}),
    /^Monday, 8 March( 2027)?, 07:30 to 08:15, New York time; 13:30 to 14:15, Berlin time$/,
  );
});

test("what the server wrote for this zone, or for one with the same clock, stays", () => {
  assert.equal(said({ ownTime: "America/New_York" }), "as the server said it");
  assert.equal(said({ ownTime: "America/Toronto" }), "as the server said it");
  assert.equal(said({ cookie: "" }), "as the server said it");
});

test("the day is said as people say it, and the day of the end when it is another", () => {
  const now = new Date();
  const at = (/** @type {number} */ days, hour = 9) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, 5);
  assert.match(said({ from: at(0) }), /^Today, 09:05 to 09:50, New York time/);
  assert.match(said({ from: at(1) }), /^Tomorrow, 09:05/);
  assert.match(said({ from: at(-1) }), /^Yesterday, 09:05/);
  assert.match(said({ from: new Date("2027-03-09T04:30:00Z") }), /23:30 to 00:15 on Tuesday, New York time/);
});

/**
 * How often a page that was written for Berlin is asked for again.
 *
 * @param {{ cookie?: string, type?: string, writtenIn?: string }} page
 */
function reloads({ cookie = "a=b; zone=America/New_York", type = "navigate", writtenIn = "Europe/Berlin" }) {
  let count = 0;
  class PerformanceNavigationTiming {
    type = type;
  }
  Object.assign(globalThis, {
    PerformanceNavigationTiming,
    document: { cookie, querySelector: () => ({ getAttribute: () => writtenIn }) },
    location: { reload: () => (count += 1) },
  });
  const visits = globalThis.performance.getEntriesByType;
  globalThis.performance.getEntriesByType = /** @type {any} */ (() => [new PerformanceNavigationTiming()]);
  runInThisContext(read("own-zone.js"));
  globalThis.performance.getEntriesByType = visits;
  return count;
}

test("a page that was written for another zone is asked for once more, and once only", () => {
  assert.equal(reloads({}), 1);
  assert.equal(reloads({ type: "reload" }), 0);
  assert.equal(reloads({ writtenIn: "America/New_York" }), 0);
  assert.equal(reloads({ cookie: "" }), 0);
});
