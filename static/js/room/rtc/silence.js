import { Emitter, Latest } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";

/**
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * What comes by a connection that is connected.
 * @typedef {object} Stream
 * @property {() => Promise<number | null>} packets  how many of sound and picture have come; null if that is not known
 * @property {unknown} said  what the other end says is on: when that changes, so does what comes
 */

const EVERY = 500;
const CLOSELY = 250;
// Packets of one look: who sends a voice or a picture sends more, who sends none sends none.
const FEW = 5;
// From when on it is a flow that can break off, in looks.
const STEADY = 2;
const DOUBT_AFTER = 700;
const SILENT_AFTER = 1_500;
// A page that comes to it later than this does not know what it would have found in time.
const LATE = 200;
// A line that comes and goes is left to the browser, and to what is done about a connection that is broken.
const AGAIN = 10_000;

/**
 * @typedef {object} SilenceEvents
 * @property {[]} doubt  it is still everywhere, which may be a moment's: a look at the server costs nothing
 * @property {[]} silence  it has been for longer than a line falters
 */

/**
 * Whether it has become still on all connections in the same moment: then it is my own line, as where the provider gives it
 * another address and nobody tells the page. A browser takes five seconds to doubt a path, and then goes on trying it.
 *
 * One flow is looked at twice a second; only while that one is still are the others asked too, whether anything comes
 * there. Silence on one connection of several is nobody's news: that may be their own doing.
 *
 * @extends {Emitter<SilenceEvents>}
 */
export class Silence extends Emitter {
  #now;
  #connections;
  #isHidden;
  #next;
  #isRunning = false;
  #due = 0;
  /** Whose flow is looked at. */
  #id = "";
  /** What they said was on meanwhile. */
  #said = new Latest();
  /** What had come of it, at the last look. @type {number | null} */
  #packets = null;
  /** For how many looks it has flowed, and in how many since then little came. */
  #flowed = 0;
  #faltered = 0;
  /** When it last did. */
  #at = -Infinity;
  /** What had come by each connection when it fell still. @type {ReadonlyMap<string, number> | null} */
  #before = null;
  #isDoubted = false;
  /** When there was last a doubt, and a silence. */
  #doubtedAt = -Infinity;
  #silentAt = -Infinity;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {() => ReadonlyMap<string, Stream>} options.connections  that are connected
   * @param {() => boolean} [options.isHidden]  whether nobody sees the page, so that its timers wait
   */
  constructor({ clock, connections, isHidden = () => false }) {
    super();
    this.#now = clock.now;
    this.#connections = connections;
    this.#isHidden = isHidden;
    this.#next = new Timer(clock);
  }

  start() {
    this.#isRunning = true;
    this.#plan();
  }

  stop() {
    this.#isRunning = false;
    this.#next.cancel();
  }

  #plan() {
    const pause = this.#before ? CLOSELY : EVERY;
    this.#due = this.#now() + pause;
    this.#next.plan(pause, () => void this.#turn());
  }

  async #turn() {
    const begun = this.#now();
    const late = this.#isHidden() ? 0 : begun - this.#due;
    const connections = this.#connections();
    if (this.#said.isOther(connections.get(this.#id)?.said)) this.#choose(connections);
    const counts = await read(connections, this.#before ? [...connections.keys()] : [this.#id]);
    const isStill = this.#judge(counts, connections);
    // What the others have by now is compared with what they have at the next look.
    const before = isStill && !this.#before ? await read(connections, [...connections.keys()]) : this.#before;
    if (!this.#isRunning) return;
    this.#before = isStill ? before : null;
    // Who is slow oneself finds late what came in time.
    if (late > LATE || this.#now() - begun > LATE) this.#choose(connections);
    this.#plan();
  }

  /**
   * Whether it is still.
   *
   * @param {ReadonlyMap<string, number>} counts
   * @param {ReadonlyMap<string, Stream>} connections
   */
  #judge(counts, connections) {
    const packets = counts.get(this.#id) ?? null;
    const came = packets === null || this.#packets === null ? null : packets - this.#packets;
    this.#packets = packets;
    if (came === null) return false;
    if (came !== 0) {
      this.#flow(came, connections);
      return false;
    }
    if (this.#flowed < STEADY) {
      this.#choose(connections);
      return false;
    }
    if (!this.#before) return true;
    for (const [id, count] of counts) {
      if (count === (this.#before.get(id) ?? count)) continue;
      this.#choose(connections);
      return false;
    }
    this.#tell();
    return true;
  }

  /** @param {number} came @param {ReadonlyMap<string, Stream>} connections */
  #flow(came, connections) {
    this.#isDoubted = false;
    this.#at = this.#now();
    this.#faltered = came < FEW ? this.#faltered + 1 : 0;
    if (came >= FEW) this.#flowed += 1;
    else if (this.#flowed < STEADY || this.#faltered > STEADY) this.#choose(connections);
  }

  #tell() {
    const now = this.#now();
    const silence = now - this.#at;
    if (!this.#isDoubted && silence >= DOUBT_AFTER && now - this.#doubtedAt >= AGAIN) {
      this.#isDoubted = true;
      this.#doubtedAt = now;
      this.emit("doubt");
    }
    // Once for each silence.
    if (!this.#isDoubted || silence < SILENT_AFTER || this.#silentAt >= this.#at) return;
    this.#silentAt = now;
    this.emit("silence");
  }

  /** Another flow to look at: the next. @param {ReadonlyMap<string, Stream>} connections */
  #choose(connections) {
    const ids = [...connections.keys()];
    this.#id = ids[(ids.indexOf(this.#id) + 1) % ids.length] ?? "";
    this.#said.keep(connections.get(this.#id)?.said ?? "");
    this.#packets = null;
    this.#flowed = 0;
    this.#faltered = 0;
    this.#before = null;
    this.#isDoubted = false;
  }
}

/** @param {ReadonlyMap<string, Stream>} connections @param {string[]} ids */
async function read(connections, ids) {
  const found = await Promise.all(
    ids.map(async (id) => /** @type {const} */ ([id, (await connections.get(id)?.packets()) ?? null])),
  );
  return new Map(
    found.flatMap(([id, count]) => (count === null ? [] : [/** @type {[string, number]} */ ([id, count])])),
  );
}
