import { byteLength } from "../rtc/channel.js";

/** @typedef {import("../state.js").ChatMessage} ChatMessage */

// Well inside a frame of 16 KiB.
const PAGE_BYTES = 15_000;

/**
 * What somebody lacks who has each author's messages up to a number, in order and in frames of a fair size.
 *
 * @param {readonly ChatMessage[]} messages
 * @param {unknown} have  `{author: highest n}`, as they say
 * @returns {ChatMessage[][]}
 */
export function pages(messages, have) {
  const known = new Map(Object.entries(typeof have === "object" && have !== null ? have : {}));
  /** @type {ChatMessage[][]} */
  const pages = [];
  let room = 0;
  for (const message of messages) {
    if (message.n <= Number(known.get(message.author) ?? 0)) continue;
    const bytes = byteLength(JSON.stringify(message)) + 1;
    if (bytes > room) {
      pages.push([]);
      room = PAGE_BYTES;
    }
    pages.at(-1)?.push(message);
    room -= bytes;
  }
  return pages;
}
