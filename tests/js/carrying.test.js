import assert from "node:assert/strict";
import test from "node:test";
import { Uplink } from "../../static/js/room/media/budget.js";
import { Carrier, Hearer } from "../../static/js/room/media/carrying.js";
import { FakeClock } from "./fakes.js";

const voice = { microphone: true, speaking: false, hand: false };

/** Ana does not hear Ben; `thirds` says by whom she could. */
function hearer(thirds = ["cleo", "dan"]) {
  const clock = new FakeClock();
  const sent = [];
  const table = { thirds, isOpen: true };
  const subject = new Hearer({
    clock,
    send: (id, { voices }) => table.isOpen && Boolean(sent.push([id, voices])),
    thirds: () => table.thirds,
  });
  let heard = new Map();
  subject.onchange = (voices) => (heard = voices);
  const by = () => heard.get("ben")?.by ?? "";
  return { clock, sent, table, subject, by, heard: () => heard };
}

test("the best third is asked for a voice that does not come, once, and it is heard when they say so", () => {
  const { sent, subject, by, heard } = hearer();
  subject.want(["ben"]);
  subject.want(["ben"]);
  assert.deepEqual(sent, [["cleo", ["ben"]]]);
  assert.equal(by(), "");
  subject.receive("cleo", { voices: { ben: { ...voice, speaking: true } } });
  assert.deepEqual(heard().get("ben"), { by: "cleo", ...voice, speaking: true });
  subject.receive("cleo", { voices: { ben: { ...voice, microphone: false } } });
  assert.equal(heard().get("ben").microphone, false);
});

test("whoever says no, or nothing, is not asked again for a while; the next one is", () => {
  const { clock, sent, subject, by } = hearer();
  subject.want(["ben"]);
  subject.receive("cleo", { voices: {} });
  assert.deepEqual(sent, [["cleo", ["ben"]], ["cleo", []], ["dan", ["ben"]]]);
  clock.pass(6_000);
  assert.deepEqual(sent.at(-1), ["dan", []]);
  assert.equal(by(), "");
  clock.pass(10_500);
  assert.deepEqual(sent.at(-1), ["cleo", ["ben"]]);
  subject.receive("cleo", { voices: { ben: voice } });
  assert.equal(by(), "cleo");
});

test("once the voice comes by itself, the third is told that it may end", () => {
  const { clock, sent, subject, by } = hearer();
  subject.want(["ben"]);
  subject.receive("cleo", { voices: { ben: voice } });
  subject.want([]);
  assert.deepEqual(sent.at(-1), ["cleo", []]);
  assert.equal(by(), "");
  assert.equal(clock.pending, 0);
});

test("where the third goes, another takes their place", () => {
  const { sent, table, subject, by } = hearer();
  subject.want(["ben"]);
  subject.receive("cleo", { voices: { ben: voice } });
  table.thirds = ["dan"];
  subject.want(["ben"]);
  assert.equal(by(), "");
  assert.deepEqual(sent.at(-1), ["dan", ["ben"]]);
  subject.receive("dan", { voices: { ben: voice } });
  assert.equal(by(), "dan");
});

test("what somebody says who was not asked counts nothing, nor does nonsense", () => {
  const { subject, by } = hearer();
  subject.receive("dan", { voices: { ben: voice } });
  subject.want(["ben"]);
  subject.receive("dan", { voices: { ben: voice } });
  assert.equal(by(), "");
  subject.receive("cleo", { voices: { eve: voice, ben: { microphone: "yes" } } });
  assert.equal(by(), "cleo");
  subject.receive("cleo", { voices: null });
  assert.equal(by(), "");
});

/** Cleo, who hears everybody, and is asked. */
function carrier({ mayCarry = () => true, own = null } = {}) {
  const clock = new FakeClock();
  const said = [];
  const put = [];
  const table = { own, counts: [], mayCarry };
  const subject = new Carrier({
    clock,
    send: (id, { voices }) => Boolean(said.push([id, voices])),
    voice: (id) => ({ getAudioTracks: () => [{ id: `${id}'s voice` }] }),
    own: () => table.own,
    mayCarry: (count) => table.mayCarry(count),
    put: (id, tracks) => put.push([id, tracks.map((track) => track.id)]),
  });
  subject.oncount = (count) => table.counts.push(count);
  const people = (changes = {}) => {
    const names = ["ana", "ben", "dan", "eve", "fay", "gus"];
    const others = names.map((id) => ({ id, self: false, link: "connected", quality: "good", knows: names, ...voice, ...changes[id] }));
    return [...others, { id: "cleo", self: true, link: "connected", quality: "", ...voice }];
  };
  subject.render(people());
  return { clock, said, put, table, subject, people };
}

