import assert from "node:assert/strict";
import test from "node:test";
import { Recovery } from "../../static/js/room/rtc/recovery.js";
import { FakeClock } from "./fakes.js";

function recovery({ offers = true, relay = false } = {}) {
  const clock = new FakeClock();
  const steps = [];
  const subject = new Recovery({
    offers,
    clock,
    hasRelay: () => relay,
    random: () => 0.5,
    act: (step) => {
      steps.push(
        step.type === "restart"
          ? `restart${step.servers ? " servers" : ""}${step.relay ? " relay" : ""}`
          : step.type,
      );
      if (step.type === "replace") subject.began();
    },
  });
  return { clock, steps, subject };
}

function connected(options) {
  const all = recovery(options);
  all.subject.began();
  all.subject.answered();
  all.subject.changed("connected");
  return all;
}

test("a connection that comes back within a moment is left alone", () => {
  const { clock, steps, subject } = connected();
  subject.changed("disconnected");
  clock.pass(2_400);
  subject.changed("connected");
  clock.pass(60_000);
  assert.deepEqual(steps, []);
  assert.equal(subject.connection, "connected");
});

test("one that stays away is restarted after two and a half seconds", () => {
  const { clock, steps, subject } = connected();
  subject.changed("disconnected");
  assert.equal(subject.connection, "reconnecting");
  clock.pass(2_500);
  assert.deepEqual(steps, ["restart"]);
});

test("the side that answers leaves the first move to the other", () => {
  const { clock, steps, subject } = connected({ offers: false });
  subject.changed("disconnected");
  clock.pass(3_400);
  assert.deepEqual(steps, []);
  clock.pass(100);
  assert.deepEqual(steps, ["restart"]);
});

test("a failed connection is restarted at once", () => {
  const { clock, steps, subject } = connected();
  clock.pass(10_000);
  subject.changed("failed");
  clock.pass(0);
  assert.deepEqual(steps, ["restart"]);
});

test("each attempt tries more: fresh servers, a relay, a new connection, and then patience", () => {
  const { clock, steps, subject } = connected({ relay: true });
  subject.changed("failed");
  clock.pass(15_000);
  assert.deepEqual(steps, ["restart", "restart servers", "restart servers relay", "replace"]);
  assert.equal(subject.connection, "failed");
  subject.answered();
  clock.pass(29_000);
  assert.equal(steps.length, 4);
  clock.pass(1_000);
  assert.equal(steps.length, 5);
});

test("without a relay, the third attempt is a new connection", () => {
  const { clock, steps, subject } = connected();
  subject.changed("failed");
  clock.pass(10_000);
  assert.deepEqual(steps, ["restart", "restart servers", "replace"]);
});

test("success forgets all attempts", () => {
  const { clock, steps, subject } = connected();
  subject.changed("failed");
  clock.pass(5_000);
  subject.changed("connected");
  clock.pass(60_000);
  subject.changed("failed");
  clock.pass(0);
  assert.deepEqual(steps, ["restart", "restart servers", "restart"]);
});

test("nothing is tried while nobody can be reached, and what is owed is done on the return", () => {
  const { clock, steps, subject } = connected();
  subject.reach(false);
  subject.changed("failed");
  clock.pass(60_000);
  assert.deepEqual(steps, []);
  subject.reach(true);
  assert.deepEqual(steps, ["restart"]);
});

test("a lost socket alone restarts nothing", () => {
  const { clock, steps, subject } = connected();
  subject.reach(false);
  clock.pass(30_000);
  subject.reach(true);
  clock.pass(30_000);
  assert.deepEqual(steps, []);
});

test("an offer that is not answered is sent again three times, then replaced", () => {
  const { clock, steps, subject } = recovery();
  subject.began();
  clock.pass(24_000);
  assert.deepEqual(steps, ["resend", "resend", "resend", "replace"]);
});

test("who asks for a connection that is offered already is offered it once more, and another if it is dead at their end", () => {
  const { clock, steps, subject } = recovery();
  subject.began();
  clock.pass(3_000);
  subject.asked("connection");
  assert.deepEqual(steps, ["resend"]);
  subject.asked("dead");
  assert.deepEqual(steps, ["resend", "replace"]);
});

