"""Another meeting at the same time is pointed out before anything is saved, and never in the way."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.forms import initial_values
from meetings.models import Attendee, Meeting
from meetings.plans import conflicts, invitations, occurrences

START = datetime(2030, 11, 25, 13, tzinfo=UTC)
FORM = {"title": "Another", "date": "2030-11-25", "time": "14:15", "length": "30", "zone": "Europe/Berlin"}


@pytest.fixture
def fill(as_person, alice):
    client = as_person(alice)
    return lambda **changes: client.post(reverse("meetings:new"), {**FORM, **changes})


@pytest.fixture
def found(alice):
    """`found(-30, 45)`: what a meeting overlaps with that starts half an hour before 14:00."""

    def ask(minutes, length, user=None, besides=None):
        starts = START + timedelta(minutes=minutes)
        return conflicts.find(user or alice, [(starts, starts + timedelta(minutes=length))], besides)

    return ask


@pytest.mark.parametrize(
    ("minutes", "length", "overlaps"),
    [(-30, 30, 0), (-30, 31, 1), (0, 45, 1), (10, 5, 1), (44, 30, 1), (45, 30, 0), (-60, 600, 1)],
)
def test_only_what_goes_on_at_that_time_is_named(found, standup, minutes, length, overlaps):
    assert len(found(minutes, length).overlaps) == overlaps


def test_it_is_no_conflict_with_itself(found, standup):
    assert not found(10, 30, besides=standup)
    assert not found(10, 30, besides=standup.occurrences.get())


def test_what_is_cancelled_declined_or_anothers_is_none(found, standup, invited, bob, carol):
    assert found(0, 30, bob)
    assert not found(0, 30, carol)
    invitations.respond(invited("bob"), Attendee.PartStat.DECLINED)
    assert not found(0, 30, bob)
    invitations.respond(invited("bob"), Attendee.PartStat.TENTATIVE)
    assert found(0, 30, bob)
    invitations.cancel(standup)
    assert not found(0, 30, bob)


def test_one_that_was_declined_alone_is_none_and_one_accepted_alone_is_one(found, alice, bob, plan):
    series = invitations.schedule(alice, plan("bob@example.org", rrule="FREQ=DAILY;COUNT=3"))
    attendee, first = series.attendees.get(), series.occurrences.all()[0]
    invitations.respond(attendee, Attendee.PartStat.DECLINED, occurrence=first)
    assert not found(0, 30, bob)
    assert found(24 * 60, 30, bob)
    invitations.respond(attendee, Attendee.PartStat.DECLINED)
    assert not found(24 * 60, 30, bob)
    invitations.respond(attendee, Attendee.PartStat.ACCEPTED, occurrence=first)
    assert found(0, 30, bob)


def test_of_a_series_it_says_how_many_overlap(alice, standup, plan):
    invitations.schedule(alice, plan(title="Ferries", starts_at=START + timedelta(days=14)))
    spans = [(START + timedelta(days=7 * n), START + timedelta(days=7 * n, minutes=30)) for n in range(10)]
    found = conflicts.find(alice, spans)
    assert found.heading == "Two of ten overlap with other meetings of yours"
    assert found.lines(standup.zone, START) == [
        "“Autumn timetable”, on Monday, 25 November, 14:00 to 14:45.",
        "“Ferries”, on Monday, 9 December, 14:00 to 14:45.",
    ]


def test_many_are_not_a_wall_of_words(alice, found, plan, standup):
    for n in range(5):
        invitations.schedule(alice, plan(title=f"Number {n}"))
    lines = found(0, 30).lines(standup.zone, START)
    assert lines[0] == "“Autumn timetable”, 14:00 to 14:45."
    assert lines[3:] == ["And three more."]


def test_it_takes_one_query_for_a_year_of_days(alice, standup, django_assert_num_queries):
    spans = [(START + timedelta(days=n), START + timedelta(days=n, hours=1)) for n in range(366)]
    with django_assert_num_queries(1):
        assert conflicts.find(alice, spans).taken == 1


def test_the_form_asks_once_and_then_saves(fill, standup):
    response = fill()
    page = html.unescape(response.content.decode())
    assert "You have another meeting then" in page
    assert "“Autumn timetable”, 14:00 to 14:45." in page
    assert "Save anyway" in page
    assert Meeting.objects.count() == 1
    [key] = re.findall(r'name="anyway"\s+value="(\w+)"', page)
    assert fill(anyway=key).status_code == 302
    assert Meeting.objects.count() == 2


def test_what_somebody_was_not_told_of_is_asked_again(fill, standup, alice, plan):
    [key] = re.findall(r'name="anyway"\s+value="(\w+)"', fill().content.decode())
    invitations.schedule(alice, plan(title="Meanwhile"))
    assert "“Meanwhile”" in html.unescape(fill(anyway=key).content.decode())


def test_changing_asks_too_but_not_about_the_meeting_itself(as_person, alice, standup, plan):
    client = as_person(alice)
    url = reverse("meetings:edit", args=[standup.code])
    data = {**FORM, "title": "Moved", "people": ""}
    assert client.post(url, data).status_code == 302
    invitations.schedule(alice, plan(title="Ferries"))
    assert "“Ferries”" in html.unescape(client.post(url, {**data, "time": "14:20"}).content.decode())


def test_a_meeting_that_stays_where_it_is_is_not_asked_about(as_person, alice, standup, plan, check):
    invitations.schedule(alice, plan(title="Ferries"))
    same = {**FORM, "time": "14:00", "length": "45", "title": "Renamed"}
    assert check(f"?meeting={standup.code}", **same)["conflicts"] is None
    url = reverse("meetings:edit", args=[standup.code])
    assert as_person(alice).post(url, {**same, "people": ""}).status_code == 302


def test_what_of_a_series_is_over_or_cancelled_is_in_nobodys_way(alice, check):
    now = timezone.now().replace(second=0, microsecond=0)
    facts = {"time_zone": "UTC", "duration": timedelta(minutes=30)}
    # At noon, so that an hour later is the same day.
    start = (now - timedelta(days=14)).replace(hour=12, minute=0)
    series = occurrences.create(alice, "Ours", start, rrule="FREQ=WEEKLY;COUNT=5", **facts)
    off = series.occurrences.all()[3]
    off.cancelled_at = now
    off.save()
    new = {"date": f"{start:%Y-%m-%d}", "time": "13:00", "zone": "UTC", "length": "30"}
    rule = {"repeats": "weekly", "every": "1", "ends": "count", "times": "5"}
    for on in (start, off.starts_at):
        occurrences.create(alice, "Another", on + timedelta(hours=1), **facts)
    said = check(f"?meeting={series.code}&scope=all", **new, **rule)
    assert (said["errors"], said["conflicts"]) == ({}, None)
    last = series.occurrences.all()[4]
    occurrences.create(alice, "Another", last.starts_at + timedelta(hours=1), **facts)
    assert len(check(f"?meeting={series.code}&scope=all", **new, **rule)["conflicts"]["lines"]) == 1


# -- while the form is filled in ----------------------------------------------------------------


@pytest.fixture
def check(as_person, alice):
    client = as_person(alice)

    def ask(query="", **changes):
        return json.loads(client.post(reverse("meetings:check") + query, {**FORM, **changes}).content)

    return ask


def test_it_is_said_while_the_form_is_filled_in(check, standup):
    assert check()["conflicts"]["heading"] == "You have another meeting then"
    assert check(time="16:00")["conflicts"] is None
    assert check(title="")["conflicts"]
    assert check(date="")["conflicts"] is None


def test_the_rule_is_said_while_the_form_is_filled_in(check):
    said = check(repeats="weekly", every="2", days=["1"], ends="count", times="3")["said"]
    assert said == {
        "rule": "Every second Tuesday at 14:15, Berlin time, three times, until 24 December 2030.",
        "dates": "Three times: 26 November, 10 December and 24 December.",
        "first": "The first is on Tuesday, 26 November 2030.",
        "begins": "2030-11-26T14:15",
    }
    assert check()["said"] is None


def test_the_errors_are_those_that_saving_would_bring(check):
    assert check()["errors"] == {}
    errors = check(title="", repeats="daily", times="0")["errors"]
    assert errors == {
        "title": "A title tells people what the meeting is about.",
        "times": "From 1 to 366 times.",
    }


def test_one_of_a_series_is_checked_in_its_own_zone(check, alice, plan, standup):
    series = invitations.schedule(
        alice, plan(title="Ferries", time_zone="Asia/Tbilisi", rrule="FREQ=DAILY;COUNT=3")
    )
    query = f"?meeting={series.code}&occurrence={series.occurrences.all()[1].pk}&scope=one"
    # 14:15 in Berlin
    assert check(query, time="17:15")["conflicts"]["lines"] == [
        "“Autumn timetable”, 17:00 to 17:45.",
        "“Ferries”, 17:00 to 17:45.",
    ]


def test_nobody_checks_anothers_meeting(as_person, carol, standup):
    url = reverse("meetings:check") + f"?meeting={standup.code}"
    assert as_person(carol).post(url, FORM).status_code == 404


def test_only_who_is_signed_in_is_told_anything(client, db):
    for name in ("check", "people"):
        assert client.get(reverse(f"meetings:{name}")).status_code == 302
    assert client.post(reverse("meetings:check"), FORM).status_code == 401


@pytest.mark.parametrize(
    ("begins", "proposed"),
    [("13:00", "13:00"), ("13:30", "13:30"), ("13:45", "14:45"), ("14:00", "15:00"), ("23:00", "23:00")],
)
def test_a_new_meeting_is_proposed_where_there_is_room_for_it(alice, standup, begins, proposed):
    # Half an hour, beside the one from 14:00 to 14:45.
    on = START.astimezone(standup.zone).date()
    at = conflicts.first_free(
        alice, datetime.combine(on, time.fromisoformat(begins), standup.zone), timedelta(minutes=30)
    )
    assert f"{at:%F %H:%M}" == f"{on} {proposed}"


def test_a_day_without_room_is_no_reason_for_another_day(alice, plan):
    zone = ZoneInfo("Europe/Berlin")
    evening = datetime(2030, 11, 25, 22, 30, tzinfo=zone)
    invitations.schedule(alice, plan(starts_at=evening, duration=timedelta(hours=3)))
    assert conflicts.first_free(alice, evening, timedelta(minutes=30)) == evening


def test_the_form_proposes_that_time(alice, standup):
    now = START - timedelta(minutes=40)
    begins = initial_values.new(alice, now, {})
    assert (begins["date"], begins["time"]) == (START.date(), time(14))
    asked = initial_values.new(alice, now, {"time": "13:15"})
    assert asked["time"] == time(13, 15)


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "1999-05-05", "2030-11-24", "31.12.2030", ""])
def test_a_day_on_which_nothing_can_be_planned_is_not_proposed(alice, on):
    assert initial_values.new(alice, START, {"date": on})["date"] == START.date()
