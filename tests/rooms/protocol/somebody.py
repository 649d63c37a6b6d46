"""Somebody at a socket, and what the roster answers them: for tests without any."""

from __future__ import annotations

from datetime import UTC, datetime

from rooms.protocol import messages
from rooms.protocol.admission import Admission, DoorState, Grant
from rooms.protocol.messages import Door, IceServers, Role, RoomFacts, Rules
from rooms.protocol.outcomes import Arrived, Change, JoinRequested, Snapshot, SocketElsewhere, Waits
from rooms.protocol.session import Session
from rooms.protocol.who import Who

ALICE, BOB = "a" * 22, "b" * 22
CODE = "kfpx-tvwqm-m3xz"
ROOM = RoomFacts(CODE, "Standup", 8, "anyone", False)
REQUEST = "k" * 22


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Credentials:
    """Different ones each time."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> IceServers:
        self.count += 1
        return IceServers([], self.count)


def somebody(key: str = "s" * 22, role: Role = "participant", *, user_id: int | None = None) -> Who:
    """A guest, or whoever has this account, before the click."""
    person = "guest:g" if user_id is None else f"user:{user_id}"
    admission = Admission(role, person, (person,), "g", user_id, None, "Bob")
    return Who(key, "t" * 22, admission, Grant("session", user_id, None, None, (person,)))


def snapshot(*ids: str, rev: int = 7) -> Snapshot:
    """These are inside."""
    people = [messages.Participant(one, "Bob", "participant", n, n, False) for n, one in enumerate(ids, 1)]
    return Snapshot(rev, people, {}, Rules("anyone", False))


def greeted(session: Session, door: Door = "open", opens_in: float | None = None) -> Session:
    """Alice is inside, and the door stands so."""
    session.greeted(ROOM, status(door, opens_in), opens_in, snapshot(ALICE))
    return session


def status(door: Door, opens_in: float | None = None) -> DoorState:
    return DoorState(door, None if opens_in is None else datetime(2031, 5, 6, 9, 0, tzinfo=UTC))


def seat_for(
    who: Who,
    role: Role | None = None,
    *,
    me: str = "",
    has_waited: bool = False,
    replaced: SocketElsewhere | None = None,
) -> Arrived:
    """A seat, as the roster gives it."""
    me = me or who.key
    change = Change(CODE, [messages.ParticipantLeft(8, "gone", "timeout")])
    return Arrived(
        me=me,
        role=role or who.role,
        token="token",
        resumed=me != who.key,
        snapshot=snapshot(ALICE, me, rev=9),
        change=change,
        replaced=replaced,
        has_waited=has_waited,
    )


def wait_for(
    door: Door = "lobby",
    *,
    host: str = "Alice",
    opens_in: float | None = None,
    is_news: bool = True,
    change: Change | None = None,
) -> Waits:
    """No seat yet, as the roster says so."""
    return Waits(
        JoinRequested(REQUEST, status(door, opens_in), opens_in, host, is_news), change or Change(CODE)
    )


def let_wait(session: Session) -> Session:
    """They click, and have to wait."""
    session.receive(messages.Join("Bob"))
    session.must_wait(wait_for())
    return session
