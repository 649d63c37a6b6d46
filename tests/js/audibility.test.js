import assert from "node:assert/strict";
import test from "node:test";
import { Audibility, isApart, readLinks } from "../../static/js/room/audibility.js";
import { ConnectionReport } from "../../static/js/room/roster.js";
import { FakeClock } from "./fakes.js";

const people = ["ana", "ben", "cleo", "dan"].map((id, seat) => ({
  id,
  name: id,
  role: "participant",
  seat,
  arrival: seat,
  away: false,
}));
const all = (...ids) => Object.fromEntries(ids.map((id) => [id, "connected"]));

/** Ana's judgement, at first of a room in which all is well. */
function judge() {
  const clock = new FakeClock();
  const subject = new Audibility(clock);
  subject.hear("ben", all("ana", "cleo", "dan"));
  subject.hear("cleo", all("ana", "ben", "dan"));
  subject.hear("dan", all("ana", "ben", "cleo"));
  const condition = (one, other, mine = all("ben", "cleo", "dan"), who = people) =>
    subject.judge("ana", mine, who).find((pair) => pair.one === one && pair.other === other)?.condition;
  return { clock, subject, condition };
}

test("everybody hears everybody when both ends of each pair say so", () => {
  const { subject } = judge();
  const pairs = subject.judge("ana", all("ben", "cleo", "dan"), people);
  assert.equal(pairs.length, 6);
  assert.ok(pairs.every(({ condition }) => condition === "connected"));
});

test("either end's word breaks a pair, once it has lasted", () => {
  const { clock, subject, condition } = judge();
  subject.hear("cleo", { ...all("ana", "dan"), ben: "repairing" });
  assert.equal(condition("ben", "cleo"), "unknown");
  let told = 0;
  subject.on("change", () => (told += 1));
  clock.pass(2_500);
  assert.equal(told, 1);
  assert.equal(condition("ben", "cleo"), "repairing");
  subject.hear("ben", { ...all("ana", "dan"), cleo: "failed" });
  assert.equal(condition("ben", "cleo"), "failed");
  subject.hear("ben", all("ana", "cleo", "dan"));
  subject.hear("cleo", all("ana", "ben", "dan"));
  assert.equal(condition("ben", "cleo"), "connected");
});

test("a short break is nobody's business, nor are several short ones", () => {
  const { clock, subject, condition } = judge();
  for (let i = 0; i < 5; i += 1) {
    subject.hear("ben", { ...all("ana", "dan"), cleo: "repairing" });
    assert.equal(condition("ben", "cleo"), "unknown");
    clock.pass(2_000);
    subject.hear("ben", all("ana", "cleo", "dan"));
    assert.equal(condition("ben", "cleo"), "connected");
  }
});

test("connecting is a problem only when it takes long", () => {
  const { clock, subject, condition } = judge();
  subject.hear("dan", { ...all("ana", "ben"), cleo: "connecting" });
  assert.equal(condition("cleo", "dan"), "unknown");
  clock.pass(7_999);
  assert.equal(condition("cleo", "dan"), "unknown");
  clock.pass(1);
  assert.equal(condition("cleo", "dan"), "connecting");
});

test("a pair whose voices come by a third is not apart, as soon as both ends say so", () => {
  const { subject, condition } = judge();
  subject.hear("cleo", { ...all("ana", "dan"), ben: "carried" });
  assert.equal(condition("ben", "cleo"), "carried");
  subject.hear("ben", { ...all("ana", "dan"), cleo: "repairing" });
  assert.notEqual(condition("ben", "cleo"), "carried");
  subject.hear("ben", { ...all("ana", "dan"), cleo: "carried" });
  assert.equal(condition("ben", "cleo"), "carried");
  assert.equal(isApart({ condition: "carried" }), false);
});

test("what somebody said before I lost them does not count", () => {
  const { clock, subject, condition } = judge();
  subject.hear("dan", { ...all("ana", "ben"), cleo: "repairing" });
  const mine = { ...all("ben", "cleo"), dan: "repairing" };
  condition("cleo", "dan", mine);
  clock.pass(60_000);
  assert.equal(condition("cleo", "dan", mine), "connected");
  assert.equal(condition("ana", "dan", mine), "repairing");
  subject.hear("cleo", all("ana", "ben"));
  assert.equal(condition("cleo", "dan", mine), "unknown");
});

test("who is away and heard by nobody breaks no pair; who is still heard by somebody does", () => {
  const { clock, subject, condition } = judge();
  const away = people.map((one) => (one.id === "dan" ? { ...one, away: true } : one));
  const mine = { ...all("ben", "cleo"), dan: "repairing" };
  subject.hear("ben", { ...all("ana", "cleo"), dan: "repairing" });
  subject.hear("cleo", { ...all("ana", "ben"), dan: "repairing" });
  condition("ben", "dan", mine, away);
  clock.pass(60_000);
  assert.equal(condition("ben", "dan", mine, away), "unknown");
  assert.equal(condition("ana", "dan", mine, away), "unknown");
  subject.hear("cleo", all("ana", "ben", "dan"));
  condition("ben", "dan", mine, away);
  clock.pass(2_500);
  assert.equal(condition("ben", "dan", mine, away), "repairing");
});

test("only words of the vocabulary are understood, and not too many", () => {
  assert.deepEqual(readLinks({ ana: "connected", ben: "splendid", cleo: 7 }), { ana: "connected" });
  for (const nonsense of [undefined, null, "connected", 3, []]) assert.deepEqual(readLinks(nonsense), {});
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`p${i}`, "failed"]));
  assert.equal(Object.keys(readLinks(many)).length, 16);
});

