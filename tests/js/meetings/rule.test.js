import assert from "node:assert/strict";
import { test } from "node:test";
import { rule } from "../../../static/js/meetings/rule.js";

/** @param {[string, string][]} entries */
function form(...entries) {
  const data = new FormData();
  for (const [name, value] of [
    ["every", "2"],
    ["monthly", "weekday"],
    ["ends", "count"],
    ["times", "10"],
    ["until", ""],
    ...entries,
  ]) {
    data.append(name ?? "", value ?? "");
  }
  return data;
}

test("a meeting that does not repeat has no rule, whatever the other fields hold", () => {
  assert.deepEqual(rule(form(["repeats", ""], ["days", "0"])), []);
  assert.deepEqual(rule(new FormData()), []);
});

test("only what belongs to the choice counts", () => {
  assert.deepEqual(rule(form(["repeats", "daily"], ["days", "0"])), ["daily", "2", "", "count", "10"]);
  assert.deepEqual(rule(form(["repeats", "weekly"], ["days", "2"], ["days", "0"])), [
    "weekly",
    "2",
    "0,2",
    "count",
    "10",
  ]);
  assert.deepEqual(rule(form(["repeats", "weekly"], ["days", "0"], ["date", "2030-11-25"])), [
    "weekly",
    "2",
    "",
    "count",
    "10",
  ]);
  assert.deepEqual(rule(form(["repeats", "weekly"], ["days", "0"], ["date", "2030-11-26"])), [
    "weekly",
    "2",
    "0",
    "count",
    "10",
  ]);
  assert.deepEqual(rule(form(["repeats", "monthly"])), ["monthly", "2", "weekday", "count", "10"]);
});
