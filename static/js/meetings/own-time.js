/**
 * Written right after a time that the server may have said for another clock than this computer's, so that it is right
 * before it is drawn. `data-own-time` is the zone it was said in, `data-from` and `data-to` are moments (ISO 8601), and
 * `data-theirs` is the time on the organizer's clock, in words. What i18n.js does is done here in two lines: it is not here yet.
 */
for (const element of document.querySelectorAll("[data-own-time]")) {
  const { ownTime = "", from = "", to = "", theirs = "" } = /** @type {HTMLElement} */ (element).dataset;
  const [, here] = /(?:^|; )zone=([^;]+)/u.exec(document.cookie) ?? [];
  if (!here || here === ownTime) continue;
  const locale = document.documentElement?.dataset["formats"] ?? "en-GB";
  /** @param {string} text @param {Record<string, string>} [places] */
  const t = (text, places = {}) =>
    String(/** @type {any} */ (globalThis).words?.[text] ?? text).replace(
      /\{(\w+)\}/gu,
      (whole, name) => places[name] ?? whole,
    );
  const starts = new Date(from);
  const ends = new Date(to);
  /** @param {Date} moment @param {string} [timeZone] */
  const clock = (moment, timeZone) =>
    moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", timeZone });
  /** @param {Date} moment @param {string} [timeZone] */
  const day = (moment, timeZone) => moment.toLocaleDateString("en-CA", { timeZone });
  // Two zones with the same clock are one to the reader.
  if (clock(starts) === clock(starts, ownTime) && day(starts) === day(starts, ownTime)) continue;
  const isThisYear = starts.getFullYear() === new Date().getFullYear();
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }) };
  const weekday = starts.toLocaleDateString(locale, { weekday: "long" });
  const far =
    locale === "en-GB"
      ? `${weekday}, ${starts.toLocaleDateString(locale, options)}`
      : starts.toLocaleDateString(locale, { weekday: "long", ...options });
  const away = (new Date(starts).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000;
  const near = new Map([
    [-1, t("Yesterday")],
    [0, t("Today")],
    [1, t("Tomorrow")],
  ]).get(Math.round(away));
  const said = {
    date: near ?? far,
    starts: clock(starts),
    ends: clock(ends),
    day: ends.toLocaleDateString(locale, { weekday: "long" }),
    place: here.slice(here.lastIndexOf("/") + 1).replaceAll("_", " "),
  };
  const mine =
    day(starts) === day(ends)
      ? t("{date}, {starts} to {ends}, {place} time", said)
      : t("{date}, {starts} to {ends} on {day}, {place} time", said);
  element.textContent = [mine, theirs].filter(Boolean).join("; ");
}
