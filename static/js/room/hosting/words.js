// Long, since each thing that a host can do has a sentence for each of those who hear of it.
/** What hosts do, in whole sentences: to the one concerned, to the other hosts, and short of what I did myself. */
import { clockTime, listed, t, tn } from "../../lib/i18n.js";

/**
 * @import { Decided, Order, RulesChanged, Rules } from "../messages.js"
 * @import { OrderedBy } from "../state.js"
 * @typedef {import("./orders.js").Rule} Rule
 *
 * Who takes part, as far as a sentence is concerned. `name`: "" of whoever is not here any more.
 * `sharesSound`: what my computer plays goes out with my screen.
 * @typedef {object} Circle
 * @property {string} me
 * @property {boolean} isHost
 * @property {boolean} [sharesSound]
 * @property {(id: string) => string} name
 * @property {(id: string) => string} roleOf
 *
 * @typedef {{text: string, isMine: boolean, isQuiet?: boolean}} Sentence  `isMine`: it was done to me; `isQuiet`: by me, and I see it
 */

// More names than these are a number.
const MOST_NAMED = 3;

/** @param {string} id @param {Circle} circle */
function hostName(id, { name }) {
  return name(id) || t("A host");
}

/**
 * What was ordered. Null where it is none of mine to know, or stands somewhere for as long as it is so.
 *
 * @param {Order} order
 * @param {Circle} circle
 * @returns {Sentence | null}
 */
export function ordered(order, circle) {
  const { by, participants } = order;
  const { me, isHost } = circle;
  if (by === me) return { text: mine(order, circle), isMine: false, isQuiet: true };
  const host = hostName(by, circle);
  if (participants.includes(me)) {
    const text = toMe(order, host, circle);
    return text ? { text, isMine: true } : null;
  }
  if (!isHost) return null;
  return { text: toOthers(order, host, circle), isMine: false };
}

/** @param {Order} order @param {string} host @param {Circle} circle */
function toMe({ order, all, name }, host, circle) {
  switch (order) {
    case "mute":
      if (circle.sharesSound) {
        return all
          ? t("{host} muted everybody but the hosts. Nobody hears you, nor the sound of your screen.", {
              host,
            })
          : t("{host} muted you. Nobody hears the sound of your screen either.", { host });
      }
      return all
        ? t("{host} muted everybody but the hosts. Nobody hears you.", { host })
        : t("{host} muted you.", { host });
    case "stop-camera":
      return t("{host} stopped your camera.", { host });
    case "lower-hand":
      return t("{host} lowered your hand.", { host });
    case "rename":
      return t("{host} changed your name from {before} to {name}.", {
        host,
        before: name ?? "",
        name: circle.name(circle.me),
      });
    case "set-role":
      return circle.isHost
        ? t("{host} made you a host. You can mute, admit and remove people.", { host })
        : t("You are no longer a host: {host} took it back.", { host });
    // A question that stays until it is answered; and the last page.
    case "ask-unmute":
    case "remove":
      return "";
  }
}

/** @param {Order} order @param {string} host @param {Circle} circle */
function toOthers(order, host, circle) {
  const { participants, all } = order;
  const count = participants.length;
  const [first = ""] = participants;
  const name = order.order === "remove" ? (order.name ?? "") : circle.name(first) || t("Somebody");
  switch (order.order) {
    case "mute":
      if (all) return t("{host} muted everybody but the hosts.", { host });
      return count === 1
        ? t("{host} muted {name}.", { host, name })
        : tn("{host} muted {count} person.", "{host} muted {count} people.", count, { host });
    case "stop-camera":
      if (all) return t("{host} stopped the cameras of everybody but the hosts.", { host });
      return count === 1
        ? t("{host} stopped the camera of {name}.", { host, name })
        : tn("{host} stopped {count} camera.", "{host} stopped {count} cameras.", count, { host });
    case "ask-unmute":
      if (all) return t("{host} asked everybody to unmute.", { host });
      return count === 1
        ? t("{host} asked {name} to unmute.", { host, name })
        : tn("{host} asked {count} person to unmute.", "{host} asked {count} people to unmute.", count, {
            host,
          });
    case "lower-hand":
      if (all || count > 1) return t("{host} lowered all hands.", { host });
      return t("{host} lowered the hand of {name}.", { host, name });
    case "rename":
      return t("{host} changed the name of {before} to {name}.", { host, before: order.name ?? "", name });
    case "set-role":
      return circle.roleOf(first) === "host"
        ? t("{host} made {name} a host.", { host, name })
        : t("{name} is no longer a host: {host} took it back.", { host, name });
    case "remove":
      return t("{host} removed {name}.", { host, name });
  }
}

