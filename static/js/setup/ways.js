/**
 * Whether this page reaches the server by WebSocket, and itself over a connection as in a call.
 *
 * @typedef {import("./verdicts.js").Way} Way
 * @typedef {import("./verdicts.js").Found} Found
 */

const WITHIN = 10_000;
const ROUNDS = 5;
// The server says so when the session may not test here.
const REFUSED = [4401, 4403];

/**
 * Asks the server for its ICE servers, and how long it takes to answer.
 *
 * @param {string} address  of the socket
 * @returns {Promise<{ server: NonNullable<Found["server"]>, iceServers: RTCIceServer[] }>}
 */
export async function askServer(address) {
  const socket = new WebSocket(address);
  try {
    const greeting = await within(heard(socket));
    if (greeting === null || greeting.type !== "set-up") {
      return { server: { open: false, refused: greeting?.type === "bye" }, iceServers: [] };
    }
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = heard(socket);
      const began = performance.now();
      socket.send(JSON.stringify({ type: "ping" }));
      if ((await within(answer)) === null) return { server: { open: false }, iceServers: [] };
      times.push(performance.now() - began);
    }
    return { server: { open: true, milliseconds: middle(times) }, iceServers: greeting.ice_servers };
  } finally {
    socket.close();
  }
}

/** The next message, or null when the socket closes. @param {WebSocket} socket */
function heard(socket) {
  return new Promise((resolve) => {
    socket.addEventListener("message", ({ data }) => resolve(JSON.parse(data)), { once: true });
    socket.addEventListener("close", ({ code }) => resolve(REFUSED.includes(code) ? { type: "bye" } : null), {
      once: true,
    });
  });
}

/**
 * Connects two ends in this page, as two people in a call are, and sends a few messages there and back.
 *
 * @param {RTCIceServer[]} iceServers
 * @param {RTCIceTransportPolicy} policy  "relay": by the relay alone
 * @returns {Promise<Way>}
 */
export async function connectToMyself(iceServers, policy) {
  /** @type {RTCPeerConnection[]} */
  const ends = [];
  const make = () => {
    const end = new RTCPeerConnection({ iceServers, iceTransportPolicy: policy });
    ends.push(end);
    return end;
  };
  try {
    const [here, there] = [make(), make()];
    const channel = here.createDataChannel("test", { negotiated: true, id: 0 });
    const echo = there.createDataChannel("test", { negotiated: true, id: 0 });
    echo.addEventListener("message", ({ data }) => echo.send(data));
    // Each takes the other's description before any candidate of it.
    /** @type {[RTCPeerConnection, RTCIceCandidate][]} */
    const early = [];
    let described = false;
    for (const [from, to] of /** @type {const} */ ([
      [here, there],
      [there, here],
    ])) {
      from.addEventListener("icecandidate", ({ candidate }) => {
        if (!candidate) return;
        if (described) void to.addIceCandidate(candidate);
        else early.push([to, candidate]);
      });
    }
    const opened = new Promise((resolve) =>
      channel.addEventListener("open", () => resolve(true), { once: true }),
    );
    await here.setLocalDescription();
    await there.setRemoteDescription(/** @type {RTCSessionDescriptionInit} */ (here.localDescription));
    await there.setLocalDescription();
    await here.setRemoteDescription(/** @type {RTCSessionDescriptionInit} */ (there.localDescription));
    described = true;
    for (const [to, candidate] of early) void to.addIceCandidate(candidate);
    if ((await within(opened)) === null) return { open: false };
    const times = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = new Promise((resolve) =>
        channel.addEventListener("message", () => resolve(true), { once: true }),
      );
      const began = performance.now();
      channel.send("?");
      if ((await within(answer)) === null) return { open: false };
      times.push(performance.now() - began);
    }
    return { open: true, milliseconds: middle(times), protocol: await relayProtocol(here) };
  } catch (error) {
    // A policy or an extension forbids what it takes: to the person, it is all the same.
    console.warn("The page could not connect to itself:", error);
    return { open: false };
  } finally {
    for (const end of ends) end.close();
  }
}

/** How the relay in use is reached; "" without one. @param {RTCPeerConnection} connection */
async function relayProtocol(connection) {
  const all = [...(await connection.getStats()).values()];
  const transport = all.find(({ type }) => type === "transport");
  const pair = all.find(({ id, type, nominated, state }) =>
    transport?.selectedCandidatePairId
      ? id === transport.selectedCandidatePairId
      : type === "candidate-pair" && nominated && state === "succeeded",
  );
  const local = all.find(({ id }) => id === pair?.localCandidateId);
  return local?.candidateType === "relay" ? String(local.relayProtocol ?? "udp") : "";
}

/** @template T @param {Promise<T>} promise @returns {Promise<T | null>} null when it takes too long */
function within(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(null), WITHIN))]);
}

/** @param {number[]} times */
function middle(times) {
  return Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0);
}
