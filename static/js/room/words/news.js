// Long, since all that is said over the room, and aloud, is to be read in one piece.
/** What concerns the whole of the room, in words: to be read, and to be heard. */
import { t, tn } from "../../lib/i18n.js";
import { isApart } from "../audibility.js";
import { unseenWords } from "./arrival.js";
import { blamed } from "./diagnosis.js";
import { replaced, stopped } from "./mine.js";

/**
 * @import { CallState, Flood, Mine, Pair, Person } from "../state.js"
 * @import { Fact } from "../news.js"
 *
 * @typedef {CallState["notice"]} Told
 * `explain`: the button says what helps against the trouble of this device.
 * @typedef {{picture: string, words: string, action?: string, urgent?: boolean, explain?: "microphone" | "camera"}} Line
 */

// What passes sooner is not worth words, and what comes and goes is said once in a while, in ms.
const WEAK = { after: 10_000, quiet: 300_000 };
const GONE = { after: 4_000, quiet: 60_000 };
const AT_ONCE = { after: 0, quiet: 60_000 };

/** @type {Record<string, string>} */
const CONDITIONS = {
  connecting: t("still connecting"),
  repairing: t("repairing"),
  failed: t("no way found yet"),
};

// Of a message that is read out beside the talk; the rest is in the chat.
const LONGEST_HEARD = 160;

/**
 * @param {Told} notice
 * @param {Pair[]} pairs
 * @param {Mine} mine
 * @returns {Line | null}
 */
