import assert from "node:assert/strict";
import test from "node:test";
import { Log } from "../../static/js/room/chat/log.js";
import { isChatMessage, nameOf, pages, plain, saidAt, tidy } from "../../static/js/room/chat/message.js";
import { byteLength } from "../../static/js/room/rtc/channel.js";
import { LARGEST_FRAME } from "../../static/js/room/rtc/channel.js";

let ids = 0;
const id = () => (++ids).toString(16).padStart(32, "0");
const message = (author, n, lamport, more = {}) => ({
  id: id(),
  author,
  name: author,
  n,
  lamport,
  sent_at: 1,
  body: `${author} ${n}`,
  ...more,
});
const bodies = (log) => log.entries.map(({ message }) => message.body);
const hear = (log, one) => log.hear(one, { name: one.author, at: 1 });
const bob = { id: "bob", name: "Bob", hearsay: false };
const tell = (log, one, teller = bob) => log.tell(one, teller, { name: one.author, at: 1 });
const write = (log, after = 0, body = "here") =>
  log.write({ id: id(), author: "alice", name: "Alice", sentAt: 1, body, after });

test("everybody has the same order, whatever came first", () => {
  const all = [message("alice", 1, 1), message("bob", 1, 1), message("bob", 2, 2), message("alice", 2, 3)];
  const here = new Log();
  const there = new Log();
  for (const one of all) hear(here, one);
  for (const one of all.toReversed()) hear(there, one);
  assert.deepEqual(bodies(here), ["alice 1", "bob 1", "bob 2", "alice 2"]);
  assert.deepEqual(bodies(there), bodies(here));
});

test("what I write comes after all that I have seen", () => {
  const log = new Log();
  hear(log, message("bob", 1, 41));
  const mine = write(log);
  assert.equal(mine.lamport, 42);
  assert.equal(mine.n, 1);
});

test("a reloaded page goes on counting where it was", () => {
  assert.equal(write(new Log(), 6).n, 7);
});

test("whoever tells one message in a thousand ways is believed in a few of them, and stops no page", () => {
  const log = new Log();
  const one = message("nobody", 1, 1, { body: "x".repeat(4_000) });
  for (let i = 1; i <= 1_000; i += 1) tell(log, { ...one, sent_at: i });
  assert.equal(log.entries.length, 4);
  assert.ok(tell(log, { ...one, sent_at: 2_000 }, { id: "carol", name: "Carol", hearsay: false }));
});

test("what is told under the id of many others costs no more than what is told under its own", () => {
  const cost = (ids) => {
    const log = new Log();
    const body = "x".repeat(4_000);
    const told = Array.from({ length: 1_000 }, (_, i) =>
      message(`nobody${i}`, 1, 1, { id: ids(i), body: body + i }),
    );
    const since = process.cpuUsage();
    for (const one of told) tell(log, one);
    return process.cpuUsage(since).user;
  };
  const different = cost((i) => i.toString(16).padStart(32, "0"));
  const same = cost(() => "0".repeat(32));
  assert.ok(same < 5 * different + 200_000, `${same} µs instead of ${different}`);
});

test("of several messages under one id there is the first, by their author's word and by that of others", () => {
  const log = new Log();
  const first = message("carol", 1, 1);
  hear(log, first);
  for (let n = 2; n <= 50; n += 1) assert.equal(hear(log, message("carol", n, n, { id: first.id })), false);
  hear(log, message("carol", 51, 51));
  assert.deepEqual(bodies(log), ["carol 1", "carol 51"]);
  assert.equal(log.last("carol"), 51, "nobody is asked for the others again");
  const late = message("erin", 9, 1);
  hear(log, late);
  assert.ok(hear(log, message("erin", 1, 1, { id: late.id })), "whatever came first, all have the same");
  assert.ok(bodies(log).includes("erin 1") && !bodies(log).includes("erin 9"));
  const told = message("dave", 1, 60);
  tell(log, told);
  for (let n = 2; n <= 50; n += 1) {
    assert.equal(tell(log, message("dave", n, 60 + n, { id: told.id })), false);
  }
  assert.equal(log.have("bob").dave, 50);
  assert.equal(log.entries.length, 4);
});

