import assert from "node:assert/strict";
import test from "node:test";
import { Later } from "../../static/js/lib/later.js";
import { FakeClock, settle } from "./fakes.js";

const FILES = {
  "https://here/js/views/chat.js": 'import{a}from"../lib/dom.js";import{b}from"./parts/log.js";',
  "https://here/js/views/parts/log.js":
    'import{a}from"../../lib/dom.js";export const c=()=>import("./rare.js");',
};

/** A server that has these files, and a page that came with lib/dom.js. */
function network(context) {
  const state = { gone: new Set(), status: 503, silent: false, asked: [] };
  context.mock.method(globalThis, "fetch", async (address, { signal }) => {
    state.asked.push(address.replace("https://here/js/", ""));
    if (state.gone.has("all")) throw new TypeError("Failed to fetch");
    if (state.silent) {
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }
    const ok = !state.gone.has(address);
    return { ok, status: ok ? 200 : state.status, text: async () => FILES[address] };
  });
  globalThis.document = { querySelectorAll: () => [{ href: "https://here/js/lib/dom.js" }] };
  return state;
}

function part(make = async () => "the chat") {
  const clock = new FakeClock();
  const subject = new Later("https://here/js/views/chat.js", make, clock);
  const seen = [];
  subject.on("change", () => seen.push([subject.part, subject.trouble]));
  return { clock, subject, seen };
}

test("a part is fetched with all that it imports, but for what the page came with, and loaded once", async (context) => {
  const { asked } = network(context);
  let made = 0;
  const { subject, seen } = part(async () => (made += 1));
  assert.equal(subject.part, null);
  assert.equal(await subject.load(), 1);
  assert.equal(await subject.load(), 1);
  assert.deepEqual(asked, ["views/chat.js", "views/parts/log.js"]);
  assert.deepEqual(seen, [[1, ""]]);
});

test("what is known to be imported is asked for together with the part, and once", async (context) => {
  const { asked } = network(context);
  const ahead = ["https://here/js/views/parts/log.js", "https://here/js/lib/dom.js"];
  const loading = new Later(
    "https://here/js/views/chat.js",
    async () => "the chat",
    new FakeClock(),
    ahead,
  ).load();
  assert.deepEqual(asked, ["views/chat.js", "views/parts/log.js"], "nothing has been answered yet");
  assert.equal(await loading, "the chat");
  assert.equal(asked.length, 2);
});

for (const [what, gone] of [
  ["there is no network", "all"],
  ["the server does not hand it out", "https://here/js/views/chat.js"],
  ["something that it imports does not come", "https://here/js/views/parts/log.js"],
]) {
  test(`while ${what}, a part is late and nothing is imported; it comes when it can be had`, async (context) => {
    const state = network(context);
    state.gone.add(gone);
    let made = 0;
    const { clock, subject, seen } = part(async () => (made += 1));
    void subject.load();
    for (let i = 0; i < 4; i += 1) {
      await settle();
      clock.pass(15_000);
    }
    await settle();
    assert.equal(made, 0, "a browser would remember that it could not be had");
    assert.ok(seen.length >= 4 && seen.every(([loaded, trouble]) => loaded === null && trouble === "late"));
    state.gone.clear();
    clock.pass(15_000);
    assert.equal(await subject.load(), 1);
    assert.deepEqual(seen.at(-1), [1, ""]);
    assert.equal(clock.pending, 0);
  });
}

test("what is silent is late by the clock, is given up, and is asked for again", async (context) => {
  const state = network(context);
  state.silent = true;
  const impatient = new AbortController();
  context.mock.method(AbortSignal, "timeout", () => impatient.signal);
  const { clock, subject, seen } = part();
  void subject.load();
  await settle();
  clock.pass(1_499);
  assert.deepEqual(seen, []);
  clock.pass(1);
  assert.deepEqual(seen, [[null, "late"]]);
  impatient.abort(new DOMException("signal timed out", "TimeoutError"));
  await settle();
  state.silent = false;
  clock.pass(15_000);
  assert.equal(await subject.load(), "the chat");
  assert.deepEqual(seen.at(-1), ["the chat", ""]);
  assert.equal(clock.pending, 0);
});

test("a part that is made slowly is late, though its file is here", async (context) => {
  network(context);
  /** @type {(made: string) => void} */
  let finish = () => {};
  const { clock, subject, seen } = part(() => new Promise((resolve) => (finish = resolve)));
  void subject.load();
  await settle();
  clock.pass(1_500);
  finish("the chat");
  await settle();
  assert.deepEqual(seen, [
    [null, "late"],
    ["the chat", ""],
  ]);
});

for (const status of [404, 410]) {
  for (const file of ["chat.js", "parts/log.js"]) {
    test(`when the server answers ${status} for ${file}, the page is outdated and nobody asks again`, async (context) => {
      const state = network(context);
      state.gone.add(`https://here/js/views/${file}`);
      state.status = status;
      const { clock, subject, seen } = part();
      await assert.rejects(subject.load());
      assert.deepEqual(seen, [[null, "outdated"]]);
      assert.equal(clock.pending, 0);
      const asked = state.asked.length;
      await assert.rejects(subject.load());
      assert.equal(state.asked.length, asked);
    });
  }
}

test("what is broken when it has come is said to be", async (context) => {
  network(context);
  const { clock, subject, seen } = part(async () => JSON.parse("{"));
  await assert.rejects(subject.load(), SyntaxError);
  assert.deepEqual(seen, [[null, "broken"]]);
  clock.pass(15_000);
  assert.deepEqual(seen, [[null, "broken"]]);
});

test("what waits for something outdated is outdated with it", async (context) => {
  const state = network(context);
  state.status = 404;
  const { subject: other } = part();
  const { subject, seen } = part(() => {
    state.gone.add("https://here/js/views/chat.js");
    return other.load();
  });
  await assert.rejects(subject.load());
  assert.deepEqual(seen, [[null, "outdated"]]);
});
