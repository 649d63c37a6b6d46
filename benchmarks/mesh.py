"""What it costs to send one's picture to many: an encoder for each of them, and one for all, side by side."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.chromium import chromium
from benchmarks.load import browser_processes
from benchmarks.servers import ROOT, cpu_seconds, free_port, running
from benchmarks.soak import resident

# Until everybody has the size that they keep, as a larger picture comes when there has been room for a while
# (seconds).
SETTLING = 20
MEASURED = 10


@dataclass(frozen=True)
class Sending:
    """The sender's browser: share of one core and megabytes. The receivers: pictures a second that they
    decode (the least of them, and the one in the middle), lines of these, kilobits a second that come, key
    frames in ten seconds."""

    cpu: float
    memory: float
    least: float
    middle: float
    lines: int
    bitrate: float
    keys: float


COLUMNS = (
    "receivers", "encoders", "processor, one core", "memory", "fps, least", "fps, median", "lines",
    "kbit/s each", "key frames",
)  # fmt: skip


def run(sizes: tuple[int, ...] = (4, 8, 12, 16, 24)) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield f"|---:|---|{'---:|' * (len(COLUMNS) - 2)}"
    measured: dict[tuple[int, bool], Sending] = {}
    for size in sizes:
        for shares in False, True:
            found = measured[size, shares] = send(size, shares=shares)
            cells = (
                str(size), "one for all" if shares else "one each", f"{found.cpu:.0%}",
                f"{found.memory:.0f} MB", f"{found.least:.1f}", f"{found.middle:.1f}", str(found.lines),
                f"{found.bitrate:.0f}", f"{found.keys:.1f}",
            )  # fmt: skip
            yield f"| {' | '.join(cells)} |"
    first, last = min(sizes), max(sizes)
    if first < last:
        yield ""
        per = [
            (measured[last, shares].cpu - measured[first, shares].cpu) / (last - first)
            for shares in (False, True)
        ]
        yield f"Each further receiver: {per[0]:.1%} of a core with its own, {per[1]:.1%} with one for all."


def send(size: int, *, shares: bool) -> Sending:
    """A camera's picture to so many who only look."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/benchmarks/bare/mesh.html?receivers={size}"
    serve = f'"{sys.executable}" -m http.server {port} --bind 127.0.0.1 --directory "{ROOT}"'
    command = ["sh", "-c", f"exec {serve} 2>/dev/null"]
    with ExitStack() as stack:
        stack.enter_context(running(command, url))
        mine, theirs = stack.enter_context(chromium()), stack.enter_context(chromium())
        sender, receiver = mine.page(), theirs.page()
        for page in sender, receiver:
            page.go(url)
            page.until("window.isReady")
        sender.run("open()")
        for number in range(size):
            offer = sender.run(f"offer('{number}', {json.dumps(shares)})")
            answer = receiver.run(f"answer('{number}', {json.dumps(offer)})")
            sender.run(f"accept('{number}', {json.dumps(answer)})")
        sender.until(f"isConnected({size})")
        if shares:
            sender.run("share()")
        time.sleep(SETTLING)
        processes = browser_processes(mine.pid)
        before, busy, began = receiver.run("received()"), sum(map(cpu_seconds, processes)), time.monotonic()
        time.sleep(MEASURED)
        taken, after = sum(map(cpu_seconds, processes)) - busy, receiver.run("received()")
        passed = time.monotonic() - began
        memory = sum(map(resident, processes))
    rises = [{name: now[name] - then[name] for name in now} for now, then in zip(after, before, strict=True)]
    rates = [rise["framesDecoded"] / passed for rise in rises]
    return Sending(
        cpu=taken / passed,
        memory=memory,
        least=min(rates),
        middle=statistics.median(rates),
        lines=statistics.mode(one["frameHeight"] for one in after),
        bitrate=statistics.mean(rise["bytesReceived"] for rise in rises) * 8 / 1000 / passed,
        keys=statistics.mean(rise["keyFramesDecoded"] for rise in rises) / passed * 10,
    )