test("my words are passed on by the first who is connected to both", () => {
  const { subject } = judge();
  assert.equal(subject.passers(all("ben", "cleo", "dan"), people).size, 0);
  const mine = { ...all("ben", "cleo"), dan: "failed" };
  assert.deepEqual([...subject.passers(mine, people)], [["ben", ["dan"]]]);
  subject.hear("ben", { ...all("ana", "cleo"), dan: "repairing" });
  assert.deepEqual([...subject.passers(mine, people)], [["cleo", ["dan"]]]);
  assert.deepEqual(
    [...subject.passers({ ...all("cleo"), ben: "repairing", dan: "failed" }, people)],
    [["cleo", ["ben", "dan"]]],
  );
  subject.hear("cleo", all("ana", "ben"));
  assert.equal(subject.passers(mine, people).size, 0);
});

/** Ana's reports to the server. */
function report() {
  const clock = new FakeClock();
  const sent = [];
  const subject = new ConnectionReport(clock, (links) => sent.push(links));
  return { clock, subject, sent };
}

test("the server hears of what has changed, gathered", () => {
  const { clock, subject, sent } = report();
  subject.begin();
  subject.update(all("ben"));
  subject.update(all("ben", "cleo"));
  clock.pass(2_000);
  assert.deepEqual(sent, [all("ben", "cleo")]);
  subject.update({ ...all("cleo"), ben: "repairing" });
  clock.pass(2_000);
  assert.deepEqual(sent.slice(1), [{ ben: "repairing" }]);
  clock.pass(60_000);
  assert.equal(sent.length, 2);
});

test("the server is not told more often than every two seconds, however much changes", () => {
  const { clock, subject, sent } = report();
  subject.begin();
  for (let i = 0; i < 100; i += 1) {
    subject.update({ ben: i % 2 ? "connected" : "repairing" });
    clock.pass(100);
  }
  assert.ok(sent.length <= 5, `${sent.length} reports in 10 s`);
});

test("connecting is told only when it takes long", () => {
  const { clock, subject, sent } = report();
  subject.begin();
  subject.update({ ...all("ben"), cleo: "connecting" });
  clock.pass(2_000);
  assert.deepEqual(sent, [all("ben")]);
  clock.pass(6_000);
  assert.deepEqual(sent, [all("ben"), { cleo: "connecting" }]);
});

test("a server that hears me again is told everything anew, and one that does not nothing", () => {
  const { clock, subject, sent } = report();
  subject.update(all("ben"));
  clock.pass(10_000);
  assert.deepEqual(sent, []);
  subject.begin();
  clock.pass(2_000);
  subject.pause();
  subject.update({ ben: "repairing" });
  clock.pass(10_000);
  assert.deepEqual(sent, [all("ben")]);
  subject.begin();
  clock.pass(2_000);
  assert.deepEqual(sent, [all("ben"), { ben: "repairing" }]);
});

test("nothing is told of those who are gone", () => {
  const { clock, subject, sent } = report();
  subject.begin();
  subject.update(all("ben"));
  clock.pass(2_000);
  subject.update({});
  clock.pass(10_000);
  subject.update(all("ben"));
  clock.pass(2_000);
  assert.deepEqual(sent, [all("ben"), all("ben")]);
});

test("what somebody says of their connections changes nothing between two others, nor who passes on what they do not reach", () => {
  const lies = [
    undefined,
    null,
    "ben",
    7,
    [],
    [["ben", "connected"]],
    { ben: "failed", cleo: "failed", ana: "failed" },
    { ben: { cleo: "failed" } },
    {
      "ben cleo": "failed",
      cleo: "carried",
      eve: "connected",
      constructor: "connected",
      __proto__: { ben: "failed" },
    },
    JSON.parse('{"__proto__": "connected", "ben": "connected", "toString": "failed"}'),
  ];
  const mine = { ...all("ben", "dan"), cleo: "failed" };
  const others = ({ one, other }) => one !== "dan" && other !== "dan";
  for (const lie of lies) {
    const { clock, subject } = judge();
    subject.judge("ana", mine, people);
    // My own break has lasted by then.
    clock.pass(60_000);
    const before = subject.judge("ana", mine, people).filter(others);
    subject.hear("dan", lie);
    subject.judge("ana", mine, people);
    clock.pass(60_000);
    const after = subject.judge("ana", mine, people);
    assert.equal(after.length, 6);
    assert.deepEqual(after.filter(others), before);
    assert.deepEqual(subject.thirds("cleo", mine, people), ["ben"], JSON.stringify(lie));
    assert.deepEqual(subject.thirds("eve", mine, people), lie && "eve" in Object(lie) ? ["dan"] : []);
    assert.ok([...subject.passers(mine, people)].every(([, ids]) => ids.every((id) => id === "cleo")));
  }
});

test("of those who could pass something on, whoever is heard well comes first, and whoever is not heard only where nobody is", () => {
  const clock = new FakeClock();
  const subject = new Audibility(clock);
  const people = ["ana", "ben", "cleo", "dan"].map((id, seat) => ({ id, seat }));
  const mine = { ana: "connected", ben: "connected", cleo: "connected", dan: "failed" };
  for (const id of ["ana", "ben", "cleo"]) subject.hear(id, { dan: "connected" });
  const best = (qualities) => subject.bestThirds("dan", mine, people, new Map(Object.entries(qualities)));
  assert.deepEqual(best({ ana: "poor", ben: "lost", cleo: "good" }), ["cleo", "ana"]);
  assert.deepEqual(best({ ana: "lost", ben: "lost", cleo: "lost" }), ["ana", "ben", "cleo"]);
});
