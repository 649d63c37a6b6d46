import { links } from "./links.js";

/**
 * What stands in a line of a chat: words, `code`, **bold**, *italic*, links, and whom it addresses.
 *
 * @typedef {{type: "text", text: string}} Text
 * @typedef {{type: "code", text: string}} Code
 * @typedef {{type: "link", text: string, href: string, host: string}} Link  `host` as in links.js
 * @typedef {{type: "mention", text: string, names: readonly string[]}} Mention
 * @typedef {{type: "bold" | "italic", children: Inline[]}} Stress
 * @typedef {Text | Code | Link | Mention | Stress} Inline
 *
 * @typedef {{start: number, end: number, names: readonly string[]}} Addressed  as mentions.js finds them
 * @typedef {{left: number}} Budget  how many parts there may still be
 */

// So many stresses at most stand in each other.
const DEEPEST = 4;
// Letters that have a case, and digits: between two of them an asterisk is none of ours (2*3*4). Scripts without one are
// written without spaces as well.
const WORD = /[\p{Lu}\p{Ll}\p{N}]/u;
const SPACE = /\s/u;

/** @param {string} text @param {readonly Addressed[]} addressed @param {Budget} budget @returns {Inline[]} */
export function phrases(text, addressed, budget) {
  const tokens = cut(text, addressed, budget);
  pair(tokens);
  return tree(tokens);
}

/** @param {string} text @param {readonly Addressed[]} addressed @param {Budget} budget @returns {Token[]} */
function cut(text, addressed, budget) {
  /** @type {Token[]} */
  const tokens = [];
  const addresses = new Map(links(text).map((link) => [link.start, link]));
  const mentions = new Map(addressed.map((mention) => [mention.start, mention]));
  const ticks = tickRuns(text);
  let from = 0;
  /** @param {number} at @param {number} end @param {Token} token */
  const put = (at, end, token) => {
    if (at > from) tokens.push({ node: { type: "text", text: text.slice(from, at) } });
    tokens.push(token);
    budget.left -= 1;
    from = end;
    return end;
  };
  for (let i = 0; i < text.length && budget.left > 0;) {
    const char = text[i];
    const link = addresses.get(i);
    const mention = mentions.get(i);
    const code = char === "`" ? codeAt(text, ticks, i) : null;
    if (code?.node) i = put(i, code.end, { node: code.node });
    // Ticks that nothing closes are text.
    else if (code) i = code.end;
    else if (link) {
      const { text: words, href, host } = link;
      i = put(i, i + words.length, { node: { type: "link", text: words, href, host } });
    } else if (mention) {
      const { end, names } = mention;
      i = put(i, end, { node: { type: "mention", text: text.slice(i, end), names } });
    } else if (char === "*") {
      const end = runEnd(text, i, "*");
      for (const token of stress(text, i, end)) put(i, end, token);
      i = end;
    } else i += 1;
  }
  if (from < text.length) tokens.push({ node: { type: "text", text: text.slice(from) } });
  return tokens;
}

/**
 * A piece of a paragraph, or the mark of a stress, which is text unless it has another half.
 *
 * @typedef {object} Token
 * @property {Inline} [node]
 * @property {"bold" | "italic"} [stress]
 * @property {boolean} [opens]   may do so
 * @property {boolean} [closes]  may do so
 * @property {"" | "begins" | "ends"} [is]
 */

/**
 * The marks that a run of asterisks stands for.
 *
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Token[]}
 */
function stress(text, start, end) {
  const before = charBefore(text, start);
  const after = charAt(text, end);
  const isInside = WORD.test(before) && WORD.test(after);
  const opens = !isInside && after !== "" && !SPACE.test(after);
  const closes = !isInside && before !== "" && !SPACE.test(before);
  const length = end - start;
  if (length > 3 || !(opens || closes)) return [{ node: { type: "text", text: "*".repeat(length) } }];
  const bold = /** @type {const} */ ({ stress: "bold", opens, closes, is: "" });
  const italic = /** @type {const} */ ({ stress: "italic", opens, closes, is: "" });
  if (length < 3) return [{ ...(length === 2 ? bold : italic) }];
  return [{ ...bold }, { ...italic }];
}

/** Which marks belong together: each end takes the last beginning of its kind; what was begun since is none. @param {Token[]} tokens */
function pair(tokens) {
  /** @type {Token[]} */
  const open = [];
  const count = { bold: 0, italic: 0 };
  for (const [i, token] of tokens.entries()) {
    if (!token.stress) continue;
    // Of three asterisks that end something, the inner one is the one that was begun last.
    const next = tokens[i + 1];
    if (token.closes && next?.stress && next.closes && open.at(-1)?.stress === next.stress) {
      [token.stress, next.stress] = [next.stress, token.stress];
    }
    if (token.closes && count[token.stress] > 0) {
      for (let last = open.pop(); last; last = open.pop()) {
        count[last.stress ?? "bold"] -= 1;
        if (last.stress !== token.stress) continue;
        last.is = "begins";
        token.is = "ends";
        break;
      }
    } else if (token.opens) {
      // Of too many the oldest is the least likely to end.
      const dropped = open.length < DEEPEST ? null : open.shift();
      if (dropped?.stress) count[dropped.stress] -= 1;
      open.push(token);
      count[token.stress] += 1;
    }
  }
}

/** @param {readonly Token[]} tokens  paired @returns {Inline[]} */
function tree(tokens) {
  /** @type {Inline[][]} */
  const levels = [[]];
  /** @param {Inline} node */
  const add = (node) => {
    const level = /** @type {Inline[]} */ (levels.at(-1));
    const last = level.at(-1);
    if (node.type === "text" && last?.type === "text") last.text += node.text;
    else level.push(node);
  };
  for (const { node, stress: type, is } of tokens) {
    if (node) add(node);
    if (!type) continue;
    if (is === "begins") levels.push([]);
    else if (is === "ends") {
      const children = levels.pop() ?? [];
      add({ type, children });
    } else add({ type: "text", text: type === "bold" ? "**" : "*" });
  }
  return levels[0] ?? [];
}

/** Where runs of ticks of each length begin. @param {string} text */
function tickRuns(text) {
  /** @type {Map<number, {at: number[], next: number}>} */
  const runs = new Map();
  for (const { index, 0: run } of text.matchAll(/`+/gu)) {
    const { length } = run;
    const known = runs.get(length) ?? { at: [], next: 0 };
    known.at.push(index);
    runs.set(length, known);
  }
  return runs;
}

/**
 * What stands between ticks, from this run to the next one of its length.
 *
 * @param {string} text
 * @param {ReturnType<typeof tickRuns>} runs
 * @param {number} start
 * @returns {{node: Code | null, end: number}}
 */
function codeAt(text, runs, start) {
  const after = runEnd(text, start, "`");
  const run = runs.get(after - start);
  if (!run) return { node: null, end: after };
  while ((run.at[run.next] ?? Infinity) <= start) run.next += 1;
  const end = run.at[run.next];
  const inside = end === undefined ? "" : text.slice(after, end);
  if (end === undefined || !inside.trim()) return { node: null, end: after };
  return { node: { type: "code", text: inside }, end: end + after - start };
}

/** @param {string} text @param {number} start @param {string} char */
function runEnd(text, start, char) {
  let end = start;
  while (text[end] === char) end += 1;
  return end;
}

/** @param {string} text @param {number} at */
function charAt(text, at) {
  const point = text.codePointAt(at);
  return point === undefined ? "" : String.fromCodePoint(point);
}

/** @param {string} text @param {number} at */
function charBefore(text, at) {
  return [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? "";
}
