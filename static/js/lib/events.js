/**
 * Tells of what happens, to everybody who listens, in the order in which they began to.
 *
 * @template {Record<string, unknown[]>} Events  what is told, by the name of the event
 */
export class Emitter {
  /** @type {Map<keyof Events, Set<(...news: any[]) => void>>} */
  #listeners = new Map();

  /**
   * @template {keyof Events} Name
   * @param {Name} name
   * @param {(...news: Events[Name]) => void} listener  who listens twice is told once
   * @returns {() => void}  ends it
   */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /**
   * Whoever begins to listen meanwhile is told the next time, and whoever has ended it, no more.
   *
   * @template {keyof Events} Name
   * @param {Name} name
   * @param {Events[Name]} news
   */
  emit(name, ...news) {
    const listeners = this.#listeners.get(name);
    for (const listener of [...(listeners ?? [])]) if (listeners?.has(listener)) listener(...news);
  }
}

/** Knows what something was the last time, as far as it can be told in JSON; a stream counts by its id. */
export class Latest {
  #text = "";

  /** Whether it is another now; the first time it is. From here on this is the latest. @param {unknown} value */
  isNew(value) {
    const isOther = this.isOther(value);
    if (isOther) this.keep(value);
    return isOther;
  }

  /** Whether it would be another. @param {unknown} value */
  isOther(value) {
    return text(value) !== this.#text;
  }

  /** @param {unknown} value */
  keep(value) {
    this.#text = text(value);
  }

  /** Whatever comes next is new. */
  forget() {
    this.#text = "";
  }
}

/** @param {unknown} value */
function text(value) {
  const json = JSON.stringify(value, (_, part) =>
    part instanceof EventTarget && "id" in part ? part.id : part,
  );
  return json ?? "undefined";
}
