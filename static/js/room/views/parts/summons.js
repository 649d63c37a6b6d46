/**
 * A knock, told by the system to whoever looks at another tab: offered, and only once they have said that they want it.
 */
export class Summons {
  /** @type {Notification | null} */
  #shown = null;

  /** The browser can, and has not been asked. */
  get isOffered() {
    return "Notification" in globalThis && Notification.permission === "default";
  }

  /** It is wanted: the browser asks once more. */
  async accept() {
    await Notification.requestPermission();
  }

  /** @param {string} words */
  call(words) {
    if (!("Notification" in globalThis) || Notification.permission !== "granted" || !document.hidden) return;
    try {
      // One at a time: of two the last.
      this.#shown = new Notification(words, { tag: "roundtable-knock" });
    } catch {
      // Phones let only service workers tell.
      return;
    }
    this.#shown.addEventListener("click", () => {
      window.focus();
      this.end();
    });
  }

  /** Nobody waits any more. */
  end() {
    this.#shown?.close();
    this.#shown = null;
  }
}
