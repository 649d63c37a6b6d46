import assert from "node:assert/strict";
import { test } from "node:test";
import { breakable, fill } from "../../static/js/lib/dom.js";

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

test("a long address is broken at its joints alone, and a short one not at all", () => {
  globalThis.document = /** @type {any} */ ({
    createElement: (tag) => {
      const one = {
        text: tag === "wbr" ? "<wbr>" : "",
        append: (child) => void (one.text += child.text ?? child),
      };
      return one;
    },
  });
  const written = (address) => /** @type {any} */ (breakable(address)).text;
  assert.equal(written("jo@example.org"), "jo@example.org");
  assert.equal(
    written("jo.of.the.house@example.org"),
    "jo<wbr>.of<wbr>.the<wbr>.house@<wbr>example<wbr>.org",
  );
});
