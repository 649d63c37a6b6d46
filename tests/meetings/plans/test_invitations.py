from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, email_removed
from django.db import transaction
from django.utils import timezone

from meetings import links
from meetings.models import Attendee, Meeting, PersonalLink
from meetings.plans import invitations
from meetings.signals import attendee_removed, meeting_cancelled
from outbox import delivery
from outbox.models import Letter
from tests.meetings.retimed import retime

YES = Attendee.PartStat.ACCEPTED
UNANSWERED = Attendee.PartStat.NEEDS_ACTION


@pytest.fixture
def heard():
    """What the signals said."""
    news: list[tuple[str, object]] = []

    def on_cancelled(meeting, **kwargs):
        news.append(("cancelled", meeting))

    def on_removed(attendee, **kwargs):
        news.append(("removed", attendee))

    meeting_cancelled.connect(on_cancelled)
    attendee_removed.connect(on_removed)
    yield news
    meeting_cancelled.disconnect(on_cancelled)
    attendee_removed.disconnect(on_removed)


def letters(kind: str) -> list[str]:
    return sorted(Letter.objects.filter(kind=kind).values_list("recipient", flat=True))


def as_planned(
    meeting: Meeting, plan, people="Bob Lindqvist <bob@example.org>, Dave <dave@far.example>", **changes
):
    facts = {"title": meeting.title, "starts_at": meeting.starts_at, "duration": meeting.duration}
    return plan(people, **{**facts, **changes})


def test_everybody_gets_one_letter(standup):
    assert letters("invitation") == ["bob@example.org", "dave@far.example"]


def test_the_letter_and_its_cause_are_written_together_or_not_at_all(alice, plan):
    with suppress(RuntimeError), transaction.atomic():
        invitations.schedule(alice, plan("bob@example.org"))
        assert Letter.objects.exists()
        raise RuntimeError
    assert not Letter.objects.exists()
    assert not Meeting.objects.exists()


def test_nothing_secret_waits_in_the_outbox(standup):
    assert not PersonalLink.objects.exists()
    for letter in Letter.objects.all():
        assert set(letter.payload) <= {"attendee", "previous", "before", "uid", "version"}


def test_an_attendee_with_an_account_is_known_by_it(standup, bob, invited):
    assert invited("bob").user == bob
    assert invited("dave").user is None


def test_an_unverified_address_proves_nothing(alice, carol, plan):
    EmailAddress.objects.filter(user=carol).update(verified=False)
    meeting = invitations.schedule(alice, plan("carol@example.org"))
    assert meeting.attendees.get().user is None


def test_an_invitation_finds_its_account_once_the_address_is_verified(standup, person, invited):
    dave = person("Dave")
    address = EmailAddress.objects.create(user=dave, email="dave@far.example", verified=True)
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
    assert invited("dave").user == dave


def test_an_address_that_is_given_up_gives_up_its_invitations(standup, bob, invited):
    address = EmailAddress.objects.get(user=bob)
    email_removed.send(sender=EmailAddress, request=None, user=bob, email_address=address)
    assert invited("bob").user is None


def test_the_organizer_has_a_seat_anyhow_and_is_not_written_to(alice, plan):
    EmailAddress.objects.create(user=alice, email="alice@work.example", verified=True)
    meeting = invitations.schedule(alice, plan("Alice@example.org, alice@work.example, bob@example.org"))
    assert [attendee.email for attendee in meeting.attendees.all()] == ["bob@example.org"]


def test_inviting_twice_is_inviting_once(standup, plan):
    assert invitations.invite(standup, plan("DAVE@far.example").people) == []
    assert Letter.objects.count() == 2


def test_a_new_time_raises_the_sequence_and_asks_everybody_again(standup, plan, invited):
    invitations.respond(invited("bob"), YES, "Five minutes late")
    later = standup.starts_at + timedelta(hours=1)
    sent = invitations.change(standup, as_planned(standup, plan, starts_at=later))
    standup.refresh_from_db()
    assert (standup.current.sequence, standup.starts_at) == (1, later)
    assert sent == invitations.Sent(updates=2)
    assert (
        invited("bob").answer.partstat,
        invited("bob").answer.note,
        invited("bob").answer.answered_at,
    ) == (
        UNANSWERED,
        "",
        None,
    )
    assert letters("update") == ["bob@example.org", "dave@far.example"]


