import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "../../../static/js/meetings/file.js";

test("what came of a file is said with the wrong counted apart", () => {
  assert.equal(found(4, 0, "people.csv"), "4 added from people.csv.");
  assert.equal(
    found(3, 1, "people.csv"),
    "3 added from people.csv. One could not be read as an address; the list shows which.",
  );
  assert.equal(
    found(0, 2, "people.csv"),
    "Nobody added from people.csv. 2 could not be read as an address; the list shows which.",
  );
  assert.equal(found(0, 0, "people.csv"), "Everybody in people.csv is on the list already.");
});
