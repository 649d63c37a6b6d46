import assert from "node:assert/strict";
import test from "node:test";
import { deeds, ofAll } from "../../../static/js/room/hosting/model.js";
import { counted, may } from "../../../static/js/room/roster.js";

const OPEN = { share: true, chat: true, unmute: true, record: true, rename: true, spotlight: null };
const CLOSED = { share: false, chat: false, unmute: false, record: false, rename: false, spotlight: null };
const SAYS = { microphone: true, camera: true, screen: true, hand: true };
const BY = { by: "alice", at: 1_795_347_000 };

/** The table at the receivers: whatever their page says, what counts of them. */
const TABLE = [
  ["a host, all forbidden", { role: "host" }, CLOSED, { microphone: true, camera: true, screen: true }],
  [
    "a participant, nothing forbidden",
    { role: "participant" },
    OPEN,
    { microphone: true, camera: true, screen: true },
  ],
  [
    "a participant who may not share",
    { role: "participant" },
    CLOSED,
    { microphone: true, camera: true, screen: false },
  ],
  [
    "somebody muted",
    { role: "participant", muted: BY },
    OPEN,
    { microphone: false, camera: true, screen: true },
  ],
  ["a muted host", { role: "host", muted: BY }, OPEN, { microphone: false, camera: true, screen: true }],
  [
    "somebody muted and asked",
    { role: "participant", muted: BY, asked: true },
    OPEN,
    { microphone: false, camera: true, screen: true },
  ],
  [
    "somebody stopped",
    { role: "participant", stopped: BY },
    OPEN,
    { microphone: true, camera: false, screen: true },
  ],
  ["somebody who is not in the roster", undefined, CLOSED, { microphone: true, camera: true, screen: false }],
  [
    "anybody, before the rules have come",
    { role: "participant" },
    null,
    { microphone: true, camera: true, screen: true },
  ],
];

for (const [who, one, rules, expected] of TABLE) {
  test(`of ${who} that counts, whatever is sent`, () => {
    assert.deepEqual(counted(SAYS, one, rules), { ...expected, hand: true });
  });
}

test("hosts may everything, all others what the rules let them", () => {
  for (const what of ["share", "chat", "unmute", "record", "rename"]) {
    assert.deepEqual(
      [
        may({ role: "host" }, CLOSED, what),
        may({ role: "participant" }, CLOSED, what),
        may(undefined, CLOSED, what),
      ],
      [true, false, false],
      what,
    );
    assert.ok(may({ role: "participant" }, OPEN, what), what);
  }
});

const person = (more) => ({
  id: "bob",
  self: false,
  role: "participant",
  microphone: true,
  camera: true,
  hand: false,
  muted: null,
  organizer: false,
  ...more,
});
const state = (isHost, more = {}) => ({
  hosting: { isHost, may: { rename: true, ...more.may } },
  rules: { spotlight: more.spotlight ?? null },
});

test("a host is offered what makes sense as things are", () => {
  assert.deepEqual(deeds(person(), state(true)), [
    "mute",
    "stop-camera",
    "spotlight",
    "make-host",
    "rename",
    "remove",
  ]);
  assert.deepEqual(
    deeds(person({ microphone: false, camera: false, hand: true }), state(true, { spotlight: "bob" })),
    ["ask-unmute", "lower-hand", "end-spotlight", "make-host", "rename", "remove"],
  );
});

test("no host is removed, and of all hosts only whose meeting it is stays one", () => {
  const organizer = deeds(person({ role: "host", organizer: true }), state(true));
  const other = deeds(person({ role: "host" }), state(true));
  assert.deepEqual(organizer, ["mute", "stop-camera", "spotlight", "rename"]);
  assert.deepEqual(other, ["mute", "stop-camera", "spotlight", "take-host", "rename"]);
});

test("of others a participant is offered nothing, of themselves their name, unless only hosts change names", () => {
  assert.deepEqual(deeds(person(), state(false)), []);
  assert.deepEqual(deeds(person({ self: true }), state(false)), ["rename"]);
  assert.deepEqual(deeds(person({ self: true }), state(false, { may: { rename: false } })), []);
});

test("what is done to all is done to all but hosts", () => {
  const people = [
    person({ hand: true }),
    person({ microphone: false }),
    person({ role: "host", hand: true }),
    person({ self: true, role: "host" }),
  ];
  assert.deepEqual(ofAll(people), { unmuted: 1, muted: 1, hands: 1 });
});
