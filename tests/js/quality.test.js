import assert from "node:assert/strict";
import test from "node:test";
import { lines } from "../../static/js/room/layout.js";
import { size, Wishes } from "../../static/js/room/media/viewport.js";
import { Collector, facts, look } from "../../static/js/room/stats/collect.js";
import { compare, count } from "../../static/js/room/stats/read.js";
import { score, Score } from "../../static/js/room/stats/score.js";
import { about, report, summary } from "../../static/js/room/views/connection.js";
import { FakeClock, settle } from "./fakes.js";

const HD = { width: 1280, height: 720 };
const UPRIGHT = { width: 720, height: 1280 };
const UNSEEN = { height: 0, large: false };
const tile = (height, large = false) => ({ height, large });

test("a tile shows as many lines as its picture needs to fill it", () => {
  assert.equal(lines(HD, { width: 320, height: 180 }, false), 180);
  assert.equal(lines(HD, { width: 240, height: 320 }, false), 320, "an upright tile cuts the sides");
  assert.equal(lines(HD, { width: 240, height: 320 }, true), 135, "all of it is smaller");
  assert.equal(
    lines(UPRIGHT, { width: 360, height: 360 }, false),
    360,
    "lines of an upright picture go across",
  );
  assert.equal(
    Math.round(lines({ width: 0, height: 0 }, { width: 320, height: 180 }, false)),
    180,
    "until it is known",
  );
});

test("sizes are asked for in steps, and a little less than is shown will do", () => {
  assert.deepEqual(
    [0, -1, 1, 90, 98, 100, 290, 350, 800, 4_000].map(size),
    [0, 0, 90, 90, 90, 180, 270, 360, 1080, 1080],
  );
});

/** My wishes; `heard` is what arrives at the others. */
function wishes() {
  const clock = new FakeClock();
  const heard = [];
  const line = { isOpen: true };
  const subject = new Wishes({ clock, send: (id, view) => line.isOpen && heard.push({ id, ...view }) > 0 });
  const last = () => heard.at(-1);
  return { clock, heard, last, line, subject };
}

test("what appears is said at once, growth after a tenth of a second, shrinking after one, and both wishes each time", () => {
  const { clock, heard, last, subject } = wishes();
  subject.want("bob", "camera", tile(180));
  subject.want("bob", "screen", UNSEEN);
  clock.pass(0);
  assert.deepEqual(heard, [{ id: "bob", type: "view", seq: 1, camera: tile(180), screen: UNSEEN }]);
  subject.want("bob", "camera", tile(90));
  clock.pass(999);
  assert.equal(heard.length, 1);
  clock.pass(1);
  assert.equal(last().camera.height, 90);
  subject.want("bob", "camera", tile(720, true));
  clock.pass(99);
  assert.equal(heard.length, 2);
  clock.pass(1);
  assert.deepEqual([last().seq, last().camera], [3, tile(720, true)]);
});

test("of somebody who is gone nothing is said any more, whichever of their tiles goes last", () => {
  const { clock, heard, subject } = wishes();
  subject.want("bob", "camera", tile(180));
  subject.want("bob", "screen", tile(720));
  clock.pass(0);
  subject.unsee("bob", "screen");
  clock.pass(1_000);
  assert.deepEqual(heard.at(-1).screen, UNSEEN);
  const before = heard.length;
  subject.forget("bob");
  subject.unsee("bob", "screen");
  subject.repeat("bob");
  clock.pass(10_000);
  assert.equal(heard.length, before);
  assert.equal(clock.pending, 0);
});

test("what shrinks and grows again within the second is never said", () => {
  const { clock, heard, subject } = wishes();
  subject.want("bob", "camera", tile(360));
  clock.pass(100);
  subject.want("bob", "camera", UNSEEN);
  clock.pass(500);
  subject.want("bob", "camera", tile(360));
  clock.pass(5_000);
  assert.equal(heard.length, 1);
});

test("a window that is drawn larger goes on being answered while it grows", () => {
  const { clock, heard, subject } = wishes();
  for (const height of [90, 180, 270, 360, 540, 720]) {
    subject.want("bob", "camera", tile(height));
    clock.pass(60);
  }
  clock.pass(100);
  assert.deepEqual(
    heard.map(({ camera }) => camera.height),
    [90, 270, 540, 720],
  );
});

