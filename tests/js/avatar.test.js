import assert from "node:assert/strict";
import { test } from "node:test";
import { hue, initials, shortName } from "../../static/js/lib/avatar.js";

test("a person has the hue that the server gives them", () => {
  // Printed by config.templatetags.page.hue.
  const hues = {
    "Alice Okafor": 1,
    "Bob Lindqvist": 4,
    陳怡君: 2,
    "أمل الحسن": 2,
    " Carol Méndez ": 1,
    "Nguyễn Thị Minh Khai": 5,
    "": 1,
  };
  for (const [name, expected] of Object.entries(hues)) assert.equal(hue(name), expected, name);
});

test("initials are two letters where the script has capitals, else one", () => {
  const expected = {
    "Bob Lindqvist": "BL",
    bob: "B",
    陳怡君: "陳",
    "أمل الحسن": "أ",
    "Nguyễn Thị Minh Khai": "NK",
    "- Bob": "B",
    "  ": "?",
    "": "?",
  };
  for (const [name, letters] of Object.entries(expected)) assert.equal(initials(name), letters, name);
});

test("a name of emoji has its first one for initials, whole", () => {
  const expected = {
    "🎉": "🎉",
    "🎉🎉 party": "P",
    "👩🏽\u200d👩🏽\u200d👧🏽 👋": "👩🏽\u200d👩🏽\u200d👧🏽",
    "- 🏳️\u200d🌈": "🏳️\u200d🌈",
    "🇨🇭🇩🇪": "🇨🇭",
    "❤️": "❤️",
    "...": "?",
  };
  for (const [name, shown] of Object.entries(expected)) assert.equal(initials(name), shown, name);
});

test("a short name is the first word, but no title and no initial", () => {
  assert.equal(shortName("Dmitri Beridze"), "Dmitri");
  assert.equal(shortName("陳怡君"), "陳怡君");
  assert.equal(shortName("Dr. Beridze"), "Dr. Beridze");
  assert.equal(shortName("D Beridze"), "D Beridze");
});
