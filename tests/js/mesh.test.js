import assert from "node:assert/strict";
import test from "node:test";
import { IceServers } from "../../static/js/room/rtc/ice.js";
import { Mesh } from "../../static/js/room/rtc/mesh.js";
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
    return subject.update("alice", { rev, participants: new Map([alice, ...others].map((one) => [one.id, one])) });
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

test("the offer of a restart that was lost is sent again", async () => {
  const { clock, subject, offers, update } = mesh();
  void update(bob);
  await settle();
  const [first] = offers();
  subject.receive({ type: "description", sender: "bob", generation: first.generation, description: { type: "answer", sdp: "bob" } });
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
  subject.receive({ type: "description", sender: "bob", generation: 12_000, description: { type: "offer", sdp: "of the new page" } });
  await settle();
  assert.equal(sent.filter(({ description }) => description).length, 0);
  void update(again);
  await settle();
  const [connection] = FakePeerConnection.made.slice(-1);
  assert.equal(connection.remoteDescription.sdp, "of the new page");
  assert.equal(FakePeerConnection.made.filter(({ signalingState }) => signalingState !== "closed").length, 1);
});

test("a connection that was made beforehand uses the newest credentials", () => {
  const { ice, subject } = mesh();
  subject.prepare(1);
  const fresh = [{ urls: "turn:turn.example", username: "later", credential: "x" }];
  ice.update(fresh, null);
  subject.renew();
  assert.deepEqual(FakePeerConnection.made[0].configuration.iceServers, fresh);
});
