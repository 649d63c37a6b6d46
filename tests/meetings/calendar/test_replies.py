from __future__ import annotations

import base64
import contextlib
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.calendar.itip_replies import Event, Said, Unreadable, parse, speaker
from meetings.calendar.replies import LONGEST_MAIL, Mail, read, said_at

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


CALENDAR_PART = f"Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n{calendar()}"


def event(*more: str, **changes: str) -> Event:
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
        ("RECURRENCE-ID;VALUE=DATE:20301125", date(2030, 11, 25)),
        ("RECURRENCE-ID:20301125", date(2030, 11, 25)),
        ("RECURRENCE-ID:20301125T140000+0100", datetime(2030, 11, 25, 13, tzinfo=UTC)),
        ("RECURRENCE-ID:2030-11-25T14:00:00+01:00", datetime(2030, 11, 25, 13, tzinfo=UTC)),
        ("RECURRENCE-ID;TZID=tzone://Microsoft/Utc:20301125T130000", datetime(2030, 11, 25, 13, tzinfo=UTC)),
        (
            'RECURRENCE-ID;TZID="tzone://Microsoft/Utc":20301125T130000',
            datetime(2030, 11, 25, 13, tzinfo=UTC),
        ),
        (
            "RECURRENCE-ID;TZID=/freeassociation.sourceforge.net/America/New_York:20301125T080000",
            datetime(2030, 11, 25, 8, tzinfo=ZoneInfo("America/New_York")),
        ),
        (
            "RECURRENCE-ID;TZID=/mozilla.org/20050126_1/Europe/Berlin:20301125T140000",
            datetime(2030, 11, 25, 14, tzinfo=ZoneInfo("Europe/Berlin")),
        ),
        (
            'RECURRENCE-ID;TZID="(UTC-05:00) Eastern Time (US & Canada)":20301125T080000',
            datetime(2030, 11, 25, 8, tzinfo=ZoneInfo("America/New_York")),
        ),
        (
            "RECURRENCE-ID;TZID=(UTC-05:00) Eastern Time (US & Canada):20301125T080000",
            datetime(2030, 11, 25, 8, tzinfo=ZoneInfo("America/New_York")),
        ),
        ("RECURRENCE-ID;TZID=../../etc/passwd:20301125T140000", datetime(2030, 11, 25, 14)),
    ],
)
def test_one_occurrence_is_named_by_its_time(line, moment):
    assert event(line).recurrence_id == moment
    assert not event(line).is_unclear


@pytest.mark.parametrize(
    "line",
    [
        "RECURRENCE-ID:",
        "RECURRENCE-ID:tomorrow",
        "RECURRENCE-ID;TZID=Europe/Berlin:2030112",
        "RECURRENCE-ID:20301125T14",
        "RECURRENCE-ID :20270118T080000Z",
        'RECURRENCE-ID;TZID="Europe/Berlin:20270118T090000',
        "RECURRENCE-ID;TZID=\r\nEurope/Berlin:20270118T090000",
        "RECURRENCE-ID;TZID=Europe/Ber\r\nlin:20270118T090000",
        "RECURRENCE-ID\r\n;TZID=Europe/Berlin:20270118T090000",
        "RECURRENCE-ID20270118T080000Z",
        "Recurrence-Id = 20270118T080000Z",
        "RECURRENCE\u2011ID:20270118T080000Z",
        "\ufeffRECURRENCE-ID:20270118T080000Z",
        '\ufeffrecurrence-id;TZID="Europe/Berlin:20270118T090000',
        "RECURRENCE-ID:" + " " * 30_000 + "20270118T080000Z",
    ],
)
def test_an_occurrence_that_nobody_can_read_is_not_taken_for_none(line):
    assert event(line).recurrence_id is None
    assert event(line).is_unclear


OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Our office
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""


