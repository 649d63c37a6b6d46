/** What is said of the lines of a chat, beside what people have written themselves. */
import { clockTime, locale, listed, t, tn, woven } from "../../lib/i18n.js";
import { called } from "../../lib/dom.js";

/** @import { ChatLine, Conversation, Reaction } from "../state.js" */

/** Messages of one author that follow each other so closely stand under one name, in ms. */
const BREATH = 5 * 60_000;
/** Of more of them it is only said that there are several. */
const MOST_NAMED = 3;

const DAY = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });

/** @param {number} at  Unix milliseconds */
export function time(at) {
  return clockTime(new Date(at));
}

/** @param {number} at */
export function day(at) {
  return DAY.format(at);
}

/** Whether a new day has begun in between. @param {number} a @param {number} b */
export function isOtherDay(a, b) {
  return new Date(a).toDateString() !== new Date(b).toDateString();
}

/** Above what nobody had seen yet. @param {ChatLine | undefined} before  the last line that had been */
export function unreadSince(before) {
  return before ? t("New since {time}", { time: time(before.at) }) : t("New");
}

/** That something has come in a conversation that is not before the reader. @param {Pick<Conversation, "id" | "name">} conversation */
export function elsewhere({ id, name }) {
  return id ? t("{name} wrote to you alone", { name }) : t("New messages to everybody");
}

/**
 * What became of a line of mine; "" where there is nothing to say.
 *
 * @param {ChatLine} line
 * @param {Pick<Conversation, "id" | "name" | "isHere">} conversation
 */
export function fate({ isMine, isDeleted, delivery: { state, lacking } }, { id, name, isHere }) {
  if (state === "" || !isMine || isDeleted) return "";
  if (state === "sending") return t("sending…");
  if (id && !isHere) return t("Not with {name}, who has left.", { name });
  if (lacking.length === 0 && !id) return t("Nobody has this yet. It goes to whoever comes in.");
  const names = lacking.length > 0 ? lacking : [name];
  if (names.length > MOST_NAMED) {
    return tn(
      "Not with {count} person yet. It goes as soon as the link is back.",
      "Not with {count} people yet. It goes as soon as the links are back.",
      names.length,
    );
  }
  return t("Not with {names} yet. It goes as soon as the link is back.", { names: listed(names) });
}

/** That the words are those of a third. @param {ChatLine} line */
export function hearsay({ told_by = "", hearsay: isSecondHand, name }) {
  const sentence = isSecondHand
    ? t("As told by {teller}, who has it from others; not signed by {author}")
    : t("As told by {teller}, not signed by {author}");
  return woven(sentence, { teller: called(told_by), author: called(name) });
}

/** @param {ChatLine} line */
export function whoDeleted({ isMine, name }) {
  return isMine
    ? [t("You deleted this message.")]
    : woven(t("{name} deleted this message."), { name: called(name) });
}

/** @param {Reaction} reaction @param {string} label */
export function reacted({ count, isMine }, label) {
  if (isMine) {
    return tn("{label}: yours", "{label}: {count}, one of them yours", count, { label });
  }
  return tn("{label}: {count}", "{label}: {count}", count, { label });
}

/** Who gave it, and on whose word if not on their own. @param {Reaction} reaction */
export function reactedBy({ people }) {
  return listed(
    people.map(({ name, told_by }) =>
      told_by === undefined ? name : t("{name} (as told by {teller})", { name, teller: told_by }),
    ),
  );
}

/** @param {readonly string[]} names  "" for nobody */
export function typing(names) {
  if (names.length === 0) return "";
  if (names.length > MOST_NAMED) return t("Several people are typing…");
  return tn("{names} is typing…", "{names} are typing…", names.length, { names: listed(names) });
}

/** Whose words are saved. @param {Pick<Conversation, "id" | "name">} conversation */
export function readers({ id, name }) {
  return id ? t("What {name} and you have written to each other alone", { name }) : t("What everybody reads");
}

/** Where the text goes that is written here. @param {Pick<Conversation, "id" | "name" | "isHere">} conversation */
export function addressee({ id, name, isHere }) {
  if (!id) return t("Message to everybody");
  return isHere ? t("Message to {name} alone", { name }) : t("{name} has left", { name });
}

/**
 * Whether it stands under the name above it. What was edited, and what answers, has a name of its own beside it.
 *
 * @param {ChatLine} line
 * @param {ChatLine | undefined} before
 */
export function follows({ author, name, at, told_by, hearsay, editedAt, reply, isDeleted }, before) {
  if (!before || editedAt !== null || reply || isDeleted !== before.isDeleted) return false;
  const isSame =
    before.author === author &&
    before.name === name &&
    before.told_by === told_by &&
    before.hearsay === hearsay;
  return isSame && at - before.at < BREATH;
}
