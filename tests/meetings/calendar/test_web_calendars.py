from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from meetings.calendar.web_calendars import Event, services

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LINK = "https://meet.example/kfpx-tvwqm-m3xz/"


def opened(name: str, **changes) -> tuple[str, dict[str, str]]:
    """The host of the service, and what its form is told."""
    facts = {"title": "A & B, “timetable” 🛳", "starts_at": START, "ends_at": START + timedelta(minutes=45)}
    event = Event(**{**facts, "url": LINK, **changes})
    [service] = [service for service in services(event) if service.name == name]
    address = urlsplit(service.url)
    assert address.scheme == "https"
    return address.netloc, {key: values[0] for key, values in parse_qs(address.query).items()}


def test_google_is_told_the_moment():
    host, facts = opened("Google")
    assert host == "calendar.google.com"
    assert facts["dates"] == "20261124T080000Z/20261124T084500Z"
    assert facts["text"] == "A & B, “timetable” 🛳"
    assert facts["location"] == LINK
    assert "recur" not in facts


def test_google_is_told_the_rule_on_the_clock_of_its_zone():
    rule = "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270330"
    _, facts = opened("Google", rrule=rule, time_zone="Europe/Berlin")
    assert facts["dates"] == "20261124T090000/20261124T094500"
    assert facts["ctz"] == "Europe/Berlin"
    # Nine in Berlin is seven in UTC once the clocks have gone forward.
    assert facts["recur"] == "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270330T070000Z"


@pytest.mark.parametrize(
    ("name", "host"), [("Outlook.com", "outlook.live.com"), ("Office 365", "outlook.office.com")]
)
def test_outlook_is_told_the_moment(name, host):
    found, facts = opened(name)
    assert found == host
    assert (facts["startdt"], facts["enddt"]) == ("2026-11-24T08:00:00Z", "2026-11-24T08:45:00Z")
    assert facts["subject"] == "A & B, “timetable” 🛳"


def test_yahoo_is_told_the_moment():
    host, facts = opened("Yahoo")
    assert host == "calendar.yahoo.com"
    assert (facts["st"], facts["et"]) == ("20261124T080000Z", "20261124T084500Z")


def test_spaces_are_not_pluses_which_outlook_would_show():
    event = Event("Two words", START, START, LINK)
    assert all("+" not in service.url for service in services(event))


def test_an_address_stays_short_enough_for_every_browser():
    event = Event("x" * 200, START, START, LINK, details="ä" * 10_000)
    assert all(len(service.url) < 8000 for service in services(event))
