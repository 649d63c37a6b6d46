const DAY = 24 * 60 * 60 * 1000;

/**
 * When the clocks of a zone show this date and time: the first moment where they show it twice, as in
 * meetings/calendar/clocks.py; NaN where they never do. Knows no page.
 *
 * @param {string} date  2026-11-23
 * @param {string} time  14:00
 * @param {string} zone  an IANA name
 */
export function moment(date, time, zone) {
  const wanted = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(wanted)) return NaN;
  // Whatever the clocks do on that day, their offset is that of the day before or of the day after.
  const found = [wanted - DAY, wanted + DAY]
    .map((near) => wanted - (shown(near, zone) - near))
    .filter((at) => shown(at, zone) === wanted);
  return found.length ? Math.min(...found) : NaN;
}

/**
 * What the clocks of a zone show at a moment, as if it were UTC; NaN for a zone that this browser does not know.
 *
 * @param {number} at
 * @param {string} zone
 */
function shown(at, zone) {
  try {
    // Swedes write dates as ISO 8601 does.
    return Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T")}Z`);
  } catch {
    return NaN;
  }
}
