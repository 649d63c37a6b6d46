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
