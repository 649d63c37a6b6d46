/** Who says that somebody is who they say they are: what the server knows of them, beside the name that they typed. */
import { t } from "../lib/i18n.js";

/** @import { Standing } from "./messages.js" */
/** @typedef {{ name: string, standing: Standing, knownAs: string }} Said  `name` is what they typed */

/** What a host reads of somebody who waits. @param {Said} said */
export function standingWords(said) {
  if (said.standing === "guest") return t("Came by the open link; nobody vouches for the name");
  if (said.standing === "account") {
    return borrowed(said)
      ? t("Not invited, with the account of {name}", { name: said.knownAs })
      : t("Not invited, has an account");
  }
  return borrowed(said) || t("Invited");
}

/**
 * Whose invitation or account it is, if they call themselves something else; else "".
 *
 * @param {Said} said
 */
export function borrowed({ name, standing, knownAs }) {
  if (standing === "guest" || knownAs === "" || same(name) === same(knownAs)) return "";
  return standing === "invited"
    ? t("By the invitation of {name}", { name: knownAs })
    : t("With the account of {name}", { name: knownAs });
}

/** @param {string} name */
function same(name) {
  return name.normalize("NFC").toLowerCase();
}
