import assert from "node:assert/strict";
import { test } from "node:test";
import { matching } from "../../static/js/room/views/parts/chat/completion.js";
import { brief } from "../../static/js/room/views/parts/chat/tabs.js";
import { fate, follows, isOtherDay, reacted, typing } from "../../static/js/room/words/chat.js";

const AT = new Date(2027, 2, 1, 14, 5).getTime();
const MINUTE = 60_000;

/** @param {Partial<import("../../static/js/room/state.js").ChatLine>} [more] */
const line = (more) => ({
  id: "bob 1",
  conversation: "",
  author: "bob",
  name: "Bob",
  body: "Hello",
  at: AT,
  isMine: false,
  canChange: false,
  editedAt: null,
  earlier: [],
  isDeleted: false,
  reply: null,
  reactions: [],
  delivery: { state: /** @type {const} */ (""), lacking: [] },
  file: null,
  ...more,
});

const room = { id: "", name: "", isHere: true };
const bob = { id: "bob", name: "Bob", isHere: true };
/** @param {"" | "sending" | "waiting"} state @param {string[]} lacking */
const mine = (state, ...lacking) => line({ isMine: true, delivery: { state, lacking } });

test("what became of a line of mine is said, and of one that has arrived nothing", () => {
  assert.equal(fate(mine(""), room), "");
  assert.equal(fate(mine("sending"), room), "sending…");
  const back = "It goes as soon as the link is back.";
  assert.equal(fate(mine("waiting", "Dmitri"), room), `Not with Dmitri yet. ${back}`);
  assert.equal(fate(mine("waiting", "Dmitri", "Carol"), room), `Not with Dmitri and Carol yet. ${back}`);
  assert.match(fate(mine("waiting", "A", "B", "C", "D"), room), /^Not with 4 people yet\./u);
  assert.equal(fate(mine("waiting"), room), "Nobody has this yet. It goes to whoever comes in.");
  assert.equal(fate(mine("waiting"), bob), `Not with Bob yet. ${back}`);
  assert.equal(fate(mine("waiting"), { ...bob, isHere: false }), "Not with Bob, who has left.");
});

test("those who are typing are named, unless they are many", () => {
  assert.equal(typing([]), "");
  assert.equal(typing(["Dmitri"]), "Dmitri is typing…");
  assert.equal(typing(["Dmitri", "Carol"]), "Dmitri and Carol are typing…");
  assert.equal(typing(["A", "B", "C", "D"]), "Several people are typing…");
});

test("a reaction is called by its name, its number and whether it is mine", () => {
  const given = { reaction: "👍", count: 3, isMine: true, people: [] };
  assert.equal(reacted(given, "Thumbs up"), "Thumbs up: 3, one of them yours");
  assert.equal(reacted({ ...given, count: 1 }, "Thumbs up"), "Thumbs up: yours");
  assert.equal(reacted({ ...given, isMine: false }, "Thumbs up"), "Thumbs up: 3");
});

test("lines of one author stand under one name, unless something of its own belongs to a line", () => {
  const before = line();
  const next = line({ id: "bob 2", at: AT + MINUTE });
  assert.equal(follows(next, before), true);
  assert.equal(follows(next, undefined), false);
  assert.equal(follows({ ...next, at: AT + 6 * MINUTE }, before), false);
  assert.equal(follows({ ...next, author: "carol" }, before), false);
  assert.equal(follows({ ...next, told_by: "Carol" }, before), false);
  assert.equal(follows({ ...next, editedAt: AT }, before), false);
  assert.equal(follows({ ...next, isDeleted: true }, before), false);
});

test("a new day is one by the clock of whoever reads", () => {
  const night = new Date(2027, 2, 1, 23, 59).getTime();
  assert.equal(isOtherDay(night, night + 2 * MINUTE), true);
  assert.equal(isOtherDay(AT, night), false);
});

test("names are offered by the beginning of any of their words, the first one before the others", () => {
  const names = ["Carol Bell", "Bob Lindqvist", "Éric", "陳怡君"];
  assert.deepEqual(matching(names, "b"), ["Bob Lindqvist", "Carol Bell"]);
  assert.deepEqual(matching(names, "er"), ["Éric"]);
  assert.deepEqual(matching(names, ""), names);
  assert.deepEqual(matching(names, "陳"), ["陳怡君"]);
  assert.deepEqual(matching(names, "x"), []);
});

test("a tab has the first word of a name, where that tells two apart", () => {
  const names = ["", "Bob Lindqvist", "Bob Ross", "Carol Bell"];
  assert.deepEqual(names.map((name) => brief(name, names)).slice(1), ["Bob Lindqvist", "Bob Ross", "Carol"]);
});
