import assert from "node:assert/strict";
import { test } from "node:test";
import { arrival, trouble, weakness } from "../../static/js/room/words/diagnosis.js";
import { changes, facts, restored } from "../../static/js/room/words/news.js";
import { written } from "../../static/js/room/words/written.js";
import { flooded, unseenWords } from "../../static/js/room/words/notices.js";
import { apart, mended } from "../../static/js/room/words/pairs.js";
import { elapsed, planned } from "../../static/js/room/views/page.js";

/** @param {Partial<import("../../static/js/room/state.js").Person>} facts */
const person = (facts) => ({
  id: "bob",
  name: "Bob",
  role: "participant",
  seat: 1,
  self: false,
  microphone: true,
  camera: true,
  screen: false,
  hand: false,
  speaking: false,
  connection: "connected",
  picture: null,
  shared: null,
  ...facts,
});
const alice = person({ id: "alice", name: "Alice", self: true });

test("comings, goings and screens are announced, but not my own", () => {
  const bob = person({});
  assert.deepEqual(changes([alice], [bob, alice]), ["Bob came in"]);
  assert.deepEqual(changes([bob, alice], [alice]), ["Bob left"]);
  assert.deepEqual(changes([bob, alice], [person({ screen: true }), person({ ...alice, screen: true })]), [
    "Bob shares a screen",
  ]);
  assert.deepEqual(changes([bob, alice], [person({ screen: true }), alice]), ["Bob shares a screen"]);
});

test("of whom it was told that they are let in, nothing is said when they come", () => {
  const bob = person({});
  assert.deepEqual(
    changes([alice], [bob, alice], (name) => name === "Bob"),
    [],
  );
});

test("a microphone that stops is told apart from one that is muted, and is told again when it works", () => {
  const stopped = person({ microphone: false, silenced: true });
  assert.deepEqual(changes([person({})], [person({ microphone: false })]), []);
  assert.deepEqual(changes([person({})], [stopped]), ["Bob’s microphone has stopped"]);
  assert.deepEqual(changes([stopped], [person({})]), ["Bob can be heard again"]);
  const works = { on: true, lost: false };
  const lost = { on: false, lost: true };
  assert.deepEqual(restored({ microphone: lost, camera: works }, { microphone: works, camera: works }), [
    "Your microphone works again: the others hear you.",
  ]);
  assert.deepEqual(
    restored({ microphone: { on: false, lost: false }, camera: works }, { microphone: works, camera: works }),
    [],
  );
});

test("speaking is never announced", () => {
  assert.deepEqual(changes([person({})], [person({ speaking: true, microphone: true })]), []);
});

const bob = person({});
const carol = person({ id: "carol", name: "Carol", seat: 2 });
const dave = person({ id: "dave", name: "Dave", seat: 3 });
const table = [bob, carol, dave, alice];

/** All the pairs of the table; `conditions` names those that are not connected. @param {Record<string, string>} conditions */
const pairsOf = (conditions) =>
  ["alice bob", "alice carol", "alice dave", "bob carol", "bob dave", "carol dave"].map((pair) => {
    const [one, other] = pair.split(" ");
    return { one, other, condition: conditions[pair] ?? "connected" };
  });

test("who does not hear whom is said in words, mine first", () => {
  assert.deepEqual(apart(pairsOf({}), table), []);
  assert.deepEqual(apart(pairsOf({ "bob carol": "repairing" }), table), [
    "Bob and Carol cannot hear each other: repairing",
  ]);
  assert.deepEqual(apart(pairsOf({ "bob carol": "failed", "alice dave": "connecting" }), table), [
    "You and Dave cannot hear each other: still connecting",
    "Bob and Carol cannot hear each other: no way found yet",
  ]);
  assert.deepEqual(apart(pairsOf({ "bob carol": "unknown" }), table), []);
  assert.deepEqual(apart(pairsOf({ "bob carol": "carried" }), table), []);
});

/** What is said of a room in which this is so. */
const said = (people, { kind = "", pairs = [], unseen = {} } = {}) =>
  facts({ people, pairs, notice: { kind, people, unseen } });

