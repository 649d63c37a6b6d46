/**
 * What participants say to each other about reactions (docs/signaling.md, "Between participants").
 *
 * @typedef {"thumbs-up" | "heart" | "applause" | "laughter" | "surprise" | "celebration"} Reaction
 * @typedef {{type: "reaction", reaction: Reaction}} Messages
 */

/** All that there are, in the order in which they are offered. @type {readonly Reaction[]} */
export const REACTIONS = ["thumbs-up", "heart", "applause", "laughter", "surprise", "celebration"];

/** @satisfies {import("../capabilities.js").Kinds} */
export const messages = {
  reaction: { limit: { bytes: 128, burst: 40, perSecond: 4 }, read: readReaction },
};

/**
 * @param {Readonly<Record<string, unknown>>} message  from outside
 * @returns {Messages | null}  null for a reaction that this version does not know
 */
function readReaction({ reaction }) {
  const known = REACTIONS.find((one) => one === reaction);
  return known ? { type: "reaction", reaction: known } : null;
}