test("whether a screen has arrived is said with the wish for it, and soon", () => {
  const { clock, last, heard, subject } = wishes();
  subject.want("bob", "screen", { ...tile(720, true), arrived: false });
  clock.pass(0);
  assert.deepEqual(last().screen, { height: 720, large: true, arrived: false });
  subject.want("bob", "screen", { ...tile(720, true), arrived: true });
  clock.pass(100);
  assert.deepEqual(last().screen, { height: 720, large: true, arrived: true });
  assert.equal(heard.length, 2);
});

test("growth of one picture does not wait for the shrinking of the other", () => {
  const { clock, last, subject } = wishes();
  subject.want("bob", "camera", tile(720, true));
  clock.pass(100);
  subject.want("bob", "camera", tile(180));
  clock.pass(10);
  subject.want("bob", "screen", tile(1080, true));
  clock.pass(0);
  assert.deepEqual([last().camera, last().screen], [tile(180), tile(1080, true)]);
});

test("a page that nobody sees wants nothing after five seconds, and everything again at once", () => {
  const { clock, heard, last, subject } = wishes();
  subject.want("bob", "camera", tile(360));
  clock.pass(100);
  subject.hide(true);
  clock.pass(4_999);
  subject.hide(false);
  clock.pass(10_000);
  assert.equal(heard.length, 1, "a short look elsewhere is not said");
  subject.hide(true);
  clock.pass(5_000);
  assert.deepEqual(last().camera, UNSEEN);
  subject.want("bob", "camera", tile(720));
  clock.pass(2_000);
  assert.equal(heard.length, 2);
  subject.hide(false);
  clock.pass(100);
  assert.equal(last().camera.height, 720);
});

test("what could not be sent is said when the channel opens, and after that only news", () => {
  const { clock, heard, last, line, subject } = wishes();
  line.isOpen = false;
  subject.want("bob", "camera", tile(360));
  clock.pass(1_000);
  line.isOpen = true;
  subject.repeat("bob");
  assert.equal(last().camera.height, 360);
  subject.want("bob", "camera", tile(360));
  clock.pass(5_000);
  subject.repeat("carol");
  assert.equal(heard.length, 1);
  subject.forget("bob");
  subject.repeat("bob");
  assert.equal(heard.length, 1);
});

test("a clean connection scores a hundred, and each kind of trouble costs its points and no more", () => {
  const clean = { loss: 0, concealed: 0, rtt: 40, jitter: 5, frozen: 0, isSilent: false };
  assert.equal(score(clean), 100);
  assert.equal(
    score({ loss: null, concealed: null, rtt: null, jitter: null, frozen: null, isSilent: false }),
    100,
  );
  assert.equal(score({ ...clean, loss: 0.05 }), 80);
  assert.equal(score({ ...clean, loss: 0.9 }), 60);
  assert.equal(score({ ...clean, rtt: 250 }), 90);
  assert.equal(score({ ...clean, rtt: 5_000 }), 80);
  assert.equal(score({ ...clean, jitter: 40 }), 95);
  assert.equal(score({ ...clean, concealed: 0.05, frozen: 0.1 }), 65);
  assert.equal(score({ loss: 1, concealed: 1, rtt: 9_999, jitter: 999, frozen: 1, isSilent: false }), 0);
});

test("a connection gets worse quickly and better slowly, and is lost after five silent seconds", () => {
  const clean = { loss: 0, concealed: 0, rtt: 40, jitter: 5, frozen: 0, isSilent: false };
  const bad = { ...clean, loss: 0.2, concealed: 0.2 };
  const subject = new Score();
  let now = 0;
  const note = (facts) => {
    now += 2_000;
    subject.note(facts, now);
    return subject.quality;
  };
  assert.equal(note(clean), "good");
  assert.equal(note(bad), "poor");
  assert.deepEqual([note(clean), note(clean), note(clean)], ["fair", "fair", "good"]);
  assert.deepEqual(
    [1, 2, 3].map(() => note({ ...clean, isSilent: true })),
    ["poor", "poor", "poor"],
  );
  assert.equal(note({ ...clean, isSilent: true }), "lost");
  assert.equal(note(clean), "poor");
});

const SLOTS = new Map([
  ["0", "microphone"],
  ["1", "camera"],
  ["3", "screen"],
  ["track-of-camera", "camera"],
]);

