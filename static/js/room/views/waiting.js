import { clockTime, locale, t, tn, woven } from "../../lib/i18n.js";
import { announce, called, find, icon, make, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";

/** @import { DoorState } from "../state.js" */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** At a door that is shut: when it opens, or that I wait and for whom. Loaded only then. */
export class Waiting {
  #root;
  #organizer;
  #stop;
  #title;
  #lobby;
  #drawn = new Latest();
  #waits = false;
  /** @type {number | null} */
  #opensAt = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;

  /**
   * @param {HTMLElement} root   [data-part="door"] of prejoin; with data-lobby where hosts let people in
   * @param {{ organizer: string, title: string, stop: () => void }} options   `organizer`: what to call them; `title`: of
   *     the page; `stop`: wait no more
   */
  constructor(root, { organizer, title, stop }) {
    this.#root = root;
    this.#lobby = "lobby" in root.dataset;
    this.#organizer = organizer;
    this.#title = title;
    this.#stop = stop;
  }

  /** @param {DoorState} door */
  render(door) {
    this.#opensAt = door.opensAt;
    clearInterval(this.#ticking);
    if (door.opensAt !== null) this.#ticking = setInterval(() => this.#tick(), 1000);
    const shown = [door.kind, door.waits, door.host, door.opensAt && Math.round(door.opensAt / 5000)];
    if (this.#drawn.isNew(shown)) this.#draw(door);
    this.#tick();
  }

  /** @param {DoorState} door */
  #draw({ kind, waits, host, opensAt }) {
    const began = waits && !this.#waits;
    const ended = !waits && this.#waits;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#waits = waits;
    this.#root.hidden = kind === "open" || (!waits && kind !== "early");
    // Inside, the title says who waits.
    if (waits) document.title = t("Waiting · {title}", { title: this.#title });
    else if (ended) document.title = this.#title;
    if (this.#root.hidden) {
      // The button that stopped the waiting is gone; what it led back to has the focus.
      if (hadFocus) find(document, '#prejoin [data-part="join"]').focus();
      return;
    }

    const { title, text } = waits ? this.#waiting(kind, host, opensAt) : shut(opensAt, this.#lobby);
    const parts = [make("h2", { id: "door-title" }, ...title), make("p", {}, ...text)];
    if (opensAt !== null) parts.splice(1, 0, make("p", { class: "countdown number", role: "timer" }));
    if (waits) {
      parts.push(
        make(
          "p",
          { class: "small soft" },
          t("Nobody sees or hears you yet. Leave this page open: you come in by yourself."),
        ),
      );
    }
    this.#root.replaceChildren(icon(opensAt === null ? "bell" : "clock"), make("div", {}, ...parts));
    if (waits) this.#root.append(this.#stopButton());
    // Whoever pressed the button that is gone now learns here what became of it.
    if (began || hadFocus) this.#root.focus();
    else announce(find(this.#root, "h2").textContent ?? "");
  }

  #stopButton() {
    const button = make("button", { class: "button", type: "button" }, t("Stop waiting"));
    button.addEventListener("click", () => this.#stop());
    return button;
  }

  /**
   * @param {DoorState["kind"]} kind
   * @param {string} host
   * @param {number | null} opensAt
   * @returns {{ title: (string | Node)[], text: (string | Node)[] }}
   */
  #waiting(kind, host, opensAt) {
    const organizer = called(this.#organizer);
    if (kind === "full") {
      return {
        title: [t("You may come in when a seat is free")],
        text: [t("You have been let in, but every seat is taken at the moment.")],
      };
    }
    if (kind === "locked") {
      const who = host
        ? woven(t("{host} has heard that you are here, and may let you in."), { host: called(host) })
        : [t("A host who comes may let you in.")];
      return {
        title: [t("The room is locked")],
        text: [t("You come in when a host unlocks it."), " ", ...who],
      };
    }
    if (opensAt !== null) {
      const who = host
        ? woven(t("{host} is inside, and may let you in sooner."), { host: called(host) })
        : [t("A host who comes sooner may let you in sooner.")];
      if (this.#lobby) {
        return { title: [doorOpens(opensAt)], text: [t("Then a host lets you in."), " ", ...who] };
      }
      return { title: [comeIn(opensAt)], text: who };
    }
    if (host) {
      return {
        title: woven(t("Waiting for {host} to let you in"), { host: called(host) }),
        text: [t("They have heard that you are here.")],
      };
    }
    const text =
      kind === "lobby"
        ? [t("No host is inside yet. Whoever comes first hears of you.")]
        : [t("The room opens when they come.")];
    return { title: woven(t("Waiting for {host}"), { host: organizer }), text };
  }

  #tick() {
    const left = this.#root.querySelector(".countdown");
    if (left && this.#opensAt !== null) write(left, countdown(this.#opensAt - Date.now()));
  }
}

/**
 * @param {number | null} opensAt
 * @param {boolean} lobby   whether a host lets people in once it is open
 * @returns {{ title: string[], text: string[] }}
 */
export function shut(opensAt, lobby) {
  if (opensAt === null) return { title: [t("The door is shut")], text: [] };
  const then = lobby
    ? t("Join now and wait here: once it is open, a host lets you in.")
    : t("Join now and you are taken in as soon as it does.");
  return { title: [doorOpens(opensAt)], text: [then] };
}

/**
 * By this computer's clock.
 *
 * @param {number} moment   Unix milliseconds
 * @param {number} [now]
 */
export function doorOpens(moment, now) {
  const { days, day, clock } = onTheClock(moment, now);
  if (days === 0) return t("The door opens at {clock}", { clock });
  if (days === 1) return t("The door opens tomorrow at {clock}", { clock });
  return t("The door opens on {day} at {clock}", { day, clock });
}

/** @param {number} moment @param {number} [now] */
export function comeIn(moment, now) {
  const { days, day, clock } = onTheClock(moment, now);
  if (days === 0) return t("You come in at {clock}", { clock });
  if (days === 1) return t("You come in tomorrow at {clock}", { clock });
  return t("You come in on {day} at {clock}", { day, clock });
}

/**
 * In how many days, its name, and the time.
 *
 * @param {number} moment
 * @param {number} [now]
 */
function onTheClock(moment, now = Date.now()) {
  // The server's seconds took a moment to get here.
  const date = new Date(Math.round(moment / 5000) * 5000);
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / DAY);
  const day = date.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
  return { days, day, clock: clockTime(date) };
}

/**
 * "in 3 days", "in 2 h 5 min", "in 9:41".
 *
 * @param {number} left   milliseconds
 */
export function countdown(left) {
  if (left <= 0) return t("now");
  if (left >= 2 * DAY) return tn("in {count} day", "in {count} days", Math.floor(left / DAY));
  const minutes = Math.ceil(left / MINUTE);
  if (minutes > 60) {
    return t("in {hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  }
  const seconds = Math.ceil(left / 1000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return t("in {time}", { time });
}
