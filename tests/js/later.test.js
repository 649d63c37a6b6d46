import assert from "node:assert/strict";
import test from "node:test";
import { Later } from "../../static/js/lib/later.js";
import { FakeClock, settle } from "./fakes.js";

const FILES = {
  "https://here/js/views/chat.js": 'import{a}from"../lib/dom.js";import{b}from"./parts/log.js";',
  "https://here/js/views/parts/log.js": 'import{a}from"../../lib/dom.js";export const c=()=>import("./rare.js");',
};

/** A server that has these files, and a page that came with lib/dom.js. */
function network(context) {
  const state = { gone: new Set(), asked: [] };
  context.mock.method(globalThis, "fetch", async (address) => {
    state.asked.push(address.replace("https://here/js/", ""));
    if (state.gone.has("all")) throw new TypeError("Failed to fetch");
    return { ok: !state.gone.has(address), text: async () => FILES[address] };
  });
  globalThis.document = { querySelectorAll: () => [{ href: "https://here/js/lib/dom.js" }] };
  return state;
}

function part(make = async () => "the chat") {
  const clock = new FakeClock();
  const subject = new Later("https://here/js/views/chat.js", make, clock);
  const seen = [];
  subject.onchange = () => seen.push([subject.part, subject.isLate]);
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
  assert.deepEqual(seen, [[1, false]]);
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
    assert.ok(seen.length >= 4 && seen.every(([loaded, isLate]) => loaded === null && isLate));
    state.gone.clear();
    clock.pass(15_000);
    assert.equal(await subject.load(), 1);
    assert.deepEqual(seen.at(-1), [1, false]);
    assert.equal(clock.pending, 0);
  });
}

test("what is broken when it has come is said to be", async (context) => {
  network(context);
  const { subject } = part(async () => JSON.parse("{"));
  await assert.rejects(subject.load(), SyntaxError);
});
