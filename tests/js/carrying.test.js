import assert from "node:assert/strict";
import test from "node:test";
import { Uplink } from "../../static/js/room/media/budget.js";
import { Carrier } from "../../static/js/room/media/carrier.js";
import { Carrying } from "../../static/js/room/media/carrying.js";
import { Hearer } from "../../static/js/room/media/hearer.js";
import { FakeClock } from "./fakes.js";

const voice = { microphone: true, speaking: false, hand: false };

/** Ana does not hear Ben; `thirds` says by whom she could. */
function hearer(thirds = ["cleo", "dan"]) {
  const clock = new FakeClock();
  const sent = [];
  const table = { thirds, isOpen: true, seqs: {} };
  const subject = new Hearer({
    clock,
    send: (id, { seq, voices }) => {
      if (!table.isOpen) return false;
      table.seqs[id] = seq;
      return Boolean(sent.push([id, voices]));
    },
    thirds: () => table.thirds,
  });
  /** An answer to the last question, or to the one with this number. */
  const receive = (id, voices, seq = table.seqs[id]) => subject.receive(id, { seq, voices });
  let heard = new Map();
  subject.on("change", (voices) => (heard = voices));
  const by = () => heard.get("ben")?.by ?? "";
  return { clock, sent, table, subject, by, receive, heard: () => heard };
}

test("the best third is asked for a voice that does not come, once, and it is heard when they say so", () => {
  const { sent, subject, receive, by, heard } = hearer();
  subject.want(["ben"]);
  subject.want(["ben"]);
  assert.deepEqual(sent, [["cleo", ["ben"]]]);
  assert.equal(by(), "");
  receive("cleo", { ben: { ...voice, speaking: true } });
  assert.deepEqual(heard().get("ben"), { by: "cleo", ...voice, speaking: true });
  receive("cleo", { ben: { ...voice, microphone: false } });
  assert.equal(heard().get("ben").microphone, false);
});

test("whoever says no, or nothing, is not asked again for a while; the next one is", () => {
  const { clock, sent, subject, receive, by } = hearer();
  subject.want(["ben"]);
  receive("cleo", {});
  assert.deepEqual(sent, [
    ["cleo", ["ben"]],
    ["cleo", []],
    ["dan", ["ben"]],
  ]);
  clock.pass(6_000);
  assert.deepEqual(sent.slice(3), [
    ["dan", []],
    ["cleo", ["ben"]],
  ]);
  assert.equal(by(), "");
  receive("cleo", { ben: voice });
  assert.equal(by(), "cleo");
});

test("once the voice comes by itself, the third is told that it may end", () => {
  const { clock, sent, subject, receive, by } = hearer();
  subject.want(["ben"]);
  receive("cleo", { ben: voice });
  subject.want([]);
  assert.equal(by(), "cleo", "what has just come back may go again");
  clock.pass(2_000);
  assert.deepEqual(sent.at(-1), ["cleo", []]);
  assert.equal(by(), "");
  assert.equal(clock.pending, 0);
});

test("where the third goes, another takes their place", () => {
  const { sent, table, subject, receive, by } = hearer();
  subject.want(["ben"]);
  receive("cleo", { ben: voice });
  table.thirds = ["dan"];
  subject.want(["ben"]);
  assert.equal(by(), "");
  assert.deepEqual(sent.at(-1), ["dan", ["ben"]]);
  receive("dan", { ben: voice });
  assert.equal(by(), "dan");
});

test("what somebody says who was not asked counts nothing, nor does nonsense", () => {
  const { subject, receive, by } = hearer();
  receive("dan", { ben: voice });
  subject.want(["ben"]);
  receive("dan", { ben: voice });
  assert.equal(by(), "");
  receive("cleo", { eve: voice, ben: { microphone: "yes" } });
  assert.equal(by(), "cleo");
  receive("cleo", null);
  assert.equal(by(), "");
});

test("of no voice is anything believed but of those that this one was asked for", () => {
  const { subject, receive, heard } = hearer();
  subject.want(["ben", "eve"]);
  for (const said of [
    { ana: voice, cleo: voice, dan: voice, mallory: voice, ben: voice, eve: voice, __proto__: voice },
    [voice],
    "ben",
    7,
  ]) {
    receive("cleo", said);
    receive("dan", said);
    receive("mallory", said, 1);
    for (const id of heard().keys()) assert.ok(["ben", "eve"].includes(id), id);
    for (const { by } of heard().values()) assert.notEqual(by, "mallory");
  }
  // It comes by itself now.
  receive("cleo", { ben: voice, eve: voice });
  subject.want([]);
  subject.stop();
  receive("cleo", { ben: voice, eve: voice });
  assert.deepEqual([...heard().keys()], []);
});

