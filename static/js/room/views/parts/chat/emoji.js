import { make } from "../../../../lib/dom.js";
import { t } from "../../../../lib/i18n.js";
import { place } from "../../../../lib/menu.js";
import { putUp } from "./menu.js";

const IN_A_ROW = 8;
/** So many rows of them are at hand in the menu of a line. */
export const FIRST = 6;

/** A small set of what people mean most, by rows. @type {readonly {emoji: string, label: string}[]} */
export const EMOJI = [
  { emoji: "👍", label: t("Thumbs up") },
  { emoji: "❤️", label: t("Heart") },
  { emoji: "😂", label: t("Laughter") },
  { emoji: "😮", label: t("Surprise") },
  { emoji: "🎉", label: t("Celebration") },
  { emoji: "🙏", label: t("Thanks") },
  { emoji: "👏", label: t("Applause") },
  { emoji: "👎", label: t("Thumbs down") },
  { emoji: "😀", label: t("Joy") },
  { emoji: "😊", label: t("Smile") },
  { emoji: "😉", label: t("Wink") },
  { emoji: "😍", label: t("In love") },
  { emoji: "🤔", label: t("Thinking") },
  { emoji: "😅", label: t("Relief") },
  { emoji: "😢", label: t("Tears") },
  { emoji: "😡", label: t("Anger") },
  { emoji: "😎", label: t("Cool") },
  { emoji: "🥳", label: t("Party") },
  { emoji: "😇", label: t("Innocence") },
  { emoji: "🙃", label: t("Upside down") },
  { emoji: "😬", label: t("Awkward") },
  { emoji: "😴", label: t("Sleep") },
  { emoji: "🤯", label: t("Mind blown") },
  { emoji: "🤷", label: t("Shrug") },
  { emoji: "👋", label: t("Wave") },
  { emoji: "👌", label: t("All right") },
  { emoji: "✌️", label: t("Peace") },
  { emoji: "💪", label: t("Strength") },
  { emoji: "🙌", label: t("Hands raised") },
  { emoji: "👀", label: t("Eyes") },
  { emoji: "🤞", label: t("Fingers crossed") },
  { emoji: "🤝", label: t("Handshake") },
  { emoji: "✅", label: t("Done") },
  { emoji: "❌", label: t("Cross") },
  { emoji: "❓", label: t("Question") },
  { emoji: "❗", label: t("Exclamation") },
  { emoji: "💡", label: t("Idea") },
  { emoji: "🔥", label: t("Fire") },
  { emoji: "⭐", label: t("Star") },
  { emoji: "🚀", label: t("Rocket") },
];

const LABELS = new Map(EMOJI.map(({ emoji, label }) => [plain(emoji), label]));

/** What it is called; of one that is not in the set it says itself what it is. @param {string} emoji */
export function named(emoji) {
  return LABELS.get(plain(emoji)) ?? emoji;
}

/** With or without the sign for "in colour". @param {string} emoji */
function plain(emoji) {
  return emoji.replaceAll("\uFE0F", "");
}

/**
 * Lets somebody choose one, above a button; arrow keys lead through the rows.
 *
 * @param {HTMLElement} button  it has the focus again afterwards, unless `choose` gives it to another
 * @param {(emoji: string) => void} choose
 */
export function pickEmoji(button, choose) {
  const list = make("div", {
    class: "popup emoji",
    popover: true,
    role: "group",
    "aria-label": t("Choose an emoji"),
  });
  for (const [i, { emoji, label }] of EMOJI.entries()) {
    const one = make(
      "button",
      { type: "button", title: label, "aria-label": label, tabindex: i === 0 ? 0 : -1 },
      make("span", { class: "sign", "aria-hidden": "true" }, emoji),
    );
    one.addEventListener("click", () => {
      list.hidePopover();
      choose(emoji);
    });
    list.append(one);
  }
  list.addEventListener("keydown", (event) => move(list, event));
  putUp(button, list);
  list.showPopover();
  const { left, top } = place(
    button.getBoundingClientRect(),
    list.getBoundingClientRect(),
    { width: innerWidth, height: innerHeight },
    { isMirrored: getComputedStyle(list).direction === "rtl" },
  );
  list.style.setProperty("left", `${left}px`);
  list.style.setProperty("top", `${top}px`);
  /** @type {HTMLElement} */ (list.firstElementChild).focus();
}

/** @param {HTMLElement} list @param {KeyboardEvent} event */
function move(list, event) {
  const all = /** @type {HTMLElement[]} */ ([...list.children]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const isMirrored = getComputedStyle(list).direction === "rtl";
  const [next, previous] = isMirrored ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  const to = {
    [next]: at + 1,
    [previous]: at - 1,
    ArrowDown: at + IN_A_ROW,
    ArrowUp: at - IN_A_ROW,
    Home: 0,
    End: all.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const target = all[to];
  if (!target) return;
  for (const one of all) one.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
}