test("whoever says of what they have what is no number is told all of it", () => {
  const log = new Log();
  hear(log, message("carol", 1, 1));
  for (const strange of [{ valueOf: 1, toString: 1 }, "9", null, [9], true, NaN]) {
    assert.equal(log.lacking("bob", { have: { carol: strange }, of: undefined }, 1).length, 1);
  }
  assert.equal(log.lacking("bob", { have: { carol: 1 }, of: undefined }, 1).length, 0);
});

test("what was told of whoever has a strange name is not told again", () => {
  const log = new Log();
  tell(log, message("__proto__", 1, 1));
  assert.deepEqual(Object.entries(log.have("bob")), [["__proto__", 1]]);
});

test("nothing is taken as mine but mine", () => {
  const log = new Log();
  log.become("alice");
  assert.equal(tell(log, message("alice", 1_000_000, 1)), false);
  assert.equal(hear(log, message("alice", 1, 1)), false);
  const mine = write(log, 6);
  assert.equal(mine.n, 7);
  assert.ok(isChatMessage(mine));
  assert.deepEqual(bodies(log), ["here"]);
});

test("a message comes once, however often it is told", () => {
  const log = new Log();
  const one = message("carol", 1, 1);
  assert.equal(hear(log, one), true);
  assert.equal(hear(log, one), false);
  assert.equal(tell(log, one), false);
  assert.equal(log.entries.length, 1);
});

test("what somebody tells of another stands on their word until the author says it", () => {
  const log = new Log();
  const said = message("carol", 1, 1);
  assert.equal(tell(log, { ...said, body: "altered on the way" }), true);
  assert.deepEqual(
    log.entries.map(({ teller }) => teller?.name),
    ["Bob"],
  );
  assert.equal(log.last("carol"), 0);
  assert.equal(hear(log, said), true);
  assert.deepEqual(
    log.entries.map(({ message: { body }, teller }) => [body, teller]),
    [["carol 1", null]],
  );
  assert.equal(tell(log, { ...said, body: "altered again" }), false);
});

test("an invented message does not hide the one whose number or id it takes", () => {
  const log = new Log();
  const said = message("carol", 1, 1);
  tell(log, message("carol", 1, 1, { body: "another id" }));
  tell(log, { ...said, n: 9, body: "another number" });
  hear(log, said);
  assert.deepEqual(bodies(log), ["carol 1"]);
});

test("two who tell different things are both shown, and two who tell the same are one", () => {
  const log = new Log();
  const said = message("gone", 1, 1);
  const mallory = { id: "mallory", name: "Mallory", hearsay: false };
  assert.equal(tell(log, { ...said, body: "invented" }, mallory), true);
  assert.equal(tell(log, said, bob), true);
  assert.equal(tell(log, said, { id: "dave", name: "Dave", hearsay: false }), false);
  assert.deepEqual(log.entries.map(({ message: { body }, teller }) => [body, teller.name]).sort(), [
    ["gone 1", "Bob"],
    ["invented", "Mallory"],
  ]);
});

test("whoever heard it from the author counts more than whoever was told", () => {
  const log = new Log();
  const said = message("gone", 1, 1);
  tell(log, said, { ...bob, hearsay: true });
  assert.equal(tell(log, said, { id: "dave", name: "Dave", hearsay: false }), true);
  assert.deepEqual(
    log.entries.map(({ teller }) => teller),
    [{ id: "dave", name: "Dave", hearsay: false }],
  );
});

test("nobody tells of themselves in the voice of another", () => {
  assert.equal(tell(new Log(), message("bob", 1, 1), bob), false);
});

