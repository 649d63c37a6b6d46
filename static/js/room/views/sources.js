/** What microphone, camera and speaker have in common wherever they are shown: words for trouble, lists to choose from. */
import { make } from "../../lib/dom.js";

/** @import { Device, Kind, Mine, Source } from "../state.js" */

const NAMES = { microphone: "the microphone", camera: "the camera", speaker: "the speaker" };

/**
 * What is wrong, and what one can do about it, as a heading and a sentence.
 *
 * @param {Mine} mine
 * @param {("microphone" | "camera")[]} kinds   those to speak of; sources without trouble are left out
 * @returns {{ title: string, text: string } | null}
 */
export function trouble(mine, kinds) {
  const troubled = kinds.filter((kind) => mine[kind].trouble);
  const first = troubled[0];
  if (!first) return null;
  const reason = mine[first].trouble;
  const same = troubled.filter((kind) => mine[kind].trouble === reason);
  const what = same.length > 1 ? "camera and microphone" : NAMES[first];
  const bare = what.replace("the ", "");
  switch (reason) {
    case "denied":
      return { title: `${browser()} keeps ${what} from us`, text: wayToAllow(what) };
    case "missing":
      return { title: `No ${bare.replace(" and ", ", no ")} found`, text: "Plug one in and switch it on, then ask again." };
    case "busy":
      return {
        title: same.length > 1 ? "Camera and microphone are taken" : `${capital(what)} is taken`,
        text: `Another program is using ${same.length > 1 ? "them" : what}. Close it there, then ask again.`,
      };
    case "insecure":
      return {
        title: `No ${bare.replace(" and ", ", no ")} on an open line`,
        text: "Browsers give them to secure pages only. Open this page with https, or tell those who run this server.",
      };
    default:
      return {
        title: same.length > 1 ? "Camera and microphone do not start" : `${capital(what)} does not start`,
        text: "Unplug it and plug it in again, or restart the browser. Then ask again.",
      };
  }
}

/**
 * In a word or two, for a list or a field.
 *
 * @param {Source} source
 */
export function state(source) {
  if (source.pending) return "Asking the browser…";
  switch (source.trouble) {
    case "denied":
      return "Not allowed yet";
    case "missing":
      return "None found";
    case "busy":
      return "Taken by another program";
    case "insecure":
      return "Only on a secure page";
    case "failed":
      return "Does not start";
    default:
      return "Chosen by the system";
  }
}

/**
 * The devices of one kind, the chosen one, and what to say when there is nothing to choose.
 *
 * @param {Mine} mine
 * @param {Kind} kind
 * @returns {{ devices: Device[], chosen: string, none: string }}
 */
export function choices(mine, kind) {
  if (kind === "speaker") return { devices: mine.speakers, chosen: mine.speaker, none: "Chosen by the system" };
  const source = mine[kind];
  return { devices: source.trouble ? [] : source.devices, chosen: source.device, none: state(source) };
}

/**
 * Fill a list to choose from, leaving it alone while nothing changed.
 *
 * @param {HTMLSelectElement} select
 * @param {{ devices: Device[], chosen: string, none: string }} choices
 */
export function fill(select, { devices, chosen, none }) {
  const wanted = devices.length ? devices : [{ id: "", label: none }];
  const options = [...select.options];
  const same = options.length === wanted.length && wanted.every(({ id, label }, i) => options[i]?.value === id && options[i]?.text === label);
  if (!same) select.replaceChildren(...wanted.map(({ id, label }) => make("option", { value: id }, label)));
  select.disabled = !devices.length;
  if (devices.some(({ id }) => id === chosen)) select.value = chosen;
}

/** The browser's name as its people know it. */
function browser() {
  const agent = navigator.userAgent;
  if (/Firefox\/|FxiOS\//.test(agent)) return "Firefox";
  if (/Edg\//.test(agent)) return "Edge";
  if (/Chrome\/|CriOS\/|Chromium\//.test(agent)) return "Chrome";
  if (/Safari\//.test(agent)) return "Safari";
  return "The browser";
}

/** @param {string} what */
function wayToAllow(what) {
  switch (browser()) {
    case "Firefox":
      return `Click the crossed-out sign at the left of the address bar, then on the cross beside “Blocked”. Then ask again.`;
    case "Safari":
      return `Open the settings for this website from the address bar, allow ${what}, then ask again.`;
    case "Chrome":
    case "Edge":
      return `Click the sign at the left of the address bar, allow ${what} there, then ask again.`;
    default:
      return `Allow ${what} for this page in the browser's settings, then ask again.`;
  }
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
