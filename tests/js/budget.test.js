import assert from "node:assert/strict";
import test from "node:test";
import {
  cameraCodecs,
  cameraLimit,
  encoding,
  fitted,
  isShown,
  screenCodecs,
  screenLimit,
  share,
  Uplink,
} from "../../static/js/room/media/budget.js";
import { Control } from "../../static/js/room/media/control.js";
import { ordered, SenderLimit } from "../../static/js/room/media/sender.js";
import { FakeClock, settle } from "./fakes.js";

const VOICE = 40_000;
const FULL = { width: 1280, height: 720 };

/** My uplink in a room of so many, with my camera on. */
function uplink(people, options = {}) {
  const clock = new FakeClock();
  const subject = new Uplink(options);
  const control = new Control({ clock, uplink: subject });
  const others = Array.from({ length: people - 1 }, (_, index) => `p${index}`);
  subject.seat(people);
  subject.capture("camera", FULL);
  let seq = 0;
  const ask = (id, height, { large = false, screen = 0 } = {}) => {
    seq += 1;
    return subject.ask(id, { seq, camera: { height, large }, screen: { height: screen, large: screen > 0 } });
  };
  const camera = (id) => subject.encodings(id).camera.encoding;
  const pictures = () =>
    others.reduce((sum, id) => {
      const { camera: face, screen } = subject.encodings(id);
      return (
        sum + [face, screen].reduce((part, { encoding: one }) => part + (one.active ? one.maxBitrate : 0), 0)
      );
    }, 0);
  const voices = () =>
    others.reduce((sum, id) => sum + subject.encodings(id).microphone.encoding.maxBitrate + 8_000, 0);
  const calm = { loss: 0, delay: 20, overused: false, encoding: 0.1, fps: 25 };
  /** What the browsers would find on a line of so many bits a second. */
  const look = (line, extra = {}) => {
    const wanted = pictures() + others.length * VOICE;
    const loss = Math.max(0, 1 - line / wanted);
    const sent = wanted / others.length;
    control.observe(new Map(others.map((id) => [id, { ...calm, loss, sent, ...extra }])));
  };
  const live = (ms, line, extra) => {
    for (let passed = 0; passed < ms; passed += 2_000) {
      clock.pass(2_000);
      look(line, extra);
    }
  };
  return { clock, control, subject, others, ask, camera, pictures, voices, look, live, calm };
}

test("the more people, the less each picture costs, and all of them together fit the uplink", () => {
  for (let people = 2; people <= 12; people += 1) {
    const { bitrate } = cameraLimit(people);
    assert.ok(bitrate * (people - 1) <= 2_000_000, `${people} people`);
    if (people > 2) assert.ok(bitrate <= cameraLimit(people - 1).bitrate);
    assert.ok(cameraLimit(people, { large: true }).height >= cameraLimit(people).height);
    assert.ok(uplink(people).pictures() + (people - 1) * VOICE <= 2_000_000);
  }
});

test("whoever shows a screen sends a small face beside it", () => {
  assert.equal(cameraLimit(2, { sharing: true }).height, 180);
  assert.ok(screenLimit(2).bitrate > screenLimit(8).bitrate);
});

test("a picture is scaled down to its lines, never up, and upright ones by their width", () => {
  assert.equal(encoding(cameraLimit(4), { width: 1280, height: 720 }).scaleResolutionDownBy, 2);
  assert.equal(encoding(cameraLimit(4), { width: 720, height: 1280 }).scaleResolutionDownBy, 2);
  assert.equal(encoding(cameraLimit(4), { width: 320, height: 240 }).scaleResolutionDownBy, 1);
  assert.equal(encoding(cameraLimit(4), {}).scaleResolutionDownBy, 1);
});

test("a picture has no more lines than are shown, and none that its bits cannot fill", () => {
  const most = cameraLimit(2);
  assert.deepEqual(fitted(most, 180), { height: 180, fps: 30, bitrate: 200_000 });
  assert.deepEqual(fitted(most, 1080), most);
  assert.equal(fitted(most, 720, 300_000).height, 360);
  assert.equal(fitted(most, 720, 60_000).height, 90);
});

test("bits go to everybody's least first, then by rank, and alike within one", () => {
  const [stage, left, right] = [
    { rank: 0, least: 50, most: 800 },
    { rank: 2, least: 50, most: 400 },
    { rank: 2, least: 50, most: 400 },
  ];
  const all = [left, stage, right];
  const shares = (bits) => [stage, left, right].map((want) => Math.round(share(all, bits).get(want)));
  assert.deepEqual(shares(2_000), [800, 400, 400]);
  assert.deepEqual(shares(1_000), [800, 100, 100]);
  assert.deepEqual(shares(500), [400, 50, 50]);
  assert.deepEqual(shares(90), [30, 30, 30]);
  assert.deepEqual(shares(0), [0, 0, 0]);
});

