import assert from "node:assert/strict";
import test from "node:test";
import { capability } from "../../../static/js/room/inviting/index.js";
import { Letters, read, sentence } from "../../../static/js/room/inviting/model.js";
import { Requests } from "../../../static/js/room/inviting/requests.js";
import { said, state, whoComesIn } from "../../../static/js/room/inviting/words.js";
import { FakeClock, settle } from "../fakes.js";

const CAROL = { attendee: 7, address: "carol@example.org", state: "waiting", words: "" };
const DAVE = { attendee: 8, address: "dave@far.example", state: "waiting", words: "" };

// -- how far letters are ------------------------------------------------------------------------

test("the letter that was sent last stands first, and nobody's twice", () => {
  const letters = new Letters();
  letters.send([CAROL], 0);
  letters.send([DAVE], 1);
  letters.send([CAROL], 2);
  assert.deepEqual(letters.list, [CAROL, DAVE]);
});

test("of what has changed only that is news which says how far a letter is", () => {
  const letters = new Letters();
  letters.send([CAROL, DAVE], 0);
  const second = { ...CAROL, words: "2nd try at 14:05" };
  assert.deepEqual(letters.learn([second]), []);
  assert.deepEqual(letters.list, [second, DAVE]);
  assert.deepEqual(letters.learn([{ ...CAROL, state: "sent" }, DAVE]), [{ ...CAROL, state: "sent" }]);
  assert.deepEqual(letters.waiting, [DAVE.attendee]);
});

test("what the server tells of others is not shown", () => {
  const letters = new Letters();
  letters.send([CAROL], 0);
  assert.deepEqual(letters.learn([DAVE]), []);
  assert.deepEqual(letters.list, [CAROL]);
});

test("it is looked less and less often, and not for ever", () => {
  const letters = new Letters();
  assert.equal(letters.nextLook(0), null);
  letters.send([CAROL], 0);
  const pauses = [...Array(12)].map(() => letters.nextLook(60_000));
  assert.deepEqual(
    pauses,
    pauses.toSorted((a, b) => a - b),
  );
  assert.deepEqual([pauses[0], pauses.at(-1)], [1_500, 15_000]);
  assert.equal(letters.nextLook(11 * 60_000), null);
});

test("with a new letter it is looked soon again", () => {
  const letters = new Letters();
  letters.send([CAROL], 0);
  for (let i = 0; i < 9; i += 1) letters.nextLook(0);
  letters.send([DAVE], 5);
  assert.equal(letters.nextLook(5), 1_500);
});

test("more letters than can be read are not kept", () => {
  const letters = new Letters();
  for (let i = 0; i < 100; i += 1) letters.send([{ ...CAROL, attendee: i }], i);
  assert.equal(letters.list.length, 20);
  assert.equal(letters.list[0]?.attendee, 99);
});

// -- what is understood of an answer ------------------------------------------------------------

test("an answer that is none is read as an empty one", () => {
  const nothing = { token: "", hint: "", closed: "", letters: [] };
  for (const strange of [
    null,
    undefined,
    3,
    "x",
    [],
    {},
    { letters: 3, token: {} },
    { letters: [null, 4, {}] },
  ]) {
    assert.deepEqual(read(strange), nothing);
  }
  assert.equal(sentence(null), "");
  assert.equal(sentence({ words: "No." }), "No.");
});

test("a letter of a state that nobody knows is left out", () => {
  assert.deepEqual(read({ letters: [CAROL, { ...DAVE, state: "eaten" }] }).letters, [CAROL]);
});

// -- what the server is asked -------------------------------------------------------------------

/** A server that gives these answers, one after the other, and notes what it was asked. */
function server(...answers) {
  const asked = [];
  const ask = (address, { method = "GET", headers, body } = {}) => {
    asked.push([method, address, headers?.["X-CSRFToken"], body?.get("address")]);
    const [status, said] = answers.shift() ?? [];
    if (status === undefined) return Promise.reject(new TypeError("no network"));
    const type = typeof said === "string" ? "text/html" : "application/json; charset=utf-8";
    const text = typeof said === "string" ? said : JSON.stringify(said);
    return Promise.resolve(new Response(text, { status, headers: { "content-type": type } }));
  };
  return { asked, requests: new Requests("/invite/", ask) };
}

test("what was typed goes out with the token that the server has given", async () => {
  const { asked, requests } = server([200, { token: "t1", letters: [] }], [200, { letters: [CAROL] }]);
  const got = await requests.send("carol@example.org");
  assert.deepEqual(got, { answer: { token: "", hint: "", closed: "", letters: [CAROL] } });
  assert.deepEqual(asked, [
    ["GET", "/invite/", undefined, undefined],
    ["POST", "/invite/", "t1", "carol@example.org"],
  ]);
});

