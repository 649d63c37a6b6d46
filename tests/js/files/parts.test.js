import assert from "node:assert/strict";
import test from "node:test";
import {
  HEAD,
  joined,
  PIECE,
  pieceFrame,
  readFrame,
  textFrame,
} from "../../../static/js/room/files/frames.js";
import { Delays } from "../../../static/js/room/files/delays.js";
import { messages } from "../../../static/js/room/files/messages.js";
import { cleanName, endingOf, parted } from "../../../static/js/lib/file-names.js";
import { LEAST, Pace } from "../../../static/js/room/files/pace.js";
import { Speed } from "../../../static/js/room/files/speed.js";
import { Turns } from "../../../static/js/room/files/turns.js";
import { FakeClock } from "../fakes.js";
import { random } from "./world.js";

// -- frames --------------------------------------------------------------------------------------

test("a piece is read as it was written, whatever its numbers", () => {
  const chance = random(7);
  for (let time = 0; time < 200; time += 1) {
    const [transfer, block] = [Math.floor(chance() * 2 ** 32), Math.floor(chance() * 2 ** 32)];
    const bytes = new Uint8Array(1 + Math.floor(chance() * PIECE)).map(() => chance() * 256);
    const frame = pieceFrame(transfer, block, bytes);
    assert.ok(frame.length <= PIECE + HEAD);
    assert.deepEqual(readFrame(frame.buffer), { kind: "piece", transfer, block, bytes });
  }
  assert.deepEqual([...pieceFrame(1, 258, new Uint8Array([9]))], [0, 0, 0, 1, 0, 0, 1, 2, 9], "big endian");
});

test("what is said of a block and of the end is read as it was written, and nothing else is", () => {
  const hash = "0f".repeat(32);
  assert.deepEqual(readFrame(textFrame({ transfer: 1, block: 2, hash })), {
    kind: "block",
    transfer: 1,
    block: 2,
    hash,
  });
  assert.deepEqual(readFrame(textFrame({ transfer: 1, blocks: 2, hash })), {
    kind: "end",
    transfer: 1,
    blocks: 2,
    hash,
  });
  for (const wrong of [
    { transfer: 1, hash },
    { transfer: 1, block: 1, blocks: 1, hash },
    { transfer: -1, block: 1, hash },
    { transfer: "1", block: 1, hash },
    { transfer: 1, block: 2 ** 32, hash },
    { transfer: 1, block: 1, hash: hash.toUpperCase() },
    { transfer: 1, block: 1, hash: hash.slice(1) },
    { transfer: 1, block: 1, hash: [hash] },
    [],
    7,
    null,
  ]) {
    assert.equal(readFrame(JSON.stringify(wrong)), null, JSON.stringify(wrong));
  }
  for (const wrong of [
    "",
    "{",
    `{"transfer":1,"block":1,"hash":"${hash}"${" ".repeat(300)}}`,
    undefined,
    null,
    5,
    {},
  ]) {
    assert.equal(readFrame(wrong), null);
  }
});

test("hashes one after the other are their bytes", () => {
  assert.deepEqual([...joined(["00".repeat(31) + "ff", "01".repeat(32)])].slice(30, 34), [0, 255, 1, 1]);
});

test("messages are understood as far as they are whole; a reason that is not known is one", () => {
  const { read } = messages["file-refused"];
  assert.deepEqual(read({ transfer: 1, reason: "busy" }), {
    type: "file-refused",
    transfer: 1,
    reason: "busy",
  });
  assert.deepEqual(read({ transfer: 1, reason: "whatever" }), {
    type: "file-refused",
    transfer: 1,
    reason: "gone",
  });
  assert.equal(read({ reason: "busy" }), null);
  assert.equal(messages["file-ack"].read({ transfer: 1, blocks: 1e99 }), null);
  assert.equal(messages["file-ping"].read({ n: {} }), null);
  assert.equal(messages["file-request"].read({ file: "../x", transfer: 1, from: 0 }), null);
});

