import assert from "node:assert/strict";
import test from "node:test";
import { Log } from "../../static/js/room/chat/log.js";
import { inOrder, mark } from "../../static/js/room/chat/order.js";

/** Numbers that are the same in every run (Marsaglia, "Xorshift RNGs", 2003). */
function dice(seed) {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const shuffled = (list, roll) => {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i -= 1) {
    const k = roll(i + 1);
    [all[i], all[k]] = [all[k], all[i]];
  }
  return all;
};
const hex = (n) => n.toString(16).padStart(32, "0");
const hear = (log, one) => log.hear(one, { name: one.author, at: 1 });
const ids = (log) => log.entries.map(({ message }) => message.id);

const HIGHEST = Number.MAX_SAFE_INTEGER;

/** Honest people write after what has reached them so far, and Mallory whatever is worst. */
function conversation(roll) {
  const honest = ["alice", "bob", "carol"].map((name) => ({ name, log: new Log(), n: 0, missing: [] }));
  const all = [];
  const honestly = [];
  let mallory = 0;
  let made = 0;
  for (let turn = 0; turn < 40; turn += 1) {
    const who = roll(4);
    let said;
    if (who === 3) {
      mallory += 1;
      const lamport = [1, HIGHEST, HIGHEST - roll(3), 10_000 + roll(30), 1 + roll(50), 20_000 * mallory][
        roll(6)
      ];
      const any = [...all.map(mark), `mallory ${hex(9_000)}`, `mallory ${hex(9_000 + mallory + 1)}`];
      // An id of somebody else's, too, or one that is named by what comes later.
      const id =
        roll(8) === 0 && all.length > 0
          ? all[roll(all.length)].id
          : hex(9_000 + mallory - (roll(8) === 0 ? 1 : 0));
      said = {
        id,
        author: "mallory",
        name: "mallory",
        n: mallory,
        lamport,
        sent_at: 1,
        body: `m${mallory}`,
        ...(roll(2) && { after: any[roll(any.length)] }),
      };
    } else {
      const one = honest[who];
      made += 1;
      said = one.log.write({
        id: hex(made),
        author: one.name,
        name: one.name,
        sentAt: 1,
        body: `${one.name} ${one.n}`,
        after: one.n,
      });
      one.n += 1;
      honestly.push(said);
    }
    all.push(said);
    for (const one of honest) {
      if (one.name !== said.author) one.missing.push(said);
      // What others say comes sooner or later, in the order in which each of them said it.
      while (one.missing.length > 0 && roll(3) > 0) hear(one.log, one.missing.shift());
    }
  }
  for (const one of honest) for (const said of one.missing) hear(one.log, said);
  return { all, honestly, honest };
}

test("everybody ends with the same messages in the same order, whatever somebody claims and whatever came first", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const roll = dice(seed);
    const { all, honest } = conversation(roll);
    const newcomer = new Log();
    for (const one of shuffled(all, roll)) hear(newcomer, one);
    // Of several that bear one name there is one.
    assert.equal(newcomer.entries.length, new Set(all.map(mark)).size);
    for (const { name, log } of honest) assert.deepEqual(ids(log), ids(newcomer), `${name}, ${seed}`);
  }
});

test("what was read last by its author stands before it, and what people write is never pushed away from its end", () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const {
      honestly,
      honest: [{ log }],
    } = conversation(dice(seed));
    const order = log.entries.map(({ message }) => message);
    const of = (name) => order.findIndex((one) => mark(one) === name);
    for (const said of honestly) if (said.after) assert.ok(of(said.after) < of(mark(said)), `${seed}`);
    const mine = log.write({
      id: hex(8_000),
      author: "alice",
      name: "alice",
      sentAt: 1,
      body: "the last word",
      after: 900,
    });
    assert.equal(log.entries.at(-1).message.id, mine.id, `${seed}`);
    assert.ok(mine.lamport < 1_000_000, `${mine.lamport}`);
    // And however she goes on.
    hear(log, {
      id: hex(8_001),
      author: "mallory",
      name: "mallory",
      n: 900,
      lamport: HIGHEST,
      sent_at: 1,
      body: "no, mine",
      after: mark(mine),
    });
    const next = log.write({
      id: hex(8_002),
      author: "alice",
      name: "alice",
      sentAt: 1,
      body: "is it?",
      after: 901,
    });
    assert.equal(log.entries.at(-1).message.id, next.id, `${seed}`);
  }
});

