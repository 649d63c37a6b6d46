import assert from "node:assert/strict";
import test from "node:test";
import { LIMITS } from "../../static/js/room/chat/messages.js";
import { Intake } from "../../static/js/room/rtc/channel.js";
import { bodies, circle, message } from "./circle.js";

const line = (talk, body) => talk.lines.find((one) => one.body === body);
const last = (talk) => talk.lines.at(-1);

test("what I edit, delete and react with, everybody reads", () => {
  const { clock, talk } = circle();
  talk("alice").write("at noon");
  talk("alice").write("a slip");
  clock.pass(1_000);
  assert.equal(talk("alice").edit(line(talk("alice"), "at noon"), "at one"), true);
  assert.equal(talk("alice").remove(line(talk("alice"), "a slip")), true);
  assert.equal(talk("bob").react(line(talk("bob"), "at noon"), "👍", true), true);
  talk("carol").write("fine", { replyTo: line(talk("carol"), "at noon") });
  clock.pass(2_000);
  for (const who of ["alice", "bob", "carol"]) {
    const [first, second, third, ...rest] = talk(who).lines;
    assert.deepEqual([first.body, first.earlier[0].body], ["at one", "at noon"]);
    assert.deepEqual(
      first.reactions.map(({ reaction, count, isMine }) => [reaction, count, isMine]),
      [["👍", 1, who === "bob"]],
    );
    assert.deepEqual([second.body, second.isDeleted], ["", true]);
    assert.deepEqual([third.reply.id, third.reply.name, third.reply.excerpt], [first.id, "Alice", "at one"]);
    assert.deepEqual(rest, []);
  }
  assert.equal(talk("bob").react(talk("bob").lines[0], "👍", false), true);
  clock.pass(1_000);
  assert.deepEqual(talk("alice").lines[0].reactions, []);
});

test("whoever comes late reads what has become of the words, from those who are here and of those who have left", () => {
  const { clock, talk, leave, join } = circle();
  talk("alice").write("at noon");
  talk("bob").write("a slip");
  clock.pass(1_000);
  talk("alice").edit(last(talk("alice")) && line(talk("alice"), "at noon"), "at one");
  talk("bob").remove(line(talk("bob"), "a slip"));
  talk("bob").react(line(talk("bob"), "at noon"), "👍", true);
  clock.pass(1_000);
  leave("bob");
  const dave = join("Dave");
  clock.pass(5_000);
  const [first, second] = dave.lines;
  assert.deepEqual([first.body, first.told_by], ["at one", undefined]);
  assert.deepEqual([second.isDeleted, second.told_by !== undefined], [true, true]);
  assert.deepEqual(
    first.reactions[0].people.map(({ name, told_by }) => [name, told_by === second.told_by]),
    [["Bob", true]],
  );
});

test("only what is mine can be changed, as long as it is there, and under the id that I have", () => {
  const { clock, talk, join, people, leave, frames } = circle({ names: ["Alice", "Bob"] });
  talk("alice").write("of Alice");
  talk("bob").write("of Bob");
  clock.pass(1_000);
  const before = frames.length;
  const theirs = line(talk("alice"), "of Bob");
  assert.deepEqual([theirs.canChange, line(talk("alice"), "of Alice").canChange], [false, true]);
  assert.equal(talk("alice").edit(theirs, "altered"), false);
  assert.equal(talk("alice").remove(theirs), false);
  assert.equal(talk("alice").remove({ id: "nobody 1", conversation: "" }), false);
  assert.equal(talk("alice").remove({ id: theirs.id, conversation: "bob" }), false);
  const mine = line(talk("alice"), "of Alice");
  assert.equal(talk("alice").edit(mine, " \n "), false);
  // Nothing has changed, and nothing is said.
  assert.equal(talk("alice").edit(mine, "of Alice"), true);
  assert.equal(talk("alice").react(mine, "👍", false), true);
  for (const no of ["ok", "", "👍👍"]) assert.equal(talk("alice").react(mine, no, true), false);
  clock.pass(1_000);
  assert.deepEqual(
    frames.slice(before).filter(([, , { type }]) => type === "chat"),
    [],
  );
  talk("alice").remove(mine);
  assert.equal(talk("alice").edit(mine, "once more"), false);
  assert.equal(talk("alice").react(mine, "👍", true), false);
  const { said } = people.get("alice");
  leave("alice");
  assert.equal(join("Alice", { said }).lines[0].isDeleted, true);
});

