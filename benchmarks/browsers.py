"""From a click or a link to faces, and what a cold room page weighs; product and bare page in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from benchmarks.chromium import Chromium, Page, chromium
from benchmarks.servers import Product, bare, edition, product

T = TypeVar("T")

# Notes when Join is clicked, and when each remote picture shows its first frame, in Unix milliseconds.
STOPWATCH = """
window.clickedAt = 0;
window.framesAt = [];
const now = () => performance.timeOrigin + performance.now();
addEventListener("click", () => { window.clickedAt ||= now(); }, { capture: true });
const watched = new WeakSet();
new MutationObserver(() => {
  for (const video of document.querySelectorAll("video.remote, .tile:not([data-self]) video.camera")) {
    if (watched.has(video)) continue;
    watched.add(video);
    video.requestVideoFrameCallback(() => window.framesAt.push(now()));
  }
}).observe(document, { childList: true, subtree: true });
"""
# Known to the page as `connections`, so that they can be asked how they are and what they send.
LISTEN = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...parts) { super(...parts); window.connections.push(this); }
};
"""
STANDS_READY = "window.connections.some(({ connectionState }) => connectionState === 'connected')"
# Somebody who has a name and clicks as soon as a click does something.
HURRY = """
new MutationObserver((_, observer) => {
  const button = document.querySelector("BUTTON");
  if (!button || !(LISTENING)) return;
  observer.disconnect();
  const name = document.querySelector("#name");
  if (name) name.value = "Guest in a hurry";
  button.click();
}).observe(document, { attributes: true, childList: true, subtree: true });
"""
SEES_THEMSELVES = "document.querySelector('video')?.videoWidth > 0"
# What loads when somebody has entered is loaded by then (seconds).
A_WHILE = 1.5


@dataclass(frozen=True)
class Target:
    """How to open one of the two pages, where its Join button is, and whether that listens yet."""

    name: str
    url: str
    button: str
    listening: str


@dataclass(frozen=True)
class Homes:
    """The browsers of the one who is inside and of the one who joins; they may be the same."""

    inside: Chromium
    joiner: Chromium


def open_page(browser: Chromium, target: Target, *, script: str = "") -> Page:
    """A page of a new person, standing before the click with the camera open; `script` is put into it."""
    page = browser.page(STOPWATCH + script)
    page.go(target.url)
    page.until(f"document.querySelector('{target.button}:enabled') && {SEES_THEMSELVES}")
    if target.name == "product":
        page.run(f"document.querySelector('#name').value = 'Guest {id(page) % 1000}'")
    return page


def frames(page: Page, count: int) -> list[float]:
    page.until(f"framesAt.length >= {count}")
    return list(page.run("framesAt"))


def close(pages: list[Page]) -> None:
    for page in pages:
        page.close()


def warmed(homes: Homes, target: Target) -> tuple[float, float]:
    """Milliseconds from the joiner's click to the first remote frame, at the joiner and inside.

    The joiner has stood before the click for a while; the product's page is connected by then.
    """
    inside = enter(homes, target)
    joiner = open_page(homes.joiner, target, script=LISTEN)
    if target.name == "product":
        for page in (inside, joiner):
            page.until(STANDS_READY)
    time.sleep(A_WHILE)
    joiner.click(target.button)
    return first_frames(joiner, inside, since="clickedAt")


def straight(homes: Homes, target: Target) -> tuple[float, float]:
    """Milliseconds from following the link to the first remote frame, at the joiner and inside."""
    inside = enter(homes, target)
    hurry = HURRY.replace("BUTTON", target.button).replace("LISTENING", target.listening)
    joiner = homes.joiner.page(STOPWATCH + hurry)
    time.sleep(A_WHILE)
    joiner.go(target.url)
    return first_frames(joiner, inside, since="performance.timeOrigin")


def enter(homes: Homes, target: Target) -> Page:
    inside = open_page(homes.inside, target, script=LISTEN)
    inside.click(target.button)
    return inside


def first_frames(joiner: Page, inside: Page, *, since: str) -> tuple[float, float]:
    at_joiner, at_inside = frames(joiner, 1)[0], frames(inside, 1)[0]
    start: float = joiner.run(since)
    close([inside, joiner])
    return at_joiner - start, at_inside - start


def mesh(browser: Chromium, target: Target, size: int, *, together: bool) -> float:
    """Milliseconds until everybody sees everybody, from the last click (or from the first, all at once)."""
    pages = [open_page(browser, target) for _ in range(size)]
    if together:
        for page in pages:
            page.run(f"void setTimeout(() => document.querySelector({target.button!r}).click(), 0)")
    else:
        for page in pages[:-1]:
            page.click(target.button)
        for page in pages[:-1]:
            frames(page, size - 2)
        pages[-1].click(target.button)
    complete = max(max(frames(page, size - 1)) for page in pages)
    clicks: list[float] = [page.run("clickedAt") for page in pages]
    close(pages)
    return complete - (min(clicks) if together else clicks[-1])


@dataclass(frozen=True)
class Weight:
    """What a visit takes: bytes on the wire, requests, and the hosts that are asked."""

    size: int
    requests: int
    hosts: set[str]


