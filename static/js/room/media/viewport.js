import { Latest } from "../../lib/events.js";
import { Timer } from "../../lib/timing.js";

/**
 * @typedef {import("../messages.js").Wish} Wish
 * @typedef {import("../messages.js").View} View
 * @typedef {import("../../lib/timing.js").Clock} Clock
 * @typedef {"camera" | "screen"} Picture
 *
 * What a tile of the stage tells about the picture in it.
 * @typedef {object} Seen
 * @property {string} id       whose it is
 * @property {Picture} slot
 * @property {number} lines    of the picture as it is shown, in pixels of the style sheet
 * @property {boolean} large
 * @property {boolean} [arrived]  there is something of it to show
 */

/** Sizes that are asked for: a window that is drawn wider does not ask anew at every pixel. */
const SIZES = [90, 180, 270, 360, 540, 720, 1080];
// Nobody sees that a face was enlarged by less, and the next size costs up to twice as much.
const ENLARGED = 1.1;
// Finer pixels than these nobody sees in a face.
const MOST_DENSITY = 1.5;
// What appears is wanted now, and what grows as soon as it has grown; what shrinks may grow again in a moment.
const GROWTH = 100;
const SHRINKING = 1_000;
const OUT_OF_SIGHT = 5_000;
/** @type {Wish} */
const UNSEEN = { height: 0, large: false };

/** @param {number} lines  0 when nothing of it is seen */
export function size(lines) {
  if (lines <= 0) return 0;
  return SIZES.find((one) => one * ENLARGED >= lines) ?? SIZES[SIZES.length - 1] ?? lines;
}

/** What I want to see of one person, and what I have said of it. */
class Wanting {
  /** @type {Record<Picture, Wish>} */
  wishes = { camera: UNSEEN, screen: UNSEEN };
  said = new Latest();
  /** @type {Record<Picture, Wish>} */
  last = { camera: UNSEEN, screen: UNSEEN };
  timer;
  /** After which the timer is to speak, in milliseconds. */
  pause = 0;

  /** @param {Clock} clock */
  constructor(clock) {
    this.timer = new Timer(clock);
  }
}

/**
 * Tells each sender how large their pictures are shown here: growth at once, shrinking after a moment, and nothing
 * at all is wanted while nobody sees this page.
 */
export class Wishes {
  #send;
  #clock;
  #sight;
  #isSeen = true;
  /** Numbers all that is said, so that of two only the newer counts. */
  #seq = 0;
  /** @type {Map<string, Wanting>} */
  #people = new Map();

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {(id: string, view: View) => boolean} options.send  whether it could be sent
   */
  constructor({ clock, send }) {
    this.#clock = clock;
    this.#send = send;
    this.#sight = new Timer(clock);
  }

  /**
   * @param {string} id
   * @param {Picture} slot
   * @param {Wish} wish
   */
  want(id, slot, wish) {
    const wanting = this.#people.get(id) ?? new Wanting(this.#clock);
    this.#people.set(id, wanting);
    wanting.wishes[slot] = wish;
    this.#consider(id, wanting);
  }

  /** This picture of theirs is shown no more; of whoever is forgotten there is nothing left to say. @param {string} id @param {Picture} slot */
  unsee(id, slot) {
    if (this.#people.has(id)) this.want(id, slot, UNSEEN);
  }

  /** The page is in the background, or out of it again. @param {boolean} isHidden */
  hide(isHidden) {
    this.#sight.cancel();
    if (isHidden) return this.#sight.plan(OUT_OF_SIGHT, () => this.#see(false));
    this.#see(true);
  }

  /** Says all of it to somebody who can hear it only now. @param {string} id */
  repeat(id) {
    const wanting = this.#people.get(id);
    if (wanting) this.#say(id, wanting);
  }

  /** @param {string} id */
  forget(id) {
    this.#people.get(id)?.timer.cancel();
    this.#people.delete(id);
  }

  /** @param {boolean} isSeen */
  #see(isSeen) {
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    for (const [id, wanting] of this.#people) {
      if (isSeen) this.#consider(id, wanting);
      else this.#say(id, wanting);
    }
  }

