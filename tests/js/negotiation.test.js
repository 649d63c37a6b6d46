import assert from "node:assert/strict";
import test from "node:test";
import { Negotiation } from "../../static/js/room/rtc/negotiation.js";
import { FakeConnection, settle } from "./fakes.js";

/** Two ends and the way between them; `deliver` carries what has been said so far. */
function pair() {
  const ends = [true, false].map((polite, index) => {
    const connection = new FakeConnection("ab"[index]);
    const said = [];
    const negotiation = new Negotiation(connection, {
      polite,
      send: (description) => said.push(description),
    });
    return { connection, negotiation, said };
  });
  const [a, b] = ends;
  const deliver = async () => {
    for (let rounds = 0; rounds < 10 && (a.said.length || b.said.length); rounds += 1) {
      await Promise.all([
        ...a.said.splice(0).map((one) => b.negotiation.receiveDescription(one)),
        ...b.said.splice(0).map((one) => a.negotiation.receiveDescription(one)),
      ]);
      await settle();
    }
  };
  return { a, b, deliver };
}

const agreed = (a, b) =>
  a.connection.signalingState === "stable" &&
  b.connection.signalingState === "stable" &&
  a.connection.localDescription.sdp === b.connection.remoteDescription.sdp &&
  b.connection.localDescription.sdp === a.connection.remoteDescription.sdp;

test("an offer and its answer leave both ends stable", async () => {
  const { a, b, deliver } = pair();
  await a.negotiation.offer();
  await deliver();
  assert.ok(agreed(a, b));
});

test("when two offers collide, the polite side gives way and both agree", async () => {
  const { a, b, deliver } = pair();
  await Promise.all([a.negotiation.offer(), b.negotiation.offer()]);
  await deliver();
  assert.ok(agreed(a, b));
  assert.match(a.connection.remoteDescription.sdp, /^offer 1 by b/);
});

test("an offer that comes while an answer is being set does not collide", async () => {
  const { a, b } = pair();
  await b.negotiation.offer();
  await a.negotiation.receiveDescription(b.said.shift());
  const answer = a.said.shift();
  await a.negotiation.offer();
  const offer = a.said.shift();
  await Promise.all([b.negotiation.receiveDescription(answer), b.negotiation.receiveDescription(offer)]);
  await settle();
  assert.equal(b.said.length, 1);
  assert.equal(b.said[0].type, "answer");
});

test("an offer that was sent twice is answered twice, and the second answer is ignored", async () => {
  const { a, b, deliver } = pair();
  await a.negotiation.offer();
  a.negotiation.resend();
  await deliver();
  assert.ok(agreed(a, b));
});

test("candidates that come before their description wait for it", async () => {
  const { a, b } = pair();
  await a.negotiation.offer();
  await b.negotiation.receiveCandidate({ candidate: "x", usernameFragment: "a1" });
  assert.deepEqual(b.connection.candidates, []);
  await b.negotiation.receiveDescription(a.said.shift());
  assert.deepEqual(b.connection.candidates, [{ candidate: "x", usernameFragment: "a1" }]);
});

test("candidates from before a restart are dropped", async () => {
  const { a, b, deliver } = pair();
  await a.negotiation.offer();
  await deliver();
  await b.negotiation.receiveCandidate({ candidate: "old", usernameFragment: "a0" });
  await b.negotiation.receiveCandidate(null);
  assert.deepEqual(b.connection.candidates, [null]);
});

test("candidates that come while the description of a restart is being applied wait for it", async () => {
  const { a, b, deliver } = pair();
  await a.negotiation.offer();
  await deliver();
  await a.negotiation.offer();
  const applied = b.negotiation.receiveDescription(a.said.shift());
  const candidate = { candidate: "new", usernameFragment: "a2" };
  await b.negotiation.receiveCandidate(candidate);
  await applied;
  assert.deepEqual(b.connection.candidates, [candidate]);
});

test("of the candidates that nobody describes, only so many are kept", async () => {
  const { a, b, deliver } = pair();
  for (let i = 0; i < 500; i += 1) {
    await b.negotiation.receiveCandidate({ candidate: `${i}`, usernameFragment: "a1" });
  }
  await a.negotiation.offer();
  await deliver();
  assert.equal(b.connection.candidates.length, 128);
  assert.equal(b.connection.candidates.at(-1).candidate, "499");
});

test("tracks are put in place between the offer and its answer", async () => {
  const connection = new FakeConnection("b");
  const order = [];
  const negotiation = new Negotiation(connection, {
    polite: false,
    send: ({ type }) => order.push(type),
    adopt: () => order.push(`tracks while ${connection.signalingState}`),
  });
  await negotiation.receiveDescription({ type: "offer", sdp: "offer" });
  assert.deepEqual(order, ["tracks while have-remote-offer", "answer"]);
});

// A model of a bad way between two pages: each message may be lost, and may overtake others. After enough said
// again, both must agree, whatever happened before.
for (let seed = 1; seed <= 25; seed += 1) {
  test(`two ends agree in the end over a lossy, reordering channel (${seed})`, async () => {
    const random = randomFrom(seed);
    const { a, b, deliver } = pair();
    for (let i = 0; i < 30; i += 1) {
      const from = random() < 0.5 ? a : b;
      const to = from === a ? b : a;
      if (random() < 0.2 && from.connection.signalingState === "stable") void from.negotiation.offer();
      if (random() < 0.2 && from.connection.signalingState === "have-local-offer") from.negotiation.resend();
      if (from.said.length > 0) {
        const [message] = from.said.splice(Math.floor(random() * from.said.length), 1);
        if (random() < 0.6) void to.negotiation.receiveDescription(message);
      }
      if (random() < 0.5) await settle();
    }
    await settle();
    a.said.length = b.said.length = 0;
    // What recovery does: the side that offers says it again until it is answered, then asks anew.
    for (const end of [b, a]) {
      if (end.connection.signalingState === "have-local-offer") end.negotiation.resend();
    }
    await deliver();
    await a.negotiation.offer();
    await deliver();
    assert.ok(agreed(a, b), `${a.connection.signalingState} / ${b.connection.signalingState}`);
  });
}

/** A small generator of numbers that are always the same for a seed (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test("an offer that is said again while it is being answered is answered once, with however many candidates it comes", async () => {
  const { a, b } = pair();
  const offer = (more = "") => ({
    type: "offer",
    sdp: `v=0\r\no=- 4711 2 IN IP4 127.0.0.1\r\na=ice-ufrag:b1\r\n${more}`,
  });
  await Promise.all([
    a.negotiation.receiveDescription(offer()),
    a.negotiation.receiveDescription(offer("a=candidate:1\r\n")),
  ]);
  await settle();
  assert.equal(a.said.length, 1);
  assert.equal(b.said.length, 0);
  await a.negotiation.receiveDescription(offer("a=candidate:1\r\n"));
  assert.equal(a.said.length, 2, "once it is answered, the answer may have been lost");
});