// -- names ---------------------------------------------------------------------------------------

for (const [name, clean] of [
  ["letter.pdf", "letter.pdf"],
  ["Überfahrt 2027 – Plan.ods", "Überfahrt 2027 – Plan.ods"],
  ["/etc/passwd", "passwd"],
  ["..\\..\\Windows\\run.exe", "run.exe"],
  ["../../", ".."],
  ["invoice\u202Efdp.exe", "invoicefdp.exe"],
  ["invoice\u2066\u2069.pdf\u200B.exe", "invoice.pdf.exe"],
  ["letter.pdf            .exe", "letter.pdf.exe"],
  ["letter.pdf\u3000\u3164\u2003.exe", "letter.pdf.exe"],
  ["a\0b\nc\td.txt", "ab c d.txt"],
  ["CON.txt", "_CON.txt"],
  ["con", "_con"],
  ["console.txt", "console.txt"],
  ['a:b*c?"d<e>f|g.txt', "a_b_c__d_e_f_g.txt"],
  [".bashrc", "bashrc"],
  ["trailing.txt. . .", "trailing.txt"],
  ["", "file"],
  ["\u200B\u3164", "file"],
  ["e\u0301.txt", "é.txt"],
]) {
  test(`a file called ${JSON.stringify(name)} is shown and saved as ${JSON.stringify(clean)}`, () => {
    assert.equal(cleanName(name), clean === ".." ? "file" : clean);
  });
}

test("of a name of 10,000 characters 120 are left, with the ending that it has", () => {
  const long = cleanName(`${"x".repeat(10_000)}.pdf.exe`);
  assert.equal([...long].length, 120);
  assert.ok(long.endsWith("x.exe"), "the last one");
  assert.equal([...cleanName(`${"😀".repeat(500)}.png`)].length, 120);
  assert.equal([...cleanName(`a.${"b".repeat(500)}`)].length, 120);
});

