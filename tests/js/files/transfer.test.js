import assert from "node:assert/strict";
import test from "node:test";
import { BLOCK, pieceFrame, textFrame } from "../../../static/js/room/files/frames.js";
import { messages } from "../../../static/js/room/files/messages.js";
import { bytesOf, FakeDisk, random, sha256, World } from "./world.js";

/** Alice offers a file, and Bob is about to take it. @param {number} [left]  what the line leaves, bytes a second */
function offered(size = 2.3 * BLOCK, left = 1e9) {
  const world = new World();
  world.left = left;
  const [alice, bob] = [world.join("alice"), world.join("bob")];
  const file = { id: "f1", bytes: bytesOf(Math.round(size)) };
  alice.offer(file);
  const isOver = () => bob.incoming.of("alice", "f1").receiving.isOver;
  return { world, alice, bob, file, isOver };
}

for (const [name, size] of [
  ["empty", 0],
  ["of one byte", 1],
  ["of a whole piece", 16_384],
  ["of a whole block", BLOCK],
  ["of a block and a byte", BLOCK + 1],
  ["of some blocks", 2.3 * BLOCK],
  ["larger than what may be under way", 11 * BLOCK],
]) {
  test(`a file that is ${name} arrives as it is`, async () => {
    const { world, alice, bob, file, isOver } = offered(size);
    const disk = bob.take("alice", file);
    await world.run({ until: isOver });
    assert.equal(bob.phaseOf("alice", "f1"), "done");
    assert.ok(disk.isWhole);
    assert.equal(sha256(disk.bytes), sha256(file.bytes));
    await world.run({ until: () => alice.outgoing.progress.length === 0 });
    assert.deepEqual(alice.outgoing.progress, [], "she knows that he has it");
  });
}

test("nothing of a file moves before somebody takes it", async () => {
  const { world } = offered();
  await world.run({ seconds: 5 });
  assert.equal(world.frames, 0);
});

test("whatever is lost with the connection, at whatever frame: it goes on from there", async () => {
  const total = 2 + 2 * 65 + 21;
  for (let seed = 1; seed <= 30; seed += 1) {
    const chance = random(seed);
    const { world, bob, file, isOver } = offered();
    const cuts = new Set([seed * 3, ...Array.from({ length: 3 }, () => 1 + Math.floor(chance() * total))]);
    world.pass = ({ number }) => {
      if (!cuts.delete(number)) return true;
      world.cut("alice", "bob");
      return false;
    };
    const disk = bob.take("alice", file);
    assert.ok(await world.run({ until: isOver }), `seed ${seed}`);
    assert.equal(bob.phaseOf("alice", "f1"), "done", `seed ${seed}`);
    assert.equal(sha256(disk.bytes), sha256(file.bytes), `seed ${seed}`);
  }
});

test("whole blocks are not sent again after a loss", async () => {
  const { world, bob, file, isOver } = offered(6 * BLOCK);
  world.pass = ({ number }) => {
    if (number !== 65 * 4 + 10) return true;
    world.cut("alice", "bob");
    return false;
  };
  bob.take("alice", file);
  await world.run({ until: isOver });
  assert.equal(bob.phaseOf("alice", "f1"), "done");
  assert.ok(world.frames < 65 * 8, `${world.frames} frames`);
});

test("messages that come twice, late or not at all do not break it", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const chance = random(seed);
    const { world, bob, file, isOver } = offered(10.5 * BLOCK);
    const kept = [];
    world.hear = (message) => {
      const luck = chance();
      // Pings are what the rate goes by; of the others nothing may hang on any one that is repeated in time.
      if (luck < 0.2) return [message, message];
      if (luck < 0.4 && message.type === "file-ack") {
        kept.push(message);
        return [];
      }
      return [message, ...kept.splice(0)];
    };
    const disk = bob.take("alice", file);
    assert.ok(await world.run({ until: isOver }), `seed ${seed}`);
    assert.equal(sha256(disk.bytes), sha256(file.bytes), `seed ${seed}`);
  }
});

