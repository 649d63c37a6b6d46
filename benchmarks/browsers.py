"""From a click or a link to faces, and what a cold room page weighs; product and bare page in turn."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.chromium import executable
from benchmarks.servers import Product, bare, product

T = TypeVar("T")

ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
]
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
# What loads when somebody has entered is loaded by then (milliseconds).
A_WHILE = 1500


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

    inside: Browser
    joiner: Browser


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


def new_page(browser: Browser) -> Page:
    """Of a person who has never been here."""
    return browser.new_context(permissions=["camera", "microphone"]).new_page()


def open_page(browser: Browser, target: Target, *, script: str = "") -> Page:
    """A page of a new person, standing before the click with the camera open; `script` is put into it."""
    page = new_page(browser)
    page.add_init_script(STOPWATCH + script)
    page.goto(target.url)
    if target.name == "product":
        page.get_by_label("Your name").fill(f"Guest {id(page) % 1000}")
    until(page, "document.querySelector('video')?.videoWidth > 0")
    page.wait_for_selector(target.button + ":enabled")
    return page


def until(page: Page, condition: str, seconds: float = 60) -> None:
    """Wait for a condition in the page; wait_for_function needs `eval`, which our policy forbids."""
    script = """async ([seconds]) => {
        const end = performance.now() + seconds * 1000;
        while (!(CONDITION)) {
            if (performance.now() > end) throw new Error("waited in vain");
            await new Promise((done) => setTimeout(done, 10));
        }
    }"""
    page.evaluate(script.replace("CONDITION", condition), [seconds])


def frames(page: Page, count: int) -> list[float]:
    until(page, f"framesAt.length >= {count}")
    return list(page.evaluate("framesAt"))


def close(pages: list[Page]) -> None:
    for page in pages:
        page.context.close()


def warmed(homes: Homes, target: Target) -> tuple[float, float]:
    """Milliseconds from the joiner's click to the first remote frame, at the joiner and inside.

    The joiner has stood before the click for a while; the product's page is connected by then.
    """
    inside = enter(homes, target)
    joiner = open_page(homes.joiner, target, script=LISTEN)
    if target.name == "product":
        for page in (inside, joiner):
            until(page, STANDS_READY)
    joiner.wait_for_timeout(A_WHILE)
    joiner.click(target.button)
    return first_frames(joiner, inside, since="clickedAt")


def straight(homes: Homes, target: Target) -> tuple[float, float]:
    """Milliseconds from following the link to the first remote frame, at the joiner and inside."""
    inside = enter(homes, target)
    inside.wait_for_timeout(A_WHILE)
    joiner = new_page(homes.joiner)
    hurry = HURRY.replace("BUTTON", target.button).replace("LISTENING", target.listening)
    joiner.add_init_script(STOPWATCH + hurry)
    joiner.goto(target.url, wait_until="commit")
    return first_frames(joiner, inside, since="performance.timeOrigin")


def enter(homes: Homes, target: Target) -> Page:
    inside = open_page(homes.inside, target, script=LISTEN)
    inside.click(target.button)
    return inside


def first_frames(joiner: Page, inside: Page, *, since: str) -> tuple[float, float]:
    at_joiner, at_inside = frames(joiner, 1)[0], frames(inside, 1)[0]
    start: float = joiner.evaluate(since)
    close([inside, joiner])
    return at_joiner - start, at_inside - start


def mesh(browser: Browser, target: Target, size: int, *, together: bool) -> float:
    """Milliseconds until everybody sees everybody, from the last click (or from the first, all at once)."""
    pages = [open_page(browser, target) for _ in range(size)]
    if together:
        for page in pages:
            page.evaluate(f"setTimeout(() => document.querySelector({target.button!r}).click(), 0)")
    else:
        for page in pages[:-1]:
            page.click(target.button)
        for page in pages[:-1]:
            frames(page, size - 2)
        pages[-1].click(target.button)
    complete = max(max(frames(page, size - 1)) for page in pages)
    clicks: list[float] = [page.evaluate("clickedAt") for page in pages]
    close(pages)
    return complete - (min(clicks) if together else clicks[-1])


def weight(browser: Browser, url: str) -> tuple[int, int, set[str]]:
    """Bytes on the wire, requests and hosts of a cold visit to a room page, until the camera shows."""
    page = new_page(browser)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    hosts: set[str] = set()

    def note(event: dict[str, Any]) -> None:
        # The picture of a `data:` address comes with its sheet.
        if event["encodedDataLength"] > 0:
            sizes.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", note)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if "://" in request.url else None)
    page.goto(url)
    until(page, "document.querySelector('video')?.videoWidth > 0")
    page.wait_for_load_state("networkidle")
    page.context.close()
    return int(sum(sizes)), len(sizes), hosts


def rooms(server: Product | None, url: str) -> Target:
    """The page to measure: the bare one, or a new room of the product."""
    if server is None:
        return Target("bare", url, "#join", "!button.disabled")
    url = f"{server.url}{server.meeting()}/"
    return Target("product", url, ".entrance button.button-primary", "!button.disabled")


def in_turn(measure: Callable[[Target], T], server: Product, url: str, rounds: int) -> dict[str, list[T]]:
    """What is measured of the product and of the bare page, one after the other, so often."""
    found: dict[str, list[T]] = {"product": [], "bare": []}
    for _ in range(rounds):
        for target in (rooms(server, url), rooms(None, url)):
            found[target.name].append(measure(target))
    return found


def row(what: str, ours: Sequence[float], theirs: Sequence[float], goal: float) -> str:
    a, b = statistics.median(ours), statistics.median(theirs)
    return f"| {what} | {a:.0f} ms | {b:.0f} ms | {a / b:.2f} | {goal} |"


def joins(
    homes: Homes, server: Product, url: str, rounds: int, *, warmed_goal: float, straight_goal: float
) -> Iterator[str]:
    """The rows of joins of two."""
    for way, what, goal in (
        (warmed, "click to first remote frame, warmed at prejoin", warmed_goal),
        (straight, "straight from a link to first remote frame", straight_goal),
    ):
        found = in_turn(partial(way, homes), server, url, rounds)
        for index, who in enumerate(("joiner", "the one inside")):
            ours, theirs = ([times[index] for times in found[name]] for name in ("product", "bare"))
            yield row(f"{what}, {who}", ours, theirs, goal)


HEADER = ("| | product | bare page | ratio | goal, at most |", "|---|---:|---:|---:|---:|")


def run(rounds: int = 10) -> Iterator[str]:
    """The lines of Markdown tables."""
    with chromium() as browser, bare() as url, product() as [server]:
        open_page(browser, rooms(None, url)).context.close()  # the first page of a browser is slow
        size, requests, hosts = weight(browser, f"{server.url}{server.meeting()}/")
        yield from HEADER
        homes = Homes(browser, browser)
        yield from joins(homes, server, url, rounds, warmed_goal=0.5, straight_goal=1.15)
        for together, what in (
            (False, "complete mesh of 5, last one joins"),
            (True, "complete mesh of 5, all at once"),
        ):
            measured = partial(mesh, browser, size=5, together=together)
            found = in_turn(measured, server, url, max(3, rounds // 3))
            yield row(what, found["product"], found["bare"], 1.3)
        yield ""
        yield "| cold room page, until the camera shows | | goal, at most |"
        yield "|---|---:|---:|"
        yield f"| bytes on the wire | {size / 1000:.1f} kB | 80 kB |"
        yield f"| requests | {requests} | 40 |"
        yield f"| hosts of others | {len(hosts) - 1} | 0 |"
