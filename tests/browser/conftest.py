"""The cast, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    found = Firefox(tmp_path_factory.mktemp("firefox"))
    yield found
    found.close()


@pytest.fixture
def fiona(firefox: Firefox) -> Iterator[FirefoxUser]:
    """She uses Firefox, and has no account."""
    with firefox.fresh_page():
        yield FirefoxUser("Fiona", firefox)