test("after his page was loaded again, it goes on from what is on his disk", async () => {
  const { world, bob, file } = offered(6 * BLOCK, 2e6);
  const disk = bob.take("alice", file);
  await world.run({ until: () => disk.blocks.length >= 3 });
  const before = disk.hashes.length;
  assert.ok(before < 6);
  world.cut("alice", "bob");
  bob.incoming.pause();
  bob.load();
  bob.take("alice", file, disk);
  assert.equal(bob.incoming.of("alice", "f1").receiving.written, before);
  await world.run({ until: () => bob.phaseOf("alice", "f1") === "done" });
  assert.equal(sha256(disk.bytes), sha256(file.bytes));
});

test("whoever loses their seat and is let in again goes on where they were", async () => {
  const { world, bob, file } = offered(6 * BLOCK, 2e6);
  const disk = bob.take("alice", file);
  await world.run({ until: () => disk.blocks.length >= 2 });
  world.cut("alice", "bob");
  bob.incoming.pause();
  bob.outgoing.pause();
  await world.run({ seconds: 60 });
  assert.equal(bob.phaseOf("alice", "f1"), "away");
  bob.incoming.resume();
  await world.run({ until: () => bob.phaseOf("alice", "f1") === "done" });
  assert.equal(sha256(disk.bytes), sha256(file.bytes));
});

test("after her page was loaded again, the same file goes on", async () => {
  const { world, alice, bob, file, isOver } = offered(6 * BLOCK, 2e6);
  const disk = bob.take("alice", file);
  await world.run({ until: () => disk.blocks.length >= 2 });
  assert.ok(!isOver());
  world.cut("alice", "bob");
  alice.load();
  alice.offer(file);
  assert.ok(await world.run({ until: isOver }));
  assert.equal(sha256(disk.bytes), sha256(file.bytes));
});

test("a block that was damaged is asked for again, once", async () => {
  for (const [times, phase] of [
    [1, "done"],
    [2, "failed"],
  ]) {
    const { world, bob, file, isOver } = offered();
    let left = times;
    let seen = 0;
    world.pass = ({ data }) => {
      if (typeof data === "string") return true;
      const head = new DataView(data);
      if (head.getUint32(4) === 1 && left > 0 && (seen += 1) % 64 === 7) {
        left -= 1;
        head.setUint8(100, head.getUint8(100) ^ 1);
      }
      return true;
    };
    const disk = bob.take("alice", file);
    await world.run({ until: isOver });
    const { receiving } = bob.incoming.of("alice", "f1");
    assert.equal(receiving.phase, phase, `${times} times`);
    if (phase === "done") assert.equal(sha256(disk.bytes), sha256(file.bytes));
    else assert.equal(receiving.failure, "damaged");
    assert.equal(disk.isWhole, phase === "done");
  }
});

test("either side can stop it, and the other learns of it", async () => {
  const { world, alice, bob, file } = offered(6 * BLOCK, 2e6);
  const disk = bob.take("alice", file);
  await world.run({ until: () => disk.blocks.length >= 2 });
  await bob.incoming.stop("alice", "f1");
  await world.run({ seconds: 1 });
  assert.ok(disk.isRemoved);
  assert.deepEqual(alice.outgoing.progress, []);
  bob.take("alice", file);
  await world.run({ until: () => bob.incoming.of("alice", "f1").receiving.bytes > BLOCK });
  alice.outgoing.stop("f1");
  await world.run({ seconds: 1 });
  assert.equal(bob.incoming.of("alice", "f1").receiving.failure, "stopped");
  await bob.incoming.retry("alice", "f1");
  await world.run({ until: () => bob.phaseOf("alice", "f1") === "done" });
  assert.equal(bob.phaseOf("alice", "f1"), "done", "he may ask again");
});

