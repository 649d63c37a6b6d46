/**
 * What a browser reports of a connection, made comparable.
 *
 * @typedef {import("../rtc/peer.js").Slot} Slot
 * @typedef {import("./score.js").Quality} Quality
 * @typedef {Record<string, any>} Stat  as a browser reports it (webrtc-stats); which members there are differs
 *
 * What goes one way through one slot, since the look before. What the browser does not tell is null.
 * @typedef {object} Flow
 * @property {number} bitrate         bits a second
 * @property {number} packets
 * @property {number | null} loss     0 to 1
 * @property {number | null} jitter   milliseconds
 * @property {string} codec           such as "VP8"
 * @property {number | null} width
 * @property {number | null} height
 * @property {number | null} fps
 * @property {number | null} frames   encoded or decoded
 * @property {number | null} encoding  what the encoder took, as a share of one core
 * @property {number | null} concealed  0 to 1
 * @property {number | null} frozen    0 to 1
 * @property {"" | "cpu" | "bandwidth" | "other"} limited  by what the encoder is held back
 *
 * @typedef {Partial<Record<Slot, Flow>>} Flows
 *
 * @typedef {object} Path
 * @property {boolean} relayed
 * @property {"udp" | "tcp" | "tls"} protocol  of my side
 * @property {string} mine    type of my candidate: host, srflx, prflx, relay
 * @property {string} theirs
 *
 * One look at one connection.
 * @typedef {object} Sample
 * @property {number} at       Unix milliseconds
 * @property {number} seconds  since the look before
 * @property {Path | null} path
 * @property {number | null} rtt  milliseconds
 * @property {number | null} available  bits a second that the way there takes, as congestion control has it
 * @property {Flows} sent
 * @property {Flows} received
 * @property {number} audioPacketsReceived  of the microphone slot, since the look before
 * @property {number} silence  milliseconds for which nothing has come there, though their microphone is on
 * @property {number} score    0 to 100
 * @property {Quality} quality
 *
 * What a look found, before it is compared with the one before.
 * @typedef {object} Count
 * @property {number} at
 * @property {Path | null} path
 * @property {number | null} rtt
 * @property {number | null} available
 * @property {Partial<Record<Slot, Stat>>} out
 * @property {Partial<Record<Slot, Stat>>} in
 *
 * @typedef {{report: Iterable<[string, Stat]>, slots: ReadonlyMap<string, Slot>}} Stats
 */

/**
 * Sorts out what a browser reports: Chromium, Firefox and Safari say the same things in different places.
 *
 * @param {Stats} stats
 * @param {number} at
 * @returns {Count}
 */
