import { t } from "../../../lib/i18n.js";
import { changeIcon, find, mark, write } from "../../../lib/dom.js";

/** @import { Look } from "../../commands.js" */

/**
 * A button of the bar, as its command stands.
 *
 * @param {HTMLElement} control
 * @param {Look | null} look  null: it does not apply
 * @param {string} key  that presses it; "" for none
 */
export function drawControl(control, look, key) {
  control.hidden = !look;
  if (!look) return;
  const { label, title, icon, isOn, urgency = "", isBusy, count, spoken } = look;
  for (const name of ["on", "raised", "off"]) control.classList.toggle(name, urgency === name);
  write(find(control, ".name"), label);
  changeIcon(find(control, ".icon"), icon);
  mark(control, "title", key ? t("{title} ({key})", { title, key }) : title);
  mark(control, "aria-label", spoken ?? null);
  mark(control, "aria-busy", isBusy ? "true" : null);
  mark(control, "aria-keyshortcuts", key || null);
  const way = control.hasAttribute("aria-controls") ? "aria-expanded" : "aria-pressed";
  if (isOn !== undefined) mark(control, way, String(isOn));
  const sign = control.querySelector(".count");
  if (sign) drawCount(sign, count ?? 0);
}

/** @param {Element} sign @param {number} count */
export function drawCount(sign, count) {
  sign.toggleAttribute("hidden", count === 0);
  write(sign, count > 99 ? "99+" : String(count));
}
