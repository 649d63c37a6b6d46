// Every camera's frames go through here on their way out, one stream for each connection. As long as each connection has an
// encoder of its own they just pass; what one encoder for all needs comes when it is needed (encoder.js).
export {};

/** @typedef {import("./encoder.js").Encoder} Encoder */

/** What has come before the encoder. @type {MessageEvent[]} */
const early = [];
/** @type {Encoder | null} */
let encoder = null;

/** @type {any} */ (self).onrtctransform = async (/** @type {any} */ event) => {
  const { readable, writable, options } = event.transformer;
  const reader = readable.getReader();
  const writer = writable.getWriter();
  // What cannot be written belongs to a connection that is closed.
  const write = (/** @type {any} */ frame) => void writer.write(frame).catch(() => {});
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) break;
    if (encoder) encoder.take(options.id, frame, write);
    else write(frame);
  }
  encoder?.forget(options.id);
};

addEventListener("message", (event) => {
  if (encoder) return encoder.receive(event.data);
  early.push(event);
  if (early.length === 1) void load(event.data.modules);
});

/** @param {string[]} addresses  that the page has for them: its map of names is not known in here */
async function load(addresses) {
  const [{ Encoder }, pairing] = await Promise.all(addresses.map((address) => import(address)));
  encoder = new Encoder((/** @type {unknown} */ message) => postMessage(message), pairing);
  for (const { data } of early.splice(0)) encoder?.receive(data);
}
