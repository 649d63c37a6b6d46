import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Checks } from "../../../static/js/meetings/checks.js";
import { FakeClock } from "../fakes.js";

/** What is on its way to the server, the oldest first. @type {{ signal: AbortSignal, answer: (response: Response | Error) => Promise<void> }[]} */
let asked = [];
/** @type {string[]} */
let heard = [];
/** @type {FakeClock} */
let clock;
/** @type {Checks} */
let checks;
/** @type {() => Promise<void>} */
let calm = async () => {};

beforeEach(() => {
  asked = [];
  heard = [];
  calm = async () => {};
  clock = new FakeClock();
  checks = new Checks({ post, calm: () => calm(), clock });
  checks.on("answer", ({ button }) => void heard.push(button));
  checks.on("trouble", (state) => void heard.push(`trouble: ${state}`));
});

/** @param {AbortSignal} signal @returns {Promise<Response>} */
function post(signal) {
  return new Promise((resolve, reject) => {
    const answer = async (/** @type {Response | Error} */ response) => {
      if (response instanceof Error) reject(response);
      else resolve(response);
      await settled();
    };
    asked.push({ signal, answer });
  });
}

async function settled() {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

/** @param {string} button */
function saying(button) {
  return Response.json({ button });
}

test("the server is asked once the form has stood still for a moment", async () => {
  checks.ask();
  clock.pass(200);
  checks.ask();
  clock.pass(299);
  assert.equal(asked.length, 0);
  clock.pass(1);
  assert.equal(asked.length, 1);
  await asked[0]?.answer(saying("Send 1 invitation"));
  assert.deepEqual(heard, ["trouble: ", "Send 1 invitation"]);
});

test("an answer to a form that is another by now says nothing", async () => {
  checks.ask(0);
  clock.pass(0);
  checks.ask();
  await asked[0]?.answer(saying("old"));
  assert.deepEqual(heard, []);
  clock.pass(300);
  await asked[1]?.answer(saying("new"));
  assert.deepEqual(heard, ["trouble: ", "new"]);
});

test("answers that arrive in another order than they were asked for leave the newest", async () => {
  for (let turn = 0; turn < 2; turn++) {
    checks.ask(0);
    clock.pass(0);
  }
  assert.equal(asked[0]?.signal.aborted, true);
  await asked[1]?.answer(saying("new"));
  await asked[0]?.answer(saying("old"));
  assert.deepEqual(heard, ["trouble: ", "new"]);
});

test("nothing moves while something is pressed, and what changed meanwhile counts", async () => {
  let release = () => {};
  calm = () => new Promise((resolve) => (release = resolve));
  checks.ask(0);
  clock.pass(0);
  await asked[0]?.answer(saying("Save"));
  assert.deepEqual(heard, ["trouble: "]);
  checks.ask();
  release();
  await settled();
  assert.deepEqual(heard, ["trouble: "]);
});

test("without a network it is said, tried again, and taken back", async () => {
  checks.ask(0);
  clock.pass(0);
  await asked[0]?.answer(new TypeError("no network"));
  assert.deepEqual(heard, ["trouble: lost"]);
  clock.pass(2_000);
  assert.equal(asked.length, 2);
  await asked[1]?.answer(new Response("", { status: 503 }));
  checks.retry();
  clock.pass(0);
  assert.equal(asked.length, 3);
  await asked[2]?.answer(saying("Save"));
  assert.deepEqual(heard, ["trouble: lost", "trouble: lost", "trouble: ", "Save"]);
  checks.retry();
  clock.pass(60_000);
  assert.equal(asked.length, 3);
});

test("who asks too often asks again when they were told to, and nobody hears of it", async () => {
  checks.ask(0);
  clock.pass(0);
  await asked[0]?.answer(new Response("", { status: 429, headers: { "Retry-After": "5" } }));
  clock.pass(4_999);
  assert.equal(asked.length, 1);
  clock.pass(1);
  assert.equal(asked.length, 2);
  assert.deepEqual(heard, []);
});

test("who was signed out is told so, and the server is left in peace", async () => {
  checks.ask(0);
  clock.pass(0);
  await asked[0]?.answer(new Response("", { status: 401 }));
  clock.pass(60_000);
  assert.deepEqual([heard, asked.length], [["trouble: signed-out"], 1]);
});

test("a meeting that is gone says nothing more", async () => {
  checks.ask(0);
  clock.pass(0);
  await asked[0]?.answer(Response.json({ gone: "This meeting is over." }));
  assert.deepEqual(heard, ["trouble: "]);
});
