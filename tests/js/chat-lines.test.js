import assert from "node:assert/strict";
import test from "node:test";
import { Lines } from "../../static/js/room/chat/lines.js";
import { Log } from "../../static/js/room/chat/log.js";
import { isChatMessage } from "../../static/js/room/chat/message.js";
import { Order, inOrder, mark } from "../../static/js/room/chat/order.js";

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

let ids = 0;
const hex = (n) => n.toString(16).padStart(32, "0");
const event = (author, n, lamport, more = {}) => ({
  id: hex((ids += 1)),
  author,
  name: author,
  n,
  lamport,
  sent_at: 1,
  ...(more.kind ? {} : { body: `${author} ${n}` }),
  ...more,
});
const edit = (author, n, lamport, message, body) =>
  event(author, n, lamport, { kind: "edit", of: mark(message), body });
const deletion = (author, n, lamport, message) =>
  event(author, n, lamport, { kind: "deletion", of: mark(message) });
const reaction = (author, n, lamport, message, body, on = true) =>
  event(author, n, lamport, { kind: "reaction", of: mark(message), body, on });

const DELIVERED = { state: "", lacking: [] };
const reader = (more = {}) => ({
  conversation: "",
  me: "alice",
  isMine: (author) => author === "alice",
  delivery: () => DELIVERED,
  ...more,
});
const hear = (log, one) => {
  assert.ok(isChatMessage(one), JSON.stringify(one));
  return log.hear(one, { name: one.author, at: one.lamport });
};
const tell = (log, one, id, hearsay = false) =>
  log.tell(one, { id, name: id, hearsay }, { name: one.author, at: one.lamport });
/** What is read after all this was heard of its authors. */
const read = (all, who = reader()) => {
  const log = new Log();
  for (const one of all) hear(log, one);
  return new Lines().read(log.entries, who);
};

test("an edited message reads as its author wrote it last, and the words before stay with it", () => {
  const said = event("bob", 1, 1, { body: "at noon" });
  const [line, ...rest] = read([said, edit("bob", 2, 2, said, "at one"), edit("bob", 3, 3, said, "at two")]);
  assert.deepEqual(rest, []);
  assert.deepEqual([line.body, line.editedAt, line.isDeleted], ["at two", 3, false]);
  assert.deepEqual(line.earlier, [
    { body: "at noon", at: 1 },
    { body: "at one", at: 2 },
  ]);
});

test("a file is called by a name that hides nothing, wherever it is told of", () => {
  const named = (/** @type {string} */ name) =>
    read([event("bob", 1, 1, { body: "", file: { id: "f", name, size: 1, type: "" } })])[0].file.name;
  assert.equal(named("invoice\u202Efdp.exe"), "invoicefdp.exe");
  assert.equal(named(`letter.pdf${"\u3164".repeat(40)}.exe`), "letter.pdf.exe");
  assert.equal(named("../../.ssh/config\nAlice wrote: yes"), "config Alice wrote_ yes");
  assert.ok(named(`${"a".repeat(250)}.exe`).length <= 120);
});

test("a message that its author deletes has no words any more, whatever comes after", () => {
  const said = event("bob", 1, 1, { body: "a secret" });
  const [line] = read([
    said,
    edit("bob", 2, 2, said, "another secret"),
    reaction("carol", 1, 3, said, "👍"),
    deletion("bob", 3, 4, said),
    edit("bob", 4, 5, said, "a third secret"),
  ]);
  assert.equal(line.isDeleted, true);
  assert.equal(JSON.stringify(line).includes("secret"), false);
  assert.deepEqual([line.reactions, line.editedAt, line.canChange], [[], null, false]);
});

test("nobody edits or deletes what is not theirs", () => {
  const said = event("bob", 1, 1);
  const all = [said, edit("mallory", 1, 2, said, "altered"), deletion("mallory", 2, 3, said)];
  const [line] = read(all);
  assert.deepEqual([line.body, line.earlier, line.isDeleted], ["bob 1", [], false]);
});

test("what changes nothing that is here changes nothing", () => {
  const nowhere = { author: "bob", id: hex(999_999) };
  const said = event("bob", 1, 1);
  const lines = read([
    said,
    edit("bob", 2, 2, nowhere, "altered"),
    deletion("bob", 3, 3, nowhere),
    reaction("bob", 4, 4, nowhere, "👍"),
    event("bob", 5, 5, { kind: "a-later-one", body: "who knows" }),
  ]);
  assert.deepEqual(
    lines.map(({ body }) => body),
    ["bob 1"],
  );
});

