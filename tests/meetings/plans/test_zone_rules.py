"""A government changes the clocks of a zone, and a new tzdata brings it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from meetings.calendar import zones
from meetings.calendar.recurrence import Rule
from meetings.plans import invitations, zone_rules
from outbox import delivery
from tests.meetings.letterbox import calendar_files, text_of
from tests.meetings.readers import with_ical_js

SUMMER = datetime(2031, 6, 2, 12, 0, tzinfo=UTC)  # 14:00 in Berlin
KNOW_ZONES = (
    "meetings.calendar.differences",
    "meetings.letters.dates",
    "meetings.calendar.itip_facts",
    "meetings.calendar.itip_times",
    "meetings.letters.news",
    "meetings.letters.announced",
    "meetings.calendar.zones",
)


class NoSummerTime(tzinfo):
    """What Berlin would be without it, as the EU once decided and then did not."""

    key = "Europe/Berlin"

    def utcoffset(self, at):
        return timedelta(hours=1)

    def dst(self, at):
        return timedelta()

    def tzname(self, at):
        return "CET"


@pytest.fixture
def new_rules(monkeypatch):
    """From the call on, Berlin has no summer time any more."""

    def decree():
        def zone(key):
            return NoSummerTime() if key == "Europe/Berlin" else ZoneInfo(key)

        for module in KNOW_ZONES:
            monkeypatch.setattr(f"{module}.ZoneInfo", zone)
        monkeypatch.setattr("meetings.models.meetings.zoneinfo.ZoneInfo", zone)
        zones.forget()

    yield decree
    zones.forget()


def test_nothing_happens_while_the_rules_stay(alice, plan):
    invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("DAILY", count=100))))
    assert zone_rules.follow() == []


def test_a_meeting_stays_at_its_time_on_the_wall_and_people_are_told(alice, plan, new_rules, mailoutbox):
    meeting = invitations.schedule(alice, plan("dave@far.example", starts_at=SUMMER))
    invitations.schedule(alice, plan("dave@far.example", starts_at=SUMMER, time_zone="Europe/Paris"))
    delivery.deliver_due("test")
    mailoutbox.clear()
    new_rules()
    assert zone_rules.follow() == [meeting]
    meeting.refresh_from_db()
    assert meeting.starts_at == datetime(2031, 6, 2, 13, 0, tzinfo=UTC)
    delivery.deliver_due("test")
    [message] = mailoutbox
    assert message.subject == "Moved: Autumn timetable (Mon 2 Jun, 14:00)"
    assert "14:00 to 14:45\nBerlin time" in text_of(message)
    assert zone_rules.follow() == []


def test_of_a_series_only_what_is_in_summer_moves(alice, plan, new_rules, mailoutbox):
    winter = datetime(2031, 3, 17, 13, 0, tzinfo=UTC)
    meeting = invitations.schedule(
        alice, plan("dave@far.example", starts_at=winter, rrule=str(Rule("WEEKLY", count=4)))
    )
    moved = meeting.occurrences.all()[3]
    by_hand = moved.starts_at + timedelta(days=1)
    invitations.change_occurrence(
        moved, invitations.OccurrencePlan("Autumn timetable", by_hand, timedelta(minutes=45))
    )
    delivery.deliver_due("test")
    mailoutbox.clear()
    new_rules()
    zone_rules.follow()
    assert [o.starts_at.hour for o in meeting.occurrences.all()] == [13, 13, 13, 12]
    delivery.deliver_due("test")
    [message] = mailoutbox
    [data] = calendar_files(message)
    master, _ = with_ical_js(data).events
    assert [start.hour for start, _ in master.occurrences][:3] == [13, 13, 13]


def test_the_law_waits_for_nobodys_budget_of_letters(alice, bob, plan, new_rules, settings):
    spent = invitations.schedule(alice, plan("dave@far.example", starts_at=SUMMER))
    other = invitations.schedule(bob, plan("dave@far.example", starts_at=SUMMER))
    settings.LETTERS_A_DAY = 1
    new_rules()
    assert zone_rules.follow() == [spent, other]
