import { t } from "../../../lib/i18n.js";
import { NARROW, ON_ITS_SIDE } from "../../../lib/screen.js";
import { applying } from "../../commands.js";
import { choices, refusal } from "../../words/sources.js";

/**
 * @import { Command, Page } from "../../commands.js"
 * @import { CallState, Kind, Mine } from "../../state.js"
 * @import { Line } from "../../../lib/menu.js"
 */

/** What stands in the bar, where there is room for it. */
const IN_A_WIDE_BAR = ["share", "people"];
/** What stands in the line at the top, unless there is none. */
const AT_THE_TOP = "private";
/** What hosts do to all that is most at hand; the rest is in the list of people, and has keys. */
const OF_HOSTS = ["admit", "mute-all", "lock"];
const OTHERS = ["link", "fullscreen", "connection", "private", "keys", "settings"];

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
 * @param {readonly Command[]} table
 * @param {CallState} state
 * @param {Page} page
 * @param {Line[]} extras  menus of the bar
 * @returns {Line[]}
 */
export function moreLines(table, state, page, extras) {
  /** @param {string[]} names @returns {Line[]} */
  const rows = (names) =>
    applying(table, state, page)
      .filter(({ command: { name } }) => names.includes(name))
      .sort((a, b) => names.indexOf(a.command.name) - names.indexOf(b.command.name))
      .map(({ command: { does, act }, look: { title, icon, note, stays, why } }) => ({
        label: why ? does : title,
        icon,
        ...(note && { note }),
        ...(why && { under: why, isBarred: true }),
        ...(stays && { stays }),
        act,
      }));
  const bar = isTight() ? [...extras, ...rows(IN_A_WIDE_BAR)] : [];
  const others = OTHERS.filter((name) => name !== AT_THE_TOP || page.isOnItsSide);
  return [...bar, ...rows(OF_HOSTS), ...rows(others)];
}

/** There is no room for all of the bar. */
export function isTight() {
  return NARROW.matches || ON_ITS_SIDE.matches;
}
