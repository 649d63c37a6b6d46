import { t } from "../lib/i18n.js";
import { mutedBy } from "./hosting/words.js";

/**
 * What a person can do in a room, in one table: the bar, "More", the keys and the overlay that shows them are drawn from it
 * (docs/decisions/0062-one-table-of-commands.md). Each place only says which rows it shows, and does not know more of them.
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
 *
 * @typedef {object} Command  a row
 * @property {string} name   the same as of its button, `data-control`
 * @property {string} key    as it is printed: "M", "Shift+L", "?"; "" for none
 * @property {Group} group
 * @property {string} does   what the key does, whichever way things are
 * @property {(state: CallState, page: Page) => Look | null} look  null: it does not apply, and is not to be found anywhere
 * @property {(words?: HTMLElement) => void} act  `words`: where the label stands, of one that stays
 *
 * @typedef {object} Deeds  what is done
 * @property {(kind: "microphone" | "camera") => void} toggle
 * @property {() => void} share
 * @property {(panel: Exclude<Panel, "">) => void} open  or, if it is open, closes it
 * @property {() => void} close  what is open
 * @property {() => void} leave
 * @property {() => void} showPromises
 * @property {() => void} toggleFullScreen
 * @property {() => void} showSettings
 * @property {() => void} showKeys
 * @property {(words?: HTMLElement) => void} copyLink
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
    ...capabilities,
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
        const title = hosting.muted && t("{who}. Unmute", { who: mutedBy(hosting.muted) });
        return title ? { ...look, title } : look;
      },
      act: () => deeds.toggle("microphone"),
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
      look: ({ mine: { screen, canShare } }) =>
        canShare
          ? {
              label: screen ? t("Stop sharing") : t("Share"),
              title: screen ? t("Stop sharing the screen") : t("Share the screen"),
              icon: "share",
              isOn: screen,
              urgency: screen ? "on" : "",
            }
          : null,
      act: () => deeds.share(),
    },
  ];
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
      // Without a key: that it worked is said in its line.
      name: "link",
      key: "",
      group: "panels",
      does: t("Copy the link"),
      look: () => ({ label: t("Copy the link"), title: t("Copy the link"), icon: "link", stays: true }),
      act: (words) => deeds.copyLink(words),
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

/**
 * Those that have a key, by what they are about; a heading with nothing under it is left out.
 *
 * @param {readonly Command[]} table
 * @param {CallState} state
 * @param {Page} page
 * @returns {{heading: string, rows: {does: string, keys: string[], isSingle: boolean}[]}[]}
 */
export function overlay(table, state, page) {
  const keyed = applying(table, state, page).filter(({ command: { key } }) => key);
  const groups = /** @type {Group[]} */ (Object.keys(GROUPS));
  return groups
    .map((group) => ({
      heading: GROUPS[group],
      rows: keyed
        .filter(({ command }) => command.group === group)
        .map(({ command: { does, key } }) => ({ does, keys: printed(key), isSingle: isSingle(key) })),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** Whether it can be turned off: it is a letter, a number or a sign. @param {string} key */
function isSingle(key) {
  return key !== "Escape";
}

/** What stands on the keys that are pressed together. @param {string} key @returns {string[]} */
export function printed(key) {
  // Translators: as it is printed on the key of a keyboard
  const names = /** @type {Record<string, string>} */ ({ Shift: t("Shift"), Escape: t("Esc") });
  return key.split(/\+(?=.)/u).map((part) => names[part] ?? part);
}

/**
 * The key that is pressed, as the table has it: by what is printed on it, and on a keyboard of another script by its place,
 * so that М and μ are the microphone as well. "" for one that can be none of them.
 *
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} event
 */
export function keyOf({ key, code, shiftKey }) {
  if (key === "Escape") return key;
  // As wide as signs of East Asia, or as anywhere.
  const typed = key.normalize("NFKC");
  if ([...typed].length !== 1) return "";
  const sign = /[^\p{ASCII}\p{Script=Latin}]/u.test(typed) ? atPlace(code, shiftKey) : typed;
  return /^[a-z]$/iu.test(sign) ? `${shiftKey ? "Shift+" : ""}${sign.toUpperCase()}` : sign;
}

/** What would be there on a keyboard of the United States. @param {string} code @param {boolean} shift */
function atPlace(code, shift) {
  if (code === "Slash" && shift) return "?";
  return /^Key([A-Z])$/u.exec(code)?.[1] ?? "";
}

/**
 * What is meant by a key.
 *
 * @param {Pick<KeyboardEvent, "key" | "code" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "repeat" | "isComposing"
 *     | "defaultPrevented">} event
 * @param {readonly Command[]} table
 * @param {object} circumstances
 * @param {CallState} circumstances.state
 * @param {Page} circumstances.page
 * @param {boolean} circumstances.isTaken  it goes into what has the focus, or a menu or a dialog is open
 * @param {boolean} circumstances.singleKeys  whether keys without Ctrl or Alt mean anything (WCAG 2.2, 2.1.4)
 * @returns {Command | null}
 */
export function meant(event, table, { state, page, isTaken, singleKeys }) {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.repeat || event.isComposing || event.defaultPrevented || isTaken) return null;
  const key = keyOf(event);
  if (!key || (!singleKeys && isSingle(key))) return null;
  const found = applying(table, state, page).find(({ command }) => command.key === key);
  return found?.command ?? null;
}
