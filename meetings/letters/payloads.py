"""What the outbox keeps for a letter until it is made: a type for each kind, with the version of its shape.

A letter may wait while a copy is brought up to date, and is read as what it was written as. What has another
name or shape from a version on is put into it by `_TO`; what is only new has a default.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from meetings.letters.announced import Announced
from outbox.models import Letter

# Letters from before there were versions are of the first.
VERSION = 2


class NewerThanThis(ValueError):
    """A letter that a later version wrote: it waits until that is here again."""


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int = 1


class Told(Payload, frozen=True, kw_only=True):
    """Of a letter to an attendee that follows others."""

    attendee: int
    # Their last letter about the same, which may not have gone out yet.
    previous: int | None = None
    # What they were told until this one was written; None if it is the first.
    before: Announced | None = None


class CancelledDates(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"since": "from"}):
    """Dates at the end of a series that do not take place: the first of them, and how many."""

    since: datetime
    dates: int
    # The first few by name.
    first: list[datetime] = []


class AboutMeeting(Told, frozen=True, kw_only=True):
    """About a meeting as a whole: an invitation, an update, a cancellation, a removal."""

    # By which calendars know it. Letters from before this was kept told them of all of its parts themselves.
    uid: str = ""
    # How many short letters about parts of the series go with it.
    letters: int = 0
    # Of a series that ends earlier.
    off: CancelledDates | None = None
    # Of a change from one date on: what that date was, how many were left from it on, and what became of them
    # (calendar.differences.Kind); `moved` is what older letters have for that.
    was: Announced | None = None
    dates: int = 0
    moved: bool = False
    what: str = ""
    # From before there were short letters: parts that are no more.
    ended: list[Announced] = []


class AboutOccurrence(Told, frozen=True, kw_only=True):
    """About one date of a meeting."""

    occurrence: int


class AboutPart(Payload, frozen=True, kw_only=True):
    """The short letter by which calendars learn of one part of a series."""

    attendee: int
    uid: str
    told: Announced
    # The letter that people read, beside which this one is.
    main: int | None = None


class Reminder(Payload, frozen=True, kw_only=True):
    # None for the organizer.
    attendee: int | None
    occurrence: int
    starts_at: datetime
    minutes: int


class Announcement(Payload, frozen=True, kw_only=True):
    announcement: int
    attendee: int


class Digest(Payload, frozen=True, kw_only=True):
    user: int
    since: datetime
    until: datetime


class AdministratorDid(Payload, frozen=True, kw_only=True):
    """What it says is in it: the rest may be gone by the time it is made."""

    what: str
    # Name and address.
    by: tuple[str, str]
    lines: list[str]
    # Lines beyond those.
    more: int = 0
    # How many people got a letter for it.
    letters: int = 0


P = TypeVar("P", bound=Payload)


def written(payload: Payload) -> dict[str, Any]:
    """As the outbox keeps it."""
    kept: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(payload, version=VERSION))
    return kept


def read(letter: Letter, kind: type[P]) -> P:
    """What was written for a letter. Raises NewerThanThis; msgspec.ValidationError if it is none of ours."""
    kept = dict(letter.payload)
    version = kept.get("version", 1)
    if version > VERSION:
        raise NewerThanThis(f"the letter is of version {version}")
    for newer in range(version + 1, VERSION + 1):
        kept = _TO[newer](kept)
    return msgspec.convert(kept, kind)


def _to_2(kept: dict[str, Any]) -> dict[str, Any]:
    """What an organizer writes to all is an announcement."""
    return {"announcement" if name == "circular" else name: value for name, value in kept.items()}


_TO: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {2: _to_2}
