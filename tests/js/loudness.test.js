import assert from "node:assert/strict";
import test from "node:test";
import { Store } from "../../static/js/lib/storage.js";
import { Loudness } from "../../static/js/room/loudness.js";

/** A page of a call in which these are, in a tab that keeps `store`. */
function page(store, inside = ["bob", "carol"]) {
  const turned = new Map();
  const participants = {
    inside: new Map(inside.map((id) => [id, {}])),
    turn: (id, loudness) => turned.set(id, loudness),
  };
  return { subject: new Loudness(participants, store, "abc"), turned };
}

test("how loud somebody is for me is kept through a reload of my page, as long as they are inside", () => {
  const store = new Store(() => null);
  const { subject, turned } = page(store);
  assert.equal(turned.size, 0);
  subject.turn("bob", 0.4);
  subject.turn("carol", 0);
  assert.deepEqual(
    [...turned],
    [
      ["bob", 0.4],
      ["carol", 0],
    ],
  );
  assert.deepEqual(
    [...page(store).turned],
    [
      ["bob", 0.4],
      ["carol", 0],
    ],
  );
  assert.deepEqual([...page(store, ["carol"]).turned], [["carol", 0]]);
});

test("what is as loud as ever, or no loudness at all, is not remembered", () => {
  const store = new Store(() => null);
  const { subject } = page(store);
  subject.turn("bob", 0.4);
  subject.turn("bob", 1);
  assert.equal(page(store).turned.size, 0);
  store.keep("roundtable:loudness:abc", { bob: "loud", carol: -3 });
  assert.equal(page(store).turned.size, 0);
});
