/** Which microphone and which camera are used when the chosen one cannot be had, and what happens when one stops. */
import assert from "node:assert/strict";
import test from "node:test";
import { Devices } from "../../static/js/room/media/devices.js";
import { canAskAgain, comesBack, refusal, trouble } from "../../static/js/room/words/sources.js";
import { FakeClock } from "./fakes.js";

globalThis.HTMLMediaElement = class {};

class FakeTrack extends EventTarget {
  readyState = "live";
  enabled = true;
  muted = false;

  constructor(kind, deviceId) {
    super();
    this.kind = kind;
    this.deviceId = deviceId;
  }

  stop() {
    this.readyState = "ended";
  }

  getSettings() {
    return { deviceId: this.deviceId };
  }

  /** What the browser does when the device is gone. */
  end() {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }

  setMuted(muted) {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

/** A computer with devices, some of which another program has. */
class Computer extends EventTarget {
  busy = new Set();
  refusal = null;
  /** Every request, as the ids that were asked for. */
  asked = [];
  tracks = [];

  constructor(...devices) {
    super();
    this.devices = devices;
  }

  async enumerateDevices() {
    return this.devices;
  }

  async getUserMedia({ audio, video }) {
    this.asked.push([audio, video].filter(Boolean).map((one) => one.deviceId?.exact ?? ""));
    await turn();
    if (this.refusal) throw this.refusal;
    const tracks = [];
    for (const [kind, wish] of [
      ["audio", audio],
      ["video", video],
    ]) {
      if (!wish) continue;
      const group = this.devices.filter((one) => one.kind === `${kind}input`);
      const exact = wish.deviceId?.exact;
      const found = exact ? group.find(({ deviceId }) => deviceId === exact) : group[0];
      if (!found) throw new DOMException("", exact ? "OverconstrainedError" : "NotFoundError");
      if (this.busy.has(found.deviceId)) throw new DOMException("", "NotReadableError");
      tracks.push(new FakeTrack(kind, found.deviceId));
    }
    this.tracks.push(...tracks);
    const of = (kind) => tracks.filter((track) => track.kind === kind);
    return { getTracks: () => tracks, getAudioTracks: () => of("audio"), getVideoTracks: () => of("video") };
  }

  /** It is plugged in, pulled out, or let go of by another program. */
  async change(act = () => {}) {
    act();
    this.dispatchEvent(new Event("devicechange"));
    for (let i = 0; i < 12; i += 1) await turn();
  }
}

/** What a device takes to answer: everything else that is under way is done by then. */
function turn() {
  return new Promise((resolve) => void setImmediate(resolve));
}

const camera = (id) => ({ kind: "videoinput", deviceId: id, label: `Camera ${id}` });
const microphone = (id) => ({ kind: "audioinput", deviceId: id, label: `Microphone ${id}` });
const everything = () => [microphone("desk"), microphone("headset"), camera("front"), camera("back")];

async function rest() {
  for (let i = 0; i < 20; i += 1) await turn();
}

/** A page with these devices; `choice` is what an earlier visit chose. */
function onPage(
  computer,
  {
    page,
    oneAtATime = false,
    permissions = { query: async () => Object.assign(new EventTarget(), { state: "granted" }) },
  } = {},
) {
  const clock = new FakeClock();
  const devices = new Devices(computer, permissions, { clock, page, oneAtATime });
  const sent = { microphone: null, camera: null };
  devices.on("track", (slot, track) => (sent[slot] = track));
  const start = (chosen = {}) =>
    devices.start({
      microphone: { on: true, device: chosen.microphone ?? "" },
      camera: { on: true, device: chosen.camera ?? "" },
    });
  const pass = async (ms) => {
    // What a moment brings is begun before the next.
    for (let left = ms; left > 0; left -= 500) {
      clock.pass(Math.min(left, 500));
      await rest();
    }
  };
  return { devices, sent, start, pass, clock };
}

const using = ({ devices }, kind) => devices.source(kind).device;

test("a remembered camera that another program has does not shut out the one that works", async () => {
  const computer = new Computer(...everything());
  computer.busy.add("back");
  const page = onPage(computer);
  await page.start({ camera: "back" });
  await rest();
  assert.equal(page.sent.camera.deviceId, "front");
  assert.equal(page.devices.source("camera").trouble, "");
  assert.deepEqual(page.devices.source("camera").refused, { device: "back", trouble: "busy" });
  assert.equal(page.devices.choice("camera").device, "back", "what was chosen is remembered still");
  assert.equal(page.sent.microphone.deviceId, "desk");
});

test("the same goes for microphones, and for the one that the browser takes by itself", async () => {
  const computer = new Computer(...everything());
  computer.busy.add("desk");
  const chosen = onPage(computer);
  await chosen.start({ microphone: "desk" });
  const any = onPage(computer);
  await any.start();
  assert.equal(chosen.sent.microphone.deviceId, "headset");
  assert.equal(any.sent.microphone.deviceId, "headset");
  assert.equal(any.sent.camera.deviceId, "front");
});

test("the list can be used while nothing works", async () => {
  const computer = new Computer(...everything());
  computer.busy = new Set(["front", "back"]);
  const page = onPage(computer);
  await page.start();
  await rest();
  const { trouble: wrong, devices } = page.devices.source("camera");
  assert.equal(wrong, "busy");
  assert.deepEqual(
    devices.map(({ id }) => id),
    ["front", "back"],
  );
  computer.busy.delete("back");
  await page.devices.choose("camera", "back");
  assert.equal(using(page, "camera"), "back");
  assert.equal(page.devices.source("camera").trouble, "");
});

for (const oneAtATime of [false, true]) {
  test(`a change that fails goes back to the one that works and says so${oneAtATime ? ", on a phone too" : ""}`, async () => {
    const computer = new Computer(...everything());
    const page = onPage(computer, { oneAtATime });
    await page.start({ camera: "front", microphone: "desk" });
    const before = page.sent.camera;
    computer.busy = new Set(["back", "headset"]);
    await page.devices.choose("camera", "back");
    await page.devices.choose("microphone", "headset");
    assert.equal(page.sent.camera.deviceId, "front");
    assert.equal(page.sent.camera.readyState, "live");
    if (!oneAtATime) assert.equal(page.sent.camera, before, "the picture was never interrupted");
    assert.equal(page.sent.microphone.deviceId, "desk");
    assert.deepEqual(page.devices.choice("camera"), { on: true, device: "front" });
    const mine = { camera: page.devices.source("camera"), microphone: page.devices.source("microphone") };
    assert.equal(
      refusal(mine, "camera"),
      "“Camera back” is taken by another program. “Camera front” is used instead.",
    );
    assert.match(refusal(mine, "microphone"), /“Microphone headset” is taken/);
    computer.busy.clear();
    await page.devices.choose("camera", "back");
    assert.equal(page.sent.camera.deviceId, "back");
    assert.equal(refusal({ camera: page.devices.source("camera") }, "camera"), "");
  });
}

test("what was taken comes back when it is free, tried ever more seldom and only while somebody looks", async () => {
  const computer = new Computer(microphone("desk"), camera("front"));
  computer.busy.add("front");
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const page = onPage(computer, { page: document });
  await page.start();
  await rest();
  const tries = () => computer.asked.length;
  const first = tries();
  await page.pass(120_000);
  const often = tries() - first;
  assert.ok(often > 6 && often < 24, `asked ${often} times in two minutes`);
  document.visibilityState = "hidden";
  await page.pass(600_000);
  assert.ok(tries() - first - often <= 2, "asked while nobody was there");
  computer.busy.clear();
  document.visibilityState = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  await rest();
  assert.equal(page.devices.source("camera").on, true);
});

test("a chosen device comes back in the place of what stood in for it, which goes on until then", async () => {
  const computer = new Computer(...everything());
  computer.busy.add("headset");
  const page = onPage(computer);
  await page.start({ microphone: "headset" });
  await rest();
  const standIn = page.sent.microphone;
  await page.pass(60_000);
  assert.equal(page.sent.microphone, standIn);
  assert.equal(standIn.readyState, "live");
  computer.busy.clear();
  await page.pass(31_000);
  assert.equal(page.sent.microphone.deviceId, "headset");
  assert.equal(page.devices.source("microphone").refused, null);
});

test("a headset that is plugged in is used again by whoever chose it", async () => {
  const computer = new Computer(microphone("desk"), camera("front"));
  const page = onPage(computer);
  await page.start({ microphone: "headset" });
  assert.equal(page.sent.microphone.deviceId, "desk");
  await computer.change(() => computer.devices.push(microphone("headset")));
  assert.equal(page.sent.microphone.deviceId, "headset");
});

test("nobody is asked again and again where the browser asks a question each time", async () => {
  const computer = new Computer(microphone("desk"), camera("front"));
  computer.busy.add("front");
  const page = onPage(computer, {
    permissions: { query: async () => Object.assign(new EventTarget(), { state: "prompt" }) },
  });
  await page.start();
  await rest();
  const asked = computer.asked.length;
  await page.pass(600_000);
  assert.equal(computer.asked.length, asked);
});

test("what is turned off does not come back by itself", async () => {
  const computer = new Computer(...everything());
  computer.busy = new Set(["front", "back"]);
  const page = onPage(computer);
  await page.start();
  await rest();
  await page.devices.turn("camera", false);
  computer.busy.clear();
  await page.pass(600_000);
  await computer.change();
  const { on, trouble: wrong } = page.devices.source("camera");
  assert.deepEqual([on, wrong], [false, ""]);
});

test("a microphone that is pulled out gives way to another; where there is none, that is said until there is", async () => {
  const computer = new Computer(microphone("desk"), microphone("headset"), camera("front"));
  const page = onPage(computer);
  await page.start({ microphone: "headset" });
  computer.devices = computer.devices.filter(({ deviceId }) => deviceId !== "headset");
  page.sent.microphone.end();
  await rest();
  assert.equal(page.sent.microphone.deviceId, "desk");
  assert.equal(page.devices.source("microphone").lost, false);
  computer.devices = computer.devices.filter(({ deviceId }) => deviceId !== "desk");
  page.sent.microphone.end();
  await rest();
  assert.equal(page.sent.microphone, null);
  const { lost, trouble: wrong } = page.devices.source("microphone");
  assert.deepEqual([lost, wrong], [true, "missing"]);
  await computer.change(() => computer.devices.push(microphone("desk")));
  assert.equal(page.devices.source("microphone").on, true);
  assert.equal(page.devices.source("microphone").lost, false);
});

test("a microphone that the system silences is off, and goes on by itself; a moment's silence is nothing", async () => {
  const computer = new Computer(...everything());
  const page = onPage(computer);
  await page.start();
  const track = page.sent.microphone;
  track.setMuted(true);
  await page.pass(500);
  track.setMuted(false);
  await page.pass(5_000);
  assert.equal(page.devices.source("microphone").on, true);
  track.setMuted(true);
  await page.pass(1_500);
  const { on, lost, trouble: wrong } = page.devices.source("microphone");
  assert.deepEqual([on, lost, wrong], [false, true, "muted"]);
  assert.equal(
    trouble({ microphone: page.devices.source("microphone") }, ["microphone"]).title,
    "Your system holds the microphone back",
  );
  track.setMuted(false);
  assert.equal(page.devices.source("microphone").on, true);
});

test("a permission that is taken back in the call is waited for", async () => {
  const computer = new Computer(...everything());
  const status = Object.assign(new EventTarget(), { state: "granted" });
  const page = onPage(computer, { permissions: { query: async () => status } });
  await page.start();
  computer.refusal = new DOMException("", "NotAllowedError");
  page.sent.microphone.end();
  await rest();
  const { lost, trouble: wrong } = page.devices.source("microphone");
  assert.deepEqual([lost, wrong], [true, "denied"]);
  computer.refusal = null;
  status.dispatchEvent(new Event("change"));
  await rest();
  assert.equal(page.devices.source("microphone").on, true);
});

test("whoever joins without a microphone has not lost one", async () => {
  const computer = new Computer(camera("front"));
  const page = onPage(computer);
  await page.start();
  assert.deepEqual(
    [page.devices.source("microphone").trouble, page.devices.source("microphone").lost],
    ["missing", false],
  );
});

test("a header that forbids the camera is told apart from a person who does, and from the system", async () => {
  const computer = new Computer(...everything());
  computer.refusal = new DOMException("Permission denied", "NotAllowedError");
  const document = Object.assign(new EventTarget(), {
    visibilityState: "visible",
    featurePolicy: { allowsFeature: (name) => name !== "camera" && name !== "display-capture" },
  });
  computer.getDisplayMedia = () => {};
  const forbidden = onPage(computer, { page: document });
  await forbidden.start();
  assert.equal(forbidden.devices.source("camera").trouble, "forbidden");
  assert.equal(forbidden.devices.canShare, false, "nor is a button offered that does nothing");
  const denied = onPage(computer);
  await denied.start();
  assert.equal(denied.devices.source("camera").trouble, "denied");
  computer.refusal = new DOMException("Permission denied by system", "NotAllowedError");
  const system = onPage(computer);
  await system.start();
  assert.equal(system.devices.source("camera").trouble, "system");
});

test("what asking again cannot help is not asked for again, and what comes back by itself can be declined", () => {
  const all = ["denied", "forbidden", "system", "missing", "busy", "insecure", "failed", "muted"];
  assert.deepEqual(all.filter(canAskAgain), ["denied", "system", "missing", "busy", "failed"]);
  assert.deepEqual(all.filter(comesBack), ["missing", "busy", "failed", "muted"]);
  assert.equal(canAskAgain(""), false);
  for (const one of all) {
    const { text } = trouble({ camera: { trouble: one } }, ["camera"]);
    assert.equal(/ask again/i.test(text) && !canAskAgain(one), false, `${one}: ${text}`);
  }
});
