"""Whose answer is taken, and to what: looked at when nobody else can change the meeting any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.models import Answer, Attendee, Meeting
from meetings.plans import invitations

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"
PartStat = Attendee.PartStat
YES, NO, SILENT = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.NEEDS_ACTION


def daily(count: int) -> str:
    return str(Rule("DAILY", count=count))


@pytest.fixture
def begun(alice, bob, plan, soon: datetime) -> Meeting:
    """Six days, of which the first two are over."""
    return invitations.schedule(alice, plan(PEOPLE, starts_at=soon - timedelta(days=2), rrule=daily(6)))


@pytest.fixture
def dave(begun) -> Attendee:
    return begun.attendees.get(name="Dave")


def part_from(meeting: Meeting, n: int, plan) -> None:
    """From the nth on they begin an hour later."""
    since = meeting.occurrences.all()[n - 1]
    rest = recurrence.rest(meeting.current.rrule, meeting.current.wall_clock, since.recurrence_id)
    later = plan(PEOPLE, rrule=rest, starts_at=since.starts_at + timedelta(hours=1))
    invitations.change(meeting, later, since=since)


def test_a_date_that_is_no_more_when_its_turn_comes_is_not_answered(begun, dave, plan):
    sixth = begun.occurrences.last()
    invitations.change(begun, plan(PEOPLE, starts_at=begun.starts_at, rrule=daily(5)))
    assert not invitations.respond(dave, NO, about=sixth.appointment, occurrence=sixth)
    assert not Answer.objects.exclude(answered_at=None).exists()


def test_a_date_that_is_over_is_not_answered(begun, dave):
    first = begun.occurrences.first()
    assert not invitations.respond(dave, NO, about=first.appointment, occurrence=first)
    assert first.answer_of(dave).partstat == SILENT


def test_a_date_that_is_cancelled_is_not_answered(begun, dave):
    fifth = begun.occurrences.all()[4]
    invitations.cancel_occurrence(fifth)
    assert not invitations.respond(dave, YES, about=fifth.appointment, occurrence=fifth)
    assert fifth.answer_of(dave).partstat == SILENT


def test_a_date_that_is_cancelled_with_what_follows_is_not_answered(begun, dave):
    fifth = begun.occurrences.all()[4]
    invitations.cancel_from(fifth)
    fifth.refresh_from_db()
    assert not invitations.respond(dave, YES, about=fifth.appointment, occurrence=fifth)
    assert not invitations.respond(dave, YES, series=fifth.series)
    assert fifth.answer_of(dave).partstat == SILENT


def test_a_part_that_is_over_is_not_answered(begun, dave, plan):
    part_from(begun, 3, plan)
    first = begun.series.first()
    assert not invitations.respond(dave, NO, about=first.appointment, series=first)
    assert dave.answer_to(first.pk).partstat == SILENT
    assert invitations.respond(dave, YES)


def test_a_date_of_another_meeting_is_not_answered(alice, begun, dave, plan):
    other = invitations.schedule(alice, plan(PEOPLE, rrule=daily(2)))
    assert not invitations.respond(dave, NO, occurrence=other.occurrences.first())
    assert not invitations.respond(dave, NO, series=other.current)
    assert not Answer.objects.exists()


# -- several at once ----------------------------------------------------------------------------


def asked(*dates) -> dict[int, str]:
    return {date.pk: date.appointment for date in dates}


def said(dave: Attendee, meeting: Meeting) -> list[str]:
    return [one.answer_of(dave).partstat for one in meeting.occurrences.select_related("series")]


def test_many_dates_are_answered_in_as_many_statements_as_two(begun, dave, django_assert_max_num_queries):
    *_, fourth, fifth, sixth = begun.occurrences.all()
    for dates in ([fourth, fifth], [fourth, fifth, sixth]):
        with django_assert_max_num_queries(11):
            assert invitations.respond_to_dates([dave], YES, asked(*dates))
    assert said(dave, begun) == [SILENT] * 3 + [YES] * 3


def test_a_word_that_was_said_to_a_date_stays_when_it_is_answered_among_others(begun, dave):
    *_, fifth, sixth = begun.occurrences.all()
    invitations.respond(dave, YES, "Late", occurrence=fifth)
    invitations.respond_to_dates([dave], PartStat.TENTATIVE, asked(fifth, sixth))
    assert [(one.answer_of(dave).partstat, one.answer_of(dave).note) for one in (fifth, sixth)] == [
        ("TENTATIVE", "Late"),
        ("TENTATIVE", ""),
    ]


def test_of_several_dates_all_are_answered_or_none(begun, dave):
    *_, fifth, sixth = begun.occurrences.all()
    about = asked(fifth, sixth)
    invitations.cancel_occurrence(sixth)
    assert not invitations.respond_to_dates([dave], YES, about)
    later = invitations.OccurrencePlan("Later", fifth.starts_at + timedelta(hours=1), fifth.duration)
    invitations.change_occurrence(fifth, later)
    assert not invitations.respond_to_dates([dave], YES, {fifth.pk: about[fifth.pk]})
    assert said(dave, begun) == [SILENT] * 6


def test_several_dates_are_not_answered_by_who_was_taken_off_the_list_meanwhile(begun, dave):
    invitations.remove(Attendee.objects.get(pk=dave.pk))
    assert not invitations.respond_to_dates([dave], YES, asked(begun.occurrences.last()))
    assert said(dave, begun) == [SILENT] * 6


# -- too late -----------------------------------------------------------------------------------


def test_a_meeting_that_was_cancelled_meanwhile_is_not_answered(begun, dave):
    invitations.cancel(Meeting.objects.get(pk=begun.pk))
    assert not invitations.respond(dave, YES)
    assert dave.answer.partstat == SILENT


def test_nobody_answers_who_was_taken_off_the_list_meanwhile(begun, dave):
    invitations.remove(Attendee.objects.get(pk=dave.pk))
    assert not invitations.respond(dave, YES)
    assert dave.answer.partstat == SILENT
