import assert from "node:assert/strict";
import { test } from "node:test";
import { borrowed, standingWords } from "../../static/js/room/identity.js";

test("a host reads whose invitation it is when another name is typed", () => {
  assert.equal(
    standingWords({ name: "Carol", standing: "invited", knownAs: "Bob" }),
    "By the invitation of Bob",
  );
  assert.equal(standingWords({ name: "Bob", standing: "invited", knownAs: "Bob" }), "Invited");
});

test("a host reads whose account it is when another name is typed", () => {
  assert.equal(
    standingWords({ name: "Alice", standing: "account", knownAs: "Mallory" }),
    "Not invited, with the account of Mallory",
  );
  assert.equal(
    standingWords({ name: "Mallory", standing: "account", knownAs: "Mallory" }),
    "Not invited, has an account",
  );
});

test("nobody vouches for the name of a guest", () => {
  assert.match(standingWords({ name: "Alice", standing: "guest", knownAs: "" }), /nobody vouches/);
});

test("inside it is said only of those who call themselves something else", () => {
  assert.equal(borrowed({ name: "Carol", standing: "invited", knownAs: "Bob" }), "By the invitation of Bob");
  assert.equal(
    borrowed({ name: "Alice", standing: "account", knownAs: "Mallory" }),
    "With the account of Mallory",
  );
  assert.equal(borrowed({ name: "BOB", standing: "invited", knownAs: "Bob" }), "");
  assert.equal(borrowed({ name: "Bob", standing: "guest", knownAs: "" }), "");
});

test("a name that only looks the same is another one", () => {
  assert.equal(
    borrowed({ name: "\u0412ob", standing: "invited", knownAs: "Bob" }),
    "By the invitation of Bob",
  );
});
