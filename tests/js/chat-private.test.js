import assert from "node:assert/strict";
import test from "node:test";
import { Conversation } from "../../static/js/room/chat/conversation.js";
import { EarlyTalk } from "../../static/js/room/chat/early.js";
import { Talk } from "../../static/js/room/chat/talk.js";
import { NEW, bodies, circle, message } from "./circle.js";
import { FakeClock } from "./fakes.js";

const between = (talk, other) => talk.state.conversations.find(({ id }) => id === other) ?? null;
const words = (talk, other) => between(talk, other)?.lines.map(({ body }) => body) ?? [];
const listed = (talk) => talk.state.conversations.map(({ id }) => id);

test("what is written to one is read by that one alone, and stands apart from what everybody reads", () => {
  const { clock, talk, frames } = circle();
  clock.pass(3_000);
  assert.equal(talk("alice").write("for Bob alone", { to: "bob" }).body, "for Bob alone");
  talk("alice").write("for all");
  clock.pass(20_000);
  assert.deepEqual(words(talk("bob"), "alice"), ["for Bob alone"]);
  assert.deepEqual(words(talk("alice"), "bob"), ["for Bob alone"]);
  for (const who of ["alice", "bob", "carol"]) assert.deepEqual(bodies(talk(who)), ["for all"]);
  assert.deepEqual(listed(talk("carol")), [""]);
  for (const [, to, { type, of }] of frames) if (type === "private-chat-sync") assert.deepEqual(of, [to]);
  for (const [from, to, frame] of frames) {
    if (!JSON.stringify(frame).includes("for Bob alone")) continue;
    assert.deepEqual([from, to, frame.type], ["alice", "bob", "private-chat"]);
  }
  const [line] = between(talk("bob"), "alice").lines;
  assert.deepEqual([line.conversation, line.name, line.delivery.state], ["alice", "Alice", ""]);
});

test("private words are no gap for the others, nor in anybody's history", () => {
  const { clock, talk, join, frames } = circle();
  clock.pass(3_000);
  for (let n = 1; n <= 5; n += 1) {
    talk("alice").write(`secret ${n}`, { to: "bob" });
    talk("alice").write(`${n}`);
  }
  clock.pass(20_000);
  const before = frames.length;
  join("Dave");
  clock.pass(30_000);
  assert.deepEqual(bodies(talk("dave")), ["1", "2", "3", "4", "5"]);
  assert.equal(JSON.stringify(frames.slice(before)).includes("secret"), false);
  assert.deepEqual(listed(talk("dave")), [""]);
});

test("without a channel private words wait, and say whom for; nobody else carries them", () => {
  const { clock, talk, open, join, frames } = circle({ names: ["Bob", "Carol"], apart: ["alice bob"] });
  join("Alice", { passers: () => new Map([["carol", ["bob"]]]) });
  clock.pass(3_000);
  talk("alice").write("for Bob alone", { to: "bob" });
  clock.pass(60_000);
  assert.deepEqual(between(talk("alice"), "bob").lines[0].delivery, { state: "waiting", lacking: ["Bob"] });
  assert.deepEqual(words(talk("bob"), "alice"), []);
  assert.equal(JSON.stringify(frames).includes("for Bob alone"), false);
  open("alice", "bob");
  clock.pass(5_000);
  assert.deepEqual(words(talk("bob"), "alice"), ["for Bob alone"]);
  assert.equal(between(talk("alice"), "bob").lines[0].delivery.state, "");
});

test("a page that is loaded again has its private words from itself, and those of the other from them", () => {
  const { clock, talk, people, leave, join } = circle({ names: ["Alice", "Bob"] });
  clock.pass(3_000);
  talk("alice").write("in public");
  talk("alice").write("from Alice", { to: "bob" });
  talk("bob").write("from Bob", { to: "alice" });
  clock.pass(3_000);
  const { said } = people.get("alice");
  leave("alice");
  const again = join("Alice", { said });
  assert.deepEqual(words(again, "bob"), ["from Alice"]);
  clock.pass(5_000);
  assert.deepEqual(words(again, "bob"), words(talk("bob"), "alice"));
  assert.equal(again.write("and on", { to: "bob" }).n, 2);
  clock.pass(3_000);
  assert.deepEqual(words(talk("bob"), "alice").at(-1), "and on");
  assert.deepEqual(bodies(again), ["in public"]);
});

test("whoever is loaded again after the other has left knows whom they wrote to", () => {
  const { clock, talk, people, leave, join } = circle({ names: ["Alice", "Bob"] });
  clock.pass(3_000);
  talk("alice").write("goodbye", { to: "bob" });
  clock.pass(3_000);
  leave("bob");
  const { said } = people.get("alice");
  leave("alice");
  const again = join("Alice", { said });
  const { name, isHere, lines } = between(again, "bob");
  assert.deepEqual([name, isHere, lines.length], ["Bob", false, 1]);
  assert.equal(again.write("too late", { to: "bob" }), null);
  join("Bob2");
  clock.pass(5_000);
  assert.deepEqual(words(people.get("bob2").talk, "alice"), []);
});

