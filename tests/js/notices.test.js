import assert from "node:assert/strict";
import test from "node:test";
import { Notices } from "../../static/js/room/notices.js";
import { FakeClock } from "./fakes.js";

const SOURCE = { on: true, lost: false, refused: null };
const QUIET = {
  isBlocked: false,
  isDuplicate: false,
  inside: new Map([
    ["alice", { name: "Alice" }],
    ["bob", { name: "Bob" }],
  ]),
};

/** What is said over Alice's room: `look` says it of a state that differs in what the test gives. */
function table() {
  const clock = new FakeClock();
  const uplink = { held: "", hasScreen: () => true, hasRoomForScreen: () => true };
  const subject = new Notices({ clock, uplink });
  let changes = 0;
  subject.on("change", () => (changes += 1));
  const people = [
    { id: "bob", name: "Bob", self: false, connection: "connected" },
    { id: "alice", name: "Alice", self: true, connection: "connected" },
  ];
  const look = ({ mine, circumstances, ...rest } = {}) =>
    subject.look(
      {
        phase: "joined",
        ready: true,
        me: "alice",
        people,
        pairs: [],
        panel: "",
        hosting: { may: { unmute: true } },
        mine: { microphone: SOURCE, camera: SOURCE, screen: false, ...mine },
        ...rest,
      },
      { ...QUIET, ...circumstances },
    );
  return { clock, uplink, subject, people, look, changes: () => changes };
}

test("where nothing is the matter, nothing is said", () => {
  const { look, clock } = table();
  assert.equal(look().kind, "");
  assert.equal(clock.pending, 0);
});

test("of all that applies the weightiest is said, and only inside", () => {
  const { look, uplink } = table();
  uplink.held = "line";
  const lost = { ...SOURCE, lost: true };
  assert.equal(look().kind, "thin-line");
  assert.equal(look({ mine: { camera: lost } }).kind, "unseen");
  assert.equal(look({ mine: { camera: lost }, circumstances: { isDuplicate: true } }).kind, "duplicate");
  assert.equal(
    look({ mine: { camera: lost }, circumstances: { isDuplicate: true, isBlocked: true } }).kind,
    "sound-blocked",
  );
  assert.equal(look({ mine: { microphone: lost }, circumstances: { isBlocked: true } }).kind, "unheard");
  assert.equal(look({ phase: "joining", mine: { microphone: lost } }).kind, "");
});

test("a camera that is off is not held back", () => {
  const { look, uplink } = table();
  uplink.held = "device";
  assert.equal(look().kind, "slow-device");
  assert.equal(look({ mine: { camera: { ...SOURCE, on: false } } }).kind, "");
});

test("a server that is silent for long is told of, until it answers", () => {
  const { clock, look, changes } = table();
  assert.equal(look({ ready: false }).kind, "");
  clock.pass(3_999);
  assert.equal(changes(), 0);
  clock.pass(1);
  assert.equal(changes(), 1);
  assert.equal(look({ ready: false }).kind, "reconnecting");
  assert.equal(look({ ready: true }).kind, "");
  assert.equal(look({ ready: false }).kind, "", "it is silent anew");
});

test("that another device is used than the chosen one is said for a while, and again when it is another", () => {
  const { clock, look } = table();
  const refused = (device) => ({ camera: { ...SOURCE, refused: { device, trouble: "busy" } } });
  assert.equal(look({ mine: refused("a") }).kind, "refused");
  clock.pass(12_000);
  assert.equal(look({ mine: refused("a") }).kind, "");
  assert.equal(look({ mine: refused("b") }).kind, "refused");
  assert.equal(look().kind, "");
});

test("who talks and is muted is told so for a while, or until they know", () => {
  const { clock, subject, look, changes } = table();
  subject.remind();
  assert.equal(look().kind, "muted-talking");
  clock.pass(6_000);
  assert.equal(changes(), 1);
  assert.equal(look().kind, "");
  subject.remind();
  subject.calm();
  assert.equal(look().kind, "");
});

test("pairs that do not hear each other are told of until they were seen in the list of people", () => {
  const { look } = table();
  const pairs = [{ one: "alice", other: "bob", condition: "failed" }];
  assert.equal(look({ pairs }).kind, "apart");
  assert.equal(look({ pairs, panel: "people" }).kind, "");
  assert.equal(look({ pairs }).kind, "");
  assert.equal(look().kind, "");
  assert.equal(look({ pairs }).kind, "apart", "it has been whole in between");
});

test("who does not have my screen is named after a while, whoever is away or was let go of is not", () => {
  const { clock, uplink, people, look } = table();
  const mine = { screen: true };
  uplink.hasScreen = () => false;
  look({ mine });
  clock.pass(6_000);
  assert.deepEqual(look({ mine }).unseen, { names: ["Bob"], all: true, held: false });
  assert.equal(look({ mine }).kind, "unseen-screen");
  for (const connection of ["away", "shut"]) {
    assert.equal(look({ mine, people: [{ ...people[0], connection }, people[1]] }).kind, "");
  }
});

test("a flood is told of until it is put away, and not to whoever is outside", () => {
  const { subject, look, changes } = table();
  subject.flood({ id: "bob", name: "", by: "alice" }, QUIET.inside);
  assert.equal(changes(), 1);
  assert.deepEqual(look().flood, { id: "bob", name: "Bob", by: [""], isInside: true });
  assert.equal(look({ phase: "joining" }).flood, null);
  subject.putAway("bob");
  assert.equal(look().kind, "");
  subject.flood({ id: "bob", name: "", by: "alice" }, QUIET.inside);
  subject.forget();
  assert.equal(look().kind, "");
});

test("once the call has ended nothing waits any more", () => {
  const { clock, subject, uplink, look } = table();
  uplink.hasScreen = () => false;
  subject.remind();
  look({
    ready: false,
    mine: { screen: true, camera: { ...SOURCE, refused: { device: "a", trouble: "busy" } } },
  });
  assert.equal(clock.pending, 4);
  subject.close();
  look({ phase: "ended", ready: false });
  assert.equal(clock.pending, 0);
});
