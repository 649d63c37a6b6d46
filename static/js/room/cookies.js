/**
 * Written into the page of whom a room did not take in: without cookies nobody is known who opened their own link or
 * signed in. The page has set one by now (lib/zone.js), if it may.
 */
if (!navigator.cookieEnabled && !document.cookie) document.querySelector("[data-no-cookies]")?.removeAttribute("hidden");
