import { counted } from "./roster.js";

/**
 * Everybody inside as they are drawn, of all that is known of them. Comes with the room.
 *
 * @typedef {import("./messages.js").Participant} Participant
 * @typedef {import("./state.js").Person} Person
 *
 * @typedef {object} Known
 * @property {string} me
 * @property {Participant[]} participants  in the order of their seats
 * @property {import("./messages.js").Rules | null} [rules]
 * @property {Pick<import("./rtc/mesh.js").Mesh, "connection">} mesh
 * @property {Pick<import("./presence.js").Myself, "shown" | "pictures">} myself
 * @property {Pick<import("./presence.js").Presence, "of">} presence
 * @property {Pick<import("./voices.js").Voices, "carried" | "isSpeaking" | "isSounding" | "loudness">} voices
 * @property {Pick<import("./audibility.js").Audibility, "named">} audibility
 * @property {ReadonlyMap<string, Person["quality"]>} qualities  of my connections
 */

/**
 * In order of arrival, me last.
 *
 * @param {Known} known
 * @returns {Person[]}
 */
export function everybody(known) {
  const people = known.participants.map((one) => person(one, known));
  return [...people.filter(({ self }) => !self), ...people.filter(({ self }) => self)];
}

/**
 * @param {Participant} participant
 * @param {Known} known
 * @returns {Person}
 */
function person(participant, known) {
  const { id, name, role, seat, away, standing = "guest", known_as: knownAs = "" } = participant;
  const { me, rules = null, mesh, myself, presence, voices, audibility, qualities } = known;
  const self = id === me;
  const connection = self ? null : mesh.connection(id);
  const { by = "", ...voice } = voices.carried.get(id) ?? {};
  const said = self ? myself.shown : { ...presence.of(id), ...voice, speaking: voices.isSpeaking(id) };
  const shown = counted(said, participant, rules);
  const byHost = (/** @type {import("./messages.js").ByHost | undefined} */ what) =>
    what ? { by: nameOf(what.by, known), byMe: what.by === me, at: what.at * 1000 } : null;
  const streams = self ? myself.pictures : connection?.streams;
  return {
    id,
    name,
    role,
    standing,
    knownAs,
    seat,
    self,
    ...shown,
    sounding: !self && voices.isSounding(id),
    loudness: voices.loudness(id),
    connection: self ? "connected" : connectionOf(connection?.state ?? "connecting", away),
    quality: qualities.get(id) ?? "",
    by: nameOf(by, known),
    muted: byHost(participant.muted),
    stopped: byHost(participant.stopped),
    given: byHost(participant.given),
    organizer: participant.organizer === true,
    asked: participant.asked === true,
    knows: audibility.named(id),
    picture: streams?.camera ?? null,
    shared: shown.screen ? (streams?.screen ?? null) : null,
    marks: [],
  };
}

/** @param {string} id @param {Known} known */
function nameOf(id, { participants }) {
  return participants.find((one) => one.id === id)?.name ?? "";
}

/**
 * What is said about a connection: "away" only when nothing comes through it either, since a lost socket alone takes
 * neither voice nor picture.
 *
 * @param {import("./rtc/connection.js").Connection["state"]} state
 * @param {boolean} away
 * @returns {Person["connection"]}
 */
function connectionOf(state, away) {
  if (state === "connected" || state === "shut") return state;
  return away || state === "left" ? "away" : state;
}
