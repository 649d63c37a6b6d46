/**
 * Addresses of the web in what people write, and where they really lead.
 *
 * @typedef {object} Link
 * @property {number} start  where it stands in the text
 * @property {string} text   as it is written
 * @property {string} href
 * @property {string} host   where it leads, in letters that cannot be mistaken; "" where what is written says the same
 */

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”«»`]+/giu;
const LOOSE = /[.,;:!?'’*_~]/u;
const BRACKETS = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

const SCRIPTS = [
  ["Latin", /\p{Script=Latin}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["East", /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Bopo}]/u],
  // Those in which names of hosts are written (Unicode Standard Annex 31, table 5); letters of any other are a disguise.
  ...[
    ...["Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Kannada"],
    ...["Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai", "Tibetan"],
  ].map((name) => [name, new RegExp(`\\p{Script=${name}}`, "u")]),
];
// Letters of other scripts that are drawn as Latin ones (Unicode Technical Standard 39, confusables): a label of these alone
// is read as a Latin one.
const DRAWN_AS_LATIN = /^[\dаеорсухѕіјԁһӏԛԝѵьҽгпкονρυιαցհյոօսզ-]+$/u;
// The same of Latin letters that hardly anybody has on their keys: small capitals, clicks, those of phoneticians but for what
// languages of Africa are written with, and strokes that are laid over a letter; the Turkish one without a dot stands beside others.
const DRAWN_AS_ANOTHER = /[ıĸŉſƄƅƦƻ-ƿǀ-ǃȜȝ\u0334-\u0338ᴀ-ᶿⱠ-Ɀꜰꜱꝑ-ꟿꬰ-꭯]|(?![ɓɔɖɗəɛɠɣɨɲʃʉʊʒ])[\u0250-\u02AF]/u;
// Marks under a letter, which nobody sees in the line under a link; those of Turkish, Polish, Romanian and others hang from it.
const MARKS_BELOW =
  /[\u0316-\u0319\u031C-\u0320\u0323-\u0325\u0329-\u0333\u0339-\u033C\u0347-\u0349\u034D\u034E\u0353-\u0356]/gu;
const FROM_THE_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * @param {string} text  tamed
 * @returns {Link[]}  in their order
 */
export function links(text) {
  /** @type {Link[]} */
  const found = [];
  for (const match of text.matchAll(ADDRESS)) {
    const written = trimmed(match[0]);
    const address = parsed(written);
    if (!address) continue;
    found.push({
      start: match.index,
      text: written,
      href: address.href,
      host: deceives(written, address) ? address.host : "",
    });
  }
  return found;
}

/** @param {string} text */
function parsed(text) {
  if (!URL.canParse(text)) return null;
  const address = new URL(text);
  return address.protocol === "https:" || address.protocol === "http:" ? address : null;
}

/**
 * Without the punctuation of the sentence it stands in; a bracket stays if it was opened in the address.
 *
 * @param {string} address
 */
function trimmed(address) {
  /** How many more are opened than closed, of each bracket. @type {Map<string, number>} */
  const open = new Map();
  for (const char of address) {
    if (char === "(" || char === "[" || char === "{") open.set(char, (open.get(char) ?? 0) + 1);
    const opened = BRACKETS.get(char);
    if (opened) open.set(opened, (open.get(opened) ?? 0) - 1);
  }
  let end = address.length;
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1);
    const opened = BRACKETS.get(last);
    const isLoose = opened === undefined ? LOOSE.test(last) : (open.get(opened) ?? 0) < 0;
    if (!isLoose) break;
    if (opened) open.set(opened, (open.get(opened) ?? 0) + 1);
  }
  return address.slice(0, end);
}

/**
 * Whether whoever reads it would expect to land elsewhere.
 *
 * @param {string} text
 * @param {URL} address
 */
function deceives(text, address) {
  if (address.username || address.password) return true;
  const [seen = ""] = text.slice(text.indexOf("://") + 3).split(/[/?#]/u, 1);
  const written = seen.replace(/:\d*$/u, "");
  const host = written.toLowerCase();
  if (host.includes("xn--")) return true;
  // Among small letters a capital one is read as an l.
  if (written.split(".").some((label) => label.includes("I") && /[a-z]/u.test(label))) return true;
  // What follows such letters may stand before the host for whoever reads it.
  if (FROM_THE_RIGHT.test(text)) return true;
  // What a browser has to set right first was not written for people.
  if (isLatin(host)) return host !== address.hostname;
  // Wide letters, other full stops, and what else is drawn nearly alike.
  if (host !== host.normalize("NFKC") || /[\\。]/u.test(host)) return true;
  return host.split(".").some(isMixed);
}

/** @param {string} host */
function isLatin(host) {
  return /^[\x21-\x7E]*$/u.test(host);
}

/** @param {string} label  of a host */
function isMixed(label) {
  const scripts = new Set();
  for (const char of label) {
    const [name] = SCRIPTS.find(([, pattern]) => /** @type {RegExp} */ (pattern).test(char)) ?? [];
    if (name) scripts.add(name);
    else if (!/[\p{N}\p{M}-]/u.test(char)) return true;
  }
  // Japanese, Chinese and Korean names have Latin letters in them.
  if (scripts.has("East")) scripts.delete("Latin");
  if (scripts.size > 1 || DRAWN_AS_ANOTHER.test(label.normalize("NFD"))) return true;
  if (isMarkedBelow(label)) return true;
  return !/[a-z]/u.test(label) && /\p{L}/u.test(label) && DRAWN_AS_LATIN.test(label);
}

/** Whether it is read as if there were nothing but plain letters. @param {string} label */
function isMarkedBelow(label) {
  const bare = label.normalize("NFD").replaceAll(MARKS_BELOW, "");
  return bare !== label && isLatin(bare);
}