def test_a_zone_that_only_the_message_knows_is_read_from_it():
    zone = OWN_ZONE.replace("\n", "\r\n")
    text = calendar(
        "RECURRENCE-ID;TZID=Our office:20301125T080000", "DTSTART;TZID=Our office:20300701T080000"
    )
    [answer] = parse(text.replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT")).events
    assert answer.recurrence_id == datetime(2030, 11, 25, 13, tzinfo=UTC)
    assert answer.starts_at == datetime(2030, 7, 1, 12, tzinfo=UTC)


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
        (calendar("SEQUENCE:1"), "2 times SEQUENCE"),
        (calendar("SEQUENCE:x", without="SEQUENCE:2"), "SEQUENCE is no number"),
        (calendar(without="ATTENDEE"), "no attendees"),
        (calendar(*["ATTENDEE:mailto:carol@example.org"] * 200), "201 attendees"),
        (calendar("DTSTART:20309999T000000Z"), "DTSTART is no time"),
        (calendar(without="END:VEVENT"), "did not begin"),
        (calendar(without="END:VCALENDAR"), "has no end"),
        ("", "has no end, or no event"),
        (calendar(*["X-A:b"] * 60_000), "more than 50000 lines"),
        (calendar("X-A:" + "b" * 2_200_000), "larger than 2048 kB"),
        ("BEGIN:VCALENDAR\r\n" * 5000, "has no end"),
        (
            calendar().replace(
                "END:VEVENT\r\n", "END:VEVENT\r\n" + "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n" * 900
            ),
            "more than 800",
        ),
    ],
)
def test_what_no_calendar_program_would_send_is_refused(content, words):
    with pytest.raises(Unreadable, match=words):
        read(mail(content))


@pytest.mark.parametrize(
    "line",
    [
        "DTSTART :20301125T130000Z",
        'DTSTART;TZID="Europe/Berlin:20301125T140000',
        "SEQUENCE :1",
        "\ufeffsequence:1",
        'ATTENDEE;PARTSTAT=DECLINED;CN="Bob:mailto:bob@example.org',
        "ATTENDEE;PARTSTAT=DECLINED;CN=\r\nBob:mailto:bob@example.org",
    ],
)
def test_of_what_decides_nothing_is_passed_over_that_nobody_can_read(line):
    name = line.strip("\ufeff")[:8].strip(" ;").upper()
    with pytest.raises(Unreadable, match=f"nobody can read the {name} of its event"):
        parse(calendar(line, without="SEQUENCE:2"))
    # The other events are as good as they were.
    text = calendar() + calendar(line, without="SEQUENCE:2")
    found = parse(
        text.replace("END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n", "", 1).replace("METHOD:REPLY\r\n", "", 1)
    )
    assert [one.sequence for one in found.events] == [2]
    assert found.refusals == [f"nobody can read the {name} of its event"]


def test_a_broken_line_of_a_zone_leaves_the_answer():
    zone = OWN_ZONE.replace("DTSTART:2007", "DTSTART :2007").replace("\n", "\r\n")
    text = calendar("RECURRENCE-ID:20301125T130000Z").replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT")
    assert parse(text).events[0].recurrence_id == datetime(2030, 11, 25, 13, tzinfo=UTC)


def mixed(*parts: str) -> str:
    return "".join(f"--x\r\n{part}\r\n" for part in parts) + "--x--\r\n"


LOGO = (
    "Content-Type: image/png; name=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + "iVBORw0K" * 80_000
)


def test_a_mail_with_a_logo_is_read():
    for parts in ((CALENDAR_PART, LOGO), (LOGO, CALENDAR_PART)):
        content = mail(mixed(*parts), "multipart/mixed; boundary=x")
        assert len(content) > 600_000
        assert read(content).events


def test_of_a_mail_that_is_too_large_only_the_beginning_is_looked_at():
    pictures = [LOGO] * 8
    content = mail(mixed(CALENDAR_PART, *pictures), "multipart/mixed; boundary=x")
    assert len(content) > LONGEST_MAIL
    assert read(content).events
    cut = mail(
        mixed("Content-Type: text/calendar\r\n\r\n" + "X" * LONGEST_MAIL), "multipart/mixed; boundary=x"
    )
    with pytest.raises(Unreadable, match="its beginning is all"):
        read(cut)


