/** A screen that is shown and has not come yet, in words for both ends. */
import { t, tn } from "../../lib/i18n.js";
import { shortName } from "../../lib/avatar.js";

/** @import { Person, Unseen } from "../state.js" */

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

/** Who waits for my screen. @param {Unseen} unseen */
export function unseenWords({ names: [first = "", ...rest], all, held }) {
  if (held) {
    return t("Your connection has no room for your screen at the moment. It is sent as soon as there is.");
  }
  if (all && rest.length > 0) return t("Nobody sees your screen yet. We keep trying.");
  if (rest.length === 0) return t("{first} does not see your screen yet. We keep trying.", { first });
  if (rest.length === 1) {
    return t("{first} and {second} do not see your screen yet. We keep trying.", {
      first,
      second: rest[0] ?? "",
    });
  }
  return tn(
    "{first} and {count} other do not see your screen yet. We keep trying.",
    "{first} and {count} others do not see your screen yet. We keep trying.",
    rest.length,
    { first },
  );
}