def weights(browser: Chromium, url: str) -> tuple[Weight, Weight]:
    """Of a cold visit to a room page: until the camera shows, and with what comes before the click."""
    page = browser.page()
    page.send("Network.enable")
    page.go(url)
    page.until(f"document.readyState === 'complete' && {SEES_THEMSELVES}")
    events = page.heard()
    asked = {event["params"].get("requestId") for event in events}
    time.sleep(A_WHILE)  # what is on its way arrives
    events += page.heard()
    page.close()
    of_camera = [event for event in events if event["params"].get("requestId") in asked]
    return weigh(of_camera), weigh(events)


def weigh(events: list[dict[str, Any]]) -> Weight:
    def told(what: str) -> list[dict[str, Any]]:
        return [event["params"] for event in events if event["method"] == f"Network.{what}"]

    sizes = [one["encodedDataLength"] for one in told("loadingFinished")]
    # The picture of a `data:` address comes with its sheet.
    hosts = {urlsplit(one["request"]["url"]).netloc for one in told("requestWillBeSent")} - {""}
    return Weight(int(sum(sizes)), sum(size > 0 for size in sizes), hosts)


def rooms(server: Product | None, url: str) -> Target:
    """The page to measure: the bare one, or a new room of the product."""
    if server is None:
        return Target("bare", url, "#join", "!button.disabled")
    url = f"{server.url}{server.meeting()}/"
    return Target("product", url, ".entrance button.button-primary", "!button.disabled")


@dataclass(frozen=True)
class Field:
    """Who takes turns: today's product, the bare page at `url`, and an earlier edition if one was named."""

    product: Product
    url: str
    earlier: Product | None = None

    def targets(self) -> dict[str, Target]:
        """The pages of one round; the product's are of new rooms."""
        pages = {"product": rooms(self.product, self.url), "bare": rooms(None, self.url)}
        if self.earlier:
            pages["earlier"] = rooms(self.earlier, self.url)
        return pages

    def header(self) -> tuple[str, str]:
        more = self.earlier is not None
        return (
            "| | product | bare page | ratio | goal, at most |" + " earlier edition |" * more,
            "|---|---:|---:|---:|---:|" + "---:|" * more,
        )


def in_turn(measure: Callable[[Target], T], field: Field, rounds: int) -> dict[str, list[T]]:
    """What is measured of each, one after the other, so often."""
    found: dict[str, list[T]] = {}
    for _ in range(rounds):
        for name, target in field.targets().items():
            found.setdefault(name, []).append(measure(target))
    return found


def row(what: str, times: dict[str, list[float]], goal: float) -> str:
    medians = {name: statistics.median(measured) for name, measured in times.items()}
    ours, theirs = medians["product"], medians["bare"]
    line = f"| {what} | {ours:.0f} ms | {theirs:.0f} ms | {ours / theirs:.2f} | {goal} |"
    return line + f" {earlier:.0f} ms |" if (earlier := medians.get("earlier")) else line


def joins(
    homes: Homes, field: Field, rounds: int, *, warmed_goal: float, straight_goal: float
) -> Iterator[str]:
    """The rows of joins of two."""
    for way, what, goal in (
        (warmed, "click to first remote frame, warmed at prejoin", warmed_goal),
        (straight, "straight from a link to first remote frame", straight_goal),
    ):
        found = in_turn(partial(way, homes), field, rounds)
        for index, who in enumerate(("joiner", "the one inside")):
            times = {name: [pair[index] for pair in pairs] for name, pairs in found.items()}
            yield row(f"{what}, {who}", times, goal)


def run(rounds: int = 10, *, beside: str | None = None) -> Iterator[str]:
    """The lines of Markdown tables; `beside` is the revision of an earlier edition that takes turns too."""
    with ExitStack() as stack:
        browser, url = stack.enter_context(chromium()), stack.enter_context(bare())
        [server] = stack.enter_context(product())
        field = Field(server, url)
        if beside:
            root = stack.enter_context(edition(beside))
            field = Field(server, url, stack.enter_context(product(root=root))[0])
        open_page(browser, rooms(None, url)).close()  # the first page of a browser is slow
        at_camera, at_click = weights(browser, f"{server.url}{server.meeting()}/")
        yield from field.header()
        homes = Homes(browser, browser)
        yield from joins(homes, field, rounds, warmed_goal=0.5, straight_goal=1.15)
        for together, what in (
            (False, "complete mesh of 5, last one joins"),
            (True, "complete mesh of 5, all at once"),
        ):
            measured = partial(mesh, browser, size=5, together=together)
            yield row(what, in_turn(measured, field, max(3, rounds // 3)), 1.3)
        yield ""
        yield "| cold room page | until the camera shows | goal, at most | ready for the click |"
        yield "|---|---:|---:|---:|"
        sizes = [f"{one.size / 1000:.1f} kB" for one in (at_camera, at_click)]
        yield f"| bytes on the wire | {sizes[0]} | 80 kB | {sizes[1]} |"
        yield f"| requests | {at_camera.requests} | 40 | {at_click.requests} |"
        yield f"| hosts of others | {len(at_camera.hosts) - 1} | 0 | {len(at_click.hosts) - 1} |"
