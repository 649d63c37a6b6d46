"""The same bed as the browsers', and a participant without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import alice, bob  # noqa: F401
from tests.browser.media import BLUE
from tests.headless.participant import Participant


@pytest.fixture
def stranger() -> Iterator[Participant]:
    """Somebody whose client is not ours."""
    found = Participant("Stranger", BLUE)
    yield found
    found.close()