test("without anybody who lies the order is that of the numbers", () => {
  const roll = dice(7);
  const all = Array.from({ length: 200 }, (_, i) => ({
    message: { id: hex(i + 1), author: `a${roll(5)}`, n: i + 1, lamport: 1 + roll(40), body: "" },
  }));
  for (const one of all) {
    const before = all.filter(({ message }) => message.lamport < one.message.lamport);
    if (before.length > 0) one.message.after = mark(before[roll(before.length)].message);
  }
  const numbers = ({ message }) =>
    `${message.lamport}`.padStart(4, "0") + message.author + `${message.n}`.padStart(4, "0");
  assert.deepEqual(inOrder(shuffled(all, roll)).map(numbers), all.map(numbers).sort());
});

test("the highest number is last only until somebody has answered", () => {
  const say = (author, n, lamport, after) => ({
    id: hex(n + author.length * 1_000),
    author,
    name: author,
    n,
    lamport,
    sent_at: 1,
    body: `${author} ${n}`,
    ...(after && { after: mark(after) }),
  });
  const first = say("carol", 1, 5);
  const highest = say("mallory", 1, HIGHEST);
  const answer = say("bob", 1, 10_006, highest);
  const more = say("carol", 2, 10_007, answer);
  for (const all of [
    [first, highest, answer, more],
    [more, answer, highest, first],
    [highest, first, more, answer],
  ]) {
    const log = new Log();
    for (const one of all) hear(log, one);
    assert.deepEqual(
      log.entries.map(({ message }) => message.body),
      ["carol 1", "mallory 1", "bob 1", "carol 2"],
    );
  }
});

test("those who wait for each other, and for themselves, hold up nobody for long", () => {
  const all = Array.from({ length: 1_000 }, (_, i) => ({
    message: {
      id: hex(i),
      author: "mallory",
      n: i + 1,
      lamport: HIGHEST,
      body: "",
      after: `mallory ${hex(i ^ 1)}`,
    },
  }));
  all.push({
    message: {
      id: hex(5_000),
      author: "mallory",
      n: 2_000,
      lamport: 1,
      body: "",
      after: `mallory ${hex(5_000)}`,
    },
  });
  const chain = Array.from({ length: 1_000 }, (_, i) => ({
    message: {
      id: hex(6_000 + i),
      author: "mallory",
      n: 3_000 + i,
      lamport: 2_000 - i,
      body: "",
      after: `mallory ${hex(5_999 + i)}`,
    },
  }));
  const before = performance.now();
  assert.equal(new Set(inOrder([...all, ...chain])).size, 2_001);
  assert.ok(performance.now() - before < 1_000);
});

test("everybody keeps the same of what is too much, whatever came first", () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const roll = dice(seed);
    const all = Array.from({ length: 120 }, (_, i) => {
      const author = ["alice", "bob", "carol", "mallory", "mallory", "mallory"][roll(6)];
      return {
        id: hex(i + 1),
        author,
        name: author,
        n: i + 1,
        lamport: author === "mallory" ? HIGHEST - roll(9) : i + 1,
        sent_at: 1,
        body: `${i}`,
      };
    });
    const [here, there] = [new Log({ most: 50 }), new Log({ most: 50 })];
    for (const one of all) hear(here, one);
    for (const one of shuffled(all, roll)) hear(there, one);
    assert.equal(here.entries.length, 50);
    assert.deepEqual(ids(here), ids(there), `${seed}`);
  }
});