test("edits and reactions go by the same rate as messages, and what I have changed I read at once", () => {
  const { clock, talk, frames } = circle({ names: ["Alice", "Bob"] });
  talk("alice").write("first");
  clock.pass(60_000);
  for (let n = 1; n <= 30; n += 1) talk("alice").edit(last(talk("alice")), `edit ${n}`);
  assert.deepEqual([last(talk("alice")).body, last(talk("alice")).delivery.state], ["edit 30", "sending"]);
  clock.pass(1_000);
  assert.ok(frames.filter(([, , { type }]) => type === "chat").length <= 12);
  clock.pass(60_000);
  assert.equal(last(talk("bob")).body, "edit 30");
  assert.equal(last(talk("alice")).delivery.state, "");
});

test("whom a line has not reached is named after some seconds, for as long as they are here", () => {
  const { clock, talk, cut, open, leave } = circle();
  clock.pass(15_000);
  cut("alice", "carol");
  talk("alice").write("hello");
  clock.pass(2_000);
  assert.deepEqual(last(talk("alice")).delivery, { state: "", lacking: [] });
  let drawn = 0;
  talk("alice").on("change", () => (drawn += 1));
  clock.pass(1_500);
  assert.ok(drawn > 0);
  assert.deepEqual(last(talk("alice")).delivery, { state: "waiting", lacking: ["Carol"] });
  open("alice", "carol");
  clock.pass(3_000);
  assert.deepEqual(last(talk("alice")).delivery, { state: "", lacking: [] });
  cut("alice", "carol");
  cut("alice", "bob");
  talk("alice").write("anybody?");
  clock.pass(5_000);
  assert.deepEqual(last(talk("alice")).delivery.lacking, ["Bob", "Carol"]);
  const { revision } = talk("alice").state;
  leave("carol");
  // Who is here is known from elsewhere; what is drawn is drawn anew.
  assert.ok(talk("alice").state.revision > revision);
  assert.deepEqual(last(talk("alice")).delivery.lacking, ["Bob"]);
});

test("whoever has just come is given time to ask for what was written before", () => {
  const { clock, talk, join } = circle({ names: ["Alice", "Bob"] });
  talk("alice").write("hello");
  clock.pass(30_000);
  const carol = join("Carol");
  carol.receive = () => {};
  clock.pass(5_000);
  assert.equal(last(talk("alice")).delivery.state, "");
  clock.pass(6_000);
  assert.deepEqual(last(talk("alice")).delivery.lacking, ["Carol"]);
});

test("a page that has been loaded again lacks what its reader had, until it has it again", () => {
  const { clock, talk, leave, join } = circle({ names: ["Alice", "Bob"] });
  talk("alice").write("hello");
  clock.pass(30_000);
  leave("bob");
  const bob = join("Bob");
  const { receive } = bob;
  bob.receive = () => {};
  clock.pass(15_000);
  assert.deepEqual(last(talk("alice")).delivery.lacking, ["Bob"]);
  bob.receive = receive;
  bob.catchUp("alice");
  clock.pass(5_000);
  assert.equal(last(talk("alice")).delivery.state, "");
});

test("whom a third reads my words to has them", () => {
  const { clock, talk, join } = circle({ names: ["Bob", "Carol"], apart: ["alice carol"] });
  join("Alice", { passers: () => new Map([["bob", ["carol"]]]) });
  clock.pass(12_000);
  talk("alice").write("over Bob");
  clock.pass(5_000);
  assert.equal(bodies(talk("carol")).length, 1);
  assert.deepEqual(last(talk("alice")).delivery, { state: "", lacking: [] });
});

