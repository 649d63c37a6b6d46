import assert from "node:assert/strict";
import test from "node:test";
import { Log, isChatMessage, pages, tidy } from "../../static/js/room/chat/log.js";
import { Talk } from "../../static/js/room/chat/talk.js";
import { byteLength, LARGEST_FRAME } from "../../static/js/room/rtc/channel.js";
import { FakeClock } from "./fakes.js";

let ids = 0;
const id = () => (++ids).toString(16).padStart(32, "0");
const message = (author, n, lamport, more = {}) =>
  ({ id: id(), author, name: author, n, lamport, sent_at: 1, body: `${author} ${n}`, ...more });
const bob = { id: "bob", name: "Bob" };
const bodies = (log) => log.messages.map(({ body }) => body);

/** Who was there, and tells of it. */
const CAROL = { id: "carol", name: "Carol" };

test("everybody has the same order, whatever came first", () => {
  const all = [message("alice", 1, 1), message("bob", 1, 1), message("bob", 2, 2), message("alice", 2, 3)];
  const here = new Log();
  const there = new Log();
  here.remember(all, CAROL);
  there.remember([...all].reverse(), CAROL);
  assert.deepEqual(bodies(here), ["alice 1", "bob 1", "bob 2", "alice 2"]);
  assert.deepEqual(bodies(there), bodies(here));
});

test("what I write comes after all that I have seen", () => {
  const log = new Log();
  log.remember([message("bob", 1, 41)], CAROL);
  const mine = log.write({ id: id(), author: "alice", name: "Alice", sentAt: 1, body: "here", after: 0 });
  assert.equal(mine.lamport, 42);
  assert.equal(mine.n, 1);
});

test("a reloaded page goes on counting where it was", () => {
  const log = new Log();
  const mine = log.write({ id: id(), author: "alice", name: "Alice", sentAt: 1, body: "here", after: 6 });
  assert.equal(mine.n, 7);
});

test("what others say that I wrote does not change how I count", () => {
  const log = new Log();
  log.remember([message("alice", 1_000_000, 1)], CAROL);
  const mine = log.write({ id: id(), author: "alice", name: "Alice", sentAt: 1, body: "here", after: 6 });
  assert.equal(mine.n, 7);
  assert.ok(isChatMessage(mine));
});

test("a message bears the name that its author has in the room", () => {
  const log = new Log();
  log.receive(message("mallory", 1, 1, { name: "Alice" }), { id: "mallory", name: "Mallory" }, 0);
  assert.equal(log.messages[0].name, "Mallory");
});

test("a message comes once, however often it is told", () => {
  const log = new Log();
  const one = message("bob", 1, 1);
  assert.equal(log.receive(one, bob, 0), true);
  assert.equal(log.receive(one, bob, 0), false);
  assert.equal(log.remember([one], CAROL), 0);
  assert.equal(log.messages.length, 1);
});

test("nobody speaks for somebody else", () => {
  const log = new Log();
  assert.equal(log.receive(message("alice", 1, 1), bob, 0), false);
});

test("twenty messages in ten seconds are enough", () => {
  const log = new Log();
  const taken = Array.from({ length: 30 }, (_, i) => log.receive(message("bob", i + 1, i + 1), bob, 0));
  assert.equal(taken.filter(Boolean).length, 20);
  assert.equal(log.receive(message("bob", 31, 31), bob, 10_000), true);
  assert.equal(log.misses({ author: "bob", n: 31 }), false);
  assert.deepEqual(log.have(), { bob: 31 });
});

test("nobody can count so far ahead that they stay last for ever", () => {
  const log = new Log();
  log.receive(message("mallory", 1, Number.MAX_SAFE_INTEGER), { id: "mallory", name: "Mallory" }, 0);
  const mine = log.write({ id: id(), author: "alice", name: "Alice", sentAt: 1, body: "here", after: 0 });
  assert.ok(mine.lamport <= 1_001);
});

