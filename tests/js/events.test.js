import assert from "node:assert/strict";
import test from "node:test";
import { Emitter, Latest } from "../../static/js/lib/events.js";

/** Somebody who tells, and what was heard of it; `hear` makes a listener that has a name. */
function teller() {
  const subject = new Emitter();
  const heard = [];
  return {
    subject,
    heard,
    hear:
      (name) =>
      (...news) =>
        heard.push([name, ...news]),
  };
}

test("what happens is told to everybody who listens to it, in their order, and to nobody else", () => {
  const { subject, heard, hear } = teller();
  subject.on("open", hear("first"));
  subject.on("close", hear("other"));
  subject.on("open", hear("second"));
  subject.emit("open", "bob", 1);
  assert.deepEqual(heard, [
    ["first", "bob", 1],
    ["second", "bob", 1],
  ]);
});

test("what nobody listens to may happen all the same", () => {
  new Emitter().emit("open");
});

test("who listens twice is told once", () => {
  const { subject, heard, hear } = teller();
  const listener = hear("one");
  subject.on("open", listener);
  subject.on("open", listener);
  subject.emit("open");
  assert.equal(heard.length, 1);
});

test("who has ended it is told no more, and the others are", () => {
  const { subject, heard, hear } = teller();
  const end = subject.on("open", hear("first"));
  subject.on("open", hear("second"));
  end();
  end();
  subject.emit("open");
  assert.deepEqual(heard, [["second"]]);
});

test("who is ended while it is told is told no more; who begins meanwhile is told the next time", () => {
  const { subject, heard, hear } = teller();
  subject.on("open", () => {
    end();
    subject.on("open", late);
  });
  const late = hear("late");
  const end = subject.on("open", hear("ended"));
  subject.emit("open", 1);
  assert.deepEqual(heard, []);
  subject.emit("open", 2);
  assert.deepEqual(heard, [["late", 2]]);
});

test("what is the same is not new, and what differs anywhere is", () => {
  const latest = new Latest();
  const stream = (id) => Object.assign(new EventTarget(), { id });
  assert.equal(latest.isNew({ a: [1, { b: 2 }], stream: stream("x") }), true);
  assert.equal(latest.isNew({ a: [1, { b: 2 }], stream: stream("x") }), false);
  assert.equal(latest.isNew({ a: [1, { b: 3 }], stream: stream("x") }), true);
  assert.equal(latest.isNew({ a: [1, { b: 3 }], stream: stream("y") }), true);
  assert.equal(latest.isNew(null), true);
  assert.equal(latest.isNew(null), false);
});

test("it can be asked whether something would be new, and what was told can be taken back", () => {
  const latest = new Latest();
  latest.keep({ a: 1 });
  assert.deepEqual(
    [latest.isOther({ a: 1 }), latest.isOther({ a: 2 }), latest.isOther({ a: 2 })],
    [false, true, true],
  );
  latest.forget();
  assert.deepEqual([latest.isOther({ a: 1 }), latest.isOther(undefined)], [true, true]);
});
