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

/** Alice is inside, Bob at the door; what they send waits in `wire` until `deliver`. */
function house() {
  FakePeerConnection.install();
  const clock = new FakeClock();
  const wire = [];
  const person = (id) => {
    const ice = new IceServers({ ask: () => {}, clock });
    const mesh = new Mesh({ ice, clock, send: ({ to, ...signal }) => wire.push({ to, signal: { ...signal, sender: id } }) });
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
  const knock = () => {
    people.bob.wait("bob");
    people.bob.settle();
    people.bob.prepare(roster(alice));
  };
  const click = () => {
    void people.bob.update("bob", roster(alice, bob));
    void people.alice.update("alice", roster(alice, bob));
  };
  const open = () => FakePeerConnection.made.filter(({ signalingState }) => signalingState !== "closed");
  return { ...people, clock, wire, deliver, knock, click, open };
}

function become(state, connections) {
  for (const connection of connections) connection.become(state);
}

test("a connection stands before the click, and the click needs no other", async () => {
  const { alice: inside, bob: visitor, deliver, knock, click, open } = house();
  knock();
  await deliver();
  become("connected", open());
  assert.equal(inside.link("bob"), null);
  click();
  assert.equal(FakePeerConnection.made.length, 2);
  assert.equal(visitor.link("alice").state, "connected");
  assert.equal(inside.link("bob").state, "connected");
});

test("nothing is in the slots before the roster says that both are inside", async () => {
  const { deliver, knock, click, open } = house();
  knock();
  await deliver();
  become("connected", open());
  for (const connection of open()) assert.deepEqual(connection.sends, [null, null, null, null]);
  click();
  assert.deepEqual(open().map(({ sends }) => sends[1].of), ["bob", "alice"]);
});

test("what was said before the click arrives after it", async () => {
  const { alice: inside, deliver, knock, click, open } = house();
  const heard = [];
  inside.onmessage = (id, message) => heard.push([id, message.type]);
  knock();
  await deliver();
  become("connected", open());
  open()[1].hear({ type: "state" });
  assert.deepEqual(heard, []);
  click();
  assert.deepEqual(heard, [["bob", "state"]]);
});

test("a click before the answer goes on with the same connection, and repeats the offer", async () => {
  const { alice: inside, bob: visitor, wire, deliver, knock, click, open } = house();
  knock();
  await settle();
  wire.length = 0;
  click();
  await settle();
  assert.deepEqual(wire.map(({ signal }) => signal.generation), [9_000]);
  await deliver();
  become("connected", open());
  assert.equal(visitor.link("alice").state, "connected");
  assert.equal(inside.link("bob").state, "connected");
});

test("an answer from before the click counts after it", async () => {
  const { bob: visitor, wire, knock, click, deliver, open } = house();
  knock();
  await settle();
  const [{ signal: offer }] = wire.splice(0);
  assert.equal(offer.generation, 0);
  click();
  await settle();
  wire.length = 0;
  visitor.receive({ type: "description", generation: 0, sender: "alice", description: { type: "answer", sdp: "early" } });
  await settle();
  assert.equal(open()[0].remoteDescription.sdp, "early");
  await deliver();
});

test("somebody inside who reloads is offered another connection", async () => {
  const { bob: visitor, wire, deliver, knock, open } = house();
  knock();
  await deliver();
  visitor.prepare(roster({ ...alice, arrival: 12 }));
  await settle();
  assert.deepEqual(wire.map(({ signal }) => signal.generation), [1]);
  assert.equal(open().filter(({ localDescription }) => localDescription?.type === "offer").length, 1);
});

test("who takes an earlier seat again is not the one who waited", async () => {
  const { alice: inside, bob: visitor, deliver, knock, open } = house();
  knock();
  await deliver();
  const [early] = open();
  void visitor.update("carol", roster(alice, { ...bob, id: "carol" }));
  await settle();
  assert.equal(early.signalingState, "closed");
  assert.equal(inside.link("bob"), null);
});

test("a visitor who gives no sign of life costs nothing, and one who moves is connected again", async () => {
  const { bob: visitor, clock, deliver, knock, open } = house();
  knock();
  await deliver();
  clock.pass(180_000);
  assert.equal(open().filter(({ localDescription }) => localDescription?.type === "offer").length, 0);
  visitor.stir();
  await settle();
  assert.equal(open().filter(({ localDescription }) => localDescription?.type === "offer").length, 1);
});

test("nobody waits at more than eight doors of mine", async () => {
  const { alice: inside, open } = house();
  for (let i = 0; i < 12; i += 1) {
    inside.receive({ type: "description", generation: 0, sender: `visitor ${i}`, description: { type: "offer", sdp: `${i}` } });
  }
  await settle();
  assert.equal(open().length, 8);
});

test("without the server's leave nobody is connected before the click", async () => {
  const { bob: visitor, wire } = house();
  visitor.wait("");
  visitor.settle();
  visitor.prepare(roster(alice));
  await settle();
  assert.deepEqual(wire, []);
});