test("a clean name stays as it is, whatever it was made of", () => {
  const chance = random(3);
  const parts = [
    "a",
    ".",
    " ",
    "/",
    "\\",
    "\u202E",
    "\u0301",
    "é",
    "😀",
    "\0",
    "exe",
    ":",
    "CON",
    "\u3164",
    "\uD800",
    "\u00A0",
  ];
  for (let time = 0; time < 3_000; time += 1) {
    const name = Array.from(
      { length: 1 + chance() * 12 },
      () => parts[Math.floor(chance() * parts.length)],
    ).join("");
    const clean = cleanName(name);
    assert.equal(cleanName(clean), clean, JSON.stringify(name));
    assert.match(clean, /^[^/\\:*?"<>|\0-\x1F\u202A-\u202E\u2066-\u2069]{1,120}$/u, JSON.stringify(name));
    assert.ok(!clean.startsWith(".") && !clean.endsWith(".") && clean.trim() === clean, JSON.stringify(name));
  }
});

test("the ending is what follows the last dot, and is kept apart from what may be shortened", () => {
  assert.equal(endingOf("letter.pdf.exe"), ".exe");
  assert.equal(endingOf("README"), "");
  assert.equal(endingOf("Dr. No said so"), "");
  assert.deepEqual(parted("timetable.tar.gz"), { stem: "timetable.tar", ending: ".gz" });
});

// -- turns ---------------------------------------------------------------------------------------

test("who has the least comes next, and of these the longest waiting", () => {
  const turns = new Turns();
  const ask = (to, transfer) => turns.ask({ to, transfer });
  assert.deepEqual([ask("bob", 1), ask("bob", 2), ask("bob", 3)], ["now", "now", "later"]);
  assert.deepEqual([ask("carol", 1), ask("carol", 2), ask("dave", 1)], ["now", "now", "later"]);
  assert.deepEqual(
    turns.end(({ to, transfer }) => to === "bob" && transfer === 1),
    [{ to: "dave", transfer: 1 }],
  );
  assert.deepEqual(
    turns.end(({ to }) => to === "carol"),
    [{ to: "bob", transfer: 3 }],
  );
});

test("however they come and go, four are served at most, two of one, and nobody waits without need", () => {
  const chance = random(11);
  const turns = new Turns();
  for (let time = 0; time < 2_000; time += 1) {
    const luck = chance();
    if (luck < 0.6) turns.ask({ to: `p${Math.floor(chance() * 4)}`, transfer: time });
    else if (luck < 0.7 && turns.served.length > 0) {
      const [one] = turns.served;
      const begun = turns.giveWay(one);
      assert.ok(turns.served.includes(one) === begun.includes(one) && begun.length === 1);
    } else {
      const all = [...turns.served, ...turns.waiting];
      const one = all[Math.floor(chance() * all.length)];
      turns.end((other) => other === one);
    }
    const counts = new Map();
    for (const { to } of turns.served) counts.set(to, (counts.get(to) ?? 0) + 1);
    assert.ok(turns.served.length <= 4 && Math.max(0, ...counts.values()) <= 2);
    const isIdle = turns.served.length < 4 && turns.waiting.some(({ to }) => (counts.get(to) ?? 0) < 2);
    assert.ok(!isIdle);
  }
});

// -- pace ----------------------------------------------------------------------------------------

/**
 * A line that carries so much, and keeps what is more in a queue in which everything waits. `busy`: how long the page of either
 * is busy with other things when an answer comes (milliseconds).
 */
function line({ capacity, left, isLossy = () => false, seconds = 60, delay = 20, busy = () => 0 }) {
  const clock = new FakeClock();
  const pace = new Pace({ clock, left: () => ({ rate: left, isLossy: isLossy() }) });
  let [queue, carried, count] = [0, 0, 0];
  const waits = [];
  for (let at = 0; at < seconds * 1000; at += 10) {
    clock.pass(10);
    while (queue < capacity * 4 && pace.take(16_392)) queue += 16_392;
    const gone = Math.min(queue, capacity / 100);
    queue -= gone;
    carried += gone;
    if (at % 100 > 0) continue;
    const wait = (queue / capacity) * 1000;
    waits.push(wait);
    const n = (count += 1);
    pace.asked(n);
    clock.after(delay + wait + busy(), () => pace.answered(n));
  }
  return { pace, rate: carried / seconds, waits };
}

/** What nine of ten are no longer than, once it is settled. */
function most(waits) {
  const sorted = waits.slice(50).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.9)];
}

test("it finds what the line carries, and keeps the queue short", () => {
  for (const capacity of [100_000, 1_000_000, 20_000_000]) {
    const { rate, waits } = line({ capacity, left: 50_000 });
    assert.ok(rate > capacity * 0.8, `${rate} of ${capacity}`);
    assert.ok(most(waits) < 300, `${most(waits)} ms`);
  }
});

test("whoever is far away is no queue, and what goes there makes no long one", () => {
  for (const [delay, longest] of [
    [150, 500],
    [300, 900],
  ]) {
    const { rate, waits } = line({ capacity: 1_000_000, left: 50_000, delay });
    assert.ok(rate > 600_000, `${rate} at ${delay} ms`);
    assert.ok(most(waits) < longest, `${most(waits)} at ${delay} ms`);
  }
});

test("a page that has a lot to do takes half of what the line carries all the same", () => {
  const chance = random(13);
  const { rate } = line({ capacity: 9_000_000, left: 100_000, busy: () => chance() * 150 });
  assert.ok(rate > 4_500_000, `${rate}`);
});

