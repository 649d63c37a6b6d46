"""Long lists, a page at a time, without counting all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

SIZE = 50
# Whoever wants to go further back than this is a program.
LAST = 10_000
NUMBER = re.compile(r"[0-9]{1,6}\Z")

Item = TypeVar("Item")
Entity = TypeVar("Entity", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Part of a list, and whether there is more."""

    items: list[Item]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def page(items: QuerySet[Entity], number: str | None, size: int = SIZE) -> Page[Entity]:
    """The page that the address asks for; the first one for anything that is no number."""
    at = min(max(int(number or 1), 1), LAST) if NUMBER.match(number or "") else 1
    start = (at - 1) * size
    # One more than is shown tells whether there is another page.
    found = list(items[start : start + size + 1])
    return Page(found[:size], at, len(found) > size)
