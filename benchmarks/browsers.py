"""From a click on Join to faces, and what a cold room page weighs; the product and the bare page in turn."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.chromium import executable
from benchmarks.servers import Product, bare, product

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


@dataclass(frozen=True)
class Target:
    """How to open one of the two pages, and where its Join button is."""

    name: str
    url: str
    button: str


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


def open_page(browser: Browser, target: Target, *, script: str = "") -> Page:
    """A page of a new person, standing before the click with the camera open; `script` is put into it."""
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
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


def pair(browser: Browser, target: Target) -> tuple[float, float]:
    """Milliseconds from the joiner's click to the first remote frame, at the joiner and inside."""
    inside, joiner = open_page(browser, target), open_page(browser, target)
    inside.click(target.button)
    inside.wait_for_timeout(500)  # a person who is inside has been there for a while
    joiner.click(target.button)
    at_joiner, at_inside = frames(joiner, 1)[0], frames(inside, 1)[0]
    clicked: float = joiner.evaluate("clickedAt")
    close([inside, joiner])
    return at_joiner - clicked, at_inside - clicked


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
    page = browser.new_context(permissions=["camera", "microphone"]).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    hosts: set[str] = set()
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if "://" in request.url else None)
    page.goto(url)
    until(page, "document.querySelector('video')?.videoWidth > 0")
    page.wait_for_load_state("networkidle")
    page.context.close()
    return int(sum(sizes)), len(sizes), hosts


def rooms(server: Product | None, url: str) -> Target:
    """The page to measure: the bare one, or a new room of the product."""
    if server is None:
        return Target("bare", url, "#join")
    return Target("product", f"{server.url}{server.meeting()}/", ".entrance button.button-primary")


def row(what: str, ours: list[float], theirs: list[float]) -> str:
    a, b = statistics.median(ours), statistics.median(theirs)
    return f"| {what} | {a:.0f} ms | {b:.0f} ms | {a / b:.2f} |"


def run(rounds: int = 10) -> Iterator[str]:
    """The lines of a Markdown table."""
    with chromium() as browser, bare() as url, product() as [server]:
        open_page(browser, rooms(None, url)).context.close()  # the first page of a browser is slow
        size, requests, hosts = weight(browser, f"{server.url}{server.meeting()}/")
        yield "| | product | bare page | ratio |"
        yield "|---|---:|---:|---:|"
        joins: dict[str, list[tuple[float, float]]] = {"product": [], "bare": []}
        for _ in range(rounds):
            for target in (rooms(server, url), rooms(None, url)):
                joins[target.name].append(pair(browser, target))
        for index, what in enumerate(("click to first remote frame, joiner", "the same, inside")):
            yield row(what, [j[index] for j in joins["product"]], [j[index] for j in joins["bare"]])
        for together, what in ((False, "mesh of 4, last one joins"), (True, "mesh of 4, all at once")):
            times: dict[str, list[float]] = {"product": [], "bare": []}
            for _ in range(max(3, rounds // 2)):
                for target in (rooms(server, url), rooms(None, url)):
                    times[target.name].append(mesh(browser, target, 4, together=together))
            yield row(what, times["product"], times["bare"])
        yield ""
        kilobytes = size / 1000
        yield f"Cold room page: {kilobytes:.1f} kB on the wire, {requests} requests, hosts: {len(hosts)}."