test("whoever leaves and comes back a thousand times takes away nobody's lines", () => {
  const here = new Set(["alice", "carol"]);
  const log = new Log({ isHere: (id) => here.has(id), most: 1_000 });
  let made = 0;
  let time = 0;
  const say = (author, n) =>
    hear(log, {
      id: hex((made += 1)),
      author,
      name: author,
      n,
      lamport: (time += 1),
      sent_at: 1,
      body: `${author} ${n}`,
    });
  for (let n = 1; n <= 250; n += 1) for (const author of ["bob", "carol"]) say(author, n);
  const count = (who) => log.entries.filter(({ message }) => message.author === who).length;
  // Bob has left; Mallory comes and goes, with one line or with many.
  for (let visit = 1; visit <= 1_000; visit += 1) {
    here.add(`mallory${visit}`).delete(`mallory${visit - 1}`);
    say(`mallory${visit}`, 1);
  }
  assert.deepEqual([count("bob"), count("carol")], [250, 250]);
  for (let visit = 1_001; visit <= 1_100; visit += 1) {
    here.add(`mallory${visit}`).delete(`mallory${visit - 1}`);
    for (let n = 1; n <= 60; n += 1) say(`mallory${visit}`, n);
  }
  assert.equal(log.entries.length, 1_000);
  for (const who of ["bob", "carol"]) {
    assert.ok(count(who) >= Math.floor(1_000 / (16 + here.size)), `${who}: ${count(who)}`);
  }
  for (let n = 251; n <= 300; n += 1) say("carol", n);
  assert.ok(count("carol") >= 50);
});

test("rings and copies, however many, cost about what as many honest messages do", () => {
  let looks = 0;
  const one = (author, n, id, after) => {
    const message = {
      id: hex(id),
      author,
      name: author,
      n,
      lamport: 1,
      sent_at: 1,
      body: `${id}`,
      ...(after && { after }),
    };
    return {
      get message() {
        looks += 1;
        return message;
      },
    };
  };
  const cost = (all) => {
    looks = 0;
    assert.equal(new Set(inOrder(all)).size, all.length);
    return looks;
  };
  const many = Array.from({ length: 500 }, (_, i) => i);
  const honest = cost(
    many.flatMap((i) => [one(`a${i}`, 1, 2 * i), one(`b${i}`, 1, 2 * i + 1, `a${i} ${hex(2 * i)}`)]),
  );
  const pairs = many.flatMap((i) => [
    one(`a${i}`, 1, 2 * i, `b${i} ${hex(2 * i + 1)}`),
    one(`b${i}`, 1, 2 * i + 1, `a${i} ${hex(2 * i)}`),
  ]);
  assert.ok(cost(pairs) < 5 * honest, `${looks} instead of ${honest}`);
  const copies = [
    ...many.flatMap((i) => [one("a", 1, 7, `b ${hex(8)}`), one("c", 1, i + 100)]),
    one("b", 1, 8, `a ${hex(7)}`),
  ];
  assert.ok(cost(copies) < 5 * honest, `${looks} instead of ${honest}`);
  // Each name twice, in a ring that goes through all of them.
  const twice = [0, 1].flatMap((copy) =>
    many.map((i) => one("a", copy * 500 + 500 - i, i, `a ${hex((i + 1) % 500)}`)),
  );
  // A long way to a name that many bear who wait for its beginning.
  const way = many.map((i) =>
    one(i % 2 ? "b" : "a", 500 - i, i, i < 499 ? `${i % 2 ? "a" : "b"} ${hex(i + 1)}` : `c ${hex(0)}`),
  );
  const ends = many.map((i) => one("c", i + 1, 0, `a ${hex(0)}`));
  for (const all of [twice, [...way, ...ends]]) {
    assert.ok(cost(all) < 10 * honest, `${looks} instead of ${honest}`);
  }
});

test("a thousand who wait for one, and have one each who waits for them, cost about what as many honest messages do", () => {
  let looks = 0;
  const one = (author, n, lamport, after) => {
    const message = { id: hex(n), author, name: author, n, lamport, sent_at: 1, body: "", after };
    return {
      get message() {
        looks += 1;
        return message;
      },
    };
  };
  const many = Array.from({ length: 1_000 }, (_, i) => i + 1);
  const all = [
    one("mallory", 1, HIGHEST),
    ...many.map((n) => one("ghost", n, n, `mallory ${hex(1)}`)),
    ...many.map((n) => one("other", n, 5_000 + n, `ghost ${hex(n)}`)),
  ];
  assert.equal(inOrder(all).length, all.length);
  assert.ok(looks < 200 * all.length, `${looks} looks`);
});
