"""What is kept for a letter is read as what it was written as."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from meetings.letters import payloads
from meetings.letters.announced import Announced
from meetings.letters.kinds import KINDS
from outbox.models import Letter
from tests.meetings.letters.scenes import SCENES, stored

AT = datetime(2030, 11, 25, 13, tzinfo=UTC)
TOLD = Announced(title="Autumn timetable", starts_at=AT, minutes=45)
ONE_OF_EACH = [
    payloads.AboutMeeting(
        attendee=1,
        previous=2,
        before=TOLD,
        uid="a-b",
        letters=1,
        off=payloads.CancelledDates(since=AT, dates=2, first=[AT]),
    ),
    payloads.AboutMeeting(attendee=1, before=TOLD, uid="a-b", was=TOLD, dates=2, moved=True, what="moved"),
    payloads.AboutOccurrence(attendee=1, occurrence=2, before=TOLD),
    payloads.AboutPart(attendee=1, uid="a-b", told=TOLD, main=3),
    payloads.Reminder(attendee=None, occurrence=2, starts_at=AT, minutes=10),
    payloads.Announcement(announcement=1, attendee=2),
    payloads.Digest(user=1, since=AT, until=AT),
    payloads.AdministratorDid(what="links", by=("Carol", "carol@example.org"), lines=["One"]),
]


@pytest.mark.parametrize("payload", ONE_OF_EACH)
def test_what_is_written_is_what_is_read(payload):
    kept = payloads.written(payload)
    again = payloads.read(Letter(payload=msgspec.json.decode(msgspec.json.encode(kept))), type(payload))
    assert again == msgspec.structs.replace(payload, version=payloads.VERSION)


@pytest.mark.parametrize("name", SCENES)
def test_what_the_first_version_wrote_is_read(name):
    kind, kept, _ = stored(name)
    moments = dict.fromkeys({"since", "until"} & kept.keys(), "2030-11-20T12:00:00+00:00")
    numbers = {part: 1 for part, value in kept.items() if value == f"<{part}>" and part != "uid"}
    payload = payloads.read(Letter(payload={**kept, **numbers, **moments}), KINDS[kind].payload)
    assert payload.version == 1


def test_a_letter_of_a_later_version_waits_for_that():
    with pytest.raises(payloads.NewerThanThis):
        payloads.read(Letter(payload={"version": payloads.VERSION + 1}), payloads.Payload)


def test_a_letter_that_is_none_of_ours_says_what_is_wrong_with_it():
    with pytest.raises(msgspec.ValidationError, match="attendee"):
        payloads.read(Letter(payload={"attendee": "Bob"}), payloads.AboutMeeting)


def test_the_kinds_that_end_something_are_those_that_are_never_too_many():
    ends = {name for name, kind in KINDS.items() if kind.ends}
    assert ends == {"cancellation", "removal", "occurrence-cancellation"}
