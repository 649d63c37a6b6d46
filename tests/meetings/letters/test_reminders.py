from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from meetings.calendar.recurrence import Rule
from meetings.letters import reminder_mail, reminders
from meetings.models import Attendee, LetterQuota, Meeting
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan
from outbox import delivery
from outbox.models import Letter
from tests.markup import markup

PartStat = Attendee.PartStat
PEOPLE = "Bob <bob@example.org>, Dave <dave@far.example>"


@pytest.fixture
def now(monkeypatch):
    """A clock that a test may turn: `now(later)`; reminders and the worker go by it."""
    real = timezone.now
    shift = timedelta()

    def turn(to) -> None:
        nonlocal shift
        shift = to - real()

    monkeypatch.setattr(timezone, "now", lambda: real() + shift)
    return turn


@pytest.fixture
def starts():
    return timezone.now().replace(second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def review(alice, bob, plan, starts, now, mailoutbox) -> Meeting:
    """In three days, with reminders a day and ten minutes before; the invitations have gone out."""
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=starts, reminders=(10, 24 * 60)))
    delivery.deliver_due("test")
    mailoutbox.clear()
    return meeting


@pytest.fixture
def at(now, starts, mailoutbox):
    """`at(minutes=-10)`: the worker does its round then; the reminders that went out, by recipient."""

    def work(**shift):
        now(starts + timedelta(**shift))
        mailoutbox.clear()
        reminders.write()
        delivery.deliver_due("test")
        return {
            message.to[0]: message for message in mailoutbox if "List-Unsubscribe" in message.extra_headers
        }

    return work


def dave() -> Attendee:
    return Attendee.objects.get(email="dave@far.example")


def test_everybody_is_reminded_when_the_organizer_said(review, at):
    assert not at(minutes=-24 * 60 - 11)
    everybody = {"alice@example.org", "bob@example.org", "dave@far.example"}
    assert set(at(minutes=-24 * 60)) == everybody
    assert not at(minutes=-24 * 60)
    assert not at(minutes=-11)
    assert set(at(minutes=-10)) == everybody
    assert not at(minutes=-9)


def test_letters_are_written_shortly_before_and_wait(review, at):
    at(minutes=-19)
    waiting = Letter.objects.waiting()
    assert {letter.not_before for letter in waiting} == {review.starts_at - timedelta(minutes=10)}
    assert waiting.count() == 3
    assert reminders.write() == 0


def test_the_letter_says_when_in_the_readers_own_time_and_how_to_come_in(review, at, client):
    Attendee.objects.filter(email="dave@far.example").update(time_zone="Asia/Kolkata")
    message = at(minutes=-10)["dave@far.example"]
    local = review.starts_at + timedelta(hours=5, minutes=30)
    assert message.subject.startswith("In 10 minutes: Autumn timetable (")
    for text in (message.body, message.alternatives[0].content):
        assert f"{local:%H:%M}" in text
        assert "Kolkata time" in text
    [path] = re.findall(r"http://localhost:8000(/i/\S+/)\n", message.body.split("Will you be late")[0])
    assert client.get(path)["Location"] == review.room_url


def test_a_reminder_asks_no_calendar_anything_and_costs_no_quota(review, at, alice):
    spent = LetterQuota.objects.get(user=alice).letters
    for message in at(minutes=-10).values():
        assert not message.attachments
        assert [part.mimetype for part in message.alternatives] == ["text/html"]
    assert LetterQuota.objects.get(user=alice).letters == spent


def test_nobody_is_reminded_of_what_was_cancelled(review, at):
    at(minutes=-19)
    invitations.cancel(review)
    assert not at(minutes=-10)


def test_the_page_of_reminders_says_that_there_is_nothing_to_be_reminded_of(client, review):
    address = reminders.settings_url(review.attendees.first()).partition("localhost:8000")[2]
    assert "Save these times" in markup(client.get(address))
    invitations.cancel(review)
    page = markup(client.get(address))
    assert "This meeting was cancelled, so nobody is reminded of it any more." in page
    assert "Save these times" not in page


def test_nobody_is_reminded_of_a_time_that_no_longer_holds(review, at, plan, starts):
    at(minutes=-19)
    later = plan(PEOPLE, starts_at=starts + timedelta(hours=2), reminders=(10,))
    invitations.change(review, later)
    assert not at(minutes=-10)
    assert set(at(minutes=110)) == {"alice@example.org", "bob@example.org", "dave@far.example"}


