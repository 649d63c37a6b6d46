import assert from "node:assert/strict";
import { test } from "node:test";
import { Presence, readState } from "../../static/js/room/presence.js";

test("until somebody says what is on, their picture is shown and nobody calls them mute", () => {
  const said = new Presence(() => 0).of("bob");
  assert.deepEqual([said.microphone, said.camera, said.screen, said.hand], [true, true, false, false]);
});

test("of what somebody says only what can be understood is taken", () => {
  const nothing = {
    microphone: false,
    silenced: false,
    camera: false,
    screen: false,
    hand: false,
    held: "",
    strained: false,
  };
  assert.deepEqual(
    readState({
      microphone: "yes",
      silenced: 1,
      camera: {},
      screen: null,
      hand: "up",
      held: "x",
      strained: [],
    }),
    nothing,
  );
  assert.deepEqual(
    readState({ microphone: true, silenced: true }),
    { ...nothing, microphone: true },
    "who is heard has not been silenced",
  );
  assert.equal(readState({ microphone: false, silenced: true }).silenced, true);
});

test("of somebody who is heard of no more the hand goes down, and all else stays as they said it", () => {
  let now = 1_000;
  const presence = new Presence(() => now);
  presence.hear("bob", { microphone: true, hand: true, links: { carol: "connected" } });
  now = 5_000;
  presence.lower("bob");
  assert.deepEqual([presence.of("bob").hand, presence.of("bob").microphone], [false, true]);
  assert.deepEqual(presence.heard.get("bob"), {
    state: { microphone: true, hand: false, links: { carol: "connected" } },
    at: 5_000,
  });
});

test("whoever is not here any more has said nothing", () => {
  const presence = new Presence(() => 0);
  presence.hear("bob", { camera: false });
  presence.keep(new Map());
  assert.equal(presence.of("bob").camera, true);
  assert.equal(presence.heard.size, 0);
});
