/**
 * Written into a page that a letter leads to: if the server did not know this computer's zone and wrote the page for
 * another, it is asked once more before anything is drawn. The cookie that tells it is there by now (lib/zone.js).
 */
{
  const [, here] = /(?:^|; )zone=([^;]+)/u.exec(document.cookie) ?? [];
  const writtenIn = document.querySelector('meta[name="written-in"]')?.getAttribute("content");
  // Once only: where the server does not know the zone either, or gets no cookie, the page stays as it is.
  const [visit] = performance.getEntriesByType("navigation");
  const isAgain = visit instanceof PerformanceNavigationTiming && visit.type === "reload";
  if (here && writtenIn && here !== writtenIn && !isAgain) location.reload();
}
