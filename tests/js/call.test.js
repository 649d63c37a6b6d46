// Long, since it tells a call from the first in to the last out, with one cast and one fake browser for all of it.
import assert from "node:assert/strict";
import test from "node:test";
import { Emitter } from "../../static/js/lib/events.js";
import { Call } from "../../static/js/room/call.js";
import { Capabilities } from "../../static/js/room/capabilities.js";
import { capability as hands } from "../../static/js/room/hands/index.js";
import { Inside } from "../../static/js/room/inside.js";
import { Talk } from "../../static/js/room/chat/talk.js";
import { Uplink } from "../../static/js/room/media/budget.js";
import { Tabs } from "../../static/js/room/browser.js";
import { FakeClock, settle } from "./fakes.js";

globalThis.MediaStream = class {};

const alice = { id: "alice", name: "Alice", role: "host", seat: 1, arrival: 1, away: false };
const bob = { id: "bob", name: "Bob", role: "participant", seat: 2, arrival: 2, away: false };

/** A part that tells of events, and does what the test says. */
const fake = (part) => Object.assign(new Emitter(), part);

/** Alice's call, in the room with whom the test puts there; `drawn` is what the page shows, `attach` what comes with its room. */
function call({ hasRoom = true } = {}) {
  const clock = new FakeClock();
  const sent = [];
  const drawn = [];
  const spoken = [];
  const parts = {
    signaling: fake({
      open() {},
      join() {},
      send: (message) => sent.push(message),
      left: false,
      leave() {
        this.left = true;
        this.emit("end", "left");
      },
    }),
    mesh: fake({
      update: async () => {},
      prepare() {},
      wait() {},
      settle() {},
      stir() {},
      sayBye() {},
      renew() {},
      reach() {},
      connection: () => null,
      send() {},
      broadcast() {},
      setTrack() {},
      close() {},
    }),
    ice: { update() {}, close() {} },
    devices: fake({
      source: () => ({
        on: true,
        pending: false,
        trouble: "",
        lost: false,
        refused: null,
        devices: [],
        device: "",
      }),
      speakers: [],
      canShare: true,
      wants: () => true,
      isSharing: false,
      async start() {},
      async turn() {},
      close() {},
    }),
    speakers: fake({
      play() {},
      stop() {},
      async choose() {},
      muted: false,
      mute(muted) {
        this.muted = muted;
      },
      close() {},
    }),
    levels: fake({ wake() {}, listen() {}, follow() {}, close() {} }),
    uplink: new Uplink(),
    talk: new Talk({ send: (to, message) => spoken.push([to, message]), clock }),
    tabs: fake({ async enter() {}, leave() {} }),
    memory: {
      choices: { speaker: "" },
      visit: null,
      said: () => ({ count: 0, delivered: 0, messages: [] }),
      keepSaid() {},
      keepVisit() {},
      forgetVisit() {},
    },
    clock,
    frame: (draw) => draw(),
  };
  const subject = new Call(parts);
  const capabilities = new Capabilities({
    room: { clock, myself: subject.myself },
    said: () => subject.participants.presence.heard,
  });
  const attach = () => new Inside(subject, parts, capabilities);
  const inside = hasRoom ? attach() : null;
  subject.on("change", (state) => drawn.push(state));
  subject.start();
  subject.join("Alice");
  const show = (...others) =>
    parts.signaling.emit("roster", {
      rev: 1,
      participants: new Map([alice, ...others].map((one) => [one.id, one])),
    });
  const enter = async (...others) => {
    parts.signaling.emit("welcome", { me: "alice", token: "", resumed: false });
    show(...others);
    parts.signaling.emit("reach", true);
    await settle();
  };
  const removals = () => sent.filter(({ type }) => type === "remove").map(({ participant }) => participant);
  return { clock, parts, subject, inside, capabilities, attach, drawn, spoken, enter, show, removals };
}

test("the page goes on when a connection cannot even be made", async () => {
  const { parts, drawn, enter } = call();
  parts.mesh.update = async () => {
    throw new DOMException("too many", "UnknownError");
  };
  // The failure itself stays one: here, the test is who hears of it.
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  const failures = [];
  process.on("unhandledRejection", (error) => failures.push(error.message));
  await enter(bob);
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
  assert.deepEqual(failures, ["too many"]);
  assert.deepEqual(
    drawn.at(-1).people.map(({ name }) => name),
    ["Bob", "Alice"],
  );
});

test("on another network the socket is looked at and every connection looks for a path; so it does when the socket had fallen silent", async () => {
  const { parts, subject, enter } = call();
  const done = [];
  parts.signaling.check = () => done.push("check");
  parts.mesh.moved = () => done.push("moved");
  await enter(bob);
  subject.check();
  assert.deepEqual(done, ["check", "moved"]);
  parts.signaling.emit("moved");
  assert.deepEqual(done, ["check", "moved", "moved"]);
});

