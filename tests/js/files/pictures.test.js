import assert from "node:assert/strict";
import test from "node:test";
import { isPicture, measured, small } from "../../../static/js/room/files/pictures.js";
import { random } from "./world.js";

const be = (value, bytes) =>
  Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 255);
const le = (value, bytes) => be(value, bytes).reverse();
const text = (letters) => [...letters].map((letter) => letter.charCodeAt(0));

const HEADS = {
  png: (w, h) => [
    ...text("\x89PNG\r\n\x1A\n"),
    ...be(13, 4),
    ...text("IHDR"),
    ...be(w, 4),
    ...be(h, 4),
    8,
    6,
    0,
    0,
    0,
  ],
  gif: (w, h) => [
    // With two colours, and a comment before the first picture.
    ...[...text("GIF89a"), ...le(w, 2), ...le(h, 2), 0x80, 0, 0, ...Array(6).fill(0)],
    ...[0x21, 0xfe, 3, ...text("cat"), 2, ...text("!!"), 0],
    ...[0x2c, 0, 0, 0, 0, ...le(w, 2), ...le(h, 2), 0],
  ],
  jpeg: (w, h) => [
    ...[0xff, 0xd8, 0xff, 0xe0, ...be(16, 2), ...text("JFIF\0"), ...Array(9).fill(0)],
    // Quantization tables, a fill byte, and Huffman tables, which are none of the frames.
    ...[0xff, 0xdb, ...be(4, 2), 0, 0, 0xff, 0xff, 0xc4, ...be(4, 2), 0, 0],
    ...[0xff, 0xc2, ...be(17, 2), 8, ...be(h, 2), ...be(w, 2), 3],
  ],
  webp: (w, h) => [
    ...text("RIFF"),
    ...le(100, 4),
    ...text("WEBPVP8X"),
    ...le(10, 4),
    0,
    0,
    0,
    0,
    ...le(w - 1, 3),
    ...le(h - 1, 3),
  ],
  "webp, lossless": (w, h) => [
    ...text("RIFF"),
    ...le(100, 4),
    ...text("WEBPVP8L"),
    ...le(50, 4),
    0x2f,
    ...le(((w - 1) | ((h - 1) << 14)) >>> 0, 4),
    ...Array(10).fill(0),
  ],
  "webp, lossy": (w, h) => [
    ...[...text("RIFF"), ...le(100, 4), ...text("WEBPVP8 "), ...le(50, 4), 0, 0, 0, 0x9d, 1, 0x2a],
    ...[...le(w, 2), ...le(h, 2), 0, 0],
  ],
};

for (const [kind, head] of Object.entries(HEADS)) {
  test(`the head of a picture says how large it is: ${kind}`, () => {
    for (const [width, height] of [
      [1, 1],
      [640, 480],
      [4000, 3000],
    ]) {
      const found = measured(new Uint8Array(head(width, height)));
      assert.deepEqual(found && [found.kind, found.width, found.height], [
        `image/${kind.split(",")[0]}`,
        width,
        height,
      ]);
    }
  });

  test(`a picture that says to have no pixels, or too many, is none: ${kind}`, () => {
    const [wide, high] = kind === "png" ? [40_000, 2] : [16_000, 10_000];
    assert.equal(measured(new Uint8Array(head(wide, high))), null);
    if (!kind.startsWith("webp")) assert.equal(measured(new Uint8Array(head(0, 10))), null);
  });

  test(`a picture that ends in its head, or is broken anywhere in it, harms nobody: ${kind}`, () => {
    const whole = head(640, 480);
    for (let end = 0; end < whole.length; end += 1) {
      const found = measured(new Uint8Array(whole.slice(0, end)));
      assert.ok(found === null || (found.width > 0 && found.height > 0));
    }
    const chance = random(5);
    for (let time = 0; time < 2_000; time += 1) {
      const broken = new Uint8Array(whole);
      for (let at = 0; at < 4; at += 1) broken[Math.floor(chance() * broken.length)] = chance() * 256;
      const found = measured(broken);
      assert.ok(found === null || found.width * found.height <= 50_000_000);
    }
  });
}

test("what is no picture of these kinds is none, whatever it is called", () => {
  for (const other of [
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "<!doctype html>",
    "MZ",
    "",
    "%PDF-1.7",
    "BM",
  ]) {
    assert.equal(measured(new Uint8Array(text(other.padEnd(64)))), null);
  }
  assert.ok(isPicture({ type: "image/png", size: 1_000 }));
  for (const type of ["image/svg+xml", "image/bmp", "image/x-icon", "text/html", "", "IMAGE/PNG"]) {
    assert.ok(!isPicture({ type, size: 1_000 }), type);
  }
  assert.ok(!isPicture({ type: "image/png", size: 10_000_001 }));
});

test("a picture is as large as whatever of it is decoded, not as its first word", () => {
  const gif = (...blocks) =>
    measured(new Uint8Array([...text("GIF89a"), ...le(64, 2), ...le(64, 2), 0, 0, 0, ...blocks.flat()]));
  const picture = (left, top, w, h) => [0x2c, ...[left, top, w, h].flatMap((one) => le(one, 2)), 0];
  assert.deepEqual(gif(picture(0, 0, 64, 64)), { kind: "image/gif", width: 64, height: 64 });
  assert.deepEqual(gif(picture(10, 0, 600, 300)), { kind: "image/gif", width: 610, height: 300 });
  assert.equal(gif(picture(0, 0, 16_000, 10_000)), null);
  assert.equal(gif([0x21, 0xf9, 4, 0, 0, 0, 0, 0], picture(0, 0, 16_000, 10_000)), null);
  assert.equal(gif([0x3b]), null, "none at all");

  // To a decoder this first one has no length, and the frame after it counts; whoever skips it finds the other one.
  const frame = (w, h) => [0xff, 0xc0, ...be(17, 2), 8, ...be(h, 2), ...be(w, 2), 3];
  const filler = Array(0xffc0 - frame(0, 0).length).fill(0);
  for (const marker of [0xd0, 0xd7, 0x01, 0xd8]) {
    const bytes = [0xff, 0xd8, 0xff, marker, ...frame(16_000, 10_000), ...filler, ...frame(64, 64)];
    assert.equal(measured(new Uint8Array(bytes)), null, marker.toString(16));
  }
});

test("an AVIF is a file like any other: how large it is stands beyond its head", () => {
  const box = (name, ...content) => [...be(8 + content.flat().length, 4), ...text(name), ...content.flat()];
  const ispe = box("ispe", be(0, 4), be(64, 4), be(64, 4));
  const head = [
    ...box("ftyp", text("avif"), be(0, 4), text("mif1avif")),
    ...box("meta", be(0, 4), box("iprp", box("ipco", ispe))),
  ];
  assert.equal(measured(new Uint8Array(head)), null);
  assert.ok(!isPicture({ type: "image/avif", size: 1_000 }));
});

test("small is at most 640 pixels, in the same proportions, and never nothing", () => {
  assert.deepEqual(small({ width: 4000, height: 3000 }), { width: 640, height: 480 });
  assert.deepEqual(small({ width: 300, height: 200 }), { width: 300, height: 200 });
  assert.deepEqual(small({ width: 30_000, height: 2 }), { width: 640, height: 1 });
});
