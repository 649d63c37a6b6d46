/** What does not go well with somebody, in words: the line is blamed only where no device is too slow. */
import { shortName } from "../../lib/avatar.js";

/** @import { Person } from "../state.js" */

/**
 * A word beside the name of somebody who is connected; "" while all is well.
 *
 * @param {Pick<Person, "link" | "quality" | "strained">} person
 * @param {boolean} isSlowHere  my own device does not keep up
 */
export function weakness({ link, quality, strained }, isSlowHere) {
  if (link !== "connected" || (quality !== "poor" && quality !== "lost")) return "";
  if (isSlowHere) return "your device is slow";
  return strained ? "their device is slow" : "weak link";
}

/**
 * What is wrong with the link and what is being done about it.
 *
 * @param {Pick<Person, "name" | "link">} person
 * @param {boolean} isSlowHere
 * @returns {{brief: string, title: string, text: string} | null}
 */
export function trouble({ name: fullName, link }, isSlowHere) {
  const name = shortName(fullName);
  const slow = "This device is too slow at the moment; closing other programs may help. We keep trying.";
  switch (link) {
    case "connecting":
      return {
        brief: "still connecting",
        title: `No way to ${name} yet`,
        text: isSlowHere ? slow : "It takes longer than usual. We keep trying.",
      };
    case "reconnecting":
      return {
        brief: "reconnecting",
        title: `The link to ${name} is broken`,
        text: isSlowHere ? slow : `We are finding another way to ${name}.`,
      };
    case "away":
      return {
        brief: "gone for a moment",
        title: `${name} is gone for a moment`,
        text: "Their seat is kept. The picture comes back by itself.",
      };
    case "failed":
      if (isSlowHere) return { brief: "not connected yet", title: `No way to ${name} yet`, text: slow };
      return {
        brief: "no way found",
        title: `We find no way to ${name}`,
        text: "A firewall keeps you apart. Another network, such as a phone’s, may help. We keep trying.",
      };
    case "shut":
      return {
        brief: "cut off",
        title: `Your browser cut ${name} off`,
        text: "They sent far more data than a call needs. When they load their page again, you connect anew. A host can remove them.",
      };
    default:
      return null;
  }
}
