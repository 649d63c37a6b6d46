import assert from "node:assert/strict";
import test from "node:test";
import { keyGap, MASTERS, Masters, rate } from "../../../static/js/room/encoder/masters.js";

/** A room in which Bob, Carol and so on see me; `some` says how they differ from whoever has room for everything. */
function room() {
  const subject = new Masters();
  let now = 0;
  const decide = (people, some = {}) => {
    const receivers = Array.from({ length: people - 1 }, (_, index) => ({
      id: `p${index}`,
      canShare: true,
      height: 360,
      bitrate: 500_000,
      available: 2_000_000,
      ...some[`p${index}`],
    }));
    return Object.fromEntries(subject.decide(people, receivers, now));
  };
  return { subject, decide, pass: (ms) => (now += ms), now: () => now };
}

const values = (decided) => [...new Set(Object.values(decided))];

test("from five people on one encoder serves all, and below each has their own", () => {
  const { decide, pass } = room();
  assert.deepEqual(values(decide(4)), [""]);
  assert.deepEqual(values(decide(5)), ["small"]);
  pass(2_000);
  assert.deepEqual(values(decide(4)), ["small"], "somebody may come back in a moment");
  pass(6_000);
  assert.deepEqual(values(decide(4)), [""]);
});

test("all begin with a small picture, and get a larger one when there has been room for it for a while", () => {
  const { decide, pass } = room();
  assert.equal(decide(6).p0, "small");
  pass(2_000);
  assert.equal(decide(6).p0, "small");
  pass(2_000);
  assert.equal(decide(6).p0, "small");
  pass(2_000);
  assert.equal(decide(6).p0, "large");
});

test("room that is there for a moment is no room", () => {
  const { decide, pass } = room();
  const narrow = { p0: { available: 300_000 } };
  decide(6, narrow);
  for (let times = 0; times < 6; times += 1) {
    pass(2_000);
    assert.equal(decide(6, times % 2 ? {} : narrow).p0, "small");
  }
});

test("a line that takes less gets less at once, and nobody else does", () => {
  const { decide, pass } = room();
  decide(6);
  pass(2_000);
  decide(6);
  pass(4_000);
  assert.deepEqual(values(decide(6)), ["large"]);
  const decided = decide(6, {
    p1: { available: 250_000 },
    p2: { available: 90_000 },
    p3: { bitrate: 230_000 },
  });
  assert.deepEqual(decided, { p0: "large", p1: "small", p2: "least", p3: "middle", p4: "large" });
});

test("nobody is sent more lines than they see", () => {
  const { decide, pass } = room();
  const seen = { p0: { height: 180 }, p1: { height: 90 } };
  decide(6, seen);
  pass(2_000);
  decide(6, seen);
  pass(4_000);
  const { p0, p1, p2 } = decide(6, seen);
  assert.deepEqual([p0, p1, p2], ["small", "least", "large"]);
});

test("two who see more lines than any master has keep encoders of their own, and more do not", () => {
  const { decide } = room();
  const large = { height: 540, bitrate: 800_000 };
  const two = decide(6, { p0: large, p1: large });
  assert.deepEqual([two.p0, two.p1, two.p2], ["", "", "small"]);
  assert.deepEqual(values(decide(6, { p0: large, p1: large, p2: large })), ["small"]);
});

test("whose connection cannot carry what another encoder made has their own", () => {
  const { decide } = room();
  const { p0, p1 } = decide(6, { p0: { canShare: false } });
  assert.deepEqual([p0, p1], ["", "small"]);
});

test("whom it does no good has an encoder of their own, for longer each time", () => {
  const { subject, decide, pass, now } = room();
  const master = () => decide(6).p0;
  assert.equal(master(), "small");
  subject.part("p0", now());
  assert.deepEqual([decide(6).p0, decide(6).p1], ["", "small"]);
  pass(59_000);
  assert.equal(master(), "");
  pass(2_000);
  assert.equal(master(), "small");
  subject.part("p0", now());
  pass(119_000);
  assert.equal(master(), "");
  pass(2_000);
  assert.equal(master(), "small");
});

test("in a room of 25 with all kinds of lines nobody is sent more than they have room for, and all that see me are sent something", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const { subject } = room();
    const lines = Array.from({ length: 24 }, () => 150_000 * 333 ** random());
    for (let now = 0; now < 120_000; now += 2_000) {
      const receivers = lines.flatMap((line, index) => {
        if (random() < 0.02) return [];
        const available = line * (0.7 + 0.6 * random());
        const height = [0, 90, 180, 360][Math.floor(random() * 4)];
        return [
          {
            id: `p${index}`,
            canShare: random() > 0.05,
            height,
            bitrate: 120_000 * (1 + random()),
            available,
          },
        ];
      });
      const decided = subject.decide(25, receivers, now);
      for (const { id, canShare, height, bitrate, available } of receivers) {
        const master = MASTERS[decided.get(id)];
        assert.equal(master !== undefined, canShare, "one of them, or an encoder of their own");
        if (!master || height === 0 || decided.get(id) === "least") continue;
        assert.ok(master.height <= height);
        assert.ok(master.bitrate <= bitrate * 1.15 && master.bitrate <= available);
      }
    }
  }
});

test("the more people, the fewer pictures a second, and the rarer key frames", () => {
  assert.deepEqual([5, 8, 12, 25].map(rate), [24, 20, 15, 15]);
  assert.ok(keyGap(5) < keyGap(25) && keyGap(25) <= 1_000);
});
