import assert from "node:assert/strict";
import { test } from "node:test";
import { wayBack } from "../../static/js/room/rules.js";

test("a host is told that only a lobby keeps a guest out whom the link for everybody lets in", () => {
  const words = wayBack({ access: "anyone", lobby: false });
  assert.match(words, /Anyone with the link may enter/);
  assert.match(words, /Only a lobby or a locked room keeps them out/);
});

test("where there is a lobby, a host is told that whoever is removed would wait in it", () => {
  assert.match(wayBack({ access: "anyone", lobby: true }), /wait in the lobby/);
  assert.doesNotMatch(wayBack({ access: "anyone", lobby: true }), /Only a lobby/);
});

test("into a locked room nobody comes back", () => {
  assert.match(wayBack({ access: "anyone", lobby: false, locked: true }), /nobody new comes in/);
});

test("where whoever signs in may enter, another account is a way back", () => {
  assert.match(wayBack({ access: "known", lobby: false }), /another account/);
});

test("where only the invited may enter, nothing is promised of a lobby", () => {
  assert.doesNotMatch(wayBack({ access: "invited", lobby: false }), /lobby/);
});
