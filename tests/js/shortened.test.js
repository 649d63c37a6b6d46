/** What is served (config/static.py) means the same as what lies in static/: token by token. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";

const SHORTEN =
  "import json, sys, rjsmin; json.dump([rjsmin.jsmin(text) for text in json.load(sys.stdin)], sys.stdout)";

const names = globSync("static/js/**/*.js").sort();
const sources = names.map((name) => readFileSync(name, "utf8"));
/** @type {string[]} */
const served = JSON.parse(
  execFileSync("python", ["-c", SHORTEN], { input: JSON.stringify(sources), encoding: "utf8" }),
);

/** @param {string} text @returns {string[]} */
function tokens(text) {
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    if (children.length === 0 && node.kind !== ts.SyntaxKind.SyntaxList) found.push(node.getText(file));
    children.forEach(visit);
  };
  visit(file);
  return found;
}

names.forEach((name, index) => {
  test(`${name} is served with the same tokens as it is written`, () => {
    assert.deepEqual(tokens(served[index] ?? ""), tokens(sources[index] ?? ""));
  });
});
