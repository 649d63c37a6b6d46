import assert from "node:assert/strict";
import test from "node:test";
import { Talk } from "../../static/js/room/chat/talk.js";
import { LIMITS } from "../../static/js/room/rtc/channel.js";
import { NEW, bodies, circle, message } from "./circle.js";
import { FakeClock } from "./fakes.js";

const told = (talk) => talk.lines.filter(({ told_by }) => told_by !== undefined);

test("what is written is read by everybody, under the name that the roster has", () => {
  const { clock, talk, people } = circle();
  talk("alice").write("Hello");
  clock.pass(1_000);
  for (const who of ["bob", "carol"]) {
    const [line] = talk(who).lines;
    assert.deepEqual([line.body, line.name, line.isMine, line.told_by], ["Hello", "Alice", false, undefined]);
    assert.equal(people.get(who).news.length, 1);
  }
});

test("what comes while nobody looks is counted, and the first of it is marked for as long as somebody looks", () => {
  const { clock, talk } = circle({ names: ["Alice", "Bob"] });
  const seen = () => {
    const [{ unread, unreadFrom, lines }] = talk("alice").state.conversations;
    return [unread, talk("alice").state.unread, lines.find(({ id }) => id === unreadFrom)?.body];
  };
  talk("alice").watch(true);
  talk("bob").write("read at once");
  clock.pass(1_000);
  assert.deepEqual(seen(), [0, 0, undefined]);
  talk("alice").watch(false);
  talk("bob").write("one");
  talk("bob").write("two");
  talk("alice").write("of mine");
  clock.pass(1_000);
  assert.deepEqual(seen(), [2, 2, undefined]);
  talk("alice").watch(true);
  assert.deepEqual(seen(), [0, 0, "one"]);
  talk("bob").write("three");
  clock.pass(1_000);
  assert.deepEqual(seen(), [0, 0, "one"]);
  talk("alice").watch(false);
  assert.deepEqual(seen(), [0, 0, undefined]);
});

test("a message bears the name that its author has in the room, and is nobody else's", () => {
  const { talk, hear } = circle();
  hear("bob", "alice", { type: "chat", ...message("bob", 1, 1, { name: "Carol" }) });
  hear("bob", "alice", { type: "chat", ...message("carol", 1, 1) });
  hear("bob", "alice", { type: "chat", ...message("alice", 1, 1) });
  assert.deepEqual(
    talk("alice").lines.map(({ name, author }) => [name, author]),
    [["Bob", "bob"]],
  );
});

test("a gap asks its author, and takes nothing in the name of others who are here, least of all mine", () => {
  const { clock, talk, frames, people, hear } = circle({ names: ["Alice", "Mallory", "Carol"] });
  clock.pass(5_000);
  people.get("mallory").talk.receive = () => {};
  const before = frames.length;
  hear("mallory", "alice", { type: "chat", ...message("mallory", 5, 5) });
  clock.pass(100);
  const asked = frames.slice(before).filter(([from, , { type }]) => from === "alice" && type === "chat-sync");
  assert.deepEqual(
    asked.map(([, to, { of }]) => [to, of]),
    [["mallory", ["mallory"]]],
  );
  hear("mallory", "alice", {
    type: "chat-history",
    left: 0,
    messages: [
      message("carol", 1, 2, { body: "forged Carol" }),
      message("alice", 1, 3, { body: "forged me" }),
      message("mallory", 4, 4),
    ],
  });
  clock.pass(20_000);
  assert.deepEqual(bodies(talk("alice")), ["mallory 4", "mallory 5"]);
  assert.deepEqual(bodies(talk("carol")), []);
  // Nor does the page that was told hand any of it on.
  assert.equal(
    frames.some(([from, , frame]) => from !== "mallory" && JSON.stringify(frame).includes("forged")),
    false,
  );
});

