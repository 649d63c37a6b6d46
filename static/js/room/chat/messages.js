/**
 * What participants say to each other in a chat besides what the room knows (docs/signaling.md, "Chat"). What is between two
 * has types of its own, so that whoever does not know them takes it for nothing, and tells nobody of it.
 *
 * @typedef {import("./conversation.js").Frame} Frame
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 * @typedef {import("../messages.js").Told} Told
 * @typedef {ChatMessage & {type: "private-chat", age?: number}} PrivateChat
 * @typedef {{type: "private-chat-ack", n: number}} PrivateAck
 * @typedef {{type: "private-chat-sync", have: Record<string, number>, of?: string[], most?: number}} PrivateSync
 * @typedef {{type: "private-chat-history", messages: Told[], left?: number}} PrivateHistory
 * @typedef {{type: "chat-typing" | "private-chat-typing", on: boolean}} TypingMessage
 * @typedef {PrivateChat | PrivateAck | PrivateSync | PrivateHistory | TypingMessage} Messages
 */

const PRIVATE = "private-";
// docs/signaling.md, "Between participants".
const LARGEST_FRAME = 16_384;

/** How much of each may come, some times what is ever meant. @type {Record<Messages["type"], import("../rtc/channel.js").Limit>} */
export const LIMITS = {
  "private-chat": { bytes: LARGEST_FRAME, burst: 120, perSecond: 10 },
  "private-chat-ack": { bytes: 128, burst: 120, perSecond: 10 },
  "private-chat-sync": { bytes: LARGEST_FRAME, burst: 20, perSecond: 2 },
  // An answer is a good dozen of frames, as full as may be, and comes once a second at most.
  "private-chat-history": { bytes: LARGEST_FRAME, burst: 240, perSecond: 20 },
  "chat-typing": { bytes: 128, burst: 60, perSecond: 4 },
  "private-chat-typing": { bytes: 128, burst: 60, perSecond: 4 },
};

/** As it goes between two. @param {Frame} frame */
export function asPrivate(frame) {
  return { ...frame, type: `${PRIVATE}${frame.type}` };
}

/**
 * What is said in a conversation, and whether in that of two.
 *
 * @param {{type: string}} message  from outside
 * @returns {{isPrivate: boolean, frame: Frame | {type: "chat-typing", on: boolean}}}
 */
export function unwrapped(message) {
  const isPrivate = message.type.startsWith(PRIVATE);
  const type = isPrivate ? message.type.slice(PRIVATE.length) : message.type;
  return { isPrivate, frame: /** @type {any} */ ({ ...message, type }) };
}
