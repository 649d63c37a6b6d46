import assert from "node:assert/strict";
import test from "node:test";
import { IceServers } from "../../static/js/room/rtc/ice.js";
import { Mesh } from "../../static/js/room/rtc/mesh.js";
import { LIMITS } from "../../static/js/room/rtc/channel.js";
import { FakeClock, FakePeerConnection, settle } from "./fakes.js";

/** A mesh of my own: Alice, who came last and so makes the offers, unless `arrival` says otherwise. */
function mesh({ arrival = 9 } = {}) {
  FakePeerConnection.install();
  const clock = new FakeClock();
  const sent = [];
  const ice = new IceServers({ ask: () => {}, clock });
  const subject = new Mesh({ ice, clock, send: (signal) => sent.push(signal) });
  const alice = { id: "alice", name: "Alice", role: "host", seat: 1, arrival, away: false };
  let rev = arrival;
  const update = (...others) => {
    rev += 1;
    return subject.update("alice", {
      rev,
      participants: new Map([alice, ...others].map((one) => [one.id, one])),
    });
  };
  const offers = () => sent.filter(({ description }) => description?.type === "offer");
  return { clock, ice, subject, sent, offers, update };
}

const bob = { id: "bob", name: "Bob", role: "participant", seat: 2, arrival: 4, away: false };

test("a room that somebody leaves in the middle of an offer is up to date at once", async () => {
  const { update } = mesh();
  const busy = update(bob);
  await update();
  assert.equal(FakePeerConnection.made[0].signalingState, "closed");
  await busy;
});

test("once my offer is out, nothing waits for its answer", async () => {
  const { offers, update } = mesh();
  await update(bob);
  assert.equal(offers().length, 1);
});

test("where several connect at once, pictures begin small and slow, and grow when all have had time to connect", async () => {
  const { clock, subject, sent, update } = mesh();
  subject.setTrack("camera", { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) });
  const carla = { ...bob, id: "carla" };
  await update(bob, carla);
  for (const [index, sender] of ["bob", "carla"].entries()) {
    const [{ generation }] = sent.filter(({ to }) => to === sender);
    subject.receive({
      type: "description",
      sender,
      generation,
      description: { type: "answer", sdp: sender },
    });
    await settle();
    FakePeerConnection.made[index].become("connected");
  }
  await settle();
  const pictures = () => FakePeerConnection.made.map(({ encodings: [, camera] }) => camera);
  for (const { maxFramerate, scaleResolutionDownBy } of pictures()) {
    assert.deepEqual([maxFramerate, scaleResolutionDownBy], [8, 4]);
  }
  clock.pass(2_400);
  await settle();
  for (const { maxFramerate } of pictures()) assert.equal(maxFramerate, 8);
  clock.pass(100);
  await settle();
  for (const { maxFramerate, scaleResolutionDownBy } of pictures()) {
    assert.ok(maxFramerate >= 24);
    assert.ok(scaleResolutionDownBy < 4);
  }
});

test("the picture between two begins small, but as lively as it stays", async () => {
  const { subject, offers, update } = mesh();
  subject.setTrack("camera", { kind: "video", getSettings: () => ({ width: 1280, height: 720 }) });
  await update(bob);
  const [{ generation }] = offers();
  subject.receive({
    type: "description",
    sender: "bob",
    generation,
    description: { type: "answer", sdp: "bob" },
  });
  await settle();
  const [connection] = FakePeerConnection.made;
  connection.become("connected");
  await settle();
  const {
    encodings: [, camera],
  } = connection;
  assert.equal(camera.scaleResolutionDownBy, 4);
  assert.ok(camera.maxFramerate >= 24);
});

test("the offer of a restart that was lost is sent again", async () => {
  const { clock, subject, offers, update } = mesh();
  void update(bob);
  await settle();
  const [first] = offers();
  subject.receive({
    type: "description",
    sender: "bob",
    generation: first.generation,
    description: { type: "answer", sdp: "bob" },
  });
  await settle();
  const [connection] = FakePeerConnection.made;
  connection.become("connected");

  connection.become("failed");
  clock.pass(0);
  await settle();
  assert.equal(offers().length, 2);
  clock.pass(5_000);
  await settle();
  assert.equal(offers().length, 3);
  assert.deepEqual(offers()[2].description, offers()[1].description);
  assert.equal(connection.restarts, 1);
});