test("what is told of somebody who has gone names whoever told it, and whoever was only told says so", () => {
  const { clock, talk, leave, join } = circle({ names: ["Alice", "Bob"] });
  talk("alice").write("I was here");
  clock.pass(1_000);
  leave("alice");
  join("Carol");
  clock.pass(3_000);
  assert.deepEqual(
    talk("carol").lines.map(({ body, name, told_by, hearsay }) => [body, name, told_by, hearsay]),
    [["I was here", "Alice", "Bob", false]],
  );
  leave("bob");
  join("Dave");
  clock.pass(3_000);
  assert.deepEqual(
    talk("dave").lines.map(({ told_by, hearsay }) => [told_by, hearsay]),
    [["Carol", true]],
  );
});

test("whoever comes late has everybody's words from themselves, and those of whoever left, once", () => {
  const { clock, talk, leave, join, people } = circle();
  for (const who of ["alice", "bob", "carol"]) talk(who).write(`by ${who}`);
  clock.pass(1_000);
  leave("bob");
  join("Dave");
  clock.pass(200);
  assert.deepEqual(bodies(talk("dave")).sort(), ["by alice", "by carol"]);
  assert.deepEqual(told(talk("dave")), []);
  clock.pass(3_000);
  assert.deepEqual(bodies(talk("dave")), bodies(talk("alice")));
  assert.deepEqual(
    told(talk("dave")).map(({ author }) => author),
    ["bob"],
  );
  assert.deepEqual(people.get("dave").news, []);
});

test("whoever comes late gets all of a long history, however many frames it takes", () => {
  const { clock, join, talk } = circle({ names: [] });
  const body = "words ".repeat(40);
  const messages = Array.from({ length: 4_500 }, (_, i) => message("alice", i + 1, i + 1, { body }));
  join("Alice", { said: { count: 4_500, delivered: 0, messages } });
  join("Bob");
  clock.pass(60_000);
  assert.equal(talk("bob").lines.length, 4_500);
});

test("history that nobody asked for is not taken, nor more than was asked for", () => {
  const { clock, talk, people, hear } = circle({ names: ["Alice", "Bob"] });
  clock.pass(10_000);
  const frame = (from, count) => ({
    type: "chat-history",
    messages: Array.from({ length: count }, (_, i) => message("bob", from + i, 1)),
  });
  hear("bob", "alice", frame(1, 10));
  assert.equal(talk("alice").lines.length, 0);
  people.get("bob").talk.receive = () => {};
  talk("alice").catchUp("bob");
  clock.pass(100);
  for (let from = 1; from < 1_500; from += 100) hear("bob", "alice", frame(from, 100));
  clock.pass(1_000);
  assert.equal(talk("alice").lines.length, 1_000);
  const alone = circle({ names: ["Alice"] });
  alone.people.set("bob", { name: "Bob" });
  alone.hear("bob", "alice", frame(1, 10));
  assert.deepEqual(alone.talk("alice").lines, []);
  for (const messages of [{ length: 3 }, "text", null]) {
    hear("bob", "alice", { type: "chat-history", messages });
  }
});

test("thirty-two messages, eighteen of them at once, are everybody's in the end", () => {
  const { clock, talk, people, join, leave } = circle();
  for (let n = 1; n <= 18; n += 1) talk("alice").write(`quick ${n}`);
  assert.ok(talk("alice").lines.some(({ delivery }) => delivery.state === "sending"));
  for (let n = 19; n <= 32; n += 1) {
    clock.pass(400);
    talk("alice").write(`slow ${n}`);
  }
  clock.pass(30_000);
  for (const who of ["alice", "bob", "carol"]) assert.equal(talk(who).lines.length, 32, who);
  assert.deepEqual(bodies(talk("bob")), bodies(talk("alice")));
  assert.ok(talk("alice").lines.every(({ delivery }) => delivery.state === ""));
  const { said } = people.get("alice");
  leave("alice");
  const again = join("Alice", { said });
  clock.pass(5_000);
  assert.deepEqual(bodies(again), bodies(talk("bob")));
  assert.ok(again.lines.every(({ isMine, told_by }) => isMine && told_by === undefined));
});