/** What Chromium reports, at a moment so many seconds into a call. */
function chromium(seconds, { lost = 0 } = {}) {
  const stats = [
    { id: "T", type: "transport", selectedCandidatePairId: "P2" },
    {
      id: "P1",
      type: "candidate-pair",
      nominated: true,
      state: "succeeded",
      localCandidateId: "L0",
      remoteCandidateId: "R0",
    },
    {
      id: "P2",
      type: "candidate-pair",
      nominated: true,
      state: "succeeded",
      currentRoundTripTime: 0.023,
      localCandidateId: "L1",
      remoteCandidateId: "R1",
    },
    {
      id: "L1",
      type: "local-candidate",
      candidateType: "relay",
      relayProtocol: "tls",
      protocol: "udp",
      address: "192.0.2.7",
      ip: "192.0.2.7",
      port: 5000,
    },
    { id: "R1", type: "remote-candidate", candidateType: "srflx", protocol: "udp", address: "198.51.100.9" },
    { id: "C1", type: "codec", mimeType: "audio/opus" },
    { id: "C2", type: "codec", mimeType: "video/VP8" },
    {
      id: "O0",
      type: "outbound-rtp",
      mid: "0",
      kind: "audio",
      ssrc: 10,
      codecId: "C1",
      remoteId: "RI0",
      bytesSent: 4_000 * seconds,
      packetsSent: 50 * seconds,
    },
    {
      id: "RI0",
      type: "remote-inbound-rtp",
      localId: "O0",
      fractionLost: 0.02,
      jitter: 0.004,
      roundTripTime: 0.05,
    },
    {
      id: "O1",
      type: "outbound-rtp",
      mid: "1",
      kind: "video",
      ssrc: 11,
      codecId: "C2",
      bytesSent: 50_000 * seconds,
      packetsSent: 60 * seconds,
      framesEncoded: 30 * seconds,
      totalEncodeTime: 0.1 * seconds,
      frameWidth: 640,
      frameHeight: 360,
      framesPerSecond: 30,
      qualityLimitationReason: "cpu",
    },
    {
      id: "I0",
      type: "inbound-rtp",
      mid: "0",
      kind: "audio",
      ssrc: 20,
      codecId: "C1",
      bytesReceived: 4_000 * seconds,
      packetsReceived: 50 * seconds,
      packetsLost: lost,
      jitter: 0.012,
      concealedSamples: 480 * seconds,
      silentConcealedSamples: 0,
      totalSamplesReceived: 48_000 * seconds,
    },
    {
      id: "I1",
      type: "inbound-rtp",
      mid: "1",
      kind: "video",
      ssrc: 21,
      codecId: "C2",
      bytesReceived: 25_000 * seconds,
      packetsReceived: 40 * seconds,
      packetsLost: 0,
      framesDecoded: 15 * seconds,
      frameWidth: 320,
      frameHeight: 180,
      framesPerSecond: 15,
      totalFreezesDuration: 0.2 * seconds,
    },
    {
      id: "I2",
      type: "inbound-rtp",
      mid: "2",
      kind: "audio",
      ssrc: 22,
      bytesReceived: 9,
      packetsReceived: 9,
    },
  ];
  return { report: stats.map((stat) => [stat.id, stat]), slots: SLOTS };
}

/** The same as Firefox says it: no transport, no reason, the stream by its track. */
function firefox(seconds) {
  const stats = [
    {
      id: "P",
      type: "candidate-pair",
      selected: true,
      state: "succeeded",
      localCandidateId: "L",
      remoteCandidateId: "R",
    },
    { id: "L", type: "local-candidate", candidateType: "host", protocol: "udp" },
    { id: "R", type: "remote-candidate", candidateType: "prflx", protocol: "udp" },
    {
      id: "O",
      type: "outbound-rtp",
      mid: "1",
      ssrc: 11,
      bytesSent: 1_000 * seconds,
      packetsSent: 10 * seconds,
      framesEncoded: 10 * seconds,
    },
    { id: "RI", type: "remote-inbound-rtp", localId: "O", fractionLost: 0.1, roundTripTime: 0.04 },
    {
      id: "I",
      type: "inbound-rtp",
      trackIdentifier: "track-of-camera",
      ssrc: 21,
      bytesReceived: 2_000 * seconds,
      packetsReceived: 10 * seconds,
    },
  ];
  return { report: stats.map((stat) => [stat.id, stat]), slots: SLOTS };
}

const sampleOf = (make, more) => compare(count(make(10), 10_000), count(make(12, more), 12_000));

