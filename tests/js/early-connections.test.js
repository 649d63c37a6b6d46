import assert from "node:assert/strict";
import test from "node:test";
import { IceServers } from "../../static/js/room/rtc/ice.js";
import { Mesh } from "../../static/js/room/rtc/mesh.js";
import { FakeClock, FakePeerConnection, settle } from "./fakes.js";

const alice = { id: "alice", name: "Alice", role: "host", seat: 1, arrival: 3, away: false };
const bob = { id: "bob", name: "Bob", role: "participant", seat: 2, arrival: 9, away: false };
const CAMERA = { kind: "video", getSettings: () => ({}) };

function roster(...participants) {
  return { rev: 20, participants: new Map(participants.map((one) => [one.id, one])) };
}

/** Alice is inside, Bob has not clicked yet; what they send waits in `wire` until `deliver`. */
function house() {
  FakePeerConnection.install();
  const clock = new FakeClock();
  const wire = [];
  const person = (id) => {
    const ice = new IceServers({ ask: () => {}, clock });
    const mesh = new Mesh({
      ice,
      clock,
      send: ({ to, ...signal }) => wire.push({ to, signal: { ...signal, sender: id } }),
    });
    mesh.setTrack("camera", { ...CAMERA, of: id });
    return mesh;
  };
  const people = { alice: person("alice"), bob: person("bob") };
  const deliver = async () => {
    await settle();
    while (wire.length > 0) {
      const { to, signal } = wire.shift();
      people[to].receive(signal);
      await settle();
    }
  };
  void people.alice.update("alice", roster(alice));
  const offer = () => {
    people.bob.wait("bob");
    people.bob.settle();
    people.bob.prepare(roster(alice));
  };
  const click = () => {
    void people.bob.update("bob", roster(alice, bob));
    void people.alice.update("alice", roster(alice, bob));
  };
  const open = () => FakePeerConnection.made.filter(({ signalingState }) => signalingState !== "closed");
  return { ...people, clock, wire, deliver, offer, click, open };
}

function become(state, connections) {
  for (const connection of connections) connection.become(state);
}

test("a connection stands before the click, and the click needs no other", async () => {
  const { alice: inside, bob: visitor, deliver, offer, click, open } = house();
  offer();
  await deliver();
  become("connected", open());
  assert.equal(inside.connection("bob"), null);
  click();
  assert.equal(FakePeerConnection.made.length, 2);
  assert.equal(visitor.connection("alice").state, "connected");
  assert.equal(inside.connection("bob").state, "connected");
});

test("nothing is in the slots before the roster says that both are inside", async () => {
  const { deliver, offer, click, open } = house();
  offer();
  await deliver();
  become("connected", open());
  for (const connection of open()) assert.deepEqual(connection.sends, [null, null, null, null]);
  click();
  assert.deepEqual(
    open().map(({ sends }) => sends[1].of),
    ["bob", "alice"],
  );
});

test("what was said before the click arrives after it", async () => {
  const { alice: inside, deliver, offer, click, open } = house();
  const heard = [];
  inside.on("message", (id, message) => heard.push([id, message.type]));
  offer();
  await deliver();
  become("connected", open());
  open()[1].hear({ type: "state" });
  assert.deepEqual(heard, []);
  click();
  assert.deepEqual(heard, [["bob", "state"]]);
});

test("before the click almost nothing is taken, and whoever sends more has no connection any more", async () => {
  const { alice: inside, bob: visitor, deliver, offer, click, open } = house();
  const floods = [];
  inside.on("flood", (id) => floods.push(id));
  offer();
  await deliver();
  become("connected", open());
  const [theirs, mine] = open();
  for (let i = 0; i < 1_253; i += 1) mine.hear({ type: "chat", body: "x".repeat(16_000) });
  assert.deepEqual(floods, ["bob"]);
  assert.deepEqual(open(), [theirs]);
  visitor.receive({ type: "need-offer", generation: 0, sender: "alice", reason: "connection" });
  inside.receive({
    type: "description",
    generation: 3,
    sender: "bob",
    description: { type: "offer", sdp: "again" },
  });
  await settle();
  assert.deepEqual(open(), [theirs]);
  // Inside they are seen by everybody, and begin like anybody else.
  click();
  await deliver();
  assert.equal(inside.connection("bob").state, "connecting");
});

