import assert from "node:assert/strict";
import test from "node:test";
import { Pairing } from "../../../static/js/room/encoder/pairing.js";

const FRAME = 66;

/** A connection whose frames have numbers, and masters whose chunks have numbers. */
function pairing() {
  const subject = new Pairing();
  const sent = [];
  let now = 0;
  let frames = 0;
  const made = { large: 0, small: 0 };
  const note = (pairs) =>
    sent.push(...pairs.map(({ frame, chunk }) => [frame, chunk.master, chunk.number, chunk.type]));
  return {
    subject,
    sent,
    pass: (ms = FRAME) => (now += ms),
    now: () => now,
    asks: () => subject.asks(now),
    backlog: () => subject.backlog(now),
    frame: (isKey = false) => note(subject.frame((frames += 1), isKey, now)),
    chunk: (master, type = "delta") =>
      note(subject.chunk(master, { type, master, number: (made[master] += 1) })),
  };
}

test("nothing is sent before a key frame of the master, and from there on everything", () => {
  const { subject, sent, frame, chunk, asks } = pairing();
  subject.carry("small");
  frame(true);
  assert.equal(asks(), "small");
  chunk("small");
  frame();
  assert.deepEqual(sent, []);
  chunk("small", "key");
  assert.equal(asks(), "");
  frame();
  chunk("small");
  assert.deepEqual(sent, [
    [2, "small", 2, "key"],
    [3, "small", 3, "delta"],
  ]);
});

test("whichever of the two comes first waits for the other", () => {
  const { subject, sent, frame, chunk, backlog } = pairing();
  subject.carry("small");
  frame(true);
  chunk("small", "key");
  chunk("small");
  assert.equal(backlog(), 1);
  frame();
  frame();
  chunk("small");
  assert.deepEqual(
    sent.map(([one, , number]) => [one, number]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  );
  assert.equal(backlog(), 0);
});

test("another master is taken at its key frame, and the one before goes on until then", () => {
  const { subject, sent, frame, chunk, asks } = pairing();
  subject.carry("small");
  frame(true);
  chunk("small", "key");
  subject.carry("large");
  assert.equal(asks(), "large");
  frame();
  chunk("large");
  chunk("small");
  frame();
  chunk("large", "key");
  chunk("small");
  frame();
  chunk("large");
  assert.deepEqual(
    sent.map(([, master, , type]) => `${master} ${type}`),
    ["small key", "small delta", "large key", "large delta"],
  );
});

test("who asks for a key frame gets one of the master that they have", () => {
  const { subject, frame, chunk, asks } = pairing();
  subject.carry("small");
  frame(true);
  chunk("small", "key");
  frame(true);
  assert.equal(asks(), "small");
  chunk("small", "key");
  assert.equal(asks(), "");
});

test("it is paused while nothing comes of its browser, and no master works for it then", () => {
  const { subject, pass, frame, now } = pairing();
  subject.carry("small");
  const isPaused = () => subject.isPaused(now());
  assert.ok(isPaused());
  frame(true);
  assert.ok(!isPaused());
  pass(401);
  assert.ok(isPaused());
});

test("one that its browser pauses holds nobody up, and asks for a key frame when it comes back", () => {
  const { subject, sent, pass, frame, chunk, asks, backlog } = pairing();
  subject.carry("small");
  frame(true);
  chunk("small", "key");
  for (let times = 0; times < 8; times += 1) {
    pass();
    chunk("small");
  }
  assert.equal(backlog(), 0);
  assert.equal(asks(), "");
  frame();
  assert.equal(asks(), "small");
  frame();
  chunk("small");
  assert.equal(sent.length, 1);
  chunk("small", "key");
  assert.equal(sent.at(-1)?.[3], "key");
});

test("whatever is late, paused, lost or changed, a receiver misses nothing between two key frames", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const { subject, sent, pass, frame, chunk, asks } = pairing();
    subject.carry("small");
    for (let turn = 0; turn < 400; turn += 1) {
      pass(random() < 0.02 ? 900 : FRAME);
      if (random() < 0.03) subject.carry(random() < 0.5 ? "small" : "large");
      const acts = [
        ...(random() < 0.93 ? [() => frame(random() < 0.02)] : []),
        ...(random() < 0.93
          ? ["small", "large"].map((one) => () => chunk(one, asks() === one ? "key" : "delta"))
          : []),
      ];
      for (const act of acts.sort(() => random() - 0.5)) act();
    }
    sent.forEach(([one, master, number, type], index) => {
      const before = sent[index - 1];
      if (type === "key") return;
      assert.ok(before, "it begins with a key frame");
      assert.deepEqual([one, master, number], [before[0] + 1, before[1], before[2] + 1], `seed ${seed}`);
    });
    assert.ok(sent.length > 100, `something is sent (${sent.length}, seed ${seed})`);
  }
});
