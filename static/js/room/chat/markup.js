import { tame } from "../../lib/text.js";
import { phrases } from "./phrases.js";

/**
 * What people write in a chat, read as they mean it: links, `code`, **bold**, *italic*, lists, > quotes, blocks of code, and
 * whom they address. Values in, a bounded tree out, never markup of the page; whatever is not mark-up is there as it was. The
 * time that it takes grows with the length of the text alone.
 *
 * @typedef {import("./phrases.js").Inline} Inline
 * @typedef {import("./phrases.js").Addressed} Addressed
 *
 * @typedef {{type: "paragraph", children: Inline[]}} Paragraph  new lines stand in its text
 * @typedef {{type: "block", language: string, text: string}} Block  of code
 * @typedef {{type: "quote", children: Part[]}} Quote
 * @typedef {{type: "list", isNumbered: boolean, items: {number: number, children: Part[]}[]}} List
 * @typedef {Paragraph | Block | Quote | List} Part
 *
 * A line of the text without the marks of the parts it stands in, and where it begins in it.
 * @typedef {{text: string, start: number}} Line
 */

// Nobody means deeper quotes, lists and stresses, nor more parts in one message; what is more is text.
const DEEPEST = 4;
const MOST_NODES = 1_000;

const FENCE = /^```([\w+#.-]{0,20})[ \t]*$/u;
const FENCED = /^```(.+)```[ \t]*$/u;
const QUOTED = /^>[ \t]?/u;
const ITEM = /^(?:[-*•]|(0|[1-9]\d{0,2})[.)])[ \t]+(?=\S)/u;
const INDENTED = /^(?: {2,4}|\t)/u;

/**
 * @param {string} text
 * @param {readonly Addressed[]} [addressed]  in their order, where they stand in the tamed text
 * @returns {Part[]}
 */
export function markup(text, addressed = []) {
  let start = 0;
  const lines = tame(text)
    .split("\n")
    .map((line) => {
      const found = { text: line, start };
      start += line.length + 1;
      return found;
    });
  return new Reader(addressed).parts(lines, 0);
}

/** All that is to be read in it, without marks. @param {readonly (Part | Inline)[]} parts @returns {string} */
export function plainText(parts) {
  return parts
    .map((part) => {
      if ("text" in part) return part.text;
      if ("items" in part) return part.items.map(({ children }) => plainText(children)).join("\n");
      return plainText(part.children);
    })
    .join(parts.some(({ type }) => type === "paragraph") ? "\n" : "");
}

/** What a text says, without its marks and in one line. @param {string} text */
export function unmarked(text) {
  return plainText(markup(text)).replaceAll(/\s+/g, " ").trim();
}

class Reader {
  #addressed;
  #budget = { left: MOST_NODES };

  /** @param {readonly Addressed[]} addressed */
  constructor(addressed) {
    this.#addressed = addressed;
  }

  /** @param {readonly Line[]} lines @param {number} depth @returns {Part[]} */
  parts(lines, depth) {
    /** @type {Part[]} */
    const parts = [];
    /** @type {Line[]} */
    let loose = [];
    const fences = closings(lines);
    const close = () => {
      const paragraph = this.#paragraph(loose);
      if (paragraph) parts.push(paragraph);
      loose = [];
    };
    for (let i = 0; i < lines.length;) {
      const found = this.#isFull ? null : this.#part(lines, i, depth, fences);
      if (found) {
        close();
        parts.push(found.part);
        this.#budget.left -= 1;
      } else loose.push(/** @type {Line} */ (lines[i]));
      i = found?.next ?? i + 1;
    }
    close();
    return parts;
  }

  get #isFull() {
    return this.#budget.left <= 0;
  }

  /**
   * What begins with this line, and the line after it; null for a line of words.
   *
   * @param {readonly Line[]} lines
   * @param {number} i
   * @param {number} depth
   * @param {readonly number[]} fences
   * @returns {{part: Part, next: number} | null}
   */
  #part(lines, i, depth, fences) {
    const { text } = /** @type {Line} */ (lines[i]);
    const end = fences[i] ?? 0;
    if (end) {
      const inside = lines.slice(i + 1, end).map((line) => line.text);
      const [, language = ""] = FENCE.exec(text) ?? [];
      return { part: { type: "block", language, text: inside.join("\n") }, next: end + 1 };
    }
    const [, fenced] = FENCED.exec(text) ?? [];
    if (fenced) return { part: { type: "block", language: "", text: fenced }, next: i + 1 };
    if (depth >= DEEPEST) return null;
    if (QUOTED.test(text)) return this.#quote(lines, i, depth);
    return ITEM.test(text) ? this.#list(lines, i, depth) : null;
  }

  /** @param {readonly Line[]} lines @param {number} from @param {number} depth */
  #quote(lines, from, depth) {
    const inside = [];
    let next = from;
    for (; next < lines.length && QUOTED.test(lines[next]?.text ?? ""); next += 1) {
      inside.push(without(QUOTED, /** @type {Line} */ (lines[next])));
    }
    return { part: /** @type {Quote} */ ({ type: "quote", children: this.parts(inside, depth + 1) }), next };
  }

  /** An item goes on in what stands further in below it. @param {readonly Line[]} lines @param {number} from @param {number} depth */
  #list(lines, from, depth) {
    const isNumbered = numberOf(lines[from]) !== null;
    /** @type {List} */
    const part = { type: "list", isNumbered, items: [] };
    let next = from;
    while (next < lines.length && !this.#isFull) {
      const line = /** @type {Line} */ (lines[next]);
      const number = numberOf(line);
      if (!ITEM.test(line.text) || (number !== null) !== isNumbered) break;
      const inside = [without(ITEM, line)];
      for (next += 1; next < lines.length && INDENTED.test(lines[next]?.text ?? ""); next += 1) {
        inside.push(without(INDENTED, /** @type {Line} */ (lines[next])));
      }
      this.#budget.left -= 1;
      part.items.push({ number: number ?? 0, children: this.parts(inside, depth + 1) });
    }
    return { part, next };
  }

  /** @param {readonly Line[]} lines @returns {Paragraph | null} */
  #paragraph(lines) {
    const first = lines.findIndex(({ text }) => text.trim() !== "");
    if (first < 0) return null;
    const last = lines.findLastIndex(({ text }) => text.trim() !== "");
    return { type: "paragraph", children: this.#inline(lines.slice(first, last + 1)) };
  }

  /** @param {readonly Line[]} lines @returns {Inline[]} */
  #inline(lines) {
    const text = lines.map((line) => line.text).join("\n");
    return phrases(text, this.#mentions(lines), this.#budget);
  }

  /** Whom the lines address, where that stands in them once they are joined. @param {readonly Line[]} lines */
  #mentions(lines) {
    if (this.#addressed.length === 0) return [];
    const found = [];
    let at = 0;
    for (const { text, start } of lines) {
      for (const mention of this.#addressed) {
        if (mention.start < start || mention.end > start + text.length) continue;
        found.push({
          ...mention,
          start: at + mention.start - start,
          end: at + mention.end - start,
        });
      }
      at += text.length + 1;
    }
    return found;
  }
}

/**
 * Of each line that begins a block of code, the one that ends it.
 *
 * @param {readonly Line[]} lines
 */
function closings(lines) {
  /** @type {number[]} */
  const found = [];
  let begun = -1;
  for (const [i, { text }] of lines.entries()) {
    const [whole, language] = FENCE.exec(text) ?? [];
    if (whole === undefined) continue;
    if (begun < 0) begun = i;
    else if (language === "") {
      found[begun] = i;
      begun = -1;
    }
  }
  return found;
}

/** @param {Line | undefined} line */
function numberOf(line) {
  const [, number] = ITEM.exec(line?.text ?? "") ?? [];
  return number === undefined ? null : Number(number);
}

/** @param {RegExp} mark @param {Line} line @returns {Line} */
function without(mark, { text, start }) {
  const [found = ""] = mark.exec(text) ?? [];
  return { text: text.slice(found.length), start: start + found.length };
}
