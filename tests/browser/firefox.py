"""Somebody who uses Firefox, driven over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/).

Playwright drives only a Firefox of its own; this is the one that people have.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests import programs
from tests.browser.media import HEIGHT, WIDTH
from tests.servers import answers, spare_port, wait_until

OBSERVE = Path(__file__).with_name("observe.js").read_text()
SECONDS = 40
PREFERENCES = {
    # A camera that shows a changing colour and a microphone that hums, given to whoever asks.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    # All are on one machine, which has no name service for hidden addresses.
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.peerconnection.ice.loopback": True,
    # All of a page is painted by the processor, and few see it.
    "layout.frame_rate": 15,
    "remote.prefs.recommended": True,
    "intl.accept_languages": "en-GB",
}


# Its camera takes what is asked for; the films of the others are as small (media.py).
SMALL_PICTURES = f"""(() => {{
  const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
  const small = {{ width: {WIDTH}, height: {HEIGHT} }};
  if (!ask) return;
  navigator.mediaDevices.getUserMedia = ({{ video, ...rest }}) =>
    ask(video ? {{ ...rest, video: {{ ...video, ...small }} }} : rest);
}})();"""


class Firefox:
    """A Firefox with one page. `preferences` are as in about:config."""

    def __init__(self, folder: Path, **preferences: bool | int) -> None:
        profile = folder / "profile"
        profile.mkdir(parents=True)
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in (PREFERENCES | preferences).items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        port = spare_port()
        self._log = (folder / "firefox.log").open("wb")
        self._process = subprocess.Popen(
            [
                *(programs.firefox(), "--headless", "--no-remote", "--profile", str(profile)),
                *("--remote-debugging-port", str(port)),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
        self._commands = 0
        wait_until(lambda: answers(port), "Firefox listens", 60)
        self._line: ClientConnection = connect(
            f"ws://127.0.0.1:{port}/session", max_size=None, compression=None, proxy=None
        )
        self._command("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        self._command(
            "script.addPreloadScript", functionDeclaration=f"() => {{ {OBSERVE}\n{SMALL_PICTURES} }}"
        )
        self._page = self._command("browsingContext.getTree")["contexts"][0]["context"]

    @contextmanager
    def fresh_page(self) -> Iterator[None]:
        """While the block lasts, its page is one of somebody who was never here."""
        container = self._command("browser.createUserContext")["userContext"]
        usual = self._page
        self._page = self._command("browsingContext.create", type="tab", userContext=container)["context"]
        yield
        self._page = usual
        self._command("browser.removeUserContext", userContext=container)

    def go(self, address: str) -> None:
        self._command("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def reload(self) -> None:
        self._command("browsingContext.reload", context=self._page, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """What the expression comes to, awaited; plain values only."""
        found = self._command(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._page},
            awaitPromise=True,
            userActivation=True,
        )
        if found["type"] == "exception":
            raise AssertionError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def wait(self, expression: str, seconds: float = SECONDS) -> None:
        wait_until(lambda: self.evaluate(expression), f"in Firefox: {expression}", seconds)

    def close(self) -> None:
        self._line.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _command(self, method: str, **parameters: Any) -> Any:
        self._commands += 1
        self._line.send(json.dumps({"id": self._commands, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._line.recv(SECONDS))
            if answer.get("id") == self._commands:
                assert answer["type"] == "success", answer
                return answer["result"]


class FirefoxUser:
    """What somebody with Firefox does in a call, and what they see and hear."""

    def __init__(self, name: str, firefox: Firefox) -> None:
        self.name, self.firefox = name, firefox

    def open(self, link: str) -> None:
        self.firefox.go(link)
        self._in_phase("prejoin")
        # Whether the camera may be used is decided by now, so that connections can stand ready.
        self.firefox.wait("document.querySelector('#prejoin video')?.videoWidth > 0")

    def join(self, link: str) -> None:
        self.ask(link)
        self._in_phase("joined")

    def ask(self, link: str) -> None:
        """As far as the click."""
        self.open(link)
        self.firefox.evaluate(
            f"""(() => {{
              const name = document.querySelector("#prejoin #name");
              name.value = {json.dumps(self.name)};
              name.dispatchEvent(new Event("input", {{ bubbles: true }}));
              document.querySelector("#prejoin form").requestSubmit();
            }})()"""
        )

    def reload(self) -> None:
        self.firefox.reload()
        self._in_phase("joined")

    def sees(self, name: str, rgb: tuple[int, int, int]) -> None:
        """The picture of this person has their colour and moves."""
        self.firefox.wait(f"({SEES})({json.dumps(name)}, {json.dumps(rgb)})")

    def hears_everybody(self) -> None:
        """Sound comes from each. Without a sound card Firefox does not let a page tell tones apart."""
        before = self._energies()
        wait_until(
            lambda: all(now > then + 0.001 for then, now in zip(before, self._energies(), strict=True)),
            f"{self.name} hears everybody",
            SECONDS,
        )

    def _energies(self) -> list[float]:
        found: list[float] = self.firefox.evaluate(ENERGIES)
        return found

    def open_chat(self) -> None:
        self.firefox.evaluate(
            """document.querySelector("#chat").hidden &&
              document.querySelector('[data-control="chat"]').click()"""
        )

    def says(self, text: str) -> None:
        self.open_chat()
        self.firefox.evaluate(
            f"""(() => {{
              const field = document.querySelector("#chat textarea");
              field.value = {json.dumps(text)};
              field.dispatchEvent(new Event("input", {{ bubbles: true }}));
              field.form.requestSubmit();
            }})()"""
        )

    def reads(self, text: str) -> None:
        self.open_chat()
        self.firefox.wait(f"document.querySelector('#chat').textContent.includes({json.dumps(text)})")

    def links(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.firefox.evaluate("window.observe.links()")
        return found

    def _in_phase(self, phase: str) -> None:
        self.firefox.wait(f"document.documentElement.dataset.phase === {json.dumps(phase)}")


# Whatever moves looks different five times; Firefox counts no frames of a stream.
SEES = """(name, rgb) => {
  const watch = ((window.watches ??= {})[name] ??= { prints: new Set() });
  const tiles = [...document.querySelectorAll("[data-participant]")];
  const tile = tiles.find((one) => one.textContent.includes(name));
  const now = window.observe.look(tile?.querySelector("video"));
  if (!now || (rgb && Math.hypot(...now.mean.map((value, at) => value - rgb[at])) > 80)) return false;
  watch.prints.add(now.print);
  return watch.prints.size >= 5;
}"""

# What has been heard on each connection (webrtc-stats: totalAudioEnergy).
ENERGIES = """Promise.all(window.observe.connections
  .filter(({ connectionState }) => connectionState === "connected")
  .map(async (connection) => {
    const heard = [...(await connection.getStats()).values()].filter(({ type }) => type === "inbound-rtp");
    return heard.reduce((sum, { totalAudioEnergy }) => sum + (totalAudioEnergy ?? 0), 0);
  }))"""
