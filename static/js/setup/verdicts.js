/**
 * What was found about a set-up, in words, and what can be done about it.
 *
 * @typedef {import("../room/state.js").Source} Source
 *
 * @typedef {object} Verdict
 * @property {"idle" | "running" | "good" | "fair" | "bad"} state   "fair": a call works, but not as well as it could
 * @property {string} title
 * @property {string} [advice]
 *
 * @typedef {object} Way             a connection of the page to itself
 * @property {boolean} open
 * @property {number} [milliseconds]  there and back
 * @property {string} [protocol]      by which the relay was reached: udp, tcp or tls
 *
 * @typedef {object} Found
 * @property {boolean} webrtc        the browser can make calls at all
 * @property {boolean} secure        the page came over https, or from this computer
 * @property {Source} camera
 * @property {boolean} picture       the camera's picture moves
 * @property {Source} microphone
 * @property {number} loudest        0 to 1, of what the microphone heard so far
 * @property {boolean} patient       it was listened to for long enough
 * @property {"" | "playing" | "played" | "heard" | "silent"} speaker  what the person says of the sound
 * @property {{open: boolean, refused?: boolean, milliseconds?: number} | null} server   null while it is being asked
 * @property {Way | null} direct
 * @property {Way | "none" | null} relay  "none": the server has no relay
 */
import { t } from "../lib/i18n.js";

/** The checks in their order. */
export const CHECKS = /** @type {const} */ ([
  "browser",
  "camera",
  "microphone",
  "speaker",
  "server",
  "network",
]);
/** @typedef {typeof CHECKS[number]} Check */

// Whoever speaks is louder than that; the hum of a room is not.
const AUDIBLE = 0.35;
// Milliseconds there and back, from which people begin to talk at the same time.
const SLOW = 400;

/**
 * @param {Found} found
 * @param {(kind: "camera" | "microphone") => { title: string, text: string }} trouble  the words for what is wrong with a device
 * @param {(kind: "camera" | "microphone") => string} [refusal]  that another device is used than the chosen one, or ""
 * @returns {Record<Check, Verdict>}
 */
export function judge(found, trouble, refusal = () => "") {
  return {
    browser: browser(found),
    camera: noting(camera(found, trouble), refusal("camera")),
    microphone: noting(microphone(found, trouble), refusal("microphone")),
    speaker: speaker(found),
    server: server(found),
    network: network(found),
  };
}

/** @param {Verdict} verdict @param {string} refusal @returns {Verdict} */
function noting(verdict, refusal) {
  return refusal ? { ...verdict, advice: refusal } : verdict;
}

/** @param {Record<Check, Verdict>} verdicts @returns {"open" | "good" | "fair" | "bad"} "open": something is not known yet */
export function overall(verdicts) {
  const states = CHECKS.map((check) => verdicts[check].state);
  if (states.includes("idle") || states.includes("running")) return "open";
  if (states.includes("bad")) return "bad";
  return states.includes("fair") ? "fair" : "good";
}

/** @param {Found} found @returns {Verdict} */
function browser({ webrtc, secure }) {
  if (!secure) {
    return {
      state: "bad",
      title: t("This page did not come over a secure line"),
      advice: t("Open it with https at the beginning of the address, or tell those who run this server."),
    };
  }
  if (!webrtc) {
    return {
      state: "bad",
      title: t("This browser cannot make calls"),
      advice: t(
        "Use a current Firefox, Chrome, Edge or Safari. If you do, an extension may have turned WebRTC off.",
      ),
    };
  }
  return { state: "good", title: t("Your browser can make calls") };
}

/** @param {Found} found @param {(kind: "camera") => { title: string, text: string }} trouble @returns {Verdict} */
function camera({ camera, picture }, trouble) {
  if (camera.trouble === "missing") {
    return {
      state: "fair",
      title: t("No camera found"),
      advice: t("You can take part without one: you see and hear the others, and they hear you."),
    };
  }
  if (camera.trouble) return bad(trouble("camera"));
  if (camera.pending) {
    return {
      state: "running",
      title: t("Your browser has a question"),
      advice: t("Allow camera and microphone in its window."),
    };
  }
  if (!camera.on) return { state: "idle", title: t("Off") };
  if (!picture) return { state: "running", title: t("Waiting for the first picture") };
  return {
    state: "good",
    title: t("Your camera shows a picture"),
    advice: t("Is it black? Open the lens cover, or choose another camera."),
  };
}

