import { make } from "../../lib/dom.js";
import { HEAD_OF_PICTURE, measured, small } from "./pictures.js";

/**
 * Pictures, small and large, from files that are whole.
 *
 * @typedef {import("../../lib/timing.js").Clock} Clock
 *
 * @typedef {object} Preview
 * @property {string} address  of the small one
 * @property {number} width
 * @property {number} height
 * @property {number} bytes    of the small one
 * @property {() => void} open  shows it large
 * @property {() => void} forget  it is not shown any more
 */

// By then the browser has begun to read what it was handed (milliseconds).
const HANDED_OVER = 60_000;

/** One after the other: of a hundred that have come at once each may be of 50 million pixels. @type {Promise<unknown>} */
let before = Promise.resolve();

/**
 * Null for what is no picture, too large, or broken.
 *
 * @param {Blob} blob
 * @param {string} name
 * @param {string} close  the word on what closes it
 * @returns {Promise<Preview | null>}
 */
export function preview(blob, name, close) {
  const made = before.then(() => drawnSmall(blob, name, close));
  before = made.catch(() => {});
  return made;
}

/** @param {Blob} blob @param {string} name @param {string} close @returns {Promise<Preview | null>} */
async function drawnSmall(blob, name, close) {
  const head = new Uint8Array(await blob.slice(0, HEAD_OF_PICTURE).arrayBuffer());
  const size = measured(head);
  if (!size) return null;
  // By what it is, whatever it is called.
  const picture = new Blob([blob], { type: size.kind });
  const { width, height } = small(size);
  const bitmap = await createImageBitmap(picture, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: "medium",
  }).catch(() => null);
  if (!bitmap) return null;
  const canvas = make("canvas", { width, height });
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  /** @type {Blob | null} */
  const drawn = await new Promise((resolve) => canvas.toBlob(resolve));
  if (!drawn) return null;
  const address = URL.createObjectURL(drawn);
  return {
    address,
    width,
    height,
    bytes: drawn.size,
    open: () => show(picture, name, close),
    forget: () => URL.revokeObjectURL(address),
  };
}

/** @param {Blob} picture @param {string} name @param {string} close */
function show(picture, name, close) {
  const address = URL.createObjectURL(picture);
  const button = make("button", { class: "button", type: "button" }, close);
  const dialog = make(
    "dialog",
    { class: "large-picture", "aria-label": name },
    make("img", { src: address, alt: name }),
    button,
  );
  button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    URL.revokeObjectURL(address);
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Hands a file over to the browser, which puts it where downloads go. @param {Blob} blob @param {string} name @param {Clock} clock */
export function download(blob, name, clock) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // As long as it has an address, the page holds it.
  clock.after(HANDED_OVER, () => URL.revokeObjectURL(address));
}