test("nobody is sent more than twenty messages in any ten seconds", () => {
  const { clock, talk, frames } = circle({ names: ["Alice", "Bob"] });
  clock.pass(5_000);
  for (let n = 1; n <= 60; n += 1) talk("alice").write(`${n}`);
  const times = [];
  for (let tick = 0; tick < 800; tick += 1) {
    const before = frames.length;
    clock.pass(100);
    for (const [, , { type }] of frames.slice(before)) if (type === "chat") times.push(clock.now());
  }
  assert.equal(times.length, 60);
  for (const [i, at] of times.entries()) assert.ok(!times[i + 20] || times[i + 20] - at >= 9_900);
});

test("whoever does not keep to the rate is heard later, in full, and keeps nobody else from being heard", () => {
  const { clock, talk, frames, people, hear } = circle({ names: ["Alice", "Bob", "Carol"] });
  clock.pass(5_000);
  const all = Array.from({ length: 50 }, (_, i) => message("bob", i + 1, i + 1));
  // Bob's page knows no limit, and answers when it is asked.
  people.get("bob").talk.receive = (sender, { type, have, of, most = 1_000 }) => {
    if (type !== "chat-sync" || (of && !of.includes("bob"))) return;
    hear("bob", sender.id, {
      type: "chat-history",
      messages: all.filter(({ n }) => n > (have.bob ?? 0)).slice(0, most),
    });
  };
  for (const one of all) hear("bob", "alice", { type: "chat", ...one });
  talk("carol").write("me too");
  clock.pass(1_000);
  assert.ok(bodies(talk("alice")).includes("me too"));
  assert.equal(talk("alice").lines.filter(({ author }) => author === "bob").length, 30);
  clock.pass(11_000);
  assert.equal(talk("alice").lines.filter(({ author }) => author === "bob").length, 50);
  const asked = frames.filter(
    ([from, to, { type, most }]) => from === "alice" && to === "bob" && type === "chat-sync" && most === 20,
  );
  assert.equal(asked.length, 1);
});

test("what nobody has got is called so until somebody has", () => {
  const { clock, talk, people, join } = circle({ names: ["Alice"] });
  talk("alice").write("Is anybody here?");
  assert.equal(talk("alice").lines[0].delivery.state, "waiting");
  join("Bob");
  clock.pass(2_000);
  assert.equal(talk("alice").lines[0].delivery.state, "");
  assert.equal(people.get("alice").said.delivered, 1);
});

test("what is swallowed on the way is called undelivered, and comes when there is a way again", () => {
  const { clock, talk, frames, cut, open } = circle({ names: ["Alice", "Bob"] });
  clock.pass(5_000);
  talk("alice").write("one");
  cut("alice", "bob");
  assert.equal(talk("alice").lines[0].delivery.state, "");
  let drawn = 0;
  talk("alice").on("change", () => (drawn += 1));
  clock.pass(3_500);
  assert.equal(talk("alice").lines[0].delivery.state, "waiting");
  assert.ok(drawn > 0);
  talk("alice").write("two");
  assert.equal(talk("alice").lines[1].delivery.state, "waiting");
  open("alice", "bob");
  clock.pass(5_000);
  assert.deepEqual(bodies(talk("bob")), ["one", "two"]);
  assert.deepEqual(
    talk("alice").lines.map(({ delivery }) => delivery.state),
    ["", ""],
  );
  assert.ok(frames.some(([from, , { type, n }]) => from === "bob" && type === "chat-ack" && n === 2));
});

test("a reloaded page has its own words from itself, and knows who has them", () => {
  const { clock, people, leave, join } = circle({ names: ["Alice", "Bob"] });
  const { talk } = people.get("alice");
  talk.write("before");
  clock.pass(1_000);
  leave("bob");
  talk.write("nobody heard this");
  const { said } = people.get("alice");
  leave("alice");
  const again = join("Alice", { said });
  assert.deepEqual(
    again.lines.map(({ body, delivery }) => [body, delivery.state]),
    [
      ["before", ""],
      ["nobody heard this", "waiting"],
    ],
  );
  assert.equal(again.write("and on").n, 3);
});