test("what Chromium reports becomes one sample: the path in use, and what went through each slot", () => {
  const sample = sampleOf(chromium, { lost: 25 });
  assert.deepEqual(sample.path, { relayed: true, protocol: "tls", mine: "relay", theirs: "srflx" });
  assert.equal(sample.rtt, 23);
  const { camera, microphone } = sample.sent;
  assert.deepEqual(
    [camera.bitrate, camera.frames, camera.fps, camera.width, camera.codec, camera.limited],
    [400_000, 60, 30, 640, "VP8", "cpu"],
  );
  assert.ok(Math.abs(camera.encoding - 0.1) < 1e-9);
  assert.deepEqual([microphone.loss, microphone.jitter, microphone.codec], [0.02, 4, "opus"]);
  assert.equal(sample.audioPacketsReceived, 100);
  assert.equal(sample.received.microphone.loss, 0.2);
  assert.equal(sample.received.microphone.concealed, 0.01);
  assert.ok(Math.abs(sample.received.camera.frozen - 0.2) < 1e-9);
  assert.deepEqual(Object.keys(sample.received).sort(), ["camera", "microphone"]);
});

test("what Firefox reports becomes the same kind of sample", () => {
  const sample = sampleOf(firefox);
  assert.deepEqual(sample.path, { relayed: false, protocol: "udp", mine: "host", theirs: "prflx" });
  assert.equal(sample.rtt, 40);
  assert.deepEqual(
    [
      sample.sent.camera.bitrate,
      sample.sent.camera.loss,
      sample.sent.camera.limited,
      sample.sent.camera.encoding,
    ],
    [8_000, 0.1, "", null],
  );
  assert.equal(sample.received.camera.bitrate, 16_000);
});

test("counters that begin anew with a new connection are not taken for going back", () => {
  const fresh = chromium(1);
  for (const [, stat] of fresh.report) if (stat.ssrc) stat.ssrc += 100;
  const sample = compare(count(chromium(100), 100_000), count(fresh, 102_000));
  assert.equal(sample.audioPacketsReceived, 50);
});

test("a connection is as bad as its worse direction, and silence counts only where somebody should be heard", () => {
  const sample = sampleOf(chromium, { lost: 25 });
  assert.deepEqual(
    [facts(sample, true).loss, facts(sample, true).jitter, facts(sample, true).isSilent],
    [0.2, 12, false],
  );
  sample.received.microphone.packets = 0;
  assert.deepEqual([facts(sample, true).isSilent, facts(sample, false).isSilent], [true, false]);
});

test("the budget learns what is sent, what is lost of it, and what encoding it takes", () => {
  const { loss, delay, sent, overused, encoding, fps } = look(sampleOf(chromium));
  assert.deepEqual([loss, delay, sent, overused, fps], [0.02, 23, 432_000, true, 30]);
  assert.ok(Math.abs(encoding - 0.1) < 1e-9);
  assert.equal(look({ ...sampleOf(chromium), sent: {} }).fps, null);
});

/** A collector whose connections count as the test's clock goes; `asked` says when each was asked. */
function collector(ids, { isHidden = () => false } = {}) {
  const clock = new FakeClock();
  const asked = [];
  const links = new Map(
    ids.map((id) => [
      id,
      { speaks: true, stats: async () => (asked.push([id, clock.now()]), chromium(clock.now() / 1_000)) },
    ]),
  );
  const subject = new Collector({ clock, connections: () => links, isHidden });
  const rounds = [];
  subject.on("round", (samples) => rounds.push([...samples.keys()].sort()));
  const live = async (ms) => {
    for (let passed = 0; passed < ms; passed += 250) {
      clock.pass(250);
      await settle();
    }
  };
  return { clock, asked, links, live, rounds, subject };
}

test("each connection is asked every two seconds, one after the other, and rarely while nobody looks", async (context) => {
  let now = 0;
  context.mock.method(Date, "now", () => (now += 500));
  const { asked, live, rounds, subject } = collector(["bob", "carol"]);
  subject.start();
  await live(8_000);
  assert.deepEqual(
    asked.filter(([id]) => id === "bob").map(([, at]) => at),
    [1_000, 3_000, 5_000, 7_000],
  );
  assert.deepEqual(
    asked.filter(([id]) => id === "carol").map(([, at]) => at),
    [2_000, 4_000, 6_000, 8_000],
  );
  assert.deepEqual(rounds.at(-1), ["bob", "carol"]);
  subject.stop();
  await live(4_000);
  assert.equal(asked.length, 8);

  const quiet = collector(["bob"], { isHidden: () => true });
  quiet.subject.start();
  await quiet.live(10_000);
  assert.deepEqual(
    quiet.asked.map(([, at]) => at),
    [5_000, 10_000],
  );
});

