"""Letters about new answers, for organizers who want them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.calendar.recurrence import ONCE, Rule
from meetings.letters import digests
from meetings.models import Answer, Attendee, Digest
from meetings.plans import invitations
from outbox import delivery

PartStat = Attendee.PartStat


@pytest.fixture
def told(mailoutbox, alice):
    """The worker does its round; the letters about answers that came of it."""
    delivery.deliver_due("test")
    mailoutbox.clear()

    def work():
        mailoutbox.clear()
        digests.write()
        delivery.deliver_due("test")
        return [message for message in mailoutbox if message.to == ["alice@example.org"]]

    return work


@pytest.fixture
def wants(alice):
    """She wanted them an hour ago."""
    digests.turn(alice, on=True)
    Digest.objects.update(told_until=timezone.now() - timedelta(hours=1))


def test_nobody_is_written_to_who_did_not_ask(standup, invited, told):
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    assert told() == []


@pytest.mark.usefixtures("wants")
def test_an_answer_is_told_once_with_its_note(standup, invited, told):
    invitations.respond(invited("dave"), PartStat.ACCEPTED, "Five minutes late")
    [message] = told()
    assert message.subject == "Dave says yes: Autumn timetable"
    for text in (message.body, message.alternatives[0].content):
        assert "Five minutes late" in text
        assert standup.get_absolute_url() in text
    assert told() == []


@pytest.mark.usefixtures("wants")
def test_several_answers_are_one_letter(standup, invited, told):
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    invitations.respond(invited("bob"), PartStat.DECLINED)
    [message] = told()
    assert message.subject == "Two new answers"
    assert "Dave says yes" in message.body
    assert "Bob Lindqvist says no" in message.body


@pytest.mark.usefixtures("wants")
def test_the_next_letter_has_time(standup, invited, told):
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    assert len(told()) == 1
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    assert told() == []
    Digest.objects.update(told_until=timezone.now() - digests.PAUSE)
    Answer.objects.filter(attendee__email="dave@far.example").update(
        recorded_at=timezone.now() - timedelta(hours=1)
    )
    [message] = told()
    assert "Bob" in message.body
    assert "Dave" not in message.body


@pytest.mark.usefixtures("wants")
def test_an_answer_to_one_of_a_series_names_its_day(alice, plan, told):
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=3))))
    invitations.respond(meeting.attendees.get(), PartStat.DECLINED, occurrence=meeting.occurrences.all()[1])
    [message] = told()
    assert "dave says no to Mon 2 Dec" in message.body


@pytest.mark.usefixtures("wants")
def test_an_answer_to_an_earlier_part_of_a_series_says_until_when(alice, plan, told):
    weekly = str(Rule("WEEKLY", count=3))
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=weekly))
    third = meeting.occurrences.all()[2]
    later = plan("dave@far.example", rrule=ONCE, starts_at=third.starts_at + timedelta(hours=1))
    invitations.change(meeting, later, since=third)
    dave = meeting.attendees.get()
    invitations.respond(dave, PartStat.DECLINED, "At sea", series=meeting.series.first())
    [message] = told()
    assert "dave says no to the dates until Mon 2 Dec: “At sea”" in message.body


@pytest.fixture
def answered(alice, plan):
    """Six Mondays, to all of which Dave says yes."""
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=6))))
    invitations.respond(meeting.attendees.get(), PartStat.ACCEPTED)
    return meeting


def from_the_fifth_on(meeting, plan, **changes):
    fifth = meeting.occurrences.all()[4]
    facts = {"rrule": str(Rule("WEEKLY", count=2)), "starts_at": fifth.starts_at, **changes}
    invitations.change(meeting, plan("dave@far.example", **facts), since=fifth)


@pytest.mark.usefixtures("wants")
def test_an_answer_that_holds_for_both_parts_of_a_series_is_told_once(answered, plan, told):
    from_the_fifth_on(answered, plan, title="Winter timetable")
    [message] = told()
    assert message.subject == "dave says yes: Autumn timetable"
    assert message.body.count("says yes") == 1
    assert "until" not in message.body


@pytest.mark.usefixtures("wants")
def test_an_answer_of_which_a_part_was_asked_anew_is_told_of_the_rest(answered, plan, told):
    at = answered.occurrences.all()[4].starts_at + timedelta(hours=1)
    from_the_fifth_on(answered, plan, starts_at=at)
    [message] = told()
    assert message.body.count("says yes") == 1
    assert "dave says yes to the dates until Mon 16 Dec" in message.body


@pytest.mark.usefixtures("wants")
def test_what_was_said_to_each_part_is_told_of_each(answered, plan, told):
    from_the_fifth_on(answered, plan, title="Winter timetable")
    invitations.respond(answered.attendees.get(), PartStat.ACCEPTED)
    [message] = told()
    assert "dave says yes to the dates until Mon 16 Dec" in message.body
    assert message.body.count("says yes") == 2


@pytest.mark.usefixtures("wants")
def test_nobody_is_said_to_come_to_dates_that_are_cancelled(answered, told):
    dave, dates = answered.attendees.get(), list(answered.occurrences.all())
    invitations.respond(dave, PartStat.DECLINED, occurrence=dates[1])
    invitations.respond(dave, PartStat.TENTATIVE, occurrence=dates[4])
    invitations.cancel_occurrence(dates[1])
    invitations.cancel_from(dates[3])
    [message] = told()
    assert message.subject == "dave says yes: Autumn timetable"
    assert message.body.count("dave says") == 1


@pytest.mark.usefixtures("wants")
def test_others_hear_of_their_own_meetings_only(standup, invited, told, carol, mailoutbox):
    digests.turn(carol, on=True)
    Digest.objects.update(told_until=timezone.now() - timedelta(hours=1))
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    assert len(told()) == 1
    assert not [message for message in mailoutbox if message.to == ["carol@example.org"]]


@pytest.mark.usefixtures("wants")
def test_what_was_cancelled_is_not_told(standup, invited, told):
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    invitations.cancel(standup)
    assert told() == []


def test_it_is_turned_on_and_off_on_the_page_of_a_meeting(as_person, alice, bob, standup):
    address = reverse("meetings:digest", args=[standup.code])
    browser = as_person(alice)
    assert "Tell me by mail too" in browser.get(standup.get_absolute_url()).content.decode()
    browser.post(address, {"on": "1"})
    assert "No more letters about answers" in browser.get(standup.get_absolute_url()).content.decode()
    browser.post(address, {"on": "0"})
    assert not Digest.objects.exists()
    assert as_person(bob).post(address, {"on": "1"}).status_code == 404


@pytest.mark.usefixtures("wants")
def test_an_answer_that_came_late_is_told_although_it_was_said_before_the_last_letter(standup, invited, told):
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    assert len(told()) == 1
    Answer.objects.filter(attendee__email="bob@example.org").update(
        recorded_at=timezone.now() - timedelta(hours=1)
    )
    Digest.objects.update(told_until=timezone.now() - digests.PAUSE)
    long_ago = timezone.now() - timedelta(hours=1)
    invitations.respond(invited("dave"), PartStat.DECLINED, said_at=long_ago)
    [message] = told()
    assert message.subject == "Dave says no: Autumn timetable"


@pytest.mark.usefixtures("wants")
def test_more_answers_than_a_letter_holds_are_counted(standup, invited, told, monkeypatch):
    monkeypatch.setattr(digests, "MOST_LINES", 1)
    invitations.respond(invited("dave"), PartStat.ACCEPTED)
    invitations.respond(invited("bob"), PartStat.DECLINED)
    [message] = told()
    assert message.subject == "Two new answers"
    for text in (message.body, message.alternatives[0].content):
        assert "And one more." in text
        assert "Bob Lindqvist" not in text
