/**
 * An agenda as points, as meetings/words.py reads it: one a line, minutes in brackets at the end. Knows no page.
 *
 * @typedef {{ text: string, minutes: number | null }} Point
 */

const MINUTES = /^(.*\S)\s*\(\s*(\d{1,3})\s*(?:min(?:utes?|\.)?|m)?\s*\)$/u;
const BULLET = /^(?:[-*•–]\s+|\d{1,2}[.)]\s+)/u;

/**
 * @param {string} text
 * @returns {Point[]}
 */
export function parse(text) {
  return text
    .split(/\r\n|[\r\n]/u)
    .map((line) => line.trim().replace(BULLET, ""))
    .filter(Boolean)
    .map(point);
}

/**
 * One line, without its bullet.
 *
 * @param {string} line
 * @returns {Point}
 */
export function point(line) {
  const [, text, minutes] = MINUTES.exec(line.trim()) ?? [];
  return text === undefined ? { text: line.trim(), minutes: null } : { text, minutes: Number(minutes) };
}

/**
 * As it is read again; a point without words is none.
 *
 * @param {Point[]} points
 */
export function written(points) {
  return points
    .filter(({ text }) => text.trim())
    .map(({ text, minutes }) => (minutes ? `${text.trim()} (${minutes})` : text.trim()))
    .join("\n");
}

/**
 * How much of the meeting is given away: "35 of 45 minutes"; empty while no point has minutes.
 *
 * @param {Point[]} points
 * @param {number} length  of the meeting, in minutes
 */
export function sum(points, length) {
  const total = points.reduce((minutes, { minutes: more }) => minutes + (more ?? 0), 0);
  const over = total - length;
  if (!total) return { words: "", over: false };
  if (!length) return { words: total === 1 ? "1 minute" : `${total} minutes`, over: false };
  const words = `${total} of ${length} minutes`;
  return over > 0 ? { words: `${words}, ${over} too many`, over: true } : { words, over: false };
}
