/** The line over the room, in words. */
import { t, tn } from "../../lib/i18n.js";
import { whyMuted } from "../hosting/words.js";
import { apart } from "./pairs.js";
import { refusal, trouble } from "./sources.js";

/**
 * @import { CallState, Flood, Mine, Pair, Person, Unseen } from "../state.js"
 *
 * @typedef {CallState["notice"]} Told
 * `explain`: the button says what helps against the trouble of this device.
 * @typedef {{picture: string, words: string, action?: string, urgent?: boolean, explain?: "microphone" | "camera"}} Line
 */

/**
 * @param {Told} notice
 * @param {Pair[]} pairs
 * @param {Mine} mine
 * @returns {Line | null}
 */
export function lineOf({ kind, people, unseen, flood, told }, pairs, mine) {
  switch (kind) {
    case "reconnecting":
      return { picture: "signal-low", words: reassurance(people) };
    case "sound-blocked":
      return {
        picture: "sound-off",
        words: t("Your browser holds the sound back."),
        action: t("Let it in"),
        urgent: true,
      };
    case "slow-device":
      return {
        picture: "camera-off",
        words: t("This device is too slow to send your picture too. Your voice goes first."),
        action: t("Send it again"),
      };
    case "thin-line":
      return {
        picture: "camera-off",
        words: t("Your connection carries your voice, and no picture. It comes back by itself."),
      };
    case "duplicate":
      return {
        picture: "warning",
        words: t("You are in this call on another page, too."),
        action: t("Leave here"),
        urgent: true,
      };
    case "muted-talking":
      return { picture: "mic-off", words: t("You are muted, and you are talking."), action: t("Unmute") };
    case "held-talking":
      return { picture: "mic-off", words: mutedForGood(people) };
    case "told":
      return told ? { picture: "info", words: told.text, urgent: told.isMine } : null;
    case "unheard":
      return {
        picture: "mic-off",
        words: stopped(mine, "microphone"),
        action: t("What to do"),
        urgent: true,
        explain: "microphone",
      };
    case "unseen":
      return {
        picture: "camera-off",
        words: stopped(mine, "camera"),
        action: t("What to do"),
        explain: "camera",
      };
    case "refused":
      return { picture: "warning", words: replaced(mine) };
    case "unseen-screen":
      return { picture: "share", words: unseenWords(unseen) };
    case "apart":
      return { picture: "signal-low", words: inOneLine(apart(pairs, people)), action: t("Show") };
    case "flood":
      return flood && { picture: "warning", words: flooded(flood), action: t("Understood"), urgent: true };
    case "":
      return null;
  }
}

/**
 * Who has let go of whom, since they were sent more than anybody means to.
 *
 * @param {Flood} flood
 */
export function flooded({ name, by, isInside }) {
  const sent = isInside
    ? t("{name} sent far more data than a call needs.", { name })
    : name
      ? t("{name}, who has not come in, sent far more data than a call needs.", { name })
      : t("Somebody who has not come in sent far more data than a call needs.");
  return `${sent} ${cutThemOff(by)}`;
}

/** @param {string[]} by  "" is my own browser */
function cutThemOff([first = "", ...others]) {
  if (others.length === 0) {
    return first ? t("{name}’s browser cut them off.", { name: first }) : t("Your browser cut them off.");
  }
  return [first, ...others].includes("")
    ? t("Several browsers, yours among them, cut them off.")
    : t("Several browsers cut them off.");
}

/** @param {Person[]} people */
function reassurance(people) {
  const connected = people.some(({ self, connection }) => !self && connection === "connected");
  return connected
    ? t("The server does not answer; we keep trying. You still see and hear the others.")
    : t("The server does not answer; we keep trying.");
}

/** Who is muted by a host talks, and cannot change it. @param {Person[]} people */
function mutedForGood(people) {
  const { by = "" } = people.find(({ self }) => self)?.muted ?? {};
  return whyMuted(by);
}

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

/** Who waits for my screen. @param {Unseen} unseen */
export function unseenWords({ names: [first = "", ...rest], all, held }) {
  if (held) {
    return t("Your connection has no room for your screen at the moment. It is sent as soon as there is.");
  }
  if (all && rest.length > 0) return t("Nobody sees your screen yet. We keep trying.");
  if (rest.length === 0) return t("{first} does not see your screen yet. We keep trying.", { first });
  if (rest.length === 1) {
    return t("{first} and {second} do not see your screen yet. We keep trying.", {
      first,
      second: rest[0] ?? "",
    });
  }
  return tn(
    "{first} and {count} other do not see your screen yet. We keep trying.",
    "{first} and {count} others do not see your screen yet. We keep trying.",
    rest.length,
    { first },
  );
}

/** @param {string[]} lines */
function inOneLine([first = "", ...rest]) {
  return rest.length ? tn("{first}; {count} more", "{first}; {count} more", rest.length, { first }) : first;
}
