/**
 * Written into the page after opening.js: whatever keeps the modules from beginning is said here, since nothing else
 * would, and the button loads the page again. The page has the words (data-* of the banner).
 *
 * @typedef {"calls" | "cookies" | "missing" | "fault"} Trouble
 */
{
  // A line on which the modules take longer swallows them; once all are here, they begin soon or never (milliseconds).
  const HERE_WITHIN = 30_000;
  const BEGUN_WITHIN = 10_000;

  const { opened } = /** @type {HTMLScriptElement & {opened: import("./first.js").Opened}} */ (
    document.querySelector("#room-data")
  );
  /** @type {Trouble | ""} */
  let trouble = "";

  /** The first trouble is the cause of those that follow. @param {Trouble} kind */
  const say = (kind) => {
    if (opened.hasBegun) return;
    trouble ||= kind;
    opened.giveUp();
    /** @type {HTMLElement | null} */
    const banner = document.querySelector('#prejoin [data-part="problem"]');
    const words = banner?.querySelector("p");
    const button = document.querySelector('form.entrance [data-part="join"]');
    // The page is not read as far as that.
    if (!banner || !words || !button) {
      return addEventListener("DOMContentLoaded", () => say(kind), { once: true });
    }
    words.textContent = banner.dataset[trouble] ?? "";
    banner.hidden = false;
    button.textContent = button.getAttribute("data-reload");
    button.removeAttribute("aria-busy");
  };

  /** The modules need not try. @param {Trouble} kind */
  const bar = (kind) => {
    opened.isBarred = true;
    say(kind);
  };

  // Before opening.js, which would ask for a seat.
  addEventListener(
    "submit",
    (event) => {
      if (!trouble || opened.hasBegun) return;
      event.preventDefault();
      event.stopPropagation();
      location.reload();
    },
    { capture: true },
  );

  // What extensions put in its place has no certificates.
  if (typeof globalThis.RTCPeerConnection?.generateCertificate !== "function") bar("calls");
  // By cookies.js.
  else if (document.documentElement.classList.contains("no-cookies")) bar("cookies");
  addEventListener(
    "error",
    (event) => {
      // Extensions have their own faults, also in scripts that they write into the page.
      const isOurs = (/** @type {string} */ address) =>
        address.startsWith(location.origin) && address.endsWith(".js");
      // Of what did not come, an element tells, and its event does not bubble.
      if (event.target instanceof HTMLScriptElement && isOurs(event.target.src)) say("missing");
      else if (event instanceof ErrorEvent && isOurs(event.filename)) say("fault");
    },
    { capture: true },
  );
  setTimeout(() => say("missing"), HERE_WITHIN);
  addEventListener("load", () => setTimeout(() => say("missing"), BEGUN_WITHIN));
}