test("what was said before the last question came does not answer it", () => {
  const { sent, table, subject, by, receive } = hearer();
  subject.want(["ben"]);
  const first = table.seqs.cleo;
  receive("cleo", { ben: voice });
  subject.want(["ben", "eve"]);
  assert.deepEqual(sent.at(-1), ["cleo", ["ben", "eve"]]);
  receive("cleo", { ben: { ...voice, microphone: false } }, first);
  assert.deepEqual(sent.at(-1), ["cleo", ["ben", "eve"]], "nobody was refused");
  assert.equal(by(), "cleo");
  receive("cleo", { ben: voice });
  assert.deepEqual(sent.slice(-2), [
    ["cleo", ["ben"]],
    ["dan", ["eve"]],
  ]);
});

test("with the connection to the third its promise ends, and on the next one it is asked anew", () => {
  const { sent, table, subject, by, receive } = hearer(["cleo"]);
  subject.want(["ben"]);
  receive("cleo", { ben: voice });
  const before = table.seqs.cleo;
  Object.assign(table, { thirds: [], isOpen: false });
  subject.want(["ben"]);
  assert.equal(by(), "");
  Object.assign(table, { thirds: ["cleo"], isOpen: true });
  subject.want(["ben"]);
  assert.deepEqual(sent.slice(1), [["cleo", ["ben"]]]);
  receive("cleo", { ben: voice }, before);
  assert.equal(by(), "", "what the old connection brought counts no more");
  receive("cleo", { ben: voice });
  assert.equal(by(), "cleo");
});

/** Cleo, who hears everybody, and is asked. */
function carrier({ mayCarry = () => true, own = null } = {}) {
  const clock = new FakeClock();
  const said = [];
  const put = [];
  const table = { own, counts: [], mayCarry, tracks: {}, asked: 0, answered: 0 };
  const subject = new Carrier({
    clock,
    send: (id, { seq, voices }) => {
      table.answered = seq;
      return Boolean(said.push([id, voices]));
    },
    voice: (id) => ({ getAudioTracks: () => [(table.tracks[id] ??= { id: `${id}'s voice` })] }),
    own: () => table.own,
    mayCarry: (count) => table.mayCarry(count),
    put: (id, tracks) => put.push([id, tracks.map((track) => track.id)]),
  });
  subject.on("count", (count) => table.counts.push(count));
  const receive = (id, voices) => subject.receive(id, { seq: (table.asked += 1), voices });
  const people = (changes = {}) => {
    const names = ["ana", "ben", "dan", "eve", "fay", "gus"];
    const others = names.map((id) => ({
      id,
      self: false,
      connection: "connected",
      quality: "good",
      knows: names,
      ...voice,
      ...changes[id],
    }));
    return [...others, { id: "cleo", self: true, connection: "connected", quality: "", ...voice }];
  };
  subject.render(people());
  return { clock, said, put, table, subject, receive, people };
}

test("a voice is passed on to whoever asks, with what is known of it, until they ask no more", () => {
  const { said, put, table, subject, receive, people } = carrier();
  receive("ana", ["ben"]);
  assert.deepEqual(put, [["ana", ["ben's voice"]]]);
  assert.deepEqual(said, [["ana", { ben: voice }]]);
  subject.render(people({ ben: { microphone: false } }));
  assert.deepEqual(said.at(-1), ["ana", { ben: { ...voice, microphone: false } }]);
  assert.equal(put.length, 1);
  receive("ana", []);
  assert.deepEqual(put.at(-1), ["ana", []]);
  assert.deepEqual(table.counts, [1, 0]);
});

test("who does not hear them says no, and stops once it is certainly so", () => {
  const { clock, said, put, subject, receive, people } = carrier();
  receive("ana", ["ben", "nobody", "ana", "cleo"]);
  assert.deepEqual(said.at(-1), ["ana", { ben: voice }]);
  subject.render(people({ ben: { quality: "lost" } }));
  clock.pass(9_000);
  assert.deepEqual(said.at(-1), ["ana", { ben: voice }]);
  clock.pass(1_000);
  assert.deepEqual(said.at(-1), ["ana", {}]);
  assert.deepEqual(put.at(-1), ["ana", []]);
  subject.render(people({ ben: { connection: "reconnecting" } }));
  receive("dan", ["ben"]);
  clock.pass(10_000);
  assert.deepEqual(said.at(-1), ["dan", {}]);
});

test("a voice goes to nobody whom its owner has let go, though I may still take them to be inside", () => {
  const { said, put, subject, receive, people } = carrier();
  receive("ana", ["ben", "dan"]);
  assert.deepEqual(Object.keys(said.at(-1)[1]), ["ben", "dan"]);
  subject.render(people({ ben: { knows: ["cleo", "dan"] } }));
  assert.deepEqual(Object.keys(said.at(-1)[1]), ["dan"]);
  assert.deepEqual(put.at(-1), ["ana", ["dan's voice"]]);
  subject.render(people({ ben: { knows: [] }, dan: { knows: [] } }));
  assert.deepEqual(
    [said.at(-1), put.at(-1)],
    [
      ["ana", {}],
      ["ana", []],
    ],
  );
});