def test_a_new_title_is_told_but_not_asked_about(standup, plan, invited):
    invitations.respond(invited("bob"), YES)
    invitations.change(standup, as_planned(standup, plan, title="Winter timetable"))
    assert standup.current.sequence == 1
    assert invited("bob").answer.partstat == YES
    assert letters("update") == ["bob@example.org", "dave@far.example"]


@pytest.mark.parametrize("change", [{"agenda": "Sundays (10)"}, {"time_zone": "America/New_York"}, {}])
def test_what_changes_no_calendar_sends_no_letter(standup, plan, change):
    assert invitations.change(standup, as_planned(standup, plan, **change)) == invitations.Sent()
    assert standup.current.sequence == 0
    assert Letter.objects.count() == 2


def test_adding_somebody_concerns_nobody_else(standup, plan):
    people = "bob@example.org, dave@far.example, Erin <erin@far.example>"
    assert invitations.change(standup, as_planned(standup, plan, people)) == invitations.Sent(invitations=1)
    assert letters("update") == []
    assert standup.current.sequence == 0
    assert letters("invitation") == ["bob@example.org", "dave@far.example", "erin@far.example"]


def test_who_is_left_out_is_removed(standup, plan, invited, heard, django_capture_on_commit_callbacks):
    token = links.mint(invited("dave"))
    with django_capture_on_commit_callbacks(execute=True):
        sent = invitations.change(standup, as_planned(standup, plan, "bob@example.org"))
    assert sent == invitations.Sent(removals=1)
    assert letters("removal") == ["dave@far.example"]
    assert heard == [("removed", invited("dave"))]
    with pytest.raises(links.NoLongerInvited):
        links.find(token)


def test_who_comes_back_is_asked_anew_with_a_higher_number(standup, plan, invited):
    invitations.respond(invited("dave"), YES)
    invitations.remove(invited("dave"))
    standup.refresh_from_db()
    after_removal = standup.current.sequence
    [back] = invitations.invite(standup, plan("Dave <dave@far.example>").people)
    assert back == invited("dave")
    assert (back.removed_at, back.answer.partstat) == (None, UNANSWERED)
    assert standup.current.sequence > after_removal
    assert letters("invitation").count("dave@far.example") == 2


