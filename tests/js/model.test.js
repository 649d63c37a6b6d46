/**
 * Two pages, the real mesh in each, and between them a signaling that loses, doubles and reorders, over a network
 * that comes and goes. Whatever happens: once both are well again, the two are connected, by one connection; and
 * while they are not, nobody says they are.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { IceServers } from "../../static/js/room/rtc/ice.js";
import { Mesh } from "../../static/js/room/rtc/mesh.js";
import { FakeClock } from "./fakes.js";

// How long a browser needs to see what has become of a path (docs/performance.md).
const CONNECTS_AFTER = 100;
const DOUBTS_AFTER = 5_000;
const FAILS_AFTER = 15_000;
const LATENCY = 40;
// All attempts and two long pauses.
const LONG = 150_000;
// Far more than ever happens in a stretch of time: whoever gets there goes round in circles.
const MOST_EVENTS = 5_000;
// What the pages leave to chance is another thing in every run. A failure names it: `SEED=1234 node --test …` repeats it.
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));

/**
 * Everything that has been asked for in this instant is done. By the event loop, and not by waiting some dozens of
 * times: the test runner keeps a note of each promise until the loop comes round, and its notes were most of the work.
 */
function settle() {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** The world of one run: time, the network, and every connection in it. */
class World {
  clock = new FakeClock();
  isUp = true;
  /** Whose connections to each other have no path, by their names in order. @type {Set<string>} */
  apart = new Set();
  /** How often somebody's address has changed: what was gathered before the last time leads nowhere. @type {Map<string, number>} */
  moves = new Map();
  /** What becomes of a message on its way from one page to another. @type {(from: string, to: string, text: string) => {text: string, after: number}[]} */
  carry = (from, to, text) => [{ text, after: LATENCY }];
  /** The first so many connections never work, whatever is tried: only others do. */
  cursed = 0;
  /** @type {ModelConnection[]} */
  connections = [];

  set network(isUp) {
    this.isUp = isUp;
    for (const one of this.connections) one.look();
  }

  /** @param {string} pair  such as "alice bob" @param {boolean} isUp */
  path(pair, isUp) {
    if (isUp) this.apart.delete(pair);
    else this.apart.add(pair);
    for (const one of this.connections) one.look();
  }

  move(who) {
    this.moves.set(who, (this.moves.get(who) ?? 0) + 1);
    for (const one of this.connections) one.look();
  }

  reaches(one, other) {
    const isStale = [one, other].some(({ owner, gathered }) => gathered !== (this.moves.get(owner) ?? 0));
    return this.isUp && !isStale && !this.apart.has([one.owner, other.owner].sort().join(" "));
  }
}

let world = new World();
let worlds = 0;

/** What an RTCPeerConnection does, as far as two of them can be told from without. */
class ModelConnection extends EventTarget {
  signalingState = "stable";
  connectionState = "new";
  localDescription = null;
  remoteDescription = null;
  #ufrag = 0;
  #isRestarting = false;
  #transceivers = [];
  #rollback = null;
  #chain = Promise.resolve();
  #cancel = () => {};
  #unsaid = [];

  constructor({ certificates: [certificate] }) {
    super();
    this.owner = certificate.owner;
    this.name = world.connections.length;
    world.connections.push(this);
  }

  addTransceiver(what) {
    const track = { kind: typeof what === "string" ? what : what.kind };
    const sender = {
      track: null,
      getParameters: () => ({ encodings: [{}] }),
      async setParameters() {},
      async replaceTrack() {},
    };
    this.#transceivers.push({ sender, receiver: { track }, direction: "sendrecv", setCodecPreferences() {} });
    return this.#transceivers.at(-1);
  }

  getTransceivers() {
    return this.#transceivers;
  }

  createDataChannel() {
    this.channel = Object.assign(new EventTarget(), {
      readyState: "connecting",
      bufferedAmount: 0,
      close() {},
    });
    this.channel.send = (text) => this.#say(text);
    return this.channel;
  }

  /** Reliable: what cannot arrive now arrives when there is a path again, unless the connection is closed. */
  #say(text) {
    const other = this.partner;
    if (other) for (const one of world.carry(this.owner, other.owner, text)) this.#arrive(other, one);
    else this.#unsaid.push(text);
  }

  #arrive(other, { text, after }) {
    world.clock.after(after, () => {
      if (other.signalingState === "closed") return;
      if (world.reaches(this, other)) {
        other.channel.dispatchEvent(Object.assign(new Event("message"), { data: text }));
      } else this.#arrive(other, { text, after: CONNECTS_AFTER });
    });
  }

  setConfiguration() {}

  restartIce() {
    this.#isRestarting = true;
    if (this.signalingState === "stable") this.#tell("negotiationneeded");
  }

  setLocalDescription() {
    return this.#next(() => {
      if (this.signalingState === "have-remote-offer") {
        // A restart is answered by a restart.
        if (this.remoteDescription.ufrag !== this.remoteAtAnswer) this.#gather();
        this.remoteAtAnswer = this.remoteDescription.ufrag;
        this.localDescription = this.#describe("answer");
        this.#become("stable");
      } else {
        if (this.#isRestarting || this.#ufrag === 0) this.#gather();
        this.#isRestarting = false;
        this.#rollback = this.localDescription;
        this.localDescription = this.#describe("offer");
        this.#become("have-local-offer");
      }
    });
  }

  setRemoteDescription(description) {
    return this.#next(() => {
      if (description.type === "answer") {
        if (this.signalingState !== "have-local-offer") {
          throw new DOMException("no offer", "InvalidStateError");
        }
        this.remoteDescription = read(description);
        this.#become("stable");
      } else {
        if (this.signalingState === "have-local-offer") this.localDescription = this.#rollback;
        this.remoteDescription = read(description);
        if (this.#transceivers.length === 0) {
          for (const kind of ["audio", "video", "audio", "video"]) this.addTransceiver(kind);
        }
        this.#become("have-remote-offer");
      }
    });
  }

  async addIceCandidate() {}

  async getStats() {
    return new Map();
  }

  close() {
    if (this.signalingState === "closed") return;
    this.signalingState = this.connectionState = "closed";
    this.#cancel();
    // The other end sees a closed path only when its silence is long enough.
    for (const one of world.connections) one.look();
  }

  /** Whether both ends know each other's newest words. */
  get partner() {
    if (!this.localDescription || !this.remoteDescription || this.signalingState !== "stable") return null;
    const other = world.connections[this.remoteDescription.name];
    if (!other || other.signalingState === "closed" || !other.localDescription || !other.remoteDescription) {
      return null;
    }
    const mutual =
      other.remoteDescription.name === this.name &&
      other.remoteDescription.ufrag === this.localDescription.ufrag &&
      this.remoteDescription.ufrag === other.localDescription.ufrag;
    const isCursed = Math.min(this.name, other.name) < world.cursed;
    return mutual && !isCursed && other.signalingState === "stable" ? other : null;
  }

  /** Sees what has become of the path, after the time that this takes. */
  look() {
    if (this.signalingState === "closed") return;
    this.#cancel();
    const works = this.partner !== null && world.reaches(this, this.partner);
    if (works && this.connectionState !== "connected") this.#later(CONNECTS_AFTER, "connected");
    if (works) for (const text of this.#unsaid.splice(0)) this.#say(text);
    if (works || !this.remoteDescription) return;
    if (this.connectionState === "connected") this.#later(DOUBTS_AFTER, "disconnected");
    else if (this.connectionState === "disconnected") this.#later(FAILS_AFTER - DOUBTS_AFTER, "failed");
    else if (this.connectionState !== "failed") this.#later(FAILS_AFTER, "failed");
  }

  #gather() {
    this.#ufrag += 1;
    this.gathered = world.moves.get(this.owner) ?? 0;
  }

  #describe(type) {
    const facts = { name: this.name, owner: this.owner, ufrag: this.#ufrag, type };
    return { ...facts, sdp: `${JSON.stringify(facts)}\r\na=fingerprint:sha-256 ${this.owner}\r\n` };
  }

  #become(state) {
    this.signalingState = state;
    this.#tell("signalingstatechange");
    if (state === "stable" && this.#isRestarting) this.#tell("negotiationneeded");
    for (const one of world.connections) one.look();
  }

  #later(ms, state) {
    this.#cancel = world.clock.after(ms, () => {
      this.connectionState = state;
      if (state === "connected" && this.channel && this.channel.readyState !== "open") {
        this.channel.readyState = "open";
        this.channel.dispatchEvent(new Event("open"));
      }
      this.#tell("connectionstatechange");
      this.look();
    });
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }

  #next(operation) {
    const done = this.#chain.then(async () => {
      await null;
      if (this.signalingState === "closed") await new Promise(() => {});
      operation();
    });
    this.#chain = done.catch(() => {});
    return done;
  }
}

