/**
 * What is seen and said of each reaction.
 *
 * @typedef {import("./messages.js").Reaction} Reaction
 */

/** @type {Readonly<Record<Reaction, {emoji: string, label: string}>>} */
export const WORDS = {
  "thumbs-up": { emoji: "👍", label: "Thumbs up" },
  heart: { emoji: "❤️", label: "Heart" },
  applause: { emoji: "👏", label: "Applause" },
  laughter: { emoji: "😂", label: "Laughter" },
  surprise: { emoji: "😮", label: "Surprise" },
  celebration: { emoji: "🎉", label: "Celebration" },
};

/**
 * To those who do not see it; of several in a row only how many there were, and the last.
 *
 * @param {{name: string, reaction: Reaction}} last
 * @param {number} count
 */
export function announcement({ name, reaction }, count) {
  const { label } = WORDS[reaction];
  return count > 1 ? `${count} reactions, the last one from ${name}: ${label}` : `${name} reacts: ${label}`;
}
