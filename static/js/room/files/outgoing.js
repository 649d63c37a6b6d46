// Long, since whose turn it is, what is read and what is sent hang together; one transfer, turns and pace are modules of their own.
import { Timer } from "../../lib/timing.js";
import { ASK_EVERY } from "./delays.js";
import { BLOCK, blocksOf, HEAD, hex, joined, lengthOf, PIECE } from "./frames.js";
import { Pace } from "./pace.js";
import { Sending } from "./sending.js";
import { Turns } from "./turns.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {import("./links.js").Links} Links
 * @typedef {import("./messages.js").Messages} Messages
 * @typedef {import("./messages.js").Reason} Reason
 *
 * @typedef {object} Offered  a file of mine
 * @property {string} id
 * @property {number} size
 * @property {(from: number, to: number) => Promise<Uint8Array>} read  raises where it is gone, or another one by now
 * @property {string | null} to   to whom alone it was offered, or null for everybody
 *
 * @typedef {{to: string, file: string, bytes: number, isWaiting: boolean}} Progress
 */

// Whoever takes less than a part of what could go to them for so long, while others wait, waits behind these (milliseconds).
const WATCHED = 30_000;
const LOOK_EVERY = 5_000;
const PART = 0.25;
// So much is enough, however much could go: bytes a second.
const ENOUGH = 1_000_000;
// What a frame costs, with its head.
const FRAME = PIECE + HEAD;

