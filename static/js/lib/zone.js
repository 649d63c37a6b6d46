const YEAR = 365 * 24 * 60 * 60;

/** Tell the server this browser's time zone, as the IANA name stands: it does not decode cookies (accounts/zones.py). */
export function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // No name has anything else in it, and nothing else may end up in a cookie.
  if (!/^[\w+/-]+$/u.test(zone ?? "")) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `zone=${zone}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}