test("each gets the pixels that they show, and who shows none gets nothing", () => {
  const { ask, camera } = uplink(4);
  assert.equal(camera("p0").scaleResolutionDownBy, 2, "who says nothing gets what the ladder says");
  assert.ok(ask("p0", 180));
  assert.equal(camera("p0").scaleResolutionDownBy, 4);
  ask("p1", 0);
  assert.deepEqual(camera("p1"), { active: false });
  ask("p2", 720, { large: true });
  assert.equal(camera("p2").scaleResolutionDownBy, 720 / 540);
  ask("p1", 360);
  assert.deepEqual([camera("p1").active, camera("p1").scaleResolutionDownBy], [true, 2]);
});

test("of two wishes the newer counts, in whatever order they come, and nonsense does not", () => {
  const { subject, camera } = uplink(2);
  const view = (seq, height) => ({
    seq,
    camera: { height, large: false },
    screen: { height: 0, large: false },
  });
  assert.ok(subject.ask("p0", view(2, 180)));
  assert.ok(!subject.ask("p0", view(1, 720)));
  for (const wrong of [
    view("9", 90),
    view(9, "90"),
    view(9, -1),
    { seq: 9, camera: null, screen: null },
    view(9, NaN),
  ]) {
    assert.ok(!subject.ask("p0", wrong));
  }
  assert.equal(camera("p0").scaleResolutionDownBy, 4);
  subject.forget("p0");
  assert.ok(subject.ask("p0", view(1, 720)), "a new page of theirs counts anew");
});

test("a screen goes before the faces, keeps its lines, and is not sent where it is not seen", () => {
  const { subject, ask } = uplink(4, { uplink: 900_000 });
  subject.capture("screen", { width: 1920, height: 1080 });
  ask("p0", 90, { screen: 1080 });
  ask("p1", 90, { screen: 0 });
  const [shown, hidden] = [subject.encodings("p0"), subject.encodings("p1")];
  assert.equal(shown.screen.encoding.scaleResolutionDownBy, 1);
  assert.ok(shown.screen.encoding.maxBitrate > shown.camera.encoding.maxBitrate);
  assert.deepEqual(hidden.screen.encoding, { active: false });
});

for (const people of [2, 3, 4, 6, 8, 12]) {
  test(`on a line of 500 kbit/s, ${people} people settle below it, and voice is never short`, () => {
    const { live, pictures, voices, subject, others } = uplink(people);
    let over = 0;
    let seen = 0;
    for (let at = 0; at < 300; at += 2) {
      live(2_000, 500_000);
      for (const id of others) assert.ok(subject.encodings(id).microphone.encoding.active, "voice goes on");
      if (at < 10) continue;
      // Now and then a little more is tried.
      if (pictures() + voices() > 560_000) over += 2;
      if (pictures() > 0) seen += 2;
    }
    assert.ok(over <= 20, `too much for ${over} s of 290`);
    assert.ok(people > 6 || seen > 250, `pictures for ${seen} s of 290`);
    assert.ok(voices() <= 500_000);
  });
}

test("a line that is too thin for any picture carries voice alone, says so, and takes pictures up again", () => {
  const { live, subject, pictures } = uplink(8);
  const said = [];
  subject.on("held", () => said.push(subject.held));
  live(12_000, 330_000);
  assert.equal(pictures(), 0);
  assert.deepEqual(said, ["line"]);
  live(300_000, 330_000);
  assert.equal(subject.held, "line");
  assert.ok(said.filter((held) => held === "").length <= 6, "it is tried ever more rarely");
  live(240_000, 10_000_000);
  assert.equal(subject.held, "");
  assert.ok(pictures() > 500_000);
});

test("it takes ten clean seconds until more is sent, and then the picture comes back to what it was", () => {
  const { live, subject, camera } = uplink(2);
  const before = camera("p0").maxBitrate;
  live(20_000, 500_000);
  live(2_000, 500_000, { loss: 0.2 });
  live(2_000, 10_000_000);
  const low = subject.bitrate;
  assert.ok(low < 800_000, `${low}`);
  live(6_000, 10_000_000);
  assert.equal(subject.bitrate, low);
  live(8_000, 10_000_000);
  assert.ok(subject.bitrate > low);
  live(150_000, 10_000_000);
  assert.equal(camera("p0").maxBitrate, before);
});