test("leaving from the notice of a second page leaves", async () => {
  const { parts, drawn, enter, inside } = call();
  await enter(bob);
  parts.tabs.emit("other", true);
  assert.equal(drawn.at(-1).notice.kind, "duplicate");
  assert.equal(parts.speakers.muted, true);
  inside.act();
  assert.equal(parts.signaling.left, true);
  assert.equal(drawn.at(-1).phase, "ended");
});

test("once the other page is gone, this one may be heard again", async () => {
  const { parts, drawn, enter } = call();
  await enter(bob);
  parts.tabs.emit("other", true);
  parts.tabs.emit("other", false);
  assert.equal(drawn.at(-1).notice.kind, "");
  assert.equal(parts.speakers.muted, false);
});

test("whom I removed while the server was away is removed when it is back", async () => {
  const { parts, enter, show, removals, inside } = call();
  await enter(bob);
  parts.signaling.emit("reach", false);
  inside.orders.remove("bob");
  assert.deepEqual(removals(), []);
  parts.signaling.emit("reach", true);
  assert.deepEqual(removals(), ["bob"]);
  show();
  parts.signaling.emit("reach", true);
  assert.deepEqual(removals(), ["bob"]);
});

test("whoever is still there is removed again, unless I may not", async () => {
  const { clock, parts, enter, removals, inside } = call();
  await enter(bob);
  inside.orders.remove("bob");
  parts.signaling.emit("failed", "too-fast");
  clock.pass(5_000);
  assert.deepEqual(removals(), ["bob", "bob"]);
  parts.signaling.emit("failed", "not-allowed");
  clock.pass(60_000);
  assert.equal(removals().length, 2);
});

test("what I am called by now goes along: to the next socket, through a reload, and into what I write", () => {
  const { parts, show } = call();
  parts.memory.keepVisit = (kept) => (parts.memory.visit = kept);
  const renamed = [];
  parts.signaling.rename = (name) => renamed.push(name);
  parts.signaling.emit("welcome", { me: "alice", token: "north", resumed: false });
  show({ ...alice, name: "Alice Berg" }, bob);
  show({ ...alice, name: "Alice Berg" }, bob);
  assert.deepEqual(renamed, ["Alice Berg"]);
  assert.deepEqual([parts.memory.visit.name, parts.memory.visit.token], ["Alice Berg", "north"]);
  assert.equal(parts.talk.write("Hello").name, "Alice Berg");
});

test("a hand that is up stays up through a reload, and says for how long it has been", async () => {
  const { parts, subject, drawn, enter } = call();
  parts.memory.keepVisit = (kept) => (parts.memory.visit = kept);
  await enter(bob);
  assert.equal(drawn.at(-1).mine.hand, false);
  subject.myself.raise();
  assert.ok(parts.memory.visit.hand > 0);

  const again = call();
  again.parts.memory.visit = { ...parts.memory.visit, hand: Date.now() - 60_000 };
  const told = [];
  again.parts.mesh.broadcast = (message) => told.push(message);
  again.parts.signaling.emit("welcome", { me: "alice", token: "", resumed: true });
  again.show(bob);
  await settle();
  assert.equal(again.drawn.at(-1).mine.hand, true);
  again.capabilities.begin("hands", hands);
  assert.equal(again.drawn.at(-1).people.at(-1).marks[0].text, "1");
  again.subject.participants.hearBy(new Map());
  assert.ok(told.length > 0 && told.every(({ hand, hand_for: length }) => hand && length >= 60_000));
});

test("the hand of somebody who had another seat does not come along", async () => {
  const { parts, drawn, show } = call();
  parts.memory.visit = { token: "", name: "Alice", me: "somebody", said: 0, hand: Date.now() };
  parts.signaling.emit("welcome", { me: "alice", token: "", resumed: true });
  show(bob);
  await settle();
  assert.equal(drawn.at(-1).mine.hand, false);
});

test("hands that others raise stand in the order of time, not of the seats", async () => {
  const { parts, capabilities, drawn, enter } = call();
  await enter(bob, { ...carol, seat: 0 });
  const says = (id, hand, length) =>
    parts.mesh.emit("message", id, { type: "state", ...quiet, hand, hand_for: length });
  says("carol", true, 1_000);
  // What was said before it came counts as of when it was said.
  capabilities.begin("hands", hands);
  says("bob", true, 30_000);
  const places = () =>
    Object.fromEntries(drawn.at(-1).people.map(({ id, marks }) => [id, Number(marks[0]?.text ?? 0)]));
  assert.deepEqual(places(), { bob: 1, carol: 2, alice: 0 });
  says("bob", false, 0);
  assert.deepEqual(places(), { bob: 0, carol: 1, alice: 0 });
});

const carol = { id: "carol", name: "Carol", role: "participant", seat: 3, arrival: 3, away: false };
const quiet = { microphone: true, camera: true, screen: false, hand: false, speaking: false };

