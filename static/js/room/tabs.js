/** Notices when another tab of this browser is in the same room: two in one place would echo. */
export class Tabs {
  /** Another one was inside before this one. @type {() => void} */
  onother = () => {};
  #channel;
  #inside = false;

  /** @param {BroadcastChannel} channel  of the room */
  constructor(channel) {
    this.#channel = channel;
    channel.addEventListener("message", ({ data }) => {
      if (!this.#inside) return;
      if (data === "entering") channel.postMessage("inside");
      if (data === "inside") this.onother();
    });
  }

  enter() {
    this.#inside = true;
    this.#channel.postMessage("entering");
  }

  leave() {
    this.#inside = false;
  }
}