test("nobody can count so far ahead that they stay last", () => {
  const log = new Log();
  hear(log, message("carol", 1, 5));
  for (let n = 1; n <= 50; n += 1) hear(log, message("mallory", n, Number.MAX_SAFE_INTEGER));
  tell(log, message("nobody", 1, Number.MAX_SAFE_INTEGER), {
    id: "mallory",
    name: "Mallory",
    hearsay: false,
  });
  const mine = write(log);
  assert.ok(mine.lamport < 50_000, `${mine.lamport}`);
  assert.equal(log.entries.at(-1).message.body, "here");
  // Whoever has not seen mine yet is as far as I was.
  const other = new Log();
  hear(other, message("carol", 1, 5));
  hear(other, mine);
  hear(other, message("carol", 2, mine.lamport + 1));
  assert.deepEqual(bodies(other), ["carol 1", "here", "carol 2"]);
});

test("whoever comes late may find the count far ahead", () => {
  const log = new Log();
  hear(log, message("carol", 900, 4_990));
  hear(log, message("bob", 700, 4_991));
  assert.equal(write(log).lamport, 4_992);
});

test("a thousand messages of one take nobody's but their own away", () => {
  const log = new Log({ most: 1_000 });
  write(log, 0, "mine");
  for (let n = 1; n <= 300; n += 1) hear(log, message("carol", n, n + 1));
  for (let n = 1; n <= 1_500; n += 1) hear(log, message("mallory", n, Number.MAX_SAFE_INTEGER));
  assert.equal(log.by("alice").length, 1);
  assert.equal(log.by("carol").length, 300);
  assert.equal(log.by("mallory").length, 700);
  assert.equal(log.by("mallory").at(-1).n, 1_500);
});

test("what somebody tells in the names of others takes room from their own words alone", () => {
  const log = new Log({ most: 1_000 });
  for (let n = 1; n <= 300; n += 1) hear(log, message("carol", n, n + 1));
  for (let n = 1; n <= 1_500; n += 1) {
    tell(log, message(`somebody${n % 40}`, n, n), { id: "mallory", name: "Mallory", hearsay: false });
  }
  assert.equal(log.entries.filter(({ message }) => message.author === "carol").length, 300);
  assert.equal(log.entries.length, 1_000);
});

test("mine are kept, however many", () => {
  const log = new Log();
  for (let n = 0; n < 1_200; n += 1) write(log, n, `mine ${n}`);
  for (let n = 1; n <= 1_200; n += 1) hear(log, message("bob", n, n));
  assert.equal(log.by("alice").length, 1_200);
});

test("what was forgotten stays forgotten, and is not asked for", () => {
  const log = new Log({ most: 1_000 });
  const first = message("bob", 1, 1);
  hear(log, first);
  for (let n = 2; n <= 1_001; n += 1) hear(log, message("bob", n, n));
  assert.equal(hear(log, first), false);
  assert.equal(log.entries.length, 1_000);
  assert.equal(log.have("dave").bob, 1_001);
});

test("what there is no room for does not count as here", () => {
  const log = new Log({ most: 2 });
  const [first, second, third] = [1, 2, 3].map((n) => message("bob", n, n));
  for (const one of [second, third]) assert.equal(hear(log, one), true);
  assert.equal(hear(log, first), false);
  assert.deepEqual([log.last("bob"), log.have("carol")], [0, {}]);
  assert.equal(tell(log, message("gone", 1, 1), bob), false);
  assert.equal(log.have("bob").gone, undefined);
});

test("what is asked for begins at the first gap, and what others told is no reason not to ask", () => {
  const log = new Log();
  for (const one of [message("bob", 1, 1), message("bob", 2, 2), message("bob", 4, 4)]) hear(log, one);
  tell(log, message("carol", 1, 5), bob);
  assert.deepEqual(log.have("bob"), { carol: 1, bob: 2 });
  assert.deepEqual(log.have("dave"), { bob: 2 });
  assert.equal(log.misses({ author: "bob", n: 4 }), true);
  assert.equal(log.misses({ author: "bob", n: 5 }), false);
  assert.equal(log.misses({ author: "carol", n: 1 }), false);
});

