import { browserStore, tabStore } from "../../lib/storage.js";
import { Memory } from "../browser.js";
import { Devices } from "../media/devices.js";

/**
 * Runs as soon as it is here, before the other modules have come and before anything is drawn: the camera opens, and
 * what opening.js has begun is at hand.
 *
 * @typedef {import("../state.js").RoomInfo} RoomInfo
 *
 * @typedef {object} Opened  a socket, and what has happened while nobody listened
 * @property {WebSocket} socket
 * @property {string[]} heard
 * @property {number | null} closed  the code, if it has closed
 * @property {boolean} isTaken  somebody listens now
 * @property {boolean} hasBegun  the modules run, and draw the page
 * @property {boolean} isBarred  they cannot, and the page says why
 * @property {() => void} giveUp  lets go of the socket, unless somebody listens
 * @property {string | null} clicked  under which name the form was sent, if it was
 * @property {{name: string, token: null} | null} asked  what went out as `join` then
 */

/** @type {EcKeyGenParams} */
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
// opening.js fills it.
const element = /** @type {HTMLScriptElement & {opened: Opened}} */ (document.querySelector("#room-data"));

/** @type {RoomInfo} */
export const room = JSON.parse(element.text);
export const { opened } = element;

if (opened.isBarred) throw new Error("This browser makes no calls here; the page says why.");

export const memory = new Memory(room.code, tabStore, browserStore);
export const devices = new Devices(navigator.mediaDevices, navigator.permissions, {
  page: document,
  oneAtATime: /\b(Android|iPhone|iPad|Mobile)\b/.test(navigator.userAgent),
});
void devices.start(memory.choices);
/** Of all connections of this page. Made elsewhere in the browser, while the rest comes. */
export const certificate = RTCPeerConnection.generateCertificate(CURVE);
