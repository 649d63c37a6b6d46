import assert from "node:assert/strict";
import test from "node:test";
import { Emitter } from "../../static/js/lib/events.js";
import { Myself } from "../../static/js/room/presence.js";
import { FakeClock } from "./fakes.js";

globalThis.MediaStream = class {
  constructor(tracks) {
    this.tracks = tracks;
  }
};

/** Me, with a microphone and a camera that do as the test says; `told` are the events. */
function me({ choices = { speaker: "" }, visit = null } = {}) {
  const clock = new FakeClock();
  const sources = {
    microphone: { on: true, pending: false, lost: false },
    camera: { on: true, pending: false, lost: false },
  };
  const turned = [];
  const devices = Object.assign(new Emitter(), {
    source: (kind) => sources[kind],
    choice: (kind) => ({ on: sources[kind].on, device: kind }),
    turn: async (...what) => void turned.push(what),
    choose: async (...what) => void turned.push(what),
    start: async (from) => from,
    speakers: [],
    canShare: true,
    isSharing: false,
  });
  const levels = Object.assign(new Emitter(), {
    listened: [],
    anew: 0,
    listen(track) {
      this.listened.push(track);
    },
    listenAnew() {
      this.anew += 1;
    },
    wake() {},
  });
  const speakers = Object.assign(new Emitter(), {
    chosen: [],
    async choose(id) {
      this.chosen.push(id);
    },
  });
  const uplink = Object.assign(new Emitter(), { held: "" });
  const memory = {
    choices,
    visit,
    kept: null,
    keepChoices(kept) {
      this.kept = kept;
    },
    keepVisit(kept) {
      this.visit = kept;
    },
  };
  const subject = new Myself({ devices, levels, speakers, uplink, memory, clock });
  const told = [];
  for (const name of ["change", "toggle"]) subject.on(name, () => told.push(name));
  return { clock, sources, turned, devices, levels, speakers, uplink, memory, subject, told };
}

test("the others are told what is on, and that it is held back only where it is on", () => {
  const { sources, devices, levels, uplink, subject, told } = me();
  levels.emit("speaking", true);
  uplink.held = "line";
  uplink.emit("held");
  assert.deepEqual(subject.shown, {
    microphone: true,
    silenced: false,
    speaking: true,
    camera: true,
    held: "line",
    screen: false,
    hand: false,
    strained: false,
  });
  sources.camera.on = false;
  Object.assign(sources.microphone, { on: false, lost: true });
  devices.emit("change");
  const { microphone, silenced, speaking, camera, held } = subject.shown;
  assert.deepEqual([microphone, silenced, speaking, camera, held], [false, true, false, false, ""]);
  assert.deepEqual(told, ["change", "change"]);
});

test("my pictures are those that the devices give, and my microphone is listened to", () => {
  const { devices, levels, subject } = me();
  devices.emit("track", "camera", "a camera");
  devices.emit("track", "microphone", "a microphone");
  devices.emit("track", "sound", "of a screen");
  assert.deepEqual(subject.pictures.camera.tracks, ["a camera"]);
  assert.deepEqual(levels.listened, ["a microphone"]);
  devices.emit("track", "camera", null);
  assert.deepEqual(subject.pictures, { camera: null, screen: null });
});

test("what is chosen is kept, and begun with the next time", async () => {
  const { turned, speakers, memory, subject, told } = me({ choices: { speaker: "old" } });
  await subject.start();
  await subject.choose("speaker", "new");
  await subject.choose("camera", "another");
  assert.deepEqual(speakers.chosen, ["old", "new"]);
  assert.deepEqual(turned, [["camera", "another"]]);
  assert.deepEqual(memory.kept, {
    microphone: { on: true, device: "microphone" },
    camera: { on: true, device: "camera" },
    speaker: "new",
  });
  assert.equal(subject.mine.speaker, "new");
  assert.deepEqual(told, ["change", "change"]);
});

test("a press turns off what is on or about to be, and is told", () => {
  const { sources, turned, subject, told } = me();
  subject.toggle("microphone");
  Object.assign(sources.camera, { on: false, pending: true });
  subject.toggle("camera");
  sources.camera.pending = false;
  subject.toggle("camera");
  subject.leaveOff("microphone");
  subject.askAgain("microphone");
  assert.deepEqual(turned, [
    ["microphone", false],
    ["camera", false],
    ["camera", true],
    ["microphone", false],
    ["microphone", true],
  ]);
  assert.deepEqual(told, ["toggle", "toggle", "toggle"]);
});

test("a hand is kept for a reload, and is up as long as before after one", () => {
  const { memory, subject, told } = me({ visit: { token: "t", hand: 0 } });
  subject.raise();
  assert.ok(memory.visit.hand > 0 && memory.visit.token === "t");
  assert.equal(subject.mine.hand, true);
  assert.deepEqual(told, ["change"]);
  subject.raise();
  assert.deepEqual([memory.visit.hand, subject.handFor], [0, 0]);

  const again = me().subject;
  again.resume(Date.now() - 60_000);
  assert.ok(again.handFor >= 60_000 && again.shown.hand);
  const since = again.hand;
  again.resume(Date.now());
  assert.equal(again.hand, since, "what is up stays up for as long as it has been");
});

test("who mutes in the middle of a word and goes on is listened to anew, once the word may be over", () => {
  const { clock, sources, devices, levels, subject } = me();
  const turn = (on) => {
    sources.microphone.on = on;
    devices.emit("change");
  };
  turn(true);
  turn(false);
  clock.pass(5_000);
  assert.equal(levels.anew, 0, "nobody spoke");
  turn(true);
  levels.emit("speaking", true);
  turn(false);
  clock.pass(999);
  assert.equal(levels.anew, 0);
  clock.pass(1);
  assert.equal(levels.anew, 1);
  turn(true);
  turn(false);
  subject.close();
  assert.equal(clock.pending, 0);
});
