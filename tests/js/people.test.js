import assert from "node:assert/strict";
import test from "node:test";
import { everybody } from "../../static/js/room/people.js";
import { Presence } from "../../static/js/room/presence.js";

const QUIET = {
  microphone: true,
  silenced: false,
  camera: true,
  screen: false,
  hand: false,
  speaking: false,
  held: "",
  strained: false,
};
const participant = (id, seat, more = {}) => ({
  id,
  name: id.toUpperCase(),
  role: "participant",
  seat,
  arrival: seat,
  away: false,
  ...more,
});

/** What Alice knows of Bob and Carol, and what it differs in. */
function known(more = {}) {
  const presence = new Presence(() => 100_000);
  for (const id of ["bob", "carol"]) presence.hear(id, QUIET);
  const streams = { camera: "a camera", screen: "a screen" };
  return {
    me: "alice",
    participants: [participant("alice", 1, { role: "host" }), participant("bob", 2), participant("carol", 3)],
    mesh: { connection: () => ({ state: "connected", streams }) },
    myself: { shown: QUIET, pictures: { camera: "my camera", screen: null } },
    presence,
    voices: { carried: new Map(), isSpeaking: () => false, isSounding: () => true, loudness: () => 1 },
    audibility: { named: () => [] },
    qualities: new Map([["bob", "poor"]]),
    ...more,
  };
}

test("everybody stands in order of arrival, I last, with what they say of themselves", () => {
  const presence = new Presence(() => 100_000);
  presence.hear("carol", { ...QUIET, hand: true, hand_for: 60_000 });
  presence.hear("bob", QUIET);
  assert.deepEqual(
    everybody(known({ presence })).map(({ id, hand, self }) => [id, hand, self]),
    [
      ["bob", false, false],
      ["carol", true, false],
      ["alice", false, true],
    ],
  );
});

test("I am connected to myself, see my own picture and hear nothing of me", () => {
  const me = everybody(known()).at(-1);
  assert.deepEqual(
    [me.connection, me.picture, me.sounding, me.role, me.quality],
    ["connected", "my camera", false, "host", ""],
  );
});

test("a screen is seen while its sender says that it is shown", () => {
  const all = known();
  assert.deepEqual(everybody(all)[0].shared, null);
  all.presence.hear("bob", { ...QUIET, screen: true });
  assert.deepEqual(everybody(all)[0].shared, "a screen");
});

test("of a voice that comes by a third, that third tells how it is", () => {
  const carried = new Map([["bob", { by: "carol", microphone: false, speaking: false, hand: true }]]);
  const [bob] = everybody(known({ voices: { ...known().voices, carried } }));
  assert.deepEqual([bob.by, bob.microphone, bob.hand, bob.camera], ["CAROL", false, true, true]);
});

test("somebody is away only when nothing comes through their connection either", () => {
  const connection = (state, away) => {
    const participants = [participant("bob", 2, { away })];
    return everybody(known({ participants, mesh: { connection: () => state && { state } } }))[0].connection;
  };
  assert.deepEqual(
    ["connected", "shut", "reconnecting", "left"].map((state) => connection(state, true)),
    ["connected", "shut", "away", "away"],
  );
  assert.deepEqual(
    ["failed", "left", ""].map((state) => connection(state, false)),
    ["failed", "away", "connecting"],
  );
});
