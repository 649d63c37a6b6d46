import { avatar } from "../lib/avatar.js";
import { called, icon, make, write } from "../lib/dom.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {import("./checks.js").Beyond} Beyond
 * @typedef {import("./people.js").Entry} Entry
 *
 * @typedef {object} Actions
 * @property {(entry: Entry) => void} edit  puts it back into the line
 * @property {(entry: Entry) => void} remove
 * @property {() => void} changed  what they are is another now
 */

/**
 * The chip of somebody: as they were typed while nobody has read it, or wrong, or a person.
 *
 * @param {Entry} entry
 * @param {Actions} actions
 */
export function chipOf(entry, { edit, remove: removeEntry, changed }) {
  const { isUnread, is_wrong: isWrong, name, email = "", line } = entry;
  const remove = (/** @type {string} */ words) =>
    press(t("Remove {name}", { name: words }), "close", () => removeEntry(entry));
  if (isUnread) {
    const [first = "", ...more] = line.split(/[\r\n]+/u);
    const words = first + (more.length ? ` +${more.length}` : "");
    return make("span", { class: "chip" }, make("span", {}, words), remove(first));
  }
  if (isWrong) {
    const correct = press(t("Correct {address}", { address: line }), "edit", () => edit(entry));
    return make(
      "span",
      { class: "chip chip-wrong" },
      icon("warning"),
      make("span", {}, line),
      correct,
      remove(line),
    );
  }
  const words = name || email;
  const place = make("small", {}, placeOf(entry));
  const chip = make(
    "span",
    { class: "chip" },
    avatar(name || email, "s"),
    make("span", {}, called(words)),
    place,
    menu(entry, words, place, changed),
    remove(words),
  );
  chip.title = email;
  return chip;
}

/**
 * @param {string} label
 * @param {string} name   of its icon
 * @param {() => void} act
 */
function press(label, name, act) {
  const button = make("button", { type: "button", "aria-label": label }, icon(name));
  button.addEventListener("click", act);
  return button;
}

/**
 * Whether they have to be there, and whether they are host as well.
 *
 * @param {Entry} entry
 * @param {string} words
 * @param {Element} place
 * @param {() => void} changed
 */
function menu(entry, words, place, changed) {
  const summary = make(
    "summary",
    { "aria-label": t("{name}: optional, host", { name: words }) },
    icon("more"),
  );
  const list = make("div", { class: "menu-list" });
  for (const [key, label, hint] of /** @type {const} */ ([
    ["optional", t("Optional"), t("Their presence is not needed.")],
    ["cohost", t("Host"), t("In the room, beside you.")],
  ])) {
    const box = make("input", { type: "checkbox" });
    box.checked = entry[key] ?? false;
    box.addEventListener("change", () => {
      entry[key] = box.checked;
      write(place, placeOf(entry));
      changed();
    });
    list.append(make("label", { class: "check" }, box, make("span", {}, label, make("small", {}, hint))));
  }
  return make("details", { class: "menu chip-menu" }, summary, list);
}

/** Those whom the list has no place for. @param {Beyond} beyond @param {() => void} drop */
export function restOf({ words, cut }, drop) {
  const button = make("button", { type: "button", class: "chip-rest" }, cut);
  button.addEventListener("click", drop);
  return make("span", { class: "chip chip-wrong" }, icon("warning"), make("span", {}, words), button);
}

/** @param {Entry} entry */
function placeOf({ optional, cohost }) {
  return [optional && t("optional"), cohost && t("host")].filter(Boolean).join(", ");
}
