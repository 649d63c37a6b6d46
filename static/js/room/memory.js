/**
 * @typedef {object} Visit  what a page must know to come back to its seat after a reload
 * @property {string} token
 * @property {string} name
 * @property {string} me
 * @property {number} said  how many chat messages I have written
 *
 * @typedef {Record<"microphone" | "camera", {on: boolean, device: string}> & {speaker: string}} Choices
 */

const CHOICES = "roundtable:devices";

/** What outlives the page: the visit for this tab, the choice of devices for this browser. */
export class Memory {
  #key;
  #tab;
  #browser;

  /**
   * @param {string} code  of the meeting
   * @param {Storage} tab  sessionStorage
   * @param {Storage} browser  localStorage
   */
  constructor(code, tab, browser) {
    this.#key = `roundtable:visit:${code}`;
    this.#tab = tab;
    this.#browser = browser;
  }

  /** @returns {Visit | null} */
  get visit() {
    return JSON.parse(this.#tab.getItem(this.#key) ?? "null");
  }

  /** @param {Visit} visit */
  keepVisit(visit) {
    this.#tab.setItem(this.#key, JSON.stringify(visit));
  }

  forgetVisit() {
    this.#tab.removeItem(this.#key);
  }

  /** Whether a source is on is a matter of this tab; which device it is, of this browser. @returns {Choices} */
  get choices() {
    const devices = JSON.parse(this.#browser.getItem(CHOICES) ?? "{}");
    const on = JSON.parse(this.#tab.getItem(CHOICES) ?? "{}");
    return {
      microphone: { on: on.microphone ?? true, device: devices.microphone ?? "" },
      camera: { on: on.camera ?? true, device: devices.camera ?? "" },
      speaker: devices.speaker ?? "",
    };
  }

  /** @param {Choices} choices */
  keepChoices({ microphone, camera, speaker }) {
    this.#browser.setItem(
      CHOICES,
      JSON.stringify({ microphone: microphone.device, camera: camera.device, speaker }),
    );
    this.#tab.setItem(CHOICES, JSON.stringify({ microphone: microphone.on, camera: camera.on }));
  }
}