test("a phone begins with less and is given more, unless somebody saves data", () => {
  const phone = uplink(2, { uplink: 1_200_000 });
  phone.live(60_000, 1e9);
  assert.equal(phone.subject.bitrate, 2_500_000);
  const saver = uplink(2, { uplink: 1_200_000, most: 1_200_000 });
  saver.live(60_000, 1e9);
  assert.equal(saver.subject.bitrate, 1_200_000);
});

test("delay counts like loss, but what one of many does not receive is their own line's matter", () => {
  const late = uplink(2);
  late.live(2_000, 1e9);
  late.live(2_000, 1e9, { delay: 200 });
  assert.ok(late.subject.bitrate < 2_500_000);

  late.live(20_000, 1e9, { delay: 200 });
  const settled = late.subject.bitrate;
  assert.ok(settled > 1_000_000, "a longer way is a longer way, and no congestion for ever");
  late.live(80_000, 1e9, { delay: 200 });
  assert.ok(late.subject.bitrate > settled);

  const busy = uplink(2);
  busy.live(2_000, 1e9);
  busy.live(20_000, 1e9, { delay: 900, overused: true });
  assert.equal(busy.subject.bitrate, 2_500_000, "a busy device answers late on the best of lines");

  const { control, subject, clock, others, calm } = uplink(5);
  for (let round = 0; round < 5; round += 1) {
    clock.pass(2_000);
    control.observe(
      new Map(others.map((id) => [id, { ...calm, sent: 300_000, loss: id === "p0" ? 0.5 : 0 }])),
    );
  }
  assert.equal(subject.bitrate, 2_500_000);
});

/** Looks at links, as they are after one another: each round, a look for each by its id. */
function rounds({ clock, control, calm }, count, make, strain) {
  for (let round = 0; round < count; round += 1) {
    clock.pass(2_000);
    const looks = Object.entries(make(round)).map(([id, look]) => [id, { ...calm, sent: 300_000, ...look }]);
    control.observe(new Map(looks), strain);
  }
}

test("a slow partner is no thin line: pictures stay, and there is room for another's voice", () => {
  for (const slow of [["p1"], ["p1", "p2"], ["p1", "p2", "p3"]]) {
    const table = uplink(5);
    rounds(table, 60, (round) =>
      Object.fromEntries(
        table.others.map((id) => [id, { delay: slow.includes(id) ? 250 + 100 * (round % 3) : 4 }]),
      ),
    );
    assert.equal(table.subject.bitrate, 2_500_000, `${slow}`);
    assert.equal(table.subject.held, "");
    assert.ok(table.subject.mayCarry(1));
  }
});

test("what every link shows that carries something is my own line, and one that carries nothing cannot tell", () => {
  const all = uplink(5);
  rounds(all, 3, () => ({ p0: { loss: 0.03 }, p1: { loss: 0.1 }, p2: { loss: 0.2 }, p3: { loss: 0.04 } }));
  assert.ok(all.subject.bitrate < 1_500_000, "some of the loss shows less on one link than on another");
  const idle = uplink(3);
  rounds(idle, 3, () => ({ p0: { loss: 0.2 }, p1: { loss: null, sent: 0 } }));
  assert.ok(idle.subject.bitrate < 1_500_000);
  const silent = uplink(3);
  rounds(silent, 20, () => ({ p0: { delay: 900, sent: 0 }, p1: { delay: 900, sent: 0 } }));
  assert.equal(silent.subject.bitrate, 2_500_000);
});

test("a starved processor is no line, be it theirs or mine", () => {
  const late = (round) => ({ delay: round === 0 ? 4 : 300 + 150 * (round % 3) });
  const theirs = uplink(2);
  rounds(theirs, 60, (round) => ({ p0: { ...late(round), loss: 0.08, isStarved: true } }));
  assert.equal(theirs.subject.bitrate, 2_500_000);
  const mine = uplink(2);
  rounds(mine, 60, (round) => ({ p0: late(round) }), { isLate: true, isStarved: false });
  assert.equal(mine.subject.bitrate, 2_500_000);
  const both = uplink(2);
  rounds(both, 60, (round) => ({ p0: late(round) }));
  assert.ok(both.subject.bitrate < 1_500_000, "or else it is");
});

test("a device that does not keep up encodes less, whoever takes its time", () => {
  const { camera, ...table } = uplink(3);
  rounds(table, 4, () => ({ p0: {}, p1: {} }), { isLate: true, isStarved: true });
  assert.ok(camera("p0").scaleResolutionDownBy > 720 / 540);
  rounds(table, 40, () => ({ p0: { fps: 2 }, p1: { fps: 1 } }), { isLate: true, isStarved: true });
  assert.equal(table.subject.held, "device");
});

