import assert from "node:assert/strict";
import test from "node:test";
import { Devices, troubleOf } from "../../static/js/room/media/devices.js";
import { heard, Levels, Speech } from "../../static/js/room/media/levels.js";
import { Screen } from "../../static/js/room/media/screen.js";
import { FakeClock, settle } from "./fakes.js";

/** How loud each of them is. */
const loudness = new Map();

/** Sound as far as `Levels` needs it; what it returns are those who are listened to. */
function installSound() {
  const listened = [];
  globalThis.MediaStream = class {
    constructor([track]) {
      this.track = track;
    }
  };
  globalThis.AnalyserNode = class {
    getFloatTimeDomainData(samples) {
      samples.fill(loudness.get(this.of) ?? 0);
    }
  };
  globalThis.AudioContext = class {
    state = "running";
    createMediaStreamSource({ track }) {
      return { connect: (analyser) => listened.push((analyser.of = track.of)), disconnect() {} };
    }
    async close() {}
  };
  return listened;
}

/** @param {string} of */
function microphone(of) {
  const track = { of, enabled: true, stop() {}, clone: () => ({ ...track }) };
  return track;
}

test("what is listened to is the microphone of the moment when the page has time", async () => {
  const listened = installSound();
  const waiting = [];
  const levels = new Levels(new FakeClock(), () => new Promise((resolve) => waiting.push(resolve)));
  const time = async () => {
    for (const go of waiting.splice(0)) go();
    await settle();
  };
  levels.listen(microphone("first"));
  levels.listen(microphone("second"));
  assert.deepEqual(listened, []);
  await time();
  assert.deepEqual(listened, ["second"]);
  levels.listen(microphone("third"));
  levels.close();
  await time();
  assert.deepEqual(listened, ["second"]);
});

test("who goes on speaking has begun to speak, once listening begins anew", async () => {
  installSound();
  const clock = new FakeClock();
  const levels = new Levels(clock, async () => {});
  const said = [];
  levels.on("speaking", (speaking) => said.push(speaking));
  loudness.set("mine", 0.1);
  levels.listen(microphone("mine"));
  await settle();
  clock.pass(5_000);
  assert.deepEqual(said, [true]);
  levels.listenAnew();
  clock.pass(1_000);
  assert.deepEqual(said, [true, false, true]);
  levels.close();
});

test("the voices of others are heard, each as its own, until they are followed no more", async () => {
  const listened = installSound();
  const clock = new FakeClock();
  const levels = new Levels(clock, async () => {});
  const heard = [];
  levels.on("voice", (key, speaking) => heard.push([key, speaking]));
  const [bob, carol] = [{ of: "bob" }, { of: "carol" }];
  levels.follow("bob", bob);
  levels.follow("bob", bob);
  levels.follow("carol", carol);
  await settle();
  assert.deepEqual(listened, ["bob", "carol"]);
  loudness.set("bob", 0.1);
  clock.pass(1_000);
  assert.deepEqual(heard, [["bob", true]]);
  loudness.set("bob", 0).set("carol", 0.1);
  clock.pass(3_000);
  assert.deepEqual(heard, [
    ["bob", true],
    ["carol", true],
    ["bob", false],
  ]);
  levels.follow("carol", null);
  levels.follow("bob", null);
  assert.deepEqual(heard.at(-1), ["carol", false]);
  clock.pass(1_000);
  assert.equal(clock.pending, 0);
});

test("a click is not speech; a sentence is, through its pauses, and ends two seconds after", () => {
  const speech = new Speech();
  let now = 0;
  const hear = (level, ms) => {
    let speaking = false;
    for (let passed = 0; passed < ms; passed += 100) speaking = speech.hear(level, (now += 100));
    return speaking;
  };
  assert.equal(hear(0, 500), false);
  hear(0.9, 100);
  assert.equal(hear(0, 300), false);
  assert.equal(hear(0.1, 600), true);
  assert.equal(hear(0, 1_000), true);
  assert.equal(hear(0.1, 500), true);
  assert.equal(hear(0, 3_000), false);
});

