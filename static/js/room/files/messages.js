import { isNumber } from "./frames.js";

/**
 * What participants say to each other about files (docs/signaling.md, "Files"); the bytes go through a channel of their own.
 * A transfer has a number that its receiver gave it.
 *
 * Why it is not sent: the page of the author has it no more; it is another one by now; others are sent to, and it begins
 * when it is its turn; it was never offered to them; the author has stopped it.
 * @typedef {"gone" | "changed" | "busy" | "unknown" | "stopped"} Reason
 *
 * @typedef {{type: "file-request", file: string, transfer: number, from: number}} FileRequest  from this block on
 * @typedef {{type: "file-ack", transfer: number, blocks: number}} FileAck  so many blocks are written
 * @typedef {{type: "file-refused", transfer: number, reason: Reason}} FileRefused
 * @typedef {{type: "file-stop", transfer: number}} FileStop
 * @typedef {{type: "file-ping", n: number}} FilePing
 * @typedef {{type: "file-pong", n: number}} FilePong
 * @typedef {FileRequest | FileAck | FileRefused | FileStop | FilePing | FilePong} Messages
 */

/** @type {readonly Reason[]} */
export const REASONS = ["gone", "changed", "busy", "unknown", "stopped"];
export const ID = /^[\w-]{1,64}$/u;

/** @satisfies {import("../capabilities.js").Kinds} */
export const messages = {
  "file-request": { limit: { bytes: 256, burst: 60, perSecond: 4 }, read: readRequest },
  "file-ack": { limit: { bytes: 128, burst: 400, perSecond: 200 }, read: readAck },
  "file-refused": { limit: { bytes: 128, burst: 60, perSecond: 4 }, read: readRefused },
  "file-stop": { limit: { bytes: 128, burst: 60, perSecond: 4 }, read: readStop },
  "file-ping": { limit: { bytes: 64, burst: 60, perSecond: 20 }, read: readPing },
  "file-pong": { limit: { bytes: 64, burst: 60, perSecond: 20 }, read: readPong },
};

/** @typedef {Readonly<Record<string, any>>} Outside  a message as it came */

/** @param {Outside} message @returns {FileRequest | null} */
function readRequest({ file, transfer, from }) {
  if (typeof file !== "string" || !ID.test(file) || !isNumber(transfer) || !isNumber(from)) return null;
  return { type: "file-request", file, transfer, from };
}

/** @param {Outside} message @returns {FileAck | null} */
function readAck({ transfer, blocks }) {
  return isNumber(transfer) && isNumber(blocks) ? { type: "file-ack", transfer, blocks } : null;
}

/** @param {Outside} message @returns {FileRefused | null}  a reason that this version does not know is one all the same */
function readRefused({ transfer, reason }) {
  if (!isNumber(transfer)) return null;
  return { type: "file-refused", transfer, reason: REASONS.find((one) => one === reason) ?? "gone" };
}

/** @param {Outside} message @returns {FileStop | null} */
function readStop({ transfer }) {
  return isNumber(transfer) ? { type: "file-stop", transfer } : null;
}

/** @param {Outside} message @returns {FilePing | null} */
function readPing({ n }) {
  return isNumber(n) ? { type: "file-ping", n } : null;
}

/** @param {Outside} message @returns {FilePong | null} */
function readPong({ n }) {
  return isNumber(n) ? { type: "file-pong", n } : null;
}
