/** Sound by a third for ten minutes on machines with too much to do, in the time of the test. */
import assert from "node:assert/strict";
import test from "node:test";
import { Carrier } from "../../static/js/room/media/carrier.js";
import { Hearer } from "../../static/js/room/media/hearer.js";
import { FakeClock } from "./fakes.js";

const MINUTE = 60_000;
const voice = { microphone: true, speaking: false, hand: false };
const well = { connection: "connected", quality: "good" };

/** Numbers that look random, and are the same each time. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/**
 * Ana does not hear Ben, and both are connected to each of the thirds. `load` is called every 250 ms with what can go
 * wrong for a while; what it gives is for how long somebody's view of somebody else is clouded.
 */
function table({ thirds = ["cleo"], load = () => {}, seed = 7 } = {}) {
  const clock = new FakeClock();
  const random = dice(seed);
  const line = { isOpen: true };
  /** What each third finds of Ana and of Ben, and whether it has room. */
  const views = Object.fromEntries(
    thirds.map((id) => [id, { ana: { ...well }, ben: { ...well }, hasRoom: true, thinks: "connected" }]),
  );
  const sounds = Object.fromEntries(thirds.map((id) => [id, 0]));
  let heard = new Map();
  const carriers = {};
  const hearer = new Hearer({
    clock,
    thirds: () => thirds.filter((id) => views[id].thinks === "connected"),
    send: (id, message) => deliver(() => carriers[id].receive("ana", message)),
  });
  hearer.on("change", (voices) => (heard = voices));
  /** Slow machines answer late, in order. */
  let last = 0;
  function deliver(act) {
    if (!line.isOpen) return false;
    last = Math.max(last, clock.now() + 20 + random() * 400);
    clock.after(last - clock.now(), act);
    return true;
  }
  for (const id of thirds) {
    carriers[id] = new Carrier({
      clock,
      send: (_, message) => deliver(() => hearer.receive(id, message)),
      voice: () => ({ getAudioTracks: () => [{ id: "ben's" }] }),
      own: () => null,
      mayCarry: () => views[id].hasRoom,
      put: (_, tracks) => (sounds[id] = tracks.length),
    });
  }
  const render = (id) => {
    const others = ["ana", "ben"].map((name) => ({
      id: name,
      self: false,
      knows: ["ana", "ben", ...thirds],
      ...voice,
      ...views[id][name],
    }));
    carriers[id].render([
      ...others,
      { id, self: true, connection: "connected", quality: "", knows: [], ...voice },
    ]);
  };
  const gaps = { all: 0, longest: 0, now: 0 };
  const live = (ms) => {
    for (let passed = 0; passed < ms; passed += 250) {
      load({ views, random, line, later: (after, then) => clock.after(after, then), now: clock.now() });
      for (const id of thirds) render(id);
      hearer.want(["ben"]);
      clock.pass(250);
      const by = heard.get("ben")?.by;
      gaps.now = by && sounds[by] > 0 ? 0 : gaps.now + 250;
      if (gaps.now > 0) gaps.all += 250;
      gaps.longest = Math.max(gaps.longest, gaps.now);
    }
  };
  return {
    clock,
    views,
    sounds,
    gaps,
    live,
    line,
    hearer,
    carriers,
    render,
    by: () => heard.get("ben")?.by ?? "",
  };
}

test("a voice by a third stays for ten minutes on machines with too much to do", () => {
  /** Now and then somebody seems lost for some seconds, a connection blinks for one end alone, and the line has no room for a moment. */
  const load = ({ views, random, later, now }) => {
    if (now < 5_000 || now >= 10 * MINUTE) return;
    const cloud = (who, change, after, ms) => {
      if (random() >= 0.25 / after || who.isClouded) return;
      const before = Object.fromEntries(Object.keys(change).map((key) => [key, who[key]]));
      Object.assign(who, change, { isClouded: true });
      later(ms * (0.5 + random()), () => Object.assign(who, before, { isClouded: false }));
    };
    const { cleo } = views;
    cloud(cleo.ana, { quality: "lost" }, 15, 4_000);
    cloud(cleo.ben, { quality: "lost" }, 15, 4_000);
    cloud(cleo.ana, { connection: "reconnecting" }, 25, 3_000);
    cloud(cleo.ben, { connection: "reconnecting" }, 25, 3_000);
    cloud(cleo, { hasRoom: false }, 20, 5_000);
  };
  for (const seed of [1, 2, 3, 4, 5]) {
    const { live, gaps, by } = table({ load, seed });
    live(10 * MINUTE);
    assert.ok(gaps.longest <= 5_000, `silent for ${gaps.longest} ms at a time`);
    assert.ok(gaps.all <= 0.02 * 10 * MINUTE, `silent for ${gaps.all} ms in all`);
    live(10_000);
    assert.equal(by(), "cleo");
  }
});

test("what one end has forgotten, or what was lost on its way, is put right within ten seconds", () => {
  const { live, line, carriers, render, views, gaps, by } = table();
  live(5_000);
  assert.equal(by(), "cleo");
  // The third sees the listener gone, and cannot tell them.
  line.isOpen = false;
  views.cleo.ana.connection = "away";
  render("cleo");
  carriers.cleo.render([]);
  views.cleo.ana.connection = "connected";
  line.isOpen = true;
  live(MINUTE);
  assert.equal(by(), "cleo");
  assert.ok(gaps.longest <= 13_000, `silent for ${gaps.longest} ms`);
  assert.equal(gaps.now, 0);
});

test("a refusal for a moment costs a moment where there is nobody else, and a lasting one is not asked about all the time", () => {
  const { live, views, by, gaps, clock, carriers } = table();
  const asked = [];
  const { receive } = carriers.cleo;
  carriers.cleo.receive = (...parts) => {
    if (parts[1].voices.length > 0) asked.push(clock.now());
    receive.apply(carriers.cleo, parts);
  };
  views.cleo.hasRoom = false;
  live(2_000);
  views.cleo.hasRoom = true;
  live(3_000);
  assert.equal(by(), "cleo");
  assert.ok(gaps.longest <= 5_000);
  views.cleo.hasRoom = false;
  asked.length = 0;
  live(5 * MINUTE);
  assert.equal(by(), "", "after some time there is really no room");
  assert.ok(asked.length < 45, `${asked.length} questions`);
});

test("of two thirds the other takes over when one is gone, within a moment", () => {
  const { live, views, by, gaps } = table({ thirds: ["cleo", "dan"] });
  live(5_000);
  assert.equal(by(), "cleo");
  views.cleo.thinks = "reconnecting";
  live(2_000);
  assert.equal(by(), "dan");
  live(MINUTE);
  assert.ok(gaps.longest <= 2_000);
});