test("who is writing is seen by those whom it concerns, and no longer than it is so", () => {
  const { clock, talk, frames } = circle();
  clock.pass(3_000);
  const typing = (who, conversation = "") =>
    talk(who).state.conversations.find(({ id }) => id === conversation)?.typing ?? [];
  for (let i = 0; i < 20; i += 1) {
    talk("alice").typing("", true);
    clock.pass(500);
  }
  assert.deepEqual([typing("bob"), typing("carol"), typing("alice")], [["Alice"], ["Alice"], []]);
  const said = frames.filter(([, to, { type }]) => to === "bob" && type === "chat-typing");
  assert.ok(said.length <= 5, `${said.length}`);
  // Whoever does not go on has stopped, and says so.
  clock.pass(5_100);
  assert.deepEqual(typing("bob"), []);
  assert.equal(frames.findLast(([, to, { type }]) => to === "bob" && type === "chat-typing")[2].on, false);
  talk("alice").typing("", true);
  clock.pass(100);
  talk("alice").write("here it is");
  clock.pass(100);
  assert.deepEqual(typing("bob"), []);
  talk("alice").typing("", true);
  clock.pass(100);
  assert.deepEqual(typing("bob"), ["Alice"]);
  talk("alice").typing("", false);
  clock.pass(100);
  assert.deepEqual(typing("bob"), []);
  talk("bob").show("alice");
  talk("alice").typing("bob", true);
  clock.pass(100);
  assert.deepEqual([typing("bob", "alice"), typing("bob"), typing("carol")], [["Alice"], [], []]);
  talk("alice").typing("bob", false);
  clock.pass(100);
  assert.deepEqual(typing("bob", "alice"), []);
});

test("whoever says for ever that they are writing, and falls silent, is forgotten", () => {
  const { clock, talk, hear, people } = circle({ names: ["Alice", "Bob"] });
  people.get("bob").talk.receive = () => {};
  hear("bob", "alice", { type: "chat-typing", on: true });
  assert.deepEqual(talk("alice").state.conversations[0].typing, ["Bob"]);
  let drawn = 0;
  talk("alice").on("change", () => (drawn += 1));
  clock.pass(7_000);
  assert.ok(drawn > 0);
  assert.deepEqual(talk("alice").state.conversations[0].typing, []);
  for (const on of [1, "true", null, {}]) hear("bob", "alice", { type: "chat-typing", on });
  assert.deepEqual(talk("alice").state.conversations[0].typing, []);
});

// -- somebody who means ill --------------------------------------------------------------------------

test("garbage of every kind and type is taken for nothing, and what is said after it is heard", () => {
  const { clock, talk, hear, people } = circle({ names: ["Alice", "Mallory"] });
  clock.pass(3_000);
  people.get("mallory").talk.receive = () => {};
  const odd = [
    undefined,
    null,
    0,
    -1,
    1.5,
    NaN,
    "",
    "x",
    [],
    {},
    true,
    { length: 3 },
    "\u0000",
    "a b",
    "x".repeat(10_000),
  ];
  const whole = {
    ...message("mallory", 1, 1),
    kind: "edit",
    of: `alice ${"0".repeat(32)}`,
    reply_to: `alice ${"0".repeat(32)}`,
    on: true,
    file: { id: "f", name: "n", size: 1, type: "" },
  };
  for (const type of ["chat", "chat-ack", "chat-sync", "chat-history", "chat-typing"]) {
    for (const prefix of ["", "private-"]) {
      for (const member of [
        ...Object.keys(whole),
        "n",
        "have",
        "of",
        "most",
        "messages",
        "left",
        "age",
        "pass",
      ]) {
        for (const value of odd) {
          const frame = {
            ...whole,
            have: {},
            messages: [whole],
            left: 0,
            [member]: value,
            type: prefix + type,
          };
          hear("mallory", "alice", JSON.parse(JSON.stringify(frame)));
        }
      }
      clock.pass(1_500);
    }
  }
  for (const of of odd) {
    for (const kind of ["edit", "deletion", "reaction", "message", "whatever"]) {
      const more = { kind, of, on: true };
      hear("mallory", "alice", { type: "chat", ...message("mallory", 2, 2, more) });
    }
  }
  clock.pass(60_000);
  hear("mallory", "alice", { type: "chat", ...message("mallory", 900, 9, { body: "in the end" }) });
  assert.ok(bodies(talk("alice")).includes("in the end"));
  assert.ok(talk("alice").lines.every(({ author, isMine }) => author === "mallory" && !isMine));
});

