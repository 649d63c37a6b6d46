import assert from "node:assert/strict";
import test from "node:test";
import { connectToMyself } from "../../static/js/setup/ways.js";
import { CHECKS, judge, overall } from "../../static/js/setup/verdicts.js";

const on = { on: true, pending: false, trouble: "", devices: [], device: "" };
const fine = {
  webrtc: true,
  secure: true,
  camera: on,
  picture: true,
  microphone: on,
  loudest: 0.6,
  patient: false,
  speaker: "heard",
  server: { open: true, milliseconds: 12 },
  direct: { open: true, milliseconds: 1 },
  relay: { open: true, milliseconds: 20, protocol: "udp" },
};
const words = (kind) => ({ title: `${kind} wrong`, text: "do this" });
const verdicts = (news = {}) => judge({ ...fine, ...news }, words);

test("a set-up that works is found to be good", () => {
  assert.deepEqual(
    CHECKS.map((check) => verdicts()[check].state),
    Array(6).fill("good"),
  );
  assert.equal(overall(verdicts()), "good");
});

for (const [what, news, check, state] of [
  ["a page that is not secure", { secure: false }, "browser", "bad"],
  ["a browser without WebRTC", { webrtc: false }, "browser", "bad"],
  ["a camera that is refused", { camera: { ...on, trouble: "denied" } }, "camera", "bad"],
  ["no camera at all", { camera: { ...on, trouble: "missing" } }, "camera", "fair"],
  ["a camera without a picture", { picture: false }, "camera", "running"],
  ["no microphone", { microphone: { ...on, trouble: "missing" } }, "microphone", "bad"],
  ["a microphone that has heard nothing yet", { loudest: 0.1 }, "microphone", "running"],
  ["a microphone that hears nothing for long", { loudest: 0.1, patient: true }, "microphone", "bad"],
  ["a sound that was not heard", { speaker: "silent" }, "speaker", "bad"],
  ["a sound that was not played", { speaker: "" }, "speaker", "idle"],
  ["a server that is not reached", { server: { open: false } }, "server", "bad"],
  ["a session that is over", { server: { open: false, refused: true } }, "server", "bad"],
  ["a server far away", { server: { open: true, milliseconds: 900 } }, "server", "fair"],
  ["no connections", { direct: { open: false }, relay: { open: false } }, "network", "bad"],
  ["no connections, and no relay", { direct: { open: false }, relay: "none" }, "network", "bad"],
  ["no relay", { relay: "none" }, "network", "good"],
  ["a relay that is kept out", { relay: { open: false } }, "network", "fair"],
  ["a relay over TCP", { relay: { open: true, protocol: "tls" } }, "network", "fair"],
  ["a relay far away", { relay: { open: true, milliseconds: 900, protocol: "udp" } }, "network", "fair"],
  ["connections that are being tried", { direct: null, relay: null }, "network", "running"],
]) {
  test(`${what}: ${check} is ${state}, and says what to do`, () => {
    const all = verdicts(news);
    assert.equal(all[check].state, state);
    if (state === "bad" || state === "fair") assert.ok(all[check].advice);
    const others = CHECKS.filter((other) => other !== check && !(check === "server" && other === "network"));
    assert.ok(others.every((other) => all[other].state === "good"));
    const outcomes = { bad: "bad", fair: "fair", good: "good", running: "open", idle: "open" };
    assert.equal(overall(all), outcomes[state]);
  });
}

test("a browser that forbids connections is found to be shut, and nothing stays open", async (context) => {
  context.mock.method(console, "warn", () => {});
  for (const most of [0, 1, 2]) {
    let open = 0;
    globalThis.RTCPeerConnection = class {
      constructor() {
        if (open === most) throw new DOMException("forbidden", "NotAllowedError");
        open += 1;
      }

      createDataChannel() {
        throw new DOMException("forbidden", "NotAllowedError");
      }

      close() {
        open -= 1;
      }
    };
    assert.deepEqual(await connectToMyself([], "all"), { open: false });
    assert.equal(open, 0);
  }
});