def test_a_move_after_a_reminder_is_reminded_of_again(review, at, plan, starts):
    assert at(minutes=-10)
    invitations.change(review, plan(PEOPLE, starts_at=starts + timedelta(hours=2), reminders=(10,)))
    assert at(minutes=110)


def test_who_said_no_is_left_in_peace(review, at):
    invitations.respond(dave(), PartStat.DECLINED)
    assert "dave@far.example" not in at(minutes=-10)


def test_who_was_taken_off_the_list_is_not_reminded(review, at):
    at(minutes=-19)
    invitations.remove(dave())
    assert set(at(minutes=-10)) == {"alice@example.org", "bob@example.org"}


def test_who_cannot_be_reached_is_not_written_to_again(review, at):
    Letter.objects.filter(recipient="dave@far.example").update(bounced_at=timezone.now(), bounce="5.1.1")
    assert "dave@far.example" not in at(minutes=-10)


def test_a_reminder_that_is_late_is_worse_than_none(review, at):
    at(minutes=-19)
    assert not at(minutes=-4)
    assert set(Letter.objects.exclude(dead_at=None).values_list("kind", flat=True)) == {"reminder"}


def test_a_worker_that_was_away_for_a_moment_still_reminds(review, at):
    assert at(minutes=-6)


def test_whoever_plans_for_in_an_hour_needs_no_word_of_the_day_before(alice, plan, now, mailoutbox):
    soon = timezone.now() + timedelta(hours=1)
    invitations.schedule(alice, plan(PEOPLE, starts_at=soon, reminders=(24 * 60,)))
    assert reminders.write() == 0


def test_a_letter_that_is_a_little_late_says_what_is_really_left(review, at):
    assert at(minutes=-6)["bob@example.org"].subject.startswith("In 6 minutes: ")


@pytest.mark.parametrize(
    ("before", "left", "words"),
    [
        ({"minutes": 10}, {"minutes": 9, "seconds": 50}, "in 10 minutes"),
        ({"minutes": 10}, {"minutes": 7}, "in 7 minutes"),
        ({"hours": 1}, {"minutes": 59}, "in 1 hour"),
        ({"days": 1}, {"hours": 23, "minutes": 30}, "in 1 day"),
        ({"days": 1}, {"hours": 22}, "in 22 hours"),
        ({"days": 2}, {"days": 2}, "in 2 days"),
        ({"days": 7}, {"days": 7}, "in 1 week"),
    ],
)
def test_how_long_is_left_is_said_in_words(before, left, words):
    assert f"in {reminder_mail.time_left(timedelta(**before), timedelta(**left))}" == words


def test_who_was_invited_only_now_is_not_reminded_as_well(alice, plan, now, mailoutbox):
    soon = timezone.now() + timedelta(minutes=8)
    invitations.schedule(alice, plan(PEOPLE, starts_at=soon, reminders=(10,)))
    reminders.write()
    delivery.deliver_due("test")
    assert [message for message in mailoutbox if "List-Unsubscribe" in message.extra_headers] == []
    assert len(mailoutbox) == 2


def test_who_has_just_heard_of_a_new_time_is_not_reminded_as_well(review, at, now, plan, starts, mailoutbox):
    now(starts - timedelta(minutes=30))
    nearer = starts - timedelta(minutes=22)
    invitations.change(review, plan(PEOPLE, starts_at=nearer, reminders=(10,)))
    # A field's default keeps to the real clock.
    Letter.objects.filter(kind="update").update(created_at=timezone.now())
    assert set(at(minutes=-30)) == {"alice@example.org"}


# -- one's own choice ---------------------------------------------------------------------------


def test_an_attendee_may_choose_other_times(review, at):
    reminders.choose(dave(), [60])
    assert set(at(minutes=-60)) == {"dave@far.example"}
    assert set(at(minutes=-10)) == {"alice@example.org", "bob@example.org"}


def test_times_of_ones_own_need_none_of_the_organizer(alice, plan, starts, at, mailoutbox):
    invitations.schedule(alice, plan(PEOPLE, starts_at=starts))
    reminders.choose(dave(), [60])
    assert set(at(minutes=-60)) == {"dave@far.example"}


def test_the_button_of_a_mail_program_ends_reminders_at_once(review, at):
    message = at(minutes=-24 * 60)["dave@far.example"]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = message.extra_headers["List-Unsubscribe"].strip("<>")
    program = Client(enforce_csrf_checks=True)
    path = url.removeprefix("http://localhost:8000")
    assert program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert dave().reminders == []
    assert set(at(minutes=-10)) == {"alice@example.org", "bob@example.org"}