test("of whom I ask themselves, and of me, nobody else need tell", () => {
  const log = new Log();
  log.become("alice");
  const { carol, alice } = log.have("bob", ["carol"]);
  for (const number of [carol, alice]) assert.equal(number, 1_000_000);
});

test("what its author has no more is waited for no longer", () => {
  const log = new Log();
  hear(log, message("bob", 7, 7));
  assert.deepEqual(log.have("bob"), {});
  log.settle("bob");
  assert.deepEqual(log.have("bob"), { bob: 7 });
});

test("asking for history fits into a frame, whoever is said to have written", () => {
  const log = new Log();
  for (let i = 0; i < 2_000; i += 1) tell(log, message(`${i}`.padStart(32, "x"), 1, i + 1), bob);
  assert.ok(byteLength(JSON.stringify({ type: "chat-sync", have: log.have("bob") })) <= LARGEST_FRAME);
});

test("what I tell says how long ago it was, and what I was only told", () => {
  const log = new Log();
  log.hear(message("carol", 1, 1), { name: "Carol", at: 1_000 });
  log.tell(message("gone", 1, 2), bob, { name: "Gone", at: 3_000 });
  const told = log.lacking("dave", { have: {}, of: undefined }, 5_000);
  assert.deepEqual(
    told.map(({ author, age, hearsay }) => [author, age, hearsay]),
    [
      ["carol", 4_000, undefined],
      ["gone", 2_000, true],
    ],
  );
  assert.deepEqual(
    log.lacking("dave", { have: {}, of: ["gone"] }, 5_000).map(({ author }) => author),
    ["gone"],
  );
  assert.deepEqual(
    log.lacking("carol", { have: {}, of: undefined }, 5_000).map(({ author }) => author),
    ["gone"],
  );
});

test("an author's signature is kept and told as it is", () => {
  const log = new Log();
  const signed = message("carol", 1, 1, { signature: "c2lnbmVk", sneaked: "in" });
  assert.ok(isChatMessage(signed));
  hear(log, signed);
  const [told] = log.lacking("dave", { have: {}, of: undefined }, 1);
  assert.equal(told.signature, "c2lnbmVk");
  assert.equal("sneaked" in told, false);
  assert.deepEqual(plain(told), plain(signed));
  assert.equal(isChatMessage({ ...signed, signature: "x".repeat(513) }), false);
  assert.equal(isChatMessage({ ...signed, signature: {} }), false);
});

test("what is malformed is not taken", () => {
  const good = message("bob", 1, 1);
  assert.ok(isChatMessage(good));
  for (const bad of [
    null,
    "text",
    {},
    { ...good, id: "short" },
    { ...good, body: " " },
    { ...good, body: "x".repeat(4_001) },
    { ...good, body: 7 },
    { ...good, n: 0 },
    { ...good, n: 1.5 },
    { ...good, lamport: "1" },
    { ...good, author: "" },
    { ...good, n: 1_000_001 },
    { ...good, author: "a b" },
    { ...good, author: "a".repeat(33) },
    { ...good, after: 7 },
    { ...good, after: good.id },
    { ...good, after: `${"a".repeat(33)} ${good.id}` },
  ]) {
    assert.equal(isChatMessage(bad), false, JSON.stringify(bad));
  }
});

test("every moment that is taken can be shown", () => {
  const last = message("bob", 1, 1, { sent_at: 8.64e15 });
  assert.ok(isChatMessage(last));
  assert.ok(new Date(last.sent_at).toISOString());
  assert.equal(isChatMessage({ ...last, sent_at: 8.64e15 + 1 }), false);
});

