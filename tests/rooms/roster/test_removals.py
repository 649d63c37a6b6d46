"""Who was removed from a room, however many were."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from meetings.models import Attendee
from meetings.plans import occurrences
from rooms.models import Removal, Room
from rooms.protocol.admission import Admission, Refusal
from rooms.roster import doors, entrance, removals

pytestmark = pytest.mark.django_db

MANY = 500


@pytest.fixture
def rows_made():
    """Those removals that became objects."""
    made: list[Removal] = []

    def note(instance: Removal, **kwargs: Any) -> None:
        made.append(instance)

    post_init.connect(note, sender=Removal)
    yield made
    post_init.disconnect(note, sender=Removal)


@pytest.fixture
def room(standup):
    """A room from which hundreds of guests were removed."""
    room = Room.objects.create(meeting=standup)
    Removal.objects.bulk_create(
        Removal(room=room, person=f"guest:{n}", guest_key=str(n), name="Mallory", removed_by="Alice")
        for n in range(MANY)
    )
    return room


def admission_of(*persons):
    return Admission("participant", persons[0], persons, "", None, None, "")


def test_the_door_looks_at_no_removals_but_those_of_who_stands_at_it(room, rows_made, carol):
    room.removals.create(person=f"user:{carol.pk}", user=carol, name="Carol", removed_by="Alice")
    rows_made.clear()
    came = entrance.approach(room.meeting.code, carol, SessionBase())
    assert came is not None
    assert came.outcome == Refusal("removed")
    assert len(rows_made) == 1


def test_who_joins_waits_for_no_list_of_removals(room, rows_made):
    rows_made.clear()
    with pytest.raises(doors.NotAdmitted, match="removed"):
        doors.check(room, admission_of("user:99", "guest:7"))
    with CaptureQueriesContext(connection) as queries:
        doors.check(room, admission_of("user:99", "guest:new"))
    assert len(queries) == 1
    assert rows_made == []


def test_of_those_who_wait_only_the_removed_are_read_in_few_queries(
    room, rows_made, django_assert_num_queries
):
    waiting = {f"guest:{n}" for n in range(MANY - 2, MANY + 4 * removals.BATCH - 2)}
    rows_made.clear()
    with django_assert_num_queries(4):
        found = removals.among({room.pk: waiting})
    assert found == {room.pk: {f"guest:{MANY - 2}", f"guest:{MANY - 1}"}}
    assert len(rows_made) == 2


def test_where_nobody_waits_nobody_asks(room, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert removals.among({room.pk: set()}) == {}
        assert not removals.is_removed(room.pk, ())


@pytest.mark.parametrize("known", ["user", "attendee", "guest", "person"])
def test_a_removal_is_found_by_each_thing_that_they_were_known_as(standup, bob, known):
    room = Room.objects.create(meeting=standup)
    invitation = Attendee.objects.create(meeting=standup, email="bob@example.org")
    room.removals.create(
        person="guest:older", guest_key="k", user=bob, attendee=invitation, name="Bob", removed_by="Alice"
    )
    asked = {
        "user": f"user:{bob.pk}",
        "attendee": f"attendee:{invitation.pk}",
        "guest": "guest:k",
        "person": "guest:older",
    }[known]
    assert removals.is_removed(room.pk, [asked])
    assert asked in removals.among({room.pk: [asked]})[room.pk]


def test_another_rooms_removals_are_no_news_here(room, alice):
    meeting = occurrences.create(alice, "Other", room.meeting.starts_at)
    other = Room.objects.create(meeting=meeting)
    assert not removals.is_removed(other.pk, ["guest:7"])
    assert removals.among({room.pk: ["guest:8"], other.pk: ["guest:9"]}).keys() == {room.pk}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a plan in the words of SQLite")
def test_one_person_is_looked_up_in_indexes_though_a_room_has_many_removals(room):
    persons = ["user:1", "attendee:1", "guest:1"]
    plan = removals._about([room.pk], persons).explain()
    assert "SCAN" not in plan
    for index in ("removals_by_person", "removals_by_browser", "user_id", "attendee_id"):
        assert index in plan