test("a file that was written to meanwhile is called changed", async () => {
  const { world, alice, bob, isOver } = offered();
  const read = async () => {
    throw new DOMException("changed", "NotReadableError");
  };
  alice.outgoing.offer({ id: "f2", size: BLOCK, to: null, read });
  bob.take("alice", { id: "f1", bytes: bytesOf(1) });
  bob.take("alice", { id: "f2", bytes: bytesOf(BLOCK) });
  await world.run({ until: () => isOver() && bob.incoming.of("alice", "f2").receiving.isOver });
  assert.equal(bob.incoming.of("alice", "f2").receiving.failure, "changed");
});

test("a full disk is not a fault of the author, and what is written stays", async () => {
  const { world, bob, file, isOver } = offered(4 * BLOCK, 1e6);
  const disk = new FakeDisk();
  bob.take("alice", file, disk);
  await world.run({ until: () => disk.blocks.length >= 1 });
  disk.failure = new DOMException("no room", "QuotaExceededError");
  await world.run({ until: isOver });
  assert.equal(bob.incoming.of("alice", "f1").receiving.failure, "full");
  const before = disk.blocks.length;
  assert.ok(before < 4);
  disk.failure = null;
  await bob.incoming.retry("alice", "f1");
  await world.run({ until: () => bob.phaseOf("alice", "f1") === "done" });
  assert.equal(bob.said.filter(({ type }) => type === "file-request").at(-1).from, before);
  assert.equal(sha256(disk.bytes), sha256(file.bytes));
});

test("an author who never sends is asked again, and given up at last", async () => {
  const { world, bob, file, isOver } = offered();
  world.hear = (message) => (message.type === "file-request" ? [] : [message]);
  bob.take("alice", file);
  assert.ok(await world.run({ until: isOver }));
  assert.equal(bob.incoming.of("alice", "f1").receiving.failure, "silent");
  assert.ok(world.clock.now() >= 100_000);
  assert.ok(bob.said.filter(({ type }) => type === "file-request").length >= 3);
});

test("a file that its author has chosen again, with other words in it, comes whole at the next try", async () => {
  const { world, alice, bob, file, isOver } = offered(6 * BLOCK, 2e6);
  const disk = bob.take("alice", file);
  await world.run({ until: () => disk.blocks.length >= 2 });
  assert.ok(!isOver());
  world.cut("alice", "bob");
  alice.load();
  const other = { id: file.id, bytes: bytesOf(file.bytes.length, 2) };
  alice.offer(other);
  await world.run({ until: isOver });
  assert.equal(bob.incoming.of("alice", "f1").receiving.failure, "damaged");
  await bob.incoming.retry("alice", "f1");
  await world.run({ until: isOver });
  assert.equal(bob.phaseOf("alice", "f1"), "done");
  assert.equal(sha256(disk.bytes), sha256(other.bytes));
});

// -- many ----------------------------------------------------------------------------------------

test("no more than four files go out at once, two to one person, and all arrive", async () => {
  const world = new World();
  const alice = world.join("alice");
  const people = ["bob", "carol", "dave"].map((id) => world.join(id));
  const files = Array.from({ length: 5 }, (_, at) => ({ id: `f${at}`, bytes: bytesOf(3 * BLOCK, at + 1) }));
  for (const file of files) alice.offer(file);
  const disks = people.flatMap((one) => files.map((file) => [one.take("alice", file), file]));
  let most = 0;
  const isDone = () => {
    const served = alice.outgoing.progress.filter(({ isWaiting }) => !isWaiting);
    most = Math.max(most, served.length);
    for (const { id } of people) assert.ok(served.filter(({ to }) => to === id).length <= 2);
    return disks.every(([disk]) => disk.isWhole);
  };
  assert.ok(await world.run({ until: isDone }));
  assert.equal(most, 4);
  for (const [disk, file] of disks) assert.equal(sha256(disk.bytes), sha256(file.bytes));
});

