"""Answers that people give in their calendar programs, where nothing brings them back."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.calendar.recurrence import Rule
from meetings.inbox import reply_support
from meetings.models import Answer, Attendee, Meeting
from meetings.pages import overview
from meetings.plans import invitations
from outbox import delivery
from outbox.models import Letter

PartStat = Attendee.PartStat
pytestmark = pytest.mark.django_db


def first_page(administrator) -> str:
    return unescape(administrator.get(reverse("admin:index")).content.decode())


def read_by_mailbox(settings) -> None:
    settings.REPLY_ADDRESS = "meetings@meet.example.org"
    settings.IMAP_URL = "imaps://meetings:secret@mail.example.org/INBOX"


def test_the_first_page_of_the_administration_says_what_is_lost_and_what_to_set(administrator, standup):
    assert reply_support.LOST % {"how": reply_support.HOW} in first_page(administrator)
    assert "without an answer here" not in first_page(administrator)
    delivery.deliver_due("test")
    text = first_page(administrator)
    assert "Two invitations to meetings to come are without an answer here" in text
    assert "REPLY_ADDRESS" in text
    invitations.respond(standup.attendees.first(), PartStat.ACCEPTED)
    assert "One invitation to a meeting to come is without" in first_page(administrator)
    invitations.cancel(standup)
    assert "without an answer here" not in first_page(administrator)


def test_who_comes_to_the_next_date_of_a_series_in_parts_has_answered(administrator, alice, plan):
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=4))))
    invitations.respond(meeting.attendees.get(), PartStat.ACCEPTED)
    third = meeting.occurrences.all()[2]
    rest = {"rrule": str(Rule("WEEKLY", count=2)), "starts_at": third.starts_at + timedelta(hours=1)}
    invitations.change(meeting, plan("dave@far.example", **rest), since=third)
    delivery.deliver_due("test")
    assert "without an answer here" not in first_page(administrator)
    invitations.respond(
        meeting.attendees.get(), PartStat.NEEDS_ACTION, occurrence=meeting.occurrences.first()
    )
    assert "One invitation to a meeting to come is without" in first_page(administrator)


def test_where_answers_are_read_nothing_is_said(administrator, standup, settings):
    read_by_mailbox(settings)
    delivery.deliver_due("test")
    text = first_page(administrator)
    assert "REPLY_ADDRESS" not in text
    assert "messagelist" not in text


def test_a_pipe_from_which_nothing_came_is_doubted_until_something_does(administrator, standup, settings):
    settings.REPLY_ADDRESS, settings.IMAP_URL = "meetings@meet.example.org", ""
    assert reply_support.UNSURE % {"how": reply_support.HOW} not in first_page(administrator)
    delivery.deliver_due("test")
    assert reply_support.UNSURE % {"how": reply_support.HOW} in first_page(administrator)
    bob = standup.attendees.first()
    Answer.objects.create(attendee=bob, series=standup.current, stamped_at=timezone.now())
    assert reply_support.UNSURE % {"how": reply_support.HOW} not in first_page(administrator)
    Answer.objects.update(stamped_at=None)
    Letter.objects.update(bounced_at=timezone.now())
    assert reply_support.UNSURE % {"how": reply_support.HOW} not in first_page(administrator)


def test_nobody_is_called_unanswered_without_a_word_where_answers_do_not_come_back(
    as_person, alice, standup, settings
):
    organizer = as_person(alice)
    page = unescape(organizer.get(standup.get_absolute_url()).content.decode())
    assert "No answer here" in page
    assert "those answers do not reach this site" in page
    assert "No answer here yet: Bob Lindqvist, Dave." in page
    written = unescape(organizer.get(reverse("meetings:write", args=[standup.code])).content.decode())
    assert "may have answered in their calendars" in written
    read_by_mailbox(settings)
    page = unescape(organizer.get(standup.get_absolute_url()).content.decode())
    assert "No answer" in page
    assert "No answer here" not in page
    assert "do not reach" not in page
    assert (
        "in their calendars"
        not in organizer.get(reverse("meetings:write", args=[standup.code])).content.decode()
    )


def test_where_everybody_has_answered_there_is_nothing_to_say(as_person, alice, standup):
    for attendee in standup.attendees.all():
        invitations.respond(attendee, PartStat.DECLINED)
    assert "do not reach" not in as_person(alice).get(standup.get_absolute_url()).content.decode()


def test_whoever_has_not_answered_here_is_told_that_their_calendar_does_not(
    as_person, bob, standup, settings
):
    told = "An answer that you gave in your calendar does not reach this site."
    assert told in as_person(bob).get(standup.get_absolute_url()).content.decode()
    read_by_mailbox(settings)
    assert told not in as_person(bob).get(standup.get_absolute_url()).content.decode()
    settings.REPLY_ADDRESS = ""
    invitations.respond(standup.attendees.get(user=bob), PartStat.ACCEPTED)
    assert told not in as_person(bob).get(standup.get_absolute_url()).content.decode()


def test_the_list_counts_as_unanswered_what_is_not_answered_here(alice, standup, settings):
    def tally() -> str:
        return overview.row(overview.loaded(Meeting.objects.filter(pk=standup.pk)).get(), alice).tally

    assert tally() == "2 unanswered here"
    read_by_mailbox(settings)
    assert tally() == "2 unanswered"
