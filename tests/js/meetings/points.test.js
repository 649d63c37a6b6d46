import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, sum, written } from "../../../static/js/meetings/points.js";

/** @type {[string, [string, number | null][]][]} the same as in tests/meetings/test_words.py */
const agendas = [
  ["", []],
  [
    "What the passengers told us (10)\n\n  Sundays in winter  \n",
    [
      ["What the passengers told us", 10],
      ["Sundays in winter", null],
    ],
  ],
  [
    "- one (5 min)\r\n2. two (10m)\n• three (15 minutes)",
    [
      ["one", 5],
      ["two", 10],
      ["three", 15],
    ],
  ],
  ["Line 4 (or 5)", [["Line 4 (or 5)", null]]],
  ["(10)", [["(10)", null]]],
];
for (const [text, points] of agendas) {
  test(`${JSON.stringify(text)} is read as the server reads it`, () => {
    assert.deepEqual(
      parse(text).map(({ text: words, minutes }) => [words, minutes]),
      points,
    );
  });
}

test("what is written is read as the same", () => {
  const points = [
    { text: "Ferries", minutes: 10 },
    { text: "Bridges (all of them)", minutes: null },
  ];
  assert.deepEqual(parse(written(points)), points);
});

test("a point without words is none, and no minutes are not written", () => {
  assert.equal(
    written([
      { text: " ", minutes: 5 },
      { text: " Ferries ", minutes: null },
    ]),
    "Ferries",
  );
});

test("the sum stands against the meeting's length and says how much is too many", () => {
  const points = [
    { text: "a", minutes: 20 },
    { text: "b", minutes: 15 },
    { text: "c", minutes: null },
  ];
  assert.deepEqual(sum(points, 45), { words: "35 of 45 minutes", over: false });
  assert.deepEqual(sum(points, 30), { words: "35 of 30 minutes, 5 too many", over: true });
  assert.deepEqual(sum(points, 0), { words: "35 minutes", over: false });
  assert.deepEqual(sum([{ text: "c", minutes: null }], 45), { words: "", over: false });
});
