"""The short letters by which calendars learn of an earlier part of a series."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from meetings.calendar.recurrence import Rule
from meetings.models import Attendee
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan
from outbox import delivery
from tests.meetings.letterbox import calendar_of, text_of

PartStat = Attendee.PartStat
YES, NO, SILENT = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.NEEDS_ACTION
NOTHING_TO_DO = "There is nothing you need to do: what you said still holds."


@pytest.fixture
def parted(alice, plan):
    """Six Mondays, from the fifth on an hour later; Dave knows."""
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=6))))
    fifth = meeting.occurrences.all()[4]
    rest = {"rrule": str(Rule("WEEKLY", count=2)), "starts_at": fifth.starts_at + timedelta(hours=1)}
    invitations.change(meeting, plan("dave@far.example", **rest), since=fifth)
    delivery.deliver_due("test")
    return meeting


@pytest.fixture
def dave(parted):
    return parted.attendees.get()


@pytest.fixture
def short(dave, mailoutbox):
    """Dave is written to again; the letter about the part that comes first."""

    def written():
        mailoutbox.clear()
        invitations.resend(Attendee.objects.get(pk=dave.pk))
        delivery.deliver_due("test")
        [found] = [message for message in mailoutbox if message.subject.startswith("For your calendar")]
        return found

    return written


def asked(message) -> list[str]:
    """The days that it asks about."""
    return re.findall(r"^(\w+ \d+ \w+), [\d:]+: +http", text_of(message), re.MULTILINE)


def told(message) -> list[str]:
    """What the calendar in it says of the part, and of those dates that differ."""
    return [event["ATTENDEE"].params["PARTSTAT"] for event in calendar_of(message)[1].walk("VEVENT")]


def test_who_has_said_nothing_is_asked_about_each_date(short):
    message = short()
    assert asked(message) == ["Mon 25 Nov", "Mon 2 Dec", "Mon 9 Dec", "Mon 16 Dec"]
    assert told(message) == [SILENT]


def test_who_said_the_same_to_every_date_has_said_it_to_the_part(parted, dave, short):
    for one in parted.occurrences.all()[:4]:
        invitations.respond(dave, YES, occurrence=one)
    message = short()
    assert NOTHING_TO_DO in text_of(message)
    assert asked(message) == []
    assert set(told(message)) == {YES}


def test_who_said_yes_to_some_dates_and_no_to_others_is_asked_nothing(parted, dave, short):
    for one, partstat in zip(parted.occurrences.all(), (YES, NO, NO, YES), strict=False):
        invitations.respond(dave, partstat, occurrence=one)
    message = short()
    assert NOTHING_TO_DO in text_of(message)
    assert told(message) == [SILENT, YES, NO, NO, YES]


def test_only_dates_without_an_answer_are_asked_about(parted, dave, short):
    first, second, third, _ = parted.occurrences.all()[:4]
    for one in (first, second):
        invitations.respond(dave, NO, occurrence=one)
    invitations.cancel_occurrence(third)
    assert asked(short()) == ["Mon 16 Dec"]


def test_a_date_that_was_moved_since_is_asked_about_though_the_part_is_answered(parted, dave, short):
    invitations.respond(dave, YES, series=parted.series.first())
    assert asked(short()) == []
    second = parted.occurrences.all()[1]
    later = second.starts_at + timedelta(hours=2)
    invitations.change_occurrence(second, OccurrencePlan(second.shown_title, later, second.duration))
    message = short()
    assert asked(message) == ["Mon 2 Dec"]
    assert told(message) == [YES, SILENT]


def main(mailoutbox):
    [found] = [message for message in mailoutbox if not message.subject.startswith("For your calendar")]
    return found


@pytest.mark.parametrize(
    ("said", "words", "whole"),
    [
        ((YES, NO), "From Monday, 23 December 2030 on, each date has an answer of its own.", SILENT),
        ((NO, NO), "You said no to the dates from Monday, 23 December 2030 on, and that still holds.", NO),
    ],
)
def test_who_answered_each_date_that_a_letter_is_about_is_not_asked_again(
    parted, dave, short, mailoutbox, said, words, whole
):
    for one, partstat in zip(parted.occurrences.all()[4:], said, strict=True):
        invitations.respond(dave, partstat, occurrence=one)
    short()
    text = text_of(main(mailoutbox))
    assert words in " ".join(text.split())
    assert "Will you come" not in text
    assert told(main(mailoutbox))[0] == whole


def test_who_answered_some_of_the_dates_is_asked_about_all_of_them(parted, dave, short, mailoutbox):
    invitations.respond(dave, YES, occurrence=parted.occurrences.all()[4])
    short()
    assert "Will you come from Monday, 23 December 2030 on?" in text_of(main(mailoutbox))


def test_a_letter_that_takes_a_part_out_goes_by_what_was_said_to_its_dates(parted, dave, mailoutbox):
    for one in parted.occurrences.filter(series=parted.series.first()):
        invitations.respond(dave, YES, occurrence=one)
    invitations.respond(dave, NO)
    delivery.deliver_due("test")
    mailoutbox.clear()
    invitations.cancel(parted)
    delivery.deliver_due("test")
    ends = {message.subject: told(message)[0] for message in mailoutbox if dave.email in message.to}
    assert sorted(ends.values()) == [YES, NO]
    assert next(partstat for subject, partstat in ends.items() if "For your calendar" in subject) == YES
