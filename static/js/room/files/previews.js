import { make } from "../../lib/dom.js";
import { HEAD_OF_PICTURE, measured, small } from "./pictures.js";

/**
 * Pictures, small and large, from files that are whole.
 *
 * @typedef {{address: string, width: number, height: number, open: () => void}} Preview
 */

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
  return { address: URL.createObjectURL(drawn), width, height, open: () => show(picture, name, close) };
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

/** Hands a file over to the browser, which puts it where downloads go. @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads it in its own time; the page holds it by then no more than by its name.
  return () => URL.revokeObjectURL(address);
}