test("what comes while this page was busy did not take so long", () => {
  const clock = new FakeClock();
  const delays = new Delays(clock.now);
  let n = 0;
  const ask = () => {
    n += 1;
    delays.asked(n);
    return n;
  };
  for (let time = 0; time < 5; time += 1) {
    const one = ask();
    clock.pass(20);
    delays.answered(one);
    clock.pass(80);
  }
  // The next is due after 100 ms, and it is 250 ms until the page does anything.
  const one = ask();
  clock.pass(250);
  delays.answered(one);
  assert.deepEqual(delays.late(2, 80), [0, 80]);
  // A timer that is late by a second, as in a page that is not seen, hides no queue.
  const other = ask();
  clock.pass(1_100);
  delays.answered(other);
  assert.ok(delays.late(1, 80)[0] > 800);
});

test("on a line that has nothing left it goes at ten kilobytes a second, and no slower", () => {
  const { pace, rate } = line({ capacity: 40_000, left: 0, isLossy: () => true });
  assert.equal(pace.rate, LEAST);
  assert.ok(rate >= LEAST * 0.95, `${rate}`);
});

test("what the line has left it takes in any case", () => {
  const { pace } = line({ capacity: 1_000_000, left: 200_000, isLossy: () => true });
  assert.equal(pace.rate, 200_000);
});

/** Answers that take so long, for so many seconds, while it sends what it may, or nothing. */
function goOn(pace, clock, { seconds, delay, isUsed = true }) {
  for (let at = 0; at < seconds * 1_000; at += 100) {
    const n = clock.now();
    pace.asked(n);
    clock.after(delay, () => pace.answered(n));
    for (let part = 0; part < 10; part += 1) {
      clock.pass(10);
      while (isUsed && pace.take(16_392));
    }
  }
}

test("it does not grow on what it does not use", () => {
  const clock = new FakeClock();
  const pace = new Pace({ clock, left: () => ({ rate: 50_000, isLossy: false }) });
  goOn(pace, clock, { seconds: 20, delay: 10, isUsed: false });
  assert.equal(pace.rate, 50_000);
});

test("a page that was late for a moment, since it had other things to do, is no line that is full for long", () => {
  const clock = new FakeClock();
  const pace = new Pace({ clock, left: () => ({ rate: 100_000, isLossy: false }) });
  goOn(pace, clock, { seconds: 1.6, delay: 10 });
  assert.ok(pace.rate > 2_000_000, `${pace.rate}`);
  goOn(pace, clock, { seconds: 1, delay: 190 });
  const before = pace.rate;
  assert.ok(before < 1_500_000, `${before}`);
  goOn(pace, clock, { seconds: 6, delay: 10 });
  assert.ok(pace.rate > 8_000_000, `${pace.rate}`);
});

test("answers that do not come slow it down, and where none ever came it goes no faster", () => {
  const clock = new FakeClock();
  const pace = new Pace({ clock, left: () => ({ rate: 100_000, isLossy: false }) });
  goOn(pace, clock, { seconds: 2, delay: 10 });
  assert.ok(pace.rate > 1_000_000, `${pace.rate}`);
  goOn(pace, clock, { seconds: 4, delay: 1e9 });
  assert.ok(pace.rate < 300_000, `${pace.rate}`);

  const unheard = new Pace({ clock, left: () => ({ rate: 100_000, isLossy: false }) });
  goOn(unheard, clock, { seconds: 10, delay: 1e9 });
  assert.equal(unheard.rate, 100_000);
});

// -- time left -----------------------------------------------------------------------------------

test("time left is said once it is known, goes by the last seconds, and begins anew after a loss", () => {
  const speed = new Speed();
  const size = 100_000;
  speed.note(0, 0);
  assert.equal(speed.left(size, 500), null);
  for (let at = 250; at <= 10_000; at += 250) speed.note(at, at);
  assert.equal(speed.left(size, 10_000), 90);
  for (let at = 10_250; at <= 16_000; at += 250) speed.note(10_000 + (at - 10_000) * 10, at);
  assert.ok(Math.abs(speed.left(size, 16_000) - (size - 70_000) / 10_000) < 0.5);
  assert.ok(speed.left(size, 60_000) > 20, "what stands still takes longer and longer");
  speed.note(20_000, 16_500);
  assert.equal(speed.left(size, 16_600), null);
});