test("of one person and one emoji the last counts, and who gave it is named", () => {
  const said = event("alice", 1, 1);
  const [line] = read([
    said,
    reaction("bob", 1, 2, said, "👍"),
    reaction("carol", 1, 3, said, "❤️"),
    reaction("carol", 2, 4, said, "👍"),
    // The same heart, as some keyboards write it.
    reaction("alice", 2, 5, said, "❤"),
    reaction("bob", 2, 6, said, "👍"),
    reaction("bob", 3, 7, said, "🎉"),
    reaction("bob", 4, 8, said, "🎉", false),
  ]);
  assert.deepEqual(
    line.reactions.map(({ reaction, count, isMine, people }) => [
      reaction,
      count,
      isMine,
      people.map(({ name }) => name),
    ]),
    [
      ["👍", 2, false, ["bob", "carol"]],
      ["❤️", 2, true, ["carol", "alice"]],
    ],
  );
});

test("what I reacted with under an id that I had before is not mine to take back", () => {
  const said = event("bob", 1, 1);
  const given = [said, reaction("alice", 1, 2, said, "👍")];
  const who = reader({ isMine: (author) => author.startsWith("alice"), me: "alice-again" });
  const [before] = read(given, who);
  assert.deepEqual([before.reactions[0].count, before.reactions[0].isMine], [1, false]);
  const [after] = read([...given, reaction("alice-again", 1, 3, said, "👍")], who);
  assert.deepEqual([after.reactions[0].count, after.reactions[0].isMine], [2, true]);
});

test("only one emoji is a reaction, and of too many different ones those are shown that most have given", () => {
  const said = event("alice", 1, 1);
  let n = 0;
  const words = ["ok", "👍👍", "<b>", "a", "1", " ", "", "\u202E", "👍 "];
  const refused = words.map((body) => reaction("mallory", (n += 1), 1 + n, said, body));
  const many = Array.from({ length: 40 }, (_, i) =>
    reaction("mallory", (n += 1), 1 + n, said, String.fromCodePoint(0x1f600 + i)),
  );
  const [line] = read([
    said,
    ...refused,
    ...many,
    reaction("bob", 1, 1 + n, said, "🎉"),
    reaction("carol", 1, 2 + n, said, "🎉"),
  ]);
  assert.equal(line.reactions.length, 12);
  assert.ok(line.reactions.some(({ reaction, count }) => reaction === "🎉" && count === 2));
  const whole = ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇫🇮", "1️⃣"];
  // With a word written into it that nobody sees.
  const hidden = "👍\u{E0062}\u{E0061}\u{E0064}\u{E007F}";
  const [other] = read([
    said,
    ...[...whole, hidden].map((body, i) => reaction("bob", i + 1, 1 + i, said, body)),
  ]);
  assert.deepEqual(other.reactions.map(({ reaction }) => reaction).sort(), whole.toSorted());
});

test("an answer shows what it answers, as that reads now, and nothing where it is not here", () => {
  const said = event("bob", 1, 1, { body: `${"long ".repeat(60)}\nend` });
  const answer = event("carol", 1, 2, { reply_to: mark(said) });
  const lost = event("carol", 2, 3, { reply_to: `bob ${hex(999_998)}` });
  const [line, first, second] = read([said, answer, lost]);
  assert.equal(line.reply, null);
  assert.deepEqual([first.reply.id, first.reply.name], ["bob 1", "bob"]);
  assert.ok(first.reply.excerpt.startsWith("long long") && first.reply.excerpt.length <= 121);
  assert.deepEqual(second.reply, { id: "", name: "", excerpt: "" });
  const [, edited] = read([said, answer, edit("bob", 2, 4, said, "short")]);
  assert.equal(edited.reply.excerpt, "short");
  const [, taken] = read([said, answer, deletion("bob", 2, 4, said)]);
  assert.equal(taken.reply.excerpt, "");
});

test("answers that answer each other, and themselves, are read all the same", () => {
  const [one, other, self] = [hex(900_001), hex(900_002), hex(900_003)];
  const lines = read([
    event("bob", 1, 1, { id: one, reply_to: `carol ${other}` }),
    event("carol", 1, 2, { id: other, reply_to: `bob ${one}` }),
    event("bob", 2, 3, { id: self, reply_to: `bob ${self}` }),
  ]);
  assert.deepEqual(
    lines.map(({ reply }) => reply.id),
    ["carol 1", "bob 1", "bob 2"],
  );
});

