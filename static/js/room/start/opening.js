/**
 * Written into the page (config/templatetags/page.py), because nothing is sooner: three round trips for the socket, and
 * what the server needs to answer it, pass while the modules are on their way. A click asks for the seat as soon as
 * the socket is open. The element with the room's data carries all this to first.js.
 */
{
  // Once everything is here, somebody listens soon or never (milliseconds).
  const TAKEN_WITHIN = 10_000;

  const element = /** @type {HTMLScriptElement & {opened: import("./first.js").Opened}} */ (
    document.querySelector("#room-data")
  );
  /** @type {import("../state.js").RoomInfo} */
  const room = JSON.parse(element.text);
  const url = new URL(room.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url.href);
  /** @type {import("./first.js").Opened} */
  const opened = {
    socket,
    heard: [],
    closed: null,
    isTaken: false,
    hasBegun: false,
    isBarred: false,
    giveUp,
    clicked: null,
    asked: null,
  };
  element.opened = opened;
  socket.addEventListener("message", ({ data }) => {
    if (!opened.isTaken) opened.heard.push(data);
  });
  socket.addEventListener("close", ({ code }) => (opened.closed = code));
  socket.addEventListener("open", ask);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form.entrance")) return;
    event.preventDefault();
    if (opened.isTaken || opened.asked) return;
    opened.clicked = String(new FormData(form).get("name")).trim();
    const button = form.querySelector('[data-part="join"]');
    if (button && opened.clicked) {
      button.textContent = button.getAttribute("data-joining");
      button.setAttribute("aria-busy", "true");
      // What would come once this page stands is needed now.
      const later = document.querySelector("#at-click");
      if (later instanceof HTMLTemplateElement) document.head.append(later.content.cloneNode(true));
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

  /** Nobody is to sit there whom no module keeps. */
  function giveUp() {
    if (opened.isTaken) return;
    if (opened.asked && socket.readyState === WebSocket.OPEN) socket.send('{"type":"leave"}');
    socket.close();
  }

  addEventListener("pagehide", giveUp);
  addEventListener("load", () => setTimeout(giveUp, TAKEN_WITHIN));
}
