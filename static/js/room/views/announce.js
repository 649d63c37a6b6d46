/** What screen readers hear. */

import { isApart } from "../roster.js";
import { betweenWords } from "./notice.js";

/** @import { Pair, Person } from "../state.js" */

/**
 * Say something to those who do not see it.
 *
 * @param {string} text
 * @param {{ urgent?: boolean }} [options]   urgent interrupts: removed, muted by a host
 */
export function announce(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? "said-now" : "said");
  if (!region) return;
  const line = document.createElement("p");
  line.textContent = text;
  region.append(line);
  // Long enough to be read, short enough not to be met later by somebody who reads the page.
  setTimeout(() => line.remove(), 10_000);
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
