// Long, since it is the one table of all that can be done.
import { t } from "../lib/i18n.js";
import { hosts } from "./hosting/commands.js";
import { mutedBy, whyMuted, whyUnshared } from "./hosting/words.js";

/**
 * What a person can do in a room, in one table: the bar, "More", the keys and the overlay that shows them are drawn from it
 * (docs/decisions/0062-one-table-of-commands.md). Each place only says which rows it shows, and does not know more of them. What keys
 * mean is in keys.js.
 *
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").Panel} Panel
 *
 * @typedef {"me" | "seen" | "panels" | "host"} Group  what a command is about; the overlay has a heading for each
 *
 * @typedef {object} Page   what has to be known of the page besides
 * @property {boolean | null} isFullScreen  null where nothing can be
 * @property {boolean} isOnItsSide  a phone on its side, without the top line
 *
 * @typedef {object} Look   how a command stands
 * @property {string} label  under its button
 * @property {string} title  in a menu, and whole
 * @property {string} icon
 * @property {boolean} [isOn]  of one that is turned on and off, or whose panel opens and closes
 * @property {"" | "on" | "raised" | "off"} [urgency]  how much it asks to be seen: something is open or goes out, somebody
 *     waits for it, it is off and may be missed
 * @property {boolean} [isBusy]
 * @property {number} [count]  how many wait there
 * @property {string} [spoken]  the label to those who do not see the count
 * @property {string} [note]  at the end of its line in a menu
 * @property {boolean} [stays]  the menu stays open, so that its line can say how it went
 * @property {string} [why]  it cannot be done now, and why not, in a sentence; whoever tries it is told so
 *
 * @typedef {object} Command  a row
 * @property {string} name   the same as of its button, `data-control`
 * @property {string} key    as it is printed: "M", "Shift+L", "?"; "" for none
 * @property {readonly string[]} [also]  the keys that follow it, of one that has several
 * @property {Group} group
 * @property {string} does   what the key does, whichever way things are
 * @property {(state: CallState, page: Page) => Look | null} look  null: it does not apply, and is not to be found anywhere
 * @property {(words?: HTMLElement, key?: string) => void} act  `words`: where the label stands, of one that stays; `key`: which of
 *     several was pressed
 * @property {(isHeld: boolean) => void} [hold]  in place of `act`: something is so for as long as the key is held down
 *
 * @typedef {object} OwnDeeds  what is done
 * @property {(kind: "microphone" | "camera") => void} toggle
 * @property {(isHeld: boolean) => void} talk  or not any more
 * @property {() => void} share
 * @property {(panel: Exclude<Panel, "">) => void} open  or, if it is open, closes it
 * @property {() => void} close  what is open
 * @property {() => void} leave
 * @property {() => void} showPromises
 * @property {() => void} toggleFullScreen
 * @property {() => void} showSettings
 * @property {() => void} showKeys
 * @property {(words?: HTMLElement) => void} copyLink
 * @property {(isBack: boolean) => void} goOn  to the next place of the room, or to the one before
 *
 * @typedef {OwnDeeds & import("./hosting/commands.js").HostDeeds} Deeds
 */

/** Headings, in their order. @type {Readonly<Record<Group, string>>} */
export const GROUPS = {
  me: t("Me"),
  seen: t("What I see"),
  panels: t("Panels"),
  host: t("As host"),
};

/**
 * The table. Those of capabilities stand after what they are about, as in the bar.
 *
 * @param {Deeds} deeds
 * @param {readonly Command[]} [capabilities]
 * @returns {Command[]}
 */
export function commands(deeds, capabilities = []) {
  return [
    ...mine(deeds),
    ...capabilities.filter(({ group }) => group === "me"),
    {
      name: "leave",
      // With Shift, so that a slip ends nothing.
      key: "Shift+L",
      group: "me",
      does: t("Leave"),
      look: () => ({ label: t("Leave"), title: t("Leave"), icon: "leave" }),
      act: () => deeds.leave(),
    },
    ...seen(deeds),
    ...panels(deeds),
    ...hosts(deeds),
    ...capabilities.filter(({ group }) => group !== "me"),
  ];
}

/** @param {Deeds} deeds @returns {Command[]} */
function mine(deeds) {
  return [
    {
      name: "microphone",
      key: "M",
      group: "me",
      does: t("Mute, unmute"),
      look: ({ mine: { microphone }, hosting }) => {
        const look = source(microphone, "mic", t("Mute"), t("Unmute"));
        if (!hosting.muted) return look;
        if (!hosting.may.unmute) return { ...look, ...barred(whyMuted(hosting.muted.by)) };
        return { ...look, title: t("{who}. Unmute", { who: mutedBy(hosting.muted) }) };
      },
      act: () => deeds.toggle("microphone"),
    },
    {
      name: "talk",
      key: "Space",
      group: "me",
      does: t("Talk while muted"),
      look: ({ mine: { microphone }, hosting }) =>
        microphone.trouble || !hosting.may.unmute
          ? null
          : { label: t("Talk"), title: t("Talk while muted"), icon: "mic" },
      act: () => {},
      hold: (isHeld) => deeds.talk(isHeld),
    },
    {
      name: "camera",
      key: "V",
      group: "me",
      does: t("Camera"),
      look: ({ mine: { camera } }) => source(camera, "camera", t("Stop video"), t("Start video")),
      act: () => deeds.toggle("camera"),
    },
    {
      name: "share",
      key: "S",
      group: "me",
      does: t("Share the screen"),
      look: ({ mine: { screen, canShare }, hosting }) =>
        canShare
          ? {
              label: screen ? t("Stop sharing") : t("Share"),
              title: screen ? t("Stop sharing the screen") : t("Share the screen"),
              icon: "share",
              isOn: screen,
              urgency: screen ? "on" : "",
              ...(!screen && !hosting.may.share && barred(whyUnshared())),
            }
          : null,
      act: () => deeds.share(),
    },
  ];
}

