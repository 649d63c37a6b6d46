"""How soon the page answers a hand while its chat has 5,000 messages, and more come."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

from benchmarks.browsers import LISTEN, close, frames, open_page, rooms
from benchmarks.chromium import Page, chromium
from benchmarks.servers import product
from tests.headless.participant import Participant
from tests.servers import wait_until

MESSAGES = 5_000
# Beside the one who is measured and the one who has the messages.
OTHERS = 2
# Somebody writes so many a second, as long as it is measured.
WRITTEN = 2
# All of it is there by then (seconds).
FETCHED = 180
TYPED = "How are you?"
# What the browser itself says of each input: until when it was answered, and until when that was painted
# (Event Timing).
WATCH = """(() => {
  window.inputs = [];
  new PerformanceObserver((list) => {
    for (const { name, startTime, processingEnd, duration } of list.getEntries()) {
      if (!/^(pointerdown|pointerup|click|keydown|keypress|input|keyup|beforeinput)$/.test(name)) continue;
      window.inputs.push({ name, answered: processingEnd - startTime, painted: duration });
    }
  }).observe({ type: "event", durationThreshold: 16, buffered: true });
})()"""
# More than a task that takes long, and less than a hand.
BETWEEN = 0.25
# The writer looks at nobody: to decode pictures in Python takes the cores that are measured.
NOTHING = {"height": 0, "large": False}
PLACE = """(() => {
  const { x, y, width, height } = document.querySelector(SELECTOR).getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
})()"""
OPENED = "!document.querySelector('#chat').hidden && document.querySelectorAll('#chat .message').length"


def press(page: Page, selector: str) -> None:
    """As a mouse does it, so that the browser measures it."""
    place = page.run(PLACE.replace("SELECTOR", f"'{selector}'"))
    for kind in ("mousePressed", "mouseReleased"):
        page.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)
    time.sleep(BETWEEN)


def types(page: Page, text: str) -> None:
    for letter in text:
        page.send("Input.dispatchKeyEvent", type="keyDown", key=letter, text=letter)
        page.send("Input.dispatchKeyEvent", type="keyUp", key=letter)
        time.sleep(BETWEEN)


def enter(page: Page) -> None:
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    page.send("Input.dispatchKeyEvent", type="keyDown", text="\r", **key)
    page.send("Input.dispatchKeyEvent", type="keyUp", **key)
    time.sleep(BETWEEN)


def worst(page: Page) -> tuple[float, float]:
    """Milliseconds until the worst of the inputs since the last look was answered, and was painted."""
    time.sleep(1)
    inputs = page.run("window.inputs.splice(0)")
    # What took less than 16 ms is not told.
    return (
        max((one["answered"] for one in inputs), default=0),
        max((one["painted"] for one in inputs), default=16),
    )


def tells_all(writer: Participant) -> None:
    for n in range(MESSAGES):
        writer.chat.write(
            writer, {"body": f"Number {n}: the boat leaves at **07:40**, @Guest, see https://example.org/{n}"}
        )


def reached(writer: Participant) -> int:
    return sum(pair.is_open for pair in list(writer.pairs.values()))


def has_all(writer: Participant) -> bool:
    """Who is measured, and is the first to come."""
    return any(pair.acknowledged.get("", 0) >= MESSAGES for pair in list(writer.pairs.values()))


def looks_at_nobody(writer: Participant, seq: int) -> None:
    writer.tells({"type": "view", "seq": seq, "camera": NOTHING, "screen": NOTHING})


def run() -> Iterator[str]:
    """The lines of a Markdown table."""
    is_over = threading.Event()
    found: dict[str, tuple[float, float]] = {}
    with (
        product() as [server],
        chromium() as theirs,
        chromium() as mine,
        # The first to go, while the server is still there to be told.
        closing(Participant("Writer", None)) as writer,
    ):
        target = rooms(server, "")
        writer.join(target.url)
        tells_all(writer)
        me = open_page(mine, target, script=LISTEN)
        me.click(target.button)
        wait_until(lambda: reached(writer) > 0, "the writer is connected", 60)
        looks_at_nobody(writer, 1)
        me.send("Emulation.setFocusEmulationEnabled", enabled=True)
        me.run(WATCH)
        press(me, "[data-control=people]")
        press(me, "[data-control=people]")
        found["while they come, of two in the call"] = worst(me)
        wait_until(lambda: has_all(writer), "who is measured has all of it", FETCHED)
        # The others get what is written from now on: to be told the rest by Python takes so much of two cores
        # that no call goes on beside it.
        writer.is_deaf = True
        pages = [open_page(theirs, target, script=LISTEN) for _ in range(OTHERS)]
        for page in pages:
            page.click(target.button)
        wait_until(lambda: reached(writer) > OTHERS, "the writer is connected to all", 60)
        looks_at_nobody(writer, 2)
        frames(me, OTHERS)

        def write() -> None:
            while not is_over.wait(1 / WRITTEN):
                writer.says("One more")

        writing = threading.Thread(target=write, daemon=True)
        writing.start()
        press(me, "[data-control=chat]")
        me.until(OPENED)
        found["the chat is opened"] = worst(me)
        press(me, "#chat textarea")
        types(me, TYPED)
        found["a letter is typed"] = worst(me)
        enter(me)
        found["what was typed is sent"] = worst(me)
        press(me, "#chat header .button:nth-of-type(1)")
        types(me, "boat 49")
        found["a letter is looked for"] = worst(me)
        is_over.set()
        writing.join()
        close([*pages, me])
    state = f"{2 + OTHERS} in the call, {MESSAGES:,} messages in the chat and {WRITTEN} more a second"
    yield f"| the page answers: {state} | answered | painted | goal |"
    yield "|---|---:|---:|---:|"
    for what, (answered, painted) in found.items():
        yield f"| {what} | {answered:.0f} ms | {painted:.0f} ms | 50 ms |"
