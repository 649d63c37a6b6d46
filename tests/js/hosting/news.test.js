import assert from "node:assert/strict";
import test from "node:test";
import { HostNews } from "../../../static/js/room/hosting/news.js";

const NAMES = { alice: "Alice", bob: "Bob" };
const RULES = {
  access: "anyone",
  lobby: false,
  locked: false,
  share: true,
  chat: true,
  unmute: true,
  record: true,
  rename: true,
  spotlight: null,
  ends_in: null,
};
const NOON = Date.parse("2026-12-01T12:00:00Z");

/** What Bob's page hears, who is a host as well. */
function page() {
  const told = [];
  const expected = [];
  const confirmed = [];
  const time = { now: NOON };
  const news = new HostNews({
    told: {
      tell: (lines) => told.push(...lines.map(({ text }) => text)),
      expect: (names) => expected.push(...names),
    },
    circle: () => ({ me: "bob", isHost: true, name: (id) => NAMES[id] ?? "", roleOf: () => "participant" }),
    confirm: (text) => confirmed.push(text),
    now: () => time.now,
  });
  news.look(RULES);
  /** Somebody changes them. */
  const change = (more, by, before = RULES) => {
    const after = { ...RULES, ...more };
    news.noteRules(before, { type: "rules", rev: 1, by, ...after });
    news.look(after);
    return after;
  };
  return { news, told, expected, confirmed, time, change };
}

test("who changed a rule last is said for as long as the call goes on, and a plan changes none by name", () => {
  const { news, change } = page();
  change({ lobby: true }, null);
  assert.equal(news.rule, "");
  change({ locked: true }, "alice");
  assert.match(news.rule, /^Alice turned “Locked” on at /);
  change({ chat: false }, "bob");
  assert.match(news.rule, /^You turned “Write in the chat” off at /);
  change({ share: false }, "gone");
  assert.match(news.rule, /^A host turned “Share the screen” off at /);
  news.forget();
  assert.equal(news.rule, "");
});

test("the call ends when it was said, by whoever said it, and who comes meanwhile knows when but not by whom", () => {
  const { news, change, time } = page();
  const ending = change({ ends_in: 10 }, "alice");
  assert.deepEqual(news.ending, { by: "Alice", byMe: false, at: NOON + 10_000 });
  time.now += 4_000;
  // Another rule meanwhile, with the seconds that are left.
  change({ ends_in: 6, locked: true }, "alice", ending);
  assert.deepEqual(news.ending, { by: "Alice", byMe: false, at: NOON + 10_000 });
  change({}, "alice", ending);
  assert.equal(news.ending, null);
  const late = page();
  late.news.look({ ...RULES, ends_in: 3 });
  assert.deepEqual(late.news.ending, { by: "", byMe: false, at: NOON + 3_000 });
});

test("the same rules are looked at once", () => {
  const { news } = page();
  assert.deepEqual([news.look(RULES), news.look({ ...RULES })], [false, true]);
});

test("who asks me to unmute is known, and what I have ordered is confirmed to me alone", () => {
  const { news, told, confirmed } = page();
  const order = { type: "order", rev: 1, all: false, name: null };
  news.noteOrder({ ...order, order: "ask-unmute", by: "alice", participants: ["bob"] });
  assert.deepEqual([news.asker, told], ["Alice", []]);
  news.noteOrder({ ...order, order: "mute", by: "bob", participants: ["alice"] });
  assert.deepEqual([confirmed, told], [["You muted Alice."], []]);
  news.noteOrder({ ...order, order: "mute", by: "alice", participants: ["bob"] });
  assert.deepEqual(told, ["Alice muted you."]);
});

test("whoever is let in is expected, and who is not is not", () => {
  const { news, told, expected } = page();
  news.noteDecided({ type: "decided", by: "alice", admitted: true, names: ["Carol"] });
  news.noteDecided({ type: "decided", by: "alice", admitted: false, names: ["Dave"] });
  assert.deepEqual(told, ["Alice let Carol in.", "Alice did not let Dave in."]);
  assert.deepEqual(expected, ["Carol"]);
});