/** Alice with Bob and Carol; `links` says how her links are, `hear` what the others say. */
async function trio() {
  const table = call();
  const links = { bob: "connected", carol: "connected" };
  const told = [];
  const reports = [];
  const { mesh, signaling } = table.parts;
  mesh.connection = (id) => ({ state: links[id], streams: null });
  mesh.broadcast = (message) => told.push(message);
  const send = signaling.send;
  signaling.send = (message) => (message.type === "links" ? reports.push(message.links) : send(message));
  await table.enter(bob, carol);
  const hear = (id, said) => mesh.emit("message", id, { type: "state", ...quiet, links: said });
  const turn = (id, state) => {
    links[id] = state;
    mesh.emit("change", id);
  };
  hear("bob", { alice: "connected", carol: "connected" });
  hear("carol", { alice: "connected", bob: "connected" });
  for (const id of ["bob", "carol"]) mesh.emit("change", id);
  return { ...table, links, told, reports, hear, turn, last: () => table.drawn.at(-1) };
}

test("the others and the server are told how my links are", async () => {
  const { clock, told, reports, turn } = await trio();
  assert.deepEqual(told.at(-1).links, { bob: "connected", carol: "connected" });
  clock.pass(2_000);
  turn("carol", "reconnecting");
  assert.deepEqual(told.at(-1).links, { bob: "connected", carol: "repairing" });
  turn("carol", "left");
  assert.deepEqual(told.at(-1).links, { bob: "connected" });
  turn("carol", "failed");
  clock.pass(2_000);
  assert.deepEqual(reports, [{ bob: "connected", carol: "connected" }, { carol: "failed" }]);
});

test("two others who do not hear each other are told of, until somebody has looked", async () => {
  const { clock, hear, last, inside } = await trio();
  assert.ok(last().pairs.every(({ condition }) => condition === "connected"));
  hear("bob", { alice: "connected", carol: "repairing" });
  assert.equal(last().notice.kind, "");
  clock.pass(2_500);
  assert.equal(last().notice.kind, "apart");
  assert.deepEqual(
    last().pairs.filter(({ condition }) => condition !== "connected"),
    [{ one: "bob", other: "carol", condition: "repairing" }],
  );
  inside.act();
  assert.equal(last().panel, "people");
  assert.equal(last().notice.kind, "");
  inside.open("");
  assert.equal(last().notice.kind, "");
  hear("bob", { alice: "connected", carol: "failed" });
  assert.equal(last().notice.kind, "apart");
  hear("bob", { alice: "connected", carol: "connected" });
  assert.equal(last().notice.kind, "");
  hear("bob", { alice: "connected", carol: "failed" });
  clock.pass(2_500);
  assert.equal(last().notice.kind, "apart");
});

test("what is opened is drawn at once, so that the next key goes into it, and not when the screen is", async () => {
  const { parts, drawn, enter, inside } = call();
  await enter(bob);
  parts.frame = () => {};
  inside.open("chat");
  assert.equal(drawn.at(-1).panel, "chat");
  inside.open("");
  assert.equal(drawn.at(-1).panel, "");
});

test("whom the others have let go is seen at once, though I have not heard of it by the server", async () => {
  const { hear, last } = await trio();
  const known = () => last().people.find(({ id }) => id === "bob").knows;
  assert.deepEqual(known(), ["alice", "carol"]);
  hear("bob", { alice: "connected" });
  assert.deepEqual(known(), ["alice"]);
});

/** What comes from somebody, as far as it is sound. */
function streams(id) {
  const sound = (of) => {
    const tracks = [{ of, enabled: true }];
    return { of, getAudioTracks: () => tracks };
  };
  return { microphone: sound(`${id}'s voice`), camera: null, sound: sound(`${id}'s sound`), screen: null };
}

test("of a microphone that is said to be off nothing is heard, whatever comes", async () => {
  const { parts, turn, last } = await trio();
  const bobs = streams("bob");
  const [voice] = bobs.microphone.getAudioTracks();
  const [sound] = bobs.sound.getAudioTracks();
  parts.mesh.connection = (id) => ({ state: "connected", streams: id === "bob" ? bobs : streams(id) });
  turn("bob", "connected");
  assert.deepEqual([voice.enabled, sound.enabled], [true, false], "a screen that is not shown has no sound");
  const say = (facts) => parts.mesh.emit("message", "bob", { type: "state", ...quiet, ...facts });
  say({ microphone: false });
  assert.equal(voice.enabled, false);
  parts.levels.emit("voice", "bob", true);
  assert.equal(last().people[0].speaking, false);
  say({ microphone: true, screen: true });
  assert.deepEqual([voice.enabled, sound.enabled], [true, true]);
  // A new connection of somebody who is silent is silent from its first moment.
  say({ microphone: false });
  const next = streams("bob");
  parts.mesh.connection = () => ({ state: "connected", streams: next });
  turn("bob", "connected");
  assert.equal(next.microphone.getAudioTracks()[0].enabled, false);
});