export function count({ report, slots }, at) {
  const all = new Map(report);
  /** @type {Count} */
  const found = { at, path: null, rtt: null, available: null, out: {}, in: {} };
  /** @param {Stat} stat */
  const codecOf = (stat) => String(all.get(stat.codecId)?.mimeType ?? "").replace(/^\w+\//, "");
  /** @type {Map<string, Stat>} */
  const heard = new Map();
  for (const stat of all.values()) {
    if (stat.type === "remote-inbound-rtp") heard.set(stat.localId ?? stat.ssrc, stat);
  }
  for (const stat of all.values()) {
    const slot = slots.get(stat.mid) ?? slots.get(stat.trackIdentifier);
    if (!slot) continue;
    if (stat.type === "inbound-rtp") found.in[slot] = { ...stat, codec: codecOf(stat) };
    if (stat.type !== "outbound-rtp") continue;
    const remote = all.get(stat.remoteId) ?? heard.get(stat.id) ?? heard.get(stat.ssrc);
    found.out[slot] = { ...stat, codec: codecOf(stat), remote };
    if (remote?.roundTripTime !== undefined) found.rtt ??= remote.roundTripTime * 1000;
  }
  const pair = selected(all);
  if (!pair) return found;
  // The path itself is measured more often than what the other end reports.
  if (pair.currentRoundTripTime !== undefined) found.rtt = pair.currentRoundTripTime * 1000;
  found.available = pair.availableOutgoingBitrate ?? null;
  const [mine, theirs] = [all.get(pair.localCandidateId), all.get(pair.remoteCandidateId)];
  if (mine) {
    found.path = {
      relayed: mine.candidateType === "relay" || theirs?.candidateType === "relay",
      protocol: mine.relayProtocol ?? mine.protocol ?? "udp",
      mine: mine.candidateType ?? "",
      theirs: theirs?.candidateType ?? "",
    };
  }
  return found;
}

/** The pair of candidates that is in use. @param {Map<string, Stat>} all */
function selected(all) {
  const stats = [...all.values()];
  const transport = stats.find(
    ({ type, selectedCandidatePairId }) => type === "transport" && selectedCandidatePairId,
  );
  if (transport) return all.get(transport.selectedCandidatePairId);
  const pairs = stats.filter(({ type }) => type === "candidate-pair");
  return (
    pairs.find((pair) => pair.selected) ?? pairs.find((pair) => pair.nominated && pair.state === "succeeded")
  );
}

/**
 * What has happened between two looks.
 *
 * @param {Count} before
 * @param {Count} after
 * @returns {Sample}
 */
export function compare(before, after) {
  const seconds = (after.at - before.at) / 1000;
  /** @param {"out" | "in"} way @param {(before: Stat, after: Stat, seconds: number) => Flow} flow */
  const flows = (way, flow) => {
    const found = /** @type {[Slot, Stat][]} */ (Object.entries(after[way]));
    return /** @type {Flows} */ (
      Object.fromEntries(
        found.map(([slot, stat]) => [slot, flow(sameStream(before[way][slot], stat), stat, seconds)]),
      )
    );
  };
  const sent = flows("out", outgoing);
  const received = flows("in", incoming);
  return {
    at: after.at,
    seconds,
    path: after.path,
    rtt: after.rtt,
    available: after.available,
    sent,
    received,
    audioPacketsReceived: received.microphone?.packets ?? 0,
    silence: 0,
    score: 100,
    quality: "good",
  };
}

/** Counters of a connection that was replaced begin anew. @param {Stat | undefined} before @param {Stat} after */
function sameStream(before, after) {
  return before && before.ssrc === after.ssrc ? before : {};
}

/** @param {Stat} before @param {Stat} after @param {number} seconds @returns {Flow} */
function outgoing(before, after, seconds) {
  return {
    ...flow(before, after, seconds, "Sent"),
    loss: after.remote?.fractionLost ?? null,
    jitter: milliseconds(after.remote?.jitter),
    frames: rise(before, after, "framesEncoded"),
    encoding:
      after.totalEncodeTime === undefined ? null : (rise(before, after, "totalEncodeTime") ?? 0) / seconds,
    concealed: null,
    frozen: null,
    limited: ["cpu", "bandwidth", "other"].includes(after.qualityLimitationReason)
      ? after.qualityLimitationReason
      : "",
  };
}

/** @param {Stat} before @param {Stat} after @param {number} seconds @returns {Flow} */
function incoming(before, after, seconds) {
  const packets = rise(before, after, "packetsReceived") ?? 0;
  // Packets that came twice make the count go down.
  const lost = Math.max(0, rise(before, after, "packetsLost") ?? 0);
  const concealed =
    (rise(before, after, "concealedSamples") ?? 0) - (rise(before, after, "silentConcealedSamples") ?? 0);
  const samples = rise(before, after, "totalSamplesReceived");
  const frozen = rise(before, after, "totalFreezesDuration");
  return {
    ...flow(before, after, seconds, "Received"),
    loss: packets + lost > 0 ? lost / (packets + lost) : null,
    jitter: milliseconds(after.jitter),
    frames: rise(before, after, "framesDecoded"),
    encoding: null,
    concealed: samples ? Math.max(0, concealed) / samples : null,
    frozen: frozen === null ? null : Math.min(1, frozen / seconds),
    limited: "",
  };
}

/** @param {Stat} before @param {Stat} after @param {number} seconds @param {"Sent" | "Received"} way */
function flow(before, after, seconds, way) {
  return {
    bitrate: Math.round(((rise(before, after, `bytes${way}`) ?? 0) * 8) / seconds),
    packets: rise(before, after, `packets${way}`) ?? 0,
    codec: after.codec,
    width: after.frameWidth ?? null,
    height: after.frameHeight ?? null,
    fps: after.framesPerSecond ?? null,
  };
}

/** @param {Stat} before @param {Stat} after @param {string} name @returns {number | null} */
function rise(before, after, name) {
  return after[name] === undefined ? null : after[name] - (before[name] ?? 0);
}

/** @param {number | undefined} seconds */
function milliseconds(seconds) {
  return seconds === undefined ? null : Math.round(seconds * 1000);
}
