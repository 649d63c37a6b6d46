/**
 * Written into every page, before anything asks the server: this browser's time zone in a cookie, as the IANA name
 * stands, since the server does not decode cookies (accounts/zones.py).
 */
{
  const YEAR = 365 * 24 * 60 * 60;
  /** @type {{Temporal?: {Now?: {timeZoneId?: () => string}}}} */
  const { Temporal } = /** @type {object} */ (globalThis);
  // The first formatter of a page takes tens of milliseconds.
  const zone = Temporal?.Now?.timeZoneId?.() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const secure = location.protocol === "https:" ? "; secure" : "";
  // No name has anything else in it, and nothing else may end up in a cookie.
  if (/^[\w+/-]+$/u.test(zone ?? "")) {
    document.cookie = `zone=${zone}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  }
  // Chromium sets it beside the page, and a socket that is opened at once goes without; reading waits for it.
  void document.cookie;
}