test("silence is heard as nothing, and the loudest as all", () => {
  assert.equal(heard(0), 0);
  assert.equal(heard(0.0001), 0);
  assert.equal(heard(1), 1);
  assert.ok(heard(0.05) > 0.3);
});

test("what a browser calls an error becomes a word for people", () => {
  const words = ["NotAllowedError", "NotFoundError", "OverconstrainedError", "NotReadableError", "TypeError"];
  assert.deepEqual(
    words.map((name) => troubleOf(new DOMException("", name))),
    ["denied", "missing", "missing", "busy", "failed"],
  );
});

/** A track, a stream and a screen as far as `Devices` needs them; what is asked for is given when the test says so. */
class FakeTrack extends EventTarget {
  stopped = false;
  enabled = true;

  constructor(kind) {
    super();
    this.kind = kind;
  }

  stop() {
    this.stopped = true;
  }

  getSettings() {
    return {};
  }
}

function devices() {
  globalThis.HTMLMediaElement = class {};
  const asked = [];
  const ask = () => new Promise((give, refuse) => asked.push({ give, refuse }));
  const media = Object.assign(new EventTarget(), {
    getDisplayMedia: ask,
    getUserMedia: ask,
    enumerateDevices: async () => [],
  });
  const subject = new Devices(media, undefined);
  const screen = new Screen(media);
  return { asked, subject, screen };
}

const streamOf = (...tracks) => ({
  getTracks: () => tracks,
  getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
  getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
});

test("a screen that is chosen after the call has ended is not captured", async () => {
  const { asked, subject, screen } = devices();
  subject.takeScreen(screen);
  const sharing = subject.share();
  subject.close();
  const tracks = [new FakeTrack("video"), new FakeTrack("audio")];
  asked[0].give(streamOf(...tracks));
  await sharing;
  assert.deepEqual(
    tracks.map(({ stopped }) => stopped),
    [true, true],
  );
  assert.equal(subject.isSharing, false);
});

test("of two screens that were chosen, only the first is captured", async () => {
  const { asked, subject, screen } = devices();
  subject.takeScreen(screen);
  const sharing = [subject.share(), subject.share()];
  const tracks = [new FakeTrack("video"), new FakeTrack("video")];
  for (const [index, { give }] of asked.entries()) give(streamOf(tracks[index]));
  await Promise.all(sharing);
  assert.deepEqual(
    tracks.map(({ stopped }) => stopped),
    [false, true],
  );
});

test("a screen can be shared once what shows it has come with the room, and is told of", async () => {
  const { asked, subject, screen } = devices();
  const told = [];
  subject.on("track", (slot, track) => told.push([slot, track && track.kind]));
  subject.on("change", () => told.push(["change", subject.canShare, subject.isSharing]));
  await subject.share();
  assert.deepEqual([asked.length, subject.canShare], [0, false]);
  subject.takeScreen(screen);
  const sharing = subject.share();
  asked[0].give(streamOf(new FakeTrack("video")));
  await sharing;
  subject.unshare();
  assert.deepEqual(told, [
    ["change", true, false],
    ["screen", "video"],
    ["sound", null],
    ["change", true, true],
    ["screen", null],
    ["sound", null],
    ["change", true, false],
  ]);
});

test("whoever comes when camera and microphone are open already is told of them", async () => {
  const { asked, subject } = devices();
  const choice = { on: true, device: "" };
  const starting = subject.start({ microphone: choice, camera: choice });
  await settle();
  asked[0].give(streamOf(new FakeTrack("audio"), new FakeTrack("video")));
  await starting;
  const told = [];
  subject.on("track", (slot, track) => told.push([slot, track.kind]));
  await subject.start({ microphone: choice, camera: choice });
  assert.deepEqual(told, [
    ["microphone", "audio"],
    ["camera", "video"],
  ]);
  assert.equal(asked.length, 1);
});

test("after the end nothing is opened any more, whatever was being asked", async () => {
  const { asked, subject } = devices();
  const choice = { on: true, device: "" };
  const starting = subject.start({ microphone: choice, camera: choice });
  await settle();
  subject.close();
  asked[0].refuse(new DOMException("", "NotReadableError"));
  await starting;
  await subject.turn("camera", true);
  assert.equal(asked.length, 1);
});