# -- text that is not as it should be ------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("utf-8", calendar("COMMENT:Grüße").encode("utf-8-sig")),
        ("utf-16", calendar("COMMENT:Grüße").encode("utf-16")),
        ("utf-16", calendar("COMMENT:Grüße").encode("utf-16-le")),
        ("utf-8", calendar("COMMENT:Grüße").encode("utf-16")),
        ("iso-8859-1", calendar("COMMENT:Grüße").encode("latin-1")),
        ("windows-1252", calendar("COMMENT:Grüße").encode("cp1252")),
        ("us-ascii", calendar("COMMENT:Grüße").encode()),
        # Said to be what it is not, and not said at all.
        ("utf-8", calendar("COMMENT:Grüße").encode("latin-1")),
        ("", calendar("COMMENT:Grüße").encode("latin-1")),
        ("iso-8859-1", calendar("COMMENT:Grüße").encode()),
        # Folded by the octet (RFC 5545, 3.1), so inside of a character.
        ("utf-8", calendar("COMMENT:Grüße").encode().replace(b"\xc3\xbc", b"\xc3\r\n \xbc")),
        ("base64", calendar("COMMENT:Grüße").encode()),
        ("no such thing", calendar("COMMENT:Grüße").encode()),
    ],
)
def test_a_word_is_read_in_whatever_it_was_written(charset, content):
    coded = base64.encodebytes(content).decode()
    kind = f"text/calendar; method=REPLY{f'; charset={charset!r}' if charset else ''}".replace("'", '"')
    [answer] = read(mail(coded, kind, Content_Transfer_Encoding="base64")).events
    assert answer.attendees[0].note == "Grüße"


def test_a_word_in_japanese_is_read_as_its_mail_says():
    coded = base64.encodebytes(calendar("COMMENT:遅れます").encode("iso-2022-jp")).decode()
    kind = "text/calendar; charset=iso-2022-jp"
    [answer] = read(mail(coded, kind, Content_Transfer_Encoding="base64")).events
    assert answer.attendees[0].note == "遅れます"


@pytest.mark.parametrize("ends", ["\n", "\r"])
def test_lines_may_end_otherwise(ends):
    assert parse(calendar().replace("\r\n", ends)).events


@pytest.mark.parametrize(
    "kind",
    [
        'application/octet-stream; name="invite.ics"',
        'application/octet-stream\r\nContent-Disposition: attachment; filename="invite.ICS"',
        'text/plain; name="invite.ics"',
    ],
)
def test_a_file_is_a_calendar_by_its_name(kind):
    text = mixed("Content-Type: text/plain\r\n\r\nBob accepts", f"Content-Type: {kind}\r\n\r\n{calendar()}")
    assert read(mail(text, "multipart/mixed; boundary=x")).events


def test_of_two_calendars_the_one_that_can_be_read_counts():
    broken = "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"
    assert read(mail(mixed(broken, CALENDAR_PART), "multipart/mixed; boundary=x")).events


@pytest.mark.parametrize(
    "stamp", ["", "DTSTAMP:20301124T100000", "DTSTAMP:yesterday", "DTSTAMP;VALUE=DATE:20301124"]
)
def test_an_answer_without_a_moment_was_said_when_it_was_written(stamp):
    sent = mail(
        calendar(*filter(None, [stamp]), without="DTSTAMP:20301124T100000Z"),
        Date="Sun, 24 Nov 2030 11:00:05 +0100",
    )
    found = read(sent)
    assert found.events[0].stamp is None
    assert said_at(found.events[0], found, NOW) == datetime(2030, 11, 24, 10, 0, 5, tzinfo=UTC)


def test_a_reply_names_as_many_dates_as_a_series_has():
    head = "BEGIN:VEVENT\r\nUID:3f0c\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org\r\nRECURRENCE-ID"
    days = (date(2030, 1, 1) + timedelta(days=n) for n in range(366))
    dates = "".join(f"{head}:{day:%Y%m%d}\r\nEND:VEVENT\r\n" for day in days)
    assert len(parse(calendar().replace("BEGIN:VEVENT", dates + "BEGIN:VEVENT")).events) == 367


def test_one_event_that_cannot_be_read_leaves_the_others():
    broken = "BEGIN:VEVENT\r\nUID:3f0c\r\nEND:VEVENT\r\n"
    found = parse(calendar().replace("BEGIN:VEVENT", broken + "BEGIN:VEVENT"))
    assert len(found.events) == 1
    assert found.refusals == ["its event has no attendees"]


