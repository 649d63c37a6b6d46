/** By which rules people come into a room, in words for hosts. */

/**
 * How somebody who is removed could come back all the same, in a sentence.
 *
 * @param {import("./state.js").CallState["rules"]} rules
 */
export function wayBack({ access, lobby }) {
  if (access === "invited") return "Only invited people may enter this meeting.";
  const who =
    access === "anyone"
      ? "Anyone with the link may enter this meeting: from another browser they could come back as a guest."
      : "Whoever is signed in may enter this meeting: with another account they could come back.";
  return lobby
    ? `${who} They would wait in the lobby then, until a host lets them in.`
    : `${who} Only a lobby keeps them out.`;
}
