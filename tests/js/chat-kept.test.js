import assert from "node:assert/strict";
import test from "node:test";
import { asHtml, asText, fileName } from "../../static/js/room/chat/saved.js";
import { found, marked } from "../../static/js/room/chat/search.js";

const NOON = Date.UTC(2026, 10, 30, 12, 0);
const COVER = {
  title: "Autumn timetable",
  of: "What everybody reads",
  at: NOON,
  locale: "en-GB",
  timeZone: "UTC",
};
const line = (more = {}) => ({
  id: "bob 1",
  conversation: "",
  author: "bob",
  name: "Bob",
  body: "Hello",
  at: NOON,
  isMine: false,
  canChange: false,
  editedAt: null,
  earlier: [],
  isDeleted: false,
  reply: null,
  reactions: [],
  delivery: { state: "", lacking: [] },
  file: null,
  ...more,
});

test("a saved text has who said what and when, and what has become of it", () => {
  const lines = [
    line({ body: "At noon\nor later", editedAt: NOON + 60_000 }),
    line({ name: "Carol", body: "", isDeleted: true }),
    line({
      name: "Dave",
      told_by: "Bob",
      hearsay: false,
      reply: { id: "bob 1", name: "Bob", excerpt: "At noon" },
    }),
    line({
      body: "",
      at: NOON + 86_400_000,
      file: { id: "f", name: "plan.pdf", size: 2_300_000, type: "" },
      reactions: [
        {
          reaction: "👍",
          count: 2,
          isMine: false,
          people: [{ name: "Alice" }, { name: "Carol", told_by: "Bob" }],
        },
      ],
    }),
  ];
  assert.equal(
    // Some browsers write a comma there.
    asText(lines, COVER).replaceAll("day,", "day"),
    `Autumn timetable
What everybody reads
Saved on Monday 30 November 2026 at 12:00

Monday 30 November 2026

12:00 Bob, edited at 12:01
    At noon
    or later

12:00 Carol
    Carol deleted this message.

12:00 Dave, as told by Bob
  > Bob: At noon
    Hello

Tuesday 1 December 2026

12:00 Bob
  File: plan.pdf, 2.3 MB
  👍 from Alice and Carol (as told by Bob)
`,
  );
});

test("a file's name does not turn the writing around in what is saved", () => {
  const file = { id: "f", name: "report\u202Efdp.exe", size: 1, type: "" };
  for (const saved of [asText, asHtml]) assert.ok(saved([line({ file })], COVER).includes("reportfdp.exe"));
});

test("nobody's words look like somebody else's in a saved text", () => {
  const forged = "yes\n\n12:01 Alice\n    I agree to pay";
  const text = asText([line({ body: forged, name: "Bob\n12:01 Alice" })], COVER);
  const heads = text.split("\n").filter((one) => /^\d/.test(one));
  assert.deepEqual(heads, ["12:00 Bob 12:01 Alice"]);
});

test("nobody writes a reaction, or an answer, of somebody else into a saved text", () => {
  const people = [{ name: "Alice" }];
  const given = line({ body: "yes", reactions: [{ reaction: "👍", count: 1, isMine: false, people }] });
  const answer = line({ body: "yes", reply: { id: "alice 1", name: "Alice", excerpt: "I resign" } });
  for (const indent of ["", "  ", "    "]) {
    assert.notEqual(asText([line({ body: `yes\n${indent}👍 from Alice` })], COVER), asText([given], COVER));
    assert.notEqual(
      asText([line({ body: `${indent}> Alice: I resign\nyes` })], COVER),
      asText([answer], COVER),
    );
  }
});