/** What the rules of the room do not let me do. @param {string} why */
function barred(why) {
  return { title: why, why };
}

/**
 * @param {import("./state.js").Source} source
 * @param {string} icon
 * @param {string} turnsOff
 * @param {string} turnsOn
 * @returns {Look}
 */
function source({ on, trouble, pending }, icon, turnsOff, turnsOn) {
  const isOn = on && !trouble;
  const label = isOn ? turnsOff : turnsOn;
  return {
    label,
    title: label,
    icon: isOn || pending ? icon : `${icon}-off`,
    urgency: isOn || pending ? "" : "off",
    isBusy: pending,
  };
}

/** @param {Deeds} deeds @returns {Command[]} */
function seen(deeds) {
  return [
    {
      name: "fullscreen",
      key: "F",
      group: "seen",
      does: t("Full screen"),
      look: (_, { isFullScreen }) => {
        if (isFullScreen === null) return null;
        const title = isFullScreen ? t("Leave full screen") : t("Full screen");
        return { label: title, title, icon: "fullscreen" };
      },
      act: () => deeds.toggleFullScreen(),
    },
    {
      name: "private",
      key: "W",
      group: "seen",
      does: t("What stays between you"),
      look: ({ people: { length: count } }) => {
        const title = count > 1 ? t("Private to {count}", { count }) : t("Private");
        return { label: title, title, icon: "shield" };
      },
      act: () => deeds.showPromises(),
    },
    {
      name: "settings",
      key: "D",
      group: "seen",
      does: t("Devices and sounds"),
      look: () => ({ label: t("Devices"), title: t("Devices and sounds"), icon: "settings" }),
      act: () => deeds.showSettings(),
    },
  ];
}

/** @param {Deeds} deeds @returns {Command[]} */
function panels(deeds) {
  return [
    {
      name: "people",
      key: "P",
      group: "panels",
      does: t("People"),
      look: ({ panel, people: { length: people }, knocks: { length: waiting } }) => ({
        label: t("People"),
        title: t("People"),
        icon: "people",
        ...opens(panel === "people"),
        count: waiting,
        spoken: waiting
          ? t("People, {people}, {waiting} waiting", { people, waiting })
          : t("People, {people}", { people }),
        note: waiting ? t("{count} waiting", { count: waiting }) : String(people),
      }),
      act: () => deeds.open("people"),
    },
    {
      name: "chat",
      key: "C",
      group: "panels",
      does: t("Chat"),
      look: ({ panel, chat: { unread } }) => ({
        label: t("Chat"),
        title: panel === "chat" ? t("Close the chat") : t("Open the chat"),
        icon: "chat",
        ...opens(panel === "chat"),
        count: unread,
        ...(unread && { spoken: t("Chat, {count} unread", { count: unread }) }),
      }),
      act: () => deeds.open("chat"),
    },
    {
      name: "connection",
      key: "Q",
      group: "panels",
      does: t("Connection"),
      look: ({ panel }) => ({
        label: t("Connection"),
        title: t("Connection"),
        icon: "signal",
        ...opens(panel === "connection"),
      }),
      act: () => deeds.open("connection"),
    },
    {
      name: "rules",
      key: "R",
      group: "panels",
      does: t("Rules of this room"),
      look: ({ panel }) => ({
        label: t("Rules"),
        title: t("Rules of this room"),
        icon: "lock",
        ...opens(panel === "rules"),
      }),
      act: () => deeds.open("rules"),
    },
    {
      name: "link",
      // As everything else is copied, with Shift in place of Ctrl.
      key: "Shift+C",
      group: "panels",
      does: t("Copy the link"),
      look: () => ({ label: t("Copy the link"), title: t("Copy the link"), icon: "link", stays: true }),
      act: (words) => deeds.copyLink(words),
    },
    {
      name: "next-place",
      key: "F6",
      group: "panels",
      does: t("Next panel, bar, stage"),
      look: () => ({ label: t("Next"), title: t("Next panel, bar, stage"), icon: "chevron-right" }),
      act: () => deeds.goOn(false),
    },
    {
      name: "place-before",
      key: "Shift+F6",
      group: "panels",
      does: t("The one before"),
      look: () => ({ label: t("Back"), title: t("The one before"), icon: "chevron-left" }),
      act: () => deeds.goOn(true),
    },
    {
      name: "close",
      key: "Escape",
      group: "panels",
      does: t("Close what is open"),
      look: () => ({ label: t("Close"), title: t("Close what is open"), icon: "close" }),
      act: () => deeds.close(),
    },
    {
      name: "keys",
      key: "?",
      group: "panels",
      does: t("These keys"),
      look: () => ({ label: t("Keys"), title: t("Keys"), icon: "keyboard" }),
      act: () => deeds.showKeys(),
    },
  ];
}

/** @param {boolean} isOn @returns {{isOn: boolean, urgency: "on" | ""}} */
function opens(isOn) {
  return { isOn, urgency: isOn ? "on" : "" };
}

/**
 * Those that apply now, in the order of the table.
 *
 * @param {readonly Command[]} table
 * @param {CallState} state
 * @param {Page} page
 * @returns {{command: Command, look: Look}[]}
 */
export function applying(table, state, page) {
  return table.flatMap((command) => {
    const look = command.look(state, page);
    return look ? [{ command, look }] : [];
  });
}
