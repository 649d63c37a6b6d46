import { Emitter } from "./events.js";
import { backoff } from "./timing.js";

/** @typedef {import("./timing.js").Clock} Clock */

// As config/static.py finds them.
const IMPORTED = /\b(?:import|from)\s*["'](\.{1,2}\/[^"']+\.js)["']/g;

// Whoever waits for longer is told so; who has asked for longer asks again (milliseconds).
const SOON = 1_500;
const PATIENCE = 20_000;

/** The server has this file no more: the page is from before an update. */
class Outdated extends Error {}

/**
 * @typedef {object} LaterEvents
 * @property {[]} change  it is here, or there is some trouble with it
 */

/**
 * A part of a page that comes later: when it is first needed, or when there is time. While it cannot be had it is tried
 * again, for as long as it takes; unless it is not there any more, or broken.
 *
 * Browsers remember for good that a module could not be fetched (until they follow whatwg/html#10327). So its file, and
 * those that it imports, are first fetched into the browser's cache, which can be done as often as need be.
 *
 * @template T
 * @extends {Emitter<LaterEvents>}
 */
export class Later extends Emitter {
  /** Null until it is here. @type {T | null} */
  part = null;
  /** What keeps it away; of what is outdated or broken there is no more to come. @type {"" | "late" | "outdated" | "broken"} */
  trouble = "";
  #address;
  #make;
  #clock;
  #ahead;
  /** @type {Promise<T> | null} */
  #loading = null;

  /**
   * @param {string} address  of the module, as `import.meta.resolve` gives it
   * @param {() => Promise<T>} make  imports it, and makes something of it
   * @param {Clock} clock
   * @param {string[]} [ahead]  addresses of what it imports, as far as they are known: all are fetched in one round trip
   */
  constructor(address, make, clock, ahead = []) {
    super();
    this.#address = address;
    this.#make = make;
    this.#clock = clock;
    this.#ahead = ahead;
  }

  /** Begins to load it, unless that has begun. */
  load() {
    return (this.#loading ??= this.#load());
  }

  async #load() {
    const cancel = this.#clock.after(SOON, () => this.#tell("late"));
    try {
      await this.#arrival();
      this.part = await this.#make();
    } catch (error) {
      this.#tell(error instanceof Outdated ? "outdated" : "broken");
      throw error;
    } finally {
      cancel();
    }
    this.#tell("");
    return this.part;
  }

  async #arrival() {
    for (let tries = 0; !(await areThere([this.#address, ...this.#ahead])); tries += 1) {
      this.#tell("late");
      await new Promise((resolve) => this.#clock.after(backoff(tries), () => resolve(undefined)));
    }
  }

  /** @param {Later<T>["trouble"]} trouble */
  #tell(trouble) {
    this.trouble = trouble;
    this.emit("change");
  }
}

/**
 * Whether modules and all that they import could be fetched. Raises `Outdated` if there is no more to hope for.
 *
 * @param {string[]} addresses
 * @param {Set<string>} [seen]  those that are looked after
 */
async function areThere(addresses, seen = preloaded()) {
  const found = await Promise.all(addresses.map((address) => isThere(address, seen)));
  return !found.includes(false);
}

/** @param {string} address @param {Set<string>} seen @returns {Promise<boolean>} */
async function isThere(address, seen) {
  if (seen.has(address)) return true;
  seen.add(address);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 404 || answer.status === 410) throw new Outdated(address);
    if (!answer.ok) return false;
    const names = [...(await answer.text()).matchAll(IMPORTED)].map(([, name = ""]) => name);
    return await areThere(
      names.map((name) => import.meta.resolve(new URL(name, address).href)),
      seen,
    );
  } catch (error) {
    // What `fetch` fails with where there is no network, or one that has fallen silent.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError")) {
      return false;
    }
    throw error;
  }
}

/** What the page came with. */
function preloaded() {
  return new Set(
    [...document.querySelectorAll('link[rel="modulepreload"]')].map(
      (link) => /** @type {HTMLLinkElement} */ (link).href,
    ),
  );
}
