import assert from "node:assert/strict";
import test from "node:test";
import { Encoder } from "../../../static/js/room/encoder/encoder.js";
import { MASTERS } from "../../../static/js/room/encoder/masters.js";
import * as pairing from "../../../static/js/room/encoder/pairing.js";

/** An encoder whose browser encodes at once, and puts into each chunk by which configuration and in which order it was made. */
function world({ isSlow = false } = {}) {
  const made = [];
  const opened = [];
  class FakeVideoEncoder {
    state = "unconfigured";
    encodeQueueSize = 0;
    constructor({ output, error }) {
      Object.assign(this, { output, fail: error });
      opened.push(this);
    }
    configure(config) {
      this.config = config;
      this.state = "configured";
    }
    encode(frame, { keyFrame }) {
      if (isSlow) this.encodeQueueSize += 1;
      const text = `${this.config.height} ${frame.timestamp}`;
      made.push([this.config.height, keyFrame]);
      const bytes = new TextEncoder().encode(text);
      this.output({
        type: keyFrame ? "key" : "delta",
        byteLength: bytes.length,
        timestamp: frame.timestamp,
        copyTo: (buffer) => new Uint8Array(buffer).set(bytes),
      });
    }
    close() {
      this.state = "closed";
    }
  }
  globalThis.VideoEncoder = FakeVideoEncoder;
  const told = [];
  const sent = [];
  const subject = new Encoder((message) => told.push(message), pairing);
  subject.receive({ type: "masters", masters: MASTERS, fps: 15, keyGap: 300 });
  let timestamp = 0;
  const envelopes = (ids, type = "delta", more = {}) => {
    for (const id of ids) {
      const frame = {
        type,
        data: new ArrayBuffer(20),
        getMetadata: () => ({ width: 32, height: 32, mimeType: "video/VP8", ...more }),
      };
      subject.take(id, frame, ({ data }) => sent.push([id, new TextDecoder().decode(data)]));
    }
  };
  /** A frame of the camera, and those that the connections then send, if any. */
  const film = (ids, type) => {
    timestamp += 66_667;
    const before = told.length;
    let isClosed = false;
    const frame = { timestamp, displayWidth: 1280, displayHeight: 720, close: () => (isClosed = true) };
    subject.receive({ type: "frame", frame });
    assert.ok(isClosed, "the camera runs dry of frames that nobody closes");
    if (told.slice(before).some((one) => one.type === "envelope")) envelopes(ids, type);
  };
  const carry = (id, master) => subject.receive({ type: "carry", id, master });
  const texts = (id) => sent.filter(([one]) => one === id).map(([, text]) => text.split(" ")[0]);
  return { subject, made, opened, told, sent, film, carry, texts, envelopes };
}

test("a picture is encoded once in each size that somebody is sent, and everybody gets the bytes of theirs", () => {
  const { made, film, carry, texts } = world();
  carry("bob", "small");
  carry("carol", "small");
  carry("dave", "large");
  film(["bob", "carol", "dave"], "key");
  made.length = 0;
  film(["bob", "carol", "dave"]);
  film(["bob", "carol", "dave"]);
  assert.deepEqual(made.map(([lines]) => lines).sort(), [180, 180, 360, 360]);
  assert.deepEqual(new Set(texts("bob")), new Set(["180"]));
  assert.deepEqual(texts("bob"), texts("carol"));
  assert.deepEqual(new Set(texts("dave")), new Set(["360"]));
});

test("no master works for nobody", () => {
  const { made, opened, film, carry } = world();
  film([]);
  carry("bob", "small");
  film([]);
  assert.deepEqual(made, [], "nothing of Bob's has come yet");
  film(["bob"], "key");
  film(["bob"]);
  assert.equal(opened.length, 1);
  assert.ok(made.length > 0);
});

test("of a camera that is faster no more is encoded than was agreed, and all of what is", () => {
  const { subject, told } = world();
  let frames = 0;
  for (let timestamp = 0; timestamp < 2_000_000; timestamp += 50_000) {
    subject.receive({
      type: "frame",
      frame: { timestamp, displayWidth: 640, displayHeight: 360, close: () => (frames += 1) },
    });
  }
  assert.equal(frames, 40);
  assert.equal(told.filter(({ type }) => type === "envelope").length, 30, "15 of 20 in a second");
});

test("what an encoder cannot do in time is left out for all, before anything is made of it", () => {
  const { told, film, carry } = world({ isSlow: true });
  carry("bob", "small");
  for (let frame = 0; frame < 20; frame += 1) film(["bob"], frame ? "delta" : "key");
  const sent = told.filter(({ type }) => type === "envelope").length;
  assert.ok(sent < 8, `${sent} of 20`);
});

test("large frames pass, and end what a connection carried", () => {
  const { subject, sent, film, carry } = world();
  carry("bob", "small");
  film(["bob"], "key");
  film(["bob"]);
  const own = { type: "key", data: "own", getMetadata: () => ({ width: 640, height: 360 }) };
  const written = [];
  subject.take("bob", own, (frame) => written.push(frame));
  assert.deepEqual(written, [own]);
  const before = sent.length;
  film(["bob"], "key");
  film(["bob"]);
  assert.equal(sent.length, before, "it is told anew what it carries");
});

test("frames of which nobody says how large they are pass as well, and small ones of another codec wait", () => {
  const { subject, sent, carry, film, envelopes } = world();
  const unknown = { type: "key", getMetadata: () => ({}) };
  const written = [];
  subject.take("bob", unknown, (frame) => written.push(frame));
  assert.deepEqual(written, [unknown]);
  carry("bob", "small");
  film([]);
  envelopes(["bob"], "key", { mimeType: "video/VP9" });
  film([]);
  assert.deepEqual(sent, []);
});

test("it is told who asks for one key frame after the other", () => {
  const { told, film, carry } = world();
  carry("bob", "small");
  for (let frame = 0; frame < 4; frame += 1) film(["bob"], "key");
  assert.deepEqual(
    told.filter(({ type }) => type === "lost"),
    [{ type: "lost", id: "bob" }],
  );
});

test("an encoder that fails is told of, and another takes its place", () => {
  const { told, opened, film, carry } = world();
  carry("bob", "small");
  film(["bob"], "key");
  film(["bob"]);
  opened[0].fail(new Error("no memory"));
  assert.deepEqual(
    told.filter(({ type }) => type === "error").map(({ master }) => master),
    ["small"],
  );
  film(["bob"]);
  assert.equal(opened.length, 2);
});

test("what was made so far is counted when it is asked", () => {
  const { subject, told, film, carry } = world();
  carry("bob", "small");
  film(["bob"], "key");
  film(["bob"]);
  subject.receive({ type: "count" });
  const { masters, envelopes } = told.find(({ type }) => type === "counts");
  assert.equal(masters.small.keys, 1);
  assert.ok(masters.small.frames >= 1 && masters.small.bytes > 0);
  assert.ok(envelopes.bob.frames >= 1 && envelopes.bob.bytes > 0);
  subject.forget("bob");
  subject.receive({ type: "count" });
  assert.deepEqual(told.at(-1).envelopes, {});
});
