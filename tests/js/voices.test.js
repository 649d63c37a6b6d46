import assert from "node:assert/strict";
import test from "node:test";
import { Voices } from "../../static/js/room/voices.js";

/** What comes from somebody, as far as it is sound. */
function streams() {
  const sound = () => {
    const tracks = [{ enabled: true }];
    return { getAudioTracks: () => tracks };
  };
  return { microphone: sound(), sound: sound() };
}

/** Bob and Carol, as they are heard by me: `playing` and `followed` by key, `says` what they say is on. */
function table() {
  const links = { bob: { streams: streams() }, carol: { streams: streams() } };
  const playing = new Map();
  const volumes = new Map();
  const muted = new Set();
  const followed = new Map();
  const says = { bob: { microphone: true, screen: false }, carol: { microphone: true, screen: false } };
  let now = 0;
  const subject = new Voices({
    mesh: { connection: (id) => links[id] },
    speakers: {
      play: (key, stream, volume) => {
        playing.set(key, stream);
        volumes.set(key, volume);
      },
      stop: (key) => playing.delete(key),
    },
    levels: { follow: (key, track) => (track ? followed.set(key, track) : followed.delete(key)) },
    now: () => (now += 1),
    says: (id) => ({ ...says[id], microphone: says[id].microphone && !muted.has(id) }),
    isMuted: (id) => muted.has(id),
  });
  const speech = [];
  subject.on("speech", (id) => speech.push(id));
  subject.keep(new Map(Object.entries(links)));
  const enabled = (id) =>
    [links[id].streams.microphone, links[id].streams.sound].map(
      (stream) => stream.getAudioTracks()[0].enabled,
    );
  return { subject, links, playing, volumes, muted, followed, says, speech, enabled };
}
const VOICE = { microphone: true, speaking: true, hand: false };

test("what somebody says is off is not played, and is silent for whoever hears them by me", () => {
  const { subject, playing, followed, says, enabled } = table();
  subject.play("bob");
  assert.deepEqual([...playing.keys()], ["bob"]);
  assert.deepEqual(enabled("bob"), [true, false]);
  says.bob = { microphone: false, screen: true };
  subject.play("bob");
  assert.deepEqual([...playing.keys()], ["bob", "bob:screen"]);
  assert.deepEqual([...followed.keys()], ["bob", "bob:screen"]);
  assert.deepEqual(enabled("bob"), [false, true]);
});

test("of whoever has no connection any more nothing is played", () => {
  const { subject, links, playing, followed } = table();
  subject.play("bob");
  links.bob = undefined;
  subject.play("bob");
  assert.equal(playing.size + followed.size, 0);
});

test("a voice that comes by a third is played there, and its own line is not, until it comes by itself", () => {
  const { subject, playing, enabled } = table();
  for (const id of ["bob", "carol"]) subject.play(id);
  subject.carried = new Map([["carol", { ...VOICE, by: "bob" }]]);
  assert.deepEqual([...playing.keys()].sort(), ["bob", "bob:screen"]);
  subject.carried = new Map([["carol", { ...VOICE, microphone: false, by: "bob" }]]);
  assert.deepEqual(enabled("bob"), [true, false]);
  subject.carried = new Map();
  assert.deepEqual([...playing.keys()].sort(), ["bob", "carol"]);
});

test("who speaks is heard, with their microphone on, and it is told when they begin", () => {
  const { subject, says, speech } = table();
  subject.hear("bob", true);
  assert.equal(subject.isSpeaking("bob"), true);
  subject.hear("bob", true);
  subject.hear("bob", false);
  subject.hear("bob", true);
  assert.deepEqual(speech, ["bob", "bob"]);
  says.bob.microphone = false;
  assert.equal(subject.isSpeaking("bob"), false);
});

test("of voices that come mixed, who passes them on knows which it is", () => {
  const { subject, says, speech } = table();
  says.bob.screen = true;
  subject.hear("bob:screen", true);
  assert.deepEqual([subject.isSounding("bob"), subject.isSpeaking("carol")], [true, false]);
  subject.carried = new Map([["carol", { ...VOICE, by: "bob" }]]);
  assert.deepEqual([subject.isSounding("bob"), subject.isSpeaking("carol")], [false, true]);
  assert.deepEqual(speech, ["carol"]);
  subject.carried = new Map([["carol", { ...VOICE, speaking: false, by: "bob" }]]);
  assert.deepEqual([subject.isSounding("bob"), subject.isSpeaking("carol")], [true, false]);
});

test("when somebody spoke last is known as long as they are here", () => {
  const { subject } = table();
  subject.hear("carol", true);
  subject.hear("bob", true);
  assert.ok(subject.spoke.get("carol") < subject.spoke.get("bob"));
  subject.keep(new Map([["bob", {}]]));
  assert.deepEqual([...subject.spoke.keys()], ["bob"]);
});

test("of whoever a host has muted the sound of their screen is silent as well, and comes back with their voice", () => {
  const { subject, playing, muted, says, enabled } = table();
  says.bob.screen = true;
  muted.add("bob");
  subject.play("bob");
  assert.deepEqual(enabled("bob"), [false, false]);
  assert.deepEqual([...playing.keys()], ["bob"]);
  subject.hear("bob:screen", true);
  assert.equal(subject.isSounding("bob"), false);
  // What they pass on of somebody else is not theirs.
  subject.carried = new Map([["carol", { ...VOICE, by: "bob" }]]);
  assert.deepEqual(enabled("bob"), [false, true]);
  subject.carried = new Map();
  muted.delete("bob");
  subject.play("bob");
  assert.deepEqual(enabled("bob"), [true, true]);
});

test("somebody is as loud for me as I have turned them, with their screen, until they have left", () => {
  const { subject, links, volumes, says } = table();
  says.bob.screen = true;
  subject.play("bob");
  assert.deepEqual([volumes.get("bob"), volumes.get("bob:screen"), subject.loudness("bob")], [1, 1, 1]);
  subject.turn("bob", 0.4);
  assert.deepEqual([volumes.get("bob"), volumes.get("bob:screen"), subject.loudness("bob")], [0.4, 0.4, 0.4]);
  // Another connection to the same person.
  links.bob = { streams: streams() };
  subject.play("bob");
  assert.equal(volumes.get("bob"), 0.4);
  for (const [wanted, had] of [
    [7, 1],
    [-1, 0],
  ]) {
    subject.turn("bob", wanted);
    assert.equal(volumes.get("bob"), had);
  }
  subject.keep(new Map([["carol", {}]]));
  assert.equal(subject.loudness("bob"), 1);
});

test("of voices that come mixed, none is quieter than I have turned it", () => {
  const { subject, volumes } = table();
  subject.carried = new Map([["carol", { ...VOICE, by: "bob" }]]);
  subject.turn("carol", 0.2);
  assert.equal(volumes.get("bob:screen"), 0.2);
  subject.turn("bob", 0);
  assert.deepEqual([volumes.get("bob"), volumes.get("bob:screen")], [0, 0.2]);
  subject.carried = new Map(["carol", "dave"].map((id) => [id, { ...VOICE, by: "bob" }]));
  assert.equal(volumes.get("bob:screen"), 1);
});