test("a weak connection, a voice by way of somebody and a moment's absence are said once they last", () => {
  assert.deepEqual(said([person({ quality: "good" }), alice]), []);
  for (const quality of ["poor", "lost"]) {
    const [weak] = said([person({ quality }), alice]);
    assert.deepEqual(
      [weak.text, weak.after >= 10_000, weak.quiet >= 60_000],
      ["The connection to Bob is weak", true, true],
    );
  }
  assert.deepEqual(
    said([person({ by: "Carol", connection: "failed", quality: "poor" })]).map(({ text }) => text),
    ["You hear Bob by way of Carol"],
  );
  assert.deepEqual(
    said([person({ connection: "away" })]).map(({ text }) => text),
    ["Bob is gone for a moment"],
  );
  assert.deepEqual(said([person({ connection: "reconnecting" })]), [], "that is said of the pair");
});

test("where a device is too slow, the line is not blamed, neither on the tile nor aloud", () => {
  const bob = person({ quality: "poor" });
  assert.deepEqual(
    [weakness(person({ quality: "good" }), true), weakness(bob, false)],
    ["", "weak connection"],
  );
  assert.equal(weakness({ ...bob, strained: true }, false), "their device is slow");
  assert.equal(weakness(bob, true), "your device is slow");
  assert.equal(weakness({ ...bob, connection: "reconnecting" }, true), "");
  const slow = { ...alice, strained: true };
  assert.deepEqual(
    said([bob, { ...bob, id: "carol", name: "Carol" }, slow]).map(({ key, text }) => [key, text]),
    [
      ["slow", "This device is too slow for the call at the moment"],
      ["slow", "This device is too slow for the call at the moment"],
    ],
  );
  assert.deepEqual(
    said([{ ...bob, strained: true }, alice]).map(({ text }) => text),
    ["Bob’s device is too slow at the moment"],
  );
  for (const connection of ["connecting", "reconnecting", "failed"]) {
    assert.match(trouble(person({ connection }), true).text, /^This device is too slow/);
    assert.doesNotMatch(trouble(person({ connection }), false).text, /too slow/);
  }
  assert.match(trouble(person({ connection: "failed" }), false).text, /firewall/);
  assert.equal(trouble(person({}), true), null);
});

test("of a connection that was cut off it is said what has happened and what helps, and not that anything is tried", () => {
  for (const isSlowHere of [false, true]) {
    const { title, text } = trouble(person({ connection: "shut" }), isSlowHere);
    assert.equal(title, "Your browser cut Bob off");
    assert.match(text, /load their page again.*A host can remove them/);
    assert.doesNotMatch(`${title} ${text}`, /firewall|trying|slow/);
  }
  assert.doesNotMatch(arrival(person({ connection: "shut" }), true), /trying|as soon as/);
});

test("that two do not hear each other is one fact, however it stands with it, and is not said of the notice as well", () => {
  const of = (condition) => said(table, { kind: "apart", pairs: pairsOf({ "bob carol": condition }) });
  assert.deepEqual(
    of("repairing").map(({ text }) => text),
    ["Bob and Carol cannot hear each other: repairing"],
  );
  assert.deepEqual(
    of("repairing").map(({ key }) => key),
    of("failed").map(({ key }) => key),
  );
});

test("what stands over the room is said too, unless it is an alert, which is read by itself", () => {
  assert.deepEqual(
    said([alice], { kind: "muted-talking" }).map(({ text }) => text),
    ["You are muted, and you are talking."],
  );
  assert.deepEqual(said([alice], { kind: "sound-blocked" }), []);
});

test("a screen that has not come is told of in words, to whoever waits for it and to whoever shows it", () => {
  const bob = { name: "Bob Lindqvist", self: false, connection: "connected", by: "" };
  assert.equal(arrival(bob, false), "Bob’s screen is on its way.");
  assert.equal(arrival(bob, true), "Bob’s screen has not arrived yet. We keep trying.");
  assert.equal(
    arrival({ ...bob, connection: "failed" }, true),
    "Bob’s screen comes as soon as there is a way to Bob.",
  );
  assert.equal(
    arrival({ ...bob, connection: "failed", by: "Carol" }, true),
    "Bob’s screen comes as soon as there is a way to Bob.",
  );
  const words = (names, more = {}) => unseenWords({ names, all: false, held: false, ...more });
  assert.equal(words(["Bob"]), "Bob does not see your screen yet. We keep trying.");
  assert.equal(words(["Bob"], { all: true }), "Bob does not see your screen yet. We keep trying.");
  assert.equal(words(["Bob", "Carol"]), "Bob and Carol do not see your screen yet. We keep trying.");
  assert.equal(
    words(["Bob", "Carol", "Dave"]),
    "Bob and 2 others do not see your screen yet. We keep trying.",
  );
  assert.equal(words(["Bob", "Carol"], { all: true }), "Nobody sees your screen yet. We keep trying.");
  assert.match(words(["Bob"], { held: true }), /no room for your screen/);
});