test("who speaks is heard here, and what they say of it is not believed", async () => {
  const { parts, last } = await trio();
  const speaks = () => last().people.find(({ id }) => id === "bob").speaking;
  parts.mesh.emit("message", "bob", { type: "state", ...quiet, speaking: true });
  assert.equal(speaks(), false);
  parts.levels.emit("voice", "bob", true);
  assert.equal(speaks(), true);
  parts.mesh.emit("message", "bob", { type: "state", ...quiet, speaking: false });
  assert.equal(speaks(), true);
  parts.levels.emit("voice", "bob", false);
  assert.equal(speaks(), false);
});

test("what is heard of a screen's sound is shown at the screen, with the microphone off as well", async () => {
  const { parts, subject, last } = await trio();
  const sounds = () => last().people.map(({ id, speaking, sounding }) => [id, speaking, sounding]);
  parts.levels.emit("voice", "bob:screen", true);
  assert.deepEqual(sounds()[0], ["bob", false, false], "of a screen that is not shown nothing is played");
  parts.mesh.emit("message", "bob", { type: "state", ...quiet, microphone: false, screen: true });
  assert.deepEqual(sounds(), [
    ["bob", false, true],
    ["carol", false, false],
    ["alice", false, false],
  ]);
  subject.participants.hearBy(
    new Map([["carol", { by: "bob", microphone: true, speaking: true, hand: false }]]),
  );
  assert.deepEqual(
    sounds().slice(0, 2),
    [
      ["bob", false, false],
      ["carol", true, false],
    ],
    "it is the voice that they pass on",
  );
  subject.participants.hearBy(new Map());
  parts.levels.emit("voice", "bob:screen", false);
  assert.deepEqual(sounds()[0], ["bob", false, false]);
});

test("a voice that comes by a third speaks only while something is heard of it, and is silent with its microphone", async () => {
  const { parts, subject, turn, last } = await trio();
  const bobs = streams("bob");
  parts.mesh.connection = (id) => ({
    state: id === "bob" ? "connected" : "failed",
    streams: id === "bob" ? bobs : null,
  });
  turn("carol", "failed");
  const by = (facts) =>
    subject.participants.hearBy(
      new Map([["carol", { by: "bob", microphone: true, speaking: true, hand: false, ...facts }]]),
    );
  const carols = () => last().people.find(({ id }) => id === "carol").speaking;
  by();
  assert.equal(carols(), false);
  parts.levels.emit("voice", "bob:screen", true);
  assert.equal(carols(), true);
  by({ speaking: false });
  assert.equal(carols(), false);
  const [sound] = bobs.sound.getAudioTracks();
  assert.equal(sound.enabled, true);
  by({ microphone: false });
  assert.equal(sound.enabled, false);
});

test("whose voice comes by a third is heard and shown so, until it comes by itself", async () => {
  const { parts, subject, told, reports, clock, turn, last } = await trio();
  const playing = new Map();
  parts.speakers.play = (key, stream) => playing.set(key, stream);
  parts.speakers.stop = (key) => playing.delete(key);
  const links = {
    bob: { state: "connected", streams: streams("bob") },
    carol: { state: "connected", streams: streams("carol") },
  };
  parts.mesh.connection = (id) => links[id];
  for (const id of ["bob", "carol"]) turn(id, "connected");
  assert.deepEqual([...playing.keys()], ["bob", "carol"]);

  links.carol.state = "failed";
  turn("carol", "failed");
  assert.deepEqual(subject.participants.thirds("carol"), ["bob"]);
  subject.participants.rate(new Map([["bob", "lost"]]));
  assert.deepEqual(
    subject.participants.thirds("carol"),
    ["bob"],
    "of whom I hear nothing just now is better than nobody",
  );
  subject.participants.hearBy(
    new Map([["carol", { by: "bob", microphone: false, speaking: false, hand: true }]]),
  );
  assert.deepEqual(
    [...playing].map(([key, { of }]) => [key, of]),
    [
      ["bob", "bob's voice"],
      ["bob:screen", "bob's sound"],
    ],
  );
  const shown = last().people.find(({ id }) => id === "carol");
  assert.deepEqual(
    [shown.by, shown.microphone, shown.hand, shown.connection],
    ["Bob", false, true, "failed"],
  );
  assert.equal(told.at(-1).links.carol, "carried");
  clock.pass(10_000);
  assert.equal(reports.at(-1).carol, "failed", "the server is told how the connection is");

  links.carol.state = "connected";
  subject.participants.hearBy(new Map());
  assert.deepEqual([...playing.keys()].sort(), ["bob", "carol"]);
  assert.equal(last().people.find(({ id }) => id === "carol").by, "");
});