test("a clock that is hours ahead writes at the hour of whoever reads", () => {
  const now = Date.UTC(2026, 10, 30, 5, 55);
  const ahead = now + 7 * 3_600_000;
  assert.equal(saidAt(0, now, ahead), now);
  assert.equal(saidAt(60_000, now, ahead), now - 60_000);
  assert.equal(saidAt(undefined, now, ahead), now);
  for (const nonsense of [-1, "7", Number.NaN, null]) assert.equal(saidAt(nonsense, now, now - 5), now - 5);
  assert.ok(new Date(saidAt(Number.MAX_VALUE, now, now)).toISOString());
});

test("history is told in order, in frames that fit, and says what is left", () => {
  const messages = Array.from({ length: 15 }, (_, i) =>
    message("bob", i + 1, i + 1, { body: "é".repeat(2_000) }),
  );
  const told = pages(messages, 1_000);
  assert.deepEqual(
    told.flatMap((page) => page.messages),
    messages,
  );
  for (const page of told) {
    assert.ok(byteLength(JSON.stringify({ type: "chat-history", ...page })) <= LARGEST_FRAME);
  }
  assert.equal(told.at(-1).left, 0);
  assert.equal(told[0].left, 15 - told[0].messages.length);
  assert.deepEqual(pages([], 1_000), [{ messages: [], left: 0 }]);
});

test("one answer is as long as it is asked for, and no burden", () => {
  const messages = Array.from({ length: 900 }, (_, i) =>
    message("bob", i + 1, i + 1, { body: "x".repeat(1_000) }),
  );
  const some = pages(messages, 20);
  assert.equal(some.flatMap((page) => page.messages).length, 20);
  assert.equal(some.at(-1).left, 880);
  const all = pages(messages, 1_000);
  assert.ok(byteLength(JSON.stringify(all)) < 300_000);
  assert.ok(all.at(-1).left > 0);
});

test("the largest message fits into a frame", () => {
  const largest = message("a".repeat(22), 1, Number.MAX_SAFE_INTEGER, {
    body: "文".repeat(4_000),
    name: "文".repeat(64),
    after: `${"a".repeat(32)} ${id()}`,
    signature: "s".repeat(512),
  });
  assert.ok(isChatMessage(largest));
  assert.ok(
    byteLength(JSON.stringify({ type: "chat-history", messages: [largest], left: 1_000 })) <= LARGEST_FRAME,
  );
});

test("what was typed is sent without what cannot be seen", () => {
  assert.equal(tidy("  a\u0000b\r\nc\u0007 "), "ab\nc");
  assert.equal(tidy(" \u0007 \n"), "");
  assert.equal(tidy("x".repeat(5_000)).length, 4_000);
  assert.equal(tidy("pay \u202e001 to me\u2067 \u061c\u200fשלום \u2028ok"), "pay 001 to me שלום \nok");
  assert.equal(tidy(`${"x".repeat(3_999)}😀`), "x".repeat(3_999));
  for (const blank of ["\u3164", "\u2800 \u2800", "\u200b\ufeff\u2060", "\u0301\u0301", "\u{E0041}\u115f"]) {
    assert.equal(tidy(blank), "");
    assert.equal(isChatMessage(message("bob", 1, 1, { body: blank })), false);
    assert.equal(nameOf(blank), "Somebody");
  }
  assert.equal(tidy("\u3164 spaced \u3164"), "\u3164 spaced \u3164");
  assert.equal(isChatMessage(message("bob", 1, 1, { body: " \u202e\u2066 " })), false);
  assert.equal(nameOf("A\u202elice\n Ferrante "), "Alice Ferrante");
  assert.equal(nameOf(" \u0007"), "Somebody");
  assert.equal(nameOf("x".repeat(128)).length, 64);
});

test("a message is here once, however many have spoken since", () => {
  const log = new Log();
  log.become("me");
  const said = message("bob", 1, 1);
  assert.equal(log.hear(said, { name: "Bob", at: 1 }), true);
  for (let i = 0; i < 300; i += 1) log.hear(message(`guest${i}`, 1, 1), { name: "Guest", at: 1 });
  assert.equal(log.hear(said, { name: "Bob", at: 1 }), false);
});
