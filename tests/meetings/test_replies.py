from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import replies
from meetings.replies import LONGEST_MAIL, Mail, Said, Unreadable, parse, read

TAG = "17-abcdefghijklmnopqrst"


def calendar(*more: str, method: str = "REPLY", partstat: str = "ACCEPTED", without: str = "") -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Somebody//Calendar//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        "UID:3f0c",
        "SEQUENCE:2",
        "DTSTAMP:20301124T100000Z",
        f"ORGANIZER;CN=Alice:mailto:meetings+{TAG}@example.org",
        f"ATTENDEE;PARTSTAT={partstat};CN=Bob:mailto:bob@example.org",
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(line for line in lines if not without or not line.startswith(without)) + "\r\n"


def mail(
    text: str, content_type: str = "text/calendar; method=REPLY; charset=utf-8", **headers: str
) -> bytes:
    top = {"From": "bob@example.org", "To": f"meetings+{TAG}@example.org", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in top.items())
    return f"{head}Content-Type: {content_type}\r\n\r\n{text}".encode()


def event(*more: str, **changes: str) -> replies.Event:
    [found] = parse(calendar(*more, **changes)).events
    return found


def test_an_answer_is_read():
    found = read(mail(calendar()))
    assert found.tags == (TAG,)
    [answer] = found.events
    assert (answer.method, answer.uid, answer.sequence) == ("REPLY", "3f0c", 2)
    assert answer.stamp == datetime(2030, 11, 24, 10, tzinfo=UTC)
    assert answer.attendees == (Said("bob@example.org", "ACCEPTED"),)


@pytest.mark.parametrize("kind", ["mixed", "alternative"])
def test_it_is_found_among_other_parts(kind):
    text = (
        "--x\r\nContent-Type: text/plain\r\n\r\nBob accepts\r\n--x\r\n"
        f'Content-Type: text/calendar;\r\n method="REPLY"\r\n\r\n{calendar()}\r\n--x--\r\n'
    )
    assert read(mail(text, f'multipart/{kind}; boundary="x"')).events


def test_a_coded_part_is_decoded():
    import base64

    coded = base64.encodebytes(calendar("COMMENT:Später").encode()).decode()
    [answer] = read(mail(coded, "text/calendar", Content_Transfer_Encoding="base64")).events
    assert answer.attendees[0].note == "Später"


def test_the_tag_may_stand_in_any_address_that_it_went_to():
    found = read(mail("Hello", "text/plain", To="x@example.org", Delivered_To=f"M+{TAG.upper()}@example.org"))
    assert found == Mail(tags=(TAG,))


def test_a_word_comes_with_it():
    assert (
        event("COMMENT:Five minutes late\\, sorry\\nBob").attendees[0].note == "Five minutes late, sorry Bob"
    )
    folded = "COMMENT:My train is\r\n  late"
    assert event(folded).attendees[0].note == "My train is late"


def test_a_long_word_is_cut_and_nothing_in_it_can_turn_the_page_around():
    note = event("COMMENT:" + "long " * 100 + "\u202e").attendees[0].note
    assert len(note) <= 200
    assert note.endswith("…")
    assert "\u202e" not in event("COMMENT:ab\u202ecd").attendees[0].note


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("RECURRENCE-ID:20301125T130000Z", datetime(2030, 11, 25, 13, tzinfo=UTC)),
        (
            "RECURRENCE-ID;TZID=Europe/Berlin:20301125T140000",
            datetime(2030, 11, 25, 14, tzinfo=ZoneInfo("Europe/Berlin")),
        ),
        (
            'RECURRENCE-ID;TZID="W. Europe Standard Time":20301125T140000',
            datetime(2030, 11, 25, 14, tzinfo=ZoneInfo("Europe/Berlin")),
        ),
        ("RECURRENCE-ID;TZID=Customized:20301125T140000", datetime(2030, 11, 25, 14)),
        ("RECURRENCE-ID;VALUE=DATE:20301125", None),
        ("RECURRENCE-ID;TZID=../../etc/passwd:20301125T140000", datetime(2030, 11, 25, 14)),
    ],
)
def test_one_occurrence_is_named_by_its_time(line, moment):
    assert event(line).recurrence_id == moment


def test_a_time_zone_with_a_rule_for_every_second_is_not_followed():
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "RRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    text = calendar("DTSTART;TZID=X:20301125T140000").replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT")
    began = time.monotonic()
    assert parse(text).events[0].starts_at == datetime(2030, 11, 25, 14)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (calendar(method="REQUEST"), "and not an answer"),
        (calendar(without="METHOD"), "and not an answer"),
        (calendar(without="UID"), "no UID"),
        (calendar("UID:another"), "2 times UID"),
        (calendar(without="DTSTAMP"), "no DTSTAMP"),
        (calendar("SEQUENCE:1"), "2 times SEQUENCE"),
        (calendar("SEQUENCE:x", without="SEQUENCE:2"), "SEQUENCE is no number"),
        (calendar(without="ATTENDEE"), "no attendees"),
        (calendar("ATTENDEE;PARTSTAT=DECLINED:mailto:carol@example.org"), "2 attendees"),
        (calendar("DTSTART:20309999T000000Z"), "DTSTART is no time"),
        (calendar(without="END:VEVENT"), "did not begin"),
        (calendar(without="END:VCALENDAR"), "has no end"),
        ("", "has no end, or no event"),
        (calendar(*["X-A:b"] * 3000), "more than 2000 lines"),
        (calendar("X-A:" + "b" * 70_000), "larger than 64 kB"),
        ("BEGIN:VCALENDAR\r\n" * 5000, "larger than 64 kB"),
        (
            calendar().replace(
                "END:VEVENT\r\n", "END:VEVENT\r\n" + "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n" * 30
            ),
            "more than 20",
        ),
    ],
)
def test_what_no_calendar_program_would_send_is_refused(content, words):
    with pytest.raises(Unreadable, match=words):
        read(mail(content))