test("a click before the answer goes on with the same connection, and repeats the offer if it stays unanswered", async () => {
  const { alice: inside, bob: visitor, clock, wire, deliver, offer, click, open } = house();
  offer();
  await settle();
  wire.length = 0;
  click();
  await settle();
  assert.deepEqual(wire, []);
  clock.pass(1_000);
  assert.deepEqual(
    wire.map(({ signal }) => signal.generation),
    [9_000],
  );
  await deliver();
  become("connected", open());
  assert.equal(visitor.connection("alice").state, "connected");
  assert.equal(inside.connection("bob").state, "connected");
});

test("with an offer of before the click on its way, the click waits for nothing", async () => {
  const { bob: visitor, offer } = house();
  offer();
  await visitor.update("bob", roster(alice, bob));
});

test("an answer from before the click counts after it", async () => {
  const { bob: visitor, wire, offer, click, deliver, open } = house();
  offer();
  await settle();
  const [{ signal: offered }] = wire.splice(0);
  assert.equal(offered.generation, 0);
  click();
  await settle();
  wire.length = 0;
  visitor.receive({
    type: "description",
    generation: 0,
    sender: "alice",
    description: { type: "answer", sdp: "early" },
  });
  await settle();
  assert.equal(open()[0].remoteDescription.sdp, "early");
  await deliver();
});

test("somebody inside who reloads is offered another connection", async () => {
  const { bob: visitor, wire, deliver, offer, open } = house();
  offer();
  await deliver();
  visitor.prepare(roster({ ...alice, arrival: 12 }));
  await settle();
  assert.deepEqual(
    wire.map(({ signal }) => signal.generation),
    [1],
  );
  assert.equal(open().filter(({ localDescription }) => localDescription?.type === "offer").length, 1);
});

test("who takes an earlier seat again is not the one who waited", async () => {
  const { alice: inside, bob: visitor, deliver, offer, open } = house();
  offer();
  await deliver();
  const [early] = open();
  void visitor.update("carol", roster(alice, { ...bob, id: "carol" }));
  await settle();
  assert.equal(early.signalingState, "closed");
  assert.equal(inside.connection("bob"), null);
});

test("a visitor who gives no sign of life costs nothing, and one who moves is connected again", async () => {
  const { bob: visitor, clock, deliver, offer, open } = house();
  offer();
  await deliver();
  clock.pass(180_000);
  assert.equal(open().filter(({ localDescription }) => localDescription?.type === "offer").length, 0);
  visitor.stir();
  await settle();
  assert.equal(open().filter(({ localDescription }) => localDescription?.type === "offer").length, 1);
});

/** An offer by a visitor of this name. */
function offerOf(sender, generation = 0) {
  return { type: "description", generation, sender, description: { type: "offer", sdp: `of ${sender}` } };
}

test("eight visitors may be connected to me; who comes later has to wait until one of them is gone", async () => {
  const { alice: inside, clock, open } = house();
  for (let i = 0; i < 8; i += 1) inside.receive(offerOf(`visitor ${i}`));
  await settle();
  become("connected", open());
  clock.pass(10_000);
  inside.receive(offerOf("one more"));
  await settle();
  assert.equal(open().length, 8);
  open()[3].become("failed");
  inside.receive(offerOf("one more"));
  await settle();
  assert.equal(open().length, 8);
});

test("who has not connected gives way to the next", async () => {
  const { alice: inside, clock, open } = house();
  for (let i = 0; i < 8; i += 1) inside.receive(offerOf(`visitor ${i}`));
  clock.pass(10_000);
  inside.receive(offerOf("one more"));
  await settle();
  assert.equal(open().length, 8);
  assert.equal(open().at(-1).remoteDescription.sdp, "of one more");
});

