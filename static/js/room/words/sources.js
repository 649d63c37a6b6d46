/** What microphone, camera and speaker have in common wherever they are shown: words for trouble, lists to choose from. */
import { t } from "../../lib/i18n.js";

/** @import { Device, Kind, Mine, Source } from "../state.js" */

/** The two of which there can be trouble, alone and together. @typedef {"microphone" | "camera" | "both"} What */

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
  const what = same.length > 1 ? "both" : first;
  switch (reason) {
    case "denied":
      return { title: kept(what), text: wayToAllow(what) };
    case "missing":
      return {
        title: of(what, t("No microphone found"), t("No camera found"), t("No camera or microphone found")),
        text: t("Plug one in and switch it on, then ask again."),
      };
    case "forbidden":
      return {
        title: of(
          what,
          t("This page may not use the microphone"),
          t("This page may not use the camera"),
          t("This page may not use camera and microphone"),
        ),
        text: t(
          "The server, or a proxy before it, forbids it (Permissions-Policy). Tell those who run this server.",
        ),
      };
    case "system":
      return keptBySystem(what);
    case "busy":
      return {
        title: of(
          what,
          t("The microphone is taken"),
          t("The camera is taken"),
          t("Camera and microphone are taken"),
        ),
        text: of(
          what,
          t(
            "Another program is using the microphone. Close it there and it comes back by itself, or choose another one.",
          ),
          t(
            "Another program is using the camera. Close it there and it comes back by itself, or choose another one.",
          ),
          t(
            "Another program is using them. Close it there and they come back by themselves, or choose others.",
          ),
        ),
      };
    case "muted":
      return {
        title: of(
          what,
          t("Your system holds the microphone back"),
          t("Your system holds the camera back"),
          t("Your system holds camera and microphone back"),
        ),
        text: t(
          "A switch on the device or another call may have done so. When that ends, it goes on by itself.",
        ),
      };
    case "insecure":
      return {
        title: of(
          what,
          t("No microphone on an insecure page"),
          t("No camera on an insecure page"),
          t("No camera or microphone on an insecure page"),
        ),
        text: t(
          "Browsers give them to secure pages only. Open this page with https, or tell those who run this server.",
        ),
      };
    default:
      return {
        title: of(
          what,
          t("The microphone does not start"),
          t("The camera does not start"),
          t("Camera and microphone do not start"),
        ),
        text: t("Unplug it and plug it in again, or restart the browser. Then ask again."),
      };
  }
}

/** @param {What} what @param {string} microphone @param {string} camera @param {string} both */
function of(what, microphone, camera, both) {
  return { microphone, camera, both }[what];
}

/** @param {What} what */
function kept(what) {
  const named = { browser: browser() };
  return of(
    what,
    t("{browser} keeps the microphone from us", named),
    t("{browser} keeps the camera from us", named),
    t("{browser} keeps camera and microphone from us", named),
  );
}

/** @param {What} what */
function keptBySystem(what) {
  const named = { browser: browser() };
  return {
    title: of(
      what,
      t("Your system keeps the microphone from {browser}", named),
      t("Your system keeps the camera from {browser}", named),
      t("Your system keeps camera and microphone from {browser}", named),
    ),
    text: of(
      what,
      t(
        "Allow {browser} to use the microphone in the privacy settings of the system, then ask again.",
        named,
      ),
      t("Allow {browser} to use the camera in the privacy settings of the system, then ask again.", named),
      t(
        "Allow {browser} to use camera and microphone in the privacy settings of the system, then ask again.",
        named,
      ),
    ),
  };
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
  if (source.pending) return t("Asking the browser…");
  switch (source.trouble) {
    case "denied":
      return t("Not allowed yet");
    case "missing":
      return t("None found");
    case "busy":
      return t("Taken by another program");
    case "forbidden":
      return t("Forbidden for this page");
    case "system":
      return t("Kept back by the system");
    case "muted":
      return t("Held back by the system");
    case "insecure":
      return t("Only on a secure page");
    case "failed":
      return t("Does not start");
    default:
      return t("Chosen by the system");
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
  const label = labelOf(device);
  const used = label ? t("“{label}” is used instead.", { label }) : t("Another one is used instead.");
  return `${whyNot(kind, refused.trouble, labelOf(refused.device))} ${used}`;
}

/**
 * @param {"microphone" | "camera"} kind
 * @param {Source["trouble"]} trouble
 * @param {string} label  "" where the browser does not tell it
 */
function whyNot(kind, trouble, label) {
  const isCamera = kind === "camera";
  switch (trouble) {
    case "busy":
      if (label) return t("“{label}” is taken by another program.", { label });
      return isCamera
        ? t("The camera that you chose is taken by another program.")
        : t("The microphone that you chose is taken by another program.");
    case "missing":
      if (label) return t("“{label}” is not there any more.", { label });
      return isCamera
        ? t("The camera that you chose is not there any more.")
        : t("The microphone that you chose is not there any more.");
    case "denied":
    case "forbidden":
    case "system":
      if (label) return t("“{label}” is not allowed here.", { label });
      return isCamera
        ? t("The camera that you chose is not allowed here.")
        : t("The microphone that you chose is not allowed here.");
    default:
      if (label) return t("“{label}” does not start.", { label });
      return isCamera
        ? t("The camera that you chose does not start.")
        : t("The microphone that you chose does not start.");
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
    return {
      devices: mine.speakers,
      chosen: mine.speaker,
      none: t("Chosen by the system"),
      isTroubled: false,
    };
  }
  const source = mine[kind];
  return {
    devices: source.devices,
    chosen: source.device,
    none: state(source),
    isTroubled: source.trouble !== "",
  };
}

/** The browser's name as its people know it. */
function browser() {
  const agent = navigator.userAgent;
  if (/Firefox\/|FxiOS\//.test(agent)) return "Firefox";
  if (/Edg\//.test(agent)) return "Edge";
  if (/Chrome\/|CriOS\/|Chromium\//.test(agent)) return "Chrome";
  if (/Safari\//.test(agent)) return "Safari";
  return t("The browser");
}

/** @param {What} what */
function wayToAllow(what) {
  switch (browser()) {
    case "Firefox":
      return t(
        "Click the crossed-out sign at the left of the address bar, then on the cross beside “Blocked”. Then ask again.",
      );
    case "Safari":
      return of(
        what,
        t("Open the settings for this website from the address bar, allow the microphone, then ask again."),
        t("Open the settings for this website from the address bar, allow the camera, then ask again."),
        t(
          "Open the settings for this website from the address bar, allow camera and microphone, then ask again.",
        ),
      );
    case "Chrome":
    case "Edge":
      return of(
        what,
        t("Click the sign at the left of the address bar, allow the microphone there, then ask again."),
        t("Click the sign at the left of the address bar, allow the camera there, then ask again."),
        t(
          "Click the sign at the left of the address bar, allow camera and microphone there, then ask again.",
        ),
      );
    default:
      return of(
        what,
        t("Allow the microphone for this page in the browser's settings, then ask again."),
        t("Allow the camera for this page in the browser's settings, then ask again."),
        t("Allow camera and microphone for this page in the browser's settings, then ask again."),
      );
  }
}