test("what comes while another conversation is before the reader is unread in its own", () => {
  const { clock, talk } = circle();
  clock.pass(3_000);
  const counts = () => {
    const { conversations, unread } = talk("alice").state;
    return [unread, Object.fromEntries(conversations.map((one) => [one.id, one.unread]))];
  };
  talk("alice").watch(true);
  talk("bob").write("psst", { to: "alice" });
  talk("carol").write("hello all");
  clock.pass(1_000);
  assert.deepEqual(counts(), [1, { "": 0, bob: 1 }]);
  assert.equal(talk("alice").show("bob"), true);
  assert.deepEqual(counts(), [0, { "": 0, bob: 0 }]);
  talk("bob").write("all of you");
  clock.pass(1_000);
  assert.deepEqual(counts(), [1, { "": 1, bob: 0 }]);
  talk("alice").watch(false);
  talk("bob").write("psst again", { to: "alice" });
  clock.pass(1_000);
  assert.deepEqual(counts(), [2, { "": 1, bob: 1 }]);
});

test("a conversation begins with whoever is here, and with nobody else", () => {
  const { talk, leave } = circle();
  assert.equal(talk("alice").show("carol"), true);
  assert.deepEqual([listed(talk("alice")), talk("alice").state.shown], [["", "carol"], "carol"]);
  assert.equal(talk("alice").show("nobody"), false);
  assert.equal(talk("alice").write("hello?", { to: "nobody" }), null);
  leave("carol");
  assert.equal(between(talk("alice"), "carol").isHere, false);
  assert.equal(talk("alice").show(""), true);
  assert.equal(talk("alice").state.shown, "");
});

test("what somebody says between us in the name of a third, or in mine, is not taken", () => {
  const { clock, talk, hear, people } = circle({
    names: ["Alice", "Mallory", "Carol"],
    apart: ["alice carol"],
  });
  clock.pass(3_000);
  people.get("mallory").talk.receive = () => {};
  talk("alice").write("to Mallory", { to: "mallory" });
  for (const author of ["carol", "alice", "nobody"]) {
    const forged = message(author, 7, 7, { body: "forged" });
    hear("mallory", "alice", { type: "private-chat", ...forged });
    hear("mallory", "alice", { type: "private-chat", ...forged, passed: true });
    talk("alice").catchUp("mallory");
    clock.pass(1_200);
    hear("mallory", "alice", { type: "private-chat-history", messages: [forged], left: 0 });
  }
  // Nor is what is said between us passed on, whatever they ask for.
  hear("mallory", "alice", { type: "private-chat", ...message("mallory", 1, 1), pass: ["carol"] });
  hear("mallory", "alice", { type: "private-chat-sync", have: {}, of: ["carol", "alice", "mallory"] });
  clock.pass(60_000);
  assert.deepEqual(words(talk("alice"), "mallory"), ["to Mallory", "mallory 1"]);
  assert.deepEqual(listed(talk("alice")), ["", "mallory"]);
  assert.deepEqual(listed(talk("carol")), [""]);
});

test("whoever leaves and comes back under other ids fills nobody's page with conversations", () => {
  const { clock, talk, hear, people } = circle({ names: ["Alice", "Bob"] });
  clock.pass(3_000);
  talk("alice").write("to Bob", { to: "bob" });
  talk("bob").write("to Alice", { to: "alice" });
  clock.pass(1_000);
  people.delete("bob");
  for (let visit = 1; visit <= 100; visit += 1) {
    people.set(`mallory${visit}`, { name: "Mallory" });
    hear(`mallory${visit}`, "alice", { type: "private-chat", ...message(`mallory${visit}`, 1, 1) });
    people.delete(`mallory${visit}`);
  }
  assert.ok(listed(talk("alice")).length <= 12, `${listed(talk("alice")).length}`);
  assert.deepEqual(words(talk("alice"), "bob"), ["to Bob", "to Alice"]);
});