test("a signal that overtakes the news of a reload waits for it", async () => {
  const { sent, subject, update } = mesh({ arrival: 3 });
  void update(bob);
  await settle();
  const again = { ...bob, arrival: 12 };
  subject.receive({
    type: "description",
    sender: "bob",
    generation: 12_000,
    description: { type: "offer", sdp: "of the new page" },
  });
  await settle();
  assert.equal(sent.filter(({ description }) => description).length, 0);
  void update(again);
  await settle();
  const [connection] = FakePeerConnection.made.slice(-1);
  assert.equal(connection.remoteDescription.sdp, "of the new page");
  assert.equal(FakePeerConnection.made.filter(({ signalingState }) => signalingState !== "closed").length, 1);
});

test("nobody keeps others' early signals from being kept", async () => {
  const { subject, update, sent } = mesh({ arrival: 3 });
  void update();
  subject.receive({
    type: "description",
    sender: "bob",
    generation: 4_000,
    description: { type: "offer", sdp: "bob's" },
  });
  for (let i = 0; i < 200; i += 1) {
    subject.receive({ type: "candidates", sender: "mallory", generation: 5_000, candidates: [] });
  }
  void update(bob);
  await settle();
  assert.deepEqual(
    sent.map(({ to, type }) => [to, type]),
    [["bob", "description"]],
  );
});

test("a connection that was made beforehand uses the newest credentials", () => {
  const { ice, subject } = mesh();
  subject.prepare({ rev: 4, participants: new Map([["bob", bob]]) });
  const fresh = [{ urls: "turn:turn.example", username: "later", credential: "x" }];
  ice.update(fresh, null);
  subject.renew();
  assert.deepEqual(FakePeerConnection.made[0].configuration.iceServers, fresh);
});

test("a connection that stands uses the newest credentials too, for when the other end looks for a path", async () => {
  const { ice, subject, update } = mesh();
  void update(bob);
  await settle();
  const fresh = [{ urls: "turn:turn.example", username: "later", credential: "x" }];
  ice.update(fresh, null);
  subject.renew();
  assert.deepEqual(FakePeerConnection.made[0].configuration.iceServers, fresh);
});

// -- by a third -----------------------------------------------------------------------------------

const carol = { id: "carol", name: "Carol", role: "participant", seat: 3, arrival: 5, away: false };
const answer = (id, certificate) => ({
  type: "answer",
  sdp: `by ${id}\r\na=fingerprint:sha-256 ${certificate}\r\n`,
});

/** Alice, who hears Bob and Carol well. */
async function three() {
  const all = mesh();
  void all.update(bob, carol);
  await settle();
  const connections = {};
  for (const [at, id] of ["bob", "carol"].entries()) {
    const { generation } = all.sent.find(({ to, type }) => to === id && type === "description");
    all.subject.receive({ type: "description", sender: id, generation, description: answer(id, `${id}'s`) });
    await settle();
    connections[id] = FakePeerConnection.made[at];
    connections[id].become("connected");
    connections[id].openChannel();
  }
  all.sent.length = 0;
  return { ...all, connections };
}

test("while the server is away, a new path is looked for by way of a third", async () => {
  const { subject, sent, clock, connections } = await three();
  subject.reach(false);
  connections.bob.become("failed");
  clock.pass(0);
  await settle();
  assert.deepEqual(sent, []);
  const [{ type, to, signal }] = connections.carol.channel.sent.filter(
    (message) => message.type === "forward",
  );
  assert.deepEqual(
    [type, to, signal.type, signal.description.type],
    ["forward", "bob", "description", "offer"],
  );
  const back = { type: "description", generation: signal.generation, description: answer("bob", "bob's") };
  connections.carol.hear({ type: "forwarded", from: "bob", signal: back });
  await settle();
  assert.equal(connections.bob.remoteDescription.sdp, back.description.sdp);
  assert.equal(connections.bob.signalingState, "stable");
});

