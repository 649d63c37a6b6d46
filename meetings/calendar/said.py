"""What somebody says to series and to their dates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")

SILENT = "NEEDS-ACTION"
# Beside the answers of RFC 5545: none to the whole, since each date has another of its own.
ONE_BY_ONE = "ONE-BY-ONE"


@dataclass(frozen=True)
class Said(Generic[A]):
    """Answers to series and to dates, by number; one to a date takes the place of that to the whole there.

    An answer is a word, or what else the caller keeps of it.
    """

    to_all: Mapping[int, A] = field(default_factory=dict)
    to_one: Mapping[int, A] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int | None, A]]) -> Said[A]:
        """Of rows of a series, a date or None, and an answer; of several to the same the last."""
        rows = list(rows)
        return Said(
            to_all={series: answer for series, date, answer in rows if date is None},
            to_one={date: answer for _, date, answer in rows if date is not None},
        )

    def holds(self, series: int, date: int | None = None) -> A | None:
        """What holds on a date of a series, or for the whole of it; None where nothing was said.

        A meeting that is once has nothing but the whole.
        """
        own = None if date is None else self.to_one.get(date)
        return own or self.to_all.get(series)

    def read(self, word: Callable[[A], B]) -> Said[B]:
        """The same with less of each answer: what `word` finds in it."""
        return Said(
            {series: word(answer) for series, answer in self.to_all.items()},
            {date: word(answer) for date, answer in self.to_one.items()},
        )

    def to(self: Said[str], series: int, date: int | None = None, *, silent: str = SILENT) -> str:
        """The word that holds; `silent` where nothing was said."""
        return self.holds(series, date) or silent

    def to_whole(self: Said[str], series: int, dates: Iterable[int]) -> str:
        """What is said to the whole of a series of which these dates are to come.

        Who said the same to each of them has said it to the whole. Where each has an answer of its own and
        these differ, no answer to the whole holds anywhere, and none is missing: ONE_BY_ONE.
        """
        own = {self.to_one.get(date, SILENT) for date in dates}
        if not own or SILENT in own:
            return self.to(series)
        return own.pop() if len(own) == 1 else ONE_BY_ONE
