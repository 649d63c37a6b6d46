import assert from "node:assert/strict";
import test from "node:test";
import { Emitter } from "../../../static/js/lib/events.js";
import { Incoming } from "../../../static/js/room/files/incoming.js";
import { Theirs } from "../../../static/js/room/files/theirs.js";
import { FakeClock } from "../fakes.js";

class FakeLinks extends Emitter {
  to() {
    return {};
  }
  look() {}
  shut() {}
}

test("a file that is offered again under another name is not saved under either as if nothing were wrong", () => {
  const clock = new FakeClock();
  const digest = async () => new ArrayBuffer(32);
  const incoming = new Incoming({ clock, links: new FakeLinks(), send() {}, digest, first: 0 });
  const theirs = new Theirs({
    clock,
    incoming,
    digest,
    nameOf: () => "Mallory",
    isHere: () => true,
    tell() {},
    draw() {},
  });
  const line = { author: "mallory", conversation: "" };
  const offer = { id: "f", name: "setup.exe", size: 1_000, type: "image/png" };
  // A picture, as it says: it is fetched by itself.
  theirs.show(line, offer);
  const again = theirs.show(line, { ...offer, name: "holiday.png" });
  assert.equal(again.isTrouble, true);
  assert.deepEqual(again.actions, []);
  assert.equal(theirs.show(line, offer).isTrouble, false);
});