test("what I am asked to pass on is known, the last of each who is inside, also to whoever listens only now", async () => {
  const { parts, subject } = await trio();
  const ask = (id, seq) => parts.mesh.emit("message", id, { type: "carry", seq, voices: ["carol"] });
  ask("bob", 1);
  ask("bob", 2);
  ask("carol", 7);
  parts.mesh.emit("message", "bob", { type: "carried", seq: 1, voices: {} });
  assert.deepEqual(
    [...subject.participants.carries].map(([id, { type, seq }]) => [id, type, seq]),
    [
      ["bob", "carry", 2],
      ["carol", "carry", 7],
    ],
  );
  parts.signaling.emit("roster", { rev: 2, participants: new Map([alice, bob].map((one) => [one.id, one])) });
  assert.deepEqual([...subject.participants.carries.keys()], ["bob"]);
});

test("a flood is told to the server and shown, by whoever says so, until it is put away", async () => {
  const { parts, last, clock, inside } = await trio();
  const sent = [];
  const { send } = parts.signaling;
  parts.signaling.send = (message) => (message.type === "flooded" ? sent.push(message) : send(message));
  parts.mesh.emit("flood", "bob");
  assert.deepEqual(sent, [{ type: "flooded", participant: "bob" }]);
  clock.pass(100);
  assert.equal(last().notice.kind, "flood");
  assert.deepEqual(last().notice.flood, { id: "bob", name: "Bob", by: [""], isInside: true });
  parts.signaling.emit("flooded", { type: "flooded", participant: "bob", name: "", by: "carol" });
  assert.deepEqual(last().notice.flood.by, ["", "Carol"]);
  inside.act();
  assert.equal(last().notice.flood, null);
  for (let i = 0; i < 100; i += 1) {
    parts.signaling.emit("flooded", { type: "flooded", participant: `x${i}`, name: "", by: "carol" });
  }
  for (let i = 0; i < 20; i += 1) inside.act();
  assert.equal(last().notice.flood, null);
});

test("what happened before the room was there to tell it is told once it is: a flood, and who hears whom", async () => {
  const { parts, subject, drawn, attach, enter } = call({ hasRoom: false });
  parts.mesh.connection = () => ({ state: "connected", streams: null });
  await enter(bob, carol);
  parts.mesh.emit("message", "bob", {
    type: "state",
    ...quiet,
    links: { alice: "connected", carol: "connected" },
  });
  parts.mesh.emit("flood", "bob");
  assert.equal(drawn.at(-1).notice.kind, "");
  assert.deepEqual([drawn.at(-1).pairs, subject.participants.thirds("carol")], [[], []]);
  attach();
  assert.deepEqual(drawn.at(-1).people.find(({ id }) => id === "bob").knows, ["alice", "carol"]);
  assert.deepEqual(subject.participants.thirds("carol"), ["bob"]);
  assert.deepEqual(drawn.at(-1).notice.flood, { id: "bob", name: "Bob", by: [""], isInside: true });
});

test("of whoever was let go of after too much nothing is promised: no way back, no third, no screen that is on its way", async () => {
  const { clock, parts, told, reports, turn, last } = await trio();
  clock.pass(2_000);
  parts.devices.isSharing = true;
  parts.mesh.emit("message", "bob", { type: "state", ...quiet, hand: true });
  turn("bob", "shut");
  const bobNow = () => last().people.find(({ id }) => id === "bob");
  assert.equal(bobNow().connection, "shut");
  assert.deepEqual(
    [bobNow().hand, bobNow().marks],
    [false, []],
    "a hand that nobody can take down goes down",
  );
  assert.deepEqual(
    told.at(-1).links,
    { carol: "connected" },
    "whoever is not named is passed on to by nobody",
  );
  clock.pass(2_000);
  assert.deepEqual(
    reports.at(-1),
    { bob: "left" },
    "their seat rests on me no longer, and no network is blamed",
  );
  clock.pass(60_000);
  assert.deepEqual(last().notice.unseen.names, []);
  assert.equal(last().notice.kind, "", "nobody waits for a way that is not looked for");
  parts.signaling.emit("roster", {
    rev: 2,
    participants: new Map([alice, { ...bob, away: true }, carol].map((one) => [one.id, one])),
  });
  assert.equal(bobNow().connection, "shut");
});

test("made-up floods hide none of somebody who is inside", async () => {
  const { parts, last } = await trio();
  for (let i = 0; i < 100; i += 1) {
    parts.signaling.emit("flooded", { type: "flooded", participant: `x${i}`, name: "", by: "carol" });
  }
  parts.signaling.emit("flooded", { type: "flooded", participant: "carol", name: "", by: "bob" });
  assert.deepEqual(last().notice.flood, { id: "carol", name: "Carol", by: ["Bob"], isInside: true });
});

test("what I say to whom I do not reach is given to whoever reaches them", async () => {
  const { spoken, parts, turn } = await trio();
  turn("carol", "reconnecting");
  parts.talk.write("Hello");
  assert.deepEqual(
    spoken.map(([to, { pass }]) => [to, pass]),
    [
      ["bob", ["carol"]],
      [null, undefined],
    ],
  );
});

