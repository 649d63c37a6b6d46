import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../static/js/lib/dom.js";

test("a device has the direction of its own name, whatever that of the page is", () => {
  const element = () => {
    const attributes = new Map();
    return {
      append() {},
      setAttribute: (name, value) => void attributes.set(name, value),
      getAttribute: (name) => attributes.get(name),
    };
  };
  globalThis.document = /** @type {any} */ ({ createElement: element });
  let made = [];
  const select = /** @type {any} */ ({
    options: [],
    replaceChildren(...options) {
      made = options;
    },
  });
  const devices = [{ id: "1", label: "מיקרופון (USB)" }];
  fill(select, { devices, chosen: "1", none: "None", isTroubled: false });
  assert.deepEqual(
    made.map((option) => option.getAttribute("dir")),
    ["auto"],
  );
});
