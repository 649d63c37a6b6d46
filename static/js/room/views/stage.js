import { t, tn, woven } from "../../lib/i18n.js";
import { avatar, shortName } from "../../lib/avatar.js";
import { announce, called, changeIcon, find, icon, make, mark, write } from "../../lib/dom.js";
import { arrival } from "./arrival.js";
import { trouble, weakness } from "./blame.js";
import { grid, large, lines, strip, whole } from "../layout.js";
import { borrowed } from "../vouching.js";

/**
 * @import { Person } from "../state.js"
 * @import { Seen, Viewport } from "../media/viewport.js"
 */

/** Trouble that passes sooner is not worth words, in ms. */
const PATIENCE = 4000;
/** Who is large changes only for somebody who speaks for so long, in ms. */
const SPEECH = 2000;
/** A screen is on its way for so long before that is called trouble, in ms. */
const ON_ITS_WAY = 6000;
/** A tile's way to its new place, in ms. */
const GLIDE = 200;
/** Those who are there when I come in appear one after the other, and nothing moves until then, in ms. */
const ARRIVING = 1000;

const NARROW = matchMedia("(max-width: 51.99rem)");
const UPRIGHT = matchMedia("(max-width: 39.99rem)");
const SMALL = matchMedia("(max-width: 63.99rem)");
const ON_ITS_SIDE = matchMedia("(max-height: 30rem) and (min-width: 35rem)");
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * All the pictures. A tile stays the same element from its person's coming to their going, and its place in
 * the document changes only when somebody before it leaves, so that no picture ever stops for the layout.
 */