/** A lock for all pages of a browser (Web Locks, 2.1): granted in order, kept until the callback is done. */
function locks() {
  let last = Promise.resolve();
  const held = [];
  return {
    request(name, { signal }, use) {
      const turn = last;
      const given = turn.then(async () => {
        if (signal.aborted) throw signal.reason;
        held.push({ name });
        await use();
        held.pop();
      });
      last = given.catch(() => {});
      return given;
    },
    query: async () => ({ held: [...held] }),
  };
}

test("of two pages in a call, the second notices, until the first has gone", async () => {
  const clock = new FakeClock();
  const shared = locks();
  const heard = [];
  const tabs = ["first", "second"].map((name) => {
    const one = new Tabs(shared, "room", clock);
    one.on("other", (isThere) => heard.push([name, isThere]));
    return one;
  });
  for (const one of tabs) void one.enter();
  await settle();
  clock.pass(1_000);
  await settle();
  assert.deepEqual(heard, [
    ["first", false],
    ["second", true],
  ]);
  tabs[0].leave();
  await settle();
  assert.deepEqual(heard.at(-1), ["second", false]);
});

test("a page that comes back knows whether another one of this browser is in the call", async () => {
  const shared = locks();
  const [first, copy] = [1, 2].map(() => new Tabs(shared, "room", new FakeClock()));
  assert.equal(await copy.isTaken(), false);
  void first.enter();
  await settle();
  assert.equal(await copy.isTaken(), true);
  first.leave();
  await settle();
  assert.equal(await copy.isTaken(), false);
  assert.equal(await new Tabs(undefined, "room", new FakeClock()).isTaken(), false);
});

test("a browser that is slow to give the lock makes nobody another", async () => {
  const clock = new FakeClock();
  const given = Promise.withResolvers();
  const slow = { request: (_, __, use) => given.promise.then(use), query: async () => ({ held: [] }) };
  const only = new Tabs(slow, "room", clock);
  const heard = [];
  only.on("other", (isThere) => heard.push(isThere));
  void only.enter();
  clock.pass(5_000);
  await settle();
  given.resolve();
  await settle();
  assert.deepEqual(heard, [false]);
});

test("a page that is loaded again does not take itself for another", async () => {
  const clock = new FakeClock();
  const shared = locks();
  const before = new Tabs(shared, "room", clock);
  const after = new Tabs(shared, "room", clock);
  const heard = [];
  after.on("other", (isThere) => heard.push(isThere));
  void before.enter();
  void after.enter();
  clock.pass(100);
  before.leave();
  await settle();
  clock.pass(1_000);
  assert.deepEqual(heard, [false]);
});

test("in a large room those who spoke last are seen, and everybody knows for themselves", async () => {
  const { clock, parts, drawn, enter } = call();
  const said = [];
  parts.mesh.broadcast = (message) => said.push(message);
  const others = Array.from({ length: 9 }, (_, seat) => ({
    ...bob,
    id: `p${seat}`,
    name: `P${seat}`,
    seat: seat + 2,
  }));
  const speak = (id) => {
    clock.pass(1_000);
    parts.levels.emit("voice", id, true);
  };
  await enter(...others);
  const me = () => drawn.at(-1).people.find(({ self }) => self);
  assert.equal(me().held, "", "who came first is seen at first");
  for (const { id } of others) parts.mesh.emit("message", id, { type: "state", ...quiet, speaking: true });
  await settle();
  assert.equal(me().held, "", "to claim to speak drives nobody out");
  for (const id of ["p8", "p7", "p6", "p5", "p4", "p3"]) speak(id);
  await settle();
  assert.equal(me().held, "others");
  assert.equal(said.at(-1).held, "others");
  clock.pass(1_000);
  parts.levels.emit("speaking", true);
  await settle();
  assert.equal(me().held, "");
  assert.deepEqual([said.at(-1).held, said.at(-1).speaking], ["", true]);
});

test("whoever shows a screen is told, after a while, who does not have it", async () => {
  const { clock, parts, links, turn, last } = await trio();
  let seq = 0;
  const view = (id, screen) =>
    parts.uplink.ask(id, { seq: (seq += 1), camera: { height: 180, large: false }, screen });
  parts.devices.isSharing = true;
  parts.uplink.seat(3);
  parts.uplink.capture("screen", { width: 1920, height: 1080 });
  parts.devices.emit("change");
  for (const id of ["bob", "carol"]) view(id, { height: 720, large: true, arrived: false });
  clock.pass(5_900);
  assert.equal(last().notice.kind, "");
  clock.pass(100);
  assert.equal(last().notice.kind, "unseen-screen");
  assert.deepEqual(last().notice.unseen, { names: ["Bob", "Carol"], all: true, held: false });
  view("bob", { height: 720, large: true, arrived: true });
  assert.deepEqual(last().notice.unseen, { names: ["Carol"], all: false, held: false });
  view("carol", { height: 0, large: false });
  assert.equal(last().notice.kind, "", "who does not look misses nothing");
  links.bob = "reconnecting";
  turn("bob", "reconnecting");
  clock.pass(6_000);
  assert.deepEqual(
    last().notice.unseen.names,
    ["Bob"],
    "what arrived before the connection broke is no screen now",
  );
  parts.devices.isSharing = false;
  parts.devices.emit("change");
  assert.deepEqual(last().notice.unseen.names, []);
});

