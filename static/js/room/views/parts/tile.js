// Long, since what stands on a tile is drawn from the same facts: name, marks, buttons and trouble make room for each other.
import { avatar, shortName } from "../../../lib/avatar.js";
import { announce, called, changeIcon, find, icon, make, mark, write } from "../../../lib/dom.js";
import { Latest } from "../../../lib/events.js";
import { t, woven } from "../../../lib/i18n.js";
import { lines, whole } from "../../layout.js";
import { mutedBy } from "../../hosting/words.js";
import { borrowed } from "../../identity.js";
import { arrival, resting, trouble, weakness } from "../../words/diagnosis.js";

/**
 * @import { Person } from "../../state.js"
 * @import { Seen } from "../../media/viewport.js"
 */

/** Trouble that passes sooner is not worth words, in ms. */
const PATIENCE = 4000;
/** A screen is on its way for so long before that is called trouble, in ms. */
const ON_ITS_WAY = 6000;

/** One person’s camera, or their screen, with what is known about them. */
export class Tile {
  element = make("li", { class: "tile" });
  #ofScreen;
  #video = make("video", { playsinline: true, autoplay: true, hidden: true });
  #away = make("div", { class: "away" });
  #corner = make("div", { class: "corner" });
  #badges = make("div", { class: "badges" });
  #over = make("div", { class: "over", "aria-hidden": "true" });
  #marks = new Latest();
  #overs = new Latest();
  #pin = make("button", { class: "button button-icon", type: "button" }, icon("pin"));
  #more = make(
    "button",
    {
      class: "button button-icon",
      type: "button",
      popovertarget: "person-menu",
      "aria-haspopup": "dialog",
      hidden: true,
    },
    icon("more"),
  );
  #trouble = make("div", { class: "trouble", hidden: true });
  #plate = make("div", { class: "plate" });
  #connection = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  #outOfPatience = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #arriving;
  #isLate = false;
  #isSlowHere = false;
  #resized;
  #name = "";
  #words = new Latest();
  /** @type {Person | null} */
  #person = null;

  /**
   * @param {boolean} ofScreen   a person's screen rather than their camera
   * @param {{
   *   pin: () => void, resize: () => void, more?: (id: string, button: HTMLElement, click: Event) => void
   * }} actions
   */
  constructor(ofScreen, { pin, resize, more }) {
    this.#ofScreen = ofScreen;
    this.#resized = resize;
    this.#video.muted = true;
    this.#video.className = ofScreen ? "screen" : "camera";
    if (ofScreen) this.element.classList.add("shared");
    this.#corner.append(this.#pin, this.#more, this.#badges);
    this.#more.addEventListener("click", (event) => more?.(this.#person?.id ?? "", this.#more, event));
    this.element.append(this.#away, this.#video, this.#trouble, this.#plate, this.#corner, this.#over);
    this.#pin.addEventListener("click", pin);
    this.#video.addEventListener("loadeddata", () => this.#person && this.render(this.#person));
    this.#video.addEventListener("resize", resize);
  }

  /** @param {Person} person @param {boolean} [isSlowHere]  this device does not keep up */
  render(person, isSlowHere = this.#isSlowHere) {
    this.#person = person;
    if (!this.#ofScreen) mark(this.#more, "aria-label", more(person));
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
    this.#more.hidden = this.#ofScreen || !canPin;
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
    if (person.connection === this.#connection) return;
    this.#connection = person.connection;
    clearTimeout(this.#patience);
    // These are not about to pass.
    this.#outOfPatience = person.connection === "failed" || person.connection === "shut";
    if (person.connection === "connected" || this.#outOfPatience) return;
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
    mark(element, "data-connection", person.connection);
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
    const muted =
      !this.#ofScreen && !person.microphone && (person.by !== "" || person.connection !== "connecting");
    const off = !this.#ofScreen && !person.camera && person.connection !== "connecting";
    const weak = this.#ofScreen || brief ? "" : weakness(person, this.#isSlowHere);
    const note = this.#ofScreen
      ? ""
      : person.by
        ? t("by way of {name}", { name: shortName(person.by) })
        : weak
          ? weak
          : person.connection === "connecting"
            ? t("connecting…")
            : person.silenced
              ? t("microphone stopped")
              : person.self && person.muted
                ? mutedBy(person.muted)
                : off
                  ? t("camera off")
                  : resting(person);
    const whose = this.#ofScreen || person.self ? "" : borrowed(person);
    const shown = [person.name, person.self, brief, muted, person.silenced, note, whose];
    if (!this.#words.isNew(shown)) return;

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
          make("span", { class: "visually-hidden" }, t("Muted:")),
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
    if (!this.#marks.isNew(marks)) return;
    this.#badges.replaceChildren(...marks.filter(({ place }) => place === "corner").map(badge));
    const over = marks.filter(({ place }) => place === "over");
    // What goes on is not begun anew.
    if (!this.#overs.isNew(over)) return;
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
      person.connection === "failed" || person.connection === "shut" ? "warning" : "refresh",
    );
  }

  /**
   * What is wrong with the connection and what is being done about it, once it is worth saying.
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

/** @param {Person} person */
function more({ self, name }) {
  return self ? t("What you can do yourself") : t("More about {name}", { name });
}

/** @param {Person} person @param {boolean} isScreen */
function keepLarge({ self, name }, isScreen) {
  if (self) return isScreen ? t("Keep your screen large") : t("Keep your picture large");
  return isScreen ? t("Keep {name}’s screen large", { name }) : t("Keep {name}’s picture large", { name });
}
