/**
 * Written right after a time that the server may have said for another clock than this computer's, so that it is right
 * before it is drawn. `data-own-time` is the zone it was said in, `data-from` and `data-to` are moments (ISO 8601), and
 * `data-theirs` is the time on the organizer's clock, in words.
 */
for (const element of document.querySelectorAll("[data-own-time]")) {
  const { ownTime = "", from = "", to = "", theirs = "" } = /** @type {HTMLElement} */ (element).dataset;
  const [, here] = /(?:^|; )zone=([^;]+)/u.exec(document.cookie) ?? [];
  if (!here || here === ownTime) continue;
  const starts = new Date(from);
  const ends = new Date(to);
  /** @param {Date} moment @param {string} [timeZone] */
  const clock = (moment, timeZone) =>
    moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  /** @param {Date} moment @param {string} [timeZone] */
  const day = (moment, timeZone) => moment.toLocaleDateString("en-CA", { timeZone });
  // Two zones with the same clock are one to the reader.
  if (clock(starts) === clock(starts, ownTime) && day(starts) === day(starts, ownTime)) continue;
  const weekday = starts.toLocaleDateString("en-GB", { weekday: "long" });
  const month = starts.toLocaleDateString("en-GB", { month: "long" });
  const year = starts.getFullYear() === new Date().getFullYear() ? "" : ` ${starts.getFullYear()}`;
  const away = (new Date(starts).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000;
  const near = new Map([
    [-1, "Yesterday"],
    [0, "Today"],
    [1, "Tomorrow"],
  ]).get(Math.round(away));
  const date = near ?? `${weekday}, ${starts.getDate()} ${month}${year}`;
  const last =
    day(starts) === day(ends) ? "" : ` on ${ends.toLocaleDateString("en-GB", { weekday: "long" })}`;
  const place = here.slice(here.lastIndexOf("/") + 1).replaceAll("_", " ");
  const mine = `${date}, ${clock(starts)} to ${clock(ends)}${last}, ${place} time`;
  element.textContent = [mine, theirs].filter(Boolean).join("; ");
}
