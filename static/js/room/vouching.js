/** Who says that somebody is who they say they are: what the server knows of them, beside the name that they typed. */

/** @import { Standing } from "./messages.js" */
/** @typedef {{ name: string, standing: Standing, knownAs: string }} Said  `name` is what they typed */

/** What a host reads of somebody who waits. @param {Said} said */
export function vouched(said) {
  if (said.standing === "guest") return "Came by the open link; nobody vouches for the name";
  if (said.standing === "account") {
    return borrowed(said)
      ? `Not invited, with the account of ${said.knownAs}`
      : "Not invited, has an account";
  }
  return borrowed(said) || "Invited";
}

/**
 * Whose invitation or account it is, if they call themselves something else; else "".
 *
 * @param {Said} said
 */
export function borrowed({ name, standing, knownAs }) {
  if (standing === "guest" || knownAs === "" || same(name) === same(knownAs)) return "";
  return standing === "invited" ? `By the invitation of ${knownAs}` : `With the account of ${knownAs}`;
}

/** @param {string} name */
function same(name) {
  return name.normalize("NFC").toLowerCase();
}
