"""Who may order what: one table, walked by people at open sockets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings.models import Meeting
from rooms.models import Call, HostAction, JoinRequest, Participant, Room
from rooms.protocol.messages import Command
from tests.rooms.conftest import Page, came_by_letter
from tests.rooms.live.asking import is_let_in
from tests.rooms.protocol.vocabulary import of_structs

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = ("organizer", "co-host", "made host", "made participant", "participant", "guest")
HOSTS = {"organizer", "co-host", "made host"}
INSIDE = set(PEOPLE)


class Row(NamedTuple):
    """A command, what is heard when it is done, and who may give it. "Dave" is inside, and "Erin" waits."""

    type: str
    members: dict[str, Any]
    heard: str
    allowed: set[str]


DAVE: dict[str, Any] = {"participants": ["Dave"]}
TABLE = (
    Row("mute", DAVE, "order", HOSTS),
    Row("mute", {}, "order", HOSTS),
    Row("stop-camera", DAVE, "order", HOSTS),
    Row("stop-camera", {}, "order", HOSTS),
    Row("ask-unmute", DAVE, "order", HOSTS),
    Row("ask-unmute", {}, "order", HOSTS),
    Row("lower-hand", DAVE, "order", HOSTS),
    Row("lower-hand", {}, "order", HOSTS),
    Row("rename", {"participant": "Dave", "name": "David"}, "order", HOSTS),
    Row("rename", {"participant": "me", "name": "Somebody else"}, "participant-updated", INSIDE),
    Row("unmute", {}, "participant-updated", INSIDE),
    Row("start-camera", {}, "participant-updated", INSIDE),
    Row("set-rules", {"chat": False}, "rules", HOSTS),
    Row("set-rules", {"spotlight": "Dave"}, "rules", HOSTS),
    Row("set-rules", {"locked": True}, "rules", HOSTS),
    Row("set-lobby", {"on": False}, "rules", HOSTS),
    Row("set-role", {"participant": "Dave", "role": "host"}, "order", HOSTS),
    Row("admit", {"knocks": ["Erin"]}, "lobby", HOSTS),
    Row("refuse", {"knocks": ["Erin"]}, "lobby", HOSTS),
    Row("remove", {"participant": "Dave"}, "order", HOSTS),
    Row("end", {"on": True}, "rules", HOSTS),
    Row("end", {"on": False}, "rules", HOSTS),
)


def test_the_table_has_every_command():
    assert {row.type for row in TABLE} == {*of_structs(Command), "admit", "refuse"}


@pytest.fixture(autouse=True)
def patience_with_refusals(monkeypatch):
    """The tenth refused frame is the last, and here are more."""
    monkeypatch.setattr("rooms.protocol.session.MAX_REFUSED", 1000)


@pytest.fixture
async def cast(with_lobby, enter, as_person, alice, carol, bobs_invitation, asks, guest):
    """Everybody by what they are; Dave, whom it is about; and Erin, who waits."""
    host = await enter("Alice", await sync_to_async(as_person)(alice))

    async def is_admitted(name, client):
        page, _ = await asks(name, client)
        while not (knocks := (await host.hears("lobby", "participant-joined", "order")).get("knocks")):
            pass
        await host.says("admit", knocks=[knocks[0]["id"]])
        page.me = (await is_let_in(page))["me"]
        return page

    bobs_invitation.cohost = True
    await bobs_invitation.asave()
    people = {
        "organizer": host,
        "co-host": await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation)),
    }
    people["participant"] = await is_admitted("Carol", await sync_to_async(as_person)(carol))
    for name in ("guest", "made host", "made participant", "Dave"):
        people[name] = await is_admitted(name, await sync_to_async(guest)())
    await host.says("set-role", participant=people["made host"].me, role="host")
    people["Erin"], _ = await asks("Erin")
    return people


async def becomes_participant(cast, standup):
    """Another co-host, from whom it was taken in the call."""
    await Participant.objects.filter(pk=cast["made participant"].me).aupdate(role="host")
    await cast["organizer"].says("set-role", participant=cast["made participant"].me, role="participant")


async def hears_all(page: Page) -> list[dict[str, Any]]:
    """Everything up to now."""
    await page.says("ping")
    found = []
    while (frame := await page.hears())["type"] != "pong":
        found.append(frame)
    return found


def named(members: dict[str, Any], cast: dict[str, Page], me: str, erin: str) -> dict[str, Any]:
    ids = {"Dave": cast["Dave"].me, "me": me, "Erin": erin}

    def one(value: Any) -> Any:
        return [one(each) for each in value] if isinstance(value, list) else ids.get(value, value)

    return {key: value if key in ("name", "role") else one(value) for key, value in members.items()}


async def test_who_is_inside_may_what_the_table_says_and_nothing_else(cast, standup):
    """All of them in one room, since it takes long to fill: it is as at the beginning before each command."""
    await becomes_participant(cast, standup)
    for who in PEOPLE:
        await is_as_the_table_says(who, cast, standup)


async def is_as_the_table_says(who, cast, standup):
    page = cast[who]
    for number, row in enumerate(TABLE):
        await prepare(page, cast, standup, row)
        heard_before = await hears_all(page)
        assert "bye" not in {frame["type"] for frame in heard_before}
        await page.says(row.type, **named(row.members, cast, page.me, await erin_of(standup)))
        news = await hears_all(page)
        errors = [frame["error"] for frame in news if frame["type"] == "failed"]
        context = (who, number, row, news)
        if who in row.allowed:
            assert errors == [], context
            while row.heard == "lobby" and not any(frame["type"] == "lobby" for frame in news):
                news.append(await page.hears())  # said beside the conversation
            assert row.heard in {frame["type"] for frame in news}, context
        else:
            assert errors == ["not-allowed"], context
            assert {frame["type"] for frame in news} == {"failed"}, context


@sync_to_async
def erin_of(standup) -> str:
    """As whom she waits; once she waits no more, as nobody."""
    request = JoinRequest.objects.filter(room__meeting=standup, name="Erin").first()
    return request.pk if request else "e" * 22


@sync_to_async
def prepare(page, cast, standup, row: Row) -> None:
    """Have the command be about something: as it is at the beginning, whatever was done before."""
    clean = {"muted_at": None, "camera_stopped_at": None, "asked_to_unmute": False}
    everybody = Participant.objects.filter(call__room__meeting=standup)
    everybody.update(**clean)
    everybody.filter(pk=cast["Dave"].me).update(
        name="Dave", given_role="", left_at=None, joined_at=timezone.now()
    )
    everybody.filter(pk=page.me).update(name="Whoever")
    if row.type in ("unmute", "start-camera"):
        everybody.filter(pk=page.me).update(muted_at=timezone.now(), camera_stopped_at=timezone.now())
    is_about_to_end = row.type == "end" and not row.members["on"]
    ends_at = timezone.now() + timedelta(hours=1) if is_about_to_end else None
    calls = Call.objects.filter(room__meeting=standup)
    calls.update(may_chat=True, spotlight="", locked=False, ends_at=ends_at)


async def test_who_is_outside_or_was_removed_may_order_nothing(cast, standup, open_socket, guest, asks):
    in_the_lobby, _ = await asks("Mallory")
    at_the_door = await open_socket(await sync_to_async(guest)())
    at_the_door.me = (await at_the_door.hears("ready"))["me"]
    before = await facts(standup)
    for page in (in_the_lobby, at_the_door):
        for row in TABLE:
            members = named(row.members, cast, page.me or "x" * 22, await erin_of(standup))
            await page.says(row.type, **members)
            assert (await page.hears("failed"))["error"] == "not-joined", row
    assert await facts(standup) == before
    await was_removed(cast, standup)


async def was_removed(cast, standup):
    dave, host = cast["Dave"], cast["organizer"]
    erin = await erin_of(standup)
    await host.says("remove", participant=dave.me)
    frames = []
    while (event := await dave.event())["type"] != "websocket.close":
        frames.append(event)
    assert event["code"] == 4403
    before = await facts(standup)
    for row in TABLE:
        # Frames that were under way when the socket was closed.
        await dave.says(row.type, **named(row.members, cast, dave.me, erin))
    await dave.goes(4403)
    assert await facts(standup) == before


@sync_to_async
def facts(standup) -> list[Any]:
    """What is stored of the room and everybody in it."""
    room = Room.objects.get(meeting=standup)
    people = Participant.objects.filter(call__room=room)
    stored = [*room.calls.order_by("pk").values(), *people.order_by("pk").values()]
    requests = room.join_requests.order_by("pk").values_list("pk", "decision")
    return [
        room.rev,
        *stored,
        *requests,
        HostAction.objects.count(),
        Meeting.objects.get(pk=standup.pk).lobby,
    ]