def test_a_mail_that_is_too_large_is_not_looked_at():
    with pytest.raises(Unreadable, match="larger than 512 kB"):
        read(b"x" * (LONGEST_MAIL + 1))


def test_parts_within_parts_have_an_end():
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(2000))
    began = time.monotonic()
    with pytest.raises(Unreadable, match="boundaries"):
        read(nested.encode())
    assert time.monotonic() - began < 1


def test_lines_that_tempt_a_pattern_to_try_again_and_again_take_no_time():
    for line in ("A" + ";B=" * 20_000, 'A;B="' + '";B="' * 12_000, "A;B=" + "," * 60_000, "\\" * 60_000):
        began = time.monotonic()
        assert parse(calendar(line)).events
        assert time.monotonic() - began < 1


def test_a_proposal_names_everybody_and_is_read_all_the_same():
    more = ("ATTENDEE:mailto:carol@example.org", "DTSTART:20301126T130000Z")
    found = event(*more, method="COUNTER", partstat="TENTATIVE")
    assert [said.address for said in found.attendees] == ["bob@example.org", "carol@example.org"]
    assert found.starts_at == datetime(2030, 11, 26, 13, tzinfo=UTC)


def test_a_holiday_notice_is_known_as_one():
    assert read(mail("I am away", "text/plain", Auto_Submitted="auto-replied")).is_automatic
    assert not read(mail("Hello", "text/plain", Auto_Submitted="no")).is_automatic


@given(st.binary(max_size=3000))
def test_whatever_comes_is_read_or_refused(content):
    with contextlib.suppress(Unreadable):
        read(content)


@given(st.data())
def test_an_answer_with_anything_changed_in_it_is_read_or_refused(data):
    content = bytearray(mail(calendar("RECURRENCE-ID;TZID=Europe/Berlin:20301125T140000", "COMMENT:Hello")))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    with contextlib.suppress(Unreadable):
        read(bytes(content))


GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20301125T130000Z
DTEND:20301125T134500Z
DTSTAMP:20301124T100000Z
ORGANIZER;CN=Alice via Roundtable:mailto:meetings+{tag}@example.org
UID:3f0c
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=bob@ex
 ample.org;X-NUM-GUESTS=0;X-RESPONSE-COMMENT="Late, by five; sorry":mailto:bob@example.org
CREATED:20301120T100000Z
DESCRIPTION:Join: https://meet.example.org/abcd-efghj-kmnp/\\n\\nFerries (10)
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Autumn timetable
END:VEVENT
END:VCALENDAR
"""
OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob Lindqvist:MAILTO:bob@example.org
COMMENT;LANGUAGE=de-DE:Late\\, by five\\; sorry\\n
UID:3f0c
SUMMARY;LANGUAGE=de-DE:Zugesagt: Autumn timetable
DTSTART;TZID=W. Europe Standard Time:20301125T140000
DTEND;TZID=W. Europe Standard Time:20301125T144500
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20301124T100000Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:2
LOCATION;LANGUAGE=de-DE:https://meet.example.org/abcd-efghj-kmnp/
X-MICROSOFT-CDO-APPT-SEQUENCE:2
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""
THUNDERBIRD = """BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
CREATED:20301120T100000Z
LAST-MODIFIED:20301124T100000Z
DTSTAMP:20301124T100000Z
UID:3f0c
SUMMARY:Autumn timetable
STATUS:CONFIRMED
ORGANIZER;CN="Alice via Roundtable":mailto:meetings+{tag}@example.org
ATTENDEE;CN=Bob;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:bob@example.org
DTSTART:20301125T130000Z
DTEND:20301125T134500Z
SEQUENCE:2
COMMENT:Late\\, by five\\; sorry
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("program", [GOOGLE, OUTLOOK, THUNDERBIRD])
def test_the_answers_of_common_programs_are_understood(program):
    text = program.format(tag=TAG).replace("\n", "\r\n")
    found = read(mail(text, To=f"Alice via Roundtable <meetings+{TAG}@example.org>"))
    [answer] = found.events
    assert found.tags == (TAG,)
    assert (answer.uid, answer.sequence) == ("3f0c", 2)
    assert answer.starts_at == datetime(2030, 11, 25, 13, tzinfo=UTC)
    assert answer.attendees == (Said("bob@example.org", "ACCEPTED", "Late, by five; sorry"),)
