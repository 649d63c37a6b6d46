import assert from "node:assert/strict";
import test from "node:test";
import { BLOCK } from "../../../static/js/room/files/frames.js";
import { messages } from "../../../static/js/room/files/messages.js";
import { Outgoing } from "../../../static/js/room/files/outgoing.js";
import { FakeClock, settle } from "../fakes.js";

test("whoever asks for the end of a file and stops, again and again, has it read no further", async () => {
  const reads = [];
  const link = { hasRoom: () => true, send: () => true };
  const outgoing = new Outgoing({
    clock: new FakeClock(),
    links: { on: () => {}, to: () => link },
    send: () => {},
    left: () => ({ rate: 1_000_000, isLossy: false }),
    digest: async () => new ArrayBuffer(32),
    changed: () => {},
  });
  const read = (from, to) =>
    new Promise((resolve) => reads.push(() => resolve(new Uint8Array(Math.min(to, 20 * BLOCK) - from))));
  outgoing.offer({ id: "film", size: 20 * BLOCK, to: null, read });
  for (let transfer = 1; transfer <= 10; transfer += 1) {
    outgoing.receive("mallory", { type: "file-request", file: "film", transfer, from: 20 });
    outgoing.receive("mallory", { type: "file-stop", transfer });
  }
  for (let i = 0; i < reads.length; i += 1) {
    reads[i]();
    await settle();
  }
  // One block for all of these together.
  assert.equal(reads.length, 1);
});

test("what measures a way that carries nothing for a minute is no flood when all of it arrives at once", () => {
  const clock = new FakeClock();
  const pings = [];
  const outgoing = new Outgoing({
    clock,
    links: { on: () => {}, to: () => ({ hasRoom: () => true, send: () => true }) },
    send: (_, message) => message.type === "file-ping" && pings.push(message.n),
    left: () => ({ rate: 1_000_000, isLossy: false }),
    digest: async () => new ArrayBuffer(32),
    changed: () => {},
  });
  outgoing.offer({ id: "film", size: 20 * BLOCK, to: null, read: () => new Promise(() => {}) });
  outgoing.receive("bob", { type: "file-request", file: "film", transfer: 1, from: 0 });
  clock.pass(60_000);
  assert.ok(pings.length < messages["file-ping"].limit.burst / 2, `${pings.length}`);
  // They are back, or a new connection answers: it is asked as often as before.
  for (const n of pings.splice(0)) outgoing.receive("bob", { type: "file-pong", n });
  clock.pass(1_000);
  assert.equal(pings.length, 8);
});

test("nobody is told that a file is not there while what was offered before a reload is still being found", async () => {
  const said = [];
  const outgoing = new Outgoing({
    clock: new FakeClock(),
    links: { on: () => {}, to: () => ({ hasRoom: () => true, send: () => true }) },
    send: (_, message) => said.push(message.reason ?? message.type),
    left: () => ({ rate: 1_000_000, isLossy: false }),
    digest: async () => new ArrayBuffer(32),
    changed: () => {},
  });
  let find = () => {};
  outgoing.waitFor(new Promise((resolve) => (find = resolve)));
  outgoing.receive("bob", { type: "file-request", file: "film", transfer: 1, from: 0 });
  outgoing.receive("bob", { type: "file-request", file: "never", transfer: 2, from: 0 });
  await settle();
  assert.deepEqual(said, []);
  outgoing.offer({ id: "film", size: 20 * BLOCK, to: null, read: () => new Promise(() => {}) });
  find();
  await settle();
  assert.deepEqual(
    said.filter((word) => word !== "file-ping"),
    ["unknown"],
  );
  assert.deepEqual(
    outgoing.progress.map(({ file }) => file),
    ["film"],
  );
});