test("where the line has no room for a screen, its person is told that", async () => {
  const { clock, parts, last } = await trio();
  parts.devices.isSharing = true;
  parts.uplink.seat(3);
  parts.uplink.capture("screen", { width: 1920, height: 1080 });
  parts.uplink.allow({ bitrate: 100_000, steps: 0, isLossy: false, resting: "" });
  parts.uplink.ask("bob", {
    seq: 1,
    camera: { height: 0, large: false },
    screen: { height: 720, large: true, arrived: false },
  });
  parts.devices.emit("change");
  clock.pass(6_000);
  assert.deepEqual(last().notice.unseen, { names: ["Bob"], all: false, held: true });
});

test("whoever mutes in mid-sentence and talks on is told, and whoever ends the word is not", async () => {
  const { clock, parts, drawn, enter } = call();
  const mine = { on: true, pending: false, trouble: "", devices: [], device: "" };
  parts.devices.source = () => mine;
  /** As the real one: who goes on speaking has begun to. */
  let isTalking = true;
  parts.levels.listenAnew = () => {
    parts.levels.emit("speaking", false);
    if (isTalking) clock.after(300, () => parts.levels.emit("speaking", true));
  };
  const turn = (on) => {
    mine.on = on;
    parts.devices.emit("change");
  };
  await enter(bob);
  turn(true);
  parts.levels.emit("speaking", true);
  turn(false);
  clock.pass(900);
  assert.equal(drawn.at(-1).notice.kind, "");
  clock.pass(500);
  assert.equal(drawn.at(-1).notice.kind, "muted-talking");
  turn(true);
  clock.pass(10_000);
  isTalking = false;
  turn(false);
  clock.pass(10_000);
  assert.equal(drawn.at(-1).notice.kind, "");
});

test("what others say of their cameras is taken, and nonsense is not", async () => {
  const { parts, drawn, enter } = call();
  await enter(bob);
  const held = async (value) => {
    parts.mesh.emit("message", "bob", {
      type: "state",
      microphone: true,
      camera: true,
      screen: false,
      hand: false,
      held: value,
    });
    await settle();
    return drawn.at(-1).people[0].held;
  };
  assert.deepEqual(
    [await held("line"), await held("device"), await held("x"), await held(undefined)],
    ["line", "device", "", ""],
  );
});

test("a device that is too slow is told of, and may try all the same", async () => {
  const { parts, drawn, enter, inside } = call();
  await enter(bob);
  parts.uplink.allow({ bitrate: 2_500_000, steps: 4, isLossy: false, resting: "device" });
  await settle();
  assert.equal(drawn.at(-1).notice.kind, "slow-device");
  inside.act();
  await settle();
  assert.equal(drawn.at(-1).notice.kind, "");
});

const READY = {
  room: { capacity: 8 },
  me: "bob",
  early: true,
  door: "lobby",
  opens_in: null,
  ice_servers: [],
  ice_expires_in: null,
};
const knock = { id: "k1", name: "Bob", standing: "guest", asked_at: 0 };

test("who has to wait lets go of connections of before the click, and is taken in without another", async () => {
  const { parts, drawn, enter } = call();
  const visitors = [];
  parts.mesh.wait = (me) => visitors.push(me);
  parts.signaling.emit("ready", READY);
  parts.signaling.emit("waiting", { door: "lobby", host: "Alice", opens_in: null });
  assert.deepEqual(visitors, ["bob", ""]);
  assert.deepEqual(drawn.at(-1).door, { kind: "lobby", waits: true, host: "Alice", opensAt: null });
  assert.equal(drawn.at(-1).phase, "joining");
  await enter();
  assert.equal(drawn.at(-1).phase, "joined");
  assert.equal(drawn.at(-1).door.waits, false);
});

test("who was inside and has to wait is outside in every way, and comes in anew", async () => {
  const { parts, subject, drawn, enter } = call();
  const done = [];
  parts.mesh.close = () => done.push("closed");
  parts.mesh.wait = (me) => done.push(["waits as", me]);
  parts.mesh.renew = () => done.push("renewed");
  parts.ice.update = (servers) => done.push(servers);
  await enter(bob);
  subject.participants.hearBy(
    new Map([["bob", { by: "carol", microphone: true, speaking: false, hand: false }]]),
  );
  parts.signaling.emit("ready", { ...READY, early: false });
  assert.deepEqual(done, [], "until it is certain, nothing is taken away");
  parts.signaling.emit("waiting", { door: "lobby", host: "Bob", opens_in: null });
  assert.deepEqual(done, ["closed", ["waits as", ""], [], "renewed"]);
  const outside = drawn.at(-1);
  assert.deepEqual([outside.phase, outside.me, outside.since, outside.people], ["joining", "", null, []]);
  assert.deepEqual(outside.inside, []);
  assert.deepEqual(outside.door, { kind: "lobby", waits: true, host: "Bob", opensAt: null });
  await enter(bob);
  assert.deepEqual(
    drawn.at(-1).people.map(({ name, by }) => [name, by]),
    [
      ["Bob", ""],
      ["Alice", ""],
    ],
  );
});

