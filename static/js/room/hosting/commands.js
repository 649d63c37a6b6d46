/** The rows that hosts have in the table of commands: what is about all, or the door. What is about one of them is in their menu. */
import { t } from "../../lib/i18n.js";
import { ofAll } from "./model.js";

/**
 * @typedef {import("../commands.js").Command} Command
 * @typedef {import("../state.js").CallState} CallState
 *
 * @typedef {object} HostDeeds
 * @property {() => void} admit  who waits longest
 * @property {() => void} muteAll  but hosts, and so with the next two
 * @property {() => void} askAll  to unmute
 * @property {() => void} lowerAll  hands
 * @property {() => void} lock  or unlock
 * @property {() => void} turnLobby  on or off
 * @property {() => void} end  for everybody; or take it back
 */

/** @param {HostDeeds} deeds @returns {Command[]} */
export function hosts(deeds) {
  return [
    {
      name: "admit",
      key: "A",
      ...row(t("Admit who waits longest"), "check", ({ knocks }) => knocks.length > 0),
      act: () => deeds.admit(),
    },
    {
      name: "mute-all",
      // With Shift it is about all; without it M and H are about me. So with the next two.
      key: "Shift+M",
      ...row(t("Mute all"), "mic-off", ({ people }) => ofAll(people).unmuted > 0),
      act: () => deeds.muteAll(),
    },
    {
      name: "ask-all",
      key: "Shift+U",
      ...row(t("Ask all to unmute"), "mic", ({ people }) => {
        const { unmuted, muted } = ofAll(people);
        return unmuted === 0 && muted > 0;
      }),
      act: () => deeds.askAll(),
    },
    {
      name: "lower-all",
      key: "Shift+H",
      ...row(t("Lower all hands"), "hand", ({ people }) => ofAll(people).hands > 0),
      act: () => deeds.lowerAll(),
    },
    {
      name: "lock",
      key: "K",
      group: "host",
      does: t("Lock, unlock"),
      look: ({ hosting, rules: { locked } }) => {
        if (!hosting.isHost) return null;
        const title = locked ? t("Unlock the room") : t("Lock the room");
        return { label: title, title, icon: locked ? "unlock" : "lock" };
      },
      act: () => deeds.lock(),
    },
    {
      name: "lobby",
      // Of the door as well.
      key: "Shift+K",
      ...row(t("Lobby on, off"), "clock", () => true),
      act: () => deeds.turnLobby(),
    },
    {
      name: "end",
      key: "Shift+E",
      ...row(t("End for everybody, undo it"), "close", () => true),
      act: () => deeds.end(),
    },
  ];
}

/**
 * @param {string} does
 * @param {string} icon
 * @param {(state: CallState) => boolean} applies  to a host
 * @returns {Pick<Command, "group" | "does" | "look">}
 */
function row(does, icon, applies) {
  return {
    group: "host",
    does,
    look: (state) => (state.hosting.isHost && applies(state) ? { label: does, title: does, icon } : null),
  };
}
