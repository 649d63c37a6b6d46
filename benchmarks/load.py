"""What a call costs while it goes on: uplink and processor, the product and the bare page in turn."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.browsers import LISTEN, Target, close, frames, open_page, rooms
from benchmarks.chromium import Chromium, Page, chromium
from benchmarks.servers import Product, bare, cpu_seconds, product
from tests.headless.participant import Participant

# Bytes sent so far by each open connection: all of it, and pictures alone.
SENT = """(async () => {
  const open = window.connections.filter((one) => one.connectionState === "connected");
  const reports = await Promise.all(open.map((one) => one.getStats()));
  return reports.map((report) => {
    const out = [...report.values()].filter(({ type }) => type === "outbound-rtp");
    const sum = (some) => some.reduce((total, one) => total + one.bytesSent + one.headerBytesSent, 0);
    return { all: sum(out), pictures: sum(out.filter(({ kind }) => kind === "video")) };
  });
})()"""
HIDE = """(() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
})()"""
# The first of the others is made large, by the button of their tile.
GROW = """(async () => {
  const tile = document.querySelector(".tile:not([data-self])");
  const video = tile.querySelector("video.camera");
  const before = video.videoHeight;
  const asked = performance.now();
  tile.querySelector(".corner button").click();
  while (video.videoHeight <= before) {
    if (performance.now() - asked > 30000) return null;
    await new Promise((done) => video.requestVideoFrameCallback(done));
  }
  return performance.now() - asked;
})()"""
HELD_BACK = """(async () => {
  const reports = await Promise.all(window.connections.map((one) => one.getStats()));
  const all = reports.flatMap((report) => [...report.values()]);
  const reasons = all.map(({ qualityLimitationReason }) => qualityLimitationReason);
  return [...new Set(reasons)].filter((reason) => reason && reason !== "none");
})()"""
CONNECTED = "window.connections.filter((one) => one.connectionState === 'connected').length"
# Until sizes, rates and codecs are what they stay (seconds).
SETTLING = 20
MEASURED = 10
ONLOOKERS = 7
# Until nobody sends what nobody looks at.
LOOKED_AWAY = 7


@dataclass(frozen=True)
class Load:
    """Kilobits a second that a participant sends, and the share of one core that each of them takes."""

    uplinks: list[float]
    cpu: float


def crowd(browser: Chromium, target: Target, size: int) -> list[Page]:
    """So many people in a call, as it is once everything has settled."""
    pages = [open_page(browser, target, script=LISTEN) for _ in range(size)]
    for number, page in enumerate(pages):
        page.click(target.button)
        frames(page, number)
    for page in pages:
        frames(page, size - 1)
    time.sleep(SETTLING)
    return pages


def load(pages: list[Page]) -> Load:
    before, busy = [sent(page) for page in pages], processor()
    time.sleep(MEASURED)
    taken = processor() - busy
    after = [sent(page) for page in pages]
    uplinks = [(now - then) * 8 / 1000 / MEASURED for now, then in zip(after, before, strict=True)]
    return Load(uplinks, taken / MEASURED / len(pages))


def uplink_to_onlookers(server: Product, people: int) -> tuple[float, list[str]]:
    """Kilobits a second that one participant sends to all the others, who have neither camera nor
    microphone, and what holds the browser back, if anything does ("cpu", "bandwidth").

    One machine cannot encode what eight send each other, but it can encode what one of them sends. Nobody
    asks for a smaller picture, so with nothing that holds it back this is the most.
    """
    target = rooms(server, "")
    others = [Participant(f"Onlooker {number}") for number in range(1, people)]
    with chromium() as browser:
        page = open_page(browser, target, script=LISTEN)
        page.click(target.button)
        try:
            for one in others:
                one.join(target.url)
            page.until(f"{CONNECTED} === {len(others)}")
            time.sleep(SETTLING)
            before = sent(page)
            time.sleep(MEASURED)
            return (sent(page) - before) * 8 / 1000 / MEASURED, page.run(HELD_BACK)
        finally:
            for one in others:
                one.close()


def sent(page: Page, kind: str = "all") -> int:
    return sum(int(one[kind]) for one in page.run(SENT))


def pictures_for_nobody(pages: list[Page]) -> float:
    """Kilobits a second of pictures that one participant sends while all the others look away."""
    for page in pages[1:]:
        page.run(HIDE)
    time.sleep(LOOKED_AWAY)
    before = sent(pages[0], "pictures")
    time.sleep(MEASURED)
    return (sent(pages[0], "pictures") - before) * 8 / 1000 / MEASURED


def sharpening(page: Page) -> str:
    """Milliseconds from making a tile large to the first frame that is larger, in words."""
    taken: float | None = page.run(GROW)
    # On a machine that can encode no larger one.
    return "none within 30 s" if taken is None else f"{taken:.0f} ms"


def processor() -> float:
    """Seconds that all processes of the browser have taken so far (Linux: /proc)."""
    return sum(map(cpu_seconds, browser_processes()))


def browser_processes(of: int | None = None) -> list[int]:
    """All those that this process has started, or another, however many steps down (Linux: /proc)."""
    parents: dict[int, int] = {}
    browsers: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (process / "stat").read_text().rpartition(")")
        except OSError:
            continue  # it has just ended
        number = int(process.name)
        parents[number] = int(rest.split()[1])
        if "chrom" in name or "headless" in name:
            browsers.append(number)
    first = os.getpid() if of is None else of
    return [number for number in browsers if number == first or first in ancestors(number, parents)]


def ancestors(process: int, parents: dict[int, int]) -> Iterator[int]:
    while process := parents.get(process, 0):
        yield process


def run(sizes: tuple[int, ...] = (4,)) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| | product | bare page | ratio |"
    yield "|---|---:|---:|---:|"
    for size in sizes:
        with chromium() as browser, bare() as url, product() as [server]:
            pages = crowd(browser, rooms(server, url), size)
            ours, sharp, hidden = load(pages), sharpening(pages[1]), pictures_for_nobody(pages)
            close(pages)
            pages = crowd(browser, rooms(None, url), size)
            theirs = load(pages)
            close(pages)
        a, b = statistics.median(ours.uplinks), statistics.median(theirs.uplinks)
        yield f"| uplink per participant, {size} in grid | {a:.0f} kbit/s | {b:.0f} kbit/s | {a / b:.2f} |"
        most = f"{max(ours.uplinks):.0f} kbit/s | {max(theirs.uplinks):.0f} kbit/s"
        yield f"| the most of any of them | {most} | |"
        yield f"| a tile is made large, to its first larger frame, {size} people | {sharp} | | |"
        yield f"| pictures while nobody looks | {hidden:.0f} kbit/s | | |"
        share = f"{ours.cpu:.2f} | {theirs.cpu:.2f} | {ours.cpu / theirs.cpu:.2f}"
        yield f"| processor per participant, {size} in grid, cores | {share} |"
    with product() as [server]:
        uplink, reasons = uplink_to_onlookers(server, ONLOOKERS + 1)
        held = f", held back by {' and '.join(reasons)}" if reasons else ""
        yield f"| uplink of one to {ONLOOKERS} who only look | {uplink:.0f} kbit/s{held} | | |"
