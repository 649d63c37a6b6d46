import assert from "node:assert/strict";
import test from "node:test";
import { capability } from "../../../static/js/room/reactions/index.js";
import { messages, REACTIONS } from "../../../static/js/room/reactions/messages.js";
import { Pace, PACE, Reactions, SEEN_FOR } from "../../../static/js/room/reactions/model.js";
import { announcement, WORDS } from "../../../static/js/room/reactions/words.js";
import { FakeClock } from "../fakes.js";

const alice = { id: "alice", name: "Alice", self: true };
const bob = { id: "bob", name: "Bob", self: false };

/** Alice's room with Bob in it; `sent` is what goes to the others, `told` what is said aloud. */
function room(...people) {
  const clock = new FakeClock();
  const sent = [];
  const told = [];
  const counts = { drawn: 0 };
  const part = capability.begin({
    clock,
    send: (message) => sent.push(message),
    gather: (count, words) => told.push(words(count)),
    tell: (text) => told.push(text),
    draw: () => (counts.drawn += 1),
  });
  const look = () =>
    Object.fromEntries(
      [...part.marks(people)].map(([id, marks]) => [id, marks.map(({ text }) => text).join("")]),
    );
  look();
  const says = (id, said) => {
    const message = messages.reaction.read({ type: "reaction", ...said });
    if (message) part.receive(id, message);
  };
  const press = (reaction) =>
    part
      .lines()[0]
      .row.find(({ label }) => label === WORDS[reaction].label)
      .act();
  return { clock, people, part, sent, told, counts, look, says, press };
}

test("a reaction is seen at whoever sent it for four seconds, and said to those who do not see it", () => {
  const { clock, told, look, says } = room(bob, alice);
  says("bob", { reaction: "applause" });
  assert.deepEqual(look(), { bob: "👏", alice: "" });
  assert.deepEqual(told, ["Bob reacts: Applause"]);
  clock.pass(SEEN_FOR - 1);
  assert.equal(look().bob, "👏");
  clock.pass(1);
  assert.deepEqual(look(), { bob: "", alice: "" });
  assert.equal(clock.pending, 0);
});

test("mine goes to the others and is seen over my own picture, and nobody reads it out to me", () => {
  const { sent, told, look, press } = room(bob, alice);
  press("heart");
  assert.deepEqual(sent, [{ type: "reaction", reaction: "heart" }]);
  assert.deepEqual(look(), { bob: "", alice: "❤️" });
  assert.deepEqual(told, []);
});

test("of what comes from outside only the six are taken, and of nobody who is not inside", () => {
  const { look, says, counts } = room(bob, alice);
  for (const reaction of ["middle-finger", "👍", "", null, 6, {}, ["heart"], "toString"]) {
    says("bob", { reaction });
  }
  says("mallory", { reaction: "heart" });
  assert.deepEqual(look(), { bob: "", alice: "" });
  assert.equal(counts.drawn, 0);
  assert.equal(REACTIONS.length, 6);
  assert.deepEqual(Object.keys(WORDS), [...REACTIONS]);
});

test("what comes before the one who sent it is drawn is seen once they are, if that is soon", () => {
  const { clock, people, told, look, says } = room(alice);
  says("bob", { reaction: "surprise" });
  says("bob", { reaction: "heart" });
  says("carol", { reaction: "heart" });
  clock.pass(SEEN_FOR - 1);
  people.push(bob);
  assert.deepEqual(look(), { alice: "", bob: "❤️" });
  assert.deepEqual(told, [`Bob reacts: ${WORDS.heart.label}`]);
  clock.pass(1);
  people.push({ id: "carol", name: "Carol", self: false });
  assert.equal(look().carol, "", "four seconds have passed");
});

test("what is too much waits, and of what waits the newest is shown", () => {
  const { clock, look, says } = room(bob, alice);
  for (let i = 0; i < PACE.burst; i += 1) says("bob", { reaction: "heart" });
  for (const reaction of ["surprise", "laughter", "celebration"]) says("bob", { reaction });
  assert.equal(look().bob, "❤️");
  clock.pass(1_000);
  assert.equal(look().bob, "🎉");
  clock.pass(SEEN_FOR);
  assert.equal(look().bob, "");
  assert.equal(clock.pending, 0);
});

test("whoever floods the room with reactions is shown and told no faster than people mean them", () => {
  const clock = new FakeClock();
  const shown = [];
  const model = new Reactions({ clock, changed: (id, began) => began && shown.push(began) });
  for (let i = 0; i < 1_000; i += 1) {
    model.take("mallory", REACTIONS[i % 6]);
    clock.pass(10);
  }
  assert.ok(shown.length <= PACE.burst + 10 * PACE.perSecond, `${shown.length}`);
  assert.ok(shown.length >= 10, "and all the same they are shown");
});

test("what I press too often goes out no faster either, and the last of it goes out", () => {
  const { clock, sent, press } = room(bob, alice);
  for (let i = 0; i < 20; i += 1) press("thumbs-up");
  press("laughter");
  assert.equal(sent.length, PACE.burst);
  clock.pass(60_000);
  assert.equal(sent.length, PACE.burst + 1);
  assert.equal(sent.at(-1).reaction, "laughter");
  assert.ok(PACE.perSecond < messages.reaction.limit.perSecond && PACE.burst < messages.reaction.limit.burst);
});

test("the same twice is two, so that the second is seen as well", () => {
  const { part, says } = room(bob, alice);
  const key = () => part.marks([bob, alice]).get("bob")[0].key;
  says("bob", { reaction: "heart" });
  const first = key();
  says("bob", { reaction: "heart" });
  assert.notEqual(key(), first);
});

test("whoever leaves takes their reaction along, and so does my leaving", () => {
  const { clock, part, says } = room(bob, alice);
  says("bob", { reaction: "heart" });
  assert.deepEqual([...part.marks([alice]).keys()], ["alice"]);
  assert.equal(clock.pending, 0);
  part.marks([bob, alice]);
  says("bob", { reaction: "heart" });
  part.close();
  assert.equal(clock.pending, 0);
});

test("many reactions are one sentence", () => {
  assert.equal(announcement({ name: "Bob", reaction: "thumbs-up" }, 1), "Bob reacts: Thumbs up");
  assert.equal(
    announcement({ name: "Bob", reaction: "heart" }, 7),
    "7 reactions, the last one from Bob: Heart",
  );
});

test("what waits can be called off", () => {
  const clock = new FakeClock();
  const done = [];
  const pace = new Pace(clock);
  for (let i = 0; i <= PACE.burst; i += 1) pace.run(() => done.push(i));
  pace.cancel();
  clock.pass(10_000);
  assert.equal(done.length, PACE.burst);
});
