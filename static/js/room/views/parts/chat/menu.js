import { make } from "../../../../lib/dom.js";
import { Menu } from "../../../../lib/menu.js";

/**
 * A menu that is there as long as it is open: beside its button, on a phone a sheet from below.
 *
 * @param {HTMLElement} button
 * @param {string} label
 * @param {() => import("../../../../lib/menu.js").Line[]} lines
 * @param {{ isBelow?: boolean }} [options]
 */
export function openMenu(button, label, lines, options) {
  const list = make("div", { class: "popup", popover: true, role: "menu", "aria-label": label });
  putUp(button, list);
  new Menu(button, list, lines, options);
  list.showPopover();
}

/** Something is put into the page that goes once it is closed. @param {HTMLElement} button @param {HTMLElement} popover */
export function putUp(button, popover) {
  popover.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "closed") popover.remove();
  });
  // It closes by itself; what is behind it stays open.
  popover.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.stopPropagation();
  });
  (button.closest(".panel") ?? document.body).append(popover);
}
