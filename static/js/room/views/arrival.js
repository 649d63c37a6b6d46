/** A screen that is shown and has not come yet, in words for both ends. */
import { shortName } from "../../lib/avatar.js";

/** @import { Person, Unseen } from "../state.js" */

/**
 * What is said in place of a screen that has not come.
 *
 * @param {Pick<Person, "name" | "self" | "link" | "by">} person
 * @param {boolean} isLate
 */
export function arrival({ name: fullName, self, link, by }, isLate) {
  const name = shortName(fullName);
  if (self) return "Your screen is about to be shown.";
  if (link === "shut") return `${name}’s screen does not come: your browser cut ${name} off.`;
  if (by || link !== "connected") return `${name}’s screen comes as soon as there is a way to ${name}.`;
  if (isLate) return `${name}’s screen has not arrived yet. We keep trying.`;
  return `${name}’s screen is on its way.`;
}

/** Who waits for my screen. @param {Unseen} unseen */
export function unseenWords({ names: [first = "", ...rest], all, held }) {
  if (held) {
    return "Your connection has no room for your screen at the moment. It is sent as soon as there is.";
  }
  if (all && rest.length > 0) return "Nobody sees your screen yet. We keep trying.";
  if (rest.length === 0) return `${first} does not see your screen yet. We keep trying.`;
  if (rest.length === 1) return `${first} and ${rest[0]} do not see your screen yet. We keep trying.`;
  return `${first} and ${rest.length} others do not see your screen yet. We keep trying.`;
}
