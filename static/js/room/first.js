import { rememberZone } from "../lib/zone.js";
import { Memory } from "./browser.js";
import { Devices } from "./media/devices.js";

/**
 * Runs as soon as it is here, before the other modules have come and before anything is drawn: what takes the server
 * several round trips is under way by then, the camera opens, and a click is kept until there is somebody to carry
 * it out.
 *
 * @typedef {import("./state.js").RoomInfo} RoomInfo
 *
 * @typedef {object} Opened  a socket, and what has come on it while nobody listened
 * @property {WebSocket} socket
 * @property {string[]} heard
 * @property {number | null} closed  the code, if it has closed
 * @property {boolean} isTaken  somebody listens now
 */

/** @type {RoomInfo} */
export const room = JSON.parse(document.querySelector("#room-data")?.textContent ?? "{}");

// Before the socket, which carries it: often this is the first page that somebody opens from a letter.
rememberZone();

const url = new URL(room.socket, location.href);
url.protocol = url.protocol.replace("http", "ws");

/** Where the room is spoken to. */
export const address = url.href;

/** @type {Opened} */
export const opened = { socket: new WebSocket(address), heard: [], closed: null, isTaken: false };
opened.socket.addEventListener("message", ({ data }) => {
  if (!opened.isTaken) opened.heard.push(data);
});
opened.socket.addEventListener("close", ({ code }) => (opened.closed = code));

export const memory = new Memory(room.code, sessionStorage, localStorage);
export const devices = new Devices(navigator.mediaDevices, navigator.permissions);
void devices.start(memory.choices);

export const click = { isKept: false };
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof Element) || !event.target.matches("form.entrance")) return;
  event.preventDefault();
  click.isKept = true;
});

/** Until now nobody would have heard a click. */
function hearClicks() {
  document.querySelector("form.entrance button:disabled")?.removeAttribute("disabled");
}

if (document.readyState === "loading") document.addEventListener("readystatechange", hearClicks, { once: true });
else hearClicks();
