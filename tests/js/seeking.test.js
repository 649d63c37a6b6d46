import assert from "node:assert/strict";
import test from "node:test";
import { sought } from "../../static/js/room/seeking.js";

const PEOPLE = [
  { name: "Alice Okafor", knownAs: "Alice Okafor" },
  { name: "Carol Méndez", knownAs: "" },
  { name: "Bob", knownAs: "Robert Lindqvist" },
  { name: "Ελένη Παππάς", knownAs: "" },
  { name: "陳怡君", knownAs: "" },
];

/** @param {string} query */
const names = (query) => sought(PEOPLE, query).map(({ name }) => name);

test("somebody is found by a part of their name, whatever its case and accents", () => {
  assert.deepEqual(names("mendez"), ["Carol Méndez"]);
  assert.deepEqual(names("MÉND"), ["Carol Méndez"]);
  assert.deepEqual(names("παππας"), ["Ελένη Παππάς"]);
  assert.deepEqual(names("怡"), ["陳怡君"]);
});

test("each of the words has to stand in it, in any order", () => {
  assert.deepEqual(names("okafor ali"), ["Alice Okafor"]);
  assert.deepEqual(names("okafor bob"), []);
});

test("somebody is found by the name of their account or invitation, too", () => {
  assert.deepEqual(names("lindqvist"), ["Bob"]);
});

test("where nothing is looked for everybody is there, in their order", () => {
  assert.deepEqual(names("  "), names(""));
  assert.equal(names("").length, PEOPLE.length);
});

test("what is longer than any name is cut, not looked for in full", () => {
  assert.deepEqual(names("bob ".repeat(50_000)), ["Bob"]);
});
