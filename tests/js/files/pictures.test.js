import assert from "node:assert/strict";
import test from "node:test";
import { isPicture, measured, small } from "../../../static/js/room/files/pictures.js";
import { random } from "./world.js";

const be = (value, bytes) =>
  Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 255);
const le = (value, bytes) => be(value, bytes).reverse();
const text = (letters) => [...letters].map((letter) => letter.charCodeAt(0));
const box = (name, ...content) => [...be(8 + content.flat().length, 4), ...text(name), ...content.flat()];
const ispe = (width, height) => box("ispe", be(0, 4), be(width, 4), be(height, 4));

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
  gif: (w, h) => [...text("GIF89a"), ...le(w, 2), ...le(h, 2), 0, 0, 0],
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
  avif: (w, h) => [
    ...box("ftyp", text("avif"), be(0, 4), text("mif1avif")),
    ...box("meta", be(0, 4), box("hdlr", be(0, 24)), box("iprp", box("ipco", ispe(64, 64), ispe(w, h)))),
  ],
};

for (const [kind, head] of Object.entries(HEADS)) {
  test(`the head of a picture says how large it is: ${kind}`, () => {
    for (const [width, height] of [
      [1, 1],
      [640, 480],
      [4000, 3000],
    ]) {
      // An AVIF of one pixel has a larger one beside it here.
      if (kind === "avif" && width < 64) continue;
      const found = measured(new Uint8Array(head(width, height)));
      assert.deepEqual(found && [found.kind, found.width, found.height], [
        `image/${kind.split(",")[0]}`,
        width,
        height,
      ]);
    }
  });

  test(`a picture that says to have no pixels, or too many, is none: ${kind}`, () => {
    const [wide, high] = kind === "png" || kind === "avif" ? [40_000, 2] : [16_000, 10_000];
    assert.equal(measured(new Uint8Array(head(wide, high))), null);
    if (!kind.startsWith("webp")) {
      assert.equal(measured(new Uint8Array(head(0, kind === "avif" ? 2 ** 31 : 10))), null);
    }
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

test("a picture that hides how large it is behind what is not looked at is none", () => {
  const start = box("ftyp", text("avif"), be(0, 4), text("mif1avif"));
  const meta = (...content) => box("meta", be(0, 4), box("iprp", box("ipco", ...content)));
  const read = (...bytes) => measured(new Uint8Array(bytes.flat()));
  const small = ispe(64, 64);
  const bomb = ispe(16_384, 16_384);
  const many = Array.from({ length: 300 }, () => box("free")).flat();
  const long = [...be(1, 4), ...text("free"), ...be(0, 4), ...be(16, 4)];
  assert.equal(read(start, meta(small, many, bomb)), null);
  assert.equal(read(start, meta(small, long, bomb)), null);
  // The head ends before the box does.
  assert.equal(read(start, meta(small, bomb).slice(0, -20)), null);
  // Pixels are not looked at, however many.
  const pixels = [...be(5_000_000, 4), ...text("mdat"), 0, 0];
  assert.deepEqual(read(start, meta(small), pixels), { kind: "image/avif", width: 64, height: 64 });
});

test("boxes that hold themselves, or thousands of them, come to an end", () => {
  const many = Array.from({ length: 5_000 }, () => box("free")).flat();
  const start = box("ftyp", text("avif"), be(0, 4));
  assert.equal(measured(new Uint8Array([...start, ...many, ...ispe(10, 10)])), null);
  const deep = Array.from({ length: 2_000 }, () => [...be(0, 4), ...text("iprp")]).flat();
  assert.equal(measured(new Uint8Array([...start, ...deep])), null);
});

test("small is at most 640 pixels, in the same proportions, and never nothing", () => {
  assert.deepEqual(small({ width: 4000, height: 3000 }), { width: 640, height: 480 });
  assert.deepEqual(small({ width: 300, height: 200 }), { width: 300, height: 200 });
  assert.deepEqual(small({ width: 30_000, height: 2 }), { width: 640, height: 1 });
});
