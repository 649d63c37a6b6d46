from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from meetings.calendar.recurrence import Rule
from meetings.plans import invitations


@pytest.fixture
def replies(settings) -> None:
    """Answers come back to us."""
    settings.REPLY_ADDRESS = "meetings@meet.example.org"


@pytest.fixture
def letter_to(invited, open_letter):
    """`letter_to("dave")`: the invitation as it arrived."""
    return lambda name: open_letter(invited(name))


@pytest.fixture
def mondays(alice, plan):
    return invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=4))))


@pytest.fixture
def parted(mondays, plan):
    """The last two of four Mondays in Berlin are in New York now; Dave has the invitation of before."""

    def part(letter):
        third = mondays.occurrences.all()[2]
        changed = plan("dave@far.example", rrule="FREQ=WEEKLY;COUNT=2", time_zone="America/New_York")
        at = third.starts_at + timedelta(hours=6)
        invitations.change(mondays, dataclasses.replace(changed, starts_at=at), since=third)
        mondays.refresh_from_db()
        return letter

    return part
