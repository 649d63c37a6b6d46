import assert from "node:assert/strict";
import test from "node:test";
import { Obeying } from "../../../static/js/room/hosting/obeying.js";

const BY = { by: "alice", at: 1_795_347_000 };

/** Bob's page. */
function page() {
  const on = { microphone: true, camera: true };
  const said = [];
  const asked = [];
  const devices = {
    isSharing: false,
    source: (kind) => ({ on: on[kind], pending: false }),
    turn: (kind, wanted) => (on[kind] = wanted),
    unshare: () => (devices.isSharing = false),
  };
  const myself = { toggle: (kind) => (on[kind] = !on[kind]), share: () => (devices.isSharing = true) };
  const subject = new Obeying({
    devices,
    myself,
    orders: { turnOn: (type) => asked.push(type) },
    say: (text) => said.push(text),
    nameOf: () => "Alice",
  });
  const look = (more, rules = {}) =>
    subject.look({ id: "bob", role: "participant", ...more }, { share: true, unmute: true, ...rules });
  look();
  return { subject, devices, on, said, asked, look };
}

test("whoever is muted or stopped is off on their own page as well", () => {
  const { on, look } = page();
  look({ muted: BY, stopped: BY });
  assert.deepEqual(on, { microphone: false, camera: false });
});

test("the press asks the server, and what was muted goes on once it lets me", () => {
  const { subject, on, asked, look } = page();
  look({ muted: BY });
  subject.toggle("microphone");
  assert.deepEqual([on.microphone, asked], [false, ["unmute"]]);
  look({});
  assert.equal(on.microphone, true);
  look({ stopped: BY });
  subject.toggle("camera");
  assert.deepEqual([on.camera, asked], [false, ["unmute", "start-camera"]]);
  look({});
  assert.equal(on.camera, true);
});

test("who takes the press back, or may not, stays off", () => {
  const { subject, on, look } = page();
  look({ muted: BY });
  subject.toggle("microphone");
  subject.toggle("microphone");
  look({});
  assert.equal(on.microphone, false);
  look({ muted: BY });
  subject.toggle("microphone");
  subject.giveUp("unmute");
  look({});
  assert.equal(on.microphone, false);
});

test("what the server does not let me turn on leaves alone what else I want to", () => {
  const { subject, on, look } = page();
  look({ muted: BY, stopped: BY });
  subject.toggle("microphone");
  subject.toggle("camera");
  for (const type of ["start-camera", "remove"]) subject.giveUp(type);
  look({});
  assert.deepEqual([on.microphone, on.camera], [true, false]);
});

test("where only hosts give a voice back it is said why nothing happens, until one asks", () => {
  const { subject, on, said, asked, look } = page();
  look({ muted: BY }, { unmute: false });
  subject.toggle("microphone");
  assert.deepEqual([subject.mayUnmute, said.length, asked], [false, 1, []]);
  assert.match(said[0], /^Alice muted you\. Raise your hand/);
  look({ muted: BY, asked: true }, { unmute: false });
  assert.deepEqual([subject.mayUnmute, subject.isAsked], [true, true]);
  subject.toggle("microphone");
  assert.deepEqual([asked, subject.isAsked], [["unmute"], false]);
  look({}, { unmute: false });
  assert.equal(on.microphone, true);
});

test("who stays muted is not asked again by the same question, and nobody is told", () => {
  const { subject, asked, look } = page();
  look({ muted: BY, asked: true });
  subject.stayMuted();
  look({ muted: BY, asked: true });
  assert.deepEqual([subject.isAsked, asked], [false, []]);
  look({ muted: BY });
  look({ muted: BY, asked: true });
  assert.equal(subject.isAsked, true);
});

test("who is heard has nothing to answer, and says so", () => {
  const { subject, asked, look } = page();
  look({ asked: true });
  assert.deepEqual([subject.isAsked, asked], [false, ["unmute"]]);
});

test("who may not share any more shows nothing, and is told so at once and at each press", () => {
  const { subject, devices, said, look } = page();
  subject.share();
  look({}, { share: false });
  assert.deepEqual(
    [devices.isSharing, said],
    [false, ["Your screen is not shared: only hosts may share theirs now."]],
  );
  subject.share();
  assert.deepEqual([devices.isSharing, said.at(-1)], [false, "Only hosts may share their screens now."]);
  look({ role: "host" }, { share: false });
  subject.share();
  assert.equal(devices.isSharing, true);
});

test("a screen that was being chosen when only hosts may share is not shared either, and it is said why", () => {
  const { subject, devices, said, look } = page();
  look({}, { share: false });
  devices.isSharing = true;
  subject.lookAtScreen();
  assert.deepEqual(
    [devices.isSharing, said],
    [false, ["Your screen is not shared: only hosts may share theirs now."]],
  );
});

test("whoever holds a key talks for as long, and is as before after that", () => {
  const { subject, on } = page();
  on.microphone = false;
  subject.hold(true);
  assert.equal(on.microphone, true);
  subject.hold(false);
  assert.equal(on.microphone, false);
  // Who is heard already stays so.
  on.microphone = true;
  subject.hold(true);
  subject.hold(false);
  assert.equal(on.microphone, true);
});

test("a key that is let go of before the server answers has asked for nothing", () => {
  const { subject, on, asked, look } = page();
  look({ muted: BY });
  subject.hold(true);
  subject.hold(false);
  look({});
  assert.deepEqual([asked, on.microphone], [["unmute"], false]);
});

test("whoever is muted by a host while they hold the key stays muted", () => {
  const { subject, on, asked, look } = page();
  on.microphone = false;
  subject.hold(true);
  look({ muted: BY });
  subject.hold(false);
  assert.deepEqual([asked, on.microphone], [[], false]);
});

test("what the server never answers is told, and the next press asks once more", () => {
  const { subject, said, asked, look } = page();
  look({ muted: BY });
  subject.toggle("microphone");
  subject.lose("unmute");
  assert.match(said[0], /you are muted still/);
  subject.toggle("microphone");
  assert.deepEqual(asked, ["unmute", "unmute"]);
  // Of what was not asked nothing is said.
  subject.lose("start-camera");
  assert.equal(said.length, 1);
});
