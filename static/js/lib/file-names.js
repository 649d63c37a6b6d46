import { isBlank, tame } from "./text.js";

/**
 * Names of files, which are whatever somebody sends: what is shown is what would be saved, and its ending is always seen.
 */

const LONGEST = 120;
// What follows the last dot, as far as it is short enough to be an ending.
const ENDING = /\.[^.\s]{1,16}$/u;
// No file system and no shell is to find a meaning in these.
const MEANINGFUL = /[/\\:*?"<>|\0-\x1F\x7F]/gu;
// Those that Windows takes for devices, whatever their ending.
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/iu;
// Seen as nothing, or as a blank of whatever width, so that "letter.pdf      .exe" has its ending out of sight.
const UNSEEN = /[\p{Cf}\p{Co}\p{Cn}\u115F\u1160\u3164\uFFA0\u2800]/gu;
const SPACES = /[\s\p{Z}]+/gu;

/**
 * The same name without paths, controls, and characters that turn the direction or are not seen; at most 120 characters,
 * of which the ending is kept.
 *
 * @param {string} text  from outside
 */
export function cleanName(text) {
  const last =
    text
      .slice(-4 * LONGEST)
      .split(/[/\\]/u)
      .findLast((part) => part.trim() !== "") ?? "";
  let name = last;
  // What is taken away may have stood between two parts of one character, or before a dot.
  for (let clean = cleaned(name); clean !== name; clean = cleaned(name)) name = clean;
  return name;
}

/** @param {string} text */
function cleaned(text) {
  const plain = tame(text)
    .replaceAll(UNSEEN, "")
    .replaceAll(SPACES, " ")
    .replaceAll(MEANINGFUL, "_")
    .normalize("NFC")
    .replace(/^[. ]+/u, "")
    .replace(/[. ]+$/u, "")
    .replace(/ +(?=\.[^.]*$)/u, "");
  if (isBlank(plain)) return "file";
  const named = plain.replace(DEVICE, "_$&");
  const ending = endingOf(named);
  const stem = [...named.slice(0, named.length - ending.length)];
  return (
    stem
      .slice(0, LONGEST - [...ending].length)
      .join("")
      .trimEnd() + ending
  );
}

/** ".pdf" of "letter.pdf", or "" where there is none. @param {string} name  a clean one */
export function endingOf(name) {
  const [found = ""] = ENDING.exec(name) ?? [];
  return found.length < name.length ? found : "";
}

/**
 * A name in two, of which only the first may be shortened where it is shown.
 *
 * @param {string} name  a clean one
 */
export function parted(name) {
  const ending = endingOf(name);
  return { stem: name.slice(0, name.length - ending.length), ending };
}