test("what a third tells changes what the same one told, and never what the author said to me", () => {
  const log = new Log();
  const said = event("gone", 1, 1, { body: "said to me" });
  hear(log, said);
  tell(log, edit("gone", 2, 2, said, "altered"), "mallory");
  tell(log, deletion("gone", 3, 3, said), "mallory");
  const told = event("absent", 1, 4, { body: "told by Bob" });
  tell(log, told, "bob");
  tell(log, edit("absent", 2, 5, told, "altered by Mallory"), "mallory");
  const bodies = () => new Lines().read(log.entries, reader()).map(({ body }) => body);
  assert.deepEqual(bodies(), ["said to me", "told by Bob"]);
  tell(log, edit("absent", 3, 6, told, "edited, as Bob tells"), "bob");
  assert.deepEqual(bodies(), ["said to me", "edited, as Bob tells"]);
  // Whoever says both, though others had told each of them before, has said it too.
  const lines = new Lines();
  assert.equal(lines.read(log.entries, reader())[1].body, "edited, as Bob tells");
  const later = edit("absent", 4, 7, told, "edited, as two tell");
  tell(log, later, "carol");
  assert.equal(lines.read(log.entries, reader())[1].body, "edited, as Bob tells");
  tell(log, told, "carol");
  assert.equal(lines.read(log.entries, reader())[1].body, "edited, as two tell");
});

test("a reaction that a third tells of says by whom, and gives way to the author's own word", () => {
  const log = new Log();
  const said = event("alice", 1, 1);
  log.become("alice");
  log.restore(said);
  tell(log, reaction("gone", 1, 2, said, "👍"), "bob");
  const [line] = new Lines().read(log.entries, reader());
  assert.deepEqual(line.reactions[0].people, [{ name: "gone", told_by: "bob" }]);
  hear(log, reaction("gone", 2, 3, said, "👍", false));
  tell(log, reaction("gone", 3, 4, said, "👍"), "bob");
  assert.deepEqual(new Lines().read(log.entries, reader())[0].reactions, []);
});

test("one who tells of a thousand reactions is believed about as many as may be in a room", () => {
  const log = new Log();
  const question = event("bob", 1, 1);
  hear(log, question);
  hear(log, reaction("dave", 1, 2, question, "👍"));
  for (let i = 0; i < 1_000; i += 1) tell(log, reaction(`ghost${i}`, 1, 3, question, "👍"), "mallory", true);
  tell(log, reaction("erin", 1, 3, question, "👍"), "carol");
  const [{ reactions }] = new Lines().read(log.entries, reader());
  assert.equal(reactions[0].count, 27);
  assert.ok(["dave", "erin"].every((name) => reactions[0].people.some((one) => one.name === name)));
});

test("a thousand reactions of one cost nobody else a line, nor anybody their reaction", () => {
  const log = new Log({ most: 1_000 });
  const said = event("bob", 1, 1);
  hear(log, said);
  for (let n = 1; n <= 300; n += 1) hear(log, event("carol", n, 1 + n));
  hear(log, reaction("bob", 2, 400, said, "👍"));
  for (let n = 1; n <= 2_000; n += 1) hear(log, reaction("mallory", n, 500 + n, said, "👎", n % 2 === 1));
  const lines = new Lines().read(log.entries, reader());
  assert.equal(lines.length, 301);
  assert.deepEqual(
    lines[0].reactions.map(({ reaction, count }) => [reaction, count]),
    [["👍", 1]],
  );
  assert.ok(log.by("mallory").length < 700);
});

/** Honest and other events of four authors about each other's messages. */
function uproar(roll) {
  const authors = ["bob", "carol", "mallory", "gone"];
  const counts = new Map();
  const messages = [];
  return Array.from({ length: 60 }, (_, i) => {
    const author = authors[roll(4)];
    const n = (counts.get(author) ?? 0) + 1;
    counts.set(author, n);
    const lamport = author === "mallory" ? 1 + roll(80) : i + 1;
    const target = messages[roll(messages.length || 1)] ?? { author: "bob", id: hex(999_997) };
    const one = [
      () => event(author, n, lamport, roll(2) ? { reply_to: mark(target) } : {}),
      () => event(author, n, lamport, { after: mark(target) }),
      () => edit(author, n, lamport, target, `edited ${i}`),
      () => deletion(author, n, lamport, target),
      () => reaction(author, n, lamport, target, ["👍", "🎉"][roll(2)], roll(3) > 0),
    ][roll(5)]();
    if (!one.kind) messages.push(one);
    return one;
  });
}

