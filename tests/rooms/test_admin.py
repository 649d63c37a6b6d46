"""What an administrator sees of rooms and calls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.plans import occurrences
from rooms.models import (
    Call,
    ConnectionChange,
    HostAction,
    JoinRequest,
    Participant,
    Removal,
    Room,
    ServerProcess,
)

pytestmark = pytest.mark.django_db

PAGES = ["room", "call", "connectionchange", "hostaction", "joinrequest", "removal", "serverprocess"]


@pytest.fixture
def administrator(client, person):
    user = person("Olga")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def history(alice, *, rooms, people):
    server, _ = ServerProcess.objects.get_or_create(id="s" * 22, channel="process.test!1")
    for n in range(rooms):
        meeting = occurrences.create(alice, f"Meeting {n}", timezone.now())
        room = Room.objects.create(meeting=meeting)
        ended = Call.objects.create(room=room, ended_at=timezone.now())
        live = Call.objects.create(room=room, started_at=timezone.now() - timedelta(minutes=5))
        Removal.objects.create(room=room, person="guest:x", name=f"Mallory {n}", removed_by="Alice")
        for k in range(people):
            for call in (ended, live):
                Participant.objects.create(
                    id=f"{call.pk:011d}{k:011d}",
                    call=call,
                    person=f"guest:{k}",
                    name=f"Person {k}",
                    seat=k,
                    arrival=k,
                    token_digest="x",
                    server=server if call is live else None,
                    left_at=None if call is live else timezone.now(),
                )
        for k in range(people):
            JoinRequest.objects.create(
                id=f"{room.pk:011d}{k:011d}",
                room=room,
                call=live,
                person=f"guest:{k}",
                name=f"Person {k}",
                standing="guest",
            )
        HostAction.objects.create(call=live, host="Alice", action="mute", target="Person 2")
        first, *others = live.participants.order_by("seat")
        for other in others or [first]:
            ConnectionChange.objects.create(call=live, participant=first, other=other, condition="connected")


@pytest.mark.parametrize("page", PAGES)
def test_lists_show_everything_with_few_queries(administrator, alice, page, django_assert_max_num_queries):
    history(alice, rooms=12, people=4)
    with django_assert_max_num_queries(12):
        response = administrator.get(f"/admin/rooms/{page}/")
    assert response.status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", ["Meeting 1", "Person 2", "alice", "nothing like this"])
def test_lists_can_be_searched(administrator, alice, page, query):
    history(alice, rooms=2, people=3)
    assert administrator.get(f"/admin/rooms/{page}/", {"q": query}).status_code == 200


def test_a_call_is_found_by_a_participants_name_with_its_true_count(administrator, alice):
    history(alice, rooms=1, people=3)
    response = administrator.get("/admin/rooms/call/", {"q": "Person 2"})
    assert [call.people_count for call in response.context["cl"].queryset] == [3, 3]


@pytest.mark.parametrize(("value", "count"), [("yes", 2), ("no", 2)])
def test_calls_that_are_going_on_can_be_told_from_those_that_are_over(administrator, alice, value, count):
    history(alice, rooms=2, people=1)
    response = administrator.get("/admin/rooms/call/", {"live": value})
    found = list(response.context["cl"].queryset)
    assert len(found) == count
    assert all((call.ended_at is None) == (value == "yes") for call in found)


def test_a_room_says_how_many_are_inside_now(administrator, alice):
    history(alice, rooms=1, people=3)
    [room] = administrator.get("/admin/rooms/room/").context["cl"].queryset
    assert (room.inside_count, room.call_count) == (3, 2)


def test_a_call_shows_its_participants_with_few_queries(administrator, alice, django_assert_max_num_queries):
    history(alice, rooms=1, people=12)
    call = Call.objects.filter(ended_at=None).get()
    with django_assert_max_num_queries(12):
        response = administrator.get(f"/admin/rooms/call/{call.pk}/change/")
    assert response.status_code == 200
    html = response.content.decode()
    assert all(f"Person {n}" in html for n in range(12))


def test_a_room_shows_its_calls_and_removals(administrator, alice):
    history(alice, rooms=1, people=2)
    response = administrator.get(f"/admin/rooms/room/{Room.objects.get().pk}/change/")
    assert response.status_code == 200
    assert "Mallory 0" in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_history_is_not_written_by_hand(administrator, alice, page):
    history(alice, rooms=1, people=1)
    assert administrator.get(f"/admin/rooms/{page}/add/").status_code == 403
    [entry] = administrator.get(f"/admin/rooms/{page}/").context["cl"].queryset[:1]
    html = administrator.get(f"/admin/rooms/{page}/{entry.pk}/change/").content.decode()
    assert 'name="_save"' not in html


def test_a_removal_can_be_taken_back(administrator, alice):
    history(alice, rooms=1, people=1)
    address = f"/admin/rooms/removal/{Removal.objects.get().pk}/delete/"
    assert administrator.post(address, {"post": "yes"}).status_code == 302
    assert not Removal.objects.exists()


@pytest.fixture
def call(alice):
    """Six people inside; the first one hears three of them, of whom one was lost for a while."""
    history(alice, rooms=1, people=6)
    call = Call.objects.get(ended_at=None)
    first, *others = call.participants.order_by("seat")
    call.connection_changes.filter(other__in=others[3:]).update(condition="failed")
    for condition, seconds in ("repairing", 100), ("connected", 90):
        at = timezone.now() - timedelta(seconds=seconds)
        ConnectionChange.objects.create(
            call=call, participant=others[0], other=first, condition=condition, at=at
        )
    ConnectionChange.objects.create(call=call, participant=others[4], other=first, condition="failed")
    return call


def test_a_call_shows_who_heard_whom_with_few_queries(administrator, call, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        html = administrator.get(f"/admin/rooms/call/{call.pk}/change/").content.decode()
    assert "Person 0 and Person 4 never heard each other" in html
    assert "Person 0 and Person 1 lost each other once, for 10 s in all" in html
    assert "2 pairs heard each other all the time" in html


def test_calls_in_which_pairs_never_connected_can_be_found(administrator, call):
    found = administrator.get("/admin/rooms/call/", {"heard": "not-all"}).context["cl"].queryset
    assert [(one.pk, one.never_count) for one in found] == [(call.pk, 2)]


def test_every_change_of_one_call_can_be_listed(administrator, call):
    page = administrator.get("/admin/rooms/connectionchange/", {"call__id__exact": call.pk})
    assert page.context["cl"].queryset.count() == call.connection_changes.count()
    page = administrator.get("/admin/rooms/connectionchange/", {"call__id__exact": call.pk + 1000})
    assert page.context["cl"].queryset.count() == 0


def test_a_call_shows_who_asked_to_be_let_in_and_who_decided(administrator, alice):
    history(alice, rooms=1, people=1)
    call = Call.objects.get(ended_at=None)
    JoinRequest.objects.create(
        id="k" * 22, room=call.room, call=call, name="Bob", standing="guest", person="guest:b",
        decision="admitted", decided_by="Alice",
    )  # fmt: skip
    html = administrator.get(f"/admin/rooms/call/{call.pk}/change/").content.decode()
    assert "Bob" in html
    assert "admitted" in html.lower()


@pytest.mark.parametrize(("decision", "names"), [("refused", ["Person 0"]), ("none", ["Person 1"])])
def test_join_requests_are_found_by_what_was_decided(administrator, alice, decision, names):
    history(alice, rooms=1, people=2)
    JoinRequest.objects.filter(name="Person 0").update(decision="refused", decided_by="Alice")
    found = administrator.get("/admin/rooms/joinrequest/", {"decision": decision}).context["cl"].queryset
    assert [asked.name for asked in found] == names


def test_a_join_request_is_looked_at_and_not_changed(administrator, alice):
    history(alice, rooms=1, people=1)
    asked = JoinRequest.objects.get()
    page = administrator.get(f"/admin/rooms/joinrequest/{asked.pk}/change/").content.decode()
    assert "not decided" in page
    for do in ("add/", f"{asked.pk}/delete/"):
        assert administrator.post(f"/admin/rooms/joinrequest/{do}", {"post": "yes"}).status_code == 403


def test_a_call_shows_what_hosts_did_and_to_whom(administrator, alice):
    history(alice, rooms=1, people=1)
    call = Call.objects.get(ended_at=None)
    call.host_actions.create(host="Alice", action="set-role", target="Bob", detail="host")
    call.host_actions.create(host="Bob", action="stop-camera")
    call.host_actions.create(host="Bob", action="admit", target="Carol\nDave")
    call.host_actions.create(host="Bob", action="rename", target="Carol", detail="Caroline")
    call.host_actions.create(host="Bob", action="set-rules", detail="share off, locked on, dance on")
    html = " ".join(administrator.get(f"/admin/rooms/call/{call.pk}/change/").content.decode().split())
    for words in (
        *("Gave a role", "Host from now on.", "Stopped the camera", "Everybody but hosts", "Carol and Dave"),
        "Called Caroline from now on.",
        # The last one of a later release.
        "Only hosts may share their screens. The room is locked: nobody new comes in. dance on",
    ):
        assert words in html
    address = f"/admin/rooms/hostaction/?call__id__exact={call.pk}"
    assert address in html
    assert administrator.get(address).context["cl"].result_count == 6


def test_a_long_past_shows_its_newest_lines_and_the_way_to_all(administrator, alice, monkeypatch):
    monkeypatch.setattr("rooms.admin.lines.Newest.MOST", 3)
    history(alice, rooms=1, people=5)
    room = Room.objects.get()
    for n in range(5):
        Removal.objects.create(room=room, person=f"guest:{n}", name=f"Prankster {n}", removed_by="Alice")
        Call.objects.create(room=room, ended_at=timezone.now())
    html = administrator.get(f"/admin/rooms/room/{room.pk}/change/").content.decode()
    assert [n for n in range(5) if f"Prankster {n}" in html] == [2, 3, 4]
    assert html.count("/admin/rooms/call/") <= 3 + 3  # the menu, the way to all and one for each line
    for model, count in (("removal", 6), ("call", 7)):
        address = f"/admin/rooms/{model}/?room__id__exact={room.pk}"
        assert address in html
        assert administrator.get(address).context["cl"].result_count == count
