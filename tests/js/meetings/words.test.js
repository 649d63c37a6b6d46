import assert from "node:assert/strict";
import { test } from "node:test";
import { number } from "../../../static/js/meetings/words.js";

test("numbers are words up to twelve, as on the server", () => {
  assert.deepEqual([0, 1, 2, 12, 13, 200].map(number), ["no", "one", "two", "twelve", "13", "200"]);
});
