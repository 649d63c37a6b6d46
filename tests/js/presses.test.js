import assert from "node:assert/strict";
import test from "node:test";
import { Aim, Caution } from "../../static/js/room/presses.js";

test("a click does not answer somebody who has only just come into another's place", () => {
  const aim = new Aim();
  aim.show(["ana", "ben", "cleo"], 0);
  assert.ok(
    ["ana", "ben", "cleo"].every((id) => aim.isAt(id, 0)),
    "who comes where nobody was is meant at once",
  );
  aim.show(["ben", "cleo"], 1_000);
  assert.deepEqual([aim.isAt("ben", 1_600), aim.isAt("cleo", 1_699)], [false, false]);
  // Whatever else is drawn meanwhile.
  aim.show(["ben", "cleo", "dan"], 1_500);
  assert.deepEqual(
    [aim.isAt("ben", 1_700), aim.isAt("cleo", 1_700), aim.isAt("dan", 1_500)],
    [true, true, true],
  );
});

test("whoever answers one after the other need not wait for the next", () => {
  const aim = new Aim();
  aim.show(["ana", "ben", "cleo", "dan"], 0);
  aim.answer(["ana"]);
  aim.show(["ben", "cleo", "dan"], 100);
  assert.ok(["ben", "cleo", "dan"].every((id) => aim.isAt(id, 100)));
  aim.answer(["ben"]);
  aim.show(["dan"], 200);
  assert.equal(aim.isAt("dan", 300), false, "Cleo went away in the same moment");
  // An answer that was not taken: they are shown again, and may be answered.
  aim.answer(["dan"]);
  aim.show(["dan"], 2_000);
  aim.show(["dan"], 2_100);
  assert.equal(aim.isAt("dan", 2_100), true);
});

test("many are admitted by a second press, which is neither hasty nor late", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  /** @param {number} now */
  const press = (now, ids = six, isWhole = true) => caution.isMeant(ids, { isWhole, now });
  assert.equal(press(0), false);
  assert.equal(caution.isAsking(six, 100), true);
  assert.equal(press(200), false, "a double click is one press");
  assert.equal(press(900), true);
  assert.equal(press(9_000), false, "that was another question");
  assert.equal(press(18_000), false, "too late");
  assert.equal(press(18_800), true);
});

test("a key that is held down is one press, for as long as it is held", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  /** @param {number} now */
  const press = (now) => caution.isMeant(six, { isWhole: true, now });
  // The first repeat comes after half a second, the next ones some thirty times a second.
  for (const now of [0, ...Array.from({ length: 300 }, (_, i) => 500 + 33 * i)]) {
    assert.equal(press(now), false);
  }
  const released = 500 + 33 * 299;
  assert.equal(caution.isAsking(six, released + 600), true);
  assert.equal(press(released + 700), true);
  assert.equal(press(released + 733), false, "they have been admitted: whatever comes now is asked anew");
});

test("who came or went since the first press makes it another question", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  assert.equal(caution.isMeant(six, { isWhole: true, now: 0 }), false);
  const seven = [...six, "gus"];
  assert.equal(caution.isAsking(seven, 1_000), false);
  assert.equal(caution.isMeant(seven, { isWhole: true, now: 1_000 }), false);
  assert.equal(caution.isMeant(seven, { isWhole: true, now: 2_000 }), true);
});

test("a few are admitted at once, unless some of them are out of sight", () => {
  const caution = new Caution();
  const few = ["ana", "ben", "cleo"];
  assert.equal(caution.isMeant(few, { isWhole: true, now: 0 }), true);
  assert.equal(caution.isMeant(few, { isWhole: false, now: 0 }), false);
  assert.equal(caution.isMeant(few, { isWhole: false, now: 1_000 }), true);
});

test("a question that is taken back is not answered by the next press", () => {
  const six = ["ana", "ben", "cleo", "dan", "eve", "fay"];
  const caution = new Caution();
  caution.isMeant(six, { isWhole: true, now: 0 });
  caution.forget();
  assert.equal(caution.isAsking(six, 1_000), false);
  assert.equal(caution.isMeant(six, { isWhole: true, now: 1_000 }), false);
});

test("nobody is admitted with the others who has only just come and cannot have been read", () => {
  const caution = new Caution();
  caution.show(["ana", "ben"], 0);
  caution.show(["ana", "ben", "eve"], 5_000);
  const three = ["ana", "ben", "eve"];
  assert.equal(caution.isMeant(three, { isWhole: true, now: 5_100 }), false, "the press was for two");
  assert.equal(caution.isAsking(three, 5_200), true);
  assert.equal(caution.isMeant(three, { isWhole: true, now: 5_800 }), true);
  // Somebody in another's place is new too; somebody who goes is not.
  caution.show(["ana", "eve", "ben"], 10_000);
  caution.show(["fay", "eve", "ben"], 20_000);
  caution.show(["fay", "ben"], 20_600);
  assert.equal(caution.isMeant(["fay", "ben"], { isWhole: true, now: 20_699 }), false);
  caution.show(["ben", "fay"], 21_000);
  assert.equal(caution.isMeant(["ben", "fay"], { isWhole: true, now: 21_400 }), true);
});