test("a voice is passed on to whoever asks, with what is known of it, until they ask no more", () => {
  const { said, put, table, subject, people } = carrier();
  subject.receive("ana", { voices: ["ben"] });
  assert.deepEqual(put, [["ana", ["ben's voice"]]]);
  assert.deepEqual(said, [["ana", { ben: voice }]]);
  subject.render(people({ ben: { microphone: false } }));
  assert.deepEqual(said.at(-1), ["ana", { ben: { ...voice, microphone: false } }]);
  assert.equal(put.length, 1);
  subject.receive("ana", { voices: [] });
  assert.deepEqual(put.at(-1), ["ana", []]);
  assert.deepEqual(table.counts, [1, 0]);
});

test("who does not hear them says no, and stops as soon as it is so", () => {
  const { said, put, subject, people } = carrier();
  subject.receive("ana", { voices: ["ben", "nobody", "ana", "cleo"] });
  assert.deepEqual(said.at(-1), ["ana", { ben: voice }]);
  subject.render(people({ ben: { quality: "lost" } }));
  assert.deepEqual(said.at(-1), ["ana", {}]);
  assert.deepEqual(put.at(-1), ["ana", []]);
  subject.render(people({ ben: { link: "reconnecting" } }));
  subject.receive("dan", { voices: ["ben"] });
  assert.deepEqual(said.at(-1), ["dan", {}]);
});

test("a voice goes to nobody whom its owner has let go, though I may still take them to be inside", () => {
  const { said, put, subject, people } = carrier();
  subject.receive("ana", { voices: ["ben", "dan"] });
  assert.deepEqual(Object.keys(said.at(-1)[1]), ["ben", "dan"]);
  subject.render(people({ ben: { knows: ["cleo", "dan"] } }));
  assert.deepEqual(Object.keys(said.at(-1)[1]), ["dan"]);
  assert.deepEqual(put.at(-1), ["ana", ["dan's voice"]]);
  subject.render(people({ ben: { knows: [] }, dan: { knows: [] } }));
  assert.deepEqual([said.at(-1), put.at(-1)], [["ana", {}], ["ana", []]]);
});

test("four voices are enough for one person, and a thin line carries none", () => {
  const { said, table, subject, people } = carrier();
  subject.receive("ana", { voices: ["ben", "dan", "eve"] });
  subject.receive("fay", { voices: ["ben", "gus"] });
  assert.deepEqual(Object.keys(said.at(-1)[1]), ["ben"]);
  assert.equal(table.counts.at(-1), 4);
  table.mayCarry = () => false;
  subject.render(people());
  assert.deepEqual(said.slice(-2), [["ana", {}], ["fay", {}]]);
  assert.equal(table.counts.at(-1), 0);
});

test("the sound of my own screen goes the same way, once there is a voice", () => {
  const { put, table, subject, people } = carrier();
  table.own = { id: "screen" };
  subject.render(people());
  assert.deepEqual(put, []);
  subject.receive("ana", { voices: ["ben"] });
  assert.deepEqual(put.at(-1), ["ana", ["ben's voice", "screen"]]);
  table.own = null;
  subject.render(people());
  assert.deepEqual(put.at(-1), ["ana", ["ben's voice"]]);
});

test("whose connection is gone has to ask anew, and who asks too often is not listened to", () => {
  const { clock, said, put, subject, people } = carrier();
  subject.receive("ana", { voices: ["ben"] });
  subject.render(people({ ana: { link: "reconnecting" } }));
  assert.deepEqual(put.at(-1), ["ana", []]);
  subject.render(people());
  assert.deepEqual(put.at(-1), ["ana", []]);
  for (let i = 0; i < 50; i += 1) subject.receive("ana", { voices: i % 2 ? [] : ["ben"] });
  assert.ok(said.length < 30, `${said.length} answers`);
  clock.pass(10_000);
  subject.receive("ana", { voices: ["dan"] });
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