test("a camera that the line held back is tried anew when somebody comes or goes, and is free when I am alone", () => {
  const { control, subject, live, others, clock } = uplink(8);
  control.meet(others);
  live(12_000, 330_000);
  live(200_000, 330_000);
  assert.equal(subject.held, "line");
  control.meet(others.slice(1));
  live(2_000, 10_000_000);
  assert.equal(subject.held, "", "at once, though the next try was due much later");
  live(30_000, 330_000);
  assert.equal(subject.held, "line");
  control.meet([]);
  clock.pass(4_000);
  control.observe(new Map());
  assert.equal(subject.held, "");
  assert.equal(subject.bitrate, 2_500_000);
});

test("a camera that the device held back is tried again when there is one less to encode for", () => {
  const { control, subject, live, others } = uplink(4);
  control.meet(others);
  live(36_000, 1e9, { overused: true, fps: 2 });
  assert.equal(subject.held, "device");
  control.meet([...others, "p9"]);
  live(4_000, 1e9);
  assert.equal(subject.held, "device", "one more makes it no easier");
  control.meet(others);
  live(4_000, 1e9);
  assert.equal(subject.held, "");
});

test("what is sent changes at most once in three seconds, however the line shakes", () => {
  const { clock, control, subject, others, calm } = uplink(3);
  const changes = [];
  subject.on("change", () => changes.push(clock.now()));
  for (let round = 0; round < 200; round += 1) {
    clock.pass(500);
    const loss = round % 3 === 0 ? 0.2 : 0;
    control.observe(
      new Map(
        others.map((id) => [id, { ...calm, sent: 500_000, loss, overused: round % 2 === 0, encoding: 1 }]),
      ),
    );
  }
  assert.ok(changes.length > 5);
  for (const [index, at] of changes.entries()) assert.ok(index === 0 || at - changes[index - 1] >= 3_000);
});

test("a busy device sends smaller tiles first, the large picture last, and recovers", () => {
  const { live, ask, camera, subject } = uplink(3);
  ask("p0", 720, { large: true });
  ask("p1", 540);
  live(4_000, 1e9, { overused: true });
  assert.ok(camera("p1").scaleResolutionDownBy >= 2);
  assert.equal(camera("p0").scaleResolutionDownBy, 1);
  assert.equal(subject.reason("p1"), "device");
  live(60_000, 1e9);
  assert.equal(camera("p1").scaleResolutionDownBy, 720 / 540);
});

test("one busy moment changes nothing", () => {
  const { live, camera } = uplink(2);
  const before = camera("p0");
  live(2_000, 1e9, { overused: true });
  live(4_000, 1e9);
  assert.deepEqual(camera("p0"), before);
});

test("a device that cannot do it at all lets its camera rest, says so, and tries again when told to", () => {
  const { live, subject, camera, clock } = uplink(3);
  const hopeless = { overused: true, fps: 2 };
  live(36_000, 1e9, hopeless);
  assert.equal(subject.held, "device");
  assert.deepEqual(camera("p0"), { active: false });
  assert.ok(subject.encodings("p0").microphone.encoding.active);
  live(60_000, 1e9);
  assert.equal(subject.held, "device", "it does not begin again by itself");
  subject.insist();
  assert.equal(subject.held, "");
  assert.ok(camera("p0").active);
  live(40_000, 1e9, hopeless);
  assert.equal(subject.held, "", "whoever insists is given a minute");
  clock.pass(30_000);
  live(20_000, 1e9, hopeless);
  assert.equal(subject.held, "device");
  subject.capture("camera", null);
  assert.equal(subject.held, "");
});

test("up to eight are all seen; of more, the last six who spoke, and before that who came first", () => {
  const people = Array.from({ length: 10 }, (_, seat) => ({ id: `p${seat}`, seat }));
  const shown = (some, spoke) =>
    some.filter(({ id }) => isShown(some, new Map(spoke), id)).map(({ id }) => id);
  assert.equal(shown(people.slice(0, 8), []).length, 8);
  assert.deepEqual(shown(people, []), ["p0", "p1", "p2", "p3", "p4", "p5"]);
  assert.deepEqual(
    shown(people, [
      ["p9", 5],
      ["p8", 4],
    ]),
    ["p0", "p1", "p2", "p3", "p8", "p9"],
  );
  assert.deepEqual(
    shown(
      people,
      people.map(({ id, seat }) => [id, seat]),
    ),
    ["p4", "p5", "p6", "p7", "p8", "p9"],
  );
});

