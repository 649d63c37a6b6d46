/**
 * Keeps times true on a page that was rendered a while ago, or for another clock than this computer's.
 *
 * The server knows the zone from the account or from the `zone` cookie (lib/zone.js). Only the very first page can
 * come without either; its times are then said again here. Where the account's zone is not this computer's, the
 * page keeps to the account and says so.
 */
import { locale, t, tn } from "../lib/i18n.js";
import { write } from "../lib/dom.js";

const MINUTE = 60_000;

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const root = document.querySelector("[data-zone]");
if (root instanceof HTMLElement && here && !sameClock(root.dataset["zone"] ?? "", here)) {
  if (root.dataset["follow"] === "browser") retell();
  else tellApart();
}
count();
setInterval(count, MINUTE / 2);

/**
 * Whether two zones show the same time now and half a year on.
 *
 * @param {string} one
 * @param {string} other
 */
function sameClock(one, other) {
  const moments = [Date.now(), Date.now() + 183 * 24 * 60 * MINUTE];
  return one === other || moments.every((moment) => said(moment, one) === said(moment, other));
}

/**
 * @param {number} moment
 * @param {string} zone
 */
function said(moment, zone) {
  return new Date(moment).toLocaleString("en-GB", { timeZone: zone || "UTC" });
}

/** Say every time again, in this computer's zone, and put each meeting under its day. */
function retell() {
  for (const time of document.querySelectorAll("time[data-clock]")) {
    write(time, clock(time.getAttribute("datetime")));
  }
  for (const span of document.querySelectorAll("[data-span]")) {
    const ends = new Date(span.getAttribute("data-to") ?? "");
    const other = day(span.getAttribute("data-from")) !== day(span.getAttribute("data-to"));
    const said = {
      starts: clock(span.getAttribute("data-from")),
      ends: clock(span.getAttribute("data-to")),
      day: ends.toLocaleDateString(locale, { weekday: "long" }),
    };
    write(span, other ? t("{starts} to {ends} on {day}", said) : t("{starts} to {ends}", said));
  }
  for (const words of document.querySelectorAll("[data-zone-words]")) {
    write(words, t("{place} time", { place: place(here) }));
  }
  for (const words of document.querySelectorAll("[data-day]:not(section)")) {
    write(words, longDay(words.getAttribute("data-day") ?? ""));
  }
  const today = document.querySelector("[data-today]");
  if (today) write(today, longDay(new Date().toISOString()));
  regroup();
}

/** Rows whose day is another one here move to a section of that day. */
function regroup() {
  const first = document.querySelector("section[data-day]");
  if (!first?.parentElement) return;
  const parent = first.parentElement;
  // What goes on now stays on top, wherever the clock is.
  const rows = [...parent.querySelectorAll("section[data-day] li.meeting")];
  for (const section of parent.querySelectorAll("section[data-day]")) section.remove();
  /** @type {Map<string, HTMLElement>} */
  const lists = new Map();
  for (const row of rows) {
    const starts = row.querySelector("time")?.getAttribute("datetime") ?? "";
    const key = new Date(starts) < new Date() ? day(new Date().toISOString()) : day(starts);
    let list = lists.get(key);
    if (!list) {
      const section = document.createElement("section");
      section.className = "day";
      const header = document.createElement("header");
      const heading = document.createElement("h3");
      write(heading, key === day(new Date().toISOString()) ? t("Today") : longDay(starts));
      list = document.createElement("ul");
      header.append(heading);
      section.append(header, list);
      parent.append(section);
      lists.set(key, list);
    }
    list.append(row);
  }
}

/** The account is set to one zone, the computer to another: say it instead of guessing. */
function tellApart() {
  const line = document.querySelector("[data-elsewhere]");
  const words = line?.querySelector("[data-place]");
  if (!(line instanceof HTMLElement) || !words) return;
  write(words, place(here));
  line.hidden = false;
}

/** "Starts in 12 minutes" grows older while the page is open; what is further off than two hours is left alone. */
function count() {
  for (const words of document.querySelectorAll("[data-starts]")) {
    const starts = Date.parse(words.getAttribute("data-starts") ?? "");
    const ends = Date.parse(words.getAttribute("data-ends") ?? "");
    const minutes = Math.ceil((starts - Date.now()) / MINUTE);
    if (Date.now() >= ends) write(words, t("Over"));
    else if (minutes > 0 && minutes < 120) write(words, t("Starts in {length}", { length: length(minutes) }));
    else if (minutes <= 0) {
      const ago = Math.floor((Date.now() - starts) / MINUTE);
      write(words, ago < 1 ? t("Starting now") : t("Started {length} ago", { length: length(ago) }));
    }
  }
}

/** @param {number} minutes */
function length(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [];
  if (hours) parts.push(tn("{count} hour", "{count} hours", hours));
  if (rest || !hours) parts.push(tn("{count} minute", "{count} minutes", rest));
  return parts.join(" ");
}

/** @param {string | null} moment */
function clock(moment) {
  return new Date(moment ?? "").toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/** @param {string | null} moment */
function day(moment) {
  return new Date(moment ?? "").toLocaleDateString("en-CA");
}

/** @param {string} moment */
function longDay(moment) {
  const date = new Date(moment);
  const weekday = date.toLocaleDateString(locale, { weekday: "long" });
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }) };
  const rest = date.toLocaleDateString(locale, options);
  // Ours has a comma, which British English has not (language/formats.py).
  return locale === "en-GB"
    ? `${weekday}, ${rest}`
    : date.toLocaleDateString(locale, { weekday: "long", ...options });
}

/** @param {string} zone */
function place(zone) {
  return zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}