test("who waits is told so, and asks for no more than patience", async () => {
  const world = new World();
  world.left = 20_000;
  const [alice, bob] = [world.join("alice"), world.join("bob")];
  const files = [1, 2, 3].map((at) => ({ id: `f${at}`, bytes: bytesOf(6 * BLOCK, at) }));
  for (const file of files) alice.offer(file);
  for (const file of files) bob.take("alice", file);
  await world.run({ until: () => bob.phaseOf("alice", "f3") === "waiting" });
  assert.equal(bob.phaseOf("alice", "f3"), "waiting");
});

test("whoever is gone is waited for; that something of theirs has come before does not make it a turn", async () => {
  const { world, alice, bob, file, isOver } = offered(2 * BLOCK, 2e6);
  const other = { id: "f2", bytes: bytesOf(10 * BLOCK, 2) };
  alice.offer(other);
  bob.take("alice", file);
  await world.run({ until: isOver });
  bob.take("alice", other);
  await world.run({ seconds: 1 });
  world.leave("alice");
  await world.run({ seconds: 3 });
  assert.equal(bob.phaseOf("alice", "f2"), "away");
  assert.ok(!bob.incoming.isQueued(bob.incoming.of("alice", "f2")));
});

test("what was offered to one is unknown to the others", async () => {
  const world = new World();
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((id) => world.join(id));
  const file = { id: "f1", bytes: bytesOf(1000) };
  alice.offer(file, { to: "bob" });
  const disk = bob.take("alice", file);
  carol.take("alice", file);
  await world.run({ until: () => disk.isWhole && carol.phaseOf("alice", "f1") === "failed" });
  assert.equal(carol.incoming.of("alice", "f1").receiving.failure, "unknown");
});

// -- a hostile author ----------------------------------------------------------------------------

/** Mallory has offered Bob something of three blocks, and does what the test says once he asks for it. */
async function attacked(attack) {
  const world = new World();
  const bob = world.join("bob");
  const mallory = world.join("mallory");
  mallory.receive = () => {};
  const bytes = bytesOf(3 * BLOCK);
  const disk = bob.take("mallory", { id: "f1", bytes });
  await world.settle();
  const { transfer } = bob.said.find(({ type }) => type === "file-request");
  const channel = world.channel("mallory", "bob");
  const send = (...frames) => {
    for (const frame of frames) if (channel.readyState === "open") channel.send(frame);
  };
  const hash = (block) => sha256(bytes.slice(block * BLOCK, (block + 1) * BLOCK));
  const block = (at, number = transfer) => [
    textFrame({ transfer: number, block: at, hash: hash(at) }),
    ...Array.from({ length: 64 }, (_, piece) =>
      pieceFrame(number, at, bytes.slice(at * BLOCK + piece * 16_384, at * BLOCK + (piece + 1) * 16_384)),
    ),
  ];
  await attack({ world, send, block, transfer, hash, bytes, mallory, bob });
  await world.settle();
  const { receiving } = bob.incoming.of("mallory", "f1");
  return { world, bob, receiving, disk, channel };
}

