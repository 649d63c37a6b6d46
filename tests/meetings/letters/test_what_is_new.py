"""A letter says what changed, asks those whom it concerns, and keeps the answers that hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.models import Attendee
from meetings.plans import invitations
from outbox import delivery
from tests.meetings.letterbox import calendar_of, html_of, text_of

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>, Erin <erin@far.example>"
PartStat = Attendee.PartStat


def weekly(count):
    return str(Rule("WEEKLY", count=count))


@pytest.fixture
def answered(alice, bob, plan, mailoutbox):
    """A meeting planned as it is said, to which Bob said yes, Dave no, and Erin nothing."""

    def make(**facts):
        first = plan(PEOPLE, **facts)
        meeting = invitations.schedule(alice, first)
        delivery.deliver_due("test")
        mailoutbox.clear()
        for name, said in (("Bob Lindqvist", PartStat.ACCEPTED), ("Dave", PartStat.DECLINED)):
            invitations.respond(meeting.attendees.get(name=name), said)
        return meeting, first

    return make


@pytest.fixture
def letter_of(mailoutbox):
    """Deliver everything; the one letter to somebody since then."""

    def find(name):
        delivery.deliver_due("test")
        [message] = [message for message in mailoutbox if message.to[0].startswith(name)]
        return message

    return find


def answers(meeting):
    return [attendee.answer.partstat for attendee in meeting.attendees.order_by("pk")]


KEPT = [PartStat.ACCEPTED, PartStat.DECLINED, PartStat.NEEDS_ACTION]


def test_a_series_that_goes_on_for_longer_says_so_and_keeps_what_was_answered(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    invitations.change(meeting, replace(first, rrule=weekly(6)))
    assert answers(meeting) == KEPT
    message = letter_of("bob")
    assert message.subject == "More dates: Autumn timetable (Mon 25 Nov, 14:00)"
    text = text_of(message)
    assert "Alice added three dates to the series “Autumn timetable”, until Monday, 30 December 2030." in text
    assert "New: Mon 16 Dec, 14:00; Mon 23 Dec, 14:00; Mon 30 Dec, 14:00\n" in text
    assert "You said yes, and that still holds, for the new dates too." in text
    assert "You said yes, and that still holds, for the new dates too." in html_of(message)
    assert "The time is new" not in text
    _, calendar = calendar_of(message)
    [event] = calendar.walk("VEVENT")
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_whoever_has_not_answered_is_asked_as_before(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    invitations.change(meeting, replace(first, rrule=weekly(6)))
    assert "Will you come to all of them?" in text_of(letter_of("erin"))


def test_from_one_date_on_a_longer_series_is_not_parted(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    second = meeting.occurrences.all()[1]
    rest = recurrence.rest(meeting.current.rrule, meeting.current.wall_clock, second.recurrence_id)
    longer = replace(first, rrule=rest.replace("COUNT=2", "COUNT=4"), starts_at=second.starts_at)
    invitations.change(meeting, longer, since=second)
    assert meeting.series.count() == 1
    assert meeting.occurrences.count() == 5
    assert answers(meeting) == KEPT
    assert letter_of("bob").subject.startswith("More dates: ")


def test_a_series_that_is_to_end_earlier_names_what_is_cancelled(answered, letter_of):
    meeting, first = answered(rrule=weekly(4))
    invitations.change(meeting, replace(first, rrule=weekly(2)))
    assert answers(meeting) == KEPT
    message = letter_of("bob")
    assert message.subject == "Cancelled from Mon 9 Dec on: Autumn timetable"
    assert "Cancelled: Mon 9 Dec, 14:00; Mon 16 Dec, 14:00\n" in text_of(message)


def test_a_longer_meeting_asks_only_those_who_come(answered, letter_of):
    meeting, first = answered()
    invitations.change(meeting, replace(first, duration=timedelta(minutes=90)))
    assert answers(meeting) == [PartStat.NEEDS_ACTION, PartStat.DECLINED, PartStat.NEEDS_ACTION]
    message = letter_of("bob")
    assert message.subject == "Longer: Autumn timetable (Mon 25 Nov, 14:00)"
    text = text_of(message)
    assert "Alice made “Autumn timetable” longer.\n\nAutumn timetable\n" in text
    assert "(before: Monday, 25 November 2030, 14:00 to 14:45)" in text
    assert "It takes longer now, so Alice asks whether you have the time." in text
    assert "You said no, and that still holds." in text_of(letter_of("dave"))


def test_a_shorter_meeting_asks_nobody(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    invitations.change(meeting, replace(first, duration=timedelta(minutes=30)))
    assert answers(meeting) == KEPT
    message = letter_of("bob")
    assert message.subject.startswith("Shorter: ")
    assert "You said yes, and that still holds." in text_of(message)


def test_of_a_longer_series_a_yes_to_one_date_is_asked_again_and_a_no_is_not(answered):
    meeting, first = answered(rrule=weekly(3))
    erin = meeting.attendees.get(name="Erin")
    one, two, _ = meeting.occurrences.all()
    invitations.respond(erin, PartStat.ACCEPTED, occurrence=one)
    invitations.respond(erin, PartStat.DECLINED, occurrence=two)
    invitations.change(meeting, replace(first, duration=timedelta(minutes=90)))
    own = dict(erin.answers.values_list("occurrence", "partstat"))
    assert own == {one.pk: PartStat.NEEDS_ACTION, two.pk: PartStat.DECLINED}


def test_what_becomes_a_series_asks_for_it_and_keeps_what_was_said_to_the_one(answered, letter_of):
    meeting, first = answered()
    invitations.change(meeting, replace(first, rrule=weekly(4)))
    assert set(answers(meeting)) == {PartStat.NEEDS_ACTION}
    one = meeting.occurrences.first()
    said = dict(one.answers.values_list("attendee__name", "partstat"))
    assert said == {"Bob Lindqvist": PartStat.ACCEPTED, "Dave": PartStat.DECLINED}
    message = letter_of("bob")
    assert message.subject == "Now a series: Autumn timetable (Mon 25 Nov, 14:00)"
    text = text_of(message)
    assert "Alice made “Autumn timetable” a series.\n\nAutumn timetable\n" in text
    assert "What you said about Monday, 25 November 2030 still holds." in text
    assert "still holds" not in text_of(letter_of("erin"))


def test_of_what_is_left_of_a_series_the_answer_to_that_date_holds(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    second = meeting.occurrences.all()[1]
    dave = meeting.attendees.get(name="Dave")
    invitations.respond(dave, PartStat.ACCEPTED, occurrence=second)
    invitations.change(meeting, replace(first, rrule="", starts_at=second.starts_at))
    assert answers(meeting) == [PartStat.ACCEPTED, PartStat.ACCEPTED, PartStat.NEEDS_ACTION]
    assert letter_of("bob").subject == "Now once: Autumn timetable (Mon 2 Dec, 14:00)"


def test_other_days_at_the_same_time_are_not_called_moved(answered, letter_of):
    meeting, first = answered(rrule=weekly(4))
    invitations.change(meeting, replace(first, rrule=str(Rule("WEEKLY", 2, count=4))))
    assert set(answers(meeting)) == {PartStat.NEEDS_ACTION}
    message = letter_of("bob")
    assert message.subject.startswith("Changed: ")
    assert "The days are new, so Alice asks again." in text_of(message)


def test_the_same_dates_in_other_words_write_to_nobody(answered):
    meeting, first = answered(rrule=weekly(3))
    last = meeting.occurrences.last().starts_at.date()
    sent = invitations.change(meeting, replace(first, rrule=str(Rule("WEEKLY", until=last))))
    assert sent.updates == 0
    assert answers(meeting) == KEPT


def test_a_new_name_keeps_every_answer_and_says_which(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    invitations.change(meeting, replace(first, title="Winter timetable"))
    assert answers(meeting) == KEPT
    message = letter_of("bob")
    assert message.subject.startswith("Changed: Winter timetable")
    assert "You said yes, and that still holds." in text_of(message)


def test_a_change_that_was_not_told_yet_is_told_with_the_next(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    invitations.change(meeting, replace(first, rrule=weekly(5)))
    invitations.change(meeting, replace(first, rrule=weekly(6), title="Winter timetable"))
    message = letter_of("bob")
    assert message.subject.startswith("More dates: Winter timetable")
    assert "added three dates" in text_of(message)
    assert "(before: Autumn timetable)" in text_of(message)


def test_length_and_dates_are_told_side_by_side_and_ask_whoever_comes(answered, letter_of):
    meeting, first = answered(rrule=weekly(4))
    second = meeting.occurrences.all()[1]
    changed = replace(first, starts_at=second.starts_at, rrule=weekly(4), duration=timedelta(minutes=90))
    invitations.change(meeting, changed)
    assert answers(meeting) == [PartStat.NEEDS_ACTION, PartStat.DECLINED, PartStat.NEEDS_ACTION]
    message = letter_of("bob")
    assert message.subject == "Changed: Autumn timetable (Mon 2 Dec, 14:00)"
    text = text_of(message)
    assert text.startswith(
        "Alice changed the dates of “Autumn timetable” and made it longer.\n\nAutumn timetable\n"
    )
    assert "New: Mon 23 Dec, 14:00\nCancelled: Mon 25 Nov, 14:00\n" in text
    assert "It takes longer now, so Alice asks whether you have the time." in text
    assert "It takes longer now, so <bdi>Alice</bdi> asks" in html_of(message)
    assert "The time is new" not in text


def test_a_first_date_that_is_dropped_asks_nobody(answered, letter_of):
    meeting, first = answered(rrule=weekly(4))
    second = meeting.occurrences.all()[1]
    invitations.change(meeting, replace(first, starts_at=second.starts_at, rrule=weekly(3)))
    assert answers(meeting) == KEPT
    text = text_of(letter_of("bob"))
    assert text.startswith("Alice changed the dates of “Autumn timetable”.\n")
    assert "Cancelled: Mon 25 Nov, 14:00\n" in text
    assert "You said yes, and that still holds." in text


def test_a_date_in_front_asks_nobody(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    earlier = first.starts_at - timedelta(weeks=1)
    invitations.change(meeting, replace(first, starts_at=earlier, rrule=weekly(4)))
    assert answers(meeting) == KEPT
    text = text_of(letter_of("bob"))
    assert "New: Mon 18 Nov, 14:00\n" in text
    assert "You said yes, and that still holds, for the new dates too." in text


def test_another_zone_with_every_moment_the_same_writes_to_nobody_and_keeps_each_date(answered):
    meeting, first = answered(rrule=weekly(3))
    one, two, three = meeting.occurrences.all()
    later = two.starts_at + timedelta(hours=2)
    invitations.change_occurrence(two, invitations.OccurrencePlan("", later, two.duration))
    for zone in ("Europe/Vienna", "Europe/London"):
        sent = invitations.change(meeting, replace(first, rrule=weekly(3), time_zone=zone))
        assert sent.updates == 0
        assert answers(meeting) == KEPT
        assert [o.pk for o in meeting.occurrences.all()] == [one.pk, two.pk, three.pk]
        assert meeting.occurrences.all()[1].starts_at == later
    assert meeting.occurrences.all()[1].recurrence_id == "2030-12-02T13:00"


def test_what_becomes_a_series_of_longer_meetings_keeps_what_was_a_no(answered, letter_of):
    meeting, first = answered()
    invitations.change(meeting, replace(first, rrule=weekly(4), duration=timedelta(minutes=90)))
    assert set(answers(meeting)) == {PartStat.NEEDS_ACTION}
    said = dict(meeting.occurrences.first().answers.values_list("attendee__name", "partstat"))
    assert {name: what for name, what in said.items() if what} == {"Dave": PartStat.DECLINED}
    text = text_of(letter_of("bob"))
    assert text.startswith("Alice made “Autumn timetable” a series of longer meetings.\n")
    assert "(before: Monday, 25 November 2030, 14:00 to 14:45)" in text
    assert "still holds" not in text
    assert "What you said about Monday, 25 November 2030 still holds." in text_of(letter_of("dave"))


def test_what_is_left_of_a_series_and_takes_longer_asks_whoever_comes(answered, letter_of):
    meeting, first = answered(rrule=weekly(3))
    second = meeting.occurrences.all()[1]
    longer = replace(first, rrule="", starts_at=second.starts_at, duration=timedelta(minutes=90))
    invitations.change(meeting, longer)
    assert answers(meeting) == [PartStat.NEEDS_ACTION, PartStat.DECLINED, PartStat.NEEDS_ACTION]
    text = text_of(letter_of("bob"))
    assert text.startswith(
        "Alice cancelled all but one of the dates of “Autumn timetable” and made it longer.\n"
    )
    assert "It takes longer now" in text
