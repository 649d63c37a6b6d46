/** What concerns the whole of the room, as it is read and as it is heard. */
import { icon, make } from "../../lib/dom.js";
import { isApart } from "../roster.js";

/** @import { NoticeKind, Pair, Person } from "../state.js" */

/** @type {Record<string, string>} */
const CONDITIONS = { connecting: "still connecting", repairing: "repairing", failed: "no way found yet" };

// Of a message that is read out beside the talk; the rest is in the chat.
const LONGEST_HEARD = 160;

/** One line over the top of the room about what concerns the whole of it. */
export class Notice {
  #root;
  #act;
  #shown = "";

  /**
   * @param {HTMLElement} root   #notice
   * @param {{ act: () => void }} actions   what the button of the notice promises
   */
  constructor(root, { act }) {
    this.#root = root;
    this.#act = act;
  }

  /** @param {{ kind: NoticeKind, people: Person[] }} state @param {Pair[]} pairs */
  render({ kind, people }, pairs) {
    let words = kind === "reconnecting" ? reassurance(people) : kind;
    if (kind === "apart") words = inOneLine(apart(pairs, people));
    if (words === this.#shown) return;
    this.#shown = words;
    this.#root.hidden = kind === "";
    this.#root.replaceChildren();
    switch (kind) {
      case "reconnecting":
        return this.#say("status", "signal-low", words);
      case "sound-blocked":
        return this.#say("alert", "sound-off", "Your browser holds the sound back.", "Let it in");
      case "slow-device":
        return this.#say("status", "camera-off", "This device is too slow to send your picture too. Your voice goes first.", "Send it again");
      case "thin-line":
        return this.#say("status", "camera-off", "Your connection carries your voice, and no picture. It comes back by itself.");
      case "duplicate":
        return this.#say("alert", "warning", "You are in this call on another page, too.", "Leave here");
      case "muted-talking":
        return this.#say("status", "mic-off", "You are muted, and you are talking.", "Unmute");
      case "apart":
        return this.#say("status", "signal-low", words, "Show");
    }
  }

  /**
   * @param {"status" | "alert"} role
   * @param {string} picture
   * @param {string} words
   * @param {string} [action]
   */
  #say(role, picture, words, action = "") {
    const line = make("span", { role }, words);
    this.#root.replaceChildren(icon(picture), line);
    if (!action) return;
    const button = make("button", { class: "button", type: "button" }, action);
    button.addEventListener("click", () => this.#act());
    this.#root.append(button);
  }
}

/** @param {Person[]} people */
function reassurance(people) {
  const wrong = "The server does not answer; we keep trying.";
  const connected = people.some(({ self, link }) => !self && link === "connected");
  return connected ? `${wrong} You still see and hear the others.` : wrong;
}

/** "Ana and Ben", or "You and Ben". @param {Pair} pair @param {Person[]} people */
export function betweenWords({ one, other }, people) {
  const ends = people.filter(({ id }) => id === one || id === other).sort((a, b) => Number(b.self) - Number(a.self));
  return ends.map(({ self, name }) => (self ? "You" : name)).join(" and ");
}

/**
 * Who does not hear whom, in words: whoever hears nobody, then those whom I do not hear, then the others.
 *
 * @param {Pair[]} pairs
 * @param {Person[]} people
 * @returns {string[]}
 */
export function apart(pairs, people) {
  const lines = [];
  let broken = pairs.filter(isApart);
  const mineFirst = [...people].sort((a, b) => Number(b.self) - Number(a.self));
  for (const { id, self, name } of mineFirst) {
    const theirs = pairs.filter((pair) => pair.condition !== "unknown" && isOf(pair, id));
    const left = broken.filter((pair) => isOf(pair, id));
    if (left.length < 2 || !theirs.every(isApart)) continue;
    const who = self ? "You and the others cannot hear each other" : `Nobody hears ${name}`;
    lines.push(`${who}: ${inCommon(left)}`);
    broken = broken.filter((pair) => !left.includes(pair));
  }
  const me = people.find(({ self }) => self)?.id ?? "";
  const sorted = [...broken].sort((a, b) => Number(isOf(b, me)) - Number(isOf(a, me)));
  return [...lines, ...sorted.map((pair) => `${betweenWords(pair, people)} cannot hear each other: ${CONDITIONS[pair.condition]}`)];
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
  return rest.length ? `${first}; ${rest.length} more` : first;
}

/**
 * What is worth hearing between two states of the room: in, out, hand. Never speaking.
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
    if (!old) said.push(`${person.name} came in`);
    if (old && !old.hand && person.hand) said.push(`${person.name} raised a hand`);
    if (old && !old.screen && person.screen) said.push(`${person.name} shares a screen`);
    if (old && !old.by && person.by) said.push(`You hear ${person.name} by way of ${person.by}`);
    if (old && old.quality !== "poor" && person.quality === "poor") said.push(`The link to ${person.name} is weak`);
  }
  const here = new Set(after.map(({ id }) => id));
  for (const person of before) if (!here.has(person.id) && !person.self) said.push(`${person.name} left`);
  return said;
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
    ({ one, other, condition }) => condition === "connected" && broken.some((pair) => pair.one === one && pair.other === other),
  );
  if (whole.length > 1 && !after.some(isApart)) return ["Everybody hears everybody again"];
  return whole.map((pair) => `${betweenWords(pair, people)} hear each other again`);
}

/**
 * What has been written while nobody looked, in few words.
 *
 * @param {import("../state.js").ChatLine[]} lines  at least one
 */
export function written(lines) {
  const last = /** @type {import("../state.js").ChatLine} */ (lines.at(-1));
  if (lines.length > 1) return `${lines.length} new messages in the chat, the last one from ${last.name}`;
  const body = last.body.length > LONGEST_HEARD ? `${last.body.slice(0, LONGEST_HEARD)}…` : last.body;
  return `${last.name} wrote: ${body}`;
}
