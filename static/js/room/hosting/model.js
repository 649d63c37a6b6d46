/**
 * What hosts may do to whom, and what of it makes sense as things are: what one may not do is not offered. The server decides
 * again, and receivers go by the roster (`counted` and `may` in roster.js).
 *
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {"mute" | "ask-unmute" | "lower-hand" | "stop-camera" | "spotlight" | "end-spotlight" | "make-host" | "take-host" | "rename"
 *   | "remove"} Deed
 *
 * @typedef {Pick<Person, "self" | "role" | "microphone" | "camera" | "hand" | "muted" | "organizer" | "id">} Subject
 */

/**
 * What I may do to somebody, in the order in which it is offered.
 *
 * @param {Subject} one
 * @param {{hosting: Pick<CallState["hosting"], "isHost" | "may">, rules: Pick<CallState["rules"], "spotlight">}} state
 * @returns {Deed[]}
 */
export function deeds(one, { hosting: { isHost, may }, rules }) {
  const isLarge = rules.spotlight === one.id;
  /** @type {[boolean, Deed][]} */
  const all = [
    // One place, by the state; of oneself the bar has it.
    [isHost && !one.self && one.microphone, "mute"],
    [isHost && !one.self && !one.microphone, "ask-unmute"],
    [isHost && !one.self && one.hand, "lower-hand"],
    [isHost && !one.self && one.camera, "stop-camera"],
    [isHost && !isLarge, "spotlight"],
    [isHost && isLarge, "end-spotlight"],
    [isHost && !one.self && one.role !== "host", "make-host"],
    // Whose meeting it is stays a host.
    [isHost && !one.self && one.role === "host" && !one.organizer, "take-host"],
    [isHost || (one.self && may.rename), "rename"],
    [isHost && !one.self && one.role !== "host", "remove"],
  ];
  return all.filter(([applies]) => applies).map(([, deed]) => deed);
}

/**
 * What hosts may do to all: who of them is concerned.
 *
 * @param {readonly Subject[]} people
 */
export function ofAll(people) {
  const others = people.filter(({ self, role }) => !self && role !== "host");
  return {
    unmuted: others.filter(({ microphone }) => microphone).length,
    muted: others.filter(({ microphone }) => !microphone).length,
    hands: others.filter(({ hand }) => hand).length,
  };
}

/** Who could go on as host when I leave: everybody else, those who are one already first. @param {readonly Person[]} people */
export function successors(people) {
  const others = people.filter(({ self }) => !self);
  return {
    hosts: others.filter(({ role }) => role === "host"),
    others: others.filter(({ role }) => role !== "host"),
  };
}
