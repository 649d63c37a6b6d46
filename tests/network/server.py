"""Roundtable in the internet of the lab."""

from __future__ import annotations

from pathlib import Path

from tests.browser.server import Server
from tests.network.coturn import Coturn
from tests.network.lab import Lab


class InternetServer(Server):
    """On port 80, told about the relay."""

    def __init__(self, folder: Path, lab: Lab, relay: Coturn, **environment: str) -> None:
        self._lab = lab
        # What browsers of the lab find there (conftest.py).
        url = "http://localhost"
        super().__init__(folder, PUBLIC_URL=url, **relay.settings(), **environment)
        self.port, self.url = 80, url
        self.options = ["--host", "0.0.0.0"]
        self._usual = self._environment

    def adopt(self, settings: dict[str, str]) -> None:
        """Have these beside the usual settings, by a new start if it has others."""
        if self._environment != self._usual | settings:
            self.stop()
            self._environment = self._usual | settings
            self.start()

    def command(self) -> list[str]:
        return [*self._lab.internet.prefix, *super().command()]
