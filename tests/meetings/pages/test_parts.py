"""A series in parts, as people see it: names, copies, what is cancelled, answers to a part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from meetings.calendar.recurrence import Rule
from meetings.models import Attendee, Meeting, Occurrence
from meetings.pages import feed
from meetings.plans import invitations
from meetings.plans.plan import OccurrencePlan

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"
PartStat = Attendee.PartStat


def weekly(count: int) -> str:
    return str(Rule("WEEKLY", count=count))


@pytest.fixture
def parted(alice, bob, plan) -> Meeting:
    """Six Mondays, of which the last two are called otherwise and begin an hour later."""
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=weekly(6), title="Stand-up"))
    fifth = nth(meeting, 5)
    later = fifth.starts_at + timedelta(hours=1)
    rest = plan(PEOPLE, rrule=weekly(2), title="Retrospective", starts_at=later)
    invitations.change(meeting, rest, since=fifth)
    meeting.refresh_from_db()
    return meeting


def nth(meeting: Meeting, n: int) -> Occurrence:
    return meeting.occurrences.all()[n - 1]


def test_the_page_of_a_series_names_each_of_its_parts_by_its_own_title(as_person, alice, parted):
    page = as_person(alice).get(parted.get_absolute_url())
    assert "<bdi>Stand-up</bdi>" in page.content.decode()
    assert page.context["row"].parts == [
        ("Stand-up", "Every Monday from 14:00 to 14:45, Berlin time, until 16 December 2030"),
        ("Retrospective", "Every Monday from 15:00 to 15:45, Berlin time, twice"),
    ]


def test_the_page_of_a_series_with_one_name_says_its_rule_once(as_person, alice, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=weekly(6)))
    assert as_person(alice).get(meeting.get_absolute_url()).context["row"].parts == []


def test_the_meeting_keeps_its_name_when_its_last_dates_get_another(parted):
    assert (parted.title, parted.current.title) == ("Stand-up", "Retrospective")
    assert [one.shown_title for one in parted.occurrences.all()] == ["Stand-up"] * 4 + ["Retrospective"] * 2


def test_planning_one_like_it_copies_the_meeting_and_not_its_last_part(as_person, alice, parted):
    form = as_person(alice).get(f"{reverse('meetings:new')}?like={parted.code}").context["form"]
    assert form["title"].value() == "Stand-up"
    assert (form["times"].value(), f"{form['time'].value():%H:%M}") == (6, "14:00")


def test_planning_one_like_a_series_that_ends_with_another_single_date_is_a_series(as_person, alice, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=weekly(4), title="Course"))
    last = nth(meeting, 4)
    invitations.change(meeting, plan(PEOPLE, title="Exam", starts_at=last.starts_at), since=last)
    form = as_person(alice).get(f"{reverse('meetings:new')}?like={meeting.code}").context["form"]
    assert (form["title"].value(), form["repeats"].value()) == ("Course", "weekly")
    assert form["times"].value() == 4


# -- cancelled from one on ----------------------------------------------------------------------


def test_dates_cancelled_from_one_on_stay_on_the_page_as_such(as_person, alice, parted):
    invitations.cancel_from(nth(parted, 3))
    page = as_person(alice).get(parted.get_absolute_url())
    coming = page.context["coming"].items
    assert [row.is_cancelled for row in coming] == [False, False, True, True, True, True]
    assert [row.title for row in coming] == ["Stand-up"] * 4 + ["Retrospective"] * 2
    assert coming[2].cancelled == "You cancelled this today"


def test_the_page_of_a_date_cancelled_with_what_follows_says_so(as_person, alice, parted):
    third = nth(parted, 3)
    invitations.cancel_from(third)
    page = as_person(alice).get(reverse("meetings:occurrence", args=[parted.code, third.pk]))
    assert page.context["row"].is_cancelled
    assert "You cancelled this today" in page.content.decode()


def test_in_the_list_they_are_one_row(as_person, alice, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=weekly(6)))
    invitations.cancel_from(nth(meeting, 3))
    page = as_person(alice).get(reverse("meetings:list")).context
    assert not page["up_next"].is_cancelled
    assert [row.is_cancelled for day in page["days"] for row in day.rows] == [True]


def test_the_meeting_is_over_with_its_last_date_that_stands(parted):
    last = nth(parted, 2)
    invitations.cancel_from(nth(parted, 3))
    parted.refresh_from_db()
    assert parted.ends_at == last.ends_at
    assert parted.current.title == "Stand-up"


def test_a_series_that_goes_on_again_has_its_dates_once(alice, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=weekly(6)))
    invitations.cancel_from(nth(meeting, 3))
    invitations.change(meeting, plan(PEOPLE, rrule=weekly(4)))
    assert [one.is_cancelled for one in meeting.occurrences.all()] == [False] * 4 + [True] * 2
    invitations.cancel_from(nth(meeting, 2))
    assert [one.is_cancelled for one in meeting.occurrences.all()] == [False] + [True] * 5


def test_calendars_that_subscribe_and_files_hold_nothing_of_what_was_cancelled(as_person, alice, parted):
    invitations.cancel_from(nth(parted, 3))
    file = as_person(alice).get(reverse("meetings:calendar", args=[parted.code])).content
    assert file.count(b"BEGIN:VEVENT") == 1
    assert len(feed.contents(alice).series) == 1
    assert len(feed.contents(alice).series[0][0].changes) == 0


def test_a_meeting_is_called_what_is_left_of_it_when_its_last_part_is_cancelled(parted):
    Meeting.objects.filter(pk=parted.pk).update(title="Retrospective")
    invitations.cancel_from(nth(parted, 5))
    parted.refresh_from_db()
    assert (parted.title, parted.current.title) == ("Stand-up", "Stand-up")


def test_a_moved_date_that_was_cancelled_does_not_stay_beside_itself_when_it_takes_place_again(alice, plan):
    meeting = invitations.schedule(alice, plan(PEOPLE, rrule=weekly(4)))
    third = nth(meeting, 3)
    later = third.starts_at + timedelta(days=1)
    invitations.change_occurrence(third, OccurrencePlan(third.title, later, third.duration, ""))
    invitations.cancel_from(nth(meeting, 3))
    invitations.change(Meeting.objects.get(pk=meeting.pk), plan(PEOPLE, rrule=weekly(4)))
    assert [one.is_cancelled for one in meeting.occurrences.all()] == [False] * 4
