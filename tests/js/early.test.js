import assert from "node:assert/strict";
import test from "node:test";
import { EarlyTalk } from "../../static/js/room/chat/early.js";
import { Talk } from "../../static/js/room/chat/talk.js";
import { FakeClock } from "./fakes.js";

const NEW = { count: 0, delivered: 0, messages: [] };
const lines = (talk) => talk.state.conversations.flatMap(({ lines }) => lines);
const bodies = ({ talk }) => lines(talk).map(({ body }) => body);

/** Alice, Bob and Carol, every channel open; what passes between them takes 20 ms. Bob's chat has not come yet. */
function table({ said = NEW } = {}) {
  const clock = new FakeClock();
  const people = new Map();
  // As Bob's roster has it; the others' pages do not keep to it.
  const rules = { chat: true };
  const real = (me) =>
    new Talk({
      clock,
      send: (to, message) => {
        for (const other of to ? [to] : [...people.keys()].filter((one) => one !== me)) {
          const text = JSON.stringify(message);
          const { name } = people.get(me) ?? {};
          if (name) {
            clock.after(20, () => people.get(other)?.talk.receive({ id: me, name }, JSON.parse(text)));
          }
        }
      },
    });
  for (const name of ["Alice", "Bob", "Carol"]) {
    const id = name.toLowerCase();
    const talk = id === "bob" ? new EarlyTalk() : real(id);
    const person = { name, talk, news: [], kept: null };
    talk.on("change", (line) => line && person.news.push(line.body));
    talk.on("keep", (kept) => (person.kept = kept));
    talk.settleIn({
      me: () => ({ id, name }),
      others: () =>
        [...people]
          .filter(([one]) => one !== id)
          .map(([one, other]) => ({ id: one, name: other.name, isReached: true })),
      passers: () => new Map(),
      ...(id === "bob" && { mayWrite: (one) => rules.chat || one === "alice" }),
    });
    people.set(id, person);
    talk.begin(id, id === "bob" ? said : NEW);
  }
  for (const [id, { talk }] of people) {
    for (const other of people.keys()) if (other !== id) talk.catchUp(other);
  }
  const [alice, bob, carol] = people.values();
  return {
    clock,
    rules,
    people,
    alice,
    bob,
    carol,
    arrive: () => bob.talk.arrive((bob.talk.here = real("bob"))),
  };
}

test("until the chat is here there is nothing to read, and then everybody has read the same", () => {
  const { clock, alice, bob, carol, arrive } = table();
  alice.talk.write("from Alice");
  carol.talk.write("from Carol");
  clock.pass(3_000);
  assert.deepEqual(bob.talk.state, { revision: 0, conversations: [], shown: "", unread: 0 });
  arrive();
  // What was written meanwhile is news, as it would have been.
  assert.deepEqual(bob.news.sort(), ["from Alice", "from Carol"]);
  bob.talk.here.write("from Bob");
  carol.talk.write("from Carol again");
  clock.pass(5_000);
  assert.equal(bodies(bob).length, 4);
  for (const one of [alice, carol]) assert.deepEqual(bodies(one), bodies(bob));
  // All of it has been taken, and its authors know.
  for (const { talk } of [alice, bob, carol]) {
    assert.ok(lines(talk).every(({ delivery }) => delivery.state === ""));
  }
});

test("whoever asked before the chat was here is answered, with what was said before the page was loaded", () => {
  const before = table();
  before.arrive();
  before.bob.talk.here.write("before the page was loaded");
  before.clock.pass(1_000);
  const { clock, alice, carol, arrive } = table({ said: before.bob.kept });
  clock.pass(500);
  assert.deepEqual(bodies(alice), []);
  arrive();
  clock.pass(500);
  for (const one of [alice, carol]) assert.deepEqual(bodies(one), ["before the page was loaded"]);
});

test("more than can be kept is asked for, and what somebody said who has left is heard", () => {
  const { clock, people, alice, bob, carol, arrive } = table();
  carol.talk.write("goodbye");
  clock.pass(100);
  people.delete("carol");
  for (let n = 1; n <= 50; n += 1) {
    alice.talk.write(`number ${n}`);
    clock.pass(1_000);
  }
  arrive();
  clock.pass(60_000);
  assert.equal(bodies(bob).length, 51);
  assert.ok(bodies(bob).includes("goodbye"));
  assert.deepEqual(bodies(bob), bodies(alice));
});

test("people who come and go while the chat does not come fill no memory", () => {
  const { bob, arrive, clock } = table();
  for (let n = 1; n <= 1_000; n += 1) {
    const [id, author, name] = [n.toString(16).padStart(32, "0"), `p${n}`, `P${n}`];
    bob.talk.receive(
      { id: author, name },
      { type: "chat", id, author, name, n: 1, lamport: 1, sent_at: 1, body: `by ${n}` },
    );
  }
  arrive();
  clock.pass(10_000);
  assert.equal(bodies(bob).length, 60);
  assert.ok(bodies(bob).includes("by 1000"));
});

test("whoever has left before the chat comes asks nobody, and reads what they wrote", () => {
  const sent = [];
  const clock = new FakeClock();
  const early = new EarlyTalk();
  const id = "0".repeat(32);
  early.settleIn({
    me: () => ({ id: "bob", name: "Bob" }),
    others: () => [{ id: "carol", name: "Carol", isReached: true }],
    passers: () => new Map(),
  });
  early.begin("bob", {
    count: 1,
    delivered: 0,
    messages: [{ id, author: "bob", name: "Bob", n: 1, lamport: 1, sent_at: 1, body: "before" }],
  });
  early.catchUp("carol");
  early.receive({ id: "carol", name: "Carol" }, { type: "chat-sync", have: {} });
  early.close();
  early.arrive(new Talk({ clock, send: (...what) => sent.push(what) }));
  clock.pass(60_000);
  assert.deepEqual(sent, []);
  assert.deepEqual(
    lines(early).map(({ body }) => body),
    ["before"],
  );
  // And is back.
  early.begin("bob", NEW);
  early.catchUp("carol");
  clock.pass(1_000);
  assert.ok(sent.some(([, { type }]) => type === "chat-sync"));
});

test("while only hosts may write nothing of anybody else is read, and all of it once they may again", () => {
  const { clock, rules, alice, bob, carol, arrive } = table();
  arrive();
  clock.pass(3_000);
  rules.chat = false;
  alice.talk.write("from a host");
  carol.talk.write("against the rule");
  clock.pass(30_000);
  assert.deepEqual([bodies(bob), bob.talk.here.write("mine")], [["from a host"], null]);
  // Told as if it were old, it counts no more.
  bob.talk.catchUp("carol");
  clock.pass(30_000);
  assert.deepEqual(bodies(bob), ["from a host"]);
  rules.chat = true;
  bob.talk.catchUp("carol");
  clock.pass(30_000);
  assert.deepEqual(bodies(bob).sort(), ["against the rule", "from a host"]);
});
