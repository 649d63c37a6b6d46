import assert from "node:assert/strict";
import { test } from "node:test";
import { tame } from "../../static/js/lib/text.js";

test("nothing turns the writing direction of a message or of an address in it", () => {
  assert.equal(tame("photo_\u202Egnp.exe"), "photo_gnp.exe");
  assert.equal(tame("https://bank.example/\u2066x\u2069\u200F\u061C"), "https://bank.example/x");
  for (const code of [
    0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
  ]) {
    assert.equal(tame(`a${String.fromCodePoint(code)}b`), "ab");
  }
});

test("nothing is written between the characters", () => {
  assert.equal(tame("a\0b\u0007c\u{E0041}\uFFF9d"), "abcd");
});

test("a tower of marks ends within its line", () => {
  assert.equal(tame(`Z${"\u0335".repeat(200)}o`), `Z${"\u0335".repeat(8)}o`);
});

test("what people write in any script stays as it is", () => {
  for (const text of [
    "Line one\n\tLine two",
    "می\u200Cخواهم",
    "क्\u200Dष",
    "👩🏽\u200D👩🏽\u200D👧🏽 ❤️",
    "Nguyễn",
    "שָׁלוֹם",
    "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "陳怡君",
  ]) {
    assert.equal(tame(text), text);
  }
});