# -- whose answer it is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "mailto:carol%2Bwork@example.org",
        "MAILTO:Carol+Work@Example.org",
        "carol+work@example.org",
        "mailto:carol+work@example.org?subject=x",
    ],
)
def test_an_address_is_read_as_it_is_meant(written):
    found = event(f"ATTENDEE;PARTSTAT=DECLINED:{written}", without="ATTENDEE;PARTSTAT=ACCEPTED")
    answer = speaker(found, "carol+work@example.org")
    assert answer
    assert answer.is_at("carol+work@example.org")
    assert answer.partstat == "DECLINED"


def test_the_tag_may_be_escaped():
    text = calendar(f"ORGANIZER:mailto:meetings%2B{TAG}@example.org", without="ORGANIZER;CN")
    assert read(mail(text, To="x@example.org")).tags == (TAG,)


def test_of_several_the_invited_one_answers():
    found = event("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:carol@example.org")
    assert [
        answer and answer.partstat
        for answer in (speaker(found, "bob@example.org"), speaker(found, "carol@example.org"))
    ] == ["ACCEPTED", "NEEDS-ACTION"]
    # Of strangers the one who wrote the mail, or else the only one who says anything.
    assert speaker(found, "dave@far.example", "carol@example.org") == Said(
        "carol@example.org", "NEEDS-ACTION"
    )
    assert speaker(found, "dave@far.example") == Said("bob@example.org", "ACCEPTED")
    both = event("ATTENDEE;PARTSTAT=DECLINED:mailto:carol@example.org")
    assert speaker(both, "dave@far.example") is None


def test_an_address_beside_the_main_one_is_known_by_it():
    line = 'ATTENDEE;PARTSTAT=DECLINED;EMAIL="bob@example.org":urn:uuid:1234'
    assert speaker(event(line, without="ATTENDEE;PARTSTAT=ACCEPTED"), "bob@example.org")


def test_whoever_sends_another_is_known_by_them():
    line = 'ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:dave@far.example":mailto:carol@example.org'
    answer = speaker(event(line), "dave@far.example")
    assert answer == Said("dave@far.example", "DELEGATED", delegates=("carol@example.org",))


# -- when it was said ----------------------------------------------------------------------------

NOW = datetime(2030, 11, 24, 12, tzinfo=UTC)


def said(stamp: str, written: str, *received: str) -> datetime:
    """Times of day on 24 November 2030, in UTC; the last of `received` is the oldest trace."""
    day = "Sun, 24 Nov 2030"
    text = calendar().replace("T100000Z", f"T{stamp.replace(':', '')}Z")
    traces = "".join(f"Received: from a by b;\r\n {day} {time} +0000\r\n" for time in received)
    found = read(traces.encode() + mail(text, Date=f"{day} {written} +0000"))
    return said_at(found.events[0], found, NOW)


def test_a_clock_that_is_slow_or_fast_is_put_right_by_the_first_mail_server():
    assert said("10:00:00", "10:00:02", "10:00:40", "10:00:04") == NOW.replace(hour=10, second=2)
    assert said("09:57:00", "09:57:01", "10:00:03") == NOW.replace(hour=10, second=2)
    assert said("13:00:00", "13:00:01", "10:00:03") == NOW.replace(hour=10, second=2)


def test_what_has_waited_was_said_before():
    assert said("09:00:00", "09:00:01", "10:00:03") == NOW.replace(hour=9)
    # Said with one clock and sent later.
    assert said("09:00:00", "10:00:01", "10:00:03") == NOW.replace(hour=9, second=2)


def test_parts_within_parts_have_an_end():
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(2000))
    began = time.monotonic()
    with pytest.raises(Unreadable, match="boundaries"):
        read(nested.encode())
    assert time.monotonic() - began < 1


NESTED = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(29))
STATUS = "Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"


@pytest.mark.parametrize("content", [NESTED + "\n" * 4_000_000, STATUS + "\n:\n" * 1_000_000])
def test_a_mail_of_nothing_but_lines_takes_little_time(content):
    began = time.monotonic()
    with contextlib.suppress(Unreadable):
        read(content.encode())
    # Without its bound it takes ten times as long and more.
    assert time.monotonic() - began < 20


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
