"""An account that is deleted, and what is still to come of its meetings."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.calendar.recurrence import Rule
from meetings.models import PART_LETTER, Attendee, Meeting
from meetings.plans import invitations
from outbox import delivery
from outbox.models import Letter


def test_an_account_stays_until_its_coming_meetings_are_cancelled(administrator, alice, standup):
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    page = administrator.post(delete, {"post": "yes"}).content.decode()
    assert "still to come has to be cancelled first" in page
    assert "Autumn timetable" in page
    assert Meeting.objects.filter(organizer=alice).exists()
    delivery.deliver_due("test")
    invitations.cancel(standup)
    # A letter is written from the meeting: without it, nobody would hear of the end.
    assert "letters about it sent" in administrator.post(delete, {"post": "yes"}).content.decode()
    delivery.deliver_due("test")
    administrator.post(delete, {"post": "yes"})
    assert not Meeting.objects.exists()


def test_an_account_stays_until_every_part_of_a_series_is_told_of_its_end(administrator, alice, plan, soon):
    people = "dave@far.example"
    meeting = invitations.schedule(alice, plan(people, starts_at=soon, rrule=str(Rule("DAILY", count=4))))
    third = meeting.occurrences.all()[2]
    rest = plan(people, starts_at=third.starts_at + timedelta(hours=1), rrule=str(Rule("DAILY", count=2)))
    invitations.change(meeting, rest, since=third)
    delivery.deliver_due("test")
    invitations.cancel(meeting)
    Letter.objects.filter(sent_at=None).exclude(kind="part").update(sent_at=timezone.now())
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    assert "letters about it sent" in administrator.post(delete, {"post": "yes"}).content.decode()
    delivery.deliver_due("test")
    administrator.post(delete, {"post": "yes"})
    assert not Meeting.objects.exists()


def test_who_is_deleted_waits_for_no_letters_about_other_peoples_series(alice, plan):
    invitations.schedule(alice, plan("dave@far.example", starts_at=timezone.now() - timedelta(days=1)))
    dave = Attendee.objects.get(email="dave@far.example")
    Letter.objects.bulk_create(
        Letter(
            key=f"part:{n}", kind=PART_LETTER, recipient=f"{n}@far.example", payload={"attendee": dave.pk + n}
        )
        for n in range(1, 100)
    )
    loaded = []

    def note(instance: Letter, **kwargs: object) -> None:
        loaded.append(instance.kind)

    post_init.connect(note, sender=Letter)
    try:
        with CaptureQueriesContext(connection) as queries:
            alice.delete()
    finally:
        post_init.disconnect(note, sender=Letter)
    assert PART_LETTER not in loaded
    [asked] = [query["sql"] for query in queries if f"'{PART_LETTER}'" in query["sql"]]
    assert "recipient" in asked.partition(" WHERE ")[2]
    assert not Meeting.objects.exists()


def test_an_account_stays_until_everybody_is_told_that_a_date_is_off(administrator, alice, plan, soon):
    meeting = invitations.schedule(
        alice, plan("dave@far.example", starts_at=soon, rrule=str(Rule("DAILY", count=2)))
    )
    delivery.deliver_due("test")
    invitations.cancel_occurrence(meeting.occurrences.all()[1])
    # The others are over by now, and this one was brought forward before it was cancelled.
    over = timezone.now() - timedelta(hours=1)
    meeting.occurrences.update(starts_at=over - meeting.duration, ends_at=over)
    meeting.note_end()
    delete = reverse("admin:accounts_user_delete", args=[alice.pk])
    assert "letters about it sent" in administrator.post(delete, {"post": "yes"}).content.decode()
    assert Meeting.objects.exists()
    delivery.deliver_due("test")
    administrator.post(delete, {"post": "yes"})
    assert not Meeting.objects.exists()


def test_an_account_takes_its_past_meetings_along(administrator, alice, plan):
    invitations.schedule(alice, plan("dave@far.example", starts_at=timezone.now() - timedelta(days=1)))
    administrator.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"})
    assert not Meeting.objects.exists()