test("what was offered is not said again because the server is there as before", async () => {
  const { subject, offers, update } = mesh();
  void update(bob);
  await settle();
  subject.reach(true);
  await settle();
  assert.equal(offers().length, 1);
});

test("what was offered while the server was away is said again when it is back", async () => {
  const { subject, offers, update } = mesh();
  subject.reach(false);
  void update(bob);
  await settle();
  const before = offers().length;
  subject.reach(true);
  await settle();
  assert.equal(offers().length, before + 1);
});

test("with the server there, nothing goes by a third, unless the other one is away from it", async () => {
  const { subject, sent, clock, connections, update } = await three();
  connections.bob.become("failed");
  clock.pass(0);
  await settle();
  assert.deepEqual(
    sent.map(({ to }) => to),
    ["bob"],
  );
  void update({ ...bob, away: true }, carol);
  clock.pass(5_000);
  await settle();
  assert.equal(sent.length, 1);
  assert.equal(connections.carol.channel.sent.filter(({ type }) => type === "forward").length, 1);
  subject.close();
});

test("a third cannot put a connection of its own in the place of somebody else's", async () => {
  const { subject, connections, clock } = await three();
  subject.reach(false);
  connections.bob.become("failed");
  clock.pass(0);
  await settle();
  const { remoteDescription } = connections.bob;
  for (const description of [
    answer("bob", "carol's"),
    { type: "answer", sdp: "without a certificate" },
    { type: "answer" },
  ]) {
    connections.carol.hear({
      type: "forwarded",
      from: "bob",
      signal: { type: "description", generation: 9_000, description },
    });
  }
  await settle();
  assert.equal(connections.bob.remoteDescription, remoteDescription);
});

test("a third cannot touch a connection that works, nor begin another", async () => {
  const { subject, connections } = await three();
  const forged = (signal) => connections.carol.hear({ type: "forwarded", from: "bob", signal });
  forged({ type: "candidates", generation: 2 ** 53 - 1, candidates: [] });
  forged({ type: "need-offer", generation: 9_000, reason: "connection" });
  forged({
    type: "description",
    generation: 9_001,
    description: { ...answer("bob", "bob's"), type: "offer" },
  });
  await settle();
  assert.equal(subject.connection("bob").state, "connected");
  assert.equal(FakePeerConnection.made.length, 2);
  subject.reach(false);
  connections.bob.become("failed");
  forged({ type: "candidates", generation: 2 ** 53 - 1, candidates: [] });
  forged({ type: "need-offer", generation: 9_000, reason: "connection" });
  await settle();
  assert.equal(FakePeerConnection.made.length, 2);
});

test("nobody gets round the server by passing on their own signals", async () => {
  const { subject, connections } = await three();
  subject.reach(false);
  connections.bob.become("failed");
  await settle();
  const before = connections.bob.candidates.length;
  const signal = {
    type: "candidates",
    generation: 9_000,
    candidates: [{ candidate: "candidate:1", sdpMid: "0" }],
  };
  connections.bob.hear({ type: "forwarded", from: "bob", signal });
  await settle();
  assert.equal(connections.bob.candidates.length, before);
});

test("what is passed on says whom it came from, whatever they claim, and only so often", async () => {
  const { connections } = await three();
  const signal = { type: "need-offer", generation: 4_000, reason: "ice" };
  for (let i = 0; i < 100; i += 1) {
    connections.bob.hear({ type: "forward", to: "carol", from: "alice", signal });
  }
  const passed = connections.carol.channel.sent.filter(({ type }) => type === "forwarded");
  assert.equal(passed.length, 60);
  assert.deepEqual(passed[0], { type: "forwarded", from: "bob", signal });
});

