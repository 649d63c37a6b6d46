import assert from "node:assert/strict";
import test from "node:test";
import { download, preview } from "../../../static/js/room/files/previews.js";
import { FakeClock } from "../fakes.js";

test("pictures are decoded one after the other, however many have come at once, and a broken one holds up none", async () => {
  const gif = new Blob([
    new Uint8Array([..."GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0"].map((char) => char.charCodeAt(0))),
  ]);
  let now = 0;
  let most = 0;
  let all = 0;
  globalThis.createImageBitmap = async () => {
    all += 1;
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    throw new DOMException("broken", "InvalidStateError");
  };
  const found = await Promise.all(Array.from({ length: 20 }, () => preview(gif, "cat.gif", "Close")));
  assert.ok(found.every((one) => one === null));
  assert.deepEqual([all, most], [20, 1]);
});

test("what is handed over for a download has an address for a minute, however often it is saved again", (context) => {
  const link = { setAttribute() {}, append() {}, remove() {}, click: () => (clicks += 1) };
  let clicks = 0;
  globalThis.document = { createElement: () => link, body: link };
  context.after(() => delete globalThis.document);
  const addresses = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  context.after(() => Object.assign(URL, { createObjectURL, revokeObjectURL }));
  let made = 0;
  URL.createObjectURL = () => {
    addresses.add(`blob:${(made += 1)}`);
    return `blob:${made}`;
  };
  URL.revokeObjectURL = (address) => addresses.delete(address);
  const clock = new FakeClock();
  for (let time = 0; time < 5; time += 1) download(new Blob(["film"]), "film.mkv", clock);
  assert.deepEqual([clicks, addresses.size], [5, 5]);
  clock.pass(59_000);
  assert.equal(addresses.size, 5);
  clock.pass(2_000);
  assert.equal(addresses.size, 0);
});
