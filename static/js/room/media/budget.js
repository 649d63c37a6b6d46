/**
 * What a picture may cost, by how many people share the uplink: in a mesh everybody sends it to everybody else.
 *
 * @typedef {object} Limit
 * @property {number} height   of the picture, in lines
 * @property {number} fps
 * @property {number} bitrate  bits a second
 */

/** @param {number} height @param {number} fps @param {number} kilobits @returns {Limit} */
const limit = (height, fps, kilobits) => ({ height, fps, bitrate: kilobits * 1000 });

/** The camera, by the number of people up to which it holds. @type {[number, Limit][]} */
const LADDER = [
  [2, limit(720, 30, 1800)],
  [3, limit(540, 30, 900)],
  [4, limit(360, 30, 550)],
  [5, limit(360, 24, 400)],
  [6, limit(270, 20, 300)],
  [7, limit(270, 20, 240)],
  [8, limit(180, 15, 180)],
  [10, limit(180, 15, 140)],
  [Infinity, limit(180, 12, 110)],
];
// Who shows a screen is looked at there; their face may be small.
const BESIDE_SCREEN = limit(180, 10, 120);
const UPLINK = 2_500_000;
export const MICROPHONE_BITRATE = 32_000;

/**
 * @param {number} people  in the call, me included
 * @param {boolean} sharing  whether I show my screen as well
 * @returns {Limit}
 */
export function cameraLimit(people, sharing) {
  const step = LADDER.find(([most]) => people <= most)?.[1] ?? BESIDE_SCREEN;
  return sharing && step.bitrate > BESIDE_SCREEN.bitrate ? BESIDE_SCREEN : step;
}

/**
 * @param {number} people
 * @returns {Limit}
 */
export function screenLimit(people) {
  const share = (0.7 * UPLINK) / Math.max(1, people - 1);
  return { height: 1080, fps: people <= 4 ? 15 : 5, bitrate: Math.round(Math.min(1_500_000, share)) };
}

/**
 * A limit in the words of `RTCRtpSender.setParameters`, for a track as it is captured.
 *
 * @param {Limit} limit
 * @param {{width?: number, height?: number}} captured
 * @returns {RTCRtpEncodingParameters}
 */
export function encoding({ height, fps, bitrate }, captured) {
  // Upright, a picture of a phone has its lines the other way round.
  const lines = Math.min(captured.width ?? height, captured.height ?? height);
  return {
    active: true,
    maxBitrate: bitrate,
    maxFramerate: fps,
    scaleResolutionDownBy: Math.max(1, lines / height),
  };
}