test("whoever was refused waits no more", async () => {
  const { parts, drawn } = call();
  parts.signaling.emit("waiting", { door: "lobby", host: "Alice", opens_in: null });
  parts.signaling.emit("end", "refused");
  assert.deepEqual([drawn.at(-1).phase, drawn.at(-1).door.waits], ["ended", false]);
});

test("a host's answer is said until it has come through, and is seen at once", async () => {
  const { clock, parts, drawn, enter, inside } = call();
  const sent = [];
  parts.signaling.send = (message) => sent.push(message);
  await enter();
  parts.signaling.emit("lobby", [knock]);
  assert.deepEqual(drawn.at(-1).knocks, [knock]);
  parts.signaling.emit("reach", false);
  inside.orders.answer("admit", ["k1"]);
  assert.deepEqual(drawn.at(-1).knocks, []);
  parts.signaling.emit("reach", true);
  assert.deepEqual(
    sent.filter(({ type }) => type === "admit"),
    [{ type: "admit", knocks: ["k1"] }],
  );
  parts.signaling.emit("failed", "too-fast");
  clock.pass(5_000);
  parts.signaling.emit("lobby", []);
  parts.signaling.emit("reach", false);
  parts.signaling.emit("reach", true);
  assert.equal(sent.filter(({ type }) => type === "admit").length, 2);
  // The same person again, later: a new question.
  parts.signaling.emit("lobby", [knock]);
  assert.deepEqual(drawn.at(-1).knocks, [knock]);
  clock.pass(60_000);
  assert.equal(sent.filter(({ type }) => type === "admit").length, 2);
});

test("each answer is said once, and those that are still open together", async () => {
  const { parts, enter, inside } = call();
  const sent = [];
  parts.signaling.send = (message) => sent.push(message);
  await enter();
  const knocks = Array.from({ length: 20 }, (_, i) => ({ ...knock, id: `k${i}` }));
  const ids = knocks.map(({ id }) => id);
  parts.signaling.emit("lobby", knocks);
  for (const id of ids.slice(1)) inside.orders.answer("admit", [id]);
  inside.orders.answer("refuse", ["k0"]);
  assert.deepEqual(
    sent.map((message) => message.knocks),
    [...ids.slice(1).map((id) => [id]), ["k0"]],
  );
  sent.length = 0;
  parts.signaling.emit("reach", false);
  parts.signaling.emit("reach", true);
  assert.deepEqual(sent, [
    { type: "admit", knocks: ids.slice(1) },
    { type: "refuse", knocks: ["k0"] },
  ]);
});

test("that many ask at a door is no trouble with the server", () => {
  const { parts, drawn } = call();
  parts.signaling.emit("reach", false, true);
  assert.equal(drawn.at(-1).problem, "crowded");
  parts.signaling.emit("reach", false);
  assert.equal(drawn.at(-1).problem, "offline");
  parts.signaling.emit("reach", true);
  assert.equal(drawn.at(-1).problem, "");
});

test("who waits is asked anew of the next socket", async () => {
  const { parts, drawn, enter } = call();
  await enter();
  parts.signaling.emit("lobby", [knock]);
  parts.signaling.emit("reach", false);
  await enter();
  assert.deepEqual(drawn.at(-1).knocks, []);
});

test("a door that opens later is looked at when it should be open, and not before", () => {
  const { clock, parts, subject } = call();
  let looks = 0;
  parts.signaling.lookAgain = () => (looks += 1);
  parts.signaling.withdraw = () => {};
  subject.stopWaiting();
  parts.signaling.emit("ready", { ...READY, early: false, door: "early", opens_in: 90 });
  clock.pass(90_000);
  assert.equal(looks, 0);
  clock.pass(1_000);
  assert.equal(looks, 1);
  // One that opens next month is looked at now and then: no timer reaches so far.
  parts.signaling.emit("ready", { ...READY, early: false, door: "early", opens_in: 30 * 86_400 });
  clock.pass(6 * 3_600_000 + 1_000);
  assert.equal(looks, 2);
});

test("what another host decided at the door is told, and then it is no news that they come", async () => {
  const { parts, inside, drawn, enter } = call();
  await enter(bob);
  parts.signaling.emit("decided", { type: "decided", by: "bob", admitted: true, names: ["Carol"] });
  assert.equal(drawn.at(-1).notice.told.text, "Bob let Carol in.");
  assert.deepEqual([inside.knows("Carol"), inside.knows("Carol")], [true, false]);
  parts.signaling.emit("decided", { type: "decided", by: "bob", admitted: false, names: ["Dave"] });
  assert.equal(inside.knows("Dave"), false);
});
