/** People who give each other files, over channels that behave like those of a browser and can be cut at any frame. */

import { createHash } from "node:crypto";
import { Incoming } from "../../../static/js/room/files/incoming.js";
import { Links } from "../../../static/js/room/files/links.js";
import { messages } from "../../../static/js/room/files/messages.js";
import { Outgoing } from "../../../static/js/room/files/outgoing.js";
import { FakeClock } from "../fakes.js";

export const digest = async (bytes) => {
  const hash = createHash("sha256").update(bytes).digest();
  return hash.buffer.slice(hash.byteOffset, hash.byteOffset + 32);
};
export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The same numbers for the same seed (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many bytes that no two blocks share. */
export function bytesOf(size, seed = 1) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed >>> 0;
  for (let at = 0; at < words.length; at += 1) {
    words[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** One end of a data channel. */
export class FakeChannel extends EventTarget {
  readyState = "open";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  /** What is on its way to the other end. */
  queue = [];
  other = null;

  static pair() {
    const [one, two] = [new FakeChannel(), new FakeChannel()];
    [one.other, two.other] = [two, one];
    return [one, two];
  }

  send(data) {
    if (this.readyState !== "open") throw new DOMException("closed", "InvalidStateError");
    const copy = typeof data === "string" ? data : data.slice().buffer;
    this.queue.push(copy);
    this.bufferedAmount += data.length;
  }

  /** The oldest frame arrives. */
  deliver() {
    const data = this.queue.shift();
    if (data === undefined) return false;
    const before = this.bufferedAmount;
    this.bufferedAmount -= data.byteLength ?? data.length;
    const isLow =
      before > this.bufferedAmountLowThreshold && this.bufferedAmount <= this.bufferedAmountLowThreshold;
    if (isLow) this.dispatchEvent(new Event("bufferedamountlow"));
    this.other.dispatchEvent(Object.assign(new Event("message"), { data }));
    return true;
  }

  close() {
    for (const end of [this, this.other]) {
      if (end.readyState === "closed") continue;
      end.readyState = "closed";
      end.queue = [];
      end.dispatchEvent(new Event("close"));
    }
  }
}

/** A place on a disk that outlives the page. */
export class FakeDisk {
  blocks = [];
  hashes = [];
  isWhole = false;
  isRemoved = false;
  /** What a write fails with. */
  failure = null;

  get place() {
    return {
      hashes: [...this.hashes],
      write: async (block, bytes, hash) => {
        if (this.failure) throw this.failure;
        this.blocks[block] = bytes.slice();
        this.hashes[block] = hash;
      },
      finish: async () => {
        this.isWhole = true;
      },
      remove: async () => {
        this.isRemoved = true;
      },
    };
  }

  get bytes() {
    return Buffer.concat(this.blocks);
  }
}

/** Somebody with a page. */
export class Somebody {
  /** What they have said on `ctl`. */
  said = [];

  constructor(world, id) {
    this.world = world;
    this.id = id;
    this.load();
  }

  /** Their page, as it is after it was loaded. */
  load() {
    const { clock } = this.world;
    const send = (to, message) => {
      this.said.push(message);
      this.world.say(this.id, to, message);
    };
    this.links = new Links((id) => this.world.channel(this.id, id));
    const left = () => ({ rate: this.world.left, isLossy: this.world.isLossy });
    this.outgoing = new Outgoing({ clock, links: this.links, send, left, digest, changed() {} });
    this.incoming = new Incoming({ clock, links: this.links, send, digest, first: this.world.loads * 1000 });
    this.world.loads += 1;
  }

  receive(from, message) {
    const understood = messages[message.type]?.read(message);
    if (!understood) return;
    this.incoming.receive(from, understood);
    this.outgoing.receive(from, understood);
  }

  offer(file, { to = null } = {}) {
    const { id, bytes } = file;
    this.outgoing.offer({ id, size: bytes.length, to, read: async (from, end) => bytes.slice(from, end) });
  }

  take(author, { id, bytes, name = "file" }, disk = new FakeDisk()) {
    this.incoming.take(author, { id, name, size: bytes.length, type: "" }, disk.place);
    return disk;
  }

  phaseOf(author, file) {
    return this.incoming.of(author, file)?.receiving.phase;
  }
}

export class World {
  clock = new FakeClock();
  /** What the line leaves for files, bytes a second. */
  left = 1e9;
  /** Whether what is said may not arrive. */
  isLossy = false;
  loads = 0;
  frames = 0;
  #people = new Map();
  #channels = new Map();
  #messages = [];
  /** What is done to each frame before it arrives: gives whether it may. @type {(frame: {from: string, to: string, data: any, number: number}) => boolean} */
  pass = () => true;
  /** The same for what is said on `ctl`: gives the messages that arrive in its place. */
  hear = (message) => [message];

  join(id) {
    const somebody = new Somebody(this, id);
    this.#people.set(id, somebody);
    return somebody;
  }

  leave(id) {
    this.#people.delete(id);
    for (const other of this.#people.keys()) this.cut(id, other);
  }

  say(from, to, message) {
    if (!this.#people.has(to)) return;
    for (const one of this.hear(JSON.parse(JSON.stringify(message)))) {
      this.#messages.push({ from, to, message: one });
    }
  }

  channel(from, to) {
    const key = [from, to].sort().join(" ");
    if (!this.#people.has(to)) return null;
    if (!this.#channels.has(key)) {
      const [one, two] = FakeChannel.pair();
      const [first, second] = key.split(" ");
      this.#channels.set(
        key,
        new Map([
          [first, one],
          [second, two],
        ]),
      );
    }
    return this.#channels.get(key).get(from);
  }

  /** The connection breaks, with all that is on its way, and there is another one at once. */
  cut(one, two) {
    const key = [one, two].sort().join(" ");
    const ends = this.#channels.get(key);
    this.#channels.delete(key);
    this.#messages = this.#messages.filter(({ from, to }) => [from, to].sort().join(" ") !== key);
    ends?.values().next().value.close();
  }

  /** All that is on its way arrives, and what follows from it, until nothing happens any more or it is so. */
  async run({ seconds = 600, until = () => false } = {}) {
    const end = this.clock.now() + seconds * 1000;
    for (;;) {
      if (until()) return true;
      await this.settle();
      if (until()) return true;
      if (this.clock.now() >= end) return false;
      this.clock.pass(20);
    }
  }

  async settle() {
    for (let busy = true; busy;) {
      for (let rest = 0; rest < 3; rest += 1) await new Promise((resolve) => setImmediate(resolve));
      busy = false;
      for (const { from, to, message } of this.#messages.splice(0)) {
        this.#people.get(to).receive(from, message);
        busy = true;
      }
      for (const [key, ends] of [...this.#channels]) {
        for (const [from, end] of ends) {
          const to = key.split(" ").find((id) => id !== from);
          while (end.queue.length > 0) {
            busy = true;
            this.frames += 1;
            if (!this.pass({ from, to, data: end.queue[0], number: this.frames })) break;
            end.deliver();
          }
        }
      }
    }
  }
}