test("what is said and asked between two before the chat is here is heard and answered", () => {
  const clock = new FakeClock();
  const sent = [];
  const early = new EarlyTalk();
  const carol = { id: "carol", name: "Carol" };
  early.settleIn({
    me: () => ({ id: "bob", name: "Bob" }),
    others: () => [{ ...carol, isReached: true }],
    passers: () => new Map(),
  });
  const mine = { ...message("bob", 1, 1, { body: "before" }), to: "carol" };
  early.begin("bob", {
    ...NEW,
    messages: [mine],
    others: { carol: { count: 1, delivered: 0, name: "Carol" } },
  });
  early.catchUp("carol");
  early.receive(carol, { type: "private-chat", ...message("carol", 1, 1, { body: "psst" }) });
  early.receive(carol, { type: "chat-typing", on: true });
  early.receive(carol, { type: "private-chat-sync", have: {} });
  early.arrive(new Talk({ clock, send: (...what) => sent.push(what) }));
  clock.pass(2_000);
  assert.deepEqual(words(early, "carol"), ["before", "psst"]);
  assert.deepEqual(early.state.conversations[0].typing, []);
  const answers = sent.filter(([, { type }]) => type === "private-chat-history");
  assert.deepEqual(
    answers.map(([to, { messages }]) => [to, messages.map(({ body }) => body)]),
    [["carol", ["before"]]],
  );
});

test("no more is unread than there is to read", () => {
  const clock = new FakeClock();
  const room = {
    me: () => ({ id: "alice", name: "Alice" }),
    others: () => [{ id: "bob", name: "Bob", isReached: true }],
    passers: () => new Map(),
  };
  const send = () => {};
  const talk = new Conversation("", { room, names: new Map(), send, clock, time: () => 1, most: 10 });
  talk.begin("alice", NEW);
  for (let n = 1; n <= 40; n += 1) {
    talk.receive({ id: "bob", name: "Bob" }, { type: "chat", ...message("bob", n, n) });
    clock.pass(1_000);
  }
  assert.deepEqual([talk.lines.length, talk.unread], [10, 10]);
  talk.watch(true);
  assert.equal(talk.unreadFrom, talk.lines[0].id);
});

test("whatever had to make room, the mark of what is new stands above a line that is here", () => {
  const clock = new FakeClock();
  const others = ["Bob", "Carol"].map((name) => ({ id: name.toLowerCase(), name, isReached: true }));
  const room = {
    me: () => ({ id: "alice", name: "Alice" }),
    others: () => others,
    passers: () => new Map(),
  };
  const talk = new Conversation("", {
    room,
    names: new Map(),
    send: () => {},
    clock,
    time: () => 1,
    most: 10,
  });
  talk.begin("alice", NEW);
  let lamport = 0;
  /** @param {string} name @param {number} n */
  const says = (name, n) => {
    const id = name.toLowerCase();
    talk.receive({ id, name }, { type: "chat", ...message(id, n, (lamport += 1)) });
    clock.pass(1_000);
  };
  const marked = () => talk.lines.findIndex(({ id }) => id === talk.unreadFrom);
  talk.watch(true);
  says("Bob", 1);
  talk.watch(false);
  // Whoever takes the most room loses their oldest, which came after what somebody else wrote.
  for (let n = 1; n <= 9; n += 1) says("Carol", n);
  for (let n = 2; n <= 4; n += 1) says("Bob", n);
  assert.deepEqual([talk.lines.length, talk.unread], [10, 9]);
  talk.watch(true);
  const [first] = talk.lines.filter(({ author }) => author === "carol");
  assert.equal(talk.unreadFrom, first?.id);
  // What is marked makes room as well.
  says("Carol", 10);
  says("Carol", 11);
  assert.ok(talk.lines.every(({ id }) => id !== first?.id));
  assert.equal(talk.lines[marked()]?.author, "carol");
  assert.equal(marked(), 1);
});

test("whoever passes for many forgets the rate of none of them", () => {
  const clock = new FakeClock();
  const names = Array.from({ length: 18 }, (_, i) => `P${i}`);
  const others = names.map((name) => ({ id: name, name, isReached: false }));
  const room = {
    me: () => ({ id: "alice", name: "Alice" }),
    others: () => others,
    passers: () => new Map(),
  };
  const talk = new Conversation("", { room, names: new Map(), send: () => {}, clock, time: () => 1 });
  talk.begin("alice", NEW);
  let n = 0;
  /** @param {string} passer @param {string} author */
  const passes = (passer, author) => {
    n += 1;
    const frame = { type: /** @type {const} */ ("chat"), ...message(author, n, n), passed: true };
    talk.receive({ id: passer, name: passer }, frame);
  };
  for (let i = 0; i < 40; i += 1) passes("P0", "P1");
  const taken = talk.lines.length;
  // Each for each of the others: more rates than were kept once.
  for (const passer of names.slice(1)) {
    for (const author of names) if (author !== passer) passes(passer, author);
  }
  const before = talk.lines.filter(({ author, told_by }) => author === "P1" && told_by === "P0").length;
  for (let i = 0; i < 10; i += 1) passes("P0", "P1");
  const after = talk.lines.filter(({ author, told_by }) => author === "P1" && told_by === "P0").length;
  assert.deepEqual([taken, after - before], [30, 0]);
});