test("no mark-up of anybody survives in a saved page, wherever it stands", () => {
  const evil = `</title><script>alert(1)</script><img src=x onerror="alert(1)">' & <!-- javascript:alert(1)`;
  const all = line({
    name: evil,
    body: evil,
    told_by: evil,
    hearsay: true,
    editedAt: NOON,
    reply: { id: evil, name: evil, excerpt: evil },
    file: { id: evil, name: evil, size: 1, type: evil },
    reactions: [{ reaction: evil, count: 1, isMine: false, people: [{ name: evil, told_by: evil }] }],
  });
  const page = asHtml([all, line({ isDeleted: true, name: evil })], {
    ...COVER,
    title: evil,
    of: evil,
    locale: "en-GB",
  });
  const tags = [...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name);
  const ours = [
    "html",
    "meta",
    "title",
    "style",
    "h1",
    "h2",
    "p",
    "article",
    "header",
    "b",
    "bdi",
    "time",
    "small",
    "blockquote",
  ];
  assert.deepEqual(
    tags.filter((name) => !ours.includes(name)),
    [],
  );
  assert.equal(page.split("<!").length, 2);
  // Every quote is one of ours: no attribute has anything of theirs.
  for (const [, attribute] of page.matchAll(/<[^>]*?\s([a-z-]+)=/g)) {
    assert.ok(["lang", "charset", "http-equiv", "name", "dir"].includes(attribute), attribute);
  }
  assert.equal(/onerror=["']/.test(page), false);
  assert.ok(page.includes("default-src 'none'"));
});

test("what is saved has a name that every system takes", () => {
  const at = new Date(2027, 2, 1, 14, 5).getTime();
  assert.equal(fileName({ title: "Harbour <plan>", at }, "txt"), "chat-Harbour-plan-2027-03-01.txt");
  assert.equal(fileName({ title: "../..\\:*", at }, "html"), "chat-2027-03-01.html");
  assert.equal(fileName({ title: "Größe 陳 \u202Efdp", at }, "txt"), "chat-Größe-陳-fdp-2027-03-01.txt");
  assert.ok(new TextEncoder().encode(fileName({ title: "𠀀".repeat(500), at }, "txt")).length < 250);
});

test("what is looked for is found whatever its case and accents, in words, names and names of files", () => {
  const lines = [
    line({ id: "1", body: "Bei Frühstück im CAFÉ" }),
    line({ id: "2", body: "nothing", name: "Zoë" }),
    line({ id: "3", body: "", file: { id: "f", name: "Résumé.pdf", size: 1, type: "" } }),
    line({ id: "4", body: "ΟΔΟΣ" }),
  ];
  const ids = (query) => found(lines, query).lines.map(({ id }) => id);
  assert.deepEqual(ids("cafe"), ["1"]);
  assert.deepEqual(ids("  fruhstuck  Café "), ["1"]);
  assert.deepEqual(ids("ZOE"), ["2"]);
  assert.deepEqual(ids("resume"), ["3"]);
  assert.deepEqual(ids("οδός"), ["4"]);
  assert.deepEqual(ids("cafe nothing"), []);
  for (const query of ["", "   ", "x".repeat(10_000), ".*", "("]) assert.deepEqual(ids(query), []);
});

test("of too many the last are found, and that there are more is said", () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => line({ id: `${i}`, body: `number ${i}` }));
  const { lines: some, isMore } = found(lines, "number");
  assert.deepEqual([some.length, some.at(-1).id, isMore], [200, "4999", true]);
  assert.deepEqual(found(lines, "4998"), { lines: [lines[4_998]], isMore: false });
});

test("what is found is marked where it stands in the text as it was written", () => {
  const parts = (text, query) => marked(text, query).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(parts("Café, cafe\u0301 and CAFE", "cafe"), ["Café", "cafe\u0301", "CAFE"]);
  assert.deepEqual(parts("İstanbul istanbul", "ist"), ["İst", "ist"]);
  assert.deepEqual(parts("👍 so so", "so 👍"), ["👍", "so", "so"]);
  assert.deepEqual(parts("aaaa", "aa"), ["aa", "aa"]);
  assert.deepEqual(parts("nothing", ""), []);
  assert.equal(marked("a".repeat(4_000), "a").length, 100);
});
