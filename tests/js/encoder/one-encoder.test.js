import assert from "node:assert/strict";
import test from "node:test";
import { Emitter } from "../../../static/js/lib/events.js";
import { FakeClock } from "../fakes.js";

globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
globalThis.MediaStreamTrackProcessor = class {
  readable = {};
};
globalThis.MediaStreamTrackGenerator = class {
  writable = {};
  stop() {
    this.isOver = true;
  }
};
const { OneEncoder } = await import("../../../static/js/room/encoder/index.js");

/** Alice's page in a call with so many others. */
function page(others) {
  const clock = new FakeClock();
  const said = [];
  let mends = 0;
  const passage = Object.assign(new Emitter(), {
    say: ({ type, id, master }) => said.push(master === undefined ? type : `${id} ${master}`),
    mend: () => (mends += 1),
  });
  const connections = new Map(
    Array.from({ length: others }, (_, index) => {
      const one = {
        state: "connected",
        passed: `n${index}`,
        envelope: null,
        enclose: (envelope) => (one.envelope = envelope),
      };
      return [`p${index}`, one];
    }),
  );
  const limits = { camera: { height: 360, bitrate: 500_000, fps: 24 } };
  const subject = new OneEncoder({ passage, mesh: { connections }, uplink: { limits: () => limits }, clock });
  const camera = { clone: () => ({ stop() {} }), getSettings: () => ({ width: 1280, height: 720 }) };
  const frames = (many) =>
    Object.fromEntries([...connections.values()].map(({ passed }) => [passed, { frames: many }]));
  let frame = 0;
  const look = ({ answers = true, track = camera, carries = true } = {}) => {
    subject.observe(new Map(), track);
    clock.pass(2_000);
    frame += carries ? 30 : 0;
    const masters = { small: { time: frame } };
    if (answers) passage.emit("message", { type: "counts", masters, envelopes: frames(frame) });
  };
  const enclosed = () => [...connections.values()].filter(({ envelope }) => envelope !== null).length;
  return { subject, passage, connections, said, look, enclosed, mends: () => mends, limits };
}

test("with four others everybody carries envelopes, with fewer nobody does", () => {
  const { connections, said, look, enclosed } = page(4);
  look();
  assert.equal(enclosed(), 4);
  assert.deepEqual(said.slice(0, 7), [
    "count",
    "masters",
    "feed",
    "n0 small",
    "n1 small",
    "n2 small",
    "n3 small",
  ]);
  assert.equal(new Set([...connections.values()].map(({ envelope }) => envelope)).size, 1);
  const { envelope } = connections.get("p0");
  connections.delete("p3");
  for (let round = 0; round < 4; round += 1) look();
  assert.equal(enclosed(), 0);
  assert.ok(envelope.isOver);
});

test("with room for it a larger picture comes, and it is said once", () => {
  const { said, look } = page(4);
  for (let round = 0; round < 6; round += 1) look();
  assert.deepEqual(
    said.filter((order) => order.startsWith("n0")),
    ["n0 small", "n0 large"],
  );
});

test("without a camera there is nothing to carry", () => {
  const { look, enclosed } = page(5);
  look();
  look({ track: null });
  assert.equal(enclosed(), 0);
  look();
  assert.equal(enclosed(), 5);
});

test("a peer connection that takes the place of another is told anew", () => {
  const { connections, said, look } = page(4);
  look();
  connections.get("p0").passed = "n9";
  look();
  assert.ok(said.includes("n9 small"));
});

test("whom it does no good has an encoder of their own at once, and nobody else", () => {
  const { connections, passage, look, enclosed } = page(5);
  look();
  passage.emit("message", { type: "lost", id: "n2" });
  assert.equal(connections.get("p2").envelope, null);
  assert.equal(enclosed(), 4);
  look();
  assert.equal(enclosed(), 4);
});

test("after an encoder failed all have their own, for a minute", () => {
  const { passage, look, enclosed } = page(5);
  look();
  const warn = console.warn;
  console.warn = () => {};
  passage.emit("message", { type: "error", master: "small", words: "no memory" });
  console.warn = warn;
  assert.equal(enclosed(), 0);
  for (let round = 0; round < 29; round += 1) look();
  assert.equal(enclosed(), 0);
  for (let round = 0; round < 3; round += 1) look();
  assert.equal(enclosed(), 5);
});

test("a worker that answers nothing is made anew, and until it is there all have their own", () => {
  const { passage, look, enclosed, mends } = page(5);
  look();
  for (let round = 0; round < 3; round += 1) look({ answers: false });
  assert.equal(mends(), 1);
  passage.emit("anew");
  assert.equal(enclosed(), 0);
  look();
  assert.equal(enclosed(), 5);
});

test("where nothing of a master goes out all have their own again; not so where nobody looks", () => {
  const busy = page(5);
  for (let round = 0; round < 4; round += 1) busy.look({ carries: false });
  assert.equal(busy.enclosed(), 0);
  const unseen = page(5);
  unseen.limits.camera = null;
  for (let round = 0; round < 4; round += 1) unseen.look({ carries: false });
  assert.equal(unseen.enclosed(), 5);
});

test("the numbers tell of the picture that is sent, and of what it takes to encode it", () => {
  const { subject, look } = page(5);
  look();
  look();
  const sample = { sent: { camera: { width: 32, height: 32, encoding: 0 } } };
  subject.correct("p0", sample);
  const { width, height, encoding } = sample.sent.camera;
  assert.deepEqual([width, height], [320, 180]);
  assert.ok(encoding > 0 && encoding < 0.1);
  const own = { sent: { camera: { width: 640, height: 360, encoding: 0.1 } } };
  subject.correct("p0", own);
  assert.deepEqual(own.sent.camera, { width: 640, height: 360, encoding: 0.1 });
});
