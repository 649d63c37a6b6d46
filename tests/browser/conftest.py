"""The cast, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.firefox import Firefox, FirefoxUser
from tests.browser.person import Person


@pytest.fixture
def alice(visitor: Callable[..., Person]) -> Person:
    """She organizes, and has an account."""
    return visitor("Alice", account=True)


@pytest.fixture
def bob(visitor: Callable[..., Person]) -> Person:
    """He is invited, and has no account."""
    return visitor("Bob")


@pytest.fixture
def carol(visitor: Callable[..., Person]) -> Person:
    return visitor("Carol")


@pytest.fixture
def dave(visitor: Callable[..., Person]) -> Person:
    return visitor("Dave")


@pytest.fixture
def fiona(tmp_path: Path) -> Iterator[FirefoxUser]:
    """She uses Firefox, and has no account."""
    firefox = Firefox(tmp_path / "firefox")
    yield FirefoxUser("Fiona", firefox)
    firefox.close()
