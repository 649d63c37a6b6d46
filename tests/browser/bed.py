"""The bed of the browser tests: one real server, a browser per colour, an empty context per person.

Whatever a page reports as an error fails the test. After a failure, `test-results/` holds a picture of
every page, the consoles and the server's log.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests import programs
from tests.browser.media import BLUE, GREEN, RED, YELLOW, Colour, camera_file, microphone_file
from tests.browser.person import OBSERVE, Person
from tests.browser.server import ROOT, Server, descendants_of

RESULTS = ROOT / "test-results"
CAST = {"Alice": RED, "Bob": GREEN, "Carol": BLUE, "Dave": YELLOW}

FAKE_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
# What a browser is told when there is something wrong with the devices of the person.
TROUBLES = {
    "denied": ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"],
    "missing": ["--use-fake-ui-for-media-stream"],
    "busy": FAKE_DEVICES,
    "held back": FAKE_DEVICES,
    # The films are small; Chromium's own pattern comes in any size.
    "no film": FAKE_DEVICES,
    # The second of Chromium's (fake_device_1) is for depth, in 16 bits of grey: a page can show it, and no
    # encoder takes it.
    "three cameras": ["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"],
}
# With these, nothing of somebody is seen or heard.
WITHOUT = {"denied", "missing"}
# The headless shell gives devices another id for each page, so that none can be found again.
WHOLE = {"three cameras"}
# No fake camera is ever busy, so the page is told what Chromium says when a real one is.
BUSY_CAMERA = """(() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.video) throw new DOMException("Could not start video source", "NotReadableError");
    return ask(wanted);
  };
})();"""

# Of several cameras some are busy: those whose label the test says (`take`), also after a reload.
SOME_BUSY = """(() => {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  const busy = () => JSON.parse(sessionStorage.getItem("test:busy") ?? "[]");
  window.take = (...labels) => sessionStorage.setItem("test:busy", JSON.stringify(labels));
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    if (!stream.getTracks().some(({ label }) => busy().includes(label))) return stream;
    for (const track of stream.getTracks()) track.stop();
    throw new DOMException("Could not start video source", "NotReadableError");
  };
})();"""

# After a reload Chromium holds sound back on some days and not on others; this one always does.
SOUND_HELD_BACK = """(() => {
  let touched = false;
  const touch = () => (touched = true);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touch, { capture: true });
  const play = HTMLMediaElement.prototype.play;
  HTMLAudioElement.prototype.play = async function () {
    if (!touched) throw new DOMException("play() needs a gesture", "NotAllowedError");
    return play.call(this);
  };
})();"""


class Browsers:
    """Chromium processes, started when first asked for: a process has one fake camera."""

    arguments: Sequence[str] = ()

    def __init__(self, playwright: Playwright, program: str, folder: Path) -> None:
        self._playwright, self._program, self._folder = playwright, program, folder
        self._running: dict[str, Browser] = {}

    def of(self, colour: Colour, trouble: str = "") -> Browser:
        name = trouble or colour.name
        if name not in self._running:
            files = [
                f"--use-file-for-fake-video-capture={camera_file(colour, self._folder)}",
                f"--use-file-for-fake-audio-capture={microphone_file(colour, self._folder)}",
            ]
            self._running[name] = self._playwright.chromium.launch(
                executable_path=programs.chromium() if trouble in WHOLE else self.program_of(colour),
                args=[
                    # A page that was reloaded has not been clicked, and Chromium sometimes minds.
                    "--autoplay-policy=no-user-gesture-required",
                    *(TROUBLES[trouble] if trouble else FAKE_DEVICES + files),
                    "--disable-background-networking",
                    *self.arguments,
                    # Chromium's sandbox does not start for root.
                    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
                ],
            )
        return self._running[name]

    def program_of(self, colour: Colour) -> str:
        return self._program

    @contextmanager
    def asleep(self, colour: Colour) -> Iterator[None]:
        """While the block lasts, the whole browser stands still, as on a computer whose lid is closed."""
        film = f"--use-file-for-fake-video-capture={self._folder / colour.name}.y4m"
        # A script may have started the program, with the same arguments.
        started = [pid for pid, command in descendants_of(os.getpid()) if film in command]
        everything = {*started, *(pid for program in started for pid, _ in descendants_of(program))}
        assert everything, f"{colour.name} has a browser"
        for pid in everything:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in everything:
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        for browser in self._running.values():
            browser.close()


class Contexts:
    """What browsers hold of people. Once it is emptied, somebody of another test has it.

    What it has fetched of our pages stays in it, as with anybody who has been here before: that is a fifth of
    what it costs to open a room.
    """

    def __init__(self) -> None:
        self._kinds: dict[BrowserContext, str] = {}
        self._free: defaultdict[str, list[BrowserContext]] = defaultdict(list)

    def of(self, browser: Browser, url: str, options: dict[str, Any]) -> BrowserContext:
        """With these options, and for the server of this address."""
        kind = f"{id(browser)} {url} {sorted(options.items())}"
        if self._free[kind]:
            return self._free[kind].pop()
        context = browser.new_context(**options)
        context.add_init_script(OBSERVE)
        context.set_default_timeout(20_000)
        self._kinds[context] = kind
        return context

    def take_back(self, somebody: Person, *, is_wanted: bool) -> None:
        context = somebody.context
        kind = self._kinds.pop(context)
        if not is_wanted or somebody.is_changed:
            context.close()
            return
        somebody.go_away()
        self._kinds[context] = kind
        self._free[kind].append(context)


@pytest.fixture(scope="session")
def chromium() -> str:
    return programs.headless_chromium()


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Playwright]:
    """There can be but one at a time. It comes after the search for the browser, which may need one too."""
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browsers(
    playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browsers]:
    found = Browsers(playwright, chromium, tmp_path_factory.mktemp("media"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("server"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def contexts() -> Contexts:
    """They end with their browsers."""
    return Contexts()


@pytest.fixture(scope="session")
def accounts_made() -> dict[str, Any]:
    """Cookies of those who have signed up, so that each does it once."""
    return {}


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest,
    browsers: Browsers,
    contexts: Contexts,
    server: Server,
    accounts_made: dict[str, Any],
) -> Iterator[Callable[..., Person]]:
    """`visitor("Alice")`: somebody of the cast in a browser of their own.

    With camera and microphone where the test says so (`pytest.mark.devices`): all of them, or those it names.
    `account` signs them in; `trouble` spoils their devices; `at` is the server, if it is another one.
    """
    present: list[Person] = []

    def arrive(
        name: str, *, account: bool = False, trouble: str = "", at: Server = server, **options: Any
    ) -> Person:
        wanted = request.node.get_closest_marker("devices")
        if not trouble and (wanted is None or (wanted.args and name not in wanted.args)):
            trouble = "missing"
        # Beside another test, four would have too little of the machine.
        assert len(present) < 3 or wanted is None or request.node.get_closest_marker("alone"), (
            "Mark this test: pytest.mark.alone."
        )
        colour = CAST[name]
        key = f"{name} {at.url}"
        options = {
            "viewport": {"width": 1280, "height": 800},
            "locale": "en-GB",
            "timezone_id": "Europe/Berlin",
        } | options
        context = contexts.of(browsers.of(colour, trouble), at.url, options)
        somebody = Person(name, colour, context, at, has_devices=trouble not in WITHOUT)
        present.append(somebody)
        for spoilt, script in (
            ("busy", BUSY_CAMERA),
            ("held back", SOUND_HELD_BACK),
            ("three cameras", SOME_BUSY),
        ):
            if trouble == spoilt:
                somebody.begin_pages_with(script)
        if account and key not in accounts_made:
            somebody.sign_up()
            accounts_made[key] = somebody.context.cookies()
        elif account:
            somebody.context.add_cookies(accounts_made[key])
        return somebody

    yield arrive

    failed = getattr(request.node, "failed", False)
    errors = [f"{somebody.name}: {line}" for somebody in present for line in somebody.errors]
    if failed or errors:
        keep_evidence(request.node.name, present)
    for somebody in present:
        contexts.take_back(somebody, is_wanted=not failed and somebody.server is server)
    if not failed:
        assert not errors, "The pages reported errors:\n" + "\n".join(errors)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.failed:
        item.failed = True  # type: ignore[attr-defined]
    return report


def keep_evidence(test: str, present: list[Person]) -> None:
    folder = RESULTS / re.sub(r"[^\w.-]+", "-", test)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for at, somebody in enumerate(present):
        name = f"{at}-{somebody.name.lower()}"
        for number, page in enumerate(somebody.context.pages):
            try:
                page.screenshot(path=folder / f"{name}-{number}.png", timeout=5000)
            except Exception as error:
                somebody.console.append(f"no screenshot: {error}")
        (folder / f"{name}.log").write_text("\n".join(somebody.console) + "\n")
        shutil.copy(somebody.server.log, folder / "server.log")
    print(f"Pictures and logs: {folder}", file=sys.stderr)
