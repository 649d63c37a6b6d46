/** How the tiles share the stage: sizes in, columns and rows out. Knows neither the page nor the people. */

/** A tile is never wider than this, so that filling it cuts the sides of a camera's picture and no head. */
const WIDEST = 16 / 9;

/**
 * The number of columns and rows that gives n tiles the largest area; on a tie the fewest empty cells.
 *
 * @param {number} n
 * @param {{ width: number, height: number, gap: number, narrowest: number }} stage
 *     in pixels; `narrowest` is the least width : height of a tile
 * @returns {{ cols: number, rows: number }}
 */
export function grid(n, { width, height, gap, narrowest }) {
  let best = { cols: 1, rows: Math.max(n, 1), area: -1, empty: 0 };
  for (let cols = 1; cols <= n; cols++) {
    const rows = Math.ceil(n / cols);
    const cell = { width: (width - (cols - 1) * gap) / cols, height: (height - (rows - 1) * gap) / rows };
    if (cell.width <= 0 || cell.height <= 0) continue;
    const area = Math.min(cell.width, cell.height * WIDEST) * Math.min(cell.height, cell.width / narrowest);
    const empty = cols * rows - n;
    // Areas that differ by less than a pixel are the same to the eye.
    const tie = Math.abs(area - best.area) < 1;
    if (tie ? empty < best.empty : area > best.area) best = { cols, rows, area, empty };
  }
  return { cols: best.cols, rows: best.rows };
}

/**
 * Where the strip leaves the large picture larger, as long as all the others fit. On a tie above, which is
 * nearer to the camera.
 *
 * @param {{ width: number, height: number }} picture   only its shape counts
 * @param {number} others   how many tiles are in the strip
 * @param {{ width: number, height: number, gap: number, side: number, above: number }} stage
 *     `side` is the width of a strip at the side, `above` the height of one above
 * @returns {"side" | "above"}
 */
export function strip(picture, others, { width, height, gap, side, above }) {
  const shape = picture.width > 0 && picture.height > 0 ? picture.width / picture.height : WIDEST;
  if (others * (side / WIDEST + gap) - gap > height) return "above";
  const beside = contained(shape, width - side - gap, height);
  const below = contained(shape, width, height - above - gap);
  return beside > below ? "side" : "above";
}

/**
 * Whether a picture is to be seen whole in its tile, rather than to fill it: filling would cut more than
 * 60 % of its width, or so much of its height that a head may be lost.
 *
 * @param {{ width: number, height: number }} picture
 * @param {{ width: number, height: number }} tile
 */
export function whole(picture, tile) {
  if (!picture.width || !picture.height || !tile.width || !tile.height) return false;
  const scale = Math.max(tile.width / picture.width, tile.height / picture.height);
  const seen = {
    width: tile.width / (picture.width * scale),
    height: tile.height / (picture.height * scale),
  };
  // Filling keeps the upper third in place, so that a fifth of the height goes mostly from below.
  return seen.width < 0.4 || seen.height < 0.8;
}

/**
 * How many lines a tile shows of a picture, or rather would, if it showed the parts that it cuts as well: of the
 * shorter side, as a picture of an upright phone has its lines the other way round.
 *
 * @param {{ width: number, height: number }} picture   only its shape counts
 * @param {{ width: number, height: number }} tile
 * @param {boolean} isWhole   all of it is seen, rather than filling the tile
 */
export function lines(picture, tile, isWhole) {
  const { width, height } = picture.width > 0 && picture.height > 0 ? picture : { width: WIDEST, height: 1 };
  const scales = [tile.width / width, tile.height / height];
  return Math.min(width, height) * (isWhole ? Math.min(...scales) : Math.max(...scales));
}

/**
 * Who is large, if anybody: the tile that I chose, whoever a host has put into the spotlight, a screen that another person shows, or,
 * where the window is narrow and upright and three or more are here, whoever spoke last. Tiles are named by key: `id` for a
 * camera, `screen:id` for a screen.
 *
 * @param {{ id: string, self: boolean, screen: boolean }[]} people   in the order of their tiles, self last
 * @param {{ pinned: string, spotlight?: string | null, speaker: string, shown: string, upright: boolean }} wish
 *     `pinned`: key of the tile that I chose, or ""; `spotlight`: id of whoever is large for everybody; `speaker`: id of whoever spoke last; `shown`: id of whoever began last to show a screen
 * @returns {string} the key, or "" for a grid
 */
export function large(people, { pinned, spotlight = null, speaker, shown, upright }) {
  const keys = people.flatMap(({ id, screen }) => (screen ? [`screen:${id}`, id] : [id]));
  if (keys.includes(pinned)) return pinned;
  const lit = people.find(({ id }) => id === spotlight);
  if (lit) return lit.screen ? `screen:${lit.id}` : lit.id;
  const showing = people.filter(({ self, screen }) => screen && !self);
  const latest = showing.find(({ id }) => id === shown) ?? showing.at(-1);
  if (latest) return `screen:${latest.id}`;
  if (!upright || people.length < 3) return "";
  const others = people.filter(({ self }) => !self);
  return (others.find(({ id }) => id === speaker) ?? others[0])?.id ?? "";
}

/**
 * The order of the tiles: by seat, and I am last.
 *
 * @template {{ self: boolean, seat: number }} Seated
 * @param {Seated[]} people
 */
export function bySeat(people) {
  return [...people].sort((a, b) => Number(a.self) - Number(b.self) || a.seat - b.seat);
}

/**
 * @param {number} shape
 * @param {number} width
 * @param {number} height
 */
function contained(shape, width, height) {
  const seen = Math.min(width, height * shape);
  return (seen * seen) / shape;
}
