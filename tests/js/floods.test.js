import assert from "node:assert/strict";
import test from "node:test";
import { Floods } from "../../static/js/room/floods.js";

const inside = new Map([
  ["alice", { name: "Alice" }],
  ["bob", { name: "Bob" }],
  ["carol", { name: "Carol" }],
]);

test("whoever sends too much is told of by the name that they have inside, with all who let go of them", () => {
  const floods = new Floods();
  floods.note({ id: "bob", name: "", by: "alice" }, inside);
  floods.note({ id: "bob", name: "", by: "carol" }, inside);
  floods.note({ id: "bob", name: "", by: "gone" }, inside);
  assert.deepEqual(floods.latest("alice", inside), {
    id: "bob",
    name: "Bob",
    by: ["", "Carol", "somebody"],
    isInside: true,
  });
});

test("a visitor is called what the server knows them by", () => {
  const floods = new Floods();
  floods.note({ id: "visitor", name: "Dave", by: "bob" }, inside);
  assert.deepEqual(floods.latest("alice", inside), {
    id: "visitor",
    name: "Dave",
    by: ["Bob"],
    isInside: false,
  });
});

test("what has been read makes way for what was told before it", () => {
  const floods = new Floods();
  for (const id of ["bob", "carol"]) floods.note({ id, name: "", by: "alice" }, inside);
  assert.equal(floods.latest("alice", inside).id, "carol");
  floods.putAway("carol");
  assert.equal(floods.latest("alice", inside).id, "bob");
  floods.putAway("bob");
  assert.equal(floods.latest("alice", inside), null);
});

test("of many strangers some are told of, and they hide nobody who is inside", () => {
  const floods = new Floods();
  for (let i = 0; i < 100; i += 1) floods.note({ id: `x${i}`, name: "", by: "bob" }, inside);
  assert.equal(floods.size, 20);
  floods.note({ id: "carol", name: "", by: "bob" }, inside);
  assert.equal(floods.size, 20);
  assert.equal(floods.latest("alice", inside).id, "carol");
});
