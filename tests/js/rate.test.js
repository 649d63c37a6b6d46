import assert from "node:assert/strict";
import test from "node:test";
import { Quota } from "../../static/js/lib/timing.js";
import { FakeClock } from "./fakes.js";

test("of each key so many pass in any stretch of time, and what did not pass does not count", () => {
  const clock = new FakeClock();
  const quota = new Quota({ most: 3, within: 10_000 }, clock.now);
  const passed = { bob: 0, carol: 0 };
  for (let i = 0; i < 5; i += 1) {
    for (const key of ["bob", "carol"]) passed[key] += Number(quota.take(key));
    clock.pass(1_000);
  }
  assert.deepEqual(passed, { bob: 3, carol: 3 });
  assert.equal(quota.has("bob"), false);
  clock.pass(5_000);
  assert.equal(quota.has("bob"), true, "the first of them is ten seconds old");
  assert.deepEqual([quota.take("bob"), quota.take("bob")], [true, false]);
  quota.forget("bob");
  assert.equal(quota.take("bob"), true);
  assert.equal(quota.take(), true, "without keys it is one for all");
});
