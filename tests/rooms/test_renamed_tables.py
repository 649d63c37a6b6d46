"""A database from before its tables had their names of today is brought over, and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from accounts.models import User
from meetings.plans import occurrences

BEFORE, AFTER = "0009_removals_by_person", "0012_names_of_fields"
# By what its rows are called in today's words.
JOIN_REQUEST = {"answer": "decision", "answered_at": "decided_at", "answered_by": "decided_by"}

pytestmark = pytest.mark.django_db(transaction=True)


def models_of(migration: str) -> Any:
    """What models were like after it."""
    return MigrationLoader(connection).project_state(("rooms", migration)).apps


def migrate(*to: str) -> None:
    """As `./run` does: with what Django does of itself about content types and permissions."""
    call_command("migrate", "rooms", *to, verbosity=0)


def rows(apps: Any, app: str, model: str) -> list[dict[str, Any]]:
    return list(apps.get_model(app, model).objects.order_by("pk").values())


def indexes(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


def permissions(apps: Any) -> list[str]:
    return sorted(
        apps.get_model("auth", "Group").objects.get().permissions.values_list("codename", flat=True)
    )


@pytest.fixture(scope="module")
def states(snapshots, django_db_blocker) -> dict[str, Any]:
    """Then, with rows and somebody who may look at them; now; and then again: snapshots, and their models."""
    with django_db_blocker.unblock():
        migrate(BEFORE)
        then = models_of(BEFORE)
        fill(then)
        snapshots.take("before")
        migrate(AFTER)
        now = models_of(AFTER)
        snapshots.take("brought over")
        migrate(BEFORE)
        snapshots.take("back again")
    return {"before": then, "brought over": now, "back again": then}


def fill(apps: Any) -> None:
    model = lambda name: apps.get_model("rooms", name).objects  # noqa: E731
    alice = User.objects.create_user("alice@example.org", name="Alice")
    room = model("Room").create(meeting_id=occurrences.create(alice, "Stand-up", timezone.now()).pk)
    call = model("Call").create(room=room)
    alice_here, bob_here = (
        model("Participant").create(
            id=letter * 22, call=call, person=f"guest:{letter}", name=letter, seat=seat, arrival=seat
        )
        for seat, letter in enumerate("ab")
    )
    model("Knock").create(
        id="k" * 22,
        room=room,
        call=call,
        person="guest:b",
        name="Bob",
        standing="guest",
        answer="admitted",
        answered_at=timezone.now(),
        answered_by="Alice",
    )
    model("Knock").create(id="w" * 22, room=room, person="guest:c", name="Carol", standing="guest")
    model("LinkChange").create(call=call, participant=alice_here, other=bob_here, condition="connected")
    model("LinkChange").create(call=call, participant=bob_here, other=alice_here, condition="failed")
    group = apps.get_model("auth", "Group").objects.create(name="Lookers-on")
    may = apps.get_model("auth", "Permission").objects.filter(codename__in=["view_knock", "view_linkchange"])
    group.permissions.set(may)


@pytest.fixture
def at(snapshots, states):
    """`at("before")`: the database is in this state, whose models it answers."""

    def go(name: str) -> Any:
        snapshots.go_back_to(name)
        return states[name]

    yield go
    snapshots.go_back_to("today")


def test_whoever_asked_to_be_let_in_is_still_there(at):
    was = rows(at("before"), "rooms", "Knock")
    assert len(was) == 2
    assert rows(at("brought over"), "rooms", "JoinRequest") == [
        {JOIN_REQUEST.get(field, field): value for field, value in row.items()} for row in was
    ]
    assert "join_requests_by_decision" in indexes("rooms_joinrequest")
    assert rows(at("back again"), "rooms", "Knock") == was
    assert "knocks_at_a_door" in indexes("rooms_knock")


def test_what_was_said_of_connections_is_still_there(at):
    was = rows(at("before"), "rooms", "LinkChange")
    assert len(was) == 2
    assert rows(at("brought over"), "rooms", "ConnectionChange") == was
    assert "connection_changes_of_a_pair" in indexes("rooms_connectionchange")
    assert rows(at("back again"), "rooms", "LinkChange") == was
    assert "link_changes_of_a_pair" in indexes("rooms_linkchange")


def test_whoever_might_look_at_them_still_may(at):
    assert permissions(at("before")) == ["view_knock", "view_linkchange"]
    assert permissions(at("brought over")) == ["view_connectionchange", "view_joinrequest"]
    assert permissions(at("back again")) == ["view_knock", "view_linkchange"]