test("after signing in anew in another tab it goes out with a new token", async () => {
  const { asked, requests } = server(
    [200, { token: "old", letters: [] }],
    [403, "<h1>Once more</h1>"],
    [200, { token: "new", letters: [] }],
    [200, { letters: [CAROL] }],
  );
  assert.ok("answer" in (await requests.send("carol@example.org")));
  assert.deepEqual(
    asked.filter(([method]) => method === "POST").map(([, , token]) => token),
    ["old", "new"],
  );
});

test("why something is refused is the server's sentence, and none where it has sent a page", async () => {
  const full = { words: "Today’s are all sent." };
  const typed = { words: "“x” lacks an @." };
  const { requests } = server(
    [200, { token: "t" }],
    [200, typed],
    [429, full],
    [413, "<h1>Too large</h1>"],
    [200, "<h1>Hello</h1>"],
  );
  assert.deepEqual(await requests.send("x"), { refusal: typed.words });
  assert.deepEqual(await requests.send("x"), { refusal: full.words });
  assert.deepEqual(await requests.send("x"), { refusal: "" });
  assert.deepEqual(await requests.send("x"), { refusal: "" });
});

test("a server that is not reached is no answer", async () => {
  await assert.rejects(server().requests.send("x"));
  await assert.rejects(server().requests.look([7]));
});

test("it is asked for the letters that are on their way", async () => {
  const { asked, requests } = server([200, { letters: [CAROL] }]);
  await requests.look([7, 8]);
  assert.equal(asked[0]?.[1], "/invite/?attendees=7,8");
});

// -- words --------------------------------------------------------------------------------------

test("whom the link lets in follows from the rules", () => {
  const may = { writes: false, organizer: "Alice" };
  const open = { access: "anyone", lobby: false, locked: false };
  assert.match(whoComesIn(open, may), /^Whoever has the link comes in\.$/);
  assert.match(whoComesIn({ ...open, lobby: true }, may), /waits in the lobby/);
  assert.match(whoComesIn({ ...open, locked: true }, may), /the room is locked/);
  assert.match(whoComesIn({ ...open, access: "known" }, may), /invited or signed in/);
});

test("where the link lets nobody in that is said, and what does", () => {
  const shut = { access: "invited", lobby: true, locked: true };
  assert.match(whoComesIn(shut, { writes: false, organizer: "Alice" }), /Alice can invite them\.$/);
  assert.match(whoComesIn(shut, { writes: true, organizer: "Alice" }), /Write to whoever is to come\.$/);
});

test("each state of a letter has its words", () => {
  assert.equal(said(CAROL), "Letter on its way to carol@example.org");
  assert.equal(
    state({ ...CAROL, words: "2nd try at 14:05" }),
    "Letter on its way to {address}: 2nd try at 14:05",
  );
  assert.equal(said({ ...CAROL, state: "sent" }), "Letter sent to carol@example.org");
  assert.equal(said({ ...CAROL, address: "a$&b@example.org" }), "Letter on its way to a$&b@example.org");
  const back = { ...CAROL, state: "returned", words: "The mailbox is full" };
  assert.equal(said(back), "The letter to carol@example.org came back: The mailbox is full");
  const paused = { ...CAROL, state: "told", words: "A letter to Carol has only just gone out." };
  assert.equal(said(paused), paused.words);
});

// -- in the room --------------------------------------------------------------------------------

/** As much of an element as is drawn on. */
class FakeElement extends EventTarget {
  dataset = {};
  hidden = false;
  textContent = "";
  value = "";
  append() {}
  getAttribute() {
    return null;
  }
  hasAttribute() {
    return false;
  }
  querySelector() {
    return new FakeElement();
  }
  removeAttribute() {}
  replaceChildren() {}
  setAttribute() {}
}

test("an answer that comes after I have left begins no other look", async (context) => {
  const forms = [];
  globalThis.document = {
    createElement(name) {
      const element = new FakeElement();
      if (name === "form") forms.push(element);
      return element;
    },
    createElementNS: () => new FakeElement(),
    querySelector: () => null,
  };
  const answers = [];
  context.mock.method(globalThis, "fetch", () => new Promise((resolve) => answers.push(resolve)));
  context.after(() => delete globalThis.document);
  const clock = new FakeClock();
  const info = {
    invite: "/invite/",
    link: "https://meet.example/abc/",
    title: "",
    organizer: "Alice",
    qr: "",
  };
  const part = capability.begin({ clock, info, tell() {}, draw() {} });
  const rules = { access: "anyone", lobby: false, locked: false };
  const answer = async (said) => {
    answers.shift()(Response.json(said));
    await settle();
  };
  part.show(new FakeElement(), { rules }, true);
  await answer({ token: "t1", letters: [] });
  forms[0].dispatchEvent(new Event("submit"));
  await answer({ letters: [CAROL] });
  assert.equal(clock.pending, 1, "it is looked how far the letter is");
  clock.pass(2_000);
  part.close();
  await answer({ token: "t1", letters: [CAROL] });
  assert.equal(clock.pending, 0);
});
