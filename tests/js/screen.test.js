import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import test from "node:test";

const SHEETS = globSync("static/css/*.css").map((name) => readFileSync(name, "utf8"));
const QUERIES = [...readFileSync("static/js/lib/screen.js", "utf8").matchAll(/matchMedia\("([^"]+)"\)/g)].map(
  ([, query]) => query,
);

for (const query of QUERIES) {
  test(`${query} means the same to style sheets`, () => {
    assert.ok(SHEETS.some((sheet) => sheet.includes(`@media ${query} {`)));
  });
}

test("no other script asks how wide a page is", () => {
  const others = globSync("static/js/**/*.js").filter((name) => !name.endsWith("lib/screen.js"));
  assert.deepEqual(
    others.filter((name) => readFileSync(name, "utf8").includes("matchMedia(")),
    [],
  );
  assert.ok(QUERIES.length > 4);
});
