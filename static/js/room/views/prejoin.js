// Long, since each module that the page needs before the click is a request (docs/development.md).
import { t, woven } from "../../lib/i18n.js";
import { avatar } from "../../lib/avatar.js";
import { called, changeIcon, fill, find, make, mark, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { canAskAgain, choices, comesBack, refusal, trouble } from "../words/sources.js";

/**
 * @import { DoorState, Kind, Mine, Phase, Problem, Source } from "../state.js"
 *
 * What keeps the room away, and whether I sit in it already.
 * @typedef {{trouble: import("../../lib/later.js").Later<unknown>["trouble"], isInside: boolean}} RoomState
 * @typedef {{mine: Mine, inside: string[], phase: Phase, problem: Problem, door: DoorState, room: RoomState}} Shown
 */

/** How long the browser may think about devices before we say what it waits for, in ms. */
const PATIENCE = 800;
/** After so much silence we ask for a word, in ms. */
const SILENCE = 5000;
const BARS = 20;

/** @type {Record<Exclude<Problem, "">, string>} */
const PROBLEMS = {
  offline: t("We cannot reach the server. We keep trying, and take you in as soon as it answers."),
  crowded: t("Many people ask to come in just now. We ask again for you in half a minute."),
  full: t("The room is full. Ask somebody to leave their seat, then join again."),
  elsewhere: t("You are in this call on two other pages already. Leave it on one of them, then join again."),
  failed: t("That did not work. Load this page again, then join once more."),
};

/** What keeps the room's own part of the page away, for whoever is outside, and for whoever sits in it already. @type {Record<string, [string, string]>} */
const ROOM = {
  late: [
    t("The room has not come through yet. We keep trying, and take you in as soon as it has."),
    t("You are in, and the others see and hear you, but the room has not come through yet. We keep trying."),
  ],
  outdated: [
    t("This page is from before an update. Load it again, then join."),
    t("This page is from before an update. Load it again: you come back to your seat."),
  ],
  broken: [
    t("The room does not work on this page. Load it again, then join."),
    t("You are in, but the room does not work on this page. Load it again: you come back to your seat."),
  ],
};

/** What the click does at a door that is shut; behind one that opens later there may be a lobby. */
const ASKS = {
  early: t("Join when it opens"),
  locked: t("Ask to join"),
  host: t("Ask to join"),
  lobby: t("Ask to join"),
  full: t("Join"),
};

/**
 * The page before the call: my picture, my devices, my name, who is inside, and Join.
 */
export class Prejoin {
  #root;
  #hasLobby;
  #organizer;
  #actions;
  #picture;
  #name;
  #join;
  #heardAt = performance.now();
  #lit = -1;
  #pendingSince = 0;
  #inside = new Latest();
  /** @type {Shown | null} */
  #shown = null;

  /**
   * @param {HTMLElement} root   #prejoin
   * @param {{
   *   organizer: string, join: (name: string) => void, reload: () => void, toggle: (kind: Kind) => void, choose: (kind: Kind, id: string) => void,
   *   askAgain: (kind: Kind) => void, leaveOff: (kind: Kind) => void, testSpeaker: () => void
   * }} options   `organizer`: what to call them
   */
  constructor(root, { organizer, ...actions }) {
    this.#root = root;
    this.#organizer = organizer;
    this.#actions = actions;
    this.#picture = /** @type {HTMLVideoElement} */ (find(root, "video"));
    this.#name = /** @type {HTMLInputElement} */ (find(root, "#name"));
    this.#join = find(root, '[data-part="join"]');
    this.#hasLobby = "lobby" in find(root, '[data-part="door"]').dataset;

    find(root, "form").addEventListener("submit", (event) => this.#submit(event));
    this.#name.addEventListener("input", () => this.#showName());
    find(root, '[data-part="test-speaker"]').addEventListener("click", () => actions.testSpeaker());
    for (const button of root.querySelectorAll("[data-toggle]")) {
      const kind = /** @type {"microphone" | "camera"} */ (button.getAttribute("data-toggle"));
      button.addEventListener("click", () => this.#toggle(kind));
    }
    for (const select of root.querySelectorAll("select")) {
      const kind = /** @type {Kind} */ (select.closest("[data-device]")?.getAttribute("data-device"));
      select.addEventListener("change", () => actions.choose(kind, select.value));
    }
    this.#buildMeter();
  }

  /** @param {Shown} state   `inside`: names of those in the room */
  render(state) {
    this.#shown = state;
    this.#renderInside(state.inside, state.door.kind);
    this.#renderPreview(state.mine);
    this.#renderDevices(state.mine);
    this.#renderEntrance(state);
  }

  /**
   * My camera's picture, or null.
   *
   * @param {MediaStream | null} stream
   */
  picture(stream) {
    if (this.#picture.srcObject !== stream) this.#picture.srcObject = stream;
    if (this.#shown) this.#renderPreview(this.#shown.mine);
  }

  /**
   * How loud my microphone is.
   *
   * @param {number} level   0 to 1
   */
  level(level) {
    const now = performance.now();
    if (level > 0.03) this.#heardAt = now;
    const lit = Math.round(level * BARS);
    if (lit !== this.#lit) {
      this.#lit = lit;
      const meter = find(this.#root, ".meter");
      meter.setAttribute("aria-valuenow", String(lit));
      [...meter.children].forEach((bar, i) => bar.classList.toggle("lit", i < lit));
    }
    if (this.#shown) this.#renderHearing(this.#shown.mine.microphone);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    if (this.#shown && isStuck(this.#shown)) return this.#actions.reload();
    if (this.#shown?.phase === "joining") return;
    const name = this.#name.value.trim();
    this.#showName(name === "");
    if (name) this.#actions.join(name);
    else this.#name.focus();
  }

  #showName(missing = false) {
    find(this.#root, "#name-error").hidden = !missing;
    mark(this.#name, "aria-invalid", missing ? "true" : null);
    mark(this.#name, "aria-describedby", missing ? "name-error" : null);
    if (this.#shown) this.#renderPreview(this.#shown.mine);
  }

  /** @param {"microphone" | "camera"} kind */
  #toggle(kind) {
    const trouble = this.#shown?.mine[kind].trouble ?? "";
    if (this.#shown && isOut(this.#shown.mine[kind])) return;
    if (comesBack(trouble)) this.#actions.leaveOff(kind);
    else if (trouble) this.#actions.askAgain(kind);
    else this.#actions.toggle(kind);
  }

  #buildMeter() {
    const meter = find(this.#root, ".meter");
    for (let i = 0; i < BARS; i++) {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, value] of Object.entries({ x: i * 5, y: 0, width: 3.6, height: 6 })) {
        bar.setAttribute(key, String(value));
      }
      meter.append(bar);
    }
  }

  /** @param {string[]} inside @param {DoorState["kind"]} door */
  #renderInside(inside, door) {
    if (!this.#inside.isNew(door === "open" ? inside : door)) return;
    const words = make("span", { class: "soft" });
    if (door !== "open") {
      // Before they are let in nobody learns who is inside, and what they knew before is old.
      words.append(
        ...(door === "early"
          ? [t("The door is not open yet.")]
          : door === "locked"
            ? [t("The room is locked.")]
            : woven(t("{host} lets people in."), { host: called(this.#organizer) })),
      );
      return find(this.#root, '[data-part="inside"]').replaceChildren(words);
    }
    const [first = "", second = ""] = inside;
    if (inside.length === 0) words.append(t("Nobody is inside yet. You are the first."));
    const names = { first: called(first), second: called(second), count: String(inside.length - 2) };
    if (inside.length === 1) words.append(...woven(t("{first} is inside"), names));
    if (inside.length === 2) words.append(...woven(t("{first} and {second} are inside"), names));
    if (inside.length > 2) {
      words.append(...woven(t("{first}, {second} and {count} more are inside"), names));
    }
    const faces =
      inside.length > 0 &&
      make("span", { class: "avatars" }, ...inside.slice(0, 4).map((name) => avatar(name, "s")));
    find(this.#root, '[data-part="inside"]').replaceChildren(...(faces ? [faces, words] : [words]));
  }

  /** @param {Mine} mine */
  #renderPreview(mine) {
    const seen = mine.camera.on && this.#picture.srcObject !== null;
    const why = this.#why(mine);
    this.#picture.hidden = !seen || Boolean(why);
    const box = find(this.#root, '[data-part="why"]');
    box.hidden = !why;
    if (why) {
      changeIcon(find(box, ".icon"), why.icon);
      write(find(box, "h2"), why.title);
      write(find(box, "p:not(.soft)"), why.text);
      write(find(box, "p.soft"), why.soft);
    }
    const nobody = find(this.#root, '[data-part="nobody"]');
    nobody.hidden = seen || Boolean(why) || mine.camera.pending;
    if (!nobody.hidden) nobody.replaceChildren(avatar(this.#name.value, "l"));
    find(this.#root, '[data-part="plate"]').hidden = Boolean(why);
    this.#renderToggle("microphone", mine);
    this.#renderToggle("camera", mine);
  }

  /**
   * What stands in place of the picture when words are needed.
   *
   * @param {Mine} mine
   */
  #why(mine) {
    const both = Boolean(mine.camera.trouble) && mine.camera.trouble === mine.microphone.trouble;
    const wrong = trouble(mine, both ? ["camera", "microphone"] : ["camera"]);
    if (wrong) {
      const soft = both
        ? t("You can also join as you are: you see and hear the others.")
        : t("You can also join without a picture.");
      return { ...wrong, soft, icon: "camera-off" };
    }
    if (!this.#isWaiting(mine)) return null;
    return {
      title: t("Your browser has a question"),
      text: t("Allow camera and microphone in its window."),
      soft: t("Nobody sees or hears you before you join."),
      icon: "camera",
    };
  }

  /** @param {Mine} mine */
  #isWaiting(mine) {
    if (!mine.camera.pending && !mine.microphone.pending) {
      this.#pendingSince = 0;
      return false;
    }
    const now = performance.now();
    if (!this.#pendingSince) {
      this.#pendingSince = now;
      // Most often the answer is there long before; words that flash by help nobody.
      setTimeout(() => this.#shown && this.#renderPreview(this.#shown.mine), PATIENCE);
    }
    return now - this.#pendingSince >= PATIENCE && !this.#picture.srcObject;
  }

  /**
   * @param {"microphone" | "camera"} kind
   * @param {Mine} mine
   */
  #renderToggle(kind, mine) {
    const source = mine[kind];
    const button = find(this.#root, `[data-toggle="${kind}"]`);
    const lit = source.on && !source.trouble;
    button.classList.toggle("off", !lit && !source.pending);
    mark(button, "aria-busy", source.pending ? "true" : null);
    mark(button, "aria-disabled", isOut(source) ? "true" : null);
    mark(button, "aria-label", label(kind, mine, lit));
    const name = kind === "microphone" ? "mic" : "camera";
    changeIcon(find(button, ".icon"), lit || source.pending ? name : `${name}-off`);
  }

  /** @param {Mine} mine */
  #renderDevices(mine) {
    for (const kind of /** @type {Kind[]} */ (["microphone", "camera", "speaker"])) {
      const field = find(this.#root, `[data-device="${kind}"]`);
      fill(/** @type {HTMLSelectElement} */ (find(field, "select")), choices(mine, kind));
      if (kind === "speaker") continue;
      const source = mine[kind];
      const name = kind === "microphone" ? "mic" : "camera";
      changeIcon(find(field, "label .icon"), source.trouble ? `${name}-off` : name);
      this.#renderAskAgain(kind, source);
      // Never hidden: what appears together with its words is not read.
      write(find(field, '[data-part="refused"]'), refusal(mine, kind));
    }
    this.#renderHearing(mine.microphone);
  }

  /**
   * @param {"microphone" | "camera"} kind
   * @param {Source} source
   */
  #renderAskAgain(kind, source) {
    const under = find(this.#root, `[data-device="${kind}"] .under`);
    const useful = canAskAgain(source.trouble);
    let button = under.querySelector("button");
    if (useful && !button) {
      button = make("button", { type: "button", "aria-label": askAgainFor(kind) }, t("Ask again"));
      button.addEventListener("click", () => this.#actions.askAgain(kind));
      under.append(button);
    } else if (!useful && button) {
      button.remove();
    }
  }

  /** @param {Source} source */
  #renderHearing(source) {
    const under = find(this.#root, '[data-device="microphone"] .under');
    const silent = performance.now() - this.#heardAt > SILENCE;
    let words = "";
    if (!source.trouble && !source.pending && !source.on) words = t("Off. Nobody will hear you.");
    if (source.on && !source.trouble && silent) words = t("We hear nothing yet. Say something.");
    find(under, ".meter").toggleAttribute("hidden", words !== "" || Boolean(source.trouble));
    let note = under.querySelector("span");
    if (words && !note) under.append((note = make("span")));
    if (note) {
      note.hidden = words === "";
      write(note, words);
    }
  }

  /** @param {Shown} state */
  #renderEntrance(state) {
    const { mine, phase, problem, door, room } = state;
    const stuck = isStuck(state);
    const joining = phase === "joining" && !stuck;
    this.#name.readOnly = door.waits;
    this.#join.hidden = door.waits;
    mark(this.#join, "aria-busy", joining ? "true" : null);
    mark(this.#join, "aria-disabled", joining ? "true" : null);
    const offered = door.kind === "open" ? offer(mine) : ASKS[this.#hasLobby ? "lobby" : door.kind];
    write(this.#join, stuck ? t("Load the page again") : joining ? t("Joining…") : offered);

    // Trouble with the microphone alone leaves the picture where it is, so its words stand here.
    const unheard = mine.camera.trouble !== mine.microphone.trouble && trouble(mine, ["microphone"]);
    const wrong = stuck || (joining && !door.waits && !problem) ? roomWords(room) : "";
    const words = wrong || (problem ? PROBLEMS[problem] : unheard ? t("{title}. {text}", unheard) : "");
    const box = find(this.#root, '[data-part="problem"]');
    box.hidden = words === "";
    write(find(box, "p"), words);
  }
}

/** Nothing that is done on this page makes it work. @param {Source} source */
function isOut({ trouble: reason }) {
  return reason !== "" && !comesBack(reason) && !canAskAgain(reason);
}

/**
 * What the round button does, or why it does nothing.
 *
 * @param {"microphone" | "camera"} kind
 * @param {Mine} mine
 * @param {boolean} lit
 */
function label(kind, mine, lit) {
  const source = mine[kind];
  if (isOut(source)) return trouble(mine, [kind])?.title ?? "";
  if (comesBack(source.trouble)) {
    return kind === "microphone" ? t("Leave the microphone off") : t("Leave the camera off");
  }
  if (source.trouble) return askAgainFor(kind);
  if (kind === "microphone") return lit ? t("Turn the microphone off") : t("Turn the microphone on");
  return lit ? t("Turn the camera off") : t("Turn the camera on");
}

/** @param {"microphone" | "camera"} kind */
function askAgainFor(kind) {
  return kind === "microphone" ? t("Ask again for the microphone") : t("Ask again for the camera");
}

/** Nobody comes in by this page, however long they wait. @param {Shown} state */
function isStuck({ door, room }) {
  return !door.waits && (room.trouble === "outdated" || room.trouble === "broken");
}

/** @param {RoomState} room */
function roomWords({ trouble, isInside }) {
  const [outside, inside] = ROOM[trouble] ?? ["", ""];
  return isInside ? inside : outside;
}

/**
 * What the click will do.
 *
 * @param {Mine} mine
 */
function offer({ microphone, camera }) {
  if (microphone.trouble && camera.trouble) return t("Join to watch and listen");
  if (camera.trouble) return t("Join without camera");
  if (microphone.trouble) return t("Join without microphone");
  return t("Join");
}
