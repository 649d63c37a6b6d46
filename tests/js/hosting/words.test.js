import assert from "node:assert/strict";
import test from "node:test";
import { ordered } from "../../../static/js/room/hosting/words.js";

const circle = (more) => ({
  me: "bob",
  isHost: false,
  name: (id) => id.toUpperCase(),
  roleOf: () => "host",
  ...more,
});
const mute = (all) => ({ type: "order", rev: 1, order: "mute", by: "alice", participants: ["bob"], all });

test("whoever shares sound with their screen reads that nobody hears that either, once they are muted", () => {
  assert.equal(ordered(mute(false), circle()).text, "ALICE muted you.");
  assert.equal(
    ordered(mute(false), circle({ sharesSound: true })).text,
    "ALICE muted you. Nobody hears the sound of your screen either.",
  );
  assert.match(ordered(mute(true), circle({ sharesSound: true })).text, /nor the sound of your screen\.$/);
});
