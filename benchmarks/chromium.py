"""The browser that is measured with, driven by its own protocol and watched by nobody.

A test tool listens to every request of a page and passes each event on through processes of its own, in the
very moments that are measured: beside Playwright the product's page, with its 36 requests, took half as long
again on two cores, and the bare page, with one, hardly longer. Here a page is told something and asked
whether something has happened, which it looks for itself a hundred times a second, and no more.

The protocol (https://chromedevtools.github.io/devtools-protocol/) goes through two pipes, so that a browser
in another network namespace is driven like any other.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    # Without one, drawing is cheaper than what imitates one.
    "--disable-gpu",
    "--window-size=1280,720",
    "--hide-scrollbars",
    "--mute-audio",
    "--no-first-run",
    "--disable-background-networking",
    # Everybody looks at their page.
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
# A page that answers nothing for so long is dead (seconds); `Page.until` is given up sooner.
PATIENCE = 90
# Where the browser expects its pipes.
READS, WRITES = 3, 4
# File descriptors from here on cannot be in the way of those two.
CLEAR = 10
# In a new process, since nothing may run between fork and exec that takes a lock.
TAKE_PIPES = "import os, sys; os.dup2({0}, {2}); os.dup2({1}, {3}); os.execvp(sys.argv[1], sys.argv[1:])"


def executable() -> str:
    """The path of a Chromium, from $CHROMIUM or the search path."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise SystemExit("No Chromium found. Set CHROMIUM to its path, or run `./run test` once.")
    return found


class Chromium:
    """A running browser."""

    def __init__(self, pid: int, reads: int, writes: int, complaints: Path) -> None:
        self.pid = pid
        self._reads, self._writes = reads, writes
        # What it writes to its standard error.
        self._complaints = complaints
        self._numbers = itertools.count(1)
        self._messages: deque[dict[str, Any]] = deque()
        self._rest = b""
        # What sessions are told without having asked, if they want to be.
        self._heard: dict[str, list[dict[str, Any]]] = {}

    def page(self, script: str = "") -> Page:
        """An empty page of somebody who has never been anywhere; `script` runs first in what it opens."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, context, session)
        page.send("Page.enable")
        page.send("Page.addScriptToEvaluateOnNewDocument", source=script)
        return page

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The browser's answer to a command. Raises RuntimeError if it refuses or has ended, TimeoutError."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": params}
        if session is not None:
            command["sessionId"] = session
        data = json.dumps(command).encode() + b"\0"
        while data:
            try:
                data = data[os.write(self._writes, data) :]
            except BrokenPipeError:
                raise self._ended() from None
        while True:
            message = self._receive(method)
            if message.get("id") == number:
                break
            if "method" in message:
                self._heard.setdefault(message.get("sessionId", ""), []).append(message)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        answer: dict[str, Any] = message["result"]
        return answer

    def heard(self, session: str) -> list[dict[str, Any]]:
        """The events of a session since somebody last asked."""
        return self._heard.pop(session, [])

    def _receive(self, method: str) -> dict[str, Any]:
        while not self._messages:
            if not select.select([self._reads], [], [], PATIENCE)[0]:
                raise TimeoutError(f"no answer to {method}")
            data = os.read(self._reads, 1 << 20)
            if not data:
                raise self._ended()
            *whole, self._rest = (self._rest + data).split(b"\0")
            self._messages.extend(map(json.loads, whole))
        return self._messages.popleft()

    def _ended(self) -> RuntimeError:
        return RuntimeError(f"the browser has ended: {self._complaints.read_text(errors='replace')[-2000:]}")


class Page:
    """One page of one person."""

    def __init__(self, browser: Chromium, context: str, session: str) -> None:
        self._browser = browser
        self._context = context
        self._session = session

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """The page's answer to a command of the protocol."""
        return self._browser.send(method, self._session, **params)

    def heard(self) -> list[dict[str, Any]]:
        """Events of the domains that were enabled, since somebody last asked."""
        self.run("0")  # what has happened until now
        return self._browser.heard(self._session)

    def go(self, url: str) -> None:
        """Follow a link, and do not wait for anything."""
        failed = self.send("Page.navigate", url=url).get("errorText")
        if failed:
            raise RuntimeError(f"{url}: {failed}")

    def run(self, expression: str, *, by_hand: bool = False) -> Any:
        """The value of an expression in the page, or what its promise is kept with.

        `by_hand`: as if its person did it, for whom the browser lets a page do more.
        """
        answer = self.send(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=by_hand,
        )
        if failed := answer.get("exceptionDetails"):
            raise RuntimeError(failed.get("exception", {}).get("description", failed["text"]))
        return answer["result"].get("value")

    def until(self, condition: str, seconds: float = 60) -> None:
        """Wait for a condition in the page. Raises TimeoutError."""
        came = self.run(
            f"""(async () => {{
              const end = performance.now() + {seconds * 1000};
              while (!({condition})) {{
                if (performance.now() > end) return false;
                await new Promise((done) => setTimeout(done, 10));
              }}
              return true;
            }})()"""
        )
        if not came:
            raise TimeoutError(f"waited in vain for {condition}")

    def click(self, selector: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).click()", by_hand=True)

    def close(self) -> None:
        self._browser.send("Target.disposeBrowserContext", browserContextId=self._context)
        self._browser.heard(self._session)


@contextmanager
def chromium(program: str | None = None, arguments: Sequence[str] = ()) -> Iterator[Chromium]:
    """A new browser; `program` starts it, if it is not `executable`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        ours_to_theirs, theirs_to_ours = _pipe(), _pipe()
        theirs = ours_to_theirs[0], theirs_to_ours[1]
        take_pipes = TAKE_PIPES.format(*theirs, READS, WRITES)
        complaints = Path(profile, "complaints")
        browser = subprocess.Popen(
            [
                *(sys.executable, "-c", take_pipes, program or executable()),
                *(*ARGUMENTS, *arguments, f"--user-data-dir={profile}", "--remote-debugging-pipe"),
            ],
            pass_fds=theirs,
            stdout=subprocess.DEVNULL,
            stderr=complaints.open("wb"),
        )
        for end in theirs:
            os.close(end)
        running = Chromium(browser.pid, theirs_to_ours[0], ours_to_theirs[1], complaints)
        try:
            running.send("Browser.getVersion")  # it is there
            yield running
        finally:
            # Without its pipes it ends by itself.
            os.close(ours_to_theirs[1])
            os.close(theirs_to_ours[0])
            try:
                browser.wait(15)
            except subprocess.TimeoutExpired:
                browser.kill()
                browser.wait()


def _pipe() -> tuple[int, int]:
    """The ends to read from and to write to, out of the way."""
    ends = os.pipe()
    reads, writes = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, CLEAR) for end in ends)
    for end in ends:
        os.close(end)
    return reads, writes
