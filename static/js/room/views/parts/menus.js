import { confirmCopy } from "../../../lib/copy.js";
import { t } from "../../../lib/i18n.js";
import { NARROW, ON_ITS_SIDE } from "../../../lib/screen.js";
import { choices, refusal } from "../../words/sources.js";

/**
 * @import { CallState, Kind, Mine, Panel } from "../../state.js"
 * @import { Line } from "../../../lib/menu.js"
 * @import { Extra } from "../extra.js"
 *
 * @typedef {object} Actions
 * @property {() => void} share
 * @property {(panel: Exclude<Panel, "">) => void} open
 * @property {() => void} showPromises
 * @property {() => Promise<void>} toggleFullScreen
 * @property {() => void} openSettings
 * @property {() => void | Promise<void>} [copyLink]
 */

/**
 * The devices of a kind, with what is the matter with them.
 *
 * @param {Mine} mine
 * @param {Kind} kind
 * @param {(kind: Kind, id: string) => void} choose
 * @returns {Line[]}
 */
export function deviceLines(mine, kind, choose) {
  const { devices, chosen, none, isTroubled } = choices(mine, kind);
  const heading = { microphone: t("Microphone"), camera: t("Camera"), speaker: t("Speaker") }[kind];
  const state = isTroubled || !devices.length ? none : "";
  const note = kind === "speaker" ? "" : refusal(mine, kind);
  // Nothing chosen, or a device that is gone: the browser takes the first.
  const first = devices.some(({ id }) => id === chosen) ? chosen : devices[0]?.id;
  const used = isTroubled ? "" : first;
  return [
    { heading },
    ...(state ? [{ heading: state }] : []),
    ...(note ? [{ heading: note }] : []),
    ...devices.map(({ id, label }) => ({
      label,
      isName: true,
      checked: id === used,
      act: () => choose(kind, id),
    })),
  ];
}

/**
 * What there is to do besides; where the bar has no room, also what would stand there.
 *
 * @param {Pick<CallState, "mine" | "people" | "knocks">} state
 * @param {readonly Extra[]} extras
 * @param {Actions} actions
 * @returns {Line[]}
 */
export function moreLines({ mine, people, knocks }, extras, actions) {
  /** @type {Line[]} */
  const lines = [];
  if (isTight()) {
    for (const extra of extras) if (extra.isMenu) lines.push(...extra.lines);
    if (mine.canShare) {
      lines.push({
        label: mine.screen ? t("Stop sharing") : t("Share the screen"),
        icon: "share",
        act: () => actions.share(),
      });
    }
    lines.push({
      label: t("People"),
      icon: "people",
      note: knocks.length ? t("{count} waiting", { count: knocks.length }) : String(people.length),
      act: () => actions.open("people"),
    });
  }
  const { copyLink } = actions;
  if (copyLink) {
    lines.push({
      label: t("Copy the link"),
      icon: "link",
      stays: true,
      act: (words) => void confirmCopy(copyLink, words),
    });
  }
  if (document.fullscreenEnabled) {
    lines.push({
      label: document.fullscreenElement ? t("Leave full screen") : t("Full screen"),
      icon: "fullscreen",
      act: () => void actions.toggleFullScreen(),
    });
  }
  lines.push({ label: t("Connection"), icon: "signal", act: () => actions.open("connection") });
  if (ON_ITS_SIDE.matches) {
    lines.push({
      label: t("Private to {count}", { count: people.length }),
      icon: "shield",
      act: () => actions.showPromises(),
    });
  }
  lines.push({ label: t("Devices and keys"), icon: "settings", act: () => actions.openSettings() });
  return lines;
}

/** There is no room for all of the bar. */
export function isTight() {
  return NARROW.matches || ON_ITS_SIDE.matches;
}
