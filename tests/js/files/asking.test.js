import assert from "node:assert/strict";
import test from "node:test";
import { choose } from "../../../static/js/room/files/sources.js";
import { AttachButton } from "../../../static/js/room/views/parts/attachment.js";

/** An element that knows what is done to it. */
class FakeElement extends EventTarget {
  append() {}
  getAttribute() {
    return null;
  }
  setAttribute() {}
  removeAttribute() {}
  querySelector() {
    return new FakeElement();
  }
}

function page(context, isActive) {
  const asked = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", {
    value: { userActivation: { isActive } },
    configurable: true,
  });
  globalThis.window = {
    showOpenFilePicker: async () => {
      asked.push("files");
      return [{ getFile: async () => "a file" }];
    },
  };
  globalThis.document = {
    createElement: () => new FakeElement(),
    createElementNS: () => new FakeElement(),
    querySelector: () => null,
  };
  context.after(() => Object.defineProperty(globalThis, "navigator", before));
  return asked;
}

test("files are asked for while a press counts, and not once it does no more", async (context) => {
  const asked = page(context, true);
  assert.deepEqual(
    (await choose()).map(({ file }) => file),
    ["a file"],
  );
  globalThis.navigator.userActivation.isActive = false;
  assert.deepEqual(await choose(), []);
  assert.deepEqual(asked, ["files"]);
});

test("what handles files comes before the press on the button, and its trouble is none of that moment", async (context) => {
  page(context, true);
  let loads = 0;
  const load = async () => {
    loads += 1;
    throw new TypeError("Failed to fetch");
  };
  const { element } = new AttachButton({ load, trouble: "late" }, () => {});
  assert.equal(loads, 0);
  element.dispatchEvent(new Event("pointerenter"));
  assert.equal(loads, 1);
});
