/**
 * Written into the page (config/templatetags/page.py), because nothing is sooner: three round trips for the socket, and
 * what the server needs to answer it, pass while the modules are on their way. A click asks for the seat as soon as
 * the socket is open. The element with the room's data carries all this to first.js. Whatever keeps the modules from
 * beginning is said here, since nothing else would.
 */
{
  const TROUBLES = {
    calls: "This browser has calls (WebRTC) turned off. Turn them on, in Firefox with media.peerconnection.enabled at about:config, elsewhere in the extension that blocks them, or open this link in another browser.",
    cookies: "This browser blocks cookies, without which the server cannot tell who comes in. Allow cookies for this site, then load the page again.",
    part: "A part of this page has not come through, so it cannot go on. Load it again; if that does not help, tell those who run this server.",
    fault: "This page does not start in this browser. Load it again, or open this link in another browser.",
  };
  // A line on which the modules take longer swallows them (milliseconds).
  const HERE_WITHIN = 30_000;
  // Once everything is here, somebody listens soon or never (milliseconds).
  const TAKEN_WITHIN = 10_000;

  const element = /** @type {HTMLScriptElement & {opened: import("./first.js").Opened}} */ (document.querySelector("#room-data"));
  /** @type {import("./state.js").RoomInfo} */
  const room = JSON.parse(element.text);
  const url = new URL(room.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url.href);
  /** @type {import("./first.js").Opened} */
  const opened = { socket, heard: [], closed: null, isTaken: false, hasBegun: false, isBarred: false, clicked: null, asked: null };
  element.opened = opened;
  let trouble = "";
  socket.addEventListener("message", ({ data }) => {
    if (!opened.isTaken) opened.heard.push(data);
  });
  socket.addEventListener("close", ({ code }) => (opened.closed = code));
  socket.addEventListener("open", ask);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form.entrance")) return;
    event.preventDefault();
    if (trouble && !opened.hasBegun) return location.reload();
    if (opened.isTaken || opened.asked) return;
    opened.clicked = String(new FormData(form).get("name")).trim();
    const button = form.querySelector('[data-part="join"]');
    if (button && opened.clicked) {
      button.textContent = "Joining…";
      button.setAttribute("aria-busy", "true");
    }
    ask();
  });

  function ask() {
    const name = opened.clicked;
    if (!name || opened.isTaken || socket.readyState !== WebSocket.OPEN) return;
    // Whoever was here before takes their own seat again; the modules know which (Memory in browser.js).
    if (hasVisit()) return;
    // A browser in which they cannot run would sit there for nothing.
    if (!HTMLScriptElement.supports?.("importmap")) return;
    opened.asked = { name, token: null };
    socket.send(JSON.stringify({ type: "join", name, token: null, fresh: true }));
  }

  /** Storage that is turned off, or blocked with the cookies, has none. */
  function hasVisit() {
    try {
      return Boolean(sessionStorage.getItem(`roundtable:visit:${room.code}`));
    } catch {
      return false;
    }
  }

  /** The first trouble is the cause of those that follow. @param {keyof typeof TROUBLES} kind */
  function say(kind) {
    if (opened.hasBegun) return;
    trouble ||= TROUBLES[kind];
    giveUp();
    const words = document.querySelector('#prejoin [data-part="problem"] p');
    const button = document.querySelector('form.entrance [data-part="join"]');
    // The page is not read as far as that.
    if (!words || !button) return addEventListener("DOMContentLoaded", () => say(kind), { once: true });
    words.textContent = trouble;
    words.closest("[data-part]")?.removeAttribute("hidden");
    button.textContent = "Load the page again";
    button.removeAttribute("aria-busy");
  }

  /** The modules need not try. @param {keyof typeof TROUBLES} kind */
  function bar(kind) {
    opened.isBarred = true;
    say(kind);
  }

  // What extensions put in its place has no certificates.
  if (typeof globalThis.RTCPeerConnection?.generateCertificate !== "function") bar("calls");
  // The page has set one by now (lib/zone.js), if it may.
  else if (!navigator.cookieEnabled && !document.cookie) bar("cookies");
  addEventListener(
    "error",
    (event) => {
      // Extensions have their own faults, also in scripts that they write into the page.
      const isOurs = (/** @type {string} */ address) => address.startsWith(location.origin) && /\.js$/u.test(address);
      // Of what did not come, an element tells, and its event does not bubble.
      if (event.target instanceof HTMLScriptElement && isOurs(event.target.src)) say("part");
      else if (event instanceof ErrorEvent && isOurs(event.filename)) say("fault");
    },
    { capture: true },
  );

  /** Nobody is to sit there whom no module keeps. */
  function giveUp() {
    if (opened.isTaken) return;
    if (opened.asked && socket.readyState === WebSocket.OPEN) socket.send('{"type":"leave"}');
    socket.close();
  }

  addEventListener("pagehide", giveUp);
  setTimeout(() => say("part"), HERE_WITHIN);
  addEventListener("load", () => setTimeout(() => (opened.hasBegun ? giveUp() : say("part")), TAKEN_WITHIN));
}