test("whoever comes and goes under many names has me send no more to another than they take of me", async () => {
  const { subject, update, connections } = await three();
  const signal = { type: "need-offer", generation: 4_000, reason: "ice" };
  for (let i = 0; i < 20; i += 1) {
    const eve = { ...bob, id: `eve${i}`, seat: 10 + i, arrival: 10 + i };
    update(carol, eve);
    await settle();
    subject.receive({
      type: "description",
      sender: eve.id,
      generation: eve.arrival * 1_000,
      description: { type: "offer", sdp: eve.id },
    });
    await settle();
    const connection = FakePeerConnection.made.at(-1);
    connection.become("connected");
    connection.openChannel();
    for (let n = 0; n < 60; n += 1) connection.hear({ type: "forward", to: "carol", signal });
  }
  const passed = () => connections.carol.channel.sent.filter(({ type }) => type === "forwarded").length;
  assert.ok(passed() > 60, `${passed()}`);
  assert.ok(passed() <= LIMITS.forwarded.burst / 2, `${passed()}`);
});

test("on another network, every connection that is called connected looks for a path at once, by the connection that it has", async () => {
  const { subject, sent, connections, clock } = await three();
  subject.moved();
  await settle();
  assert.deepEqual(
    sent.map(({ to, description }) => [to, description?.type]),
    [
      ["bob", "offer"],
      ["carol", "offer"],
    ],
  );
  // The socket was dead: what was said on it is said again on the next one.
  subject.reach(false);
  clock.pass(700);
  await settle();
  sent.length = 0;
  subject.reach(true);
  await settle();
  assert.deepEqual(
    sent.map(({ to, description }) => [to, description?.type]),
    [
      ["bob", "offer"],
      ["carol", "offer"],
    ],
  );
  assert.deepEqual(
    Object.values(connections).map(({ restarts }) => restarts),
    [1, 1],
  );
  assert.equal(FakePeerConnection.made.length, 2);
  subject.close();
});

test("a server that comes back touches no connection that works", async () => {
  const { subject, sent, clock } = await three();
  subject.reach(false);
  clock.pass(20_000);
  subject.reach(true);
  clock.pass(20_000);
  await settle();
  assert.deepEqual(sent, []);
  subject.close();
});

test("connections in doubt have the page look after its own socket, once", async () => {
  const { subject, connections } = await three();
  let doubts = 0;
  subject.on("doubt", () => (doubts += 1));
  for (const connection of Object.values(connections)) connection.become("disconnected");
  assert.equal(doubts, 1);
});

test("whoever sends far more than a call does is let go of, for good, and nobody else is", async () => {
  const { subject, connections, sent, clock } = await three();
  const floods = [];
  const heard = [];
  subject.on("flood", (id) => floods.push(id));
  subject.on("message", (id, { type }) => heard.push([id, type]));
  for (let i = 0; i < 300; i += 1) connections.bob.hear({ type: "chat-sync", have: {} });
  assert.deepEqual(floods, ["bob"]);
  assert.ok(heard.length < 30);
  assert.equal(subject.connection("bob").state, "shut");
  assert.equal(connections.bob.signalingState, "closed");
  assert.equal(subject.connection("carol").state, "connected");
  // Whatever they try, and whatever becomes of the server.
  const before = FakePeerConnection.made.length;
  const own = sent.length;
  subject.receive({
    type: "description",
    sender: "bob",
    generation: 9_001,
    description: { type: "offer", sdp: "again" },
  });
  subject.receive({ type: "need-offer", sender: "bob", generation: 9_000, reason: "connection" });
  for (const served of [false, true]) subject.reach(served);
  clock.pass(120_000);
  await settle();
  assert.equal(FakePeerConnection.made.length, before);
  assert.deepEqual(
    sent.slice(own).filter(({ to }) => to === "bob"),
    [],
  );
});

test("the page of theirs that comes after it has another chance", async () => {
  const { subject, connections, update } = await three();
  for (let i = 0; i < 300; i += 1) connections.bob.hear({ type: "chat-sync", have: {} });
  void update({ ...bob, arrival: 20 }, { ...bob, id: "carol", seat: 3 });
  await settle();
  assert.equal(subject.connection("bob").state, "connecting");
});
