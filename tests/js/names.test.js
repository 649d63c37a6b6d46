import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cleanName } from "../../static/js/lib/names.js";

const NAMES = JSON.parse(readFileSync(new URL("../names.json", import.meta.url), "utf8"));

test("a name that a participant tells is shown as the server would keep it", () => {
  for (const [typed, kept] of NAMES) {
    assert.equal(cleanName(typed), kept, JSON.stringify(typed));
    assert.equal(cleanName(kept), kept);
  }
});