test("what is malformed is not taken", () => {
  const good = message("bob", 1, 1);
  assert.ok(isChatMessage(good));
  for (const bad of [
    null, "text", {}, { ...good, id: "short" }, { ...good, body: " " }, { ...good, body: "x".repeat(4_001) },
    { ...good, body: 7 }, { ...good, n: 0 }, { ...good, n: 1.5 }, { ...good, lamport: "1" }, { ...good, author: "" },
    { ...good, n: 1_000_001 }, { ...good, author: "a b" }, { ...good, author: "a".repeat(33) },
  ]) assert.equal(isChatMessage(bad), false, JSON.stringify(bad));
  assert.equal(new Log().remember({ length: 3 }, CAROL), 0);
});

test("only so many messages are kept", () => {
  const log = new Log();
  log.remember(Array.from({ length: 1_200 }, (_, i) => message("bob", i + 1, i + 1)), CAROL);
  assert.equal(log.messages.length, 1_000);
  assert.equal(log.messages.at(-1).body, "bob 1200");
});

test("what is asked for begins at the first gap", () => {
  const log = new Log();
  log.remember([message("bob", 1, 1), message("bob", 2, 2), message("bob", 4, 4), message("carol", 1, 5)], CAROL);
  assert.deepEqual(log.have(), { bob: 2, carol: 1 });
  assert.equal(log.misses({ author: "bob", n: 4 }), true);
  assert.equal(log.misses({ author: "bob", n: 5 }), false);
  assert.equal(log.misses({ author: "carol", n: 1 }), false);
});

test("every moment that is taken can be shown", () => {
  const last = message("bob", 1, 1, { sent_at: 8.64e15 });
  assert.ok(isChatMessage(last));
  assert.ok(new Date(last.sent_at).toISOString());
  assert.equal(isChatMessage({ ...last, sent_at: 8.64e15 + 1 }), false);
});

test("what was forgotten stays forgotten, and is not asked for", () => {
  const log = new Log();
  const first = message("bob", 1, 1);
  log.remember([first, ...Array.from({ length: 1_000 }, (_, i) => message("bob", i + 2, i + 2))], CAROL);
  assert.equal(log.remember([first], CAROL), 0);
  assert.equal(log.messages.length, 1_000);
  assert.deepEqual(log.have(), { bob: 1_001 });
});

test("asking for history fits into a frame, whoever is said to have written", () => {
  const log = new Log();
  for (let i = 0; i < 2_000; i += 1) log.remember([message(`${i}`.padStart(32, "x"), 1, i + 1)], CAROL);
  assert.ok(byteLength(JSON.stringify({ type: "chat-sync", have: log.have() })) <= LARGEST_FRAME);
});

test("history is told in order, in frames that fit, and only what is lacking", () => {
  const messages = Array.from({ length: 40 }, (_, i) => message("bob", i + 1, i + 1, { body: "é".repeat(2_000) }));
  const told = pages(messages, { bob: 10, alice: "nonsense" });
  assert.deepEqual(told.flat().map(({ n }) => n), messages.slice(10).map(({ n }) => n));
  for (const page of told) {
    assert.ok(byteLength(JSON.stringify({ type: "chat-history", messages: page })) <= LARGEST_FRAME);
  }
  assert.deepEqual(pages(messages, { bob: 40 }), []);
  assert.equal(pages(messages, "nonsense").flat().length, 40);
});

test("the largest message fits into a frame", () => {
  const largest = message("a".repeat(22), 1, Number.MAX_SAFE_INTEGER, { body: "文".repeat(4_000), name: "文".repeat(64) });
  assert.ok(byteLength(JSON.stringify({ type: "chat-history", messages: [largest] })) <= LARGEST_FRAME);
});

test("what was typed is sent without what cannot be seen", () => {
  assert.equal(tidy("  a\u0000b\r\nc\u0007 "), "ab\nc");
  assert.equal(tidy(" \u0007 \n"), "");
  assert.equal(tidy("x".repeat(5_000)).length, 4_000);
});

