/**
 * Written into the pages of a room, and of whom it did not take in: without cookies nobody is known who opened their own
 * link or signed in. The page has set one by now (lib/zone.js), if it may.
 */
document.documentElement.classList.toggle("no-cookies", !navigator.cookieEnabled && !document.cookie);
