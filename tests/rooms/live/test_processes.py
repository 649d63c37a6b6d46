"""Several server processes, one call: over Redis, on SQLite and on Postgres; and when these are away."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pytest

from tests.rooms.server import Copy, Line, Process, assert_exactly
from tests.servers import PATIENCE, new_database, refusing_connections, wait_until

OFFER = {"type": "offer", "sdp": "v=0\r\n"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def copy(request, tmp_path_factory, redis_url) -> Iterator[Copy]:
    environment = {"REDIS_URL": redis_url}
    if request.param == "postgres":
        environment["DATABASE_URL"] = new_database(request.getfixturevalue("postgres_url"))
    copy = Copy(tmp_path_factory.mktemp("processes"), ROOM_CAPACITY="12", **environment)
    yield copy
    copy.stop()


@pytest.fixture(scope="module")
def both(copy: Copy) -> tuple[Process, Process]:
    return copy.start(), copy.start()


@pytest.fixture
def code(copy: Copy) -> str:
    return str(copy.meeting()["code"])


# -- two processes, one call --------------------------------------------------------------------


async def test_people_on_two_processes_meet_and_signal(both, code):
    here, there = both
    alice, bob = await here.enter(code, "Alice"), await there.enter(code, "Bob")
    assert (await alice.hears("participant-joined"))["participant"]["id"] == bob.me
    await bob.says("description", to=alice.me, generation=2000, description=OFFER)
    offer = await alice.hears("description")
    assert offer == {"type": "description", "sender": bob.me, "generation": 2000, "description": OFFER}
    await alice.says("candidates", to=bob.me, generation=2000, candidates=[None])
    assert (await bob.hears("candidates"))["sender"] == alice.me

    await bob.goes(4001)
    assert (await alice.hears("participant-updated"))["participant"]["away"] is True
    await alice.says("need-offer", to=bob.me, generation=2000, reason="ice")
    assert await alice.hears() == {"type": "undeliverable", "to": bob.me, "generation": 2000}
    await alice.goes()


async def test_a_visitor_signals_to_another_process_before_the_click(both, code):
    here, there = both
    alice = await here.enter(code, "Alice")
    bob = await there.socket(code, await there.guest(code))
    visitor = (await bob.hears("ready"))["me"]
    await bob.says("description", to=alice.me, generation=0, description=OFFER)
    assert (await alice.hears("description"))["sender"] == visitor
    await alice.says("candidates", to=visitor, generation=0, candidates=[None])
    assert (await bob.hears("candidates"))["sender"] == alice.me
    await bob.joins("Bob")
    assert bob.me == visitor
    for line in (alice, bob):
        await line.goes()


async def test_somebody_comes_back_on_the_other_process(both, code):
    here, there = both
    alice, bob = await here.enter(code, "Alice"), await here.enter(code, "Bob")
    before = (await alice.hears("participant-joined"))["participant"]
    moved = await there.socket(code, bob.session)
    await moved.hears("ready")
    welcome = await moved.joins("Bob", bob.token, fresh=False)
    assert (welcome["me"], welcome["resumed"]) == (bob.me, True)
    assert await bob.close_code() == 4408
    # Signals follow him.
    assert (await alice.hears("participant-updated"))["participant"] == before
    await alice.says("need-offer", to=bob.me, generation=1, reason="ice")
    assert (await moved.hears("need-offer"))["sender"] == alice.me
    # And back again; the process that he left knows where he is.
    back = await here.socket(code, bob.session)
    await back.hears("ready")
    await back.joins("Bob", bob.token, fresh=False)
    assert await moved.close_code() == 4408
    await alice.says("need-offer", to=bob.me, generation=2, reason="ice")
    assert (await back.hears_at_last("need-offer"))["generation"] == 2
    await back.is_quiet()
    for line in (alice, back):
        await line.goes()


async def test_a_removed_person_is_closed_wherever_they_are(both, copy):
    here, there = both
    meeting = copy.meeting()
    alice = await here.enter(meeting["code"], "Alice", meeting["alice"])
    bob = await there.enter(meeting["code"], "Bob")
    await alice.hears("participant-joined")
    await alice.says("remove", participant=bob.me)
    assert await bob.close_code() == 4403
    assert (await alice.hears("participant-left"))["reason"] == "removed"
    again = await there.socket(meeting["code"], bob.session)
    assert await again.hears() == {"type": "bye", "reason": "removed"}
    await alice.goes()


async def test_whose_session_ends_has_left_on_every_process(both, copy):
    """Signed out by a web request that yet another process served."""
    here, there = both
    meeting = copy.meeting()
    bob = await here.enter(meeting["code"], "Bob")
    alice = await there.enter(meeting["code"], "Alice", meeting["alice"])
    waiting = await there.socket(meeting["code"], meeting["alice"])
    await waiting.hears("ready")
    await bob.hears("participant-joined")
    sign_out = f"from accounts.sessions import SessionStore; SessionStore('{meeting['alice']}').delete()"
    await asyncio.to_thread(copy.manage, "shell", "--no-imports", "--command", sign_out)
    assert await alice.close_code() == 4412
    assert await waiting.close_code() == 4412
    left = await bob.hears("participant-left")
    assert (left["id"], left["reason"]) == (alice.me, "left")
    await bob.goes()


async def test_a_cancelled_meeting_is_over_for_everybody(both, copy, code):
    here, there = both
    alice, bob = await here.enter(code, "Alice"), await there.enter(code, "Bob")
    cancel = "from meetings.models import Meeting; from meetings.plans import invitations; "
    cancel += f"invitations.cancel(Meeting.objects.get(code='{code}'))"
    await asyncio.to_thread(copy.manage, "shell", "--no-imports", "--command", cancel)
    assert await alice.close_code() == 4410
    assert await bob.close_code() == 4410


@pytest.fixture
def lobby(copy: Copy) -> dict[str, str]:
    """A meeting with a lobby: its `code`, and `alice`, the session of its organizer."""
    meeting = copy.meeting()
    turn_on = f"from meetings.models import Meeting; Meeting.objects.filter(code='{meeting['code']}')"
    copy.manage("shell", "--no-imports", "--command", f"{turn_on}.update(lobby=True)")
    return meeting


async def asks(process: Process, code: str, name: str, session: str | None = None) -> Line:
    """Somebody who waits to be let in."""
    line = await process.socket(code, session or await process.guest(code))
    await line.hears("ready")
    await line.says("join", name=name, token=None, fresh=True)
    await line.hears("waiting")
    return line


async def test_who_waits_on_one_process_is_seen_and_admitted_on_the_other(both, lobby):
    here, there = both
    bob = await asks(there, lobby["code"], "Bob")
    carol = await asks(here, lobby["code"], "Carol")
    alice = await here.enter(lobby["code"], "Alice", lobby["alice"])
    for line in (bob, carol):
        assert (await line.hears_at_last("waiting", host="Alice"))["door"] == "lobby"
    knocks = {knock["name"]: knock["id"] for knock in await who_waits(alice, 2)}
    await alice.says("admit", knocks=[knocks["Bob"]])
    await bob.hears("ice-servers")
    welcome = await bob.hears("welcome")
    assert {one["name"] for one in welcome["participants"]} == {"Alice", "Bob"}
    await alice.says("refuse", knocks=[knocks["Carol"]])
    assert await carol.close_code() == 4403
    assert await who_waits(alice, 0) == []
    for line in (alice, bob):
        await line.goes()


async def test_who_waited_on_a_killed_process_asks_again_on_the_other(both, copy, lobby):
    here, _ = both
    doomed = await asyncio.to_thread(copy.start)
    alice = await here.enter(lobby["code"], "Alice", lobby["alice"])
    bob = await asks(doomed, lobby["code"], "Bob")
    [knock] = await who_waits(alice, 1)
    await asyncio.to_thread(doomed.end, signal.SIGKILL)
    # Nobody else says so: it is found by the lease that ran out.
    assert await who_waits(alice, 0) == []
    again = await asks(here, lobby["code"], "Bob", bob.session)
    assert await who_waits(alice, 1) == [knock]
    await alice.says("admit", knocks=[knock["id"]])
    await again.hears("ice-servers")
    await again.hears("welcome")
    for line in (alice, again):
        await line.goes()


async def test_what_a_host_orders_on_one_process_holds_and_is_said_on_the_other(both, lobby):
    here, there = both
    bob = await asks(there, lobby["code"], "Bob")
    alice = await here.enter(lobby["code"], "Alice", lobby["alice"])
    [knock] = await who_waits(alice, 1)
    await alice.says("admit", knocks=[knock["id"]])
    bob.me = (await bob.hears_at_last("welcome"))["me"]
    await alice.says("set-role", participant=bob.me, role="host")
    await bob.hears_at_last("order", order="set-role", by=alice.me)
    await alice.says("mute", participants=[bob.me])
    order = await bob.hears_at_last("order", order="mute", by=alice.me)
    # A role that was given on one process is a role on the other.
    await bob.says("set-rules", chat=False)
    assert (await alice.hears_at_last("rules", by=bob.me))["chat"] is False
    assert order["participants"] == [bob.me]
    carol = await asks(here, lobby["code"], "Carol")
    [knock] = await who_waits(bob, 1)
    await bob.says("refuse", knocks=[knock["id"]])
    told = await alice.hears_at_last("decided", admitted=False)
    assert (told["by"], told["names"]) == (bob.me, ["Carol"])
    assert await carol.close_code() == 4403
    for line in (alice, bob):
        await line.goes()


async def test_a_call_ends_though_the_process_on_which_that_was_said_is_killed(both, copy, lobby):
    here, _ = both
    doomed = await asyncio.to_thread(copy.start)
    bob = await asks(here, lobby["code"], "Bob")
    alice = await doomed.enter(lobby["code"], "Alice", lobby["alice"])
    [knock] = await who_waits(alice, 1)
    await alice.says("admit", knocks=[knock["id"]])
    await bob.hears_at_last("welcome")
    await alice.says("end", on=True)
    assert 0 < (await bob.hears_at_last("rules"))["ends_in"] <= 10
    await asyncio.to_thread(doomed.end, signal.SIGKILL)
    assert await bob.close_code() == 4410


async def who_waits(host: Line, count: int) -> list[dict[str, str]]:
    """The list, as soon as it has so many."""
    while len(knocks := (await host.hears_at_last("lobby"))["knocks"]) != count:
        pass
    return knocks


async def test_fifty_come_to_two_processes_at_once_and_twelve_get_in(both, code):
    await assert_exactly(12, list(both), code, of=50)


async def test_one_browser_comes_to_two_processes_at_once_and_gets_two_seats(both, code):
    session = await both[0].guest(code)
    lines = [await both[n % 2].socket(code, session) for n in range(8)]
    for line in lines:
        await line.hears("ready")

    async def join(line: Line) -> str:
        await line.says("join", name="Bob")
        while (frame := await line.hears())["type"] not in ("welcome", "bye"):
            pass
        return str(frame.get("reason", "seated"))

    answers = await asyncio.gather(*map(join, lines))
    assert sorted(answers) == ["elsewhere"] * 6 + ["seated"] * 2
    for line in lines:
        await line.goes()


async def test_an_idle_socket_stays_open(both, code):
    """Longer than a read from Redis may last.

    That nothing happens for so long can only be seen by the clock.
    """
    here, there = both
    alice, bob = await here.enter(code, "Alice"), await there.enter(code, "Bob")
    await alice.hears("participant-joined")
    await asyncio.sleep(12)
    await bob.says("need-offer", to=alice.me, generation=1, reason="ice")
    assert (await alice.hears("need-offer"))["sender"] == bob.me
    for line in (alice, bob):
        await line.goes()


async def test_people_of_a_killed_process_are_away_until_they_come_back(both, copy, code):
    here, _ = both
    doomed = await asyncio.to_thread(copy.start)
    alice, bob = await here.enter(code, "Alice"), await doomed.enter(code, "Bob")
    before = (await alice.hears("participant-joined"))["participant"]
    await asyncio.to_thread(doomed.end, signal.SIGKILL)
    assert (await alice.hears("participant-updated"))["participant"] == {**before, "away": True}
    again = await here.socket(code, bob.session)
    await again.hears("ready")
    assert (await again.joins("Bob", bob.token, fresh=False))["me"] == bob.me
    assert (await alice.hears("participant-updated"))["participant"] == before
    for line in (alice, again):
        await line.goes()


async def test_a_process_that_stops_says_so_to_the_others(both, copy, code):
    here, _ = both
    ending = await asyncio.to_thread(copy.start)
    alice, bob = await here.enter(code, "Alice"), await ending.enter(code, "Bob")
    await alice.hears("participant-joined")
    await asyncio.to_thread(ending.end, signal.SIGTERM)
    assert await bob.close_code() == 4503
    assert (await alice.hears("participant-updated"))["participant"]["away"] is True
    await alice.goes()


async def test_a_process_that_slept_finds_its_people_again(both, copy, code):
    here, _ = both
    sleepy = await asyncio.to_thread(copy.start)
    alice, bob = await here.enter(code, "Alice"), await sleepy.enter(code, "Bob")
    before = (await alice.hears("participant-joined"))["participant"]
    await asyncio.to_thread(put_to_sleep, sleepy, copy)
    assert (await alice.hears("participant-updated"))["participant"]["away"] is True
    sleepy.child.send_signal(signal.SIGCONT)
    assert (await alice.hears("participant-updated"))["participant"] == before
    await alice.says("need-offer", to=bob.me, generation=1, reason="ice")
    await bob.hears_at_last("need-offer", sender=alice.me)
    for line in (alice, bob):
        await line.goes()


def put_to_sleep(process: Process, copy: Copy) -> None:
    """Stop a process at a moment when it holds no lock that the others would wait for.

    On SQLite even opening and closing a file takes locks for some microseconds, and about one stop in a
    hundred hits them.
    """
    for _ in range(20):
        process.child.send_signal(signal.SIGSTOP)
        os.waitpid(process.child.pid, os.WUNTRACED)
        if others_can_write(copy):
            return
        process.child.send_signal(signal.SIGCONT)
        # Stopped again at once, it would keep the lock until the others are taken for dead.
        wait_until(lambda: others_can_write(copy), "the process lets go of its lock")
    raise AssertionError("the process held a lock whenever it was stopped")


def others_can_write(copy: Copy) -> bool:
    try:
        if "DATABASE_URL" in copy.environment:
            with psycopg.connect(copy.environment["DATABASE_URL"]) as connection:
                connection.execute("SET lock_timeout = '1s'")
                connection.execute("LOCK TABLE rooms_room, rooms_serverprocess, rooms_participant")
        else:
            with closing(
                sqlite3.connect(copy.folder / "data" / "roundtable.sqlite3", timeout=1)
            ) as connection:
                connection.execute("BEGIN IMMEDIATE")
    except (psycopg.errors.LockNotAvailable, sqlite3.OperationalError):
        return False
    return True


# -- what the processes stand on is away --------------------------------------------------------


async def test_without_redis_sockets_stay_and_news_come_through_the_database(redis, tmp_path):
    copy = Copy(tmp_path / "copy", REDIS_URL=redis.url)
    try:
        code = copy.meeting()["code"]
        here, there = copy.start(), copy.start()
        alice, bob = await here.enter(code, "Alice"), await there.enter(code, "Bob")
        await alice.hears("participant-joined")

        await asyncio.to_thread(redis.stop)
        await alice.says("need-offer", to=bob.me, generation=1, reason="ice")
        assert (await alice.hears("undeliverable"))["to"] == bob.me
        carol = await here.socket(code, await here.guest(code))
        await carol.hears("ready")
        await carol.joins("Carol")
        assert (await alice.hears("participant-joined"))["participant"]["id"] == carol.me
        snapshot = await bob.hears("snapshot")  # unasked: his process found it by the numbers
        assert carol.me in [p["id"] for p in snapshot["participants"]]

        await asyncio.to_thread(redis.start)
        async with asyncio.timeout(PATIENCE):
            heard = False
            while not heard:
                await alice.says("need-offer", to=bob.me, generation=2, reason="ice")
                with suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await bob.hears_at_last("need-offer", sender=alice.me)
                        heard = True
    finally:
        copy.stop()


async def test_without_the_database_sockets_stay_and_signals_pass(postgres_url, tmp_path):
    copy = Copy(tmp_path / "copy", DATABASE_URL=new_database(postgres_url))
    try:
        code = copy.meeting()["code"]
        process = copy.start()
        alice, bob = await process.enter(code, "Alice"), await process.enter(code, "Bob")
        await alice.hears("participant-joined")
        with refusing_connections(copy.environment["DATABASE_URL"], postgres_url):
            await process.says("no heartbeat; trying again")
            await bob.says("description", to=alice.me, generation=1, description=OFFER)
            assert (await alice.hears("description"))["sender"] == bob.me
            await bob.goes()
            await process.says("the database is away; trying again")
            await alice.is_quiet()
        updated = await alice.hears("participant-updated")
        assert (updated["participant"]["id"], updated["participant"]["away"]) == (bob.me, True)
        assert (await process.enter(code, "Carol")).me
    finally:
        copy.stop()