test("whatever order things come in, the lines are the same", () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    const all = uproar(roll);
    const lines = read(all);
    assert.deepEqual(read(shuffled(all, roll)), lines, `${seed}`);
    // Nobody has changed anybody else's words.
    for (const line of lines) {
      const own = all.filter(({ author }) => author === line.author).map(({ body }) => body);
      for (const words of [line.body, ...line.earlier.map(({ body }) => body)]) {
        assert.ok(words === "" || own.includes(words), `${line.author}: ${words}`);
      }
      if (line.isDeleted) {
        assert.ok(all.some((one) => one.kind === "deletion" && one.author === line.author));
      }
    }
  }
});

test("whoever reads again gets the same objects but for what has changed, and the same as whoever reads for the first time", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const roll = dice(seed);
    const log = new Log();
    const lines = new Lines();
    let before = [];
    const said = new Map();
    for (const one of uproar(roll)) {
      const isOwn = roll(3) > 0;
      if (!one.kind) said.set(`${one.author} ${one.n}`, mark(one));
      if (isOwn) hear(log, one);
      else tell(log, one, ["dave", "erin"][roll(2)], roll(2) === 0);
      const now = lines.read(log.entries, reader());
      assert.deepEqual(now, new Lines().read(log.entries, reader()));
      for (const line of now) {
        const same = before.find((other) => other.id === line.id);
        if (isOwn && same !== line && said.get(line.id) !== one.of) assert.notDeepEqual(same, line);
      }
      before = now;
    }
  }
});

test("what is kept stands in its order as it comes and goes, whatever liars name", () => {
  for (let seed = 1; seed <= 80; seed += 1) {
    const roll = dice(seed);
    const order = new Order();
    const kept = new Set();
    for (let step = 0; step < 60; step += 1) {
      const some = [...kept];
      const any = some[roll(some.length || 1)];
      if (any && roll(4) === 0) {
        order.delete(any);
        kept.delete(any);
      } else {
        const after = any && roll(2) ? { after: mark(any.message) } : {};
        const id = any && roll(12) === 0 ? any.message.id : hex(roll(40) + 1);
        const lamport = roll(3) ? step + 1 : roll(60) + 1;
        const one = { message: event(["bob", "carol"][roll(2)], step + 1, lamport, { id, ...after }) };
        order.add(one);
        kept.add(one);
      }
      if (roll(2)) assert.deepEqual(order.list, inOrder(kept), `${seed}`);
    }
    assert.deepEqual(order.list, inOrder(kept), `${seed}`);
  }
});

test("a name that is given twice, or that its own bearer waits for, is put in order like all others", () => {
  const x = hex(800_000);
  const say = (n, lamport, more) => ({ message: event("bob", n, lamport, more) });
  const sets = [
    // The second waits for the name of the third, which is later by its number until the fourth has it, too.
    [say(11, 5, { after: `bob ${x}` }), say(20, 9, { id: x }), say(5, 1, { id: x })],
    [say(11, 5, { id: x, after: `bob ${x}` }), say(5, 1, { id: x }), say(12, 7)],
  ];
  for (const all of sets) {
    for (const some of [all, all.toReversed()]) {
      const order = new Order();
      const kept = [];
      for (const one of some) {
        order.add(one);
        kept.push(one);
        assert.deepEqual(order.list, inOrder(kept));
      }
    }
  }
});

test("with five thousand events of four people, one more is read at once", () => {
  const authors = ["alice", "bob", "carol", "dave"];
  const log = new Log();
  const said = [];
  for (let i = 1; i <= 5_000; i += 1) {
    const author = authors[i % 4];
    const target = said.at(-1 - (i % 37)) ?? said.at(-1);
    const what = [
      { kind: "reaction", of: target && mark(target), body: "👍", on: true },
      { reply_to: target && mark(target), body: `@Alice, number ${i}` },
    ][i % 10] ?? { body: `what people write is about as long as this, number ${i}` };
    const one = event(author, Math.ceil(i / 4), i, target ? what : {});
    if (!one.kind) said.push(one);
    if (author === "alice") log.restore(one);
    else hear(log, one);
  }
  const lines = new Lines();
  lines.read(log.entries, reader());
  const costs = Array.from({ length: 9 }, (_, i) => {
    const since = process.cpuUsage();
    hear(log, event("bob", 5_001 + i, 5_001 + i));
    lines.read(log.entries, reader());
    return process.cpuUsage(since).user / 1_000;
  });
  const [, , , , median] = costs.sort((a, b) => a - b);
  // Some 5 ms; what is put in order and read anew from the start takes ten times as long.
  assert.ok(median < 30, `${median} ms`);
});
