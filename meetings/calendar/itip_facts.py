"""What calendars are told of a meeting, and whom a message is for (calendar.itip). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from meetings.calendar import recurrence


@dataclass(frozen=True)
class Change:
    """What one occurrence of a series is instead of what its rule says."""

    # What a clock in the series' zone shows when it would be (recurrence.wall_clock).
    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str
    cancelled: bool = False
    # The recipient's answer for this occurrence.
    partstat: str = "NEEDS-ACTION"


@dataclass(frozen=True)
class Facts:
    """What calendars are told about a meeting."""

    # Stays the same for good (RFC 5545, 3.8.4.7).
    uid: str
    # Grows with every change that an attendee must hear of (RFC 5546, 2.1.4).
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    # The open link of the room. Never a personal one: calendars are shared.
    url: str
    description: str
    organizer_name: str
    # The address that sends the mail; clients distrust an organizer who is not the sender (RFC 6047, 2.3).
    organizer_address: str
    created_at: datetime
    # Of a series: its rule (calendar.recurrence), the zone in which it is laid out, what is not by the rule,
    # and the occurrences that there are not (EXDATE), by their RECURRENCE-IDs.
    rrule: str = ""
    time_zone: str = "UTC"
    # What a clock there shows at the first time by the rule, even if they skip it on that day
    # (DTSTART). Empty for what it shows at `starts_at`.
    wall_clock: str = ""
    changes: tuple[Change, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def begins(self) -> str:
        """The first time by the rule, as a clock in the series' zone shows it."""
        return self.wall_clock or recurrence.wall_clock(self.starts_at, ZoneInfo(self.time_zone))

    @property
    def duration(self) -> timedelta:
        # By way of UTC: in a zone, hours that the clocks skip would count (PEP 495).
        return self.ends_at.astimezone(UTC) - self.starts_at.astimezone(UTC)


@dataclass(frozen=True)
class Guest:
    """The one attendee whom a message is for."""

    name: str
    address: str
    partstat: str = "NEEDS-ACTION"
    optional: bool = False
