import { hue, initials } from "../../../lib/avatar.js";
import { find, make, write } from "../../../lib/dom.js";
import { Latest } from "../../../lib/events.js";
import { t, tn } from "../../../lib/i18n.js";
import { isApart } from "../../audibility.js";
import { apart, between } from "../../words/pairs.js";

/** @import { Pair, Person } from "../../state.js" */

// The map, in its own units: a square with people around a circle.
const MAP = 240;
const RADIUS = 96;
const HEAD = 18;

/** Who hears whom: one line while all is well, and the map when it is not. */
export class Hearing {
  #root;
  #shown = new Latest();
  #wasApart = false;

  /** @param {HTMLElement} root  details.hearing */
  constructor(root) {
    this.#root = /** @type {HTMLDetailsElement} */ (root);
  }

  /**
   * @param {Person[]} people
   * @param {Pair[]} pairs
   */
  render(people, pairs) {
    this.#root.hidden = people.length < 3;
    if (
      !this.#shown.isNew([people.map(({ id, name, connection }) => [id, name, connection === "shut"]), pairs])
    ) {
      return;
    }
    const lines = [...apart(pairs, people), ...cutOff(people)];
    const isWell = !pairs.some(({ condition }) => condition !== "connected" && condition !== "carried");
    const carried = pairs.filter(({ condition }) => condition === "carried");
    const summary = find(this.#root, "summary");
    this.#root.classList.toggle("troubled", lines.length > 0);
    write(
      find(summary, "span"),
      lines.length > 0
        ? t("Not everybody hears everybody")
        : isWell
          ? allIsWell(carried)
          : t("Who hears whom"),
    );
    const byOthers = carried.map((pair) =>
      between(
        pair,
        people,
        (name) => t("You and {name} hear each other by way of somebody else", { name }),
        (one, other) => t("{one} and {other} hear each other by way of somebody else", { one, other }),
      ),
    );
    const words = [
      ...lines,
      ...byOthers,
      lines.length > 0 || isWell ? "" : t("Not all are connected yet"),
    ].filter(Boolean);
    find(this.#root, "ul").replaceChildren(...words.map((line) => make("li", {}, line)));
    const told = [
      tn("{count} person around a table.", "{count} people around a table.", people.length),
      ...(words.length ? words : [allIsWell(carried)]),
    ];
    find(this.#root, ".hearing-map").replaceChildren(map(people, pairs, told.join(" ")));
    // It opens when there is something to see; after that it is the reader's.
    if (this.#wasApart !== lines.length > 0) this.#root.open = lines.length > 0;
    this.#wasApart = lines.length > 0;
  }
}

/** @param {Person[]} people */
function cutOff(people) {
  return people
    .filter(({ connection }) => connection === "shut")
    .map(({ name }) => t("You and {name} do not hear each other: your browser cut them off", { name }));
}

/** @param {Pair[]} carried  those who hear each other by somebody else */
function allIsWell(carried) {
  return carried.length ? t("Everybody hears everybody") : t("Everybody is connected to everybody");
}

/**
 * People around a circle, me at the bottom, and a line for every pair.
 *
 * @param {Person[]} people
 * @param {Pair[]} pairs
 * @param {string} words  the same for those who do not see it
 */
function map(people, pairs, words) {
  // Everybody in the order of arrival, me last: so the circle begins beside me.
  const places = new Map(people.map(({ id }, i) => [id, place((i + 1) / people.length)]));
  const lines = [...pairs]
    .sort((a, b) => Number(isApart(a)) - Number(isApart(b)))
    .map(({ one, other, condition }) => {
      const [x1, y1] = places.get(one) ?? [0, 0];
      const [x2, y2] = places.get(other) ?? [0, 0];
      const looks = isApart({ one, other, condition }) ? "apart" : condition;
      return draw("line", { class: looks, x1, y1, x2, y2 });
    });
  const heads = people.map(({ id, name, self }) => {
    const [x, y] = places.get(id) ?? [0, 0];
    const text = draw("text", { x, y });
    text.textContent = self ? t("You") : initials(name);
    return draw("g", { class: `hue-${hue(name)}` }, draw("circle", { cx: x, cy: y, r: HEAD }), text);
  });
  return draw("svg", { viewBox: `0 0 ${MAP} ${MAP}`, role: "img", "aria-label": words }, ...lines, ...heads);
}

/** @param {number} part  of the way around, clockwise from the bottom @returns {[number, number]} */
function place(part) {
  const angle = Math.PI * (0.5 + 2 * part);
  return [Math.round(MAP / 2 + RADIUS * Math.cos(angle)), Math.round(MAP / 2 + RADIUS * Math.sin(angle))];
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {...SVGElement} children
 */
function draw(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}