test("nobody edits, deletes or reacts in another's name, by whichever way they say it", () => {
  const { clock, talk, hear, people, frames } = circle({ names: ["Alice", "Mallory", "Carol"] });
  clock.pass(3_000);
  const mine = talk("alice").write("of Alice");
  const hers = talk("carol").write("of Carol");
  clock.pass(3_000);
  people.get("mallory").talk.receive = () => {};
  let n = 0;
  const names = [mine, hers].map(({ author, id }) => `${author} ${id}`);
  for (const author of ["mallory", "alice", "carol"]) {
    for (const of of names) {
      for (const what of [
        { kind: "edit", of, body: "altered" },
        { kind: "deletion", of, body: undefined },
        { kind: "reaction", of, body: "👎", on: true },
      ]) {
        n += 1;
        const forged = message(author, author === "mallory" ? n : 50 + n, 10 + n, what);
        hear("mallory", "alice", { type: "chat", ...forged });
        hear("mallory", "alice", { type: "chat", ...forged, passed: true });
        talk("alice").catchUp("mallory");
        clock.pass(1_200);
        hear("mallory", "alice", { type: "chat-history", messages: [forged], left: 0 });
        hear("mallory", "alice", { type: "private-chat", ...forged });
      }
    }
  }
  clock.pass(5_000);
  for (const { body, isDeleted, earlier, reactions } of talk("alice").lines) {
    assert.ok(["of Alice", "of Carol"].includes(body));
    assert.deepEqual([isDeleted, earlier], [false, []]);
    // Mallory's own dislike is theirs.
    for (const { people: who } of reactions) assert.deepEqual(who, [{ name: "Mallory" }]);
  }
  assert.equal(
    frames.some(([from, , frame]) => from === "alice" && JSON.stringify(frame).includes("altered")),
    false,
  );
});

test("a thousand reactions, whatever their rate, cost their author's time and nobody a line", () => {
  const { clock, talk, hear, people, frames } = circle({ names: ["Alice", "Mallory"] });
  talk("alice").write("of Alice");
  clock.pass(5_000);
  const [{ author, id }] = frames.filter(([, , { type }]) => type === "chat").map(([, , frame]) => frame);
  const all = Array.from({ length: 1_000 }, (_, i) =>
    message("mallory", i + 1, i + 2, {
      kind: "reaction",
      of: `${author} ${id}`,
      body: "👎",
      on: i % 2 === 0,
    }),
  );
  people.get("mallory").talk.receive = (sender, { type, have, of, most = 1_000 }) => {
    if (type !== "chat-sync" || (of && !of.includes("mallory"))) return;
    const lacking = all.filter(({ n }) => n > (have.mallory ?? 0)).slice(0, most);
    hear("mallory", sender.id, { type: "chat-history", messages: lacking, left: 0 });
  };
  for (const one of all) hear("mallory", "alice", { type: "chat", ...one });
  clock.pass(60_000);
  assert.equal(talk("alice").lines.length, 1);
  assert.ok(talk("alice").lines[0].reactions.length <= 1);
});

test("ten thousand characters are no message, and in a name they are none", () => {
  const { talk, hear } = circle({ names: ["Alice", "Mallory"] });
  const long = "x".repeat(10_000);
  hear("mallory", "alice", { type: "chat", ...message("mallory", 1, 1, { body: long }) });
  hear("mallory", "alice", { type: "chat", ...message("mallory", 1, 1, { name: long }) });
  const file = { id: "f", name: long, size: 1, type: "" };
  hear("mallory", "alice", { type: "chat", ...message("mallory", 1, 1, { file }) });
  assert.deepEqual(talk("alice").lines, []);
  assert.equal(talk("alice").write(long).body.length, 4_000);
});

test("more than is ever meant ends the connection, for each type of the chat", () => {
  for (const [type, { burst, bytes }] of Object.entries(LIMITS)) {
    const intake = new Intake(() => 0);
    for (let i = 0; i < burst; i += 1) assert.equal(intake.judge(type, bytes), "take", type);
    assert.equal(intake.judge(type, bytes), "flood", type);
    assert.equal(new Intake(() => 0).judge(type, bytes + 1), "drop", type);
  }
});