test("of a connection that is broken there is no look, and of nobody one at nothing", async (context) => {
  let now = 0;
  context.mock.method(Date, "now", () => (now += 500));
  const { links, live, rounds, subject } = collector(["bob", "carol"]);
  subject.start();
  await live(6_000);
  assert.deepEqual(rounds.at(-1), ["bob", "carol"]);
  links.set("carol", { speaks: true, stats: async () => null });
  await live(4_000);
  assert.deepEqual(rounds.at(-1), ["bob"]);
  assert.ok(subject.latest.has("carol"), "for whoever wants to see what was before");
  links.clear();
  await live(4_000);
  assert.deepEqual(rounds.at(-1), []);
});

test("a browser that takes long to count, or a page whose timers are late, is a device that does not keep up", async () => {
  const clock = new FakeClock();
  const device = { answer: 0, late: 0 };
  const slow = { now: clock.now, after: (ms, then) => clock.after(ms + device.late, then) };
  const stats = () =>
    new Promise((resolve) => clock.after(device.answer, () => resolve(chromium(clock.now() / 1_000))));
  const subject = new Collector({
    clock: slow,
    connections: () => new Map([["bob", { speaks: true, stats }]]),
  });
  const live = async (ms) => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.pass(50);
      await settle();
    }
  };
  subject.start();
  await live(10_000);
  assert.deepEqual([subject.strain.isLate, subject.strain.isStarved], [false, false]);
  device.answer = 600;
  await live(3_000);
  assert.deepEqual(
    [subject.strain.isLate, subject.strain.isStarved],
    [true, false],
    "one moment is no lasting trouble",
  );
  await live(10_000);
  assert.equal(subject.strain.isStarved, true);
  device.answer = 0;
  await live(20_000);
  assert.equal(subject.strain.isStarved, false);
  device.late = 700;
  await live(20_000);
  assert.equal(subject.strain.isStarved, true);
});

test("five minutes are kept, of those who are here", async (context) => {
  let now = 0;
  context.mock.method(Date, "now", () => (now += 1_000));
  const { links, live, subject } = collector(["bob", "carol"]);
  subject.start();
  await live(700_000);
  const samples = subject.history.get("bob");
  assert.ok(samples.length > 100);
  assert.ok(samples.at(-1).at - samples[0].at < 300_000);
  links.delete("bob");
  await live(4_000);
  assert.deepEqual([...subject.history.keys()], ["carol"]);
});

test("the panel says it in words", () => {
  const lines = about(sampleOf(chromium, { lost: 25 }), true, "people");
  const words = Object.fromEntries(lines.map(([name, text]) => [name, text.replaceAll("\u202F", " ")]));
  assert.deepEqual(words, {
    Path: "Through a relay, TLS",
    "Round trip": "23 ms",
    Lost: "2.0 % of what you send\n20 % of what they send",
    Jitter: "12 ms",
    "You send": "Picture 640 × 360, 30 fps, 400 kbit/s, VP8\nVoice 32 kbit/s, opus",
    "You get": "Picture 320 × 180, 15 fps, 200 kbit/s, VP8\nVoice 32 kbit/s, opus",
    "Why not more": "Everybody here gets a picture of you, and they share your line.",
  });
  assert.deepEqual(about(null, false, ""), [["Path", "None yet"]]);
  assert.equal(
    summary([{ id: "bob" }], new Map([["bob", sampleOf(chromium)]])).replaceAll("\u202F", " "),
    "You send 432 kbit/s and get 232 kbit/s in all.",
  );
});

test("a report has the numbers, and neither names nor network addresses", () => {
  const history = new Map([["id-of-bob", [sampleOf(chromium)]]]);
  const text = JSON.stringify(
    report(history, { browser: "Browser/1.0", cores: 4, uplink: 2_500_000.4, held: "", at: new Date(0) }),
  );
  assert.match(text, /"rtt":23/);
  assert.doesNotMatch(text, /id-of-bob|\d+\.\d+\.\d+\.\d+|address/);
});