  /** @param {string} id @param {Wanting} wanting */
  #consider(id, wanting) {
    const { camera, screen } = this.#now(wanting);
    if (!wanting.said.isOther({ camera, screen })) return wanting.timer.cancel();
    const { last } = wanting;
    const pause = Math.min(delay(last.camera, camera), delay(last.screen, screen));
    // What is planned says whatever holds by then; only what is more urgent may bring it forward.
    if (wanting.timer.pending && wanting.pause <= pause) return;
    wanting.pause = pause;
    wanting.timer.plan(pause, () => this.#say(id, wanting));
  }

  /** @param {string} id @param {Wanting} wanting */
  #say(id, wanting) {
    wanting.timer.cancel();
    const { camera, screen } = this.#now(wanting);
    this.#seq += 1;
    // Where no channel is open it is said when one opens.
    if (!this.#send(id, { type: "view", seq: this.#seq, camera, screen })) return;
    wanting.last = { camera, screen };
    wanting.said.keep(wanting.last);
  }

  /** @param {Wanting} wanting */
  #now({ wishes }) {
    return this.#isSeen ? { ...wishes } : { camera: UNSEEN, screen: UNSEEN };
  }
}

/** How long a change may wait. @param {Wish} before @param {Wish} after */
function delay(before, after) {
  if (before.height === 0 && after.height > 0) return 0;
  if (before.arrived !== after.arrived && after.height > 0) return GROWTH;
  return after.height > before.height || (after.large && !before.large) ? GROWTH : SHRINKING;
}

/**
 * Watches which tiles of the stage are seen, and how large.
 *
 * @typedef {{element: HTMLElement, seen: Seen | null}} WatchedTile
 */
export class Viewport {
  #wishes;
  /** Whether any of it can be seen. @type {Map<WatchedTile, boolean>} */
  #tiles = new Map();
  /** @type {WeakMap<Element, WatchedTile>} */
  #of = new WeakMap();
  #observer;

  /** @param {Wishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.#observer = new IntersectionObserver((entries) => this.#notice(entries));
    document.addEventListener("visibilitychange", () => this.#wishes.hide(document.hidden));
    if (document.hidden) this.#wishes.hide(true);
  }

  /** @param {WatchedTile} tile */
  add(tile) {
    this.#tiles.set(tile, false);
    this.#of.set(tile.element, tile);
    this.#observer.observe(tile.element);
  }

  /** @param {WatchedTile} tile  as it was */
  remove(tile) {
    this.#observer.unobserve(tile.element);
    this.#tiles.delete(tile);
    const { seen } = tile;
    if (!seen) return;
    if (seen.slot === "camera") this.#wishes.forget(seen.id);
    else this.#wishes.unsee(seen.id, "screen");
  }

  /** The tiles have other places, or other sizes. */
  measure() {
    for (const [tile, isSeen] of this.#tiles) this.#tell(tile, isSeen);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #notice(entries) {
    for (const { target, isIntersecting } of entries) {
      const tile = this.#of.get(target);
      if (!tile || !this.#tiles.has(tile)) continue;
      this.#tiles.set(tile, isIntersecting);
      this.#tell(tile, isIntersecting);
    }
  }

  /** @param {WatchedTile} tile @param {boolean} isSeen */
  #tell({ seen }, isSeen) {
    if (!seen) return;
    const height = isSeen ? size(seen.lines * Math.min(devicePixelRatio, MOST_DENSITY)) : 0;
    // Whoever shows a screen is told when it does not come through.
    const arrival = seen.slot === "screen" ? { arrived: seen.arrived ?? false } : {};
    this.#wishes.want(seen.id, seen.slot, height > 0 ? { height, large: seen.large, ...arrival } : UNSEEN);
  }
}
