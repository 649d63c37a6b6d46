import { make } from "./dom.js";

/**
 * Adds a style sheet to the page. Kept once it is there; or once it cannot be had, since things work without their looks.
 *
 * @param {string} address
 * @returns {Promise<void>}
 */
export function addSheet(address) {
  return new Promise((resolve) => {
    const link = make("link", { rel: "stylesheet", href: address });
    for (const event of ["load", "error"]) link.addEventListener(event, () => resolve());
    document.head.append(link);
  });
}
