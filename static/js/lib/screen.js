/**
 * Where a page is laid out otherwise. Style sheets cannot share these with scripts: each stands here once, and in the sheets
 * as it is here (tests/js/screen.test.js).
 */

/** Too narrow for a panel beside the stage, and for the whole bar. */
export const NARROW = matchMedia("(max-width: 51.99rem)");
export const UPRIGHT = matchMedia("(max-width: 39.99rem)");
export const SMALL = matchMedia("(max-width: 63.99rem)");
/** A phone on its side: there is no top line, and the bar stands at the end edge. */
export const ON_ITS_SIDE = matchMedia("(max-height: 30rem) and (min-width: 35rem)");
/** A week does not fit: a day is shown. */
export const ONE_DAY = matchMedia("(max-width: 47.99rem)");
/** What is seen by hovering is opened by a press. */
export const NO_HOVER = matchMedia("(hover: none)");
export const STILL = matchMedia("(prefers-reduced-motion: reduce)");
