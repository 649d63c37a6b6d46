/** The lines of the menus that hosts have: about somebody, and when they leave. */
import { t } from "../../lib/i18n.js";
import { connectionSentences } from "../words/connections.js";
import { deeds, successors } from "./model.js";
import { mutedBy, stoppedBy } from "./words.js";

/**
 * @import { Item, Line } from "../../lib/menu.js"
 * @import { CallState, Person } from "../state.js"
 * @import { Deed } from "./model.js"
 * @import { Orders } from "./orders.js"
 * @import { Sample } from "../stats/read.js"
 *
 * @typedef {object} Asking  what is asked before something is done
 * @property {(person: Person) => void} rename
 * @property {(person: Person) => void} remove
 */

/**
 * For me first, then for everybody, then what ends.
 *
 * @param {Person} person
 * @param {CallState} state
 * @param {object} actions
 * @param {Orders} actions.orders
 * @param {Asking} actions.asking
 * @param {{isPinned: boolean, toggle: () => void} | null} actions.pin
 * @param {{step: number, turn: (loudness: number) => void}} actions.loudness  of them for me, from 0 to 1
 * @param {Sample | null} actions.sample  what has been measured of the connection between us
 * @returns {Line[]}
 */
export function personLines(person, state, { orders, asking, pin, loudness, sample }) {
  const { id } = person;
  /** @type {Record<Deed, Item>} */
  const items = {
    mute: { label: t("Mute"), icon: "mic-off", act: () => orders.mute(id) },
    "ask-unmute": {
      label: person.asked ? t("Ask to unmute once more") : t("Ask to unmute"),
      icon: "mic",
      act: () => orders.askUnmute(id),
    },
    "lower-hand": { label: t("Lower the hand"), icon: "hand", act: () => orders.lowerHand(id) },
    "stop-camera": { label: t("Stop the camera"), icon: "camera-off", act: () => orders.stopCamera(id) },
    spotlight: { label: t("Spotlight for everybody"), icon: "spotlight", act: () => orders.setSpotlight(id) },
    "end-spotlight": {
      label: t("End the spotlight"),
      icon: "spotlight",
      act: () => orders.setSpotlight(null),
    },
    "make-host": { label: t("Make host"), icon: "crown", act: () => orders.setRole(id, "host") },
    "take-host": { label: t("Remove as host"), icon: "crown", act: () => orders.setRole(id, "participant") },
    rename: {
      label: person.self ? t("Change your name…") : t("Change the name…"),
      icon: "edit",
      act: () => asking.rename(person),
    },
    remove: {
      label: t("Remove from the room…"),
      icon: "leave",
      ends: true,
      act: () => asking.remove(person),
    },
  };
  /** @type {Line[]} */
  const lines = [{ name: person.name, under: howItStands(person, state, sample) }];
  if (!person.self) {
    const label = t("How loud {name} is for you", { name: person.name });
    lines.push({
      slide: {
        label,
        icon: "sound",
        iconOff: "sound-off",
        part: person.loudness,
        step: loudness.step,
        act: loudness.turn,
      },
    });
  }
  if (pin) {
    const label = pin.isPinned ? t("Stop keeping large") : t("Keep large for me");
    lines.push({ label, icon: "pin", act: pin.toggle });
  }
  const found = deeds(person, state);
  const forAll = found.filter((deed) => deed !== "remove");
  if (lines.length > 1 && forAll.length > 0) lines.push({ rule: true });
  lines.push(...forAll.map((deed) => items[deed]));
  if (found.includes("remove")) lines.push({ rule: true }, items.remove);
  return lines;
}

/** @param {Person} person @param {CallState} state @param {Sample | null} sample */
function howItStands(person, { people }, sample) {
  const { self, role, microphone, muted, camera, stopped, screen, asked, marks } = person;
  const isSlowHere = people.some((one) => one.self && one.strained);
  const facts = connectionSentences(person, isSlowHere, sample);
  if (role === "host") facts.push(t("Host."));
  // Translators: {who} is a note such as “Muted by Alice, 14:03”, here as a sentence
  if (muted) facts.push(t("{who}.", { who: mutedBy(muted) }));
  else if (!microphone) facts.push(t("Muted."));
  if (stopped) facts.push(t("{who}.", { who: stoppedBy(stopped) }));
  else if (!camera) facts.push(t("Camera off."));
  if (screen) facts.push(self ? t("Showing your screen.") : t("Showing a screen."));
  if (asked && !self) facts.push(t("Asked to unmute."));
  const queue = marks.find((mark) => mark.queue)?.queue;
  if (queue?.since) {
    facts.push(t("Hand up, number {place}, since {time}.", { place: queue.place, time: queue.since }));
  }
  return facts.join(" ");
}

/**
 * Three ways for a host to leave.
 *
 * @param {CallState} state
 * @param {{leave: () => void, end: () => void, handOver: () => void}} actions
 * @returns {Line[]}
 */
export function leaveLines({ people }, { leave, end, handOver }) {
  const { hosts, others } = successors(people);
  const [host] = hosts;
  /** @type {Line[]} */
  const lines = [
    {
      label: t("Leave"),
      icon: "leave",
      under: host
        ? t("The others stay, {host} is host.", { host: host.name })
        : t("The others stay, and nobody is host."),
      act: leave,
    },
  ];
  if (others.length > 0) {
    lines.push({
      label: t("Hand over, then leave…"),
      icon: "crown",
      under: t("Choose who becomes host."),
      act: handOver,
    });
  }
  lines.push({ rule: true });
  lines.push({
    label: t("End for everybody…"),
    icon: "close",
    under: t("After ten seconds. You can undo it."),
    ends: true,
    act: end,
  });
  return lines;
}