/** For those who do not see what became of it. @param {Order} order @param {Circle} circle */
function mine({ order, participants, all, name: before }, circle) {
  const [first = ""] = participants;
  const name = order === "remove" ? (before ?? "") : circle.name(first) || t("Somebody");
  const isMany = all || participants.length > 1;
  switch (order) {
    case "mute":
      return isMany ? t("You muted everybody but the hosts.") : t("You muted {name}.", { name });
    case "stop-camera":
      return isMany ? t("You stopped their cameras.") : t("You stopped the camera of {name}.", { name });
    case "ask-unmute":
      return isMany ? t("You asked everybody to unmute.") : t("You asked {name} to unmute.", { name });
    case "lower-hand":
      return isMany ? t("You lowered all hands.") : t("You lowered the hand of {name}.", { name });
    case "rename":
      return t("You changed the name of {before} to {name}.", { before: before ?? "", name });
    case "set-role":
      return circle.roleOf(first) === "host"
        ? t("You made {name} a host.", { name })
        : t("{name} is no longer a host.", { name });
    case "remove":
      return t("You removed {name}.", { name });
  }
}

/**
 * Whom another host has let in, or not.
 *
 * @param {Decided} decided
 * @param {Circle} circle
 * @returns {Sentence}
 */
export function letIn({ by, admitted, names }, circle) {
  const host = hostName(by, circle);
  const count = names.length;
  const name = listed(names);
  /** @param {string} text */
  const said = (text) => ({ text, isMine: false });
  if (admitted) {
    return said(
      count > MOST_NAMED
        ? tn("{host} let {count} person in.", "{host} let {count} people in.", count, { host })
        : t("{host} let {name} in.", { host, name }),
    );
  }
  return said(
    count > MOST_NAMED
      ? tn("{host} did not let {count} person in.", "{host} did not let {count} people in.", count, { host })
      : t("{host} did not let {name} in.", { host, name }),
  );
}

/**
 * Which rules have changed: one sentence for each.
 *
 * @param {Rules | null} before
 * @param {RulesChanged} after
 * @param {Circle} circle
 * @returns {Sentence[]}
 */
export function changed(before, after, circle) {
  // With the plan of the meeting, or by me, who sees it.
  if (!before || after.by === null || after.by === circle.me) return [];
  const host = hostName(after.by, circle);
  /** @type {Sentence[]} */
  const said = [];
  for (const rule of RULES) {
    if (before[rule] === after[rule]) continue;
    said.push({ text: ruleWords(rule, after[rule], host), isMine: false });
  }
  if (before.spotlight !== after.spotlight) said.push(spotlit(after.spotlight, host, circle));
  if (before.ends_in !== null && after.ends_in === null) {
    said.push({ text: t("{host} took it back: the call goes on.", { host }), isMine: false });
  }
  return said;
}

/** In the order in which they are shown. @type {readonly (Rule | "lobby")[]} */
export const RULES = ["locked", "lobby", "share", "chat", "unmute", "record", "rename"];

/** @param {Rule | "lobby"} rule @param {boolean} on @param {string} host */
function ruleWords(rule, on, host) {
  switch (rule) {
    case "locked":
      return on
        ? t("{host} locked the room: nobody new comes in.", { host })
        : t("{host} unlocked the room.", { host });
    case "lobby":
      return on
        ? t("{host} turned the lobby on: whoever comes waits until a host lets them in.", { host })
        : t("{host} turned the lobby off.", { host });
    case "share":
      return on
        ? t("{host} lets everybody share their screen again.", { host })
        : t("{host} lets only hosts share their screens.", { host });
    case "chat":
      return on
        ? t("{host} lets everybody write in the chat again.", { host })
        : t("{host} lets only hosts write in the chat.", { host });
    case "unmute":
      return on
        ? t("{host} lets everybody unmute themselves again.", { host })
        : t("{host} lets nobody unmute themselves until a host asks them to.", { host });
    case "record":
      return on
        ? t("{host} lets everybody record again.", { host })
        : t("{host} lets only hosts record.", { host });
    case "rename":
      return on
        ? t("{host} lets everybody change their own name again.", { host })
        : t("{host} lets only hosts change names.", { host });
  }
}

