/**
 * Written into the page (config/templatetags/page.py), because nothing is sooner: three round trips for the socket, and
 * what the server needs to answer it, pass while the modules are on their way. A click asks for the seat as soon as
 * the socket is open. The element with the room's data carries all this to first.js.
 */
{
  const element = /** @type {HTMLScriptElement & {opened: import("./first.js").Opened}} */ (document.querySelector("#room-data"));
  /** @type {import("./state.js").RoomInfo} */
  const room = JSON.parse(element.text);
  const url = new URL(room.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url.href);
  /** @type {import("./first.js").Opened} */
  const opened = { socket, heard: [], closed: null, isTaken: false, isClicked: false, asked: null };
  element.opened = opened;
  socket.addEventListener("message", ({ data }) => {
    if (!opened.isTaken) opened.heard.push(data);
  });
  socket.addEventListener("close", ({ code }) => (opened.closed = code));

  /** @param {string} name */
  const ask = (name) => {
    if (opened.isTaken || socket.readyState !== WebSocket.OPEN) return;
    opened.asked = { name, token: null };
    socket.send(JSON.stringify({ type: "join", name, token: null, fresh: true }));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form.entrance")) return;
    event.preventDefault();
    if (opened.isTaken || opened.isClicked) return;
    opened.isClicked = true;
    const name = String(new FormData(form).get("name")).trim();
    // Whoever was here before takes their own seat again; the modules know which.
    if (!name || sessionStorage.getItem(`roundtable:visit:${room.code}`)) return;
    if (socket.readyState === WebSocket.CONNECTING) socket.addEventListener("open", () => ask(name));
    else ask(name);
  });
}
