import { icon, make } from "../../../../lib/dom.js";
import { t } from "../../../../lib/i18n.js";

/**
 * What somebody has written, as elements of the page: from a tree, and never from markup.
 *
 * @import { Inline, Part } from "../../../chat/markup.js"
 */

/** @param {readonly Part[]} parts @param {string} me  my name @returns {HTMLElement[]} */
export function formatted(parts, me) {
  return parts.map((part) => element(part, me, "auto"));
}

/**
 * The direction of a quote or a list is that of the words in it, which a browser finds unless they have one of their own.
 *
 * @param {Part} part
 * @param {string} me
 * @param {"auto" | null} dir
 * @returns {HTMLElement}
 */
function element(part, me, dir) {
  const inside = (/** @type {readonly Part[]} */ parts) => parts.map((one) => element(one, me, null));
  switch (part.type) {
    case "block":
      // Who has no mouse scrolls it by the keyboard.
      return make("pre", { tabindex: 0, dir: "auto" }, make("code", {}, part.text));
    case "quote":
      return make("blockquote", { dir }, ...inside(part.children));
    case "list":
      return make(
        part.isNumbered ? "ol" : "ul",
        { class: "points", dir },
        ...part.items.map(({ number, children }) =>
          make("li", { value: part.isNumbered ? number : null }, ...inside(children)),
        ),
      );
    default:
      return make("p", { dir }, ...inline(part.children, me));
  }
}

/** @param {readonly Inline[]} parts @param {string} me @returns {(Node | string)[]} */
function inline(parts, me) {
  return parts.flatMap((part) => {
    switch (part.type) {
      case "text":
        return [part.text];
      case "code":
        return [make("code", { dir: "auto" }, part.text)];
      case "link":
        return link(part);
      case "mention":
        return [make("bdi", { class: part.names.includes(me) ? "mention me" : "mention" }, part.text)];
      default:
        return [make(part.type === "bold" ? "strong" : "em", {}, ...inline(part.children, me))];
    }
  });
}

/** @param {Extract<Inline, {type: "link"}>} link */
function link({ text, href, host }) {
  const address = make("a", { href, target: "_blank", rel: "noopener noreferrer", dir: "ltr" }, text);
  if (!host) return [address];
  const warning = make(
    "span",
    { class: "leads" },
    icon("warning"),
    make("bdi", {}, t("leads to {host}", { host })),
  );
  return [address, " ", warning];
}
