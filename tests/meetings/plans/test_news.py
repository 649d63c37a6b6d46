"""What meetings tell the rest of the house: each verb says it by name, once all is committed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from meetings import signals
from meetings.models import Meeting
from meetings.plans import invitations, personal
from meetings.plans.plan import OccurrencePlan
from tests.meetings.retimed import retime

NAMES = ("meeting_cancelled", "attendee_removed", "doors_changed", "hosts_changed", "meeting_deleted")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(standup):
    """The names of what was said since; each when nothing was left to be committed."""
    news: list[str] = []
    listeners = []
    for name in NAMES:

        def hear(name=name, **kwargs):
            assert not transaction.get_connection().in_atomic_block
            news.append(name)

        getattr(signals, name).connect(hear, weak=False)
        listeners.append((name, hear))
    yield news
    for name, listener in listeners:
        getattr(signals, name).disconnect(listener)


@pytest.fixture
def series(standup):
    retime(standup, rrule="FREQ=DAILY;COUNT=4")
    return standup


def as_planned(meeting, plan, people="bob@example.org, dave@far.example", **changes):
    return plan(people, **{"title": meeting.title, "starts_at": meeting.starts_at, **changes})


def test_a_change_tells_that_the_door_may_be_another(standup, plan, heard):
    invitations.change(standup, as_planned(standup, plan, lobby=True))
    assert "doors_changed" in heard


def test_a_form_that_makes_somebody_a_host_tells_so(standup, plan, heard):
    invitations.change(standup, as_planned(standup, plan, cohosts=frozenset({"bob@example.org"})))
    assert "hosts_changed" in heard


def test_a_form_that_makes_nobody_a_host_does_not(standup, plan, heard):
    invitations.change(standup, as_planned(standup, plan, title="Another"))
    assert "hosts_changed" not in heard


@pytest.mark.parametrize("on", [True, False])
def test_who_is_made_a_host_or_none_any_more_is_told_of(invited, heard, on):
    invitations.make_cohost(invited("bob"), on=on)
    assert heard == ["hosts_changed"]


def test_a_date_that_is_moved_tells_that_the_door_may_be_another(series, heard):
    date = series.occurrences.first()
    later = date.starts_at + timedelta(hours=1)
    invitations.change_occurrence(date, OccurrencePlan(date.title, later, date.duration, ""))
    assert heard == ["doors_changed"]


def test_a_date_that_is_cancelled_tells_so_too(series, heard):
    invitations.cancel_occurrence(series.occurrences.first())
    assert heard == ["doors_changed"]


def test_a_series_that_ends_earlier_tells_so_too(series, heard):
    invitations.cancel_from(series.occurrences.last())
    assert heard == ["doors_changed"]


def test_a_personal_room_tells_that_its_door_may_be_another(alice, heard):
    room = personal.open_room(alice, "Europe/Berlin")
    personal.furnish(room, title="Mine", description="", access="known", lobby=True, capacity=None)
    assert heard == ["doors_changed"]


def test_a_meeting_that_is_cancelled_and_an_invitation_that_is_taken_back_are_told_of(
    standup, invited, heard
):
    invitations.remove(invited("bob"))
    invitations.cancel(standup)
    assert heard == ["attendee_removed", "meeting_cancelled"]


def test_a_room_that_is_deleted_with_its_owner_is_told_of_by_its_code(bob):
    codes = []

    def hear(code, **kwargs):
        codes.append(code)

    room = personal.open_room(bob, "Europe/Berlin")
    signals.meeting_deleted.connect(hear)
    bob.delete()
    assert codes == [room.code]
    assert not Meeting.objects.exists()


def test_what_is_rolled_back_is_told_to_nobody(invited, heard):
    attendee = invited("bob")
    with transaction.atomic():
        invitations.make_cohost(attendee, on=True)
        transaction.set_rollback(True)
    assert heard == []