/** @param {Found} found @param {(kind: "microphone") => { title: string, text: string }} trouble @returns {Verdict} */
function microphone({ microphone, loudest, patient }, trouble) {
  if (microphone.trouble) return bad(trouble("microphone"));
  if (microphone.pending) {
    return {
      state: "running",
      title: t("Your browser has a question"),
      advice: t("Allow camera and microphone in its window."),
    };
  }
  if (!microphone.on) return { state: "idle", title: t("Off") };
  if (loudest >= AUDIBLE) return { state: "good", title: t("Your microphone hears you") };
  if (!patient) return { state: "running", title: t("Say something: we listen") };
  return {
    state: "bad",
    title: t("We hear nothing"),
    advice: t(
      "Speak up, look for a mute switch on the microphone or headset, or choose another one here. We go on listening.",
    ),
  };
}

/** @param {Found} found @returns {Verdict} */
function speaker({ speaker }) {
  switch (speaker) {
    case "playing":
      return { state: "running", title: t("Two notes, now") };
    case "played":
      return { state: "running", title: t("Did you hear two notes?") };
    case "heard":
      return { state: "good", title: t("You hear the others") };
    case "silent":
      return {
        state: "bad",
        title: t("You heard nothing"),
        advice: t(
          "Turn the volume up, plug the headset in again, or choose another speaker. Then play the notes once more.",
        ),
      };
    default:
      return { state: "idle", title: t("Play two notes, and listen") };
  }
}

/** @param {Found} found @returns {Verdict} */
function server({ server }) {
  if (!server) return { state: "running", title: t("Asking the server") };
  if (server.refused) {
    return {
      state: "bad",
      title: t("The server does not know you any more"),
      advice: t("Load this page again. If that does not help, open the link in your letter."),
    };
  }
  if (!server.open) {
    return {
      state: "bad",
      title: t("The line to the server is cut"),
      advice: t(
        "Something between you and it does not let WebSockets through: often a company's proxy, or an extension. Try another network, or show this to those who look after yours.",
      ),
    };
  }
  const { milliseconds = 0 } = server;
  if (milliseconds > SLOW) {
    return {
      state: "fair",
      title: t("The server answers, after {milliseconds} ms", { milliseconds }),
      advice: t("Coming in takes a little longer. Picture and sound do not go by the server."),
    };
  }
  return { state: "good", title: t("The server answers, after {milliseconds} ms", { milliseconds }) };
}

/** @param {Found} found @returns {Verdict} */
function network({ direct, relay, server }) {
  if (server && !server.open) {
    return { state: "bad", title: t("Not tried, without the server"), advice: t("See above.") };
  }
  if (!direct || !relay) return { state: "running", title: t("Trying connections") };
  if (relay === "none") {
    if (!direct.open) {
      return {
        state: "bad",
        title: t("Your browser cannot connect, not even to itself"),
        advice: t(
          "An extension, a VPN or a policy of your organization forbids it. Turn that off for this page, or try another browser.",
        ),
      };
    }
    return {
      state: "good",
      title: t("Your browser can connect"),
      advice: t(
        "This server has no relay. Between some networks, two people may not reach each other; then a phone's hotspot most often helps.",
      ),
    };
  }
  if (!relay.open && !direct.open) {
    return {
      state: "bad",
      title: t("Nothing comes through"),
      advice: t(
        "A firewall, a VPN or an extension keeps picture and sound out. Try another network, or show this to those who look after yours.",
      ),
    };
  }
  if (!relay.open) {
    return {
      state: "fair",
      title: t("Only direct connections work"),
      advice: t(
        "Your network keeps the relay out. With people in strict networks you may not connect; a phone's hotspot most often helps.",
      ),
    };
  }
  const slow = (relay.milliseconds ?? 0) > SLOW;
  if (relay.protocol && relay.protocol !== "udp") {
    return {
      state: "fair",
      title: t("The relay is reached by a detour"),
      advice: t(
        "Your network lets only web traffic out. A call works, and may stutter when the line is busy.",
      ),
    };
  }
  if (slow) {
    return {
      state: "fair",
      title: t("The way by the relay is long: {milliseconds} ms", { milliseconds: relay.milliseconds ?? 0 }),
      advice: t("When your call needs it, people may start talking at the same time."),
    };
  }
  return { state: "good", title: t("Connections work, directly and by the relay") };
}

/** @param {{ title: string, text: string }} words @returns {Verdict} */
function bad({ title, text }) {
  return { state: "bad", title, advice: text };
}
