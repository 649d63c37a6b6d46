"""The same bed as that of the browser tests, laid out in a lab with routers in it.

A lab needs a machine of its own kind; where there can be none, the run says so at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.browser.bed import Browsers
from tests.browser.media import GREEN, RED, Colour
from tests.browser.person import Person
from tests.left_out import LeaveOut
from tests.network import lab as laboratory
from tests.network.coturn import Coturn
from tests.network.lab import RELAY, SERVER, Lab
from tests.network.server import InternetServer

PATHS = Path(__file__).with_name("paths.js").read_text()


@pytest.fixture(scope="session")
def lab(leave_out: LeaveOut, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    if why := laboratory.obstacle():
        what = "calls through routers and firewalls, over lossy and narrow lines, and with changing addresses"
        leave_out(what, why)
    found = Lab(tmp_path_factory.mktemp("lab"))
    yield found
    found.remove()


@pytest.fixture(scope="session")
def relay(lab: Lab, coturn_program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """coturn in the internet, as deploy/coturn has it, on the ports that it has there."""
    found = Coturn(coturn_program, tmp_path_factory.mktemp("coturn"), RELAY, prefix=lab.internet.prefix)
    with found.running():
        yield found


@pytest.fixture(scope="session")
def server(lab: Lab, relay: Coturn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InternetServer]:
    found = InternetServer(tmp_path_factory.mktemp("internet"), lab, relay)
    found.start()
    yield found
    found.stop()


class LabBrowsers(Browsers):
    """Alice's and Bob's run on their computers."""

    def __init__(self, lab: Lab, relay: Coturn, *parts: Any) -> None:
        super().__init__(*parts)
        self._homes = {RED: lab.alice, GREEN: lab.bob}
        self.arguments = [
            # There is nobody in this internet who would sign a certificate for the pages, but by this name
            # they are secure without one …
            f"--host-resolver-rules=MAP localhost {SERVER}",
            # … and the relay has signed its own.
            f"--ignore-certificate-errors-spki-list={relay.fingerprint}",
        ]

    def program_of(self, colour: Colour) -> str:
        return self._homes[colour].program(super().program_of(colour))


@pytest.fixture(scope="session")
def browsers(
    lab: Lab, relay: Coturn, playwright: Playwright, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browsers]:
    found = LabBrowsers(lab, relay, playwright, chromium, tmp_path_factory.mktemp("media"))
    yield found
    found.close()


@pytest.fixture
def server_settings() -> dict[str, str]:
    """What the server of a test is to have in its environment."""
    return {}


@pytest.fixture(autouse=True)
def _as_usual(request: pytest.FixtureRequest) -> None:
    """Each test begins with what most people have at home, and with the server that it wants."""
    if "visitor" in request.fixturenames:
        request.getfixturevalue("lab").reset()
        request.getfixturevalue("server").adopt(request.getfixturevalue("server_settings"))


@pytest.fixture
def alice(visitor: Callable[..., Person]) -> Person:
    """She organizes, and has an account."""
    return watched(visitor("Alice", account=True))


@pytest.fixture
def bob(visitor: Callable[..., Person]) -> Person:
    """He is invited, and has no account."""
    return watched(visitor("Bob"))


def watched(person: Person) -> Person:
    person.begin_pages_with(PATHS)
    return person
