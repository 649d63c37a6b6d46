// Long, since who is large, where each tile stands and how it gets there are decided together.
import { confirmCopy } from "../../lib/copy.js";
import { find, icon, make, mark, write } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { NARROW, ON_ITS_SIDE, SMALL, STILL, UPRIGHT } from "../../lib/screen.js";
import { bySeat, grid, large, strip } from "../layout.js";
import { outside } from "../words/news.js";
import { Tile } from "./parts/tile.js";

/**
 * @import { Person } from "../state.js"
 * @import { Viewport } from "../media/viewport.js"
 */

/** Who is large changes only for somebody who speaks for so long, in ms. */
const SPEECH = 2000;
/** A tile's way to its new place, in ms. */
const GLIDE = 200;
/** Those who are there when I come in appear one after the other, and nothing moves until then, in ms. */
const ARRIVING = 1000;

/**
 * All the pictures. A tile stays the same element from its person's coming to their going, and its place in
 * the document changes only when somebody before it leaves, so that no picture ever stops for the layout.
 */
export class Stage {
  #root;
  #list;
  #copyLink;
  #invite;
  #more;
  /** @type {Person[]} */
  #people = [];
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  #free = make("li", { class: "tile free" });
  #hint = make("span");
  /** Key of the tile that I made large. */
  #pinned = "";
  /** Id of whoever a host has made large for everybody. @type {string | null} */
  #spotlight = null;
  /** Id of whoever spoke last, long enough to count. */
  #speaker = "";
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #speaking = new Map();
  /** Id of whoever began last to show a screen. */
  #shown = "";
  #arrangement = "";
  /** When I came in. */
  #entered = -Infinity;
  /** @type {Viewport | null} */
  #viewport = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gliding;

