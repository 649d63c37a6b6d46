import assert from "node:assert/strict";
import test from "node:test";
import { cameraLimit, encoding, screenLimit } from "../../static/js/room/media/budget.js";
import { Devices, troubleOf } from "../../static/js/room/media/devices.js";
import { heard, Speech } from "../../static/js/room/media/levels.js";
import { SenderLimit } from "../../static/js/room/media/sender.js";
import { settle } from "./fakes.js";

test("the more people, the less each picture costs, and all of them together fit the uplink", () => {
  for (let people = 2; people <= 12; people += 1) {
    const { bitrate } = cameraLimit(people, false);
    assert.ok(bitrate * (people - 1) <= 2_000_000, `${people} people`);
    if (people > 2) assert.ok(bitrate <= cameraLimit(people - 1, false).bitrate);
  }
});

test("whoever shows a screen sends a small face beside it", () => {
  assert.equal(cameraLimit(2, true).height, 180);
  assert.ok(screenLimit(2).bitrate > screenLimit(8).bitrate);
});

test("a picture is scaled down to its lines, never up, and upright ones by their width", () => {
  assert.equal(encoding(cameraLimit(4, false), { width: 1280, height: 720 }).scaleResolutionDownBy, 2);
  assert.equal(encoding(cameraLimit(4, false), { width: 720, height: 1280 }).scaleResolutionDownBy, 2);
  assert.equal(encoding(cameraLimit(4, false), { width: 320, height: 240 }).scaleResolutionDownBy, 1);
  assert.equal(encoding(cameraLimit(4, false), {}).scaleResolutionDownBy, 1);
});

test("parameters are set one at a time, of those that wait only the last, and none twice", async () => {
  const set = [];
  let busy = false;
  const sender = {
    getParameters: () => ({ encodings: [{ maxBitrate: set.at(-1) }] }),
    async setParameters({ encodings }) {
      assert.equal(busy, false);
      busy = true;
      await settle();
      set.push(encodings[0].maxBitrate);
      busy = false;
    },
  };
  const limit = new SenderLimit(sender);
  await Promise.all([1, 2, 3].map((maxBitrate) => limit.apply({ maxBitrate })));
  assert.deepEqual(set, [1, 3]);
  await limit.apply({ maxBitrate: 3 });
  await new SenderLimit(sender, { maxBitrate: 4 }).apply({ maxBitrate: 4 });
  assert.deepEqual(set, [1, 3]);
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
    getDisplayMedia: ask, getUserMedia: ask, enumerateDevices: async () => [],
  });
  const subject = new Devices(media, undefined);
  return { asked, subject };
}

const streamOf = (...tracks) => ({
  getTracks: () => tracks,
  getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
  getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
});

test("a screen that is chosen after the call has ended is not captured", async () => {
  const { asked, subject } = devices();
  const sharing = subject.share();
  subject.close();
  const tracks = [new FakeTrack("video"), new FakeTrack("audio")];
  asked[0].give(streamOf(...tracks));
  await sharing;
  assert.deepEqual(tracks.map(({ stopped }) => stopped), [true, true]);
  assert.equal(subject.isSharing, false);
});

test("of two screens that were chosen, only the first is captured", async () => {
  const { asked, subject } = devices();
  const sharing = [subject.share(), subject.share()];
  const tracks = [new FakeTrack("video"), new FakeTrack("video")];
  for (const [index, { give }] of asked.entries()) give(streamOf(tracks[index]));
  await Promise.all(sharing);
  assert.deepEqual(tracks.map(({ stopped }) => stopped), [false, true]);
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
