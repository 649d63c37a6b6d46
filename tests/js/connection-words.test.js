import assert from "node:assert/strict";
import test from "node:test";
import { connectionWords, connectionSentences } from "../../static/js/room/words/connections.js";

const person = (more = {}) => ({
  self: false,
  by: "",
  connection: "connected",
  quality: "good",
  strained: false,
  ...more,
});
/** @type {(more?: object, isSlowHere?: boolean) => [string, boolean]} */
const said = (more, isSlowHere = false) => {
  const { text, isWell } = connectionWords(person(more), isSlowHere);
  return [text, isWell];
};
const PATH = { relayed: false, protocol: "udp" };

test("a connection is in words however it goes, and what is not well is told apart", () => {
  assert.deepEqual(said(), ["Good connection", true]);
  assert.deepEqual(said({ quality: "fair" }), ["Fair connection", true]);
  assert.deepEqual(said({ quality: "" }), ["Connected", true]);
  assert.deepEqual(said({ quality: "poor" }), ["Weak connection", false]);
  assert.deepEqual(said({ quality: "lost" }), ["Nothing comes from them", false]);
  assert.deepEqual(said({ connection: "reconnecting" }), ["We are finding another way", false]);
  assert.deepEqual(said({ connection: "failed", by: "Carol" }), ["Heard by way of Carol", false]);
  assert.equal(connectionWords(person({ self: true }), false), null);
});

test("where a device is too slow, the line is not blamed", () => {
  assert.deepEqual(said({ quality: "poor", strained: true }), ["Their device is slow", false]);
  assert.deepEqual(said({ quality: "poor" }, true), ["Your device is slow", false]);
});

test("in the menu stands the way that it takes as well, and how long that is, once it has been measured", () => {
  const sentences = (more, sample) => connectionSentences(person(more), false, sample);
  assert.deepEqual(sentences({}, null), ["Good connection."]);
  assert.deepEqual(sentences({}, { path: PATH, rtt: 30.6 }), [
    "Direct connection, 31\u202Fms.",
    "Good connection.",
  ]);
  assert.deepEqual(sentences({}, { path: { ...PATH, relayed: true }, rtt: null }), [
    "Through a relay.",
    "Good connection.",
  ]);
  assert.deepEqual(sentences({ connection: "failed" }, { path: PATH, rtt: 30 }), [
    "No way found between your networks.",
  ]);
  assert.deepEqual(sentences({ self: true }, null), []);
});