test("whoever is heard by nobody gets one line, not one for each", () => {
  const silent = { "alice carol": "repairing", "bob carol": "failed", "carol dave": "repairing" };
  assert.deepEqual(apart(pairsOf(silent), table), ["Nobody hears Carol: repairing"]);
  const alone = { "alice bob": "repairing", "alice carol": "repairing", "alice dave": "repairing" };
  assert.deepEqual(apart(pairsOf(alone), table), ["You and the others cannot hear each other: repairing"]);
});

test("a pair that hears each other again is announced", () => {
  const broken = pairsOf({ "bob carol": "repairing", "alice dave": "repairing" });
  assert.deepEqual(mended(pairsOf({}), pairsOf({}), table), []);
  assert.deepEqual(mended(broken, pairsOf({ "bob carol": "repairing" }), table), [
    "You and Dave hear each other again",
  ]);
  assert.deepEqual(mended(broken, pairsOf({ "bob carol": "unknown" }), table), [
    "You and Dave hear each other again",
  ]);
  assert.deepEqual(mended(broken, pairsOf({}), table), ["Everybody hears everybody again"]);
});

test("the planned end is said with its day, unless that is today", () => {
  const ends = new Date(2026, 11, 1, 10, 30);
  assert.equal(planned(ends, new Date(2026, 11, 1, 10, 0)), "Planned until 10:30");
  assert.equal(planned(ends, new Date(2026, 10, 30, 23, 59)), "Planned until 10:30 on Tuesday 1 December");
  // The call goes on, and it is the day after.
  assert.equal(planned(ends, new Date(2026, 11, 2, 0, 5)), "Planned until 10:30 on Tuesday 1 December");
});

test("time in the call is minutes and seconds, then hours", () => {
  assert.deepEqual([0, 852_000, 3_600_000, 36_061_000, -5].map(elapsed), [
    "00:00",
    "14:12",
    "1:00:00",
    "10:01:01",
    "00:00",
  ]);
});

test("what is written while the chat is closed is read out, and much of it in few words", () => {
  const line = (name, body) => ({ id: "1", author: "x", name, body, at: 0, isMine: false, delivery: "" });
  assert.equal(written([line("Bob", "Shall we?")]), "Bob wrote: Shall we?");
  assert.equal(
    written([line("Bob", "one"), line("Carol", "two")]),
    "2 new messages in the chat, the last one from Carol",
  );
  assert.ok(written([line("Bob", "x".repeat(4_000))]).length < 200);
  // What somebody is only said to have written is read out as that.
  const passed = { ...line("Bob", "Send me the key"), told_by: "Mallory" };
  assert.equal(written([passed]), "Bob, as told by Mallory, wrote: Send me the key");
  assert.match(written([line("Carol", "one"), passed]), /the last one from Bob, as told by Mallory$/u);
});

test("of a flood it is said whose it is, and who says so", () => {
  const flood = { id: "m", name: "Mallory", by: [""], isInside: true };
  assert.match(
    flooded(flood),
    /^Mallory sent far more data than a call needs\. Your browser cut them off\.$/,
  );
  assert.match(flooded({ ...flood, by: ["Bob"] }), /\. Bob’s browser cut them off/);
  assert.match(flooded({ ...flood, by: ["Bob", "Carol"] }), /\. Several browsers cut them off/);
  assert.match(
    flooded({ ...flood, by: ["", "Carol"] }),
    /\. Several browsers, yours among them, cut them off/,
  );
  assert.match(flooded({ ...flood, name: "", isInside: false }), /^Somebody who has not come in sent/);
  assert.match(flooded({ ...flood, isInside: false }), /^Mallory, who has not come in, sent/);
});