test("nobody makes me believe that somebody has what I never wrote", () => {
  const { talk, hear, people } = circle({ names: ["Alice", "Bob"] });
  talk("alice").write("one");
  for (const n of [2, 1_000_000, 0, -1, "1", null, {}]) {
    hear("bob", "alice", { type: "chat-ack", n });
    hear("bob", "alice", { type: "chat-sync", have: { alice: n } });
  }
  hear("bob", "alice", { type: "chat-sync", have: null });
  assert.equal(people.get("alice").said.delivered, 0);
});

test("whoever asks for history again and again gets one answer a second", () => {
  const { clock, talk, frames, hear } = circle({ names: ["Alice", "Bob"] });
  for (let n = 0; n < 5; n += 1) talk("alice").write(`${n}`);
  clock.pass(5_000);
  const before = frames.length;
  for (let i = 0; i < 300; i += 1) hear("bob", "alice", { type: "chat-sync", have: {} });
  clock.pass(2_500);
  const answers = frames
    .slice(before)
    .filter(([from, , { type }]) => from === "alice" && type === "chat-history");
  assert.equal(answers.length, 2);
});

test("a clock that is seven hours ahead writes at the hour of whoever reads", () => {
  const { clock, talk, join } = circle({ names: ["Bob"] });
  const hours = 7 * 3_600_000;
  const alice = join("Alice", { off: hours });
  clock.pass(2_000);
  alice.write("five to one");
  clock.pass(60_000);
  join("Carol");
  clock.pass(3_000);
  const said = 1_700_000_000_000 + 2_000;
  for (const who of ["bob", "carol"]) assert.ok(Math.abs(talk(who).lines[0].at - said) < 1_000, who);
  assert.ok(Math.abs(alice.lines[0].at - said - hours) < 1_000);
});

test("what cannot be said directly is passed on by a third, who is named, one hop and once", () => {
  const { clock, talk, frames, join } = circle({ names: ["Bob", "Carol"], apart: ["alice carol"] });
  join("Alice", { passers: () => new Map([["bob", ["carol", "alice", "carol", "nobody", 7]]]) });
  clock.pass(100);
  talk("alice").write("over Bob");
  clock.pass(100);
  assert.deepEqual(
    talk("carol").lines.map(({ body, name, told_by }) => [body, name, told_by]),
    [["over Bob", "Alice", "Bob"]],
  );
  assert.deepEqual(
    talk("bob").lines.map(({ told_by }) => told_by),
    [undefined],
  );
  const passed = frames.filter(([, , { passed }]) => passed);
  assert.deepEqual(
    passed.map(([from, to]) => [from, to]),
    [["bob", "carol"]],
  );
  assert.equal("pass" in passed[0][2], false);
});

test("nobody has me cut off by what I pass on for them, however many they are, and nothing is lost", () => {
  const many = Array.from({ length: 7 }, (_, i) => `Eve${i}`);
  const { clock, talk, frames, hear } = circle({
    names: ["Bob", "Carol", ...many],
    apart: many.map((one) => `carol ${one.toLowerCase()}`),
  });
  clock.pass(1_000);
  for (const one of many.map((name) => name.toLowerCase())) {
    for (let n = 1; n <= 30; n += 1) {
      hear(one, "bob", { type: "chat", ...message(one, n, n), pass: ["carol"] });
    }
  }
  clock.pass(100);
  assert.equal(talk("bob").lines.length, 210);
  const passed = () =>
    frames.filter(([from, to, { passed }]) => from === "bob" && to === "carol" && passed).length;
  // Half of what Carol takes of Bob before she lets go of him.
  assert.ok(passed() <= LIMITS.chat.burst / 2, `${passed()}`);
  clock.pass(60_000);
  assert.equal(talk("carol").lines.length, 210);
});