export class Stage {
  #root;
  #list;
  #copyLink;
  /** @type {Person[]} */
  #people = [];
  /** @type {Map<string, Tile>} */
  #tiles = new Map();
  #free = make("li", { class: "tile free" });
  #outlook = make("span");
  /** Key of the tile that I made large. */
  #pinned = "";
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
   * @param {{ copyLink?: () => void | Promise<void> }} [actions]
   */
  constructor(root, { copyLink } = {}) {
    this.#root = root;
    this.#list = find(root, ".tiles");
    this.#copyLink = copyLink;
    this.#buildFreeSeat();
    new ResizeObserver(() => this.#arrange()).observe(root);
  }

  /**
   * @param {{ people: Person[], me: string, visitors?: number }} state
   *     `me`: my id, which the people know as `self` as well; `visitors`: how many may be about to come in
   */
  render({ people, visitors = 0 }) {
    if (this.#people.length === 0) this.#entered = performance.now();
    this.#people = inOrder(people);
    write(
      this.#outlook,
      visitors ? `${outside(visitors)}.` : t("The others appear as soon as they come in."),
    );
    this.#noticeSpeech();
    this.#noticeScreens();
    // Measuring and arranging cost a layout of the page; most news, such as speech, change no place.
    const before = this.#plan() === this.#arrangement ? undefined : this.#places();
    this.#renderTiles();
    if (before !== undefined) this.#rearrange(before);
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
        tile = new Tile(key !== person.id, { pin: () => this.#pin(key), resize: () => this.#fit() });
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
    return large(this.#people, { pinned: this.#pinned, speaker: this.#speaker, shown: this.#shown, upright });
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

    const style = getComputedStyle(this.#root);
    const { cols, rows } = grid(this.#list.children.length, {
      width: this.#root.clientWidth,
      height: this.#root.clientHeight,
      gap: pixels(style.getPropertyValue("--gap")),
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
    const rem = pixels("1rem");
    return strip(picture, this.#tiles.size - 1, {
      width: clientWidth,
      height: clientHeight,
      gap: 10,
      side: 12.5 * rem,
      above: 7 * rem,
    });
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
    const box = make("div", {}, make("strong", {}, t("Nobody else is here")), this.#outlook);
    const copyLink = this.#copyLink;
    if (copyLink) {
      const words = make("span", {}, t("Copy the link"));
      const button = make("button", { class: "button", type: "button" }, icon("link"), words);
      button.addEventListener("click", () => void confirmCopy(copyLink, words));
      box.append(button);
    }
    this.#free.append(box);
  }
}

/** @param {Person} person @param {boolean} isScreen */
function keepLarge({ self, name }, isScreen) {
  if (self) return isScreen ? t("Keep your screen large") : t("Keep your picture large");
  return isScreen ? t("Keep {name}’s screen large", { name }) : t("Keep {name}’s picture large", { name });
}

/**
 * In words, who is connected and has not come in. No name: what they will be called is theirs to say, with the click.
 *
 * @param {number} visitors
 */
export function outside(visitors) {
  return tn("Somebody is getting ready to come in", "{count} people are getting ready to come in", visitors);
}

/**
 * Copy, and say on the button for a moment how it went.
 *
 * @param {() => void | Promise<void>} copy
 * @param {HTMLElement} words
 */
export async function confirmCopy(copy, words) {
  const before = (words.dataset.words ??= words.textContent ?? "");
  try {
    await copy();
    words.textContent = t("Copied");
  } catch {
    // Browsers may refuse the clipboard; the room's address stands in plain sight.
    words.textContent = t("Copy it from the address bar");
  }
  announce(words.textContent);
  setTimeout(() => (words.textContent = before), 2500);
}

/** One person's camera, or their screen, with what is known about them. */
class Tile {
  element = make("li", { class: "tile" });
  #ofScreen;
  #video = make("video", { playsinline: true, autoplay: true, hidden: true });
  #away = make("div", { class: "away" });
  #corner = make("div", { class: "corner" });
  #badges = make("div", { class: "badges" });
  #over = make("div", { class: "over", "aria-hidden": "true" });
  #marks = "";
  #pin = make("button", { class: "button button-icon", type: "button" }, icon("pin"));
  #trouble = make("div", { class: "trouble", hidden: true });
  #plate = make("div", { class: "plate" });
  #link = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  #outOfPatience = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #arriving;
  #isLate = false;
  #isSlowHere = false;
  #resized;
  #name = "";
  #words = "";
  /** @type {Person | null} */
  #person = null;

  /**
   * @param {boolean} ofScreen   a person's screen rather than their camera
   * @param {{ pin: () => void, resize: () => void }} actions
   */
  constructor(ofScreen, { pin, resize }) {
    this.#ofScreen = ofScreen;
    this.#resized = resize;
    this.#video.muted = true;
    this.#video.className = ofScreen ? "screen" : "camera";
    if (ofScreen) this.element.classList.add("shared");
    this.#corner.append(this.#pin, this.#badges);
    this.element.append(this.#away, this.#video, this.#trouble, this.#plate, this.#corner, this.#over);
    this.#pin.addEventListener("click", pin);
    this.#video.addEventListener("loadeddata", () => this.#person && this.render(this.#person));
    this.#video.addEventListener("resize", resize);
  }

  /** @param {Person} person @param {boolean} [isSlowHere]  this device does not keep up */
  render(person, isSlowHere = this.#isSlowHere) {
    this.#person = person;
    this.#isSlowHere = isSlowHere;
    this.#noticeLink(person);
    this.#renderFacts(person);
    this.#renderPicture(person);
    this.#renderPlate(person);
    this.#renderTrouble(person);
    if (!this.#ofScreen) this.#renderMarks(person.marks);
  }

  /**
   * @param {boolean} isLarge
   * @param {boolean} isPinned
   * @param {boolean} canPin
   */
  setLarge(isLarge, isPinned, canPin) {
    this.element.classList.toggle("large", isLarge);
    this.#pin.hidden = !canPin;
    mark(this.#pin, "aria-pressed", String(isPinned));
    if (this.#person) mark(this.#pin, "aria-label", keepLarge(this.#person, this.#ofScreen));
  }

  /** The picture's size in pixels, as far as it is known. */
  get size() {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  /** The picture of somebody else as it is shown here. @type {Seen | null} */
  get seen() {
    if (!this.#person || this.#person.self) return null;
    const tile = { width: this.element.clientWidth, height: this.element.clientHeight };
    const isWhole = this.#ofScreen || this.#video.classList.contains("whole");
    return {
      id: this.#person.id,
      slot: this.#ofScreen ? "screen" : "camera",
      lines: lines(this.size, tile, isWhole),
      large: this.element.classList.contains("large"),
      arrived: !this.#video.hidden,
    };
  }

  /** Fill the tile with the picture, or show all of it. */
  fit() {
    const { width, height } = this.size;
    this.element.classList.toggle("upright", !this.#video.hidden && height > width);
    if (this.#ofScreen || this.#video.hidden) return;
    this.#video.classList.toggle(
      "whole",
      whole(this.size, { width: this.element.clientWidth, height: this.element.clientHeight }),
    );
  }

  remove() {
    clearTimeout(this.#patience);
    clearTimeout(this.#arriving);
    this.#person = null;
    this.#video.srcObject = null;
    this.element.remove();
  }

  /** @param {Person} person */
  #noticeLink(person) {
    if (person.link === this.#link) return;
    this.#link = person.link;
    clearTimeout(this.#patience);
    // These are not about to pass.
    this.#outOfPatience = person.link === "failed" || person.link === "shut";
    if (person.link === "connected" || this.#outOfPatience) return;
    this.#patience = setTimeout(() => {
      this.#outOfPatience = true;
      if (this.#person) this.render(this.#person);
    }, PATIENCE);
  }

  /** For style sheets and tests. @param {Person} person */
  #renderFacts(person) {
    const { element } = this;
    if (this.#ofScreen) {
      // Whoever speaks into it with the microphone off is seen to.
      element.classList.toggle("speaking", person.sounding);
      return mark(element, "data-screen", person.id);
    }
    mark(element, "data-participant", person.id);
    mark(element, "data-link", person.link);
    mark(element, "data-camera", person.camera ? "on" : "off");
    mark(element, "data-microphone", person.microphone ? "on" : "off");
    mark(element, "data-self", person.self ? "" : null);
    element.classList.toggle("speaking", person.speaking && person.microphone);
  }

  /** @param {Person} person */
  #renderPicture(person) {
    const stream = this.#ofScreen ? person.shared : person.picture;
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    const isSent = this.#ofScreen || (person.camera && !person.by && (person.self || !person.held));
    const seen = stream !== null && isSent && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    const appeared = seen && this.#video.hidden;
    const isNews = seen === this.#video.hidden;
    this.#video.hidden = !seen;
    this.#video.classList.toggle("mirrored", person.self && !this.#ofScreen);
    this.#away.hidden = seen;
    if (appeared) this.fit();
    if (this.#ofScreen) this.#renderArrival(person, seen, isNews);
    if (person.name === this.#name || this.#ofScreen) return;
    this.#name = person.name;
    this.#away.replaceChildren(avatar(person.name, "l"));
  }

  /**
   * A screen that has not come yet is no black rectangle: words say so, and whoever shows it is told.
   *
   * @param {Person} person
   * @param {boolean} seen
   * @param {boolean} isNews
   */
  #renderArrival(person, seen, isNews) {
    if (isNews) this.#resized();
    if (seen) {
      clearTimeout(this.#arriving);
      this.#arriving = undefined;
      this.#isLate = false;
      return write(this.#away, "");
    }
    this.#arriving ??= setTimeout(() => {
      this.#isLate = true;
      if (this.#person) this.render(this.#person);
      if (this.#person && !this.#person.self) announce(this.#away.textContent ?? "");
    }, ON_ITS_WAY);
    write(this.#away, arrival(person, this.#isLate));
  }

  /** @param {Person} person */
  #renderPlate(person) {
    const { brief } = this.#wrong(person) ?? { brief: "" };
    const muted = !this.#ofScreen && !person.microphone && (person.by !== "" || person.link !== "connecting");
    const off = !this.#ofScreen && !person.camera && person.link !== "connecting";
    const weak = this.#ofScreen || brief ? "" : weakness(person, this.#isSlowHere);
    const note = this.#ofScreen
      ? ""
      : person.by
        ? t("by way of {name}", { name: shortName(person.by) })
        : weak
          ? weak
          : person.link === "connecting"
            ? t("connecting…")
            : person.silenced
              ? t("microphone stopped")
              : off
                ? t("camera off")
                : resting(person);
    const whose = this.#ofScreen || person.self ? "" : borrowed(person);
    const words = JSON.stringify([person.name, person.self, brief, muted, person.silenced, note, whose]);
    if (words === this.#words) return;
    this.#words = words;

    const name = person.self ? t("You") : called(this.#ofScreen ? shortName(person.name) : person.name);
    const parts = [];
    if (this.#ofScreen) {
      parts.push(
        icon("share"),
        make("span", {}, ...(person.self ? [t("Your screen")] : woven(t("{name}’s screen"), { name }))),
      );
    } else {
      if (brief || weak) parts.push(icon("signal-low", "warned"));
      if (muted) {
        parts.push(
          icon("mic-off", person.silenced ? "warned" : "silent"),
          make("span", { class: "visually-hidden" }, "Muted:"),
        );
      }
      parts.push(make("span", {}, name));
      if (whose) parts.push(make("span", { class: "note" }, whose));
      if (brief) parts.push(make("span", { class: "brief" }, brief));
      if (note) parts.push(make("span", { class: "note" }, note));
    }
    this.#plate.replaceChildren(...parts);
  }

  /** @param {Person["marks"]} marks */
  #renderMarks(marks) {
    const shown = JSON.stringify(marks);
    if (shown === this.#marks) return;
    this.#marks = shown;
    this.#badges.replaceChildren(...marks.filter(({ place }) => place === "corner").map(badge));
    const over = marks.filter(({ place }) => place === "over");
    const keys = over.map(({ name, key }) => `${name} ${key}`).join();
    if (keys === this.#over.dataset.keys) return;
    this.#over.dataset.keys = keys;
    this.#over.replaceChildren(
      ...over.map(({ name, text }) => make("span", { class: `mark ${name}` }, text)),
    );
  }

  /** @param {Person} person */
  #renderTrouble(person) {
    const wrong = this.#ofScreen ? null : this.#wrong(person);
    this.element.classList.toggle("troubled", wrong !== null);
    this.#trouble.hidden = wrong === null;
    if (!wrong) return;
    if (!this.#trouble.firstChild) {
      this.#trouble.append(icon("warning"), make("div", {}, make("strong"), make("span")));
    }
    write(find(this.#trouble, "strong"), wrong.title);
    write(find(this.#trouble, "div > span"), wrong.text);
    changeIcon(
      find(this.#trouble, ".icon"),
      person.link === "failed" || person.link === "shut" ? "warning" : "refresh",
    );
  }

  /**
   * What is wrong with the link and what is being done about it, once it is worth saying.
   *
   * @param {Person} person
   */
  #wrong(person) {
    return person.self || person.by || !this.#outOfPatience ? null : trouble(person, this.#isSlowHere);
  }
}

/** @param {Person["marks"][number]} mark */
function badge({ name, icon: sign, text, words, queue }) {
  const kind = queue ? "badge queued" : "badge";
  return make(
    "span",
    { class: `${kind} ${name}` },
    sign ? icon(sign) : null,
    make("span", { class: "visually-hidden" }, `${words} `),
    make("span", { class: "number" }, text),
  );
}

/**
 * Why there is no picture of somebody whose camera is on.
 *
 * @param {Person} person
 */
function resting({ held, self }) {
  if (held === "others") return self ? t("shown when you speak") : t("shown when they speak");
  return held ? t("voice only") : "";
}

/**
 * By seat, and I am last.
 *
 * @param {Person[]} people
 */
function inOrder(people) {
  return [...people].sort((a, b) => Number(a.self) - Number(b.self) || a.seat - b.seat);
}

/**
 * A length of the style sheet in pixels.
 *
 * @param {string} length   in rem or px
 */
function pixels(length) {
  const value = parseFloat(length) || 0;
  return length.trim().endsWith("rem")
    ? value * parseFloat(getComputedStyle(document.documentElement).fontSize)
    : value;
}