/** What goes out of my files, to whoever asks for them. */
export class Outgoing {
  #clock;
  #links;
  #send;
  #left;
  #digest;
  #changed;
  /** @type {Map<string, Offered>} */
  #offered = new Map();
  /** Of their blocks, as far as they are known. @type {Map<string, string[]>} */
  #hashes = new Map();
  /** The hash of all hashes that is being made, by the file: once, however many ask for it. @type {Map<string, Promise<string | null>>} */
  #wholes = new Map();
  /** How far each was, and when, since it is watched. @type {WeakMap<Sending, {at: number, position: number}>} */
  #watched = new WeakMap();
  #looking;
  /** @type {Turns<Sending>} */
  #turns = new Turns();
  /** Those whom something goes to. @type {Map<string, Receiver>} */
  #receivers = new Map();
  /** Who has all of it, by the file. @type {Map<string, Set<string>>} */
  #arrived = new Map();
  /** Those that were withdrawn since they are others by now. @type {Set<string>} */
  #altered = new Set();
  /** There may be some that I have offered, and do not know of yet. @type {Promise<unknown> | null} */
  #finding = null;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {Links} options.links
   * @param {(id: string, message: Messages) => void} options.send
   * @param {() => {rate: number, isLossy: boolean}} options.left  for all files together, bytes a second
   * @param {(bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>} options.digest
   * @param {() => void} options.changed
   */
  constructor({ clock, links, send, left, digest, changed }) {
    this.#clock = clock;
    this.#links = links;
    this.#send = send;
    this.#left = left;
    this.#digest = digest;
    this.#changed = changed;
    this.#looking = new Timer(clock);
    links.on("ready", (id) => this.#pump(id));
    links.on("lost", (id) => this.#end(({ to }) => to === id));
  }

  /** @param {Offered} offered */
  offer(offered) {
    this.#offered.set(offered.id, offered);
    this.#altered.delete(offered.id);
  }

  /** What an earlier page has offered is still being found: until then nobody is told that it is not there. @param {Promise<void>} finding */
  waitFor(finding) {
    const found = () => void (this.#finding = null);
    this.#finding = finding.then(found, found);
  }

  /** @param {string} id  of a file of mine */
  has(id) {
    return this.#offered.has(id);
  }

  /** It was written to, or taken away, after it was offered. @param {string} id */
  hasChanged(id) {
    return this.#altered.has(id);
  }

  /** It is offered no more. @param {string} id @param {Reason} [reason] */
  withdraw(id, reason = "gone") {
    this.#offered.delete(id);
    this.#hashes.delete(id);
    if (reason === "changed") this.#altered.add(id);
    this.#refuse(({ file }) => file === id, reason);
  }

  /** I do not want this to go on. @param {string} id  of the file @param {string} [to]  to all, if it is missing */
  stop(id, to) {
    this.#refuse((one) => one.file === id && (to === undefined || one.to === to), "stopped");
  }

  /** Who has all of it. @param {string} id @returns {ReadonlySet<string>} */
  arrived(id) {
    return this.#arrived.get(id) ?? new Set();
  }

  /** To whom which file goes. @returns {Progress[]} */
  get progress() {
    const { served, waiting } = this.#turns;
    return [...served, ...waiting].map((one) => ({
      to: one.to,
      file: one.file,
      bytes: one.bytes,
      isWaiting: waiting.includes(one),
    }));
  }

  /** @param {string} from @param {Messages} message */
  receive(from, message) {
    if (message.type === "file-request") this.#asked(from, message);
    if (message.type === "file-stop") {
      this.#end(({ to, transfer }) => to === from && transfer === message.transfer);
    }
    if (message.type === "file-ack") this.#acked(from, message);
    if (message.type === "file-pong") this.#receivers.get(from)?.pong(message.n);
  }

  /** I am not inside any more; what is offered stays so. */
  pause() {
    this.#end(() => true);
  }

  /** @param {string} from @param {import("./messages.js").FileRequest} request */
  #asked(from, request) {
    const { file, transfer } = request;
    const offered = this.#offered.get(file);
    const all = [...this.#turns.served, ...this.#turns.waiting].filter(({ to }) => to === from);
    const same = all.find((one) => one.transfer === transfer);
    // They come again, since they wait for long; or they use a number twice.
    if (same) return this.#turns.waiting.includes(same) && this.#say(same, "busy");
    if (!offered && this.#finding) return void this.#finding.then(() => this.#asked(from, request));
    if (!offered || (offered.to !== null && offered.to !== from) || request.from > blocksOf(offered.size)) {
      return this.#send(from, { type: "file-refused", transfer, reason: "unknown" });
    }
    // Whoever asks for a file anew wants no more of the transfer before.
    this.#end((one) => one.to === from && one.file === file);
    if (!this.#links.to(from)) return this.#send(from, { type: "file-refused", transfer, reason: "stopped" });
    const sending = new Sending({ to: from, request, size: offered.size });
    if (this.#turns.ask(sending) === "now") this.#begin(sending);
    else this.#say(sending, "busy");
    return this.#changed();
  }

  /** @param {Sending} sending */
  #begin(sending) {
    const { to } = sending;
    this.#watch(sending);
    if (!this.#looking.pending) this.#looking.plan(LOOK_EVERY, () => this.#look());
    if (!this.#receivers.has(to)) {
      const share = () => ({ ...this.#left(), rate: this.#left().rate / Math.max(1, this.#receivers.size) });
      const receiver = new Receiver({
        clock: this.#clock,
        left: share,
        ping: (n) => this.#send(to, { type: "file-ping", n }),
        pump: () => this.#pump(to),
      });
      this.#receivers.set(to, receiver);
    }
    this.#pump(to);
  }

  /** @param {string} from @param {import("./messages.js").FileAck} message */
  #acked(from, { transfer, blocks }) {
    // Who had to give way may still be writing what they have.
    const all = [...this.#turns.served, ...this.#turns.waiting];
    const sending = all.find((one) => one.to === from && one.transfer === transfer);
    if (!sending) return;
    sending.ack(blocks);
    if (sending.isDone) {
      this.#arrived.set(sending.file, new Set(this.arrived(sending.file)).add(from));
      this.#end((one) => one === sending);
    }
    if (!sending.isDone) this.#pump(from);
    this.#changed();
  }

  /** Sends what may be sent, to each of their transfers in turn. @param {string} to */
  #pump(to) {
    const receiver = this.#receivers.get(to);
    const link = receiver && this.#links.to(to);
    if (!receiver || !link) return;
    for (let idle = 0; link.hasRoom(receiver.pace.rate);) {
      const sendings = this.#turns.served.filter((one) => one.to === to);
      if (idle >= sendings.length) return;
      const sending = /** @type {Sending} */ (sendings[(receiver.turn += 1) % sendings.length]);
      this.#read(sending);
      if (receiver.pace.wait(FRAME) > 0) return receiver.wait(FRAME);
      const frame = sending.frame();
      idle = frame === null ? idle + 1 : 0;
      if (frame === null) continue;
      receiver.pace.take(FRAME);
      if (!link.send(frame)) return;
    }
  }

  /** @param {Sending} sending */
  #read(sending) {
    const offered = this.#offered.get(sending.file);
    if (!offered) return;
    for (const block of sending.wanted()) void this.#load(sending, offered, block);
    if (sending.wantsHash()) void this.#hashAll(sending, offered);
  }

  /** @param {Sending} sending @param {Offered} offered @param {number} block */
  async #load(sending, offered, block) {
    const bytes = await this.#bytesOf(offered, block);
    if (!bytes) return;
    sending.loaded(block, { bytes, hash: await this.#hashOf(offered.id, block, bytes) });
    this.#pump(sending.to);
  }

  /** @param {Sending} sending @param {Offered} offered */
  async #hashAll(sending, offered) {
    const { id } = offered;
    const making = this.#wholes.get(id) ?? this.#hashOfAll(offered).finally(() => this.#wholes.delete(id));
    this.#wholes.set(id, making);
    const hash = await making;
    if (hash === null) return;
    sending.hashed(hash);
    this.#pump(sending.to);
  }

  /** Null where it cannot be read any more, or nobody waits for it. @param {Offered} offered */
  async #hashOfAll(offered) {
    const { id, size } = offered;
    const hashes = [];
    for (let block = 0; block < blocksOf(size); block += 1) {
      let hash = this.#hashes.get(id)?.[block];
      // From before this page was loaded.
      if (hash === undefined) {
        if (!this.#turns.served.some(({ file }) => file === id)) return null;
        const bytes = await this.#bytesOf(offered, block);
        if (!bytes) return null;
        hash = await this.#hashOf(id, block, bytes);
      }
      hashes.push(hash);
    }
    return hex(await this.#digest(joined(hashes)));
  }

  /** Null where it cannot be read any more. @param {Offered} offered @param {number} block */
  async #bytesOf({ id, size, read }, block) {
    const from = block * BLOCK;
    const length = lengthOf(size, block);
    try {
      const bytes = await read(from, from + length);
      if (bytes.length === length) return /** @type {Uint8Array<ArrayBuffer>} */ (bytes);
    } catch (error) {
      // The file was moved, written to or taken away meanwhile (File API, 7.1).
      if (!(error instanceof DOMException)) throw error;
    }
    if (this.#offered.get(id)?.read === read) this.withdraw(id, "changed");
    return null;
  }

  /** @param {string} id @param {number} block @param {Uint8Array<ArrayBuffer>} bytes */
  async #hashOf(id, block, bytes) {
    const hashes = this.#hashes.get(id) ?? [];
    this.#hashes.set(id, hashes);
    return (hashes[block] ??= hex(await this.#digest(bytes)));
  }

  /** @param {(one: Sending) => boolean} fits @param {Reason} reason */
  #refuse(fits, reason) {
    for (const one of [...this.#turns.served, ...this.#turns.waiting]) if (fits(one)) this.#say(one, reason);
    this.#end(fits);
  }

  /** @param {Sending} sending @param {Reason} reason */
  #say({ to, transfer }, reason) {
    this.#send(to, { type: "file-refused", transfer, reason });
  }

  /** @param {(one: Sending) => boolean} fits */
  #end(fits) {
    this.#goOn(this.#turns.end(fits));
  }

  /** Whoever holds a place and takes little is not in front of others. */
  #look() {
    for (const one of this.#turns.served) {
      const { at, position } = this.#watched.get(one) ?? this.#watch(one);
      const taken = this.#clock.now() - at;
      if (taken < WATCHED) continue;
      this.#watch(one);
      const rate = ((one.position - position) / taken) * 1_000;
      if (this.#turns.waiting.length === 0 || one.isReading || rate >= this.#leastFor(one)) continue;
      const begun = this.#turns.giveWay(one);
      if (!begun.includes(one)) this.#say(one, "busy");
      this.#goOn(begun);
    }
    if (this.#turns.served.length > 0) this.#looking.plan(LOOK_EVERY, () => this.#look());
  }

  /** @param {Sending} one */
  #watch(one) {
    const now = { at: this.#clock.now(), position: one.position };
    this.#watched.set(one, now);
    return now;
  }

  /** What this transfer has to take to keep its place: a line that voices need is not the receiver's fault. @param {Sending} one */
  #leastFor({ to }) {
    const count = this.#turns.served.filter((other) => other.to === to).length;
    return Math.min(ENOUGH, ((this.#receivers.get(to)?.pace.rate ?? 0) / count) * PART);
  }

  /** @param {readonly Sending[]} begun  whose turn it is now */
  #goOn(begun) {
    for (const [id, receiver] of this.#receivers) {
      if (this.#turns.served.some(({ to }) => to === id)) continue;
      receiver.close();
      this.#receivers.delete(id);
    }
    for (const one of begun) this.#begin(one);
    this.#changed();
  }
}

/** Somebody whom something goes to: how fast, and when it goes on. */
class Receiver {
  pace;
  /** Which of their transfers comes next. */
  turn = 0;
  #ping;
  #pump;
  #next;
  #pings;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {() => {rate: number, isLossy: boolean}} options.left
   * @param {(n: number) => void} options.ping
   * @param {() => void} options.pump
   */
  constructor({ clock, left, ping, pump }) {
    this.pace = new Pace({ clock, left });
    this.#ping = ping;
    this.#pump = pump;
    this.#next = new Timer(clock);
    this.#pings = new Timer(clock);
    this.#measure();
  }

  /** There is room, but it would be too fast. @param {number} bytes */
  wait(bytes) {
    if (!this.#next.pending) this.#next.plan(this.pace.wait(bytes), () => this.#pump());
  }

  /** @param {number} n */
  pong(n) {
    this.pace.answered(n);
    this.#pump();
  }

  close() {
    this.#next.cancel();
    this.#pings.cancel();
  }

  #askOnce() {
    // Not to be guessed: whoever answered before they are asked would seem to be near.
    const [n = 0] = crypto.getRandomValues(new Uint32Array(1));
    this.pace.asked(n);
    this.#ping(n);
  }

  #measure() {
    if (this.pace.mayAsk) this.#askOnce();
    else this.pace.look();
    this.#pings.plan(ASK_EVERY, () => this.#measure());
  }
}
