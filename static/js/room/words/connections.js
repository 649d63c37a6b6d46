/** How the connection is between somebody and me, in words: in the list of people, and in the menu of each. */
import { t } from "../../lib/i18n.js";
import { blamed } from "./diagnosis.js";

/**
 * @import { Person } from "../state.js"
 * @import { Sample } from "../stats/read.js"
 */

// Between a number and its unit: no line ends there.
const NARROW = "\u202F";

/** @type {Record<Exclude<Person["connection"], "connected">, string>} */
const BROKEN = {
  connecting: t("Connecting"),
  reconnecting: t("We are finding another way"),
  away: t("Gone for a moment"),
  failed: t("No way found between your networks"),
  shut: t("Cut off by your browser, as they sent far too much"),
};
/** @type {Record<Person["quality"], string>} */
const WHOLE = {
  good: t("Good connection"),
  fair: t("Fair connection"),
  poor: t("Weak connection"),
  lost: t("Nothing comes from them"),
  "": t("Connected"),
};

/**
 * Null of myself.
 *
 * @param {Pick<Person, "self" | "by" | "connection" | "quality" | "strained">} person
 * @param {boolean} isSlowHere  my own device does not keep up
 * @returns {{text: string, isWell: boolean} | null}
 */
export function connectionWords(person, isSlowHere) {
  const { self, by, connection, quality } = person;
  if (self) return null;
  if (by) return { text: t("Heard by way of {name}", { name: by }), isWell: false };
  if (connection !== "connected") return { text: BROKEN[connection], isWell: false };
  switch (blamed(person, isSlowHere)) {
    case "mine":
      return { text: t("Your device is slow"), isWell: false };
    case "theirs":
      return { text: t("Their device is slow"), isWell: false };
    case "line":
      return { text: WHOLE[quality], isWell: false };
    default:
      return { text: WHOLE[quality], isWell: true };
  }
}

/**
 * The same with the way that it takes, as far as it has been measured.
 *
 * @param {Parameters<typeof connectionWords>[0]} person
 * @param {boolean} isSlowHere
 * @param {Pick<Sample, "path" | "rtt"> | null} sample
 * @returns {string[]}  sentences
 */
export function connectionSentences(person, isSlowHere, sample) {
  const found = connectionWords(person, isSlowHere);
  if (!found) return [];
  const { path, rtt } = sample ?? { path: null, rtt: null };
  const isDirect = person.connection === "connected" && !person.by;
  // Translators: {state} is a note such as “Good connection”, here as a sentence
  const how = t("{state}.", { state: found.text });
  return path && isDirect ? [way(path, rtt), how] : [how];
}

/** @param {NonNullable<Sample["path"]>} path @param {number | null} rtt  milliseconds */
function way({ relayed }, rtt) {
  if (rtt === null) return relayed ? t("Through a relay.") : t("Direct connection.");
  const time = `${Math.round(rtt)}${NARROW}ms`;
  return relayed ? t("Through a relay, {time}.", { time }) : t("Direct connection, {time}.", { time });
}
