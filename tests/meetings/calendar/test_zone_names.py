from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from meetings.calendar.zone_names import aware, describe, zone

JANUARY, JULY = datetime(2027, 1, 18, 9), datetime(2027, 7, 19, 9)


@pytest.mark.parametrize(
    ("name", "iana"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("W. Europe Standard Time 1", "Europe/Berlin"),
        ("tzone://Microsoft/Utc", "UTC"),
        ('"tzone://Microsoft/Utc"', "UTC"),
        ("tzone://Microsoft/W. Europe Standard Time", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/America/New_York", "America/New_York"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "Europe/Berlin"),
        ("/softwarestudio.org/Olson_20011030_5/America/Indiana/Knox", "America/Indiana/Knox"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05.00) Eastern Time (US & Canada)", "America/New_York"),
        ("Eastern Time", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("(UTC-07:00) Arizona", "America/Phoenix"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney"),
        ("GMT", "UTC"),
        ("UTC+01:00", "Etc/GMT-1"),
        ("GMT-0500", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_known_by_the_names_that_programs_give_it(name, iana):
    found = zone(name)
    assert found
    for at in (JANUARY, JULY):
        assert at.replace(tzinfo=found).utcoffset() == at.replace(tzinfo=ZoneInfo(iana)).utcoffset()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Customized Time Zone",
        "tzone://Microsoft/Custom",
        "../../etc/passwd",
        "/etc/localtime",
        "(UTC+03:00) Berlin",
    ],
)
def test_a_name_that_somebody_made_up_is_none(name):
    assert zone(name) is None


def own(*parts: str) -> list[tuple[str, str]]:
    lines = ["BEGIN:VTIMEZONE", "TZID:Own", *"\n".join(parts).split(), "END:VTIMEZONE"]
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines][1:]


BERLIN = (
    "BEGIN:STANDARD DTSTART:16010101T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100"
    " RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10 END:STANDARD",
    "BEGIN:DAYLIGHT DTSTART:16010101T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200"
    " RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3 END:DAYLIGHT",
)


def at_own(at: datetime, *parts: str) -> datetime | None:
    name, found = describe(own(*parts))
    return aware(at, "Own", {name: found})


def test_a_zone_of_its_own_has_the_rules_that_come_with_it():
    berlin = ZoneInfo("Europe/Berlin")
    for month in range(1, 13):
        for day in (1, 14, 28):
            at = datetime(2027, month, day, 9)
            assert at_own(at, *BERLIN) == at.replace(tzinfo=berlin)


def test_its_changes_may_be_listed_one_by_one_or_be_over():
    listed = (
        "BEGIN:STANDARD DTSTART:20261025T030000 RDATE:20261025T030000 RDATE:20271031T030000"
        " TZOFFSETFROM:+0200 TZOFFSETTO:+0100 END:STANDARD",
        "BEGIN:DAYLIGHT DTSTART:20270328T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 END:DAYLIGHT",
    )
    assert at_own(JANUARY, *listed) == datetime(2027, 1, 18, 8, tzinfo=UTC)
    assert at_own(JULY, *listed) == datetime(2027, 7, 19, 7, tzinfo=UTC)
    assert at_own(datetime(2027, 12, 1, 9), *listed) == datetime(2027, 12, 1, 8, tzinfo=UTC)
    ended = [part.replace("BYMONTH=3", "BYMONTH=3;UNTIL=20200101T000000Z") for part in BERLIN]
    assert at_own(JULY, *ended) == datetime(2027, 7, 19, 8, tzinfo=UTC)


def test_a_name_for_it_counts_more_than_its_rules():
    lines = [("X-LIC-LOCATION", "America/New_York"), *own(*BERLIN)]
    _, found = describe(lines)
    assert aware(JULY, "Own", {"Own": found}) == datetime(2027, 7, 19, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=YEARLY;BYSETPOS=1", "FREQ=YEARLY;BYDAY=XX", "FREQ=YEARLY;BYMONTH=0", "YEARLY"],
)
def test_rules_that_are_not_plain_are_not_followed(rule):
    part = "BEGIN:STANDARD DTSTART:16010101T000000 TZOFFSETFROM:+0000 TZOFFSETTO:+0100"
    assert at_own(JANUARY, f"{part} RRULE:{rule} END:STANDARD") is None


def test_many_rules_take_no_time():
    parts = [BERLIN[0].replace("16010101", f"19{n:02}0101") for n in range(100)]
    began = time.monotonic()
    assert at_own(JANUARY, *parts) is None
    for year in range(1970, 2200):
        assert at_own(JANUARY.replace(year=year), *BERLIN)
    assert time.monotonic() - began < 5


def test_an_offset_has_an_end():
    assert zone("UTC+99") is None
    behind = zone("UTC-12:00")
    assert behind
    assert behind.utcoffset(None) == -timedelta(hours=12)
