/** What happens in the room, in words for those who do not see it. */
import { t, tn } from "../../lib/i18n.js";
import { blamed } from "./diagnosis.js";
import { lineOf } from "./notices.js";
import { partings } from "./pairs.js";

/**
 * @import { CallState, Mine, Person } from "../state.js"
 * @import { Fact } from "../news.js"
 */

// What passes sooner is not worth words, and what comes and goes is said once in a while, in ms.
const WEAK = { after: 10_000, quiet: 300_000 };
const GONE = { after: 4_000, quiet: 60_000 };
const AT_ONCE = { after: 0, quiet: 60_000 };

/**
 * What is worth hearing between two states of the room: in, out. Never speaking, nor what comes and goes by itself.
 *
 * @param {Person[]} before
 * @param {Person[]} after
 * @param {(name: string) => boolean} [isExpected]  it is told already that they are let in
 * @returns {string[]}
 */
export function changes(before, after, isExpected = () => false) {
  const said = [];
  const known = new Map(before.map((person) => [person.id, person]));
  for (const person of after) {
    if (person.self) continue;
    const old = known.get(person.id);
    if (!old && !isExpected(person.name)) said.push(t("{name} came in", { name: person.name }));
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
      key: `notice ${notice.kind}${notice.kind === "refused" || notice.kind === "told" ? line.words : ""}`,
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
      return [{ key: `weak ${id}`, text: t("The connection to {name} is weak", { name }), ...WEAK }];
    case "theirs":
      return [{ key: `slow ${id}`, text: t("{name}’s device is too slow at the moment", { name }), ...WEAK }];
    default:
      return [{ key: "slow", text: t("This device is too slow for the call at the moment"), ...WEAK }];
  }
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

/**
 * In words, who is connected and has not come in. No name: what they will be called is theirs to say, with the click.
 *
 * @param {number} visitors
 */
export function outside(visitors) {
  return tn("Somebody is getting ready to come in", "{count} people are getting ready to come in", visitors);
}
