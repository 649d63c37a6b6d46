/**
 * A mesh of people whose pages share one processor that is much too slow for them, in the time of the test: offers,
 * answers and handshakes take seconds each, wait for one another, and are done even if nobody needs them any more.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { Recovery } from "../../static/js/room/rtc/recovery.js";
import { FakeClock } from "./fakes.js";

const TRANSIT = 50;

/** Does one thing after the other; each takes its time. */
class Processor {
  #clock;
  #freeAt = 0;

  constructor(clock) {
    this.#clock = clock;
  }

  work(ms, then) {
    this.#freeAt = Math.max(this.#freeAt, this.#clock.now()) + ms;
    this.#clock.after(this.#freeAt - this.#clock.now(), then);
  }
}

/** One end of a pair, as rtc/connection.js is one, with a browser that takes `cost` milliseconds for each of its steps. */
class End {
  generation = 1;
  isConnected = false;
  /** Which offer of this generation is made, and which is answered: a restart makes another. */
  offer = 0;
  answered = 0;
  /** @type {End} */
  other;

  constructor({ offers, clock, processor, cost }) {
    this.offers = offers;
    this.clock = clock;
    this.processor = processor;
    this.cost = cost;
    this.recovery = new Recovery({ offers, clock, random: () => 0.5, act: (step) => this.act(step) });
  }

  start() {
    if (this.offers) this.begin(this.generation);
    else this.recovery.offered();
  }

  begin(generation) {
    this.generation = generation;
    this.offer = this.answered = 0;
    this.isConnected = false;
    this.recovery.began();
    if (this.offers) this.makeOffer();
  }

  makeOffer() {
    const { generation } = this;
    const since = this.clock.now();
    this.processor.work(this.cost, () => {
      if (generation !== this.generation) return;
      this.recovery.took(this.clock.now() - since);
      this.offer += 1;
      this.say({ type: "offer", offer: this.offer });
    });
  }

  say(signal) {
    const { generation } = this;
    this.clock.after(TRANSIT, () => this.other.hear({ generation, ...signal }));
  }

  hear(signal) {
    if (signal.generation < this.generation) return;
    if (signal.type === "need-offer") {
      this.recovery.asked(signal.generation > this.generation ? "dead" : signal.reason);
    } else if (signal.type === "offer") {
      if (signal.generation > this.generation) this.begin(signal.generation);
      this.recovery.answered();
      // What is being dealt with is not begun again.
      if (this.dealing === `${signal.generation} ${signal.offer}`) return;
      this.dealing = `${signal.generation} ${signal.offer}`;
      this.offer = Math.max(this.offer, signal.offer);
      const since = this.clock.now();
      this.processor.work(this.cost, () => {
        this.dealing = "";
        this.recovery.took(this.clock.now() - since);
        if (signal.generation === this.generation) this.say({ type: "answer", offer: signal.offer });
      });
    } else if (
      signal.generation === this.generation &&
      signal.offer > this.answered &&
      signal.offer === this.offer
    ) {
      this.answered = signal.offer;
      this.recovery.answered();
      this.processor.work(this.cost, () => this.connect(signal));
    }
  }

  /** The handshakes of both ends. */
  connect({ generation, offer }) {
    this.processor.work(2 * this.cost, () => {
      const isOf = (end) => end.generation === generation && end.offer === offer;
      if (!isOf(this) || !isOf(this.other)) return;
      for (const end of [this, this.other]) {
        end.isConnected = true;
        end.recovery.changed("connected");
      }
    });
  }

  act({ type, isDead }) {
    if (type === "restart" && this.offers) {
      if (this.answered < this.offer || this.offer === 0) this.resend();
      else this.makeOffer();
    } else if (type === "restart") {
      this.say({ type: "need-offer", reason: "ice" });
    } else if (!this.offers) {
      this.say({ type: "need-offer", reason: "connection", generation: this.generation + (isDead ? 1 : 0) });
      this.recovery.offered();
    } else if (type === "replace") {
      this.begin(this.generation + 1);
    } else {
      this.resend();
    }
  }

  resend() {
    if (this.offer > 0) this.say({ type: "offer", offer: this.offer });
  }
}

/** When all pairs of so many people are connected, and how much work that needs at least; in milliseconds. */
function meet(people, cost) {
  const clock = new FakeClock();
  const processor = new Processor(clock);
  const ends = [];
  for (let one = 0; one < people; one += 1) {
    for (let other = 0; other < one; other += 1) {
      const pair = [true, false].map((offers) => new End({ offers, clock, processor, cost }));
      [pair[0].other, pair[1].other] = [pair[1], pair[0]];
      ends.push(...pair);
    }
  }
  for (const end of ends) end.start();
  const needed = (ends.length / 2) * 5 * cost;
  let passed = 0;
  while (passed < 20 * 60_000 && !ends.every(({ isConnected }) => isConnected)) {
    clock.pass(500);
    passed += 500;
  }
  return { passed, needed, missing: ends.filter(({ isConnected }) => !isConnected).length / 2 };
}

for (const cost of [100, 300, 600, 1_000, 1_500, 2_000]) {
  test(`five people on a machine that takes ${cost} ms for each step are all connected in about the time that it takes`, () => {
    const { passed, needed, missing } = meet(5, cost);
    assert.equal(missing, 0, "pairs are missing");
    assert.ok(passed <= 1.5 * needed + 10_000, `${passed} ms for ${needed} ms of work`);
  });
}

test("on a machine that is slower still nobody is given up", () => {
  const { missing } = meet(5, 3_000);
  assert.equal(missing, 0);
});

test("where a signal is lost, a machine with time to spare does not wait for long", () => {
  const clock = new FakeClock();
  const steps = [];
  const subject = new Recovery({ offers: true, clock, act: (step) => steps.push([step.type, clock.now()]) });
  subject.began();
  subject.took(40);
  clock.pass(16_000);
  assert.deepEqual(steps, [
    ["resend", 6_000],
    ["resend", 12_000],
  ]);
});