def test_cancelling_tells_everybody_once(standup, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invitations.cancel(standup)
        invitations.cancel(standup)
    assert letters("cancellation") == ["bob@example.org", "dave@far.example"]
    assert standup.current.sequence == 1
    assert heard == [("cancelled", standup)]


def test_nobody_is_told_of_a_cancellation_that_was_undone(standup, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), suppress(RuntimeError), transaction.atomic():
        invitations.cancel(standup)
        raise RuntimeError
    assert heard == []
    assert letters("cancellation") == []


def test_nobody_is_written_to_about_what_is_over(alice, plan):
    past = timezone.now() - timedelta(days=1)
    invitations.schedule(alice, plan("bob@example.org", starts_at=past))
    assert not Letter.objects.exists()


def test_a_letter_that_waits_is_hurried_rather_than_doubled(standup, invited):
    dave = invited("dave")
    Letter.objects.filter(pk=dave.letter_id).update(
        not_before=timezone.now() + timedelta(hours=1), attempts=3
    )
    invitations.resend(dave)
    assert letters("invitation").count("dave@far.example") == 1
    assert Letter.objects.get(pk=dave.letter_id).not_before <= timezone.now()


@pytest.mark.usefixtures("mailoutbox")
def test_a_letter_that_arrived_or_came_back_is_written_again(standup, invited):
    delivery.deliver_due("test")
    invitations.resend(invited("dave"))
    Letter.objects.filter(pk=invited("dave").letter_id).update(dead_at=timezone.now())
    invitations.resend(invited("dave"))
    assert letters("invitation").count("dave@far.example") == 3
    assert invited("dave").letter.dead_at is None


def test_a_replaced_link_is_useless_at_once(standup, invited):
    token = links.mint(invited("dave"))
    invitations.replace_link(invited("dave"))
    with pytest.raises(links.RevokedLink):
        links.find(token)


def test_a_replaced_link_that_a_worker_has_in_hand_is_followed_by_another_letter(standup, invited):
    in_hand = timezone.now() + timedelta(minutes=1)
    Letter.objects.filter(pk=invited("dave").letter_id).update(leased_by="other", leased_until=in_hand)
    assert invitations.replace_link(invited("dave"))
    assert letters("invitation").count("dave@far.example") == 2
    assert invited("dave").letter.leased_until is None


@pytest.mark.parametrize("again", [invitations.resend, invitations.replace_link])
@pytest.mark.parametrize("end", ["removed", "cancelled", "over"])
@pytest.mark.usefixtures("mailoutbox")
def test_nobody_is_invited_again_to_what_has_ended_meanwhile(standup, invited, again, end):
    delivery.deliver_due("test")
    dave = invited("dave")
    if end == "removed":
        invitations.remove(invited("dave"))
    elif end == "cancelled":
        invitations.cancel(Meeting.objects.get())
    else:
        retime(standup, starts_at=timezone.now() - timedelta(days=1))
    before = Letter.objects.count()
    assert not again(dave)
    assert Letter.objects.count() == before


def test_a_change_of_what_is_over_counts_no_letters(alice, plan):
    past = timezone.now() - timedelta(days=1)
    meeting = invitations.schedule(alice, plan("bob@example.org", starts_at=past))
    people = "bob@example.org, erin@far.example"
    sent = invitations.change(meeting, as_planned(meeting, plan, people, title="Was"))
    assert sent == invitations.Sent()


def test_what_was_cancelled_meanwhile_is_not_changed(standup, plan):
    stale = Meeting.objects.get()
    invitations.cancel(standup)
    assert invitations.change(stale, as_planned(standup, plan, title="Too late")) == invitations.Sent()
    assert letters("update") == []
    assert Meeting.objects.get().title == standup.title


def test_an_answer_counts_for_the_time_that_was_seen_alone(standup, plan, invited):
    seen = standup.appointment
    later = standup.starts_at + timedelta(hours=1)
    invitations.change(standup, as_planned(standup, plan, starts_at=later))
    assert not invitations.respond(invited("dave"), YES, about=seen)
    assert invited("dave").answer.partstat == UNANSWERED
    assert invitations.respond(invited("dave"), YES, about=standup.appointment)
    assert invited("dave").answer.partstat == YES


def crowd(names: list[str]) -> str:
    return "\n".join(f"{name}@example.org" for name in names)


def test_fifty_people_take_as_many_statements_as_two(alice, plan, django_assert_max_num_queries):
    meeting = invitations.schedule(alice, plan())
    few = [f"p{n}" for n in range(50)]
    with django_assert_max_num_queries(20):
        invitations.invite(meeting, plan(crowd(few)).people)
    later = meeting.starts_at + timedelta(hours=1)
    others = [*few[:25], *(f"q{n}" for n in range(25))]
    with django_assert_max_num_queries(48):
        sent = invitations.change(meeting, as_planned(meeting, plan, crowd(others), starts_at=later))
    assert sent == invitations.Sent(25, 25, 25)
    with django_assert_max_num_queries(13):
        invitations.cancel(meeting)
    assert Letter.objects.count() == 50 + 75 + 50


def test_meeting_now_writes_to_nobody(alice):
    meeting = invitations.meet_now(alice, "Europe/Berlin")
    assert meeting.instant
    assert meeting.title == "Alice’s meeting"
    assert meeting.starts_at <= timezone.now() < meeting.ends_at
    assert not Letter.objects.exists()