for (const [name, attack] of [
  [
    "a block beyond the end",
    ({ send, transfer, hash }) => send(textFrame({ transfer, block: 3, hash: hash(0) })),
  ],
  ["a block out of its turn", ({ send, block }) => send(...block(1))],
  ["the same block twice", ({ send, block }) => send(...block(0), ...block(0))],
  ["a piece without a hash before it", ({ send, block }) => send(block(0)[1])],
  ["two hashes for one block", ({ send, block }) => send(block(0)[0], block(0)[0])],
  [
    "a piece of another length",
    ({ send, block, transfer }) => send(block(0)[0], pieceFrame(transfer, 0, new Uint8Array(5))),
  ],
  [
    "a piece of another block",
    ({ send, block, transfer }) => send(block(0)[0], pieceFrame(transfer, 1, new Uint8Array(16_384))),
  ],
  [
    "the end before all is there",
    ({ send, transfer, hash }) => send(textFrame({ transfer, blocks: 3, hash: hash(0) })),
  ],
  [
    "an end of other blocks",
    ({ send, block, transfer, hash }) => send(...block(0), textFrame({ transfer, blocks: 1, hash: hash(0) })),
  ],
  [
    "more than was offered",
    ({ send, block, transfer }) =>
      send(...block(0), ...block(1), ...block(2), pieceFrame(transfer, 3, new Uint8Array(16_384))),
  ],
]) {
  test(`${name} ends the transfer as broken, and nothing more is taken`, async () => {
    const { receiving, disk } = await attacked(attack);
    assert.equal(receiving.phase, "failed");
    assert.equal(receiving.failure, "broken");
    assert.ok(!disk.isWhole);
    assert.ok(disk.blocks.length <= 3);
  });
}

test("a wrong hash of all hashes is damage, though each block was right", async () => {
  const { receiving, disk } = await attacked(({ send, block, transfer, hash }) =>
    send(...block(0), ...block(1), ...block(2), textFrame({ transfer, blocks: 3, hash: hash(1) })),
  );
  assert.equal(receiving.failure, "damaged");
  assert.ok(!disk.isWhole);
});

for (const [name, frame] of [
  ["of a transfer that nobody asked for", pieceFrame(77, 0, new Uint8Array(16_384))],
  ["without anything in it", new Uint8Array(8)],
  ["too short for a head", new Uint8Array(3)],
  ["longer than any", new Uint8Array(16_384 + 9)],
  ["of words that are no head", "{}"],
  ["of a head that is huge", textFrame({ transfer: 0, block: 0, hash: "a".repeat(200_000) })],
  ["of a head that nests", "[".repeat(200)],
  ["that is null", "null"],
]) {
  test(`a few frames ${name} are dropped; more, and the channel is closed`, async () => {
    const few = await attacked(({ send }) => send(frame, frame, frame));
    assert.equal(few.channel.readyState, "open");
    assert.notEqual(few.receiving.phase, "failed");
    const many = await attacked(({ send }) => send(...Array.from({ length: 6 }, () => frame)));
    assert.equal(many.channel.readyState, "closed");
    assert.equal(many.receiving.failure, "broken");
  });
}

test("whoever was cut off is not heard again by the same connection", async () => {
  const { world, bob, receiving } = await attacked(({ send }) => send("{}", "{}", "{}", "{}", "{}", "{}"));
  await bob.incoming.retry("mallory", "f1");
  await world.run({ seconds: 5 });
  assert.equal(receiving.phase, "away");
});

test("an author who does not wait for what is written is cut short", async () => {
  const world = new World();
  const bob = world.join("bob");
  world.join("mallory").receive = () => {};
  const bytes = bytesOf(12 * BLOCK);
  const disk = new FakeDisk();
  const place = { ...disk.place, write: () => new Promise(() => {}) };
  bob.incoming.take("mallory", { id: "f1", name: "x", size: bytes.length, type: "" }, place);
  await world.settle();
  const { transfer } = bob.said.find(({ type }) => type === "file-request");
  const channel = world.channel("mallory", "bob");
  for (let at = 0; at < 12 && channel.readyState === "open"; at += 1) {
    const block = bytes.slice(at * BLOCK, (at + 1) * BLOCK);
    channel.send(textFrame({ transfer, block: at, hash: sha256(block) }));
    for (let piece = 0; piece < 64; piece += 1) {
      channel.send(pieceFrame(transfer, at, block.slice(piece * 16_384, (piece + 1) * 16_384)));
    }
  }
  await world.settle();
  const { receiving } = bob.incoming.of("mallory", "f1");
  assert.equal(receiving.failure, "broken");
});

// -- a hostile receiver --------------------------------------------------------------------------

