/**
 * What a browser keeps for a page, in the knowledge that it may not: people turn storage off or block cookies, which
 * makes every access throw or find nothing there; a value may be anybody's; and the space may be used up.
 */
export class Store {
  #find;
  /** What could not be kept lives as long as the page. `null`: taken away. @type {Map<string, string | null>} */
  #own = new Map();

  /** @param {() => Storage | null | undefined} find  as `() => localStorage`, which may throw */
  constructor(find) {
    this.#find = find;
  }

  /** The text under this key, or null. @param {string} key */
  text(key) {
    const own = this.#own.get(key);
    return own === undefined ? this.#reach((storage) => storage.getItem(key)) : own;
  }

  /** The value under this key; null if there is none that can be read. @param {string} key @returns {unknown} */
  value(key) {
    try {
      return JSON.parse(this.text(key) ?? "null");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return null;
    }
  }

  /** The same if it is an object. @param {string} key @returns {Record<string, unknown> | null} */
  object(key) {
    const value = this.value(key);
    return typeof value === "object" && !Array.isArray(value)
      ? /** @type {Record<string, unknown> | null} */ (value)
      : null;
  }

  /** Under what something is kept. */
  get keys() {
    const stored =
      this.#reach((storage) =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
      ) ?? [];
    return [...new Set([...stored, ...this.#own.keys()])].filter((key) => this.text(key) !== null);
  }

  /** @param {string} key @param {string | object} value */
  keep(key, value) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const isKept = this.#reach((storage) => {
      storage.setItem(key, text);
      return true;
    });
    if (isKept) this.#own.delete(key);
    else this.#own.set(key, text);
  }

  /** @param {string} key */
  forget(key) {
    const isGone = this.#reach((storage) => {
      storage.removeItem(key);
      return true;
    });
    if (isGone) this.#own.delete(key);
    else this.#own.set(key, null);
  }

  /** Null where there is no storage. @template T @param {(storage: Storage) => T} act */
  #reach(act) {
    try {
      const storage = this.#find();
      return storage ? act(storage) : null;
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }
}

/** For this tab, also after a reload. */
export const tabStore = new Store(() => globalThis.sessionStorage);
/** For this browser. */
export const browserStore = new Store(() => globalThis.localStorage);
