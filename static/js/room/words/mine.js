/** My own devices in words, as far as they concern the room: one that stopped, one that stands in for another. */
import { t } from "../../lib/i18n.js";
import { refusal, trouble } from "./sources.js";

/** @import { Mine } from "../state.js" */

/** Nobody hears or sees me any more, and why. What helps is in a dialog. @param {Mine} mine @param {"microphone" | "camera"} kind */
export function stopped(mine, kind) {
  // As a heading it may be without a verb.
  const why =
    mine[kind].trouble === "missing"
      ? kind === "microphone"
        ? t("Your microphone is not there any more")
        : t("Your camera is not there any more")
      : (trouble(mine, [kind])?.title ?? "");
  return kind === "microphone"
    ? t("Nobody hears you. {why}.", { why })
    : t("Nobody sees you. {why}.", { why });
}

/** What is used in place of what was chosen. @param {Mine} mine */
export function replaced(mine) {
  return [refusal(mine, "camera"), refusal(mine, "microphone")].filter(Boolean).join(" ");
}

/**
 * What is worth hearing of my own devices between two states of the room: that they work again. That they stopped stands
 * over the room, and is read from there.
 *
 * @param {Mine} before
 * @param {Mine} after
 * @returns {string[]}
 */
export function restored(before, after) {
  const said = [];
  if (before.microphone.lost && after.microphone.on) {
    said.push(t("Your microphone works again: the others hear you."));
  }
  if (before.camera.lost && after.camera.on) said.push(t("Your camera works again: the others see you."));
  return said;
}
