import { announce, called, find, make, write } from "../../lib/dom.js";
import { Latest } from "../../lib/events.js";
import { t, tn, woven } from "../../lib/i18n.js";
import { leaveLines, personLines } from "../hosting/lines.js";
import { successors } from "../hosting/model.js";
import { wayBack } from "../rules.js";

/**
 * @import { CallState, Person } from "../state.js"
 * @import { Line } from "../../lib/menu.js"
 */

/**
 * What hosts ask before they do something, what they say to all in full view, and what they ask of me. Loaded when it is first needed.
 */
export class HostingView {
  #actions;
  #asked;
  #ending;
  #locked;
  #count = make("span", { class: "number", role: "timer" });
  #remove;
  #rename;
  #handOver;
  #shown = new Latest();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  /** @type {CallState | null} */
  #state = null;
  /** Whom the open dialog is about. */
  #subject = "";
  /** Who was made host, so that I can leave. */
  #successor = "";

  /**
   * @param {HTMLElement} root  #hosting
   * @param {{
   *   orders: import("../hosting/orders.js").Orders, unmute: () => void, stayMuted: () => void, leave: () => void,
   *   pinOf: (id: string) => {isPinned: boolean, toggle: () => void} | null, loudness: Pick<import("../loudness.js").Loudness, "turn">,
   *   sampleOf: (id: string) => import("../stats/read.js").Sample | null
   * }} actions  `pinOf`: of a picture that can be kept large; `sampleOf`: what has been measured of the connection to somebody
   */
  constructor(root, actions) {
    this.#actions = actions;
    this.#asked = find(root, "#asked");
    this.#ending = find(document, "#ending");
    this.#locked = find(document, "#locked");
    const dialog = (/** @type {string} */ name) => /** @type {HTMLDialogElement} */ (find(root, name));
    this.#remove = dialog("#remove");
    this.#rename = dialog("#rename");
    this.#handOver = dialog("#hand-over");
    find(this.#asked, '[data-part="unmute"]').addEventListener("click", () => actions.unmute());
    find(this.#asked, '[data-part="stay"]').addEventListener("click", () => actions.stayMuted());
    find(this.#ending, "button").addEventListener("click", () => actions.orders.end(false));
    for (const one of [this.#rename, this.#handOver]) {
      find(one, '[data-part="cancel"]').addEventListener("click", () => one.close("keep"));
    }
    this.#remove.addEventListener("close", () => this.#answerRemove());
    this.#rename.addEventListener("close", () => this.#answerRename());
    this.#handOver.addEventListener("close", () => this.#answerHandOver());
  }

  /** @param {CallState} state */
  render(state) {
    this.#state = state;
    const { hosting, people, rules } = state;
    this.#locked.hidden = !rules.locked;
    this.#renderAsked(hosting.asked);
    this.#renderEnding(hosting, people.length);
    if (this.#remove.open) write(find(this.#remove, '[data-part="way-back"]'), wayBack(rules));
    for (const dialog of [this.#remove, this.#rename]) {
      if (dialog.open && !people.some(({ id }) => id === this.#subject)) dialog.close("keep");
    }
    this.#handOverTo(people);
  }

  /** I leave once whom I chose is host, and not for their sake if they never are. @param {Person[]} people */
  #handOverTo(people) {
    if (!this.#successor) return;
    const isHost = people.some(({ id, role }) => id === this.#successor && role === "host");
    if (!isHost && this.#actions.orders.isGiving(this.#successor)) return;
    this.#successor = "";
    if (isHost) this.#actions.leave();
  }

  /** I am inside no more. */
  clear() {
    if (!this.#state) return;
    const { hosting } = this.#state;
    this.#state = null;
    this.#successor = "";
    this.#renderAsked(null);
    this.#renderEnding({ ...hosting, ending: null }, 0);
    for (const dialog of [this.#remove, this.#rename, this.#handOver]) dialog.close("keep");
  }

  /** About somebody. @param {string} id @returns {Line[]} */
  personLines(id) {
    const person = this.#person(id);
    if (!person || !this.#state) return [];
    const { orders, pinOf, loudness, sampleOf } = this.#actions;
    const asking = {
      rename: (/** @type {Person} */ one) => this.#askRename(one),
      remove: (/** @type {Person} */ one) => this.#askRemove(one),
    };
    return personLines(person, this.#state, {
      orders,
      asking,
      pin: pinOf(id),
      loudness: { step: loudnessStep(), turn: (part) => loudness.turn(id, part) },
      sample: sampleOf(id),
    });
  }

  /** Of a host. @returns {Line[]} */
  leaveLines() {
    if (!this.#state) return [];
    const { leave, orders } = this.#actions;
    return leaveLines(this.#state, {
      leave,
      end: () => orders.end(true),
      handOver: () => this.#askHandOver(),
    });
  }

  /** @param {CallState["hosting"]["asked"]} asked */
  #renderAsked(asked) {
    if (!this.#shown.isNew(asked)) return;
    const had = this.#asked.contains(document.activeElement);
    this.#asked.hidden = asked === null;
    if (!asked) {
      if (had) find(document, '[data-control="microphone"]').focus();
      return;
    }
    const host = asked.by ? called(asked.by) : t("A host");
    find(this.#asked, "strong").replaceChildren(...woven(t("{host} asks you to unmute"), { host }));
    announce(
      t("{host} asks you to unmute. Until you do, nobody hears you.", { host: asked.by || t("A host") }),
      {
        urgent: true,
      },
    );
  }

  /** @param {CallState["hosting"]} hosting @param {number} count */
  #renderEnding({ ending, isHost }, count) {
    const wasHidden = this.#ending.hidden;
    this.#ending.hidden = ending === null;
    if (!ending) {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
      return;
    }
    find(this.#ending, "button").hidden = !isHost;
    if (wasHidden) {
      const words = tn(
        "This call ends for you in {left} s",
        "This call ends for all {count} of you in {left} s",
        count,
        { left: "{left}" },
      );
      find(this.#ending, "h2").replaceChildren(...woven(words, { left: this.#count }));
      const who = ending.byMe
        ? t("You ended it. Everybody reads who did.")
        : ending.by
          ? t("{host} ended it.", { host: ending.by })
          : t("A host ended it.");
      write(find(this.#ending, "p"), who);
      const left = tn(
        "This call ends for everybody in {count} second.",
        "This call ends for everybody in {count} seconds.",
        this.#left,
      );
      announce(`${left} ${who}`, { urgent: true });
      if (isHost && ending.byMe) find(this.#ending, "button").focus();
    }
    this.#ticking ??= setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  #tick() {
    write(this.#count, String(this.#left));
  }

  /** Seconds until the call ends: fewer than ten for whoever has come meanwhile. */
  get #left() {
    const now = Date.now();
    return Math.max(0, Math.ceil(((this.#state?.hosting.ending?.at ?? now) - now) / 1000));
  }

  /** @param {Person} person */
  #askRemove({ id, name }) {
    this.#subject = id;
    find(this.#remove, "h2").replaceChildren(...woven(t("Remove {name}?"), { name: called(name) }));
    find(this.#remove, '[data-part="keep"]').replaceChildren(
      make("span", {}, ...woven(t("Keep {name}"), { name: called(name) })),
    );
    tick(this.#remove).checked = false;
    if (this.#state) write(find(this.#remove, '[data-part="way-back"]'), wayBack(this.#state.rules));
    this.#remove.returnValue = "";
    this.#remove.showModal();
  }

  #answerRemove() {
    if (this.#remove.returnValue !== "remove") return;
    this.#actions.orders.remove(this.#subject, tick(this.#remove).checked);
  }

  /** @param {Person} person */
  #askRename({ id, name, self }) {
    this.#subject = id;
    const title = self
      ? [t("Change your name")]
      : woven(t("Change the name of {name}"), { name: called(name) });
    find(this.#rename, "h2").replaceChildren(...title);
    write(
      find(this.#rename, "p"),
      self
        ? t("Everybody sees it at once.")
        : t("Everybody sees it at once, and reads that you have changed it."),
    );
    const field = this.#field;
    field.value = name;
    this.#rename.returnValue = "";
    this.#rename.showModal();
    field.select();
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (find(this.#rename, "input"));
  }

  #answerRename() {
    const name = this.#field.value.trim();
    if (this.#rename.returnValue !== "change" || !name) return;
    if (name !== this.#person(this.#subject)?.name) this.#actions.orders.rename(this.#subject, name);
  }

  #askHandOver() {
    const list = find(this.#handOver, '[data-part="list"]');
    const { others } = successors(this.#state?.people ?? []);
    list.replaceChildren(
      ...others.map(({ id, name }, i) =>
        make(
          "label",
          { class: "check" },
          make("input", { type: "radio", name: "successor", value: id, checked: i === 0, required: true }),
          make("span", {}, called(name)),
        ),
      ),
    );
    this.#handOver.returnValue = "";
    this.#handOver.showModal();
  }

  #answerHandOver() {
    const chosen = this.#handOver.querySelector("input:checked");
    if (this.#handOver.returnValue !== "leave" || !(chosen instanceof HTMLInputElement)) return;
    // I leave once there is somebody who can let people in.
    this.#successor = chosen.value;
    this.#actions.orders.setRole(chosen.value, "host");
  }

  /** @param {string} id */
  #person(id) {
    return this.#state?.people.find((one) => one.id === id);
  }
}

/** Some phones let a page choose between all and nothing alone. */
function loudnessStep() {
  const probe = new Audio();
  probe.volume = 0.5;
  return probe.volume === 0.5 ? 0.05 : 1;
}

/** @param {Element} dialog */
function tick(dialog) {
  return /** @type {HTMLInputElement} */ (find(dialog, 'input[type="checkbox"]'));
}
