import assert from "node:assert/strict";
import test from "node:test";
import { Passage } from "../../../static/js/room/media/sender.js";
import { FakeClock } from "../fakes.js";

/** A passage whose workers are written down. */
function passage() {
  const workers = [];
  const world = {
    work: () => {
      const worker = Object.assign(new EventTarget(), {
        said: [],
        isOver: false,
        postMessage: (order) => worker.said.push(order),
        terminate: () => (worker.isOver = true),
      });
      workers.push(worker);
      return worker;
    },
    transform: (worker, name) => ({ worker, name }),
  };
  const clock = new FakeClock();
  const sender = (...codecs) => ({
    transform: null,
    getParameters: () => ({ codecs: codecs.map((name) => ({ mimeType: `video/${name}` })) }),
  });
  return { subject: new Passage({ world, clock }), workers, clock, sender };
}

test("every camera goes through one worker, under a name of its own", () => {
  const { subject, workers, sender } = passage();
  const [bob, carol] = [sender("VP8"), sender("VP9", "VP8")];
  subject.lead("bob", bob);
  subject.lead("carol", carol);
  assert.equal(workers.length, 1);
  assert.equal(bob.transform.worker, workers[0]);
  assert.notEqual(bob.transform.name, carol.transform.name);
  assert.equal(subject.nameOf("bob"), bob.transform.name);
  assert.equal(subject.nameOf("carol"), carol.transform.name);
});

test("whose frames are no VP8 and never will be have no name", () => {
  const { subject, sender } = passage();
  subject.lead("bob", sender("H264", "VP8"));
  subject.lead("carol", sender("VP9"));
  subject.lead("dave", sender());
  assert.deepEqual(
    ["bob", "carol", "dave", "nobody"].map((one) => subject.nameOf(one)),
    ["", "", "", ""],
  );
});

test("a worker that breaks is made anew, and leads all who are still there", () => {
  const { subject, workers, clock, sender } = passage();
  const [bob, carol] = [sender("VP8"), sender("VP8")];
  subject.lead("bob", bob);
  subject.lead("carol", carol);
  subject.leave("carol");
  let anew = 0;
  subject.on("anew", () => (anew += 1));
  workers[0].dispatchEvent(new Event("error"));
  assert.ok(workers[0].isOver);
  subject.say({ type: "count" });
  clock.pass(1_000);
  assert.equal(workers.length, 2);
  assert.equal(bob.transform.worker, workers[1]);
  assert.equal(carol.transform.worker, workers[0]);
  assert.equal(anew, 1);
  assert.deepEqual(workers[1].said, [], "what it was to do is for whoever knows to say again");
});

test("a browser that lacks some of it has none, and nothing is led anywhere", () => {
  const subject = new Passage({ world: null, clock: new FakeClock() });
  const bob = { transform: null, getParameters: () => ({ codecs: [] }) };
  subject.lead("bob", bob);
  subject.say({});
  subject.mend();
  assert.deepEqual([subject.isOpen, bob.transform, subject.nameOf("bob")], [false, null, ""]);
});
