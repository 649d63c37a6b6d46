"""What was said to a series, when it is split, cut, or becomes one date and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.models import Answer, Attendee, Meeting, Occurrence
from meetings.pages import overview, responses
from meetings.plans import invitations

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"
PartStat = Attendee.PartStat
YES, NO, SILENT = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.NEEDS_ACTION


def daily(count: int) -> str:
    return str(Rule("DAILY", count=count))


@pytest.fixture
def begun(alice, bob, plan, soon) -> Meeting:
    """Six days, of which the first two are over."""
    return invitations.schedule(alice, plan(PEOPLE, starts_at=soon - timedelta(days=2), rrule=daily(6)))


def dave_of(meeting: Meeting) -> Attendee:
    return meeting.attendees.get(name="Dave")


def said(meeting: Meeting) -> list[str]:
    """What Dave says to each date."""
    dave = dave_of(meeting)
    return [one.answer_of(dave).partstat for one in meeting.occurrences.select_related("series")]


def later_from(meeting: Meeting, n: int, plan) -> None:
    """The nth and the following begin an hour later."""
    since: Occurrence = meeting.occurrences.all()[n - 1]
    rest = recurrence.rest(meeting.current.rrule, meeting.current.wall_clock, since.recurrence_id)
    invitations.change(
        meeting, plan(PEOPLE, rrule=rest, starts_at=since.starts_at + timedelta(hours=1)), since=since
    )
    meeting.refresh_from_db()


def test_dates_that_are_over_keep_what_was_said_to_them_when_the_rest_is_moved(begun, plan):
    invitations.respond(dave_of(begun), YES)
    later_from(begun, 5, plan)
    assert said(begun) == [YES] * 4 + [SILENT] * 2


def test_an_answer_to_one_date_goes_with_it_into_the_part_that_it_is_in(begun, plan):
    dave = dave_of(begun)
    invitations.respond(dave, YES)
    sixth = begun.occurrences.all()[5]
    invitations.respond(dave, NO, occurrence=sixth)
    rest = recurrence.rest(
        begun.current.rrule, begun.current.wall_clock, begun.occurrences.all()[4].recurrence_id
    )
    renamed = plan(
        PEOPLE, rrule=rest, starts_at=begun.occurrences.all()[4].starts_at, title="Winter timetable"
    )
    invitations.change(begun, renamed, since=begun.occurrences.all()[4])
    begun.refresh_from_db()
    sixth.refresh_from_db()
    assert sixth.series == begun.current
    assert said(begun) == [YES] * 5 + [NO]


def test_where_a_series_ends_with_an_earlier_part_what_was_said_to_that_holds(begun, plan):
    invitations.respond(dave_of(begun), YES)
    later_from(begun, 5, plan)
    invitations.respond(dave_of(begun), NO)
    invitations.cancel_from(begun.occurrences.all()[4])
    begun.refresh_from_db()
    assert dave_of(begun).answer.partstat == YES
    assert said(begun)[:4] == [YES] * 4


def test_whoever_comes_later_has_said_nothing_to_any_part(begun, plan):
    later_from(begun, 5, plan)
    [erin] = invitations.invite(begun, plan("erin@far.example").people)
    invitations.respond(erin, YES)
    counted = [one.answer_of(erin).partstat for one in begun.occurrences.select_related("series")]
    assert counted == [SILENT] * 4 + [YES] * 2


def test_an_answer_to_all_of_an_earlier_part_leaves_the_last_one_as_it_is(begun, plan):
    later_from(begun, 5, plan)
    dave = dave_of(begun)
    invitations.respond(dave, NO, occurrence=begun.occurrences.all()[3])
    assert invitations.respond(dave, YES, series=begun.series.first())
    assert said(begun) == [YES] * 4 + [SILENT] * 2


def test_a_part_that_is_no_more_is_not_answered(begun, plan):
    later_from(begun, 5, plan)
    first = begun.series.first()
    begun.occurrences.filter(series=first).delete()
    first.delete()
    assert not invitations.respond(dave_of(begun), YES, series=first)


def test_what_was_said_to_one_is_said_to_the_first_of_a_series_and_back_again(alice, bob, plan, soon):
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=soon))
    invitations.respond(dave_of(meeting), YES)
    invitations.change(meeting, plan(PEOPLE, starts_at=soon, rrule=daily(3)))
    meeting.refresh_from_db()
    assert said(meeting) == [YES, SILENT, SILENT]
    invitations.respond(dave_of(meeting), NO, occurrence=meeting.occurrences.first())
    invitations.change(meeting, plan(PEOPLE, starts_at=soon))
    meeting.refresh_from_db()
    assert said(meeting) == [NO]
    # What was said long ago to the date alone is not what holds now.
    invitations.respond(dave_of(meeting), YES)
    invitations.change(meeting, plan(PEOPLE, starts_at=soon, rrule=daily(3)))
    meeting.refresh_from_db()
    assert said(meeting) == [YES, SILENT, SILENT]


def test_each_date_counts_what_was_said_to_its_own_part_in_as_many_queries_for_many(begun, plan, alice):
    invitations.respond(dave_of(begun), YES)
    later_from(begun, 5, plan)
    invitations.respond(begun.attendees.get(name="Bob Lindqvist"), NO)
    meeting = overview.loaded(Meeting.objects.filter(pk=begun.pk)).get()
    dates = list(meeting.occurrences.select_related("series"))
    counted = []
    for some in (dates[3:5], dates):
        with CaptureQueriesContext(connection) as queries:
            found = responses.responses_to([(meeting, one) for one in some], alice)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    answers = [(one.answers[YES], one.answers[NO], one.answers[SILENT]) for one in found]
    assert answers == [(1, 0, 1)] * 4 + [(0, 1, 1)] * 2


def test_what_was_said_to_a_date_stays_when_it_is_cancelled_and_takes_place_again(begun, plan):
    dave, fifth = dave_of(begun), begun.occurrences.all()[4]
    invitations.respond(dave, YES)
    invitations.respond(dave, NO, "Holidays", occurrence=fifth)
    invitations.cancel_from(begun.occurrences.all()[3])
    begun.refresh_from_db()
    invitations.change(begun, plan(PEOPLE, starts_at=begun.starts_at, rrule=daily(6)))
    assert said(begun) == [YES] * 4 + [NO, YES]
    again = begun.occurrences.all()[4]
    assert (again.pk, again.answer_of(dave).note) == (fifth.pk, "Holidays")


def test_of_a_date_that_takes_place_again_for_longer_a_no_stays_one(begun, plan):
    dave, fourth, fifth = dave_of(begun), begun.occurrences.all()[3], begun.occurrences.all()[4]
    invitations.respond(dave, YES, occurrence=fourth)
    invitations.respond(dave, NO, occurrence=fifth)
    invitations.cancel_from(fourth)
    begun.refresh_from_db()
    longer = plan(PEOPLE, starts_at=begun.starts_at, rrule=daily(6), duration=timedelta(hours=2))
    invitations.change(begun, longer)
    assert said(begun) == [SILENT] * 4 + [NO, SILENT]


# -- parts that become one again ----------------------------------------------------------------


def join_from(meeting: Meeting, n: int, plan, hours: int) -> None:
    """The nth and the following, of whichever part, begin so many hours later than the nth."""
    since: Occurrence = meeting.occurrences.all()[n - 1]
    starts_at = since.starts_at + timedelta(hours=hours)
    invitations.change(meeting, plan(PEOPLE, rrule=daily(7 - n), starts_at=starts_at), since=since)
    meeting.refresh_from_db()


def test_a_yes_to_the_last_part_is_none_to_dates_that_are_moved_into_it(begun, plan):
    later_from(begun, 5, plan)
    invitations.respond(dave_of(begun), NO, series=begun.series.first())
    invitations.respond(dave_of(begun), YES)
    join_from(begun, 4, plan, hours=1)
    assert begun.series.count() == 2
    assert said(begun) == [NO] * 3 + [SILENT] + [YES] * 2


def test_where_parts_become_one_at_the_old_time_what_was_said_to_dates_at_that_time_holds(begun, plan):
    later_from(begun, 5, plan)
    invitations.respond(dave_of(begun), NO, series=begun.series.first())
    fourth = begun.occurrences.all()[3]
    invitations.respond(dave_of(begun), YES, "Late", occurrence=fourth)
    invitations.respond(dave_of(begun), YES)
    join_from(begun, 3, plan, hours=0)
    assert said(begun) == [NO] * 3 + [YES] + [SILENT] * 2
    assert begun.occurrences.all()[3].answer_of(dave_of(begun)).note == "Late"


# -- what is over -------------------------------------------------------------------------------


def test_dates_that_are_over_keep_what_was_said_to_them_when_all_are_moved(begun, plan):
    invitations.respond(dave_of(begun), YES)
    later = begun.starts_at + timedelta(hours=1)
    invitations.change(begun, plan(PEOPLE, starts_at=later, rrule=daily(6)))
    assert said(begun) == [YES] * 2 + [SILENT] * 4


def test_dates_that_are_over_keep_what_was_said_to_them_when_all_take_longer(begun, plan):
    invitations.respond(dave_of(begun), YES)
    longer = plan(PEOPLE, starts_at=begun.starts_at, rrule=daily(6), duration=timedelta(hours=2))
    invitations.change(begun, longer)
    assert said(begun) == [YES] * 2 + [SILENT] * 4


def test_a_later_answer_to_all_is_about_those_to_come(begun):
    invitations.respond(dave_of(begun), NO)
    begun.occurrences.filter(pk=begun.occurrences.all()[2].pk).update(ends_at=begun.starts_at)
    invitations.respond(dave_of(begun), YES)
    assert said(begun) == [NO] * 3 + [YES] * 3


def test_who_is_invited_again_has_said_what_they_said_to_dates_that_are_over(begun, plan):
    invitations.respond(dave_of(begun), YES)
    begun.occurrences.filter(pk=begun.occurrences.all()[2].pk).update(ends_at=begun.starts_at)
    invitations.remove(dave_of(begun))
    invitations.invite(begun, plan(PEOPLE).people)
    assert said(begun) == [YES] * 3 + [SILENT] * 3


def test_of_a_series_that_becomes_one_date_the_answer_to_that_date_counts(begun, plan):
    dave = dave_of(begun)
    invitations.respond(dave, YES)
    first, third = begun.occurrences.first(), begun.occurrences.all()[2]
    Answer.objects.filter(attendee=dave, occurrence=first).update(partstat=NO)
    invitations.change(begun, plan(PEOPLE, starts_at=third.starts_at))
    assert dave_of(begun).answer.partstat == YES


def test_what_was_said_to_one_date_with_a_history_is_said_to_it_when_it_becomes_a_series(begun, plan):
    third = begun.occurrences.all()[2]
    invitations.change(begun, plan(PEOPLE, starts_at=third.starts_at))
    invitations.respond(dave_of(begun), YES)
    invitations.change(begun, plan(PEOPLE, starts_at=third.starts_at, rrule=daily(3)))
    assert said(begun) == [SILENT] * 2 + [YES] + [SILENT] * 2
