"""Series whose first date falls into an hour that the clocks skip, or show twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accounts.zone_labels import inhabited
from meetings.calendar import itip, recurrence, web_calendars, zones
from meetings.calendar.recurrence import Rule
from meetings.forms import initial_values
from meetings.letters import announced, dates, events
from meetings.plans import invitations
from tests.meetings.readers import File, with_ical_js, with_vobject

CAIRO = ("Africa/Cairo", "2027-04-30T00:15", str(Rule("DAILY", count=5)))
NEW_YORK = ("America/New_York", "2027-03-14T02:30", str(Rule("WEEKLY", count=5)))
TWICE = ("America/New_York", "2027-11-07T01:15", str(Rule("WEEKLY", count=5)))
SANTIAGO = ("America/Santiago", "2027-09-05T00:30", str(Rule("WEEKLY", until=datetime(2027, 10, 3).date())))
APIA = ("Pacific/Apia", "2011-12-30T10:00", str(Rule("MONTHLY", count=4)))
HOUR = timedelta(hours=1)
READERS = pytest.mark.parametrize("read", [with_ical_js, with_vobject])


def as_file(zone: str, start: str, rrule: str, length: timedelta = HOUR) -> bytes:
    starts_at = recurrence.moment(start, ZoneInfo(zone))
    facts = itip.Facts(
        uid="1",
        sequence=0,
        title="Series",
        starts_at=starts_at,
        ends_at=starts_at + length,
        url="https://meet.example/r/abc/",
        description="",
        organizer_name="Alice",
        organizer_address="meet@example.org",
        created_at=starts_at,
        rrule=rrule,
        time_zone=zone,
        wall_clock=start,
    )
    return itip.request(facts, itip.Guest("Bob", "bob@example.org"), starts_at)


def wanted(zone: str, start: str, rrule: str) -> list[datetime]:
    return [recurrence.moment(key, ZoneInfo(zone)) for key in recurrence.wall_clocks(rrule, start)]


def shown(file: File) -> list[tuple[datetime, datetime]]:
    """What a calendar shows: the times of the rule, and in their place what is told by itself."""
    [whole] = [event for event in file.events if event.recurrence_id is None]
    times = {start: (start, end) for start, end in whole.occurrences}
    for event in file.events:
        if event.recurrence_id is not None:
            assert event.recurrence_id in times, "it would be one more"
            times[event.recurrence_id] = (event.starts_at, event.ends_at)
    return sorted(times.values())


@pytest.mark.parametrize("series", [CAIRO, NEW_YORK, TWICE, SANTIAGO])
@READERS
def test_a_calendar_reads_every_date_of_a_series_that_begins_where_the_clocks_change(series, read):
    assert shown(read(as_file(*series))) == [(at, at + HOUR) for at in wanted(*series)]


def test_a_series_begins_with_the_clock_of_its_rule_though_that_is_skipped():
    """RFC 5545, 3.3.5."""
    data = as_file(*NEW_YORK)
    assert b"DTSTART;TZID=America/New_York:20270314T023000\r\n" in data
    assert b"DURATION:PT60M\r\n" in data
    whole = data[data.index(b"BEGIN:VEVENT") : data.index(b"END:VEVENT")]
    assert b"RECURRENCE-ID" not in whole
    assert b"DTEND" not in whole


def test_the_length_is_said_where_the_clock_at_the_end_says_nothing_of_it():
    data = as_file(*TWICE)
    assert b"DTSTART;TZID=America/New_York:20271107T011500\r\n" in data
    assert b"DURATION:PT60M\r\n" in data
    event = with_vobject(data).events[0]
    assert event.ends_at - event.starts_at == HOUR


def test_elsewhere_the_end_is_told_as_every_program_reads_it():
    data = as_file("Europe/Berlin", "2027-03-01T09:00", str(Rule("WEEKLY", count=10)))
    assert b"DTEND;TZID=Europe/Berlin:20270301T100000\r\n" in data
    assert b"DURATION" not in data


def test_a_month_that_begins_on_a_day_that_a_zone_left_out_keeps_its_day():
    assert b"BYMONTHDAY=30" in as_file(*APIA)


def test_one_that_was_moved_into_the_second_of_two_equal_hours_is_told_as_a_moment():
    at = datetime(2027, 11, 7, 6, 15, tzinfo=UTC)  # 01:15 in New York for the second time
    zone, _, rrule = TWICE
    start = recurrence.moment("2027-11-07T09:00", ZoneInfo(zone))
    facts = itip.Facts(
        "1", 0, "x", start, start + HOUR, "https://x.example/", "", "A", "a@x.example", start, rrule, zone
    )
    change = itip.Change("2027-11-07T09:00", at, at + HOUR, "x", "")
    data = itip.request_occurrence(facts, change, itip.Guest("Bob", "bob@example.org"), start)
    for read in (with_ical_js, with_vobject):
        [event] = read(data).events
        assert (event.starts_at, event.ends_at) == (at, at + HOUR)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.sampled_from([*inhabited()]),
    st.datetimes(datetime(2025, 1, 1), datetime(2036, 1, 1)),
    st.integers(-150, 150),
    st.sampled_from([15, 30, 60, 90, 180]),
    st.sampled_from([Rule("DAILY", count=4), Rule("WEEKLY", count=4)]),
)
def test_around_every_change_of_every_zone_calendars_read_the_dates_that_we_show(
    name, after, minutes, length, rule
):
    zone, after = ZoneInfo(name), after.replace(tzinfo=UTC)
    changes = zones.transitions(zone, after, after + timedelta(days=400))
    assume(changes)
    # On the wall before the change, so that what is skipped is met as well.
    before = (changes[0].at - timedelta(seconds=1)).astimezone(zone)
    start = recurrence.written(before.replace(second=0, microsecond=0) + timedelta(minutes=minutes))
    series = (name, start, str(rule))
    data = as_file(*series, timedelta(minutes=length))
    moments = wanted(*series)
    for read in (with_ical_js, with_vobject):
        assert [begins for begins, _ in shown(read(data))] == moments, read.__name__
    # By the standard it lasts as long as it does here (RFC 5545, 3.3.6).
    begins = recurrence.read(start)
    if recurrence.is_plain(str(rule), start, timedelta(minutes=length), name):
        ends = recurrence.moment(recurrence.written(begins + timedelta(minutes=length)), zone)
        assert ends - moments[0] == timedelta(minutes=length)
    else:
        assert f"DURATION:PT{length}M".encode() in data


# -- on the page, in letters, in the form -------------------------------------------------------


@pytest.fixture
def at_2027(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2027, 2, 1, 12, tzinfo=UTC))


def sundays(alice, plan):
    """Planned on Wednesday, 1 September 2027; on the first Sunday the clocks skip 00:30."""
    first = recurrence.moment("2027-09-05T00:30", ZoneInfo("America/Santiago"))
    return invitations.schedule(
        alice,
        plan(
            "dave@far.example",
            starts_at=first,
            time_zone="America/Santiago",
            rrule=SANTIAGO[2],
            wall_clock="2027-09-05T00:30",
        ),
    )


def test_only_the_date_on_which_the_clocks_skip_it_is_later(at_2027, alice, plan):
    meeting = sundays(alice, plan)
    here = [o.starts_at.astimezone(meeting.zone) for o in meeting.occurrences.all()]
    assert [f"{at:%d %H:%M}" for at in here] == ["05 01:30", "12 00:30", "19 00:30", "26 00:30", "03 00:30"]


def test_the_page_and_the_letter_say_the_time_of_the_rule(at_2027, alice, plan):
    meeting = sundays(alice, plan)
    told = announced.of(meeting)
    assert "00:30" in dates.series_when(told, "America/Santiago").rule
    assert "01:30" not in dates.series_when(told, "America/Santiago").rule
    assert "00:30" in dates.rule_of(meeting)
    assert b":20270905T003000" in itip.publish([events.facts(meeting.current)], meeting.created_at)


def test_a_link_to_a_calendar_service_has_the_time_of_the_rule():
    zone, start, rrule = SANTIAGO
    at = recurrence.moment(start, ZoneInfo(zone))
    entry = web_calendars.Event("x", at, at + HOUR, "https://x.example/", "", rrule, zone, start)
    [google, *_] = web_calendars.services(entry)
    assert "dates=20270905T003000%2F20270905T013000&" in google.url
    at = recurrence.moment(TWICE[1], ZoneInfo(TWICE[0]))
    entry = web_calendars.Event("x", at, at + HOUR, "https://x.example/", "", TWICE[2], TWICE[0], TWICE[1])
    [google, *_] = web_calendars.services(entry)
    assert "dates=20271107T051500Z%2F20271107T061500Z&" in google.url


def test_the_form_shows_the_time_of_the_rule_and_saving_it_changes_nothing(at_2027, alice, plan, client):
    meeting = sundays(alice, plan)
    initial = initial_values.of_meeting(meeting)
    assert f"{initial['time']:%H:%M}" == "00:30"
    client.force_login(alice)
    page = client.get(f"/meetings/{meeting.code}/edit/")
    form = page.context["form"]
    data = {
        name: value
        for name, field in form.fields.items()
        if (value := form[name].value()) not in (None, "") and name != "file"
    }
    data["date"], data["time"] = f"{initial['date']:%Y-%m-%d}", f"{initial['time']:%H:%M}"
    data["until"] = f"{initial['until']:%Y-%m-%d}"
    assert client.post(f"/meetings/{meeting.code}/edit/", data).status_code == 302
    before = meeting.current.sequence
    meeting.refresh_from_db()
    assert (meeting.current.wall_clock, meeting.current.sequence) == ("2027-09-05T00:30", before)


def test_planned_from_a_wednesday_on_it_is_on_every_sunday_at_the_time_that_was_written_down(
    at_2027, alice, client
):
    client.force_login(alice)
    data = {
        "title": "Night shift",
        "date": "2027-09-01",
        "time": "00:30",
        "length": "30",
        "zone": "America/Santiago",
        "repeats": "weekly",
        "every": "1",
        "days": ["6"],
        "monthly": "date",
        "ends": "count",
        "times": "5",
        "begins": "2027-09-05T00:30",
    }
    answer = client.post("/meetings/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    meeting = alice.meetings.get()
    assert meeting.current.wall_clock == "2027-09-05T00:30"
    last = meeting.occurrences.last()
    assert f"{last.starts_at.astimezone(meeting.zone):%H:%M}" == "00:30"


def test_putting_the_rule_an_hour_later_is_a_change_though_the_first_date_stays(at_2027, alice, plan):
    meeting = sundays(alice, plan)
    later = plan(
        "dave@far.example",
        starts_at=meeting.starts_at,
        time_zone="America/Santiago",
        rrule=meeting.current.rrule,
        wall_clock="2027-09-05T01:30",
    )
    assert invitations.change(meeting, later).updates == 1
    last = meeting.occurrences.last()
    assert f"{last.starts_at.astimezone(meeting.zone):%H:%M}" == "01:30"
