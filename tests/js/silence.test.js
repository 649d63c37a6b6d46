import assert from "node:assert/strict";
import test from "node:test";
import { Silence } from "../../static/js/room/rtc/silence.js";
import { FakeClock } from "./fakes.js";

const STEP = 50;

/**
 * Links by which so many packets come a second; `slow` is how late this device is. What it finds is told with the time.
 *
 * @param {Record<string, number>} rates
 */
function room(rates) {
  const clock = new FakeClock();
  const packets = Object.fromEntries(Object.keys(rates).map((id) => [id, 0]));
  const told = [];
  const reads = { count: 0, takes: 0 };
  const read = (id) => async () => {
    reads.count += 1;
    const found = Math.floor(packets[id]);
    if (reads.takes) await new Promise((resolve) => clock.after(reads.takes, resolve));
    return found;
  };
  const says = {};
  const links = () =>
    new Map(Object.keys(rates).map((id) => [id, { packets: read(id), said: says[id] ?? "" }]));
  const subject = new Silence({ clock, connections: links });
  subject.on("doubt", () => told.push(["doubt", clock.now()]));
  subject.on("silence", () => told.push(["silence", clock.now()]));
  subject.start();
  const pass = async (ms) => {
    for (let at = 0; at < ms; at += STEP) {
      for (const id of Object.keys(rates)) packets[id] = (packets[id] ?? 0) + (rates[id] * STEP) / 1_000;
      clock.pass(STEP);
      for (let i = 0; i < 12; i += 1) await Promise.resolve();
    }
  };
  return { clock, rates, says, told, reads, pass, subject };
}

const still = (rates) => Object.keys(rates).forEach((id) => (rates[id] = 0));

test("where it becomes still on all connections at once, the server is asked within a second and a half, and a path looked for within two and a half", async () => {
  for (const since of [0, 150, 300, 450]) {
    const { clock, rates, told, pass } = room({ bob: 50, carol: 75, dave: 0 });
    await pass(3_000 + since);
    still(rates);
    const start = clock.now();
    await pass(20_000);
    assert.deepEqual(
      told.map(([what]) => what),
      ["doubt", "silence"],
      "once each",
    );
    assert.ok(told[0][1] - start <= 1_500, `${told[0][1] - start}`);
    assert.ok(told[1][1] - start <= 2_250, `${told[1][1] - start}`);
  }
});

test("while anything comes by another link, it is not my line", async () => {
  const { rates, told, pass } = room({ bob: 50, carol: 2, dave: 50 });
  await pass(3_000);
  rates.bob = 0;
  await pass(30_000);
  rates.bob = 50;
  await pass(3_000);
  rates.dave = 0;
  rates.bob = 0;
  await pass(30_000);
  assert.deepEqual(told, [], "Carol sends little, and that little came");
});

test("where nobody sends, nothing is missed, and somebody who turns a little off and on is not either", async () => {
  const quiet = room({ bob: 0, carol: 0 });
  await quiet.pass(60_000);
  assert.deepEqual(quiet.told, []);
  const one = room({ bob: 50 });
  for (let i = 0; i < 20; i += 1) {
    one.rates.bob = 50;
    await one.pass(3_000);
    one.rates.bob = 0;
    await one.pass(400);
  }
  assert.deepEqual(one.told, []);
});

test("lines that lose nine packets of ten are not still", async () => {
  const { rates, told, pass } = room({ bob: 50 });
  await pass(3_000);
  rates.bob = 5;
  await pass(30_000);
  assert.deepEqual(told, []);
});

test("a line that comes and goes every few seconds is left to itself between two looks", async () => {
  const { rates, told, pass } = room({ bob: 50, carol: 50 });
  for (let i = 0; i < 20; i += 1) {
    rates.bob = rates.carol = 50;
    await pass(2_000);
    still(rates);
    await pass(2_000);
  }
  const silences = told.filter(([what]) => what === "silence");
  assert.ok(silences.length >= 4 && silences.length <= 8, `${silences.length} in 80 s`);
});

test("whoever turns off what they sent is not missed", async () => {
  const { rates, says, told, pass } = room({ bob: 50 });
  for (let i = 0; i < 5; i += 1) {
    says.bob = "camera";
    rates.bob = 50;
    await pass(15_000);
    rates.bob = 0;
    await pass(200);
    says.bob = "";
    await pass(15_000);
  }
  assert.deepEqual(told, []);
  // Whoever is muted sends silence, and that can break off.
  rates.bob = 50;
  await pass(3_000);
  rates.bob = 0;
  await pass(3_000);
  assert.equal(told.length, 2);
});

test("a device that is late itself blames no line", async () => {
  const { rates, told, reads, pass } = room({ bob: 50 });
  await pass(3_000);
  reads.takes = 300;
  still(rates);
  await pass(30_000);
  assert.deepEqual(told, []);
});

test("of eleven connections one is asked, twice a second, as long as something comes", async () => {
  const { reads, pass } = room(Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`p${i}`, 50])));
  await pass(60_000);
  assert.ok(reads.count <= 122, `${reads.count}`);
});
