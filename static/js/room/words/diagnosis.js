/** What does not go well with somebody, in words: the line is blamed only where no device is too slow. */
import { t } from "../../lib/i18n.js";
import { shortName } from "../../lib/avatar.js";

/** @import { Person } from "../state.js" */

/**
 * Whose fault it is that somebody who is connected comes badly; "" while all is well.
 *
 * @param {Pick<Person, "connection" | "quality" | "strained">} person
 * @param {boolean} isSlowHere  my own device does not keep up
 * @returns {"" | "mine" | "theirs" | "line"}
 */
export function blamed({ connection, quality, strained }, isSlowHere) {
  if (connection !== "connected" || (quality !== "poor" && quality !== "lost")) return "";
  if (isSlowHere) return "mine";
  return strained ? "theirs" : "line";
}

/**
 * A word of it beside their name.
 *
 * @param {Pick<Person, "connection" | "quality" | "strained">} person
 * @param {boolean} isSlowHere
 */
export function weakness(person, isSlowHere) {
  switch (blamed(person, isSlowHere)) {
    case "mine":
      return t("your device is slow");
    case "theirs":
      return t("their device is slow");
    case "line":
      return t("weak connection");
    default:
      return "";
  }
}

/**
 * What is wrong with the connection and what is being done about it.
 *
 * @param {Pick<Person, "name" | "connection">} person
 * @param {boolean} isSlowHere
 * @returns {{brief: string, title: string, text: string} | null}
 */
export function trouble({ name: fullName, connection }, isSlowHere) {
  const name = shortName(fullName);
  const slow = t("This device is too slow at the moment; closing other programs may help. We keep trying.");
  switch (connection) {
    case "connecting":
      return {
        brief: t("still connecting"),
        title: t("No way to {name} yet", { name }),
        text: isSlowHere ? slow : t("It takes longer than usual. We keep trying."),
      };
    case "reconnecting":
      return {
        brief: t("reconnecting"),
        title: t("The connection to {name} is broken", { name }),
        text: isSlowHere ? slow : t("We are finding another way to {name}.", { name }),
      };
    case "away":
      return {
        brief: t("gone for a moment"),
        title: t("{name} is gone for a moment", { name }),
        text: t("Their seat is kept. The picture comes back by itself."),
      };
    case "failed":
      if (isSlowHere) {
        return { brief: t("not connected yet"), title: t("No way to {name} yet", { name }), text: slow };
      }
      return {
        brief: t("no way found"),
        title: t("We find no way to {name}", { name }),
        text: t("A firewall keeps you apart. Another network, such as a phone’s, may help. We keep trying."),
      };
    case "shut":
      return {
        brief: t("cut off"),
        title: t("Your browser cut {name} off", { name }),
        text: t(
          "They sent far more data than a call needs. When they load their page again, you connect anew. A host can remove them.",
        ),
      };
    default:
      return null;
  }
}

/**
 * Why there is no picture of somebody whose camera is on.
 *
 * @param {Pick<Person, "held" | "self">} person
 */
export function resting({ held, self }) {
  if (held === "others") return self ? t("shown when you speak") : t("shown when they speak");
  return held ? t("voice only") : "";
}

/**
 * What is said in place of a screen that has not come.
 *
 * @param {Pick<Person, "name" | "self" | "connection" | "by">} person
 * @param {boolean} isLate
 */
export function arrival({ name: fullName, self, connection, by }, isLate) {
  const name = shortName(fullName);
  if (self) return t("Your screen is about to be shown.");
  if (connection === "shut") {
    return t("{name}’s screen does not come: your browser cut {name} off.", { name });
  }
  if (by || connection !== "connected") {
    return t("{name}’s screen comes as soon as there is a way to {name}.", { name });
  }
  if (isLate) return t("{name}’s screen has not arrived yet. We keep trying.", { name });
  return t("{name}’s screen is on its way.", { name });
}
