import { t } from "../../lib/i18n.js";
import { tame } from "../../lib/text.js";

/**
 * What has been written, to be kept: as a text, and as a page that needs nothing else. What people wrote is text in both, whatever
 * it looks like.
 *
 * @typedef {import("../state.js").ChatLine} ChatLine
 *
 * @typedef {object} Cover   what stands above it
 * @property {string} title  of the meeting
 * @property {string} of     whose words they are: everybody's, or mine and somebody's
 * @property {number} at     when it is saved, in Unix milliseconds
 * @property {string} locale
 * @property {string} [timeZone]  that of this computer, if it is not said
 *
 * What is said of a line beside its words.
 * @typedef {{day: string, time: string, name: string, notes: string[], reply: string, words: string, after: string[]}} Told
 */

const INDENT = "    ";
// What is said of the words stands further out than they can.
const NOTE = "  ";
const NEITHER_LETTER_NOR_DIGIT = /[^\p{L}\p{M}\p{N}]+/gu;
// In characters, each of which may be four bytes; a system takes 255 of them.
const LONGEST_NAME = 50;
const BYTES = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte"]);

/**
 * As a text. The words are indented, so that nobody can write what looks like the words, or a
 * reaction, of somebody else.
 *
 * @param {readonly ChatLine[]} lines
 * @param {Cover} cover
 */
export function asText(lines, cover) {
  const parts = [[flat(cover.title), flat(cover.of), saved(cover)].join("\n")];
  let day = "";
  for (const line of told(lines, cover)) {
    if (line.day !== day) parts.push(line.day);
    day = line.day;
    const head = [`${line.time} ${line.name}`, ...line.notes].join(", ");
    parts.push(
      [
        head,
        ...[line.reply && `> ${line.reply}`].filter(Boolean).map((one) => NOTE + one),
        ...(line.words ? line.words.split("\n") : []).map((one) => INDENT + one),
        ...line.after.map((one) => NOTE + one),
      ].join("\n"),
    );
  }
  return `${parts.join("\n\n")}\n`;
}

/**
 * As a page by itself, which loads and runs nothing.
 *
 * @param {readonly ChatLine[]} lines
 * @param {Cover} cover
 */
export function asHtml(lines, cover) {
  const title = escaped(flat(cover.title));
  const parts = [
    "<!doctype html>",
    `<html lang="${escaped(cover.locale)}">`,
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<h1 dir="auto">${title}</h1>`,
    `<p dir="auto">${escaped(flat(cover.of))}</p>`,
    `<p>${escaped(saved(cover))}</p>`,
  ];
  let day = "";
  for (const line of told(lines, cover)) {
    if (line.day !== day) parts.push(`<h2>${escaped(line.day)}</h2>`);
    day = line.day;
    const notes = line.notes.map((note) => `<small>${escaped(note)}</small>`).join(" ");
    parts.push(
      "<article>",
      `<header><b><bdi>${escaped(line.name)}</bdi></b> <time>${escaped(line.time)}</time> ${notes}</header>`,
      line.reply && `<blockquote dir="auto">${escaped(line.reply)}</blockquote>`,
      line.words && `<p dir="auto">${escaped(line.words)}</p>`,
      ...line.after.map((one) => `<p dir="auto"><small>${escaped(one)}</small></p>`),
      "</article>",
    );
  }
  return `${parts.filter(Boolean).join("\n")}\n`;
}

/**
 * What it is saved as: a name that every system takes.
 *
 * @param {Pick<Cover, "title" | "at">} cover
 * @param {"txt" | "html"} ending
 */
export function fileName({ title, at }, ending) {
  const words = [...tame(title).normalize("NFC").replaceAll(NEITHER_LETTER_NOR_DIGIT, "-")]
    .slice(0, LONGEST_NAME)
    .join("");
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((number) => String(number).padStart(2, "0"))
    .join("-");
  return `chat-${words}-${day}.${ending}`.replaceAll(/-+/g, "-");
}

const STYLE = [
  "body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }",
  "p { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }",
  "article { margin-block: 1rem }",
  "blockquote { margin: 0; padding-inline-start: .75rem; border-inline-start: 2px solid; opacity: .8 }",
].join("\n");

/** @param {readonly ChatLine[]} lines @param {Cover} cover @returns {Told[]} */
function told(lines, { locale, timeZone }) {
  const zone = timeZone ? { timeZone } : {};
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "full", ...zone });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short", ...zone });
  return lines.map((line) => ({
    day: day.format(line.at),
    time: time.format(line.at),
    name: flat(line.name),
    notes: notes(line, (at) => time.format(at)),
    reply: line.reply?.id
      ? t("{name}: {words}", { name: flat(line.reply.name), words: flat(line.reply.excerpt) })
      : "",
    words: line.isDeleted ? t("{name} deleted this message.", { name: flat(line.name) }) : line.body,
    after: [
      ...(line.file
        ? [t("File: {name}, {size}", { name: flat(line.file.name), size: size(line.file.size, locale) })]
        : []),
      ...line.reactions.map(({ reaction, people }) => {
        const names = people.map(({ name, told_by }) =>
          told_by === undefined ? flat(name) : hearsay(name, told_by),
        );
        return t("{reaction} from {names}", { reaction, names: new Intl.ListFormat(locale).format(names) });
      }),
    ],
  }));
}

/** @param {ChatLine} line @param {(at: number) => string} time */
function notes({ editedAt, told_by, hearsay, delivery }, time) {
  const said = [];
  if (told_by !== undefined && hearsay) {
    said.push(t("as told by {teller}, who has it from others", { teller: flat(told_by) }));
  } else if (told_by !== undefined) said.push(t("as told by {teller}", { teller: flat(told_by) }));
  if (editedAt !== null) said.push(t("edited at {time}", { time: time(editedAt) }));
  if (delivery.state !== "") said.push(t("not delivered to everybody"));
  return said;
}

/** @param {string} name @param {string} teller */
function hearsay(name, teller) {
  return t("{name} (as told by {teller})", { name: flat(name), teller: flat(teller) });
}

/** @param {Cover} cover */
function saved({ at, locale, timeZone }) {
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "full",
    timeStyle: "short",
    ...(timeZone && { timeZone }),
  });
  return t("Saved on {date}", { date: format.format(at) });
}

/** @param {number} bytes @param {string} locale */
function size(bytes, locale) {
  const power = Math.min(BYTES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const unit = /** @type {string} */ (BYTES[power]);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(
    bytes / 1_000 ** power,
  );
}

/** On one line. @param {string} text */
function flat(text) {
  return tame(text).replaceAll(/\s+/g, " ").trim();
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
