"""What somebody says to series and to their dates. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """Answers to series and to dates, by number; one to a date takes the place of that to the whole there."""

    to_all: Mapping[int, str]
    to_one: Mapping[int, str]

    def to(self, series: int, date: int | None = None, *, silent: str = "NEEDS-ACTION") -> str:
        """What holds on a date of a series, or for the whole of it; `silent` where nothing was said.

        A meeting that is once has nothing but the whole.
        """
        own = None if date is None else self.to_one.get(date)
        return own or self.to_all.get(series, silent)
