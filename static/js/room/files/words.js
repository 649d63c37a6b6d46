/**
 * What is said of files.
 *
 * @typedef {import("./receiving.js").Failure} Failure
 */
import { listed, locale, t, tn } from "../../lib/i18n.js";

/** @type {[number, string][]} */
const SIZES = [
  [1e9, "gigabyte"],
  [1e6, "megabyte"],
  [1e3, "kilobyte"],
  [1, "byte"],
];
/** Seconds. @type {[number, string][]} */
const TIMES = [
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {Intl.NumberFormatOptions} options @param {number} value */
function said(options, value) {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, options);
  formats.set(key, format);
  return format.format(value);
}

/** @param {string} unit @param {number} value @param {number} [digits] */
function inUnits(unit, value, digits = 0) {
  // "70 byte" is a word cut short.
  const unitDisplay = unit === "byte" ? "long" : "short";
  return said({ style: "unit", unit, unitDisplay, maximumFractionDigits: digits }, value);
}

/** @param {number} bytes @returns {[number, string]} */
const unitOf = (bytes) => SIZES.find(([one]) => bytes >= one) ?? [1, "byte"];
const digitsOf = (/** @type {number} */ unit) => (unit >= 1e6 ? 1 : 0);

/** 8.4 MB. @param {number} bytes */
export function sizeOf(bytes) {
  const [unit, name] = unitOf(bytes);
  return inUnits(name, bytes / unit, digitsOf(unit));
}

/** 6.1, of 8.4 MB. @param {number} bytes @param {number} size */
function partOf(bytes, size) {
  const [unit] = unitOf(size);
  return said({ maximumFractionDigits: digitsOf(unit) }, bytes / unit);
}

/** 5 sec. @param {number} seconds */
export function timeOf(seconds) {
  const [unit, name] = TIMES.find(([one]) => seconds >= one) ?? [1, "second"];
  return inUnits(name, Math.max(1, Math.round(seconds / unit)));
}

/** @param {number} size @param {boolean} isForAll */
export function offered(size, isForAll) {
  return isForAll
    ? t("{size}, offered to all", { size: sizeOf(size) })
    : t("{size}, offered to you", { size: sizeOf(size) });
}

/** Of mine. @param {number} size @param {string} name  of the one it is for; "" for all */
export function mine(size, name) {
  return name
    ? t("{size}, offered to {name}", { size: sizeOf(size), name })
    : t("{size}, offered to all", { size: sizeOf(size) });
}

/** @param {number} bytes @param {number} size @param {number | null} seconds  that it will take; null as long as nobody knows */
export function moving(bytes, size, seconds) {
  const places = { done: partOf(bytes, size), size: sizeOf(size) };
  return seconds === null
    ? t("{done} of {size}", places)
    : t("{done} of {size}, {time} left", { ...places, time: timeOf(seconds) });
}

/** @param {string} name  of its author */
export function asking(name) {
  return t("Asking {name} for it…", { name });
}

/** @param {string} name */
export function turn(name) {
  return t("{name} is sending to others. It comes when it is its turn.", { name });
}

/** @param {string} name @param {number} bytes @param {number} size */
export function away(name, bytes, size) {
  return bytes > 0
    ? t("{done} of {size}. It goes on when {name} is back.", {
        done: partOf(bytes, size),
        size: sizeOf(size),
        name,
      })
    : t("It comes when {name} is back.", { name });
}

export const CHECKING = t("Checking it…");
export const RECEIVING = t("Receiving the file");
export const SENDING = t("Sending the file");

/** @param {number} size */
export function saved(size) {
  return t("{size}, saved", { size: sizeOf(size) });
}

/** To whom something of mine goes. @param {string[]} names @param {number} bytes  of all of them together @param {number} size  the same */
export function going(names, bytes, size) {
  const [name = ""] = names;
  const places = { name, done: partOf(bytes, size), size: sizeOf(size) };
  return tn(
    "{name} takes it: {done} of {size}",
    "{count} people take it: {done} of {size}",
    names.length,
    places,
  );
}

/** @param {string[]} names  of those who have all of it */
export function arrived(names) {
  return tn("{names} has it", "{names} have it", names.length, { names: listed(names) });
}

/** @type {Readonly<Record<Failure, (name: string) => string>>} */
const FAILURES = {
  gone: (name) => t("{name} does not have it any more.", { name }),
  changed: (name) => t("{name} has changed the file since. Ask {name} to offer it again.", { name }),
  unknown: (name) => t("{name} does not have it any more.", { name }),
  stopped: (name) => t("{name} has stopped it.", { name }),
  broken: () => t("What came was not what was offered, so it was not taken."),
  damaged: (name) => t("It arrived damaged. Try again, or ask {name} to offer it once more.", { name }),
  silent: () => t("Nothing came for two minutes."),
  full: () => t("There is not enough room on this device."),
  disk: () =>
    t("This browser gives no place to keep it. It may be a private window, or open in another tab."),
};

/** @param {Failure} failure @param {string} name  of its author */
export function failed(failure, name) {
  return FAILURES[failure](name);
}

export const LOST = t("It cannot be taken any more, since this page was loaded again.");
export const CHANGED = t("It cannot be taken any more, since the file has changed.");
export const ACTIONS = {
  save: t("Save"),
  "save-again": t("Save again"),
  "not-now": t("Not now"),
  "stop-receiving": t("Stop receiving the file"),
  "stop-sending": t("Stop sending the file"),
  again: t("Try again"),
  choose: t("Choose it again"),
};

/** Why something cannot be offered. */
export const PROBLEMS = {
  large: t("A file may have at most 2 GB."),
  folder: t("A folder cannot be sent. Make it one file, such as a ZIP."),
  other: t("This is another file than the one that was offered."),
  picture: t("This picture cannot be shown."),
};

/** To those who do not see it. @param {string} name  of the file */
export function whole(name) {
  return t("{name} is saved.", { name });
}

/** @param {string} name */
export function lost(name) {
  return t("{name} could not be saved.", { name });
}