/** @param {string | null} id @param {string} host @param {Circle} circle @returns {Sentence} */
function spotlit(id, host, circle) {
  if (id === null) return { text: t("{host} ended the spotlight.", { host }), isMine: false };
  if (id === circle.me) return { text: t("{host} made you large for everybody.", { host }), isMine: true };
  const name = circle.name(id) || t("Somebody");
  return { text: t("{host} made {name} large for everybody.", { host, name }), isMine: false };
}

/**
 * Which rule was changed last, by whom and when.
 *
 * @param {Rule | "lobby"} rule
 * @param {boolean} on
 * @param {string | null} name  of the host, as above; null for me
 * @param {Date} when
 */
export function lastChange(rule, on, name, when) {
  const places = { host: name || t("A host"), rule: ruleName(rule), time: clockTime(when) };
  if (name === null) {
    return on
      ? t("You turned “{rule}” on at {time}.", places)
      : t("You turned “{rule}” off at {time}.", places);
  }
  return on
    ? t("{host} turned “{rule}” on at {time}.", places)
    : t("{host} turned “{rule}” off at {time}.", places);
}

/** @param {Rule | "lobby"} rule */
export function ruleName(rule) {
  return {
    locked: t("Locked"),
    lobby: t("Lobby"),
    share: t("Share the screen"),
    chat: t("Write in the chat"),
    unmute: t("Unmute themselves"),
    record: t("Record"),
    rename: t("Change their own name"),
  }[rule];
}

/** What I have done to the door by a key, where it is seen only in a panel. @param {"locked" | "lobby"} rule @param {boolean} on */
export function doorWords(rule, on) {
  if (rule === "locked") {
    return on ? t("You locked the room: nobody new comes in.") : t("You unlocked the room.");
  }
  return on
    ? t("You turned the lobby on: whoever comes waits until a host lets them in.")
    : t("You turned the lobby off.");
}

/** Who muted somebody, and when. @param {OrderedBy} muted */
export function mutedBy({ by, byMe, at }) {
  const time = clockTime(new Date(at));
  if (byMe) return t("Muted by you, {time}", { time });
  return by ? t("Muted by {host}, {time}", { host: by, time }) : t("Muted by a host, {time}", { time });
}

/** @param {OrderedBy} stopped */
export function stoppedBy({ by, byMe, at }) {
  const time = clockTime(new Date(at));
  if (byMe) return t("Camera stopped by you, {time}", { time });
  return by
    ? t("Camera stopped by {host}, {time}", { host: by, time })
    : t("Camera stopped by a host, {time}", { time });
}

/** @param {OrderedBy} given */
export function hostSince({ by, byMe, at }) {
  const time = clockTime(new Date(at));
  if (byMe) return t("Host since {time}, made by you", { time });
  return by ? t("Host since {time}, made by {host}", { host: by, time }) : t("Host since {time}", { time });
}

/** Why my microphone stays off though I press. @param {string} host  "" of one who is gone */
export function whyMuted(host) {
  return host
    ? t("{host} muted you. Raise your hand, and a host can ask you to unmute.", { host })
    : t("You are muted. Raise your hand, and a host can ask you to unmute.");
}

export function whyUnshared() {
  return t("Only hosts may share their screens now.");
}

/** Of one that was shared when that came about, or was being chosen. */
export function unshared() {
  return t("Your screen is not shared: only hosts may share theirs now.");
}

/** What I have asked of the server about myself has led to nothing. @param {"unmute" | "start-camera"} type */
export function unheard(type) {
  return type === "unmute"
    ? t("The server did not take it: you are muted still. Try again in a moment.")
    : t("The server did not take it: your camera is stopped still. Try again in a moment.");
}

/**
 * Why something that I ordered is not done.
 *
 * @param {string} error  as the server names it
 * @param {string} type
 * @param {boolean} isHost  I am one
 */
export function whyRefused(error, type, isHost) {
  if (error === "no-participant") return t("They are not here any more.");
  if (error === "too-fast") return t("That was too often in a short time. Try again in a moment.");
  if (error !== "not-allowed") return t("The server did not do this. Try it once more.");
  if (type === "unmute") return whyMuted("");
  if (!isHost) {
    return type === "rename" ? t("Only hosts may change names now.") : t("Only hosts may do this.");
  }
  if (type === "set-role") return t("The organizer stays a host.");
  if (type === "remove") return t("No host can be removed. Remove them as host first.");
  return t("The server did not do this. Try it once more.");
}