test("whoever asks for what was never offered, or beyond the end, is refused", async () => {
  const { world, alice } = offered();
  const mallory = world.join("mallory");
  for (const request of [
    { file: "nothing", transfer: 1, from: 0 },
    { file: "__proto__", transfer: 2, from: 0 },
    { file: "f1", transfer: 3, from: 4 },
    { file: "f1", transfer: 4, from: 2 ** 32 - 1 },
  ]) {
    alice.receive("mallory", { type: "file-request", ...request });
    assert.deepEqual(alice.said.at(-1), {
      type: "file-refused",
      transfer: request.transfer,
      reason: "unknown",
    });
  }
  for (const nonsense of [
    { file: "f1", transfer: -1, from: 0 },
    { file: "f1", transfer: 1.5, from: 0 },
    { file: "f1", transfer: 1, from: "0" },
    { file: "f1", transfer: 2 ** 32, from: 0 },
    { file: { id: "f1" }, transfer: 1, from: 0 },
    { file: "x".repeat(65), transfer: 1, from: 0 },
  ]) {
    const before = alice.said.length;
    alice.receive("mallory", { type: "file-request", ...nonsense });
    assert.equal(alice.said.length, before);
  }
  assert.deepEqual(alice.outgoing.progress, []);
  assert.ok(mallory);
});

test("a thousand requests hold no more than one transfer of a file, and few of many files", async () => {
  const world = new World();
  world.left = 20_000;
  const alice = world.join("alice");
  world.join("mallory");
  for (let at = 0; at < 100; at += 1) alice.offer({ id: `f${at}`, bytes: bytesOf(BLOCK) });
  for (let at = 0; at < 1000; at += 1) {
    alice.receive("mallory", { type: "file-request", file: `f${at % 100}`, transfer: at, from: 0 });
  }
  assert.ok(alice.outgoing.progress.length <= 2 + 16);
  const before = alice.outgoing.progress.length;
  for (let at = 0; at < 50; at += 1) {
    alice.receive("mallory", { type: "file-ack", transfer: 999, blocks: 2 ** 31 });
    alice.receive("mallory", { type: "file-stop", transfer: 5_000 + at });
  }
  assert.equal(alice.outgoing.progress.length, before);
});

test("to say that more is written than was sent gains nothing", async () => {
  const { world, alice } = offered(30 * BLOCK);
  world.join("mallory");
  alice.receive("mallory", { type: "file-request", file: "f1", transfer: 1, from: 0 });
  alice.receive("mallory", { type: "file-ack", transfer: 1, blocks: 30 });
  await world.run({ seconds: 30 });
  assert.ok(world.frames <= 65 * 9, `${world.frames}`);
});

test("four who ask and then take nothing hold up an honest one for half a minute, not for ever", async () => {
  const { world, alice, file } = offered(20 * BLOCK);
  alice.offer({ id: "f2", bytes: bytesOf(20 * BLOCK, 2) });
  for (const id of ["mallory", "trudy"]) {
    world.join(id);
    for (const [transfer, one] of ["f1", "f2"].entries()) {
      alice.receive(id, { type: "file-request", file: one, transfer, from: 0 });
    }
  }
  await world.run({ seconds: 10 });
  const bob = world.join("carol");
  const disk = bob.take("alice", file);
  assert.ok(await world.run({ seconds: 120, until: () => disk.isWhole }));
});

