"""Reading the letters that an account gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.core.cache import cache

from outbox.delivery import deliver_due


@pytest.fixture
def letters(db) -> Callable[[], list[mail.EmailMessage]]:
    """`letters()`: deliver what is due; all letters so far, oldest first."""

    def delivered() -> list[mail.EmailMessage]:
        deliver_due("test")
        return mail.outbox

    return delivered


@pytest.fixture
def code(letters) -> Callable[[], str]:
    """`code()`: the code in the newest letter."""

    def newest() -> str:
        found = re.search(r"^    ([A-Z0-9]{6})$", str(letters()[-1].body), re.MULTILINE)
        assert found, letters()[-1].body
        return found[1]

    return newest


@pytest.fixture(autouse=True)
def _forget_limits() -> Iterator[None]:
    """What the limits count is kept in the cache."""
    yield
    cache.clear()