/** What a description says. It is somebody's who may not exist. */
function read({ type, sdp }) {
  return { ...JSON.parse(sdp.split("\r\n")[0]), type };
}

/** Alice and Bob in a room; `fate` says what becomes of the signal with this number. */
class Pair {
  #count = 0;
  #inFlight = [];
  /** What becomes of signals while nothing else is said of them. @type {(number: number) => string} */
  #fate;
  isServed = { alice: true, bob: true };
  #arrivals = 2;
  #people = new Map([
    ["alice", { id: "alice", name: "Alice", role: "host", seat: 1, arrival: 1, away: false }],
    ["bob", { id: "bob", name: "Bob", role: "participant", seat: 2, arrival: 2, away: false }],
  ]);

  /** @param {(number: number) => string} fate @param {{withCarol?: boolean}} [options] */
  constructor(fate, { withCarol = false } = {}) {
    world = new World();
    worlds += 1;
    Math.random = chance(SEED + worlds);
    globalThis.RTCPeerConnection = ModelConnection;
    globalThis.RTCRtpReceiver = { getCapabilities: () => ({ codecs: [] }) };
    globalThis.MediaStream = class {};
    this.#fate = fate;
    this.alice = this.#page("alice");
    this.bob = this.#page("bob");
    if (!withCarol) return;
    this.carol = this.#page("carol");
    this.isServed.carol = true;
    this.#arrivals = 3;
    this.#people.set("carol", {
      id: "carol",
      name: "Carol",
      role: "participant",
      seat: 3,
      arrival: 3,
      away: false,
    });
  }

  #page(id) {
    const { clock } = world;
    const ice = new IceServers({ ask: () => {}, clock });
    ice.certify({ owner: id });
    const mesh = new Mesh({
      ice,
      clock,
      send: ({ to, ...signal }) => this.#send(to, { ...signal, sender: id }),
    });
    return mesh;
  }

  #send(to, signal) {
    if (!this.isServed[signal.sender]) return;
    const fate = this.#fate(this.#count);
    this.#count += 1;
    const deliver = (ms) => world.clock.after(ms, () => this.isServed[to] && this[to].receive(signal));
    if (fate === "lost") return;
    deliver(fate === "late" ? LATENCY * 5 : LATENCY);
    if (fate === "twice") deliver(LATENCY * 3);
  }

  /** The roster as it is now reaches both, sooner or later. */
  meet() {
    const participants = new Map([...this.#people].map(([id, one]) => [id, { ...one }]));
    const roster = { rev: this.#arrivals, participants };
    for (const id of participants.keys()) void this[id].update(id, roster);
  }

  /** Their page is new: the server gives it a later arrival, and the other hears of it. */
  reload(who) {
    this[who].close();
    this[who] = this.#page(who);
    this.#people.get(who).arrival = this.#arrivals += 1;
    this.meet();
    if (!this.isServed[who]) this.serve(who, true);
  }

  /** Another address for them: nothing comes through to them any more, and their page knows it. */
  move(who) {
    world.move(who);
    this[who].moved();
  }

  /** Whether voices come through between them at this moment. */
  get isHeard() {
    const [one, other] = world.connections.filter(
      ({ signalingState, owner }) => signalingState !== "closed" && owner !== "carol",
    );
    return one.partner === other && world.reaches(one, other);
  }

  /** @param {string} who @param {boolean} isServed  whether their socket is up */
  serve(who, isServed) {
    this.isServed[who] = isServed;
    this[who].reach(isServed);
  }

  /** Time goes from one event to the next; `until` ends it early. */
  async pass(ms, until = () => false) {
    const end = world.clock.now() + ms;
    await settle();
    for (let events = 0; world.clock.now() < end && !until(); events += 1) {
      assert.ok(events < MOST_EVENTS, `no end of events after ${world.clock.now()} ms (SEED=${SEED})`);
      world.clock.pass(Math.min(world.clock.idle, end - world.clock.now()));
      await settle();
    }
  }

  /** Time for every attempt that there is, if they are needed. */
  async recover() {
    const isWell = () => this.isHeard && this.states.every((state) => state === "connected");
    await this.pass(LONG, isWell);
    // What is still on its way arrives, and must not break anything.
    await this.pass(2_000);
    await this.pass(LONG, isWell);
  }

  get states() {
    return [this.alice.connection("bob").state, this.bob.connection("alice").state];
  }

  /** Both say that they are connected, they are, and by nothing that is left over. */
  assertTogether(what) {
    const story = `${what} (SEED=${SEED})`;
    const theirs = world.connections.filter(
      (one) => one.owner !== "carol" && one.remoteDescription?.owner !== "carol",
    );
    const open = theirs.filter(({ signalingState }) => signalingState !== "closed");
    assert.deepEqual(this.states, ["connected", "connected"], story);
    assert.equal(open.length, 2, story);
    assert.equal(open[0].partner, open[1], story);
  }
}

const FATES = ["sent", "lost", "twice", "late"];
const FIRST_SIGNALS = 5;

test("whatever becomes of the first signals, two people get together", async () => {
  for (let story = 0; story < FATES.length ** FIRST_SIGNALS; story += 1) {
    const fates = Array.from(
      { length: FIRST_SIGNALS },
      (_, at) => FATES[Math.floor(story / FATES.length ** at) % FATES.length],
    );
    const pair = new Pair((number) => fates[number] ?? "sent");
    pair.meet();
    await pair.recover();
    pair.assertTogether(fates.join());
  }
});

/** A number from 0 to 1 that is the same in every run (mulberry32). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const STORIES = 400;

test("networks that go, sockets that break and signals that are lost never leave them stuck", async () => {
  for (let seed = 0; seed < STORIES; seed += 1) {
    const random = chance(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const pair = new Pair(() => (random() < 0.7 ? "sent" : pick(FATES)));
    world.cursed = random() < 0.2 ? 2 : 0;
    const told = [];
    const events = {
      down: () => (world.network = false),
      up: () => (world.network = true),
      "alice loses her socket": () => pair.serve("alice", false),
      "alice has a socket": () => pair.serve("alice", true),
      "bob loses his socket": () => pair.serve("bob", false),
      "bob has a socket": () => pair.serve("bob", true),
      "alice reloads": () => pair.reload("alice"),
      "bob reloads": () => pair.reload("bob"),
      "alice moves": () => pair.move("alice"),
      "bob moves": () => pair.move("bob"),
      "alice believes that she moves": () => pair.alice.moved(),
      "bob believes that he moves": () => pair.bob.moved(),
    };
    pair.meet();
    for (let step = 0; step < 8; step += 1) {
      await pair.pass(pick([20, 90, 300, 2_600, 5_100, 16_000, 40_000]));
      const event = pick(Object.keys(events));
      told.push(event);
      events[event]();
    }
    world.network = true;
    pair.serve("alice", true);
    pair.serve("bob", true);
    await pair.recover();
    pair.assertTogether(`${seed}: ${told.join(", ")}`);
  }
});

test("while there is no way between them, neither says that there is", async () => {
  for (const moment of [0, 100, 1_000, 30_000]) {
    const pair = new Pair(() => "sent");
    pair.meet();
    await pair.pass(moment);
    world.network = false;
    await pair.pass(60_000);
    assert.deepEqual(pair.states, ["failed", "failed"]);
    // And they go on trying.
    world.network = true;
    await pair.recover();
    pair.assertTogether(`down after ${moment}`);
  }
});

test("on another network voices are back as soon as the socket is, long before the browser sees that they were gone", async () => {
  for (const movers of [["alice"], ["bob"], ["alice", "bob"]]) {
    for (const isTold of [0, 300]) {
      const pair = new Pair(() => "sent");
      pair.meet();
      await pair.pass(20_000);
      // Their sockets are dead, which nobody knows yet.
      for (const who of movers) pair.isServed[who] = false;
      for (const who of movers) {
        pair.move(who);
        await pair.pass(isTold);
      }
      assert.equal(pair.isHeard, false);
      for (const who of movers) pair[who].reach(false);
      await pair.pass(700);
      for (const who of movers) pair.serve(who, true);
      await pair.pass(500);
      assert.equal(pair.isHeard, true, `${movers} ${isTold}`);
      await pair.recover();
      pair.assertTogether(`${movers}`);
      assert.equal(world.connections.length, 2);
    }
  }
});

test("pages that believe again and again that their network is another one keep the path that works", async () => {
  const pair = new Pair(() => "sent");
  pair.meet();
  await pair.pass(5_000);
  for (let i = 0; i < 300; i += 1) {
    await pair.pass(i % 2 ? 130 : 700);
    pair[i % 3 ? "alice" : "bob"].moved();
    assert.deepEqual(pair.states, ["connected", "connected"]);
  }
  await pair.recover();
  pair.assertTogether("after all that");
  assert.equal(world.connections.length, 2);
});

/** Alice, Bob and Carol, all connected; `fate` says what Carol does to a signal that she is to pass on. */
async function trio(fate) {
  const table = new Pair(() => "sent", { withCarol: true });
  /** What Carol has ever seen: who said it to whom. */
  const seen = [];
  let count = 0;
  world.carry = (from, to, text) => {
    const message = JSON.parse(text);
    if (message.type === "forward") seen.push({ from, to: message.to, signal: message.signal });
    if (message.type !== "forwarded") return [{ text, after: LATENCY }];
    count += 1;
    const done = fate(count, message.signal, seen);
    return done.map(({ signal = message.signal, after = LATENCY }) => ({
      text: JSON.stringify({ ...message, signal }),
      after,
    }));
  };
  table.meet();
  await table.pass(2_000);
  table.assertTogether("at first");
  return { table, seen };
}

const THIRDS = {
  honest: () => [{}],
  lossy: (random) => (random() < 0.3 ? [] : [{ after: random() < 0.3 ? LATENCY * 6 : LATENCY }]),
  repeating: (random) => [{}, { after: LATENCY * (1 + Math.floor(random() * 40)) }],
};

test("with no server in reach, a third that loses, delays and repeats brings two together again", async () => {
  for (const [name, deal] of Object.entries(THIRDS)) {
    for (let seed = 0; seed < 20; seed += 1) {
      const random = chance(seed);
      const { table } = await trio(() => deal(random));
      table.serve("alice", false);
      table.serve("bob", false);
      world.path("alice bob", false);
      await table.pass([4_000, 20_000, 60_000][seed % 3]);
      world.path("alice bob", true);
      await table.recover();
      table.assertTogether(`${name} ${seed}`);
    }
  }
});

/** What somebody who wants to do harm makes of a signal. */
function altered(signal, seen, random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const generation = signal.generation + pick([-1, 0, 0, 1, 2, 1000]);
  if (signal.type !== "description") return { ...signal, generation };
  const [facts, ...rest] = signal.description.sdp.split("\r\n");
  const forged = JSON.stringify({ ...JSON.parse(facts), ufrag: pick([0, 7]), name: pick([0, 1, 2, 3, 999]) });
  const sdp = [
    random() < 0.7 ? forged : facts,
    ...(random() < 0.7 ? rest : ["a=fingerprint:sha-256 carol"]),
  ].join("\r\n");
  return pick([
    { ...signal, generation, description: { ...signal.description, sdp } },
    { type: "need-offer", generation, reason: pick(["ice", "connection"]) },
    pick(seen).signal,
  ]);
}

/** Carol says to one of them what she likes, as if the other had. */
function invent(table, seen, random) {
  const { from, to, signal } = seen[Math.floor(random() * seen.length)];
  table.carol.send(to, { type: "forwarded", from, signal: altered(signal, seen, random) });
}

test("a third that alters, invents and keeps signals can only delay those who find no server", async () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const random = chance(seed);
    const deal = [() => [], () => [{}], () => [{}, { after: 3_000 }]];
    const { table, seen } = await trio((_, signal, all) =>
      random() < 0.5
        ? [{ signal: altered(signal, all, random) }]
        : deal[Math.floor(random() * deal.length)](),
    );
    table.serve("alice", false);
    if (random() < 0.5) table.serve("bob", false);
    world.path("alice bob", false);
    for (let step = 0; step < 10; step += 1) {
      await table.pass([300, 2_600, 5_100, 9_000][Math.floor(random() * 4)]);
      if (seen.length > 0) invent(table, seen, random);
      if (step === 5) world.path("alice bob", true);
    }
    table.serve("alice", true);
    table.serve("bob", true);
    await table.recover();
    table.assertTogether(`${seed}`);
  }
});

test("whatever a third says, those who are connected stay so, by the same connection", async () => {
  const random = chance(1);
  const { table, seen } = await trio(() => [{}]);
  table.serve("alice", false);
  table.serve("bob", false);
  world.path("alice bob", false);
  await table.pass(30_000);
  world.path("alice bob", true);
  await table.recover();
  const made = world.connections.length;
  for (let i = 0; i < 200; i += 1) {
    invent(table, seen, random);
    await table.pass(100);
    assert.deepEqual(table.states, ["connected", "connected"]);
  }
  assert.equal(world.connections.length, made);
  table.assertTogether("after all that");
});
