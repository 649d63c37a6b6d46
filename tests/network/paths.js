/**
 * Put into the pages of the network lab: which way their media take, and when they fall silent.
 * Nothing here changes what the page does.
 */
(() => {
  const connections = new Set();
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...parts) {
      super(...parts);
      connections.add(this);
    }
  };

  const connected = () => [...connections].filter((one) => one.connectionState === "connected");

  /** The candidates that each connection has chosen. */
  async function taken() {
    const found = [];
    for (const connection of connected()) {
      const stats = await connection.getStats();
      const transport = [...stats.values()].find(({ type }) => type === "transport");
      const pair = stats.get(transport?.selectedCandidatePairId);
      if (!pair) continue;
      const local = stats.get(pair.localCandidateId);
      const remote = stats.get(pair.remoteCandidateId);
      found.push({
        local: local.candidateType,
        remote: remote.candidateType,
        relayed_by: local.relayProtocol ?? null,
        their_address: remote.address ?? null,
      });
    }
    return found;
  }

  /** Of what came in: packets that were lost on the way, and seconds of sound, all and made up. */
  async function reception() {
    const sum = { lost: 0, received: 0, samples: 0, concealed: 0 };
    for (const connection of connected()) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== "inbound-rtp") continue;
        sum.lost += report.packetsLost;
        sum.received += report.packetsReceived;
        sum.samples += report.totalSamplesReceived ?? 0;
        sum.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
      }
    }
    return sum;
  }

  /** When the credentials end with which the newest connected connection would ask a relay; Unix seconds. */
  function credentialsEnd() {
    const [newest] = connected().slice(-1);
    const names =
      newest
        ?.getConfiguration()
        .iceServers.map(({ username }) => username)
        .filter(Boolean) ?? [];
    return names.length > 0 ? Number(names[0].split(":")[0]) : null;
  }

  const moments = [];

  const listening = new Set();

  /** Writes down each moment at which a tone was heard. */
  function listen(hertz) {
    if (listening.has(hertz)) return;
    listening.add(hertz);
    setInterval(() => {
      if (window.observe.loudness(hertz) > -60) moments.push(performance.now());
    }, 25);
  }

  const heardSince = (start) => moments.filter((moment) => moment >= start);

  /** How often the tone began since then. */
  function beeps(start) {
    return heardSince(start).filter((moment, at, all) => at === 0 || moment - all[at - 1] > 120).length;
  }

  /** The longest time without the tone since then, in milliseconds. */
  function silence(start) {
    const ends = [start, ...heardSince(start)];
    return Math.max(...ends.slice(1).map((moment, at) => moment - ends[at]));
  }

  const signs = [];
  addEventListener("online", () => signs.push(["online", performance.now()]));
  navigator.connection?.addEventListener("change", () => signs.push(["change", performance.now()]));

  /** What the browser has said of its network since then, and how many milliseconds later. */
  const signsSince = (start) =>
    signs.filter(([, at]) => at >= start).map(([kind, at]) => `${kind} after ${Math.round(at - start)} ms`);

  window.paths = { taken, reception, credentialsEnd, listen, heardSince, beeps, silence, signsSince };
})();
