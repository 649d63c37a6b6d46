"""Four people stay in a call for long, and every minute their sockets break: what grows, and what is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.browsers import Target, close, frames, open_page, rooms
from benchmarks.chromium import Chromium, Page, chromium
from benchmarks.load import browser_processes
from benchmarks.servers import Product, product

PEOPLE = 4
MINUTE = 60.0
# A page's sockets and connections, none of them kept longer than the page itself keeps them.
KNOWN = """
window.openSockets = new Set();
window.socketsOpened = 0;
window.WebSocket = class extends WebSocket {
  constructor(...parts) {
    super(...parts);
    window.openSockets.add(this);
    this.addEventListener("open", () => { window.socketsOpened += 1; });
    this.addEventListener("close", () => window.openSockets.delete(this));
  }
};
window.openConnections = new Set();
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...parts) { super(...parts); window.openConnections.add(this); }
  close() { window.openConnections.delete(this); super.close(); }
};
"""
CUT = "for (const socket of window.openSockets) socket.close();"
# Looks once a second at what has come from each of the others, and counts the seconds in which nothing did.
WATCH = """(() => {
  const lasts = new WeakMap();
  const toll = window.toll = { seconds: 0, unheard: 0, unseen: 0, concealed: 0, samples: 0 };

  async function look(connection) {
    const all = [...(await connection.getStats()).values()].filter(({ type }) => type === "inbound-rtp");
    const sum = (kind, key) =>
      all.reduce((total, one) => total + (one.kind === kind ? (one[key] ?? 0) : 0), 0);
    const now = {
      heard: sum("audio", "packetsReceived"),
      seen: sum("video", "framesDecoded"),
      concealed: sum("audio", "concealedSamples") - sum("audio", "silentConcealedSamples"),
      samples: sum("audio", "totalSamplesReceived"),
    };
    const last = lasts.get(connection);
    lasts.set(connection, now);
    if (!last) return;
    toll.seconds += 1;
    if (now.heard <= last.heard) toll.unheard += 1;
    if (now.seen <= last.seen) toll.unseen += 1;
    toll.concealed += now.concealed - last.concealed;
    toll.samples += now.samples - last.samples;
  }

  (async () => {
    for (;;) {
      await Promise.all([...window.openConnections].map(look));
      // Never less than a second between two looks, however busy the machine is.
      await new Promise((done) => setTimeout(done, 1000));
    }
  })();
})()"""


@dataclass(frozen=True)
class Sample:
    """At one moment: megabytes, after a collection of garbage, and connections that are not closed."""

    heap: float
    browsers: float
    server: float
    connections: list[int]


def crowd(browser: Chromium, target: Target) -> list[Page]:
    pages = [open_page(browser, target, script=KNOWN) for _ in range(PEOPLE)]
    for page in pages:
        page.click(target.button)
    for page in pages:
        frames(page, PEOPLE - 1)
    for page in pages:
        page.run(WATCH)
    return pages


def sample(pages: list[Page], server: Product) -> Sample:
    """`heap` is that of the page with the largest."""
    return Sample(
        max(map(heap, pages)),
        sum(map(resident, browser_processes())),
        resident(server.pid),
        [page.run("window.openConnections.size") for page in pages],
    )


def heap(page: Page) -> float:
    page.send("HeapProfiler.collectGarbage")
    used: float = page.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def resident(process: int) -> float:
    """Megabytes in memory, of what is shared only its part (proc(5), smaps_rollup)."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it has just ended
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def cut_sockets(pages: list[Page]) -> None:
    """Break the socket of every page, and see that each gets another."""
    opened = [page.run("window.socketsOpened") for page in pages]
    for page in pages:
        page.run(CUT)
    for page, count in zip(pages, opened, strict=True):
        page.until(f"window.socketsOpened > {count}")


def run(minutes: int = 30) -> Iterator[str]:
    """The lines of Markdown tables."""
    samples: list[Sample] = []
    with chromium() as browser, product() as [server]:
        pages = crowd(browser, rooms(server, ""))
        start = time.monotonic()
        for minute in range(1, minutes + 1):
            time.sleep(max(0, start + minute * MINUTE - time.monotonic()))
            samples.append(sample(pages, server))
            if minute < minutes:
                cut_sockets(pages)
        tolls: list[dict[str, int]] = [page.run("window.toll") for page in pages]
        close(pages)

    first, half, last = samples[0], samples[len(samples) // 2], samples[-1]
    yield f"| {PEOPLE} people, sockets cut {minutes - 1} times | minute 1 | half-way | minute {minutes} |"
    yield "|---|---:|---:|---:|"
    for what, name in (
        ("JavaScript heap of the page with the largest", "heap"),
        ("memory of the browser, all processes", "browsers"),
        ("memory of the server", "server"),
    ):
        values = " | ".join(f"{getattr(one, name):.1f} MB" for one in (first, half, last))
        yield f"| {what} | {values} |"
    counts = " | ".join(", ".join(map(str, one.connections)) for one in (first, half, last))
    yield f"| connections of each page that are not closed | {counts} |"
    yield ""
    total = {name: sum(toll[name] for toll in tolls) for name in tolls[0]}
    yield f"| of {total['seconds']} seconds that people had others to hear and see | | goal |"
    yield "|---|---:|---:|"
    yield f"| seconds without a packet of sound | {total['unheard']} | 0 |"
    yield f"| seconds without a new picture | {total['unseen']} | 0 |"
    yield f"| sound that was made up | {total['concealed'] / total['samples']:.2%} | below 1 % |"