test("the author's own word takes the place of what was passed on", () => {
  const { clock, talk, hear, open, people } = circle({ apart: ["alice carol"] });
  const line = talk("alice").write("twelve");
  hear("bob", "carol", { type: "chat", ...line, body: "twenty", passed: true });
  assert.deepEqual(
    talk("carol").lines.map(({ body, told_by }) => [body, told_by]),
    [["twenty", "Bob"]],
  );
  open("alice", "carol");
  clock.pass(3_000);
  assert.deepEqual(
    talk("carol").lines.map(({ body, told_by }) => [body, told_by]),
    [["twelve", undefined]],
  );
  hear("bob", "carol", { type: "chat", ...line, body: "twenty", passed: true });
  clock.pass(3_000);
  assert.deepEqual(bodies(talk("carol")), ["twelve"]);
  assert.equal(people.get("carol").news.length, 1);
});

test("nobody passes on their own words, mine, those of somebody who is not here, or who speaks to me", () => {
  const { talk, hear } = circle({ names: ["Alice", "Bob", "Carol", "Dave"], apart: ["alice dave"] });
  for (const author of ["bob", "alice", "carol", "nobody"]) {
    hear("bob", "alice", { type: "chat", ...message(author, 1, 1), passed: true });
  }
  hear("bob", "alice", { type: "chat", ...message("dave", 1, 1) });
  assert.deepEqual(talk("alice").lines, []);
  hear("bob", "alice", { type: "chat", ...message("dave", 1, 1), passed: true, pass: ["carol"] });
  assert.deepEqual(
    talk("alice").lines.map(({ told_by }) => told_by),
    ["Bob"],
  );
  assert.deepEqual(talk("carol").lines, []);
});

test("of whoever is out of reach the others are asked what they said before", () => {
  const { clock, talk, open } = circle({ names: ["Alice", "Bob", "Carol"], apart: ["alice carol"] });
  talk("carol").write("only Bob hears this");
  clock.pass(2_000);
  assert.deepEqual(bodies(talk("alice")), []);
  clock.pass(15_000);
  assert.deepEqual(
    talk("alice").lines.map(({ body, told_by }) => [body, told_by]),
    [["only Bob hears this", "Bob"]],
  );
  open("alice", "carol");
  clock.pass(3_000);
  assert.deepEqual(told(talk("alice")), []);
});

test("whatever goes wrong on the way, everybody has the same log in the end", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const names = ["Alice", "Bob", "Carol", "Dave"];
  for (let round = 0; round < 15; round += 1) {
    const { clock, talk, people, cut, open, leave, join } = circle({ names });
    const broken = [];
    const all = names.map((name) => name.toLowerCase());
    const any = () => all[Math.floor(random() * all.length)];
    let written = 0;
    for (let step = 0; step < 80; step += 1) {
      const [one, other] = [any(), any()];
      const what = random();
      if (what < 0.6) talk(one).write(`${(written += 1)}`);
      else if (what < 0.75 && one !== other) broken.push([one, other].sort()) && cut(one, other);
      else if (what < 0.9 && broken.length > 0) open(...broken.pop());
      else {
        const { name, said } = people.get(one);
        leave(one);
        join(name, { said });
      }
      clock.pass(random() * 900);
    }
    for (const [one, other] of broken.splice(0)) open(one, other);
    clock.pass(120_000);
    for (const who of all) {
      assert.equal(talk(who).lines.length, written, `${who} in round ${round}`);
      assert.deepEqual(bodies(talk(who)), bodies(talk("alice")));
      assert.deepEqual(told(talk(who)), []);
    }
  }
});

test("what is said of a new line is of whoever wrote it, whose number it bears or not", () => {
  const { clock, talk, people, hear } = circle({ names: ["Alice", "Bob", "Carol"] });
  const said = talk("carol").write("I leave at five");
  clock.pass(1_000);
  hear("bob", "alice", { type: "chat", ...message("bob", 1, 1, { id: said.id, body: "first" }) });
  assert.deepEqual(
    people.get("alice").news.map(({ author }) => author),
    ["carol", "bob"],
  );
});

