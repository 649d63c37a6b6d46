/**
 * What is seen and said of each reaction.
 *
 * @typedef {import("./messages.js").Reaction} Reaction
 */
import { t, tn } from "../../lib/i18n.js";

/** @type {Readonly<Record<Reaction, {emoji: string, label: string}>>} */
export const WORDS = {
  "thumbs-up": { emoji: "👍", label: t("Thumbs up") },
  heart: { emoji: "❤️", label: t("Heart") },
  applause: { emoji: "👏", label: t("Applause") },
  laughter: { emoji: "😂", label: t("Laughter") },
  surprise: { emoji: "😮", label: t("Surprise") },
  celebration: { emoji: "🎉", label: t("Celebration") },
};

/**
 * To those who do not see it; of several in a row only how many there were, and the last.
 *
 * @param {{name: string, reaction: Reaction}} last
 * @param {number} count
 */
export function announcement({ name, reaction }, count) {
  const { label } = WORDS[reaction];
  if (count === 1) return t("{name} reacts: {label}", { name, label });
  return tn(
    "{count} reaction, the last one from {name}: {label}",
    "{count} reactions, the last one from {name}: {label}",
    count,
    { name, label },
  );
}
