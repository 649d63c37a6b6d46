import { backoff } from "./timing.js";

/** @typedef {import("./timing.js").Clock} Clock */

// As config/static.py finds them.
const IMPORTED = /\b(?:import|from)\s*["'](\.{1,2}\/[^"']+\.js)["']/g;

/**
 * A part of a page that comes later: when it is first needed, or when there is time. While it cannot be had it is tried
 * again, for as long as it takes.
 *
 * Browsers remember for good that a module could not be fetched (until they follow whatwg/html#10327). So its file, and
 * those that it imports, are first fetched into the browser's cache, which can be done as often as need be.
 *
 * @template T
 */
export class Later {
  /** It is here, or late. @type {() => void} */
  onchange = () => {};
  /** Null until it is here. @type {T | null} */
  part = null;
  /** It could not be had so far. */
  isLate = false;
  #address;
  #make;
  #clock;
  /** @type {Promise<T> | null} */
  #loading = null;

  /**
   * @param {string} address  of the module, as `import.meta.resolve` gives it
   * @param {() => Promise<T>} make  imports it, and makes something of it
   * @param {Clock} clock
   */
  constructor(address, make, clock) {
    this.#address = address;
    this.#make = make;
    this.#clock = clock;
  }

  /** Begins to load it, unless that has begun. */
  load() {
    return (this.#loading ??= this.#load());
  }

  async #load() {
    await this.#arrival();
    this.part = await this.#make();
    this.isLate = false;
    this.onchange();
    return this.part;
  }

  async #arrival() {
    for (let tries = 0; !(await isThere(this.#address)); tries += 1) {
      this.isLate = true;
      this.onchange();
      await new Promise((resolve) => this.#clock.after(backoff(tries), () => resolve(undefined)));
    }
  }
}

/**
 * Whether a module and all that it imports could be fetched.
 *
 * @param {string} address
 * @param {Set<string>} [seen]  those that are looked after
 * @returns {Promise<boolean>}
 */
async function isThere(address, seen = preloaded()) {
  if (seen.has(address)) return true;
  seen.add(address);
  try {
    const answer = await fetch(address);
    if (!answer.ok) return false;
    const names = [...(await answer.text()).matchAll(IMPORTED)].map(([, name = ""]) => name);
    const found = await Promise.all(names.map((name) => isThere(import.meta.resolve(new URL(name, address).href), seen)));
    return !found.includes(false);
  } catch (error) {
    // What `fetch` fails with where there is no network.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** What the page came with. */
function preloaded() {
  return new Set([...document.querySelectorAll('link[rel="modulepreload"]')].map((link) => /** @type {HTMLLinkElement} */ (link).href));
}
