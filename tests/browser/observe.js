/**
 * Put into every page of the browser tests before its own scripts: sees and hears what a person would.
 * Nothing here changes what the page does.
 */
(() => {
  /** Everything that was ever given a stream to play, whether it is in the page or not. */
  const players = new Set();
  const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...property,
    set(stream) {
      players.add(this);
      property.set.call(this, stream);
    },
  });

  /** The page's sockets, so that a test can break one and see that another takes its place. */
  const sockets = new Set();
  let opened = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...parts) {
      super(...parts);
      sockets.add(this);
      this.addEventListener("open", () => opened++);
    }
  };

  function breakSockets() {
    for (const socket of sockets) socket.close();
    sockets.clear();
  }

  /** Every connection that the page has made. */
  const connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...parts) {
      super(...parts);
      connections.push(this);
    }
  };

  /** Of the connections that are not closed: the state, and what has gone out on them. */
  async function links() {
    const open = connections.filter(({ connectionState }) => connectionState !== "closed");
    return Promise.all(
      open.map(async (connection) => {
        const all = [...(await connection.getStats()).values()];
        const out = all.filter(({ type }) => type === "outbound-rtp");
        const into = all.filter(({ type }) => type === "inbound-rtp");
        const sum = (list, key) => list.reduce((total, one) => total + (one[key] ?? 0), 0);
        return {
          state: connection.connectionState,
          slots: connection.getSenders().filter(({ track }) => track).length,
          sent: sum(out, "packetsSent"),
          received: sum(into, "packetsReceived"),
          encoded: sum(out, "framesEncoded"),
          concealed: sum(into, "concealedSamples") - sum(into, "silentConcealedSamples"),
          samples: sum(into, "totalSamplesReceived"),
        };
      }),
    );
  }

  // What listens costs a tenth of a call, so it is closed when nobody has asked for a second.
  const ear = { context: null, analysers: new WeakMap(), closing: 0 };

  function openEar() {
    clearTimeout(ear.closing);
    ear.closing = setTimeout(closeEar, 1000);
    ear.context ??= new AudioContext();
    return ear;
  }

  function closeEar() {
    void ear.context.close();
    Object.assign(ear, { context: null, analysers: new WeakMap() });
  }

  /** Until it hears: what was just opened takes a moment, in which silence means nothing. */
  async function hearing() {
    while (openEar().context.currentTime < 0.1) await new Promise((wake) => setTimeout(wake, 20));
  }

  /** Decibels at a frequency, in what this page really plays. */
  function loudness(hertz) {
    let loudest = -Infinity;
    const { context } = openEar();
    for (const player of players) {
      if (
        player.muted ||
        player.paused ||
        player.volume === 0 ||
        !player.srcObject?.getAudioTracks().length
      ) {
        continue;
      }
      const analyser = analyserOf(player.srcObject);
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const bin = Math.round((hertz * analyser.fftSize) / context.sampleRate);
      loudest = Math.max(loudest, ...levels.slice(bin - 1, bin + 2));
    }
    return loudest;
  }

  function analyserOf(stream) {
    const { context, analysers } = ear;
    if (!analysers.has(stream)) {
      const analyser = context.createAnalyser();
      analyser.smoothingTimeConstant = 0;
      analyser.fftSize = 4096;
      context.createMediaStreamSource(stream).connect(analyser);
      analysers.set(stream, analyser);
    }
    return analysers.get(stream);
  }

  const canvas = new OffscreenCanvas(32, 18);
  const pen = canvas.getContext("2d", { willReadFrequently: true });

  /** What a video shows now: its mean colour, a print of its pixels, and how many frames it has shown. */
  function look(video) {
    if (!video?.videoWidth || video.paused || !video.checkVisibility()) return null;
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const sum = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) for (const part of [0, 1, 2]) sum[part] += data[at + part];
    const pixels = data.length / 4;
    const frames = video.getVideoPlaybackQuality().totalVideoFrames;
    // In steps of 8, so that noise of the encoder does not pass for movement.
    const print = data
      .filter((_, at) => at % 4 === 0)
      .map((value) => value >> 3)
      .join();
    return { mean: sum.map((part) => Math.round(part / pixels)), print, frames };
  }

  window.observe = { look, loudness, hearing, breakSockets, socketsOpened: () => opened, connections, links };
})();
