import { t } from "../../lib/i18n.js";

/**
 * Every sentence about inviting that a person reads.
 *
 * @typedef {import("./model.js").Letter} Letter
 */

export const NOT_REACHED = t(
  "The server cannot be reached at the moment. Send it again: nobody gets the same letter twice.",
);
export const NOT_TAKEN = t("The server did not take this. Load the page again: you come back to your seat.");

/**
 * Whom the open link lets in; where that is nobody, what does instead.
 *
 * @param {{access: string, lobby: boolean, locked?: boolean}} rules
 * @param {{writes: boolean, organizer: string}} options  `writes`: I can write to people from here
 */
export function whoComesIn({ access, lobby, locked }, { writes, organizer }) {
  if (!opensDoor(access)) {
    return writes
      ? t("Only invited people may enter: the link alone lets nobody in. Write to whoever is to come.")
      : t("Only invited people may enter: the link alone lets nobody in. {organizer} can invite them.", {
          organizer,
        });
  }
  const isOpen = access === "anyone";
  if (locked) {
    return isOpen
      ? t("Whoever has the link may come; the room is locked, and a host has to let them in.")
      : t(
          "The link is for whoever is invited or signed in; the room is locked, and a host has to let them in.",
        );
  }
  if (lobby) {
    return isOpen
      ? t("Whoever has the link may come, and waits in the lobby until a host lets them in.")
      : t(
          "The link is for whoever is invited or signed in. They wait in the lobby until a host lets them in.",
        );
  }
  return isOpen
    ? t("Whoever has the link comes in.")
    : t("The link lets in whoever is invited or signed in.");
}

/** Whether the link alone lets anybody in. @param {string} access */
export function opensDoor(access) {
  return access !== "invited";
}

/** How far a letter is, with `{address}` in its place. @param {Letter} letter */
export function state({ state, words }) {
  switch (state) {
    case "waiting":
      return words
        ? t("Letter on its way to {address}: {words}", { words })
        : t("Letter on its way to {address}");
    case "sent":
      return t("Letter sent to {address}");
    case "returned":
      return words
        ? t("The letter to {address} came back: {words}", { words })
        : t("The letter to {address} came back");
    case "invited":
      return t("{address} is invited");
    default:
      return words;
  }
}

/** The same for those who do not see it. @param {Letter} letter */
export function said(letter) {
  return state(letter).replace("{address}", () => letter.address);
}
