/** The places of the room, in the order in which F6 leads through them; one that is hidden is passed over. */
const PLACES = ["#ending", "#asked", "#knocks", "#stage", "main ~ .panel", "#controls"];
const TAKES_FOCUS =
  "button, [href], input, select, textarea, [tabindex='0'], [contenteditable='true'], [contenteditable='']";

/** Leads from one place of the room to the next. */
export class Places {
  #room;
  /** What had the focus in each when it was left. @type {WeakMap<Element, HTMLElement>} */
  #left = new WeakMap();

  /** @param {HTMLElement} room  #room */
  constructor(room) {
    this.#room = room;
  }

  /** @param {boolean} isBack  to the one before */
  goOn(isBack) {
    const places = PLACES.flatMap((place) => [...this.#room.querySelectorAll(place)]).filter(isSeen);
    const focused = document.activeElement;
    const at = places.findIndex((place) => place.contains(focused));
    const here = places[at];
    if (here && focused instanceof HTMLElement) this.#left.set(here, focused);
    // From none of them: the first, or the last.
    const first = isBack ? places.length - 1 : 0;
    const next = at < 0 ? first : (at + (isBack ? -1 : 1) + places.length) % places.length;
    const place = places[next];
    if (place) this.#enter(place);
  }

  /** @param {Element} place */
  #enter(place) {
    const before = this.#left.get(place);
    if (before && place.contains(before) && isSeen(before)) return before.focus();
    const found = [...place.querySelectorAll(TAKES_FOCUS)].find((one) => isSeen(one));
    if (found instanceof HTMLElement) return found.focus();
    // Nothing in it can be pressed: it is only to be read.
    if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
    /** @type {HTMLElement} */ (place).focus();
  }
}

/** @param {Element} element */
function isSeen(element) {
  return element.checkVisibility({ visibilityProperty: true });
}
