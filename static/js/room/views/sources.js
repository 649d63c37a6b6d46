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
      return {
        title: `No ${bare.replace(" and ", ", no ")} found`,
        text: "Plug one in and switch it on, then ask again.",
      };
    case "forbidden":
      return {
        title: `This page may not use ${what}`,
        text: "The server, or a proxy before it, forbids it (Permissions-Policy). Tell those who run this server.",
      };
    case "system":
      return {
        title: `Your system keeps ${what} from ${browser()}`,
        text: `Allow ${browser()} to use ${what} in the privacy settings of the system, then ask again.`,
      };
    case "busy":
      return {
        title: same.length > 1 ? "Camera and microphone are taken" : `${capital(what)} is taken`,
        text:
          same.length > 1
            ? "Another program is using them. Close it there and they come back by themselves, or choose others."
            : `Another program is using ${what}. Close it there and it comes back by itself, or choose another one.`,
      };
    case "muted":
      return {
        title:
          same.length > 1 ? "Your system holds camera and microphone back" : `Your system holds ${what} back`,
        text: "A switch on the device or another call may have done so. When that ends, it goes on by itself.",
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

/** Whether asking for it again can help. @param {Source["trouble"]} trouble */
export function canAskAgain(trouble) {
  return trouble !== "" && !["insecure", "forbidden", "muted"].includes(trouble);
}

/** Whether it is had as soon as it is free again, so that it can be declined beforehand. @param {Source["trouble"]} trouble */
export function comesBack(trouble) {
  return ["busy", "missing", "failed", "muted"].includes(trouble);
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
    case "forbidden":
      return "Forbidden for this page";
    case "system":
      return "Kept back by the system";
    case "muted":
      return "Held back by the system";
    case "insecure":
      return "Only on a secure page";
    case "failed":
      return "Does not start";
    default:
      return "Chosen by the system";
  }
}

/**
 * What was chosen and cannot be had, and what is used in its place; "" where all is as it was chosen.
 *
 * @param {Mine} mine
 * @param {"microphone" | "camera"} kind
 */
export function refusal(mine, kind) {
  const { refused, devices, device, on } = mine[kind];
  if (!refused || !on) return "";
  /** @param {string} id */
  const labelOf = (id) => devices.find((one) => one.id === id)?.label ?? "";
  const chosen = labelOf(refused.device) ? `“${labelOf(refused.device)}”` : `The ${kind} that you chose`;
  const used = labelOf(device) ? `“${labelOf(device)}” is used instead.` : "Another one is used instead.";
  switch (refused.trouble) {
    case "busy":
      return `${chosen} is taken by another program. ${used}`;
    case "missing":
      return `${chosen} is not there any more. ${used}`;
    case "denied":
    case "forbidden":
    case "system":
      return `${chosen} is not allowed here. ${used}`;
    default:
      return `${chosen} does not start. ${used}`;
  }
}

/**
 * The devices of one kind, the chosen one, and what to say when there is nothing to choose, or none of them is in use.
 *
 * @param {Mine} mine
 * @param {Kind} kind
 * @returns {{ devices: Device[], chosen: string, none: string, isTroubled: boolean }}
 */
export function choices(mine, kind) {
  if (kind === "speaker") {
    return { devices: mine.speakers, chosen: mine.speaker, none: "Chosen by the system", isTroubled: false };
  }
  const source = mine[kind];
  return {
    devices: source.devices,
    chosen: source.device,
    none: state(source),
    isTroubled: source.trouble !== "",
  };
}

/**
 * Fill a list to choose from, leaving it alone while nothing changed. Under trouble it says so, and can be used still.
 *
 * @param {HTMLSelectElement} select
 * @param {{ devices: Device[], chosen: string, none: string, isTroubled: boolean }} choices
 */
export function fill(select, { devices, chosen, none, isTroubled }) {
  const isOpen = devices.length > 0 && !isTroubled;
  const wanted = isOpen ? devices : [{ id: "", label: none }, ...devices];
  const options = [...select.options];
  const same =
    options.length === wanted.length &&
    wanted.every(({ id, label }, i) => options[i]?.value === id && options[i]?.text === label);
  if (!same) select.replaceChildren(...wanted.map(({ id, label }) => make("option", { value: id }, label)));
  select.disabled = !devices.length;
  if (!isOpen) select.value = "";
  else if (devices.some(({ id }) => id === chosen)) select.value = chosen;
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
