import assert from "node:assert/strict";
import test from "node:test";
import { changed, letIn, ordered, whyRefused } from "../../../static/js/room/hosting/words.js";

const NAMES = { alice: "Alice", bob: "Bob", carol: "Carol" };
/** How a room of three is seen by one of them. */
const circle = (me, isHost = true) => ({
  me,
  isHost,
  name: (id) => NAMES[id] ?? "",
  roleOf: (id) => (id === "carol" ? "participant" : "host"),
});
const order = (more) => ({
  type: "order",
  rev: 1,
  by: "alice",
  participants: ["carol"],
  all: false,
  name: null,
  ...more,
});

test("other hosts read who let whom in, by name as long as these are few", () => {
  const said = (names, admitted = true, by = "alice") =>
    letIn({ type: "decided", by, admitted, names }, circle("bob")).text;
  assert.equal(said(["Carol"]), "Alice let Carol in.");
  assert.equal(said(["Carol", "Dave"]), "Alice let Carol and Dave in.");
  assert.equal(said(["Carol", "Dave", "Erin", "Frank"]), "Alice let 4 people in.");
  assert.equal(said(["Carol"], false), "Alice did not let Carol in.");
  assert.equal(said(["Carol", "Dave", "Erin", "Frank"], false), "Alice did not let 4 people in.");
  // They may have left since.
  assert.equal(said(["Carol"], true, "gone"), "A host let Carol in.");
});

test("the one concerned reads who did it, other hosts what was done, and nobody else anything", () => {
  const mute = order({ order: "mute" });
  assert.deepEqual(ordered(mute, circle("carol", false)), { text: "Alice muted you.", isMine: true });
  assert.deepEqual(ordered(mute, circle("bob")), { text: "Alice muted Carol.", isMine: false });
  assert.equal(ordered(mute, circle("dave", false)), null);
  assert.equal(ordered(order({ order: "mute", all: true }), circle("dave", false)), null);
  assert.deepEqual(ordered(mute, circle("alice")), {
    text: "You muted Carol.",
    isMine: false,
    isQuiet: true,
  });
});

test("of rules each change is one sentence, and mine are none", () => {
  const before = { locked: false, share: true, spotlight: null, ends_in: null };
  const after = { ...before, locked: true, share: false, by: "alice" };
  const texts = (me) => changed(before, after, circle(me)).map(({ text }) => text);
  assert.deepEqual(texts("bob"), [
    "Alice locked the room: nobody new comes in.",
    "Alice lets only hosts share their screens.",
  ]);
  assert.deepEqual(texts("alice"), []);
});

test("whoever shares sound with their screen reads that nobody hears that either, once they are muted", () => {
  const said = (all, sharesSound) =>
    ordered(order({ order: "mute", all }), { ...circle("carol", false), sharesSound }).text;
  assert.equal(said(false, false), "Alice muted you.");
  assert.equal(said(false, true), "Alice muted you. Nobody hears the sound of your screen either.");
  assert.match(said(true, true), /nor the sound of your screen\.$/);
});

test("what the server did not do is explained by what was wrong, and no host reads that only hosts may", () => {
  assert.equal(whyRefused("not-allowed", "set-rules", false), "Only hosts may do this.");
  assert.equal(whyRefused("not-allowed", "rename", false), "Only hosts may change names now.");
  assert.equal(whyRefused("not-allowed", "set-role", false), "Only hosts may do this.");
  assert.equal(whyRefused("not-allowed", "set-role", true), "The organizer stays a host.");
  assert.match(whyRefused("not-allowed", "remove", true), /^No host can be removed/);
  assert.match(whyRefused("not-allowed", "unmute", false), /^You are muted/);
  assert.equal(whyRefused("no-participant", "mute", true), "They are not here any more.");
  assert.match(whyRefused("too-fast", "set-lobby", true), /^That was too often/);
  assert.match(whyRefused("malformed", "set-rules", true), /^The server did not do this/);
});