test("a device that took long for its own step waits as much longer for the other's", () => {
  const { clock, steps, subject } = recovery();
  subject.began();
  subject.took(5_000);
  subject.answered();
  subject.changed("connecting");
  clock.pass(190_000);
  assert.deepEqual(steps, []);
  // A browser that has found no way has had its time.
  subject.changed("failed");
  clock.pass(0);
  assert.deepEqual(steps, ["restart"]);
});

test("an answered offer is not sent again", () => {
  const { clock, steps, subject } = recovery();
  subject.began();
  clock.pass(5_900);
  subject.answered();
  subject.changed("connected");
  clock.pass(60_000);
  assert.deepEqual(steps, []);
});

test("one that neither connects nor fails is restarted", () => {
  const { clock, steps, subject } = recovery();
  subject.began();
  subject.answered();
  subject.changed("connecting");
  clock.pass(19_000);
  assert.deepEqual(steps, []);
  clock.pass(1_000);
  assert.deepEqual(steps, ["restart"]);
});

test("the return of the other is the moment to say it again", () => {
  const { clock, steps, subject } = recovery();
  subject.began();
  clock.pass(1_000);
  subject.nudge();
  assert.deepEqual(steps, ["resend"]);
});

test("news of somebody whom I hear well changes nothing", () => {
  const { steps, subject } = connected();
  subject.nudge();
  assert.deepEqual(steps, []);
});

test("a connection that the other end closed is replaced, not restarted", () => {
  const { clock, steps, subject } = connected();
  subject.gone();
  clock.pass(2_500);
  assert.deepEqual(steps, ["replace"]);
});

test("being asked twice in a moment restarts once", () => {
  const { clock, steps, subject } = connected();
  subject.asked("ice");
  clock.pass(500);
  subject.asked("ice");
  clock.pass(2_000);
  subject.asked("connection");
  assert.deepEqual(steps, ["restart", "replace"]);
});

test("where nothing comes though it is called connected, another path is looked for, then another connection", () => {
  const { clock, steps, subject } = connected();
  subject.listen(true);
  subject.listen(true);
  clock.pass(9_000);
  subject.listen(true);
  assert.deepEqual(steps, ["restart"]);
  clock.pass(1_000);
  subject.listen(true);
  assert.deepEqual(steps, ["restart", "replace"]);
  subject.answered();
  subject.changed("connected");
  clock.pass(10_000);
  subject.listen(true);
  assert.deepEqual(steps, ["restart", "replace", "restart"]);
});

test("as soon as something comes, it begins with the gentlest again", () => {
  const { clock, steps, subject } = connected();
  subject.listen(true);
  clock.pass(2_000);
  subject.listen(false);
  clock.pass(60_000);
  subject.listen(true);
  assert.deepEqual(steps, ["restart", "restart"]);
});

test("the return of the other is the moment to look for a path that is in doubt", () => {
  const { steps, subject } = connected();
  subject.changed("disconnected");
  subject.nudge();
  assert.deepEqual(steps, ["restart"]);
});

test("where the network may be another one, a path is looked for while the browser still calls the old one connected", () => {
  for (const offers of [true, false]) {
    const { clock, steps, subject } = connected({ offers });
    subject.moved();
    assert.deepEqual(steps, ["restart"]);
    subject.answered();
    clock.pass(60_000);
    assert.deepEqual(steps, ["restart"], "and a path that works is then left alone");
    assert.equal(subject.connection, "connected");
  }
});

test("while there is no signaling, a changed network waits for it, and no longer", () => {
  const { clock, steps, subject } = connected();
  subject.reach(false);
  subject.moved();
  clock.pass(3_000);
  assert.deepEqual(steps, []);
  subject.reach(true);
  assert.deepEqual(steps, ["restart"]);
});

test("both ends on one network that changes look for one path, not for two", () => {
  const { clock, steps, subject } = connected();
  subject.moved();
  clock.pass(40);
  subject.asked("ice");
  subject.answered();
  clock.pass(10_000);
  assert.deepEqual(steps, ["restart"]);
});

test("a new connection knows nothing of the network before it", () => {
  const { clock, steps, subject } = connected();
  subject.moved();
  subject.began();
  subject.answered();
  subject.changed("connected");
  clock.pass(60_000);
  assert.deepEqual(steps, ["restart"]);
});

test("nothing stays behind after the end", () => {
  const { clock, subject } = connected();
  subject.moved();
  subject.changed("disconnected");
  subject.began();
  subject.stop();
  assert.equal(clock.pending, 0);
});
