import assert from "node:assert/strict";
import test from "node:test";
import { diff, RosterKeeper, linksTo } from "../../static/js/room/roster.js";

const alice = { id: "alice", name: "Alice", role: "host", seat: 1, arrival: 1, away: false };
const bob = { id: "bob", name: "Bob", role: "participant", seat: 2, arrival: 2, away: false };
const joined = (rev, participant) => ({ type: "participant-joined", rev, participant });
const updated = (rev, participant) => ({ type: "participant-updated", rev, participant });
const left = (rev, id) => ({ type: "participant-left", rev, id, reason: "left" });
const names = (keeper) => [...keeper.roster.participants.keys()];

function keeperAt(rev, ...participants) {
  const keeper = new RosterKeeper();
  keeper.reset({ rev, participants });
  return keeper;
}

test("events apply in the order of their numbers", () => {
  const keeper = keeperAt(1, alice);
  keeper.receive(joined(2, bob));
  keeper.receive(left(3, "alice"));
  assert.deepEqual(names(keeper), ["bob"]);
  assert.equal(keeper.roster.rev, 3);
});

test("an event that comes twice, or late, changes nothing", () => {
  const keeper = keeperAt(3, alice);
  keeper.receive(left(3, "alice"));
  keeper.receive(joined(2, bob));
  assert.deepEqual(names(keeper), ["alice"]);
  assert.equal(keeper.hasGap, false);
});

test("an event that overtook another waits for it", () => {
  const keeper = keeperAt(1, alice);
  keeper.receive(left(3, "bob"));
  assert.equal(keeper.hasGap, true);
  assert.deepEqual(names(keeper), ["alice"]);
  keeper.receive(joined(2, bob));
  assert.deepEqual(names(keeper), ["alice"]);
  assert.equal(keeper.roster.rev, 3);
  assert.equal(keeper.hasGap, false);
});

test("a snapshot fills a gap, and what came after it still counts", () => {
  const keeper = keeperAt(1, alice);
  keeper.receive(left(5, "alice"));
  keeper.reset({ rev: 4, participants: [alice, bob] });
  assert.deepEqual(names(keeper), ["bob"]);
  assert.equal(keeper.hasGap, false);
});

test("whoever comes back with a new arrival is gone and come at once", () => {
  const keeper = keeperAt(2, alice, bob);
  const before = keeper.roster;
  keeper.receive(updated(3, { ...bob, arrival: 7 }));
  const { gone, come, changed } = diff(before, keeper.roster);
  assert.deepEqual([gone.map(({ arrival }) => arrival), come.map(({ arrival }) => arrival)], [[2], [7]]);
  assert.deepEqual(changed, []);
});

test("a lost socket alone voids no connection", () => {
  const keeper = keeperAt(2, alice, bob);
  const before = keeper.roster;
  keeper.receive(updated(3, { ...bob, away: true }));
  const { gone, come, changed } = diff(before, keeper.roster);
  assert.deepEqual([gone, come], [[], []]);
  assert.deepEqual(
    changed.map(({ id }) => id),
    ["bob"],
  );
});

test("of my connections it is said how they are; that a voice comes by a third, only to the others; who left, only to the server", () => {
  const states = { ana: "connected", ben: "reconnecting", cleo: "failed", dan: "left", eve: "shut" };
  const links = (withLeft) =>
    linksTo([...Object.keys(states), "fay"], {
      stateOf: (id) => states[id],
      isCarried: (id) => id === "ben" || id === "ana",
      withLeft,
    });
  assert.deepEqual(links(false), { ana: "connected", ben: "carried", cleo: "failed" });
  assert.deepEqual(links(true), {
    ana: "connected",
    ben: "repairing",
    cleo: "failed",
    dan: "left",
    eve: "left",
  });
});