test("whatever somebody sends in the names of others, none of it stands as theirs without a mark", () => {
  const { clock, talk, people, hear, leave, frames } = circle({
    names: ["Alice", "Mallory", "Carol", "Gone"],
  });
  clock.pass(5_000);
  const honest = ["alice", "carol", "gone"].map((who) => [who, talk(who).write(`by ${who}`).body]);
  clock.pass(1_000);
  leave("gone");
  people.get("mallory").talk.receive = () => {};
  const genuine = talk("alice").lines.map(({ body }) => body);
  let n = 0;
  for (const author of ["alice", "carol", "gone", "mallory", "nobody", "__proto__", "constructor"]) {
    for (const lamport of [1, 2, 10_000, Number.MAX_SAFE_INTEGER]) {
      const more = {
        name: "Carol",
        hearsay: false,
        age: 0,
        body: `forged ${author} ${lamport}`,
        after: `alice ${"0".repeat(32)}`,
      };
      n += 1;
      for (const number of [1, 2, n]) {
        const forged = message(author, number, lamport, more);
        if (n % 3 === 0) talk("alice").catchUp("mallory");
        hear("mallory", "alice", { type: "chat", ...forged });
        hear("mallory", "alice", { type: "chat", ...forged, passed: true });
        hear("mallory", "alice", {
          type: "chat-history",
          messages: [forged, { ...forged, author: "carol" }],
          left: 1,
        });
        hear("mallory", "alice", { type: "chat-ack", n: number, author });
        clock.pass(700);
      }
    }
  }
  clock.pass(20_000);
  const { lines } = talk("alice");
  assert.ok(
    lines.some(({ told_by }) => told_by === "Mallory"),
    "some of it was looked at",
  );
  for (const { author, body, told_by, isMine } of lines) {
    if (author === "mallory" || told_by === "Mallory") continue;
    assert.ok(genuine.includes(body), `${author}: ${body}`);
    assert.equal(isMine, author === "alice");
  }
  // Of those who speak for themselves, and of me, not even that.
  for (const { author, told_by } of lines) {
    if (["alice", "carol"].includes(author)) assert.equal(told_by, undefined);
  }
  for (const [who, body] of honest) {
    assert.equal(lines.filter((line) => line.author === who && line.body === body).length, 1, who);
  }
  assert.equal(
    frames.some(([from, to, frame]) => from === "alice" && to === "carol" && frame.passed),
    false,
  );
});

test("a line keeps its name when its author confirms it, and no two have the same", () => {
  const { clock, talk, hear, open } = circle({ names: ["Alice", "Bob", "Carol"], apart: ["alice carol"] });
  const said = talk("carol").write("first");
  clock.pass(25_000);
  const [told] = talk("alice").lines;
  assert.equal(told.told_by, "Bob");
  hear("bob", "alice", { type: "chat", ...said, body: "altered", passed: true });
  assert.equal(new Set(talk("alice").lines.map(({ id }) => id)).size, 2);
  open("alice", "carol");
  clock.pass(5_000);
  assert.deepEqual(
    talk("alice").lines.map(({ id, body, told_by }) => [id, body, told_by]),
    [[told.id, "first", undefined]],
  );
});

test("whoever has left asks and tells nobody any more, and what was written stays to be read", () => {
  const { clock, talk, frames, hear, join, leave } = circle({
    names: ["Alice", "Bob"],
    apart: ["alice carol"],
  });
  join("Carol");
  clock.pass(25_000);
  // Somebody is out of reach, so the others are asked about them again and again.
  assert.ok(frames.some(([from, , { of }]) => from === "alice" && of?.includes("carol")));
  for (let n = 1; n <= 18; n += 1) talk("alice").write(`${n}`);
  hear("bob", "alice", { type: "chat", ...message("bob", 1, 1) });
  hear("bob", "alice", { type: "chat-sync", have: {} });
  hear("bob", "alice", { type: "chat-sync", have: {} });
  const before = talk("alice").lines.length;
  const mine = talk("alice");
  mine.close();
  clock.pass(100);
  const sent = frames.filter(([from]) => from === "alice").length;
  mine.catchUp("bob");
  hear("bob", "alice", { type: "chat-sync", have: {} });
  assert.equal(mine.write("too late"), null);
  clock.pass(120_000);
  assert.equal(frames.filter(([from]) => from === "alice").length, sent);
  assert.equal(mine.lines.length, before);
  assert.equal(mine.lines.findLast(({ isMine }) => isMine).delivery.state, "waiting");
  // The same page may come back, as somebody else.
  mine.begin("alice", NEW);
  assert.equal(mine.write("here again").n, 19);
  leave("alice");
});

