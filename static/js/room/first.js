import { rememberZone } from "../lib/zone.js";

/**
 * Runs before the other modules have come: what takes the server several round trips is under way by then, and a
 * click is kept until there is somebody to carry it out.
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

export const click = { isKept: false };
/** @type {HTMLFormElement | null} */
const entrance = document.querySelector("form.entrance");
entrance?.addEventListener("submit", (event) => {
  event.preventDefault();
  click.isKept = true;
});
// Until now nobody would have heard a click.
entrance?.querySelector("button:disabled")?.removeAttribute("disabled");
