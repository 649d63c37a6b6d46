import assert from "node:assert/strict";
import test from "node:test";
import { Flooding } from "../../static/js/room/flooding.js";

const inside = new Map([
  ["alice", { name: "Alice" }],
  ["bob", { name: "Bob" }],
  ["carol", { name: "Carol" }],
]);

test("whoever sends too much is told of by the name that they have inside, with all who let go of them", () => {
  const flooding = new Flooding();
  flooding.note({ id: "bob", name: "", by: "alice" }, inside);
  flooding.note({ id: "bob", name: "", by: "carol" }, inside);
  flooding.note({ id: "bob", name: "", by: "gone" }, inside);
  assert.deepEqual(flooding.latest("alice", inside), {
    id: "bob",
    name: "Bob",
    by: ["", "Carol", "somebody"],
    isInside: true,
  });
});

test("a visitor is called what the server knows them by", () => {
  const flooding = new Flooding();
  flooding.note({ id: "visitor", name: "Dave", by: "bob" }, inside);
  assert.deepEqual(flooding.latest("alice", inside), {
    id: "visitor",
    name: "Dave",
    by: ["Bob"],
    isInside: false,
  });
});

test("what has been read makes way for what was told before it", () => {
  const flooding = new Flooding();
  for (const id of ["bob", "carol"]) flooding.note({ id, name: "", by: "alice" }, inside);
  assert.equal(flooding.latest("alice", inside).id, "carol");
  flooding.putAway("carol");
  assert.equal(flooding.latest("alice", inside).id, "bob");
  flooding.putAway("bob");
  assert.equal(flooding.latest("alice", inside), null);
});

test("of many strangers some are told of, and they hide nobody who is inside", () => {
  const flooding = new Flooding();
  for (let i = 0; i < 100; i += 1) flooding.note({ id: `x${i}`, name: "", by: "bob" }, inside);
  assert.equal(flooding.size, 20);
  flooding.note({ id: "carol", name: "", by: "bob" }, inside);
  assert.equal(flooding.size, 20);
  assert.equal(flooding.latest("alice", inside).id, "carol");
});