test("whoever gives way to others sends no picture until it is their turn", () => {
  const { subject, camera } = uplink(10);
  subject.yield(true);
  assert.deepEqual([subject.held, camera("p0")], ["others", { active: false }]);
  subject.yield(false);
  assert.ok(camera("p0").active);
});

test("codecs follow the number of people and the machine", () => {
  const weak = { cores: 2, prefersH264: false };
  const strong = { cores: 8, prefersH264: false };
  assert.deepEqual(
    [cameraCodecs(4, strong)[0], cameraCodecs(5, strong)[0], cameraCodecs(2, weak)[0]],
    ["video/VP9", "video/VP8", "video/VP8"],
  );
  assert.equal(cameraCodecs(2, { cores: 8, prefersH264: true })[0], "video/H264");
  assert.deepEqual(
    [screenCodecs(3, strong)[0], screenCodecs(4, strong)[0], screenCodecs(2, weak)[0]],
    ["video/AV1", "video/VP9", "video/VP9"],
  );
  assert.equal(uplink(4).subject.encodings("p0").microphone.codecs[0], "audio/red");
  assert.equal(uplink(6).subject.encodings("p0").microphone.codecs[0], "audio/opus");
});

test("under loss new connections say everything twice, also in a larger room", () => {
  const { live, subject } = uplink(6);
  live(6_000, 1e9, { loss: 0.08 });
  assert.equal(subject.encodings("", 7).microphone.codecs[0], "audio/red");
});

test("codecs are put in order, and none is dropped", () => {
  const known = [
    "video/VP8",
    "video/rtx",
    "video/VP9",
    "video/rtx",
    "video/H264",
    "video/red",
    "video/ulpfec",
  ].map((mimeType, id) => ({ mimeType, id }));
  const found = ordered(known, ["video/vp9", "video/VP8"]);
  assert.deepEqual(
    found.map(({ id }) => id),
    [2, 0, 1, 3, 4, 5, 6],
  );
});

/** A sender that takes a while, and refuses what is set at the same time. */
function sender(codecs = ["video/VP8", "video/VP9"]) {
  const set = [];
  let busy = false;
  return {
    set,
    getParameters: () => ({
      encodings: [{ ...set.at(-1) }],
      codecs: codecs.map((mimeType) => ({ mimeType })),
    }),
    async setParameters({ encodings }) {
      assert.equal(busy, false);
      busy = true;
      await settle();
      set.push(encodings[0]);
      busy = false;
    },
  };
}

const sending = (maxBitrate, codecs = []) => ({ encoding: { maxBitrate }, codecs });

test("parameters are set one at a time, of those that wait only the last, and none twice", async () => {
  const fake = sender();
  const limit = new SenderLimit(fake);
  await Promise.all([1, 2, 3].map((maxBitrate) => limit.apply(sending(maxBitrate))));
  await limit.apply(sending(3));
  await new SenderLimit(fake, sending(4)).apply(sending(4));
  assert.deepEqual(
    fake.set.map(({ maxBitrate }) => maxBitrate),
    [1, 3],
  );
});

test("a sender changes to the codec that is wanted, if it was negotiated", async () => {
  const fake = sender();
  const limit = new SenderLimit(fake);
  await limit.apply(sending(1, ["video/AV1", "video/VP9", "video/VP8"]));
  assert.equal(fake.set[0].codec.mimeType, "video/VP9");
  await limit.apply(sending(1, ["video/VP8"]));
  assert.equal(fake.set[1].codec.mimeType, "video/VP8");
  const apple = sender(["video/H264", "video/VP8"]);
  await new SenderLimit(apple).apply(sending(1, ["video/VP8"]));
  assert.equal(apple.set[0].codec, undefined, "their hardware does H.264");
});

test("files get what voices and pictures leave, and never less than nothing", () => {
  const { subject } = uplink(2);
  const withCamera = subject.left.bitrate;
  assert.ok(withCamera > 300_000 && withCamera < 700_000, `${withCamera}`);
  subject.capture("camera", null);
  assert.ok(subject.left.bitrate > 2_000_000, "nobody shows anything");
  subject.capture("camera", FULL);
  subject.capture("screen", { width: 1920, height: 1080 });
  assert.ok(subject.left.bitrate < 1_500_000);
  subject.allow({ bitrate: 60_000, steps: 0, isLossy: true, resting: "line" });
  assert.deepEqual(subject.left, { bitrate: 0, isLossy: true });
});