test("whoever takes next to nothing of what could be theirs waits behind the others, and goes on then", async () => {
  const world = new World();
  // Four can take four megabytes a second.
  world.left = 4e6;
  const alice = world.join("alice");
  const files = [1, 2].map((at) => ({ id: `f${at}`, bytes: bytesOf(40 * BLOCK, at) }));
  for (const file of files) alice.offer(file);
  const ids = ["mallory", "trudy"];
  let acked = 0;
  for (const id of ids) {
    world.join(id);
    for (const [transfer, { id: file }] of files.entries()) {
      alice.receive(id, { type: "file-request", file, transfer, from: 0 });
    }
  }
  /** One block each, whenever it is about time. */
  const drip = () => {
    acked += 1;
    for (const id of ids) {
      for (const transfer of [0, 1]) alice.receive(id, { type: "file-ack", transfer, blocks: acked });
    }
  };
  const carol = world.join("carol");
  const disk = carol.take("alice", files[0]);
  for (let time = 0; time < 6 && !disk.isWhole; time += 1) {
    await world.run({ seconds: 20, until: () => disk.isWhole });
    drip();
  }
  assert.ok(disk.isWhole);
  // What they had taken until then counts, and it goes on.
  const shown = () => alice.outgoing.progress.filter(({ isWaiting }) => !isWaiting);
  assert.ok(await world.run({ seconds: 1, until: () => shown().length === 4 }));
});

test("whoever takes what there is beside voices, little as it is, keeps their place", async () => {
  const world = new World();
  world.left = 0;
  world.isLossy = true;
  const alice = world.join("alice");
  const files = [1, 2].map((at) => ({ id: `f${at}`, bytes: bytesOf(4 * BLOCK, at) }));
  for (const file of files) alice.offer(file);
  for (const id of ["bob", "carol", "dave"]) {
    const one = world.join(id);
    for (const file of files) one.take("alice", file);
  }
  const served = () =>
    alice.outgoing.progress.filter(({ isWaiting }) => !isWaiting).map(({ to, file }) => `${to} ${file}`);
  await world.settle();
  const before = served();
  assert.equal(before.length, 4);
  await world.run({ seconds: 100 });
  assert.deepEqual(served(), before);
});

test("whoever asks for the end of a file again and again has it read once", async () => {
  const { world, alice } = offered();
  world.join("mallory");
  let reads = 0;
  const read = async (from, end) => {
    reads += 1;
    for (let rest = 0; rest < 5; rest += 1) await new Promise((resolve) => setImmediate(resolve));
    return bytesOf(end - from);
  };
  alice.outgoing.offer({ id: "f3", size: 20 * BLOCK, to: null, read });
  for (let transfer = 1; transfer <= 50; transfer += 1) {
    alice.receive("mallory", { type: "file-request", file: "f3", transfer, from: 20 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (let rest = 0; rest < 500; rest += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(reads >= 15 && reads <= 20, `${reads}`);
});

test("when a small message will be answered cannot be guessed", async () => {
  const { world, alice } = offered(20 * BLOCK, 20_000);
  world.join("mallory");
  alice.receive("mallory", { type: "file-request", file: "f1", transfer: 1, from: 0 });
  const [first] = alice.said.filter(({ type }) => type === "file-ping");
  assert.notEqual(first.n, 1);
});

test("whoever takes a hundred files of one author asks for some, and for the others as these arrive", async () => {
  const world = new World();
  const [alice, bob] = [world.join("alice"), world.join("bob")];
  const files = Array.from({ length: 100 }, (_, at) => ({ id: `f${at}`, bytes: bytesOf(100, at + 1) }));
  for (const file of files) alice.offer(file);
  const { burst, perSecond } = messages["file-request"].limit;
  const since = world.clock.now();
  const asked = () => bob.said.filter(({ type }) => type === "file-request").length;
  const disks = files.map((file) => bob.take("alice", file));
  assert.equal(asked(), 16);
  assert.ok(bob.incoming.isQueued(bob.incoming.of("alice", "f99")));
  assert.ok(!bob.incoming.isQueued(bob.incoming.of("alice", "f0")));
  const isDone = () => {
    assert.ok(asked() <= burst + ((world.clock.now() - since) / 1_000) * perSecond);
    return disks.every(({ isWhole }) => isWhole);
  };
  assert.ok(await world.run({ seconds: 120, until: isDone }));
});