test("a late joiner has the whole chat after asking, from people who never saw it all", () => {
  const clock = new FakeClock();
  /** @type {Map<string, Talk>} */
  const talks = new Map();
  const join = (me) => {
    const send = (to, sent) => {
      for (const other of to ? [to] : talks.keys()) if (other !== me) talks.get(other)?.receive({ id: me, name: me }, JSON.parse(JSON.stringify(sent)));
    };
    talks.set(me, new Talk({ send, clock }));
  };
  const write = (me, text) => talks.get(me).write(text, { id: me, name: me }, 0);
  join("alice");
  write("alice", "alone");
  join("bob");
  write("bob", "without the past");
  join("carol");
  talks.get("carol").catchUp("bob");
  talks.get("carol").catchUp("alice");
  assert.deepEqual(bodies(talks.get("carol")), ["without the past"]);
  clock.pass(1_000);
  assert.deepEqual(bodies(talks.get("carol")), ["alone", "without the past"]);
});

test("history that nobody asked for is not taken", () => {
  const clock = new FakeClock();
  const talk = new Talk({ send: () => {}, clock });
  const history = (first) => ({ type: "chat-history", messages: [message("bob", first, first)] });
  talk.receive(bob, history(1));
  assert.deepEqual(talk.messages, []);
  talk.catchUp("bob");
  talk.receive(bob, history(1));
  assert.equal(talk.messages.length, 1);
});

test("history brings no more than a log holds", () => {
  const talk = new Talk({ send: () => {}, clock: new FakeClock() });
  talk.catchUp("bob");
  for (let page = 0; page < 15; page += 1) {
    talk.receive(bob, { type: "chat-history", messages: Array.from({ length: 100 }, (_, i) => message("bob", page * 100 + i + 1, 1)) });
  }
  assert.equal(Math.max(...talk.messages.map(({ n }) => n)), 1_000);
});

/** Alice, Bob and Carol, of whom those in `apart` have no channel; each knows the others' names. */
function circle(...apart) {
  const clock = new FakeClock();
  const names = { alice: "Alice", bob: "Bob", carol: "Carol" };
  const frames = [];
  const talks = {};
  const reach = (a, b) => a !== b && !apart.includes(`${a} ${b}`) && !apart.includes(`${b} ${a}`);
  for (const me of Object.keys(names)) {
    const send = (to, message) => {
      for (const other of to ? [to] : Object.keys(names)) {
        if (!(other in names) || !reach(me, other)) continue;
        const frame = JSON.parse(JSON.stringify(message));
        frames.push([me, other, frame]);
        const author = frame.author in names && frame.author !== other ? { id: frame.author, name: names[frame.author] } : null;
        talks[other].receive({ id: me, name: names[me] }, frame, author);
      }
    };
    talks[me] = new Talk({ send, clock });
  }
  const write = (me, text, passers) => talks[me].write(text, { id: me, name: names[me] }, 0, new Map(passers));
  return { clock, talks, frames, write };
}

test("what cannot be said directly is passed on by a third, who is named", () => {
  const { talks, write } = circle("alice carol");
  write("alice", "over Bob", [["bob", ["carol"]]]);
  assert.deepEqual(bodies(talks.carol), ["over Bob"]);
  assert.equal(talks.carol.messages[0].name, "Alice");
  assert.equal(talks.carol.messages[0].passed_by, "Bob");
  assert.deepEqual(bodies(talks.bob), ["over Bob"]);
  assert.equal(talks.bob.messages[0].passed_by, undefined);
});

test("what is passed on goes one hop, once, and to nobody who is not named", () => {
  const { frames, write } = circle("alice carol");
  write("alice", "over Bob", [["bob", ["carol", "alice", "carol", "nobody", 7]]]);
  const passed = frames.filter(([, , { passed }]) => passed);
  assert.deepEqual(passed.map(([from, to]) => [from, to]), [["bob", "carol"]]);
  assert.equal("pass" in passed[0][2], false);
  assert.equal(frames.length, 3);
});

