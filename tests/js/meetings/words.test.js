import assert from "node:assert/strict";
import { test } from "node:test";
import { number, ordinal } from "../../../static/js/meetings/words.js";

test("numbers are words up to twelve, as on the server", () => {
  assert.deepEqual([0, 1, 2, 12, 13, 200].map(number), ["no", "one", "two", "twelve", "13", "200"]);
});

test("days of a month are counted as people say them", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 31].map(ordinal), [
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "22nd",
    "23rd",
    "31st",
  ]);
});
