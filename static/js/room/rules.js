/** By which rules people come into a room, in words for hosts. */
import { t } from "../lib/i18n.js";

/**
 * How somebody who is removed could come back all the same, in a sentence.
 *
 * @param {Pick<import("./messages.js").Rules, "access" | "lobby" | "locked">} rules
 */
export function wayBack({ access, lobby, locked }) {
  if (locked) return t("The room is locked: nobody new comes in until a host unlocks it.");
  if (access === "invited") return t("Only invited people may enter this meeting.");
  const who =
    access === "anyone"
      ? t(
          "Anyone with the link may enter this meeting: from another browser they could come back as a guest.",
        )
      : t("Whoever is signed in may enter this meeting: with another account they could come back.");
  return lobby
    ? `${who} ${t("They would wait in the lobby then, until a host lets them in.")}`
    : `${who} ${t("Only a lobby or a locked room keeps them out.")}`;
}