export function lineOf({ kind, people, unseen, flood }, pairs, mine) {
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

/**
 * A sentence about two people, of whom I may be one.
 *
 * @param {Pair} pair
 * @param {Person[]} people
 * @param {(name: string) => string} withMe
 * @param {(one: string, other: string) => string} ofOthers
 */
export function between({ one, other }, people, withMe, ofOthers) {
  const ends = people
    .filter(({ id }) => id === one || id === other)
    .sort((a, b) => Number(b.self) - Number(a.self));
  const [first, second] = ends.map(({ name }) => name);
  return ends[0]?.self ? withMe(second ?? "") : ofOthers(first ?? "", second ?? "");
}

/**
 * Who does not hear whom, in words: whoever hears nobody, then those whom I do not hear, then the others.
 *
 * @param {Pair[]} pairs
 * @param {Person[]} people
 * @returns {string[]}
 */
export function apart(pairs, people) {
  return partings(pairs, people).map(({ text }) => text);
}

/**
 * The same, with `key` for whom each line is about, however it stands with them.
 *
 * @param {Pair[]} pairs
 * @param {Person[]} people
 * @returns {{ key: string, text: string }[]}
 */
function partings(pairs, people) {
  const lines = [];
  let broken = pairs.filter(isApart);
  const mineFirst = [...people].sort((a, b) => Number(b.self) - Number(a.self));
  for (const { id, self, name } of mineFirst) {
    const theirs = pairs.filter((pair) => pair.condition !== "unknown" && isOf(pair, id));
    const left = broken.filter((pair) => isOf(pair, id));
    if (left.length < 2 || !theirs.every(isApart)) continue;
    const state = inCommon(left) ?? "";
    lines.push({
      key: id,
      text: self
        ? t("You and the others cannot hear each other: {state}", { state })
        : t("Nobody hears {name}: {state}", { name, state }),
    });
    broken = broken.filter((pair) => !left.includes(pair));
  }
  const me = people.find(({ self }) => self)?.id ?? "";
  const sorted = [...broken].sort((a, b) => Number(isOf(b, me)) - Number(isOf(a, me)));
  return [
    ...lines,
    ...sorted.map((pair) => {
      const state = CONDITIONS[pair.condition] ?? "";
      const text = between(
        pair,
        people,
        (name) => t("You and {name} cannot hear each other: {state}", { name, state }),
        (one, other) => t("{one} and {other} cannot hear each other: {state}", { one, other, state }),
      );
      return { key: `${pair.one} ${pair.other}`, text };
    }),
  ];
}

/** @param {Pair} pair @param {string} id */
function isOf({ one, other }, id) {
  return one === id || other === id;
}

/** @param {Pair[]} pairs */
function inCommon(pairs) {
  const conditions = new Set(pairs.map(({ condition }) => condition));
  const [only] = conditions;
  return CONDITIONS[(conditions.size === 1 && only) || "repairing"];
}

/** @param {string[]} lines */
function inOneLine([first = "", ...rest]) {
  return rest.length ? tn("{first}; {count} more", "{first}; {count} more", rest.length, { first }) : first;
}

/**
 * What is worth hearing between two states of the room: in, out. Never speaking, nor what comes and goes by itself.
 *
 * @param {Person[]} before
 * @param {Person[]} after
 * @returns {string[]}
 */
export function changes(before, after) {
  const said = [];
  const known = new Map(before.map((person) => [person.id, person]));
  for (const person of after) {
    if (person.self) continue;
    const old = known.get(person.id);
    if (!old) said.push(t("{name} came in", { name: person.name }));
    if (old && !old.silenced && person.silenced) {
      said.push(t("{name}’s microphone has stopped", { name: person.name }));
    }
    if (old?.silenced && person.microphone) said.push(t("{name} can be heard again", { name: person.name }));
    if (old && !old.screen && person.screen) said.push(t("{name} shares a screen", { name: person.name }));
  }
  const here = new Set(after.map(({ id }) => id));
  for (const person of before) {
    if (!here.has(person.id) && !person.self) said.push(t("{name} left", { name: person.name }));
  }
  return said;
}

/**
 * What is so in the room now, and worth hearing once it has been so for some time.
 *
 * @param {Pick<CallState, "people" | "pairs" | "notice" | "mine">} state
 * @returns {Fact[]}
 */
export function facts({ people, pairs, notice, mine }) {
  const isSlow = people.some(({ self, strained }) => self && strained);
  /** @type {Fact[]} */
  const found = people.flatMap((person) => (person.self ? [] : factsOf(person, isSlow)));
  // How it stands with it changes; that it is so is the news.
  for (const { key, text } of partings(pairs, people)) found.push({ key: `apart ${key}`, text, ...AT_ONCE });
  const line = notice.kind === "apart" ? null : lineOf(notice, pairs, mine);
  if (line && !line.urgent) {
    found.push({
      key: `notice ${notice.kind}${notice.kind === "refused" ? line.words : ""}`,
      text: line.words,
      ...AT_ONCE,
    });
  }
  return found;
}

/**
 * @param {Person} person
 * @param {boolean} isSlowHere  this device does not keep up
 * @returns {Fact[]}
 */
function factsOf(person, isSlowHere) {
  const { id, name, connection, by } = person;
  if (by) {
    return [{ key: `by ${id} ${by}`, text: t("You hear {name} by way of {by}", { name, by }), ...AT_ONCE }];
  }
  if (connection === "away") {
    return [{ key: `away ${id}`, text: t("{name} is gone for a moment", { name }), ...GONE }];
  }
  switch (blamed(person, isSlowHere)) {
    case "":
      return [];
    case "line":
      return [{ key: `weak ${id}`, text: t("The link to {name} is weak", { name }), ...WEAK }];
    case "theirs":
      return [{ key: `slow ${id}`, text: t("{name}’s device is too slow at the moment", { name }), ...WEAK }];
    default:
      return [{ key: "slow", text: t("This device is too slow for the call at the moment"), ...WEAK }];
  }
}

/**
 * Which people hear each other again.
 *
 * @param {Pair[]} before
 * @param {Pair[]} after
 * @param {Person[]} people
 * @returns {string[]}
 */
export function mended(before, after, people) {
  const broken = before.filter(isApart);
  const whole = after.filter(
    ({ one, other, condition }) =>
      condition === "connected" && broken.some((pair) => pair.one === one && pair.other === other),
  );
  if (whole.length > 1 && !after.some(isApart)) return [t("Everybody hears everybody again")];
  return whole.map((pair) =>
    between(
      pair,
      people,
      (name) => t("You and {name} hear each other again", { name }),
      (one, other) => t("{one} and {other} hear each other again", { one, other }),
    ),
  );
}

/**
 * What has been written while nobody looked, in few words.
 *
 * @param {import("../state.js").ChatLine[]} lines  at least one
 */
export function written(lines) {
  const last = /** @type {import("../state.js").ChatLine} */ (lines.at(-1));
  const names = { name: last.name, by: last.told_by ?? "" };
  if (lines.length > 1 && last.told_by) {
    return tn(
      "{count} new message in the chat, the last one from {name}, passed on by {by}",
      "{count} new messages in the chat, the last one from {name}, passed on by {by}",
      lines.length,
      names,
    );
  }
  if (lines.length > 1) {
    return tn(
      "{count} new message in the chat, the last one from {name}",
      "{count} new messages in the chat, the last one from {name}",
      lines.length,
      names,
    );
  }
  const body = last.body.length > LONGEST_HEARD ? `${last.body.slice(0, LONGEST_HEARD)}…` : last.body;
  return last.told_by
    ? t("{name}, passed on by {by}, wrote: {body}", { ...names, body })
    : t("{name} wrote: {body}", { ...names, body });
}

/**
 * In words, who is connected and has not come in. No name: what they will be called is theirs to say, with the click.
 *
 * @param {number} visitors
 */
export function outside(visitors) {
  return tn("Somebody is getting ready to come in", "{count} people are getting ready to come in", visitors);
}