def test_opening_the_address_changes_nothing(review, client):
    page = client.get(reminders.settings_url(dave()))
    assert "Send me no more reminders" in markup(page)
    assert dave().reminders is None
    assert client.head(reminders.settings_url(dave())).status_code == 200


def test_the_page_takes_times_of_ones_own_and_back(review, client):
    url = reminders.settings_url(dave())
    page = markup(client.post(url, {"do": "choose", "minutes": ["60", "10"]}, follow=True))
    assert "We write to you 10 minutes and 1 hour before it begins." in page
    assert dave().reminders == [10, 60]
    client.post(url, {"do": "stop"})
    assert dave().reminders == []


def test_the_page_offers_reminders_back_to_those_who_turned_them_off_alone(alice, plan, starts, client):
    invitations.schedule(alice, plan(PEOPLE, starts_at=starts))
    url = reminders.settings_url(dave())
    page = markup(client.get(url))
    assert "We send you no reminders of this meeting." in page
    assert "Be reminded at these times" in page
    assert "back on" not in page
    client.post(url, {"do": "stop"})
    assert "Turn reminders back on" in markup(client.get(url))


def test_of_a_meeting_without_reminders_the_organizer_has_none_to_choose(alice, plan, starts, client):
    meeting = invitations.schedule(alice, plan(PEOPLE, starts_at=starts))
    page = markup(client.get(reminders.settings_url(meeting)))
    assert "Nobody is reminded of this meeting by mail, unless they choose to be." in page
    assert "like everybody else" not in page


def test_the_organizer_is_reminded_unless_they_would_rather_not(review, at, client):
    client.post(reminders.settings_url(review), {"do": "stop"})
    assert set(at(minutes=-10)) == {"bob@example.org", "dave@far.example"}
    client.post(reminders.settings_url(review), {"do": "start"})
    review.refresh_from_db()
    assert review.remind_organizer


@pytest.mark.parametrize("token", ["x", "WyJhdHRlbmRlZSIsMV0:1abc:xyz"])
def test_an_address_that_is_not_ours_reminds_nobody_of_anything(client, db, token):
    for response in (client.get(f"/reminders/{token}/"), client.post(f"/reminders/{token}/")):
        assert response.status_code == 404


def test_hostile_times_are_not_kept(review, client):
    client.post(reminders.settings_url(dave()), {"minutes": ["-5", "0", "99999", "9" * 50, "x", "30"]})
    assert dave().reminders == [30]


# -- series -------------------------------------------------------------------------------------


@pytest.fixture
def daily(alice, plan, starts, mailoutbox):
    rule = str(Rule("DAILY", count=5))
    meeting = invitations.schedule(
        alice, plan(PEOPLE, starts_at=starts, rrule=rule, reminders=(10,), time_zone="UTC")
    )
    delivery.deliver_due("test")
    return meeting


def test_every_occurrence_is_reminded_of(daily, at):
    assert len(at(minutes=-10)) == 3
    assert len(at(days=1, minutes=-10)) == 3


def test_an_occurrence_that_is_off_or_declined_is_not_reminded_of(daily, at):
    first, second, *_ = daily.occurrences.all()
    invitations.cancel_occurrence(first)
    invitations.respond(dave(), PartStat.DECLINED, occurrence=second)
    assert not at(minutes=-10)
    assert set(at(days=1, minutes=-10)) == {"alice@example.org", "bob@example.org"}
    assert len(at(days=2, minutes=-10)) == 3


def test_a_moved_occurrence_is_reminded_of_at_its_own_time(daily, at):
    first = daily.occurrences.all()[0]
    plan = OccurrencePlan("Retro", first.starts_at + timedelta(hours=3), first.duration, "")
    invitations.change_occurrence(first, plan)
    assert not at(minutes=-10)
    found = at(minutes=170)
    assert len(found) == 3
    assert "Retro" in found["dave@far.example"].subject


def test_writing_takes_as_many_statements_for_many_as_for_few(
    alice, plan, starts, now, django_assert_max_num_queries
):
    people = ",".join(f"p{n}@example.org" for n in range(60))
    for _ in range(5):
        invitations.schedule(alice, plan(people, starts_at=starts, reminders=(10,)))
    now(starts - timedelta(minutes=10))
    with django_assert_max_num_queries(10):
        assert reminders.write() == 5 * 61