test("history is drawn once a second, however many frames it comes in", () => {
  const { clock, talk, hear, people } = circle({ names: ["Alice", "Bob"] });
  clock.pass(10_000);
  people.get("bob").talk.receive = () => {};
  talk("alice").catchUp("bob");
  clock.pass(100);
  const before = talk("alice").state.revision;
  for (let n = 1; n <= 500; n += 1) {
    hear("bob", "alice", { type: "chat-history", messages: [message("bob", n, n)], left: 500 - n });
    clock.pass(10);
  }
  clock.pass(1_000);
  const drawn = talk("alice").state.revision - before;
  assert.ok(drawn >= 5 && drawn <= 8, `${drawn}`);
  assert.equal(talk("alice").lines.length, 500);
});

/** Carol's chat, by hand: what she sends stands in `sent`, and what she hears is given to `hear`. */
function alone() {
  const clock = new FakeClock();
  const sent = [];
  const talk = new Talk({
    clock,
    time: () => 1_700_000_000_000 + Math.floor(clock.now()),
    send: (to, message) => sent.push([to, message]),
  });
  const others = [{ id: "bob", name: "Bob", isReached: true }];
  talk.settleIn({
    me: () => ({ id: talk.id ?? "carol", name: "Carol" }),
    others: () => others,
    passers: () => new Map(),
  });
  talk.begin("carol", NEW);
  return { clock, sent, talk, hear: (frame) => talk.receive({ id: "bob", name: "Bob" }, frame) };
}

test("an answer that takes longer than a second takes nothing from the next one", () => {
  const { clock, sent, talk, hear } = alone();
  talk.catchUp("bob");
  clock.pass(1_400);
  assert.deepEqual(
    sent.map(([, { type, of }]) => [type, of]).filter(([type]) => type === "chat-sync"),
    [
      ["chat-sync", ["bob"]],
      ["chat-sync", undefined],
    ],
  );
  hear({ type: "chat-history", messages: [message("bob", 1, 1)], left: 0 });
  hear({ type: "chat-history", messages: [message("dave", 1, 2)], left: 0 });
  assert.deepEqual(bodies(talk), ["bob 1", "dave 1"]);
  // And no more than those two answers.
  hear({ type: "chat-history", messages: [message("dave", 2, 3)], left: 0 });
  assert.deepEqual(bodies(talk), ["bob 1", "dave 1"]);
});

test("gaps bring no more than the rate lets through", () => {
  const { clock, sent, hear } = alone();
  for (let second = 1; second <= 60; second++) {
    hear({ type: "chat", ...message("bob", second * 1_000, second), age: 0 });
    clock.pass(1_000);
  }
  const asked = sent.filter(([, { type }]) => type === "chat-sync");
  assert.ok(asked.length >= 1 && asked.length <= 7, `asked ${asked.length} times`);
  for (const [, { most }] of asked) assert.equal(most, 20);
});

test("what nobody has got stays called so when I get another id", () => {
  const { clock, talk } = alone();
  talk.write("Is anybody there?");
  clock.pass(5_000);
  assert.equal(talk.lines[0].delivery.state, "waiting");
  talk.id = "carol-2";
  talk.begin("carol-2", NEW);
  assert.deepEqual(
    talk.lines.map(({ isMine, delivery }) => [isMine, delivery.state]),
    [[true, "waiting"]],
  );
});
