import { clockTime, locale, t } from "../../lib/i18n.js";
import { find, mark, write } from "../../lib/dom.js";

/** @typedef {"prejoin" | "room" | "ended"} Part */

/** Which part of the page is shown, and the top line of the room: time, privacy, full screen. */
export class Page {
  #top;
  /** @type {Part} */
  #part = "prejoin";
  #hasChanged = false;
  /** @type {Date | null} */
  #endsAt;
  /** @type {number | null} */
  #since = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;

  /**
   * @param {HTMLElement} root   the page's body
   * @param {{ startsAt: string | null, endsAt: string | null }} options   as planned, ISO 8601; null for an instant meeting
   */
  constructor(root, { startsAt, endsAt }) {
    this.#top = find(root, "#top");
    this.#endsAt = startsAt && endsAt ? new Date(endsAt) : null;
    find(this.#top, '[data-part="private"]').addEventListener("click", showPromises);
    const fullscreen = find(this.#top, '[data-part="fullscreen"]');
    fullscreen.hidden = !document.fullscreenEnabled;
    fullscreen.addEventListener("click", () => void toggleFullScreen());
    document.addEventListener("fullscreenchange", () =>
      mark(fullscreen, "aria-label", document.fullscreenElement ? t("Leave full screen") : t("Full screen")),
    );
  }

  /**
   * @param {{ part: Part, since: number | null, people: { length: number } }} state
   *     `since`: when I came in, Unix milliseconds
   */
  render({ part, since, people }) {
    this.#show(part);
    this.#since = since;
    const count = people.length;
    const [reach, label] =
      count > 1
        ? [t("Private to {count}", { count }), t("Private to {count}: how this call is protected", { count })]
        : [t("Private"), t("Private: how this call is protected")];
    write(find(this.#top, '[data-part="private-to"]'), reach);
    mark(find(this.#top, '[data-part="private"]'), "aria-label", label);
    this.#tick();
  }

  /** @param {Part} part */
  #show(part) {
    if (part === this.#part) return;
    this.#part = part;
    for (const id of ["prejoin", "room", "ended"]) find(document, `#${id}`).hidden = id !== part;
    if (part !== "room" && document.fullscreenElement) void document.exitFullscreen();
    // A dialog that nobody sees any more would still keep everything else from being pressed.
    if (part !== "room") for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    this.#hasChanged = true;
    clearInterval(this.#clock);
    if (part === "room") this.#clock = setInterval(() => this.#tick(), 1000);
  }

  /** Moves focus and scroll to a part that is new: once it is filled, since both ask for a layout of the page. */
  drawn() {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    // The part that had the focus is gone; the heading tells where one is now.
    if (this.#part !== "prejoin") find(document, `#${this.#part} h1`).focus();
    scrollTo(0, 0);
  }

  #tick() {
    write(
      find(this.#top, '[data-part="elapsed"]'),
      this.#since === null ? "" : elapsed(Date.now() - this.#since),
    );
    // Each time, since what is today is yesterday after midnight.
    write(find(this.#top, '[data-part="planned"]'), this.#endsAt ? planned(this.#endsAt) : "");
  }
}

/** Say what is private here, and what is not. */
export function showPromises() {
  /** @type {HTMLDialogElement} */ (find(document, "#promises")).showModal();
}

export async function toggleFullScreen() {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await document.documentElement.requestFullscreen();
}

/**
 * "Planned until 10:30"; with the day, unless that is today.
 *
 * @param {Date} ends
 * @param {Date} [now]
 */
export function planned(ends, now = new Date()) {
  const clock = clockTime(ends);
  if (ends.toDateString() === now.toDateString()) return t("Planned until {clock}", { clock });
  const day = ends.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
  return t("Planned until {clock} on {day}", { clock, day });
}

/** @param {number} ms */
export function elapsed(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((n) =>
    String(n).padStart(2, "0"),
  );
  return h === "00" ? `${m}:${s}` : `${Number(h)}:${m}:${s}`;
}