  /**
   * @param {HTMLElement} root   #stage
   * @param {{
   *   copyLink?: () => void | Promise<void>, invite?: () => void, more?: (id: string, button: HTMLElement, click: Event) => void
   * }} [actions]  `more`: what can be done about somebody
   */
  constructor(root, { copyLink, invite, more } = {}) {
    this.#root = root;
    this.#list = find(root, ".tiles");
    this.#copyLink = copyLink;
    this.#invite = invite;
    this.#more = more;
    this.#buildFreeSeat();
    new ResizeObserver(() => this.#arrange()).observe(root);
  }

  /**
   * @param {{ people: Person[], me: string, visitors?: number, rules?: { spotlight: string | null } }} state
   *     `me`: my id, which the people know as `self` as well; `visitors`: how many may be about to come in
   */
  render({ people, visitors = 0, rules }) {
    if (this.#people.length === 0) this.#entered = performance.now();
    const spotlight = rules?.spotlight ?? null;
    // What I chose before gives way; what I choose from now on does not.
    if (spotlight !== this.#spotlight && spotlight !== null) this.#pinned = "";
    this.#spotlight = spotlight;
    this.#people = bySeat(people);
    write(this.#hint, visitors ? `${outside(visitors)}.` : t("The others appear as soon as they come in."));
    this.#noticeSpeech();
    this.#noticeScreens();
    // Measuring and arranging cost a layout of the page; most news, such as speech, change no place.
    const before = this.#plan() === this.#arrangement ? undefined : this.#places();
    this.#renderTiles();
    if (before !== undefined) this.#rearrange(before);
  }

  /** Whether somebody's picture is kept large for me, and what changes that; null while there is nothing to choose from. @param {string} id */
  pinOf(id) {
    if (this.#tiles.size < 2 || !this.#tiles.has(id)) return null;
    return { isPinned: this.#pinned === id, toggle: () => this.#pin(id) };
  }

  /** From now on it is told which pictures are seen, and how large. @param {Viewport} viewport */
  watch(viewport) {
    this.#viewport = viewport;
    for (const tile of this.#tiles.values()) viewport.add(tile);
  }

  #noticeSpeech() {
    for (const { id, self, speaking } of this.#people) {
      const timer = this.#speaking.get(id);
      if (speaking && !self && timer === undefined) {
        this.#speaking.set(
          id,
          setTimeout(() => this.#listenTo(id), SPEECH),
        );
      }
      if (!speaking && timer !== undefined) {
        clearTimeout(timer);
        this.#speaking.delete(id);
      }
    }
  }

  /** @param {string} id */
  #listenTo(id) {
    this.#speaker = id;
    if (this.#plan() !== this.#arrangement) this.#rearrange(this.#places());
    this.#bringIntoSight(id);
  }

  #noticeScreens() {
    for (const { id, self, screen } of this.#people) {
      if (screen && !self && !this.#tiles.has(`screen:${id}`)) this.#shown = id;
    }
  }

  /** @returns {Map<HTMLElement, DOMRect> | null} */
  #places() {
    if (STILL.matches || performance.now() - this.#entered < ARRIVING) return null;
    return new Map(
      [...this.#tiles.values()].map(({ element }) => [element, element.getBoundingClientRect()]),
    );
  }

  #renderTiles() {
    /** @type {Map<string, Person>} */
    const wanted = new Map();
    for (const person of this.#people) {
      if (person.screen) wanted.set(`screen:${person.id}`, person);
      wanted.set(person.id, person);
    }
    for (const [key, tile] of this.#tiles) {
      if (wanted.has(key)) continue;
      this.#viewport?.remove(tile);
      tile.remove();
      this.#tiles.delete(key);
      clearTimeout(this.#speaking.get(key));
      this.#speaking.delete(key);
      if (this.#pinned === key) this.#pinned = "";
    }
    const alone = this.#people.length === 1 && this.#people[0]?.self;
    if (!alone) this.#free.remove();

    const isSlowHere = this.#people.some(({ self, strained }) => self && strained);
    let place = 0;
    if (alone) this.#putAt(place++, this.#free);
    for (const [key, person] of wanted) {
      let tile = this.#tiles.get(key);
      const isNew = !tile;
      if (!tile) {
        tile = new Tile(key !== person.id, {
          pin: () => this.#pin(key),
          resize: () => this.#fit(),
          ...(this.#more && { more: this.#more }),
        });
        this.#tiles.set(key, tile);
      }
      this.#putAt(place++, tile.element);
      tile.render(person, isSlowHere);
      if (isNew) this.#viewport?.add(tile);
    }
  }

  /**
   * @param {number} place
   * @param {HTMLElement} element
   */
  #putAt(place, element) {
    if (this.#list.children[place] !== element) {
      this.#list.insertBefore(element, this.#list.children[place] ?? null);
    }
  }

  /** @param {string} key */
  #pin(key) {
    this.#pinned = this.#pinned === key ? "" : key;
    this.#rearrange(this.#places());
  }

  #largest() {
    const upright = UPRIGHT.matches && this.#root.clientHeight > this.#root.clientWidth;
    const { pinned, spotlight, speaker, shown } = {
      pinned: this.#pinned,
      spotlight: this.#spotlight,
      speaker: this.#speaker,
      shown: this.#shown,
    };
    return large(this.#people, { pinned, spotlight, speaker, shown, upright });
  }

  /** In words, who is large and which tiles there are: as long as it stays, everything stays in its place. */
  #plan() {
    const keys = this.#people.flatMap(({ id, screen }) => (screen ? [`screen:${id}`, id] : [id]));
    return [this.#largest(), this.#pinned, ...keys].join(" ");
  }

  /** @param {Map<HTMLElement, DOMRect> | null} before   where the tiles were */
  #rearrange(before) {
    this.#arrange();
    this.#glide(before);
  }

  /** Give every tile its place. */
  #arrange() {
    this.#arrangement = this.#plan();
    const key = this.#largest();
    const focused = key !== "" && this.#tiles.size > 1;
    this.#root.classList.toggle("stage-focus", key !== "");
    mark(this.#root, "data-strip", key === "" ? null : focused ? this.#stripFor(key) : "none");
    for (const [name, tile] of this.#tiles) {
      tile.setLarge(name === key, name === this.#pinned, this.#tiles.size > 1);
    }

    const { cols, rows } = grid(this.#list.children.length, {
      width: this.#root.clientWidth,
      height: this.#root.clientHeight,
      gap: this.#length("--gap"),
      narrowest: NARROW.matches ? 3 / 4 : 4 / 3,
    });
    this.#list.style.setProperty("--cols", String(cols));
    this.#list.style.setProperty("--rows", String(rows));
    this.#root.style.setProperty("--seen", String(Math.max(3, Math.min(this.#tiles.size - 1, 4))));
    this.#fit();
  }

  /** @param {string} key */
  #stripFor(key) {
    if (ON_ITS_SIDE.matches) return "side";
    if (NARROW.matches) return "below";
    if (SMALL.matches) return "above";
    const { clientWidth, clientHeight } = this.#root;
    const picture = this.#tiles.get(key)?.size ?? { width: 0, height: 0 };
    return strip(picture, this.#tiles.size - 1, {
      width: clientWidth,
      height: clientHeight,
      gap: this.#length("--gap"),
      side: this.#length("--strip-side"),
      above: this.#length("--strip-above"),
    });
  }

  /** A length of the style sheet, in pixels. @param {string} name  of one in rem or px */
  #length(name) {
    const length = getComputedStyle(this.#root).getPropertyValue(name).trim();
    const value = parseFloat(length) || 0;
    return length.endsWith("rem")
      ? value * parseFloat(getComputedStyle(document.documentElement).fontSize)
      : value;
  }

  #fit() {
    for (const tile of this.#tiles.values()) tile.fit();
    this.#viewport?.measure();
  }

  /**
   * Tiles find their new place in one short move: from where they were to where they are.
   *
   * @param {Map<HTMLElement, DOMRect> | null} before
   */
  #glide(before) {
    // A strip that is scrolled would jump if it stopped clipping.
    if (!before || this.#list.scrollTop || this.#list.scrollLeft) return;
    // Tiles come from outside the strip; clipped, their pictures would even be paused by the browser.
    this.#list.classList.add("gliding");
    clearTimeout(this.#gliding);
    this.#gliding = setTimeout(() => this.#list.classList.remove("gliding"), GLIDE + 50);
    for (const { element } of this.#tiles.values()) {
      const old = before.get(element);
      const now = element.getBoundingClientRect();
      if (!old || !old.width || !now.width) continue;
      const x = old.x + old.width / 2 - (now.x + now.width / 2);
      const y = old.y + old.height / 2 - (now.y + now.height / 2);
      const by = Math.sqrt((old.width * old.height) / (now.width * now.height));
      if (Math.abs(x) < 1 && Math.abs(y) < 1 && Math.abs(by - 1) < 0.01) continue;
      element.animate([{ transform: `translate(${x}px, ${y}px) scale(${by})` }, { transform: "none" }], {
        duration: GLIDE,
        easing: "cubic-bezier(0.2, 0.7, 0.2, 1)",
      });
    }
  }

  /** Keep the one who speaks in sight where the strip scrolls. @param {string} id */
  #bringIntoSight(id) {
    const tile = this.#tiles.get(id)?.element;
    if (!tile || !this.#root.classList.contains("stage-focus") || tile.classList.contains("large")) return;
    const [own, all] = [tile.getBoundingClientRect(), this.#list.getBoundingClientRect()];
    this.#list.scrollBy({
      left: Math.min(own.left - all.left, 0) + Math.max(own.right - all.right, 0),
      top: Math.min(own.top - all.top, 0) + Math.max(own.bottom - all.bottom, 0),
    });
  }

  #buildFreeSeat() {
    const box = make("div", {}, make("strong", {}, t("Nobody else is here")), this.#hint);
    const buttons = make("div", { class: "buttons" });
    const copyLink = this.#copyLink;
    if (copyLink) {
      const words = make("span", {}, t("Copy the link"));
      const button = make("button", { class: "button", type: "button" }, icon("link"), words);
      button.addEventListener("click", () => void confirmCopy(copyLink, words));
      buttons.append(button);
    }
    const invite = this.#invite;
    if (invite) {
      const button = make(
        "button",
        { class: "button", type: "button" },
        icon("person-add"),
        t("Invite somebody"),
      );
      button.addEventListener("click", () => invite());
      buttons.append(button);
    }
    box.append(buttons);
    this.#free.append(box);
  }
}