test("an answer, and news of it, says which question it answers", () => {
  const { table, subject, receive, people } = carrier();
  receive("ana", ["ben"]);
  assert.equal(table.answered, 1);
  receive("ana", ["ben", "dan"]);
  assert.equal(table.answered, 2);
  table.answered = 0;
  subject.render(people({ ben: { microphone: false } }));
  assert.equal(table.answered, 2);
  receive("ana", []);
  assert.equal(table.answered, 3);
});

test("four voices are enough for one person, and a thin line carries none", () => {
  const { clock, said, table, subject, receive, people } = carrier();
  receive("ana", ["ben", "dan", "eve"]);
  receive("fay", ["ben", "gus"]);
  assert.deepEqual(Object.keys(said.at(-1)[1]), ["ben"]);
  assert.equal(table.counts.at(-1), 4);
  table.mayCarry = () => false;
  subject.render(people());
  clock.pass(10_000);
  assert.deepEqual(said.slice(-2), [
    ["ana", {}],
    ["fay", {}],
  ]);
  assert.equal(table.counts.at(-1), 0);
});

test("a voice that comes by another connection is another voice, whatever its name", () => {
  const { put, table, subject, receive, people } = carrier();
  receive("ana", ["ben"]);
  table.tracks.ben = { id: "ben's voice" };
  subject.render(people());
  assert.deepEqual(put, [
    ["ana", ["ben's voice"]],
    ["ana", ["ben's voice"]],
  ]);
  subject.render(people());
  assert.equal(put.length, 2);
});

test("the sound of my own screen goes the same way, once there is a voice", () => {
  const { put, table, subject, receive, people } = carrier();
  table.own = { id: "screen" };
  subject.render(people());
  assert.deepEqual(put, []);
  receive("ana", ["ben"]);
  assert.deepEqual(put.at(-1), ["ana", ["ben's voice", "screen"]]);
  table.own = null;
  subject.render(people());
  assert.deepEqual(put.at(-1), ["ana", ["ben's voice"]]);
});

test("whose connection is gone has to ask anew, and who asks too often is not listened to", () => {
  const { clock, said, put, subject, receive, people } = carrier();
  receive("ana", ["ben"]);
  subject.render(people({ ana: { connection: "reconnecting" } }));
  assert.deepEqual(put.at(-1), ["ana", ["ben's voice"]]);
  clock.pass(10_000);
  assert.deepEqual(put.at(-1), ["ana", []]);
  subject.render(people());
  assert.deepEqual(put.at(-1), ["ana", []]);
  receive("ana", ["ben"]);
  subject.render(people().filter(({ id }) => id !== "ana"));
  assert.deepEqual(put.at(-1), ["ana", []], "whoever is gone is gone at once");
  subject.render(people());
  for (let i = 0; i < 50; i += 1) receive("ana", i % 2 ? [] : ["ben"]);
  assert.ok(said.length < 30, `${said.length} answers`);
  clock.pass(10_000);
  receive("ana", ["dan"]);
  assert.deepEqual(put.at(-1), ["ana", ["dan's voice"]]);
});

test("voices of others are taken from what there is for pictures, and where voices alone fill the line there is no room", () => {
  const uplink = new Uplink({ uplink: 500_000 });
  uplink.seat(4);
  assert.ok(uplink.mayCarry(1));
  const before = uplink.encodings("ana").camera.encoding.maxBitrate;
  uplink.capture("camera", { width: 1280, height: 720 });
  uplink.carry(2);
  assert.ok(uplink.encodings("ana").camera.encoding.maxBitrate < before);
  uplink.seat(11);
  assert.ok(!uplink.mayCarry(1));
});

test("nobody is asked for the voice of whoever was let go of after too much", () => {
  const sent = [];
  const mesh = {
    send: (id, message) => Boolean(sent.push([id, message.voices])),
    connection: () => null,
    tracks: {},
  };
  const participants = { thirds: () => ["cleo"], hearBy() {} };
  const people = (connection) => [
    { id: "ana", self: true, connection: "connected", knows: [] },
    { id: "ben", self: false, connection, knows: [] },
  ];
  const pairs = [{ one: "ana", other: "ben", condition: "failed" }];
  new Carrying({ participants, mesh, uplink: new Uplink(), clock: new FakeClock() }).render(
    people("shut"),
    pairs,
  );
  assert.deepEqual(sent, []);
  new Carrying({ participants, mesh, uplink: new Uplink(), clock: new FakeClock() }).render(
    people("failed"),
    pairs,
  );
  assert.deepEqual(sent, [["cleo", ["ben"]]]);
});
