from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from meetings.calendar import itip
from meetings.calendar.itip import Facts, Guest

NOW = datetime(2026, 11, 22, 9, 12, 13, 141592, tzinfo=UTC)
FACTS = Facts(
    uid="8b4ac6b7@meet.example",
    sequence=2,
    title="Autumn timetable; what we keep, what we let go",
    starts_at=datetime(2026, 11, 23, 14, tzinfo=ZoneInfo("Europe/Berlin")),
    ends_at=datetime(2026, 11, 23, 14, 45, tzinfo=ZoneInfo("Europe/Berlin")),
    url="https://meet.example/kfpx-tvwqm-m3xz/",
    description="Join: https://meet.example/kfpx-tvwqm-m3xz/\n\nSundays, in winter; and so on",
    organizer_name="Alice Okafor via Roundtable",
    organizer_address="meetings@meet.example",
    created_at=NOW,
)
BOB = Guest("Bob Lindqvist", "Bob.Lindqvist@northline.example")

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


def read(ical: bytes):
    calendar = Calendar.from_ical(ical)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_an_invitation_is_a_request():
    calendar, event = read(itip.request(FACTS, BOB, NOW))
    assert (calendar["method"], calendar["version"]) == ("REQUEST", "2.0")
    assert event["status"] == "CONFIRMED"
    assert event["uid"] == "8b4ac6b7@meet.example"
    assert event["sequence"] == 2
    assert event.decoded("dtstamp") == NOW.replace(microsecond=0)


def test_its_times_are_in_utc_so_that_they_need_no_vtimezone():
    ical = itip.request(FACTS, BOB, NOW)
    assert b"DTSTART:20261123T130000Z\r\n" in ical
    assert b"DTEND:20261123T134500Z\r\n" in ical


def test_the_organizer_is_the_address_that_sends():
    _, event = read(itip.request(FACTS, BOB, NOW))
    assert event["organizer"] == "mailto:meetings@meet.example"
    assert event["organizer"].params["cn"] == "Alice Okafor via Roundtable"


def test_the_attendee_is_the_recipient_to_the_letter_and_is_asked_to_answer():
    _, event = read(itip.request(FACTS, BOB, NOW))
    attendee = event["attendee"]
    assert attendee == "mailto:Bob.Lindqvist@northline.example"
    assert attendee.params["rsvp"] == "TRUE"
    assert attendee.params["partstat"] == "NEEDS-ACTION"
    assert attendee.params["role"] == "REQ-PARTICIPANT"


def test_the_room_is_where_it_takes_place():
    _, event = read(itip.request(FACTS, BOB, NOW))
    assert event["location"] == event["url"] == FACTS.url


def test_a_cancellation_keeps_the_uid_and_says_cancelled():
    calendar, event = read(itip.cancel(replace(FACTS, sequence=3), BOB, NOW))
    assert (calendar["method"], event["status"]) == ("CANCEL", "CANCELLED")
    assert (event["uid"], event["sequence"]) == (FACTS.uid, 3)
    assert event["attendee"] == "mailto:Bob.Lindqvist@northline.example"


def test_a_download_asks_nobody():
    calendar, event = read(itip.publish([FACTS], NOW))
    assert calendar["method"] == "PUBLISH"
    assert "attendee" not in event


@settings(max_examples=80)
@example("\\N", "C:\\New\\north; a, b", "\\n", timedelta(hours=1))
@given(texts, texts, texts, st.timedeltas(timedelta(minutes=5), timedelta(days=1)))
def test_whatever_people_write_comes_back_whole(title, agenda, name, duration):
    ends_at = FACTS.starts_at.astimezone(UTC) + duration
    facts = replace(FACTS, title=title, description=agenda, organizer_name=name, ends_at=ends_at)
    ical = itip.request(facts, Guest(name, BOB.address), NOW)
    _, event = read(ical)
    assert str(event["summary"]) == title
    assert str(event["description"]) == agenda
    assert event["organizer"] == "mailto:meetings@meet.example"
    assert event["attendee"] == f"mailto:{BOB.address}"


@settings(max_examples=80)
@given(texts)
def test_no_line_is_longer_than_the_standard_allows(title):
    ical = itip.request(replace(FACTS, title=title), Guest(title, BOB.address), NOW)
    # 75 octets without the line end (RFC 5545, 3.1), and no line cut within a character.
    assert all(len(line) <= 75 for line in ical.split(b"\r\n"))
    assert all(line.decode() is not None for line in ical.split(b"\r\n"))


def test_nothing_breaks_out_of_its_property():
    facts = replace(FACTS, title="x\r\nATTENDEE:mailto:eve@evil.example", organizer_name='"\r\nX:1')
    _, event = read(itip.request(facts, Guest('"\nX-EVIL:1', BOB.address), NOW))
    assert event["attendee"] == f"mailto:{BOB.address}"
    assert "x" not in event
    assert "x-evil" not in event
