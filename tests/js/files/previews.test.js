import assert from "node:assert/strict";
import test from "node:test";
import { preview } from "../../../static/js/room/files/previews.js";

test("pictures are decoded one after the other, however many have come at once, and a broken one holds up none", async () => {
  const gif = new Blob([
    new Uint8Array([..."GIF89a"].map((char) => char.charCodeAt(0)).concat([1, 0, 1, 0, 0, 0, 0])),
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
