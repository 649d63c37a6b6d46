/**
 * Addresses as people paste them. The same rules as meetings/forms/addresses.py, which has the last word; both are held
 * together by tests/meetings/forms/addresses.json. Knows no page.
 *
 * @typedef {{ email: string, name: string, optional?: boolean, cohost?: boolean }} Address
 * @typedef {{ text: string, reason: string }} Wrong  `reason` continues a sentence that begins with the text
 */
import { FLAG } from "../lib/names.js";

// What is longer is not looked at: the patterns below take their time over a long run of the same character.
const LONGEST = 400;
// Behind an address: whose presence is not needed, and who is host as well.
const PLACE = /\s*\((optional|(?:co-)?host)\)$/iu;
const LONGEST_PLACE = 12;
// Right behind an address, it belongs to that one.
const COMMENT = /^\s*\(((?:[^()@]|\([^()@]*\))*)\)\s*/u;
// What turns the direction of text or is not seen at all, except joiners that shape letters, and flags.
const UNSEEN = new RegExp(
  `(${FLAG})|(?![\\u200c\\u200d])[\\p{Cf}\\p{Cs}]|(?![\\t\\n\\r\\v\\f])\\p{Cc}`,
  "gu",
);
const LOCAL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+$/u;
const DOMAIN =
  /^[\p{L}\p{M}\p{N}]([\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?(\.[\p{L}\p{M}\p{N}]([\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?)+$/u;

/**
 * Every address in `text`, separated in any common way; doubles are one.
 *
 * @param {string} text
 * @returns {{ addresses: Address[], wrong: Wrong[] }}
 */
export function parse(text) {
  /** @type {Map<string, Address>} */
  const found = new Map();
  /** @type {Map<string, Wrong>} */
  const wrong = new Map();
  for (const { email: address, name: rough, optional, cohost } of mailboxes(text)) {
    let name = plain(rough.slice(0, LONGEST)).replace(/^['" ]+|['" ]+$/gu, "");
    const reason = fault(address);
    if (reason) {
      const shown = plain(name ? `${name} <${address}>` : address);
      if (!wrong.has(shown)) wrong.set(shown, { text: shown.slice(0, 80), reason });
      continue;
    }
    const key = address.toLowerCase();
    if (name.toLowerCase() === key) name = "";
    const person = {
      email: address,
      name: name.slice(0, 64).trim(),
      ...(optional && { optional }),
      ...(cohost && { cohost }),
    };
    found.set(key, merged(found.get(key), person));
  }
  return { addresses: [...found.values()], wrong: [...wrong.values()] };
}

/**
 * The same mailbox, named twice.
 *
 * @param {Address | undefined} known
 * @param {Address} person
 * @returns {Address}
 */
export function merged(known, person) {
  return known ? { ...person, ...known, name: known.name || person.name } : person;
}

/**
 * The address as it is pasted again.
 *
 * @param {Address} address
 */
export function written({ email, name, optional, cohost }) {
  const places = (optional ? " (optional)" : "") + (cohost ? " (host)" : "");
  if (!name) return email + places;
  if (!/[,;<>@()"\\]/u.test(name)) return `${name} <${email}>${places}`;
  return `"${name.replace(/["\\]/gu, "\\$&")}" <${email}>${places}`;
}

/**
 * What is wrong with an address, in words; empty when nothing is.
 *
 * @param {string} address
 */
function fault(address) {
  if (address.length > LONGEST) return "is longer than an address can be";
  const at = address.lastIndexOf("@");
  const before = address.slice(0, Math.max(at, 0));
  const after = address.slice(at + 1);
  if (at < 0) return "lacks an @ and what follows it";
  if (!before) return "lacks a name in front of the @";
  if (!after) return "lacks what follows the @, such as example.com";
  if (before.includes("@")) return "has more than one @";
  if (!after.replace(/^\.+|\.+$/gu, "").includes(".")) return "lacks its ending, such as .com";
  if (address.includes("..") || /^\.|\.@|@\.|\.$/u.test(address)) return "has a dot too many";
  if (address.length > 254 || before.length > 64) return "is longer than an address can be";
  if (LOCAL.test(before) && DOMAIN.test(after)) return "";
  const strange =
    /[^\p{L}\p{M}\p{N}_.!#$%&'*+/=?^`{|}~-]/u.exec(before) ?? /[^\p{L}\p{M}\p{N}_.-]/u.exec(after);
  if (strange) return `has a “${strange[0]}”, which an address cannot have`;
  if (!LOCAL.test(before)) return "has letters in front of the @ that most mail servers do not take";
  return "is not an address that mail could reach";
}

/** @param {string} text */
function plain(text) {
  return text.normalize("NFC").replace(UNSEEN, "$1").replace(/\s+/gu, " ").trim();
}

/**
 * What may be addresses, as they stand there: not yet checked.
 *
 * @param {string} text
 * @returns {Address[]}
 */
function mailboxes(text) {
  return split(text.replaceAll("\r", "\n"), "\n;").flatMap(row);
}

/**
 * What stands between two line ends or semicolons.
 *
 * @param {string} text
 * @returns {Address[]}
 */
function row(text) {
  const cells = split(text, "\t").filter(Boolean);
  const [address, ...others] = cells.filter((cell) => cell.includes("@"));
  if (cells.length > 1 && address !== undefined && !others.length && !text.includes(",")) {
    // A line of a spreadsheet: the cells beside the address are the name.
    const [first = { email: address, name: "" }, ...rest] = piece(address);
    return [{ ...first, name: first.name || cells.filter((cell) => cell !== address).join(" ") }, ...rest];
  }
  return cells.flatMap((cell) => {
    let pieces = split(cell, ",");
    const last = pieces.at(-1) ?? "";
    if (pieces.length > 1 && last.includes("<") && !pieces.slice(0, -1).some((part) => part.includes("@"))) {
      // Outlook writes the surname first, and no quotes.
      pieces = [pieces.filter(Boolean).join(", ")];
    }
    return pieces.flatMap(piece);
  });
}

/**
 * What stands between two commas.
 *
 * @param {string} text
 * @returns {Address[]}
 */
function piece(text) {
  return lines(text.trim()).flatMap((line) => {
    const places = new Set();
    for (let found = place(line); found; found = place(line)) {
      places.add(found[1]?.toLowerCase().replace("co-", ""));
      line = line.slice(0, -found[0].length).trim();
    }
    // Where lines were lost, the place belongs to the address in front of it.
    return named(line).map(([name, email], index, { length }) => {
      const isLast = index === length - 1;
      return {
        email,
        name,
        optional: isLast && places.has("optional"),
        cohost: isLast && places.has("host"),
      };
    });
  });
}

/**
 * Cut where lines were lost: behind the parentheses that follow an address, if another address comes.
 *
 * @param {string} text
 */
function lines(text) {
  const found = [];
  const lastAt = text.lastIndexOf("@");
  let [start, depth, end] = [0, 0, 0];
  let [quoted, escaped, bracket] = [false, false, false];
  // Whether the word that is read, or was read last, is an address.
  let [isAddress, begins] = [false, true];
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (escaped) escaped = false;
    else if (character === "\\" && quoted) escaped = true;
    else if (character === '"' && !depth) quoted = !quoted && closes(text, index);
    else if (quoted) continue;
    else if (character === "(") depth++;
    else if (depth) {
      if (character === ")" && !--depth) [begins, end] = [true, isAddress ? index + 1 : 0];
    } else if (/\s/u.test(character)) begins = !bracket;
    else {
      if (begins) {
        if (end && index <= lastAt) {
          found.push(text.slice(start, end).trim());
          start = end;
        }
        [isAddress, begins, end] = [false, false, 0];
      }
      isAddress ||= character === "@";
      bracket = character === "<" || (bracket && character !== ">");
    }
  }
  return [...found, text.slice(start).trim()];
}

/** @param {string} text */
function place(text) {
  return PLACE.exec(text.slice(-LONGEST_PLACE));
}

/**
 * Pairs of name and address.
 *
 * @param {string} text
 * @returns {[string, string][]}
 */
function named(text) {
  if (!/[\p{L}\p{N}@]/u.test(text)) return [];
  if (text.includes("<")) return bracketed(text);
  const comment = commented(text);
  if (comment) {
    const [name, address] = comment;
    // Another address is nobody's name.
    return name.includes("@") ? [["", address], ...named(name)] : [comment];
  }
  const words = text.split(/\s+/u);
  const addresses = words.filter((word) => word.includes("@"));
  const [address] = addresses;
  if (address === undefined) return [["", bare(text)]];
  if (addresses.length > 1) return several(words);
  return [[unquoted(words.filter((word) => word !== address).join(" ")), bare(address)]];
}

/**
 * Bare addresses with words between them: a name belongs to the address after it, or stands in parentheses behind
 * its own.
 *
 * @param {string[]} words
 * @returns {[string, string][]}
 */
function several(words) {
  /** @type {[string, string][]} */
  const found = [];
  let before = "";
  for (const word of words) {
    if (!word.includes("@")) {
      before = before ? `${before} ${word}` : word;
      continue;
    }
    if (before && !isLikeName(before)) found.push(["", before]);
    found.push([isLikeName(before) ? unquoted(before) : "", bare(word)]);
    before = "";
  }
  const [whole = "", name = ""] = COMMENT.exec(before) ?? [];
  const last = found.at(-1);
  if (whole && last) last[0] ||= name;
  const left = before.slice(whole.length);
  return left ? [...found, ["", left]] : found;
}

/**
 * Whether it has a capital letter, or is of a script that has none: “and” is nobody.
 *
 * @param {string} text
 */
function isLikeName(text) {
  return text !== text.toLowerCase() || (text === text.toUpperCase() && /\p{L}/u.test(text));
}

/**
 * `Name <a@b.c> Other <d@e.f>`; the last bracket may lack its end.
 *
 * @param {string} text
 * @returns {[string, string][]}
 */
function bracketed(text) {
  const [first = "", ...rest] = text.split("<");
  let before = first;
  /** @type {[string, string][]} */
  const found = [];
  for (const part of rest) {
    const end = part.indexOf(">");
    const address = bare(end < 0 ? part : part.slice(0, end));
    const name = unquoted(before.slice(before.lastIndexOf(">") + 1));
    before = end < 0 ? "" : part.slice(end + 1);
    if (name.includes("@") && bare(name) !== address) {
      // Lines were lost: what stands behind the address before is the name of this one.
      const words = name.trim().split(/\s+/u);
      const last = words.findLastIndex((word) => word.includes("@"));
      found.push(...named(words.slice(0, last + 1).join(" ")), [
        unquoted(words.slice(last + 1).join(" ")),
        address,
      ]);
    } else found.push([name, address]);
  }
  // What stands behind the last brackets is not lost: an address, or a name without one.
  const left = before.replace(COMMENT, "").trim();
  return /[@\p{L}]/u.test(left) ? [...found, ...named(left)] : found;
}

/**
 * `a@b.c (Name)`, or null if it is something else.
 *
 * @param {string} text
 * @returns {[string, string] | null}
 */
function commented(text) {
  const [before = "", name = "", ...more] = text.split("(");
  const address = before.trim();
  if (!name || more.length || /[\s)]/u.test(address) || address.indexOf("@", 1) < 0) return null;
  return name.indexOf(")") === name.length - 1 ? [name.slice(0, -1), bare(address)] : null;
}

/**
 * Without `mailto:`, its parameters, and what clings to an address in running text.
 *
 * @param {string} address
 */
function bare(address) {
  address = address.trim();
  if (address.length > LONGEST) return address;
  if (/^mailto:/iu.test(address)) address = decoded(address.slice(7).split("?")[0] ?? "");
  if (!address.startsWith('"')) {
    address = address.replace(/^[<>()[\]'"“”‘’ ]+|[<>()[\]'"“”‘’ ]+$/gu, "").replace(/[:,!]+$/u, "");
  }
  return address.endsWith(".") && !address.endsWith("..") ? address.slice(0, -1) : address;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray % stands for itself.
    return text;
  }
}

/** @param {string} name */
function unquoted(name) {
  name = name.trim().slice(0, LONGEST).replace(/:+$/u, "");
  return name.length > 1 && name.startsWith('"') && name.endsWith('"')
    ? name.slice(1, -1).replace(/\\(.)/gu, "$1")
    : name;
}

/**
 * `text` cut at `separators` outside of "quotes" and <brackets>; a line end closes both.
 *
 * @param {string} text
 * @param {string} separators
 */
function split(text, separators) {
  const pieces = [];
  let start = 0;
  let quoted = false;
  let bracket = false;
  let escaped = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (escaped) escaped = false;
    else if (character === "\\" && quoted) escaped = true;
    else if (character === '"' && !bracket) quoted = !quoted && closes(text, index);
    else if (character === "<" && !quoted) bracket = true;
    else if ((character === ">" || character === "\n") && !quoted) bracket = false;
    if (separators.includes(character) && !quoted && !bracket) {
      pieces.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  pieces.push(text.slice(start).trim());
  return pieces;
}

/**
 * Whether the quotation that begins at `index` ends on its line.
 *
 * @param {string} text
 * @param {number} index
 */
function closes(text, index) {
  const end = text.indexOf('"', index + 1);
  return end > 0 && !text.slice(index, end).includes("\n");
}