test("a passed message that names others to pass it to goes no further", () => {
  const sent = [];
  const talk = new Talk({ send: (to) => sent.push(to), clock: new FakeClock() });
  talk.receive(bob, { type: "chat", ...message("alice", 1, 1), passed: true, pass: ["carol"] }, { id: "alice", name: "Alice" });
  assert.equal(talk.messages.length, 1);
  assert.deepEqual(sent, []);
});

test("nobody passes on their own words, mine, or those of somebody who is not there", () => {
  const talk = new Talk({ send: () => {}, clock: new FakeClock() });
  talk.receive(bob, { type: "chat", ...message("bob", 1, 1), passed: true }, bob);
  talk.receive(bob, { type: "chat", ...message("alice", 1, 1), passed: true }, null);
  talk.receive(bob, { type: "chat", ...message("alice", 1, 1), passed: true }, { id: "carol", name: "Carol" });
  talk.receive(bob, { type: "chat", ...message("alice", 1, 1) }, { id: "alice", name: "Alice" });
  assert.deepEqual(talk.messages, []);
});

test("the author's own word takes the place of what was passed on", () => {
  const talk = new Talk({ send: () => {}, clock: new FakeClock() });
  const alice = { id: "alice", name: "Alice" };
  const changes = [];
  talk.onchange = (change) => changes.push(change?.body ?? null);
  const said = message("alice", 1, 7, { body: "twelve" });
  talk.receive(bob, { type: "chat", ...said, lamport: 3, body: "twenty", passed: true }, alice);
  assert.equal(talk.messages[0].passed_by, "Bob");
  talk.receive(alice, { type: "chat", ...said }, alice);
  assert.deepEqual(talk.messages, [{ ...said, name: "Alice" }]);
  talk.receive(bob, { type: "chat", ...said, body: "twenty", passed: true }, alice);
  assert.deepEqual(bodies(talk), ["twelve"]);
  assert.equal(changes.filter((body) => body !== null).length, 1);
});

test("whoever passes on too much is not heard, and keeps nobody else from being heard", () => {
  const log = new Log();
  const alice = { id: "alice", name: "Alice" };
  const taken = Array.from({ length: 30 }, (_, i) => log.receive(message("alice", i + 1, i + 1), alice, 0, bob));
  assert.equal(taken.filter(Boolean).length, 20);
  assert.equal(log.receive(message("alice", 40, 40), alice, 0), true);
});

test("history does not say who passed what on", () => {
  const { clock, talks, frames, write } = circle("alice carol");
  write("alice", "over Bob", [["bob", ["carol"]]]);
  talks.bob.catchUp("carol");
  clock.pass(1_000);
  talks.carol.receive({ id: "bob", name: "Bob" }, { type: "chat-sync", have: {} });
  const told = frames.filter(([, , { type }]) => type === "chat-history").flatMap(([, , { messages }]) => messages);
  assert.ok(told.length > 0);
  assert.ok(told.every((one) => !("passed_by" in one)));
});

test("what somebody passed on is asked for again, and takes its author's words when they come", () => {
  const log = new Log();
  const true_words = message("bob", 1, 1);
  const bob = { id: "bob", name: "Bob" };
  log.receive({ ...true_words, body: "altered on the way" }, bob, 0, CAROL);
  assert.deepEqual(log.have(), {});
  assert.equal(log.remember([true_words], CAROL), 0);
  assert.deepEqual(bodies(log), ["altered on the way"]);
  assert.equal(log.remember([true_words], bob), 1);
  assert.deepEqual(bodies(log), [true_words.body]);
  assert.equal(log.messages[0].passed_by, undefined);
  assert.deepEqual(log.have(), { bob: 1 });
});