test("no crowd makes me begin more than ten connections in ten seconds", async () => {
  const { alice: inside } = house();
  for (let i = 0; i < 300; i += 1) inside.receive(offerOf(`visitor ${i % 20}`, Math.floor(i / 20)));
  await settle();
  assert.equal(FakePeerConnection.made.length, 10);
});

test("nothing but an offer begins a connection, and who repeats it too often has none", async () => {
  const { alice: inside, open, wire } = house();
  inside.receive({ type: "candidates", generation: 0, sender: "mallory", candidates: [] });
  inside.receive({ type: "need-offer", generation: 0, sender: "mallory", reason: "ice" });
  await settle();
  assert.equal(FakePeerConnection.made.length, 0);
  for (let i = 0; i < 40; i += 1) inside.receive(offerOf("mallory"));
  await settle();
  assert.equal(open().length, 0);
  assert.ok(wire.length <= 3);
});

test("a visitor who sends something through the empty slots has them no longer", async () => {
  const { alice: inside, clock, open } = house();
  inside.receive(offerOf("mallory"));
  await settle();
  const [connection] = open();
  connection.become("connected");
  clock.pass(25_000);
  await settle();
  assert.equal(open().length, 1);
  connection.getStats = async () => new Map([["in", { type: "inbound-rtp", packetsReceived: 51 }]]);
  clock.pass(5_000);
  await settle();
  assert.equal(open().length, 0);
});

test("nobody knocks at a full room", async () => {
  const { bob: visitor, wire } = house();
  visitor.wait("bob", 1);
  visitor.settle();
  visitor.prepare(roster(alice));
  await settle();
  assert.deepEqual(wire, []);
});

test("who has come in has their own visitors for as long as these like", async () => {
  const { bob: visitor, clock, deliver, offer, click, open } = house();
  offer();
  await deliver();
  become("connected", open());
  click();
  visitor.receive(offerOf("dave"));
  await settle();
  become("connected", open());
  clock.pass(200_000);
  assert.equal(open().length, 3);
});

test("without the server's leave nobody is connected before the click", async () => {
  const { bob: visitor, wire } = house();
  visitor.wait("");
  visitor.settle();
  visitor.prepare(roster(alice));
  await settle();
  assert.deepEqual(wire, []);
});

test("those inside see that somebody waits for their click, once it is more than a passing through", async () => {
  const { alice: inside, clock, deliver, offer, click, open } = house();
  const seen = [];
  inside.on("visitors", (visitors) => seen.push(visitors));
  offer();
  await deliver();
  become("connected", open());
  assert.deepEqual(seen, []);
  clock.pass(1_500);
  assert.deepEqual(seen, [1]);
  click();
  assert.deepEqual(seen, [1, 0]);
});

test("who goes straight in never waited, and who goes away is there no more", async () => {
  for (const leaves of [false, true]) {
    const { alice: inside, clock, deliver, offer, click, open } = house();
    const seen = [];
    inside.on("visitors", (visitors) => seen.push(visitors));
    offer();
    await deliver();
    become("connected", open());
    if (leaves) clock.pass(2_000);
    if (leaves) for (const one of open()) one.hear({ type: "bye" });
    else click();
    clock.pass(10_000);
    assert.deepEqual(seen, leaves ? [1, 0] : []);
  }
});

test("whoever was inside and has to wait lets go of all connections, and is a visitor when the door opens again", async () => {
  const { bob: visitor, deliver, offer, click, open, wire } = house();
  offer();
  await deliver();
  become("connected", open());
  click();
  assert.equal(visitor.connection("alice").state, "connected");
  visitor.close();
  assert.equal(visitor.connection("alice"), null);
  wire.length = 0;
  visitor.wait("newcomer");
  visitor.prepare(roster(alice));
  await settle();
  assert.deepEqual(
    wire.map(({ signal }) => signal.generation),
    [0],
  );
});
