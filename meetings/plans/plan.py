"""What an organizer wants, and how many letters that made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meetings.models import Meeting
from meetings.plans.address import Address


@dataclass(frozen=True)
class Plan:
    """What an organizer writes into the form."""

    title: str
    starts_at: datetime
    duration: timedelta
    time_zone: str
    # How it repeats (meetings.calendar.recurrence); empty for once.
    rrule: str = ""
    # Of a series: what a clock in its zone is to show by the rule, even if they skip it on the first day.
    # Empty for what it shows at `starts_at`.
    wall_clock: str = ""
    description: str = ""
    agenda: str = ""
    access: str = Meeting.Access.ANYONE
    lobby: bool = False
    early: timedelta | None = None
    capacity: int | None = None
    # Minutes before the start.
    reminders: tuple[int, ...] = ()
    people: list[Address] = field(default_factory=list)
    # Of these, by address in lower case: whose presence is not needed, and who is host as well.
    optional: frozenset[str] = frozenset()
    cohosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OccurrencePlan:
    """What one occurrence of a series is to be."""

    title: str
    starts_at: datetime
    duration: timedelta
    agenda: str = ""


class InThePast(ValueError):
    """A change would leave nothing of a meeting to come: then it is to be cancelled instead."""


@dataclass(frozen=True)
class Sent:
    """How many letters a change wrote."""

    invitations: int = 0
    updates: int = 0
    removals: int = 0
