"""A file from one browser to another, beside a channel that does nothing else; what voices do meanwhile."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.browsers import LISTEN, Target, close, frames, open_page, rooms
from benchmarks.chromium import Chromium, Page, chromium
from benchmarks.load import browser_processes
from benchmarks.servers import bare, product
from benchmarks.soak import resident

MEGABYTE = 1_000_000
RECEIVERS = 3
# Until pictures have the size and the rate that they keep (seconds).
SETTLING = 10
PATIENCE = 1_200
FRAME = 16_384

# The file is on the disk, so that it is in nobody's memory: it gets into the page by a field, and is dropped.
FIELD = "document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'bench' }))"
DROP = """(() => {
  const data = new DataTransfer();
  data.items.add(document.querySelector("#bench").files[0]);
  const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
  document.querySelector("#chat").dispatchEvent(event);
})()"""
OPEN_CHAT = "document.querySelector('#chat').hidden && document.querySelector('[data-control=chat]').click()"
SAVE = "document.querySelector('#chat .file .buttons .button')"
SAID = "document.querySelector('#chat .file small')?.textContent ?? ''"
# A page has it: notes when, in milliseconds by its own clock.
WATCH = """(() => {
  window.savedAt = 0;
  window.begunAt = performance.now();
  new MutationObserver(() => {
    if (!window.savedAt && (SAID).includes("saved")) window.savedAt = performance.now();
  }).observe(document.querySelector("#chat"), { childList: true, subtree: true, characterData: true });
})()""".replace("SAID", SAID)
# Of what is heard: the longest time in which no packet came, and what had to be made up in its place.
LISTEN_TO_VOICES = """(() => {
  const voices = window.voices = { gap: 0, concealed: 0, samples: 0, isOver: false };
  const lasts = new Map();
  (async () => {
    while (!voices.isOver) {
      for (const connection of window.connections) {
        if (connection.connectionState !== "connected") continue;
        for (const one of (await connection.getStats()).values()) {
          if (one.type !== "inbound-rtp" || one.kind !== "audio") continue;
          // When the last packet came, whenever the page got round to asking.
          const { packetsReceived: packets, totalSamplesReceived: samples } = one;
          const at = one.lastPacketReceivedTimestamp;
          const concealed = one.concealedSamples - one.silentConcealedSamples;
          const key = `${window.connections.indexOf(connection)} ${one.id}`;
          const last = lasts.get(key);
          lasts.set(key, { at, samples, concealed });
          if (!last || packets === 0) continue;
          voices.gap = Math.max(voices.gap, one.timestamp - at);
          voices.concealed += concealed - last.concealed;
          voices.samples += samples - last.samples;
        }
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
})()"""
# A channel beside the bare page's own: nothing is looked at, nothing is kept.
CHANNEL = """(() => {
  const connection = window.connections.findLast(({ connectionState }) => connectionState === "connected");
  const channel = window.channel = connection.createDataChannel("bytes", { negotiated: true, id: 5 });
  channel.binaryType = "arraybuffer";
  window.bytes = 0;
  channel.onmessage = ({ data }) => {
    window.begunAt ??= performance.now();
    window.bytes += data.byteLength;
    window.endedAt = performance.now();
  };
})()"""
POUR = """(async () => {
  const frame = new Uint8Array(FRAME);
  channel.bufferedAmountLowThreshold = 1 << 18;
  for (let sent = 0; sent < SIZE; sent += FRAME) {
    if (channel.bufferedAmount > 1 << 20) {
      await new Promise((low) => channel.addEventListener("bufferedamountlow", low, { once: true }));
    }
    channel.send(frame);
  }
})()"""


@dataclass(frozen=True)
class Passage:
    """Megabytes a second to each receiver; what voices did meanwhile, at the one of them who heard the worst
    (milliseconds without a packet) and at all (what was made up); megabytes of memory more than before."""

    rates: list[float]
    gap: float
    concealed: float
    sender: float
    receivers: float


def enter(browser: Chromium, target: Target) -> Page:
    page = open_page(browser, target, script=LISTEN)
    page.click(target.button)
    return page


def pass_on(target: Target, size: int, receivers: int, folder: Path) -> Passage:
    """A file of so many bytes to so many people, each of whom sees and hears all the others."""
    path = folder / f"{size}.bin"
    if not path.exists():
        with path.open("wb") as file:
            for part in range(size // MEGABYTE):
                file.write(part.to_bytes(4, "big") * (MEGABYTE // 4))
    with ExitStack() as stack:
        theirs = stack.enter_context(chromium())
        mine = stack.enter_context(chromium())
        theirs.send("Browser.setDownloadBehavior", behavior="deny")
        sender = enter(mine, target)
        pages = [enter(theirs, target) for _ in range(receivers)]
        for page in pages:
            frames(page, receivers)
        offer(sender, path)
        for page in pages:
            page.run(OPEN_CHAT)
            page.until(SAVE)
        time.sleep(SETTLING)
        before = memory(mine), memory(theirs)
        for page in pages:
            page.run(LISTEN_TO_VOICES)
            page.run(WATCH)
        for page in pages:
            page.run(f"{SAVE}.click()", by_hand=True)
        most = [0.0, 0.0]
        end = time.monotonic() + PATIENCE
        while not all(page.run("window.savedAt") for page in pages):
            if time.monotonic() > end:
                raise TimeoutError([page.run(SAID) for page in pages])
            most = [max(most[0], memory(mine)), max(most[1], memory(theirs))]
            time.sleep(1)
        taken: list[float] = [page.run("savedAt - begunAt") for page in pages]
        voices = [page.run("window.voices") for page in pages]
        close([sender, *pages])
    return Passage(
        [size / MEGABYTE / (one / 1000) for one in taken],
        max(one["gap"] for one in voices),
        sum(one["concealed"] for one in voices) / max(1, sum(one["samples"] for one in voices)),
        most[0] - before[0],
        most[1] - before[1],
    )


def offer(page: Page, path: Path) -> None:
    page.run(OPEN_CHAT)
    page.until("document.querySelector('#chat .attach')")
    page.run(FIELD)
    page.send("DOM.enable")
    root = page.send("DOM.getDocument")["root"]["nodeId"]
    field = page.send("DOM.querySelector", nodeId=root, selector="#bench")["nodeId"]
    page.send("DOM.setFileInputFiles", files=[str(path)], nodeId=field)
    page.run(DROP)
    page.until("document.querySelector('#chat .file')")


def pour(target: Target, size: int) -> float:
    """Megabytes a second by a data channel of the bare page."""
    with chromium() as theirs, chromium() as mine:
        sender, receiver = enter(mine, target), enter(theirs, target)
        frames(receiver, 1)
        time.sleep(SETTLING)
        for page in (receiver, sender):
            page.run(CHANNEL)
        for page in (receiver, sender):
            page.until("channel.readyState === 'open'")
        sender.run(f"void {POUR.replace('FRAME', str(FRAME)).replace('SIZE', str(size))}")
        receiver.until(f"window.bytes >= {size}", PATIENCE)
        taken: float = receiver.run("endedAt - begunAt")
        close([sender, receiver])
    return size / MEGABYTE / (taken / 1000)


def memory(browser: Chromium) -> float:
    return sum(map(resident, browser_processes(of=browser.pid)))


def run(megabytes: int = 200, large: int = 0) -> Iterator[str]:
    """The lines of a Markdown table. `large`: megabytes of one more file, for what it does to memory."""
    size = megabytes * MEGABYTE
    with tempfile.TemporaryDirectory() as name, bare() as url, product() as [server]:
        folder = Path(name)
        first = pour(rooms(None, url), size)
        one = pass_on(rooms(server, url), size, 1, folder)
        theirs = (first + pour(rooms(None, url), size)) / 2
        yield f"| a file of {megabytes} MB, with cameras and voices | product | bare channel | ratio |"
        yield "|---|---:|---:|---:|"
        rate = one.rates[0]
        yield f"| to one | {rate:.1f} MB/s | {theirs:.1f} MB/s | {rate / theirs:.2f} |"
        many = pass_on(rooms(server, url), size, RECEIVERS, folder)
        total = sum(many.rates)
        yield f"| to {RECEIVERS} at once, together | {total:.1f} MB/s | | {total / theirs:.2f} |"
        for words, found in (("to one", one), (f"to {RECEIVERS}", many)):
            heard = f"{found.gap:.0f} ms | {found.concealed:.2%} made up"
            yield f"| the longest time without a voice, {words} | {heard} | |"
            grown = f"{found.sender:.0f} MB | {found.receivers:.0f} MB at the receivers"
            yield f"| memory of the sender's browser, more than before, {words} | {grown} | |"
        if large:
            found = pass_on(rooms(server, url), large * MEGABYTE, 1, folder)
            grown = f"{found.sender:.0f} MB | {found.receivers:.0f} MB at the receiver"
            yield f"| the same with a file of {large} MB | {grown} | |"
