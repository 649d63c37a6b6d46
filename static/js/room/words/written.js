/** What is written in the chat, in words for those who do not see it. Comes with the first that is. */
import { t, tn } from "../../lib/i18n.js";
import { unmarked } from "../chat/markup.js";

/** @import { ChatLine } from "../state.js" */

// Of a message that is read out beside the talk; the rest is in the chat.
const LONGEST_HEARD = 160;
// So many at once are read one after the other; nobody wants more.
const MOST_READ = 5;

/**
 * What has been written while nobody looked, in few words.
 *
 * @param {ChatLine[]} lines  at least one
 */
export function written(lines) {
  const last = /** @type {ChatLine} */ (lines.at(-1));
  const names = { name: last.name, teller: last.told_by ?? "" };
  if (lines.length === 1) return sentence(last);
  if (last.conversation) {
    return tn(
      "{count} new message in the chat, the last one from {name} to you alone",
      "{count} new messages in the chat, the last one from {name} to you alone",
      lines.length,
      names,
    );
  }
  if (last.told_by) {
    return tn(
      "{count} new message in the chat, the last one from {name}, as told by {teller}",
      "{count} new messages in the chat, the last one from {name}, as told by {teller}",
      lines.length,
      names,
    );
  }
  return tn(
    "{count} new message in the chat, the last one from {name}",
    "{count} new messages in the chat, the last one from {name}",
    lines.length,
    names,
  );
}

/**
 * The same for whoever has the chat open: each of a few, one after the other.
 *
 * @param {ChatLine[]} lines  at least one
 */
export function read(lines) {
  return lines.length > MOST_READ ? written(lines) : lines.map(sentence).join("\n");
}

/** @param {ChatLine} line */
function sentence({ name, body: marked, told_by, conversation, file }) {
  const whole = unmarked(marked);
  const body = whole.length > LONGEST_HEARD ? `${whole.slice(0, LONGEST_HEARD)}…` : whole;
  if (!body && file) return t("{name} offers the file {file}", { name, file: file.name });
  if (conversation) return t("{name} wrote to you alone: {body}", { name, body });
  return told_by === undefined
    ? t("{name} wrote: {body}", { name, body })
    : t("{name}, as told by {teller}, wrote: {body}", { name, teller: told_by, body });
}
