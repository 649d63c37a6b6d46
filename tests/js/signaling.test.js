import assert from "node:assert/strict";
import test from "node:test";
import { Signaling } from "../../static/js/room/signaling.js";
import { FakeClock } from "./fakes.js";

/** A socket that a test opens, speaks on and closes as the server would. */
class FakeSocket extends EventTarget {
  static OPEN = 1;
  /** @type {FakeSocket[]} */
  static all = [];
  readyState = 1;
  said = [];

  constructor() {
    super();
    FakeSocket.all.push(this);
  }

  send(text) {
    this.said.push(JSON.parse(text));
  }

  /** @param {number} [code] */
  close(code) {
    this.readyState = 3;
    this.code = code;
  }

  hears(message) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
  }

  isClosed(reason, code) {
    this.hears({ type: "bye", reason });
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

const READY = { type: "ready", version: 1, room: {}, role: "participant", rev: 1, participants: [] };
const WELCOME = { type: "welcome", me: "bob", token: "north", resumed: false, rev: 2, participants: [] };

/** Somebody who is inside. */
function inside() {
  globalThis.WebSocket = FakeSocket;
  FakeSocket.all = [];
  const clock = new FakeClock();
  const signaling = new Signaling("wss://meet.example/ws/", clock);
  const heard = { ends: [], reach: [] };
  signaling.on("end", (reason) => heard.ends.push(reason));
  signaling.on("reach", (up) => heard.reach.push(up));
  signaling.open();
  signaling.join("Bob", null);
  const [socket] = FakeSocket.all;
  socket.hears(READY);
  socket.hears(WELCOME);
  return { clock, heard, signaling, socket };
}

test("a session that has ended is worth another try, with the cookie of now", () => {
  const { clock, heard, socket } = inside();
  socket.isClosed("session", 4412);
  clock.pass(1_000);
  assert.deepEqual(heard.ends, []);
  const newer = FakeSocket.all[1];
  newer.hears(READY);
  assert.deepEqual(newer.said.at(-1), { type: "join", name: "Bob", token: "north", fresh: false });
  newer.hears({ ...WELCOME, resumed: true });
  assert.deepEqual(heard.reach.at(-1), true);
});

test("who has signed out is refused then, and the call ends", () => {
  const { clock, heard, socket } = inside();
  socket.isClosed("session", 4412);
  clock.pass(1_000);
  FakeSocket.all[1].isClosed("sign-in", 4401);
  assert.deepEqual(heard.ends, ["session"]);
  clock.pass(60_000);
  assert.equal(FakeSocket.all.length, 2);
});

test("a host's word is final", () => {
  const { clock, heard, socket } = inside();
  socket.isClosed("removed", 4403);
  assert.deepEqual(heard.ends, ["removed"]);
  clock.pass(60_000);
  assert.equal(FakeSocket.all.length, 1);
});

/** Opened before there was anybody to listen. */
function early({ heard, closed = null, asked = null, wants = "", token = null }) {
  globalThis.WebSocket = FakeSocket;
  FakeSocket.all = [];
  const clock = new FakeClock();
  const opened = {
    socket: new FakeSocket(),
    heard: heard.map((one) => JSON.stringify(one)),
    closed,
    isTaken: false,
    clicked: asked && asked.name,
    asked,
  };
  const signaling = new Signaling("wss://meet.example/ws/", clock, opened);
  const seen = { ready: 0, welcome: 0, waiting: 0, ends: [], rosters: [], refused: [] };
  signaling.on("ready", () => (seen.ready += 1));
  signaling.on("welcome", () => (seen.welcome += 1));
  signaling.on("waiting", () => (seen.waiting += 1));
  signaling.on("refused", (error) => seen.refused.push(error));
  signaling.on("roster", ({ rev }) => seen.rosters.push(rev));
  signaling.on("end", (reason) => seen.ends.push(reason));
  if (wants) signaling.join(wants, token);
  signaling.open();
  return { clock, opened, seen, signaling };
}

test("what came on a socket before anybody listened counts", () => {
  const { opened, seen } = early({ heard: [READY] });
  assert.equal(seen.ready, 1);
  assert.equal(FakeSocket.all.length, 1);
  assert.equal(opened.isTaken, true);
});

test("a socket that was closed before anybody listened says why", () => {
  const { seen } = early({ heard: [{ type: "bye", reason: "cancelled" }], closed: 4410 });
  assert.deepEqual(seen.ends, ["cancelled"]);
});

test("one that was lost before anybody listened is opened again", () => {
  const { clock } = early({ heard: [], closed: 1006 });
  clock.pass(1_000);
  assert.equal(FakeSocket.all.length, 2);
});

test("a seat that was asked for before anybody listened is not asked for twice", () => {
  const asked = { name: "Bob", token: null };
  const { opened, seen } = early({ heard: [READY, WELCOME], asked, wants: "Bob" });
  assert.deepEqual(opened.socket.said, []);
  assert.equal(seen.welcome, 1);
});

test("it is asked for again where the socket was lost meanwhile", () => {
  const { clock } = early({ heard: [], closed: 1006, asked: { name: "Bob", token: null }, wants: "Bob" });
  clock.pass(1_000);
  const second = FakeSocket.all[1];
  second.hears(READY);
  assert.deepEqual(second.said, [{ type: "join", name: "Bob", token: null, fresh: true }]);
});

test("whoever asked early and has to wait, waits", () => {
  const waiting = { type: "waiting", door: "lobby", host: "Alice", opens_in: null };
  const { opened, seen } = early({
    heard: [READY, waiting],
    asked: { name: "Bob", token: null },
    wants: "Bob",
  });
  assert.equal(seen.waiting, 1);
  assert.deepEqual(opened.socket.said, []);
});

test("whoever asked early and was not taken hears it once, and may ask again", () => {
  const failed = { type: "failed", error: "bad-name" };
  const { opened, seen, signaling } = early({
    heard: [READY, failed],
    asked: { name: "Bob", token: null },
    wants: "Bob",
  });
  assert.deepEqual(seen.refused, ["bad-name"]);
  signaling.join("Robert", null);
  assert.deepEqual(opened.socket.said, [{ type: "join", name: "Robert", token: null, fresh: true }]);
});

test("whoever asked early at a full room asks again on a socket of its own", () => {
  const full = { type: "bye", reason: "full" };
  const { seen, signaling } = early({
    heard: [READY, full],
    closed: 4409,
    asked: { name: "Bob", token: null },
    wants: "Bob",
  });
  assert.deepEqual(seen.ends, ["full"]);
  signaling.join("Bob", null);
  FakeSocket.all[1].hears(READY);
  assert.deepEqual(FakeSocket.all[1].said, [{ type: "join", name: "Bob", token: null, fresh: true }]);
});

test("whoever was welcomed early and lost the socket since comes back to the same seat", () => {
  const { clock } = early({
    heard: [READY, WELCOME],
    closed: 1006,
    asked: { name: "Bob", token: null },
    wants: "Bob",
  });
  clock.pass(1_000);
  FakeSocket.all[1].hears(READY);
  assert.deepEqual(FakeSocket.all[1].said, [{ type: "join", name: "Bob", token: "north", fresh: false }]);
});

test("whoever takes an earlier seat again makes no connections as somebody new", () => {
  const { opened, seen } = early({ heard: [READY], wants: "Bob", token: "north" });
  assert.deepEqual(seen.rosters, []);
  assert.deepEqual(opened.socket.said, [{ type: "join", name: "Bob", token: "north", fresh: true }]);
});

test("who is inside is known as soon as the door opens, also to whoever has clicked already", () => {
  const { seen } = early({ heard: [READY], asked: { name: "Bob", token: null }, wants: "Bob" });
  assert.deepEqual(seen.rosters, [1]);
});

/** Somebody at a door that is shut, before the click. */
function outside() {
  const found = inside();
  const [socket] = FakeSocket.all;
  socket.isClosed("restart", 4503);
  found.signaling.withdraw();
  return { ...found, socket: FakeSocket.all.at(-1) };
}

const SHUT = { ...READY, door: "lobby", opens_in: null, rev: 0 };
const WAITING = { type: "waiting", door: "lobby", host: "Alice", opens_in: null };

test("who waits asks again by themselves on the next socket", () => {
  const { clock, signaling, socket } = outside();
  const heard = [];
  signaling.on("waiting", ({ host }) => heard.push(host));
  socket.hears(SHUT);
  signaling.join("Bob", null);
  socket.hears(WAITING);
  socket.isClosed("restart", 4503);
  clock.pass(1_000);
  const next = FakeSocket.all.at(-1);
  assert.notEqual(next, socket);
  next.hears(SHUT);
  assert.deepEqual(next.said, [{ type: "join", name: "Bob", token: null, fresh: true }]);
  next.hears(WAITING);
  assert.deepEqual(heard, ["Alice", "Alice"]);
});

test("who stops waiting stands at the door again and does not ask by themselves", () => {
  const { signaling, socket } = outside();
  socket.hears(SHUT);
  signaling.join("Bob", null);
  socket.hears(WAITING);
  signaling.withdraw();
  assert.deepEqual(socket.said.at(-1), { type: "leave" });
  const next = FakeSocket.all.at(-1);
  assert.notEqual(next, socket);
  next.hears(SHUT);
  assert.deepEqual(next.said, []);
});

test("on another network, a socket that was prompt before has less than a second to answer, and the next is opened at once", () => {
  const { clock, heard, signaling, socket } = inside();
  const moved = [];
  signaling.on("moved", () => moved.push(clock.now()));
  signaling.check();
  assert.deepEqual(socket.said.at(-1), { type: "ping" });
  clock.pass(699);
  assert.equal(FakeSocket.all.length, 1);
  clock.pass(1);
  assert.equal(FakeSocket.all.length, 2);
  assert.deepEqual(heard.reach.at(-1), false);
  FakeSocket.all[1].hears(READY);
  FakeSocket.all[1].hears({ ...WELCOME, resumed: true });
  assert.deepEqual(moved, [700]);
  assert.deepEqual(heard.reach.at(-1), true);
});

test("on a slow line it has four times as long as it took before, and at most two seconds", () => {
  for (const [took, waits] of [
    [400, 1_600],
    [5_000, 2_000],
  ]) {
    const { clock, signaling, socket } = inside();
    signaling.check();
    clock.pass(took === 400 ? 400 : 600);
    if (took === 400) socket.hears({ type: "pong" });
    else {
      // Everything that comes shows that it lives, though the answer itself is late.
      socket.hears({ type: "ice-servers", ice_servers: [], ice_expires_in: null });
      clock.pass(took - 600);
      socket.hears({ type: "pong" });
    }
    signaling.check();
    clock.pass(waits - 1);
    assert.equal(FakeSocket.all.length, 1, `${took}`);
    clock.pass(1);
    assert.equal(FakeSocket.all.length, 2, `${took}`);
  }
});

test("signs that follow each other give a dead socket no more time", () => {
  const { clock, signaling } = inside();
  for (let i = 0; i < 7; i += 1) {
    signaling.check();
    clock.pass(100);
  }
  assert.equal(FakeSocket.all.length, 2);
});

test("a socket that answers stays, and nothing is said of another network", () => {
  const { clock, signaling, socket } = inside();
  signaling.on("moved", () => assert.fail("it is the same socket"));
  signaling.check();
  clock.pass(100);
  socket.hears({ type: "pong" });
  clock.pass(5_000);
  assert.equal(FakeSocket.all.length, 1);
});

test("a server that restarts is no sign of another network", () => {
  const { clock, signaling, socket } = inside();
  signaling.on("moved", () => assert.fail("only the server was away"));
  socket.isClosed("restart", 4503);
  clock.pass(2_000);
  FakeSocket.all[1].hears(READY);
  FakeSocket.all[1].hears({ ...WELCOME, resumed: true });
});

test("a page that goes away says so, and that it was no accident", () => {
  const { signaling, socket } = inside();
  signaling.vanish();
  assert.equal(socket.code, 4001);
});

test("whoever has another name by now comes back by it on the next socket", () => {
  const { clock, signaling, socket } = inside();
  signaling.rename("Robert");
  socket.dispatchEvent(Object.assign(new Event("close"), { code: 1006 }));
  clock.pass(2_000);
  const next = FakeSocket.all.at(-1);
  next.hears(READY);
  assert.deepEqual(next.said, [{ type: "join", name: "Robert", token: "north", fresh: false }]);
});

test("a page that stays after all takes its seat again", () => {
  const { clock, heard, signaling, socket } = inside();
  signaling.vanish();
  socket.dispatchEvent(Object.assign(new Event("close"), { code: 4001 }));
  assert.deepEqual(heard.ends, []);
  // It may go for good while there is no socket.
  signaling.vanish();
  clock.pass(2_000);
  const next = FakeSocket.all.at(-1);
  assert.notEqual(next, socket);
  next.hears(READY);
  assert.deepEqual(next.said, [{ type: "join", name: "Bob", token: "north", fresh: false }]);
});

test("who was refused is told so", () => {
  const { heard, signaling, socket } = outside();
  socket.hears(SHUT);
  signaling.join("Bob", null);
  socket.hears(WAITING);
  socket.isClosed("refused", 4403);
  assert.deepEqual(heard.ends, ["refused"]);
});

test("the door is looked at again only by those who have not clicked", () => {
  const { signaling, socket } = outside();
  socket.hears({ ...SHUT, door: "early", opens_in: 5 });
  const before = FakeSocket.all.length;
  signaling.lookAgain();
  assert.equal(FakeSocket.all.length, before + 1);
  FakeSocket.all.at(-1).hears({ ...SHUT, door: "early", opens_in: 5 });
  signaling.join("Bob", null);
  FakeSocket.all.at(-1).hears(WAITING);
  signaling.lookAgain();
  assert.equal(FakeSocket.all.length, before + 1);
});

test("whoever is in a call is back within two seconds of the server, and less often when it is away for long", () => {
  const { clock, socket } = inside();
  socket.isClosed("", 1006);
  /** How long until the next try; it fails. */
  const pause = () => {
    const tries = FakeSocket.all.length;
    const before = clock.now();
    while (FakeSocket.all.length === tries) clock.pass(50);
    FakeSocket.all.at(-1).isClosed("", 1006);
    return clock.now() - before;
  };
  while (clock.now() < 40_000) assert.ok(pause() <= 2_000);
  while (clock.now() < 120_000) pause();
  assert.ok(pause() > 5_000);
});

test("a page that was inside and had to wait has no connections left", () => {
  const { clock, socket, signaling } = inside();
  const waits = [];
  signaling.on("waiting", ({ door }) => waits.push(door));
  socket.isClosed("restart", 4503);
  clock.pass(1_000);
  const newer = FakeSocket.all[1];
  newer.hears(READY);
  assert.equal(newer.said.at(-1).fresh, false);
  newer.hears({ type: "waiting", door: "lobby", host: "", opens_in: null });
  assert.deepEqual(waits, ["lobby"]);
  newer.isClosed("restart", 4503);
  clock.pass(1_000);
  FakeSocket.all[2].hears(READY);
  assert.equal(FakeSocket.all[2].said.at(-1).fresh, true);
});

test("at a crowded door it is asked again after half a minute", () => {
  const { clock, signaling, socket } = outside();
  const reach = [];
  signaling.on("reach", (up, isCrowded) => reach.push([up, isCrowded]));
  socket.hears(SHUT);
  signaling.join("Bob", null);
  socket.isClosed("too-fast", 4429);
  assert.deepEqual(reach.at(-1), [false, true]);
  clock.pass(29_000);
  assert.equal(FakeSocket.all.at(-1), socket);
  clock.pass(1_000);
  const next = FakeSocket.all.at(-1);
  next.hears(SHUT);
  assert.equal(next.said.at(-1).type, "join");
  next.hears(WAITING);
  next.isClosed("too-fast", 4429);
  assert.deepEqual(reach.at(-1), [false, false], "whoever waits and is sent away has said too much");
});

/** A socket that is being opened, of a page that has lost an earlier one. */
function opening() {
  const found = inside();
  found.socket.isClosed("", 1006);
  found.clock.pass(2_000);
  const [, socket] = FakeSocket.all;
  socket.readyState = 0;
  return { ...found, socket };
}

test("a socket that is just being opened is left to it, however often the network is said to have changed", () => {
  const { clock, signaling, socket } = opening();
  for (let i = 0; i < 20; i += 1) {
    signaling.check();
    clock.pass(100);
  }
  assert.equal(FakeSocket.all.length, 2);
  socket.hears(READY);
  assert.equal(socket.code, undefined);
  assert.equal(socket.readyState, 0, "it was not closed");
});

test("one that was begun on the network of before is given up in seconds, and the next ones have longer each time", () => {
  const { clock, signaling } = opening();
  const lives = [];
  for (let i = 0; i < 4; i += 1) {
    const count = FakeSocket.all.length;
    const begun = clock.now();
    const current = FakeSocket.all.at(-1);
    while (current.readyState !== 3) {
      signaling.check();
      clock.pass(100);
    }
    lives.push(clock.now() - begun);
    while (FakeSocket.all.length === count) clock.pass(50);
  }
  assert.ok(lives[0] <= 3_000, `${lives}`);
  assert.ok(lives.at(-1) >= 9_500, `${lives}`);
});

test("a pause that the server asked for is kept, whatever becomes of the network", () => {
  const { clock, signaling, socket } = inside();
  socket.isClosed("too-fast", 4429);
  for (let i = 0; i < 29; i += 1) {
    signaling.check();
    clock.pass(1_000);
  }
  signaling.withdraw();
  assert.equal(FakeSocket.all.length, 1);
  clock.pass(1_000);
  assert.equal(FakeSocket.all.length, 2);
});

test("after any other loss the next socket is opened as soon as there is a network", () => {
  const { signaling, socket } = inside();
  socket.isClosed("", 1006);
  signaling.check();
  assert.equal(FakeSocket.all.length, 2);
});

test("a host hears what another one has decided", () => {
  const { signaling, socket } = inside();
  const heard = [];
  signaling.on("decided", ({ by, names }) => heard.push([by, ...names]));
  socket.hears({ type: "decided", by: "alice", admitted: true, names: ["Carol"] });
  assert.deepEqual(heard, [["alice", "Carol"]]);
});
