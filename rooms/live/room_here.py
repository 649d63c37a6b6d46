"""What this process knows about a room that somebody here is connected to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rooms.live.sockets import Socket
from rooms.protocol import messages
from rooms.protocol.outcomes import Snapshot
from rooms.roster.lobby import WaysIn

# How long an event waits for the one before it, which may come another way.
REORDER = 0.5
# Whoever waits longest is forgotten first, and is connected after the click.
MOST_CALLERS = 64


class RoomHere:
    """What this process knows about a room that somebody here is connected to."""

    def __init__(self, room_id: int, code: str) -> None:
        self.room_id = room_id
        self.code = code
        self.sockets: set[Socket] = set()
        # Participants who are connected to this process, and the channels of the others' processes.
        self.inside: dict[str, Socket] = {}
        self.elsewhere: dict[str, str] = {}
        self._located_at: dict[str, int] = {}
        # Who is not inside, by the id that they will have: here; and elsewhere, if they have signalled.
        self.outside: dict[str, Socket] = {}
        self.callers: dict[str, str] = {}
        # The number of the last event that was passed on; None until there was one or a snapshot.
        self.seen: int | None = None
        # What the database said at the last heartbeat: by now it should have been seen.
        self.expected = 0
        # Events were passed on though one before them was missing, and nobody knows which.
        self.has_gap = False
        self._early: dict[int, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        # Whether the lobby should be looked at, somebody is at it, and which looks have begun and been shown.
        self.lobby_is_stale = False
        self.is_looking = False
        # The same for all who stand at its door.
        self.doors_are_stale = False
        self.is_checking_doors = False
        self.looks = 0
        self.shown_look = 0
        self.subscription: asyncio.Task[bool] | None = None
        # Whom the meeting is open to and whether it has a lobby, as everybody here was told.
        self.ways_in: WaysIn | None = None
        # When the call ends for everybody, if a host has said so; and with which event that was said last.
        self._ending: asyncio.TimerHandle | None = None
        self._ending_at = 0

    def hear(self, rev: int, text: str) -> None:
        """Grant an event on, in the order of the numbers as far as they come soon enough."""
        if self.seen is None or rev == self.seen + 1:
            self._pass_on(rev, text)
            self._pass_on_followers(rev)
        elif rev > self.seen:
            self._early[rev] = text
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(REORDER, self._stop_waiting)

    def locate(self, where: dict[str, str], here: str, rev: int) -> None:
        """Learn where participants were connected at this `rev`; `here` is the channel of this process."""
        for participant_id, channel in where.items():
            # A message may be late.
            if rev < self._located_at.get(participant_id, 0):
                continue
            self._located_at[participant_id] = rev
            if channel == here:
                self.elsewhere.pop(participant_id, None)
            else:
                self.elsewhere[participant_id] = channel

    def is_outdated(self) -> bool:
        """Whether somebody here is said to be connected elsewhere: the message about that may be lost."""
        return any(me in self.elsewhere and not socket.is_held for me, socket in self.inside.items())

    def reachable(self, participant_id: str) -> Socket | None:
        """Whoever is connected to this process, inside or at an open door."""
        visitor = self.outside.get(participant_id)
        if visitor is not None and visitor.who.is_outside:
            visitor = None
        return self.inside.get(participant_id) or visitor

    @property
    def has_door(self) -> bool:
        """Whether somebody here waits to be let in, or could let people in."""
        hosts = any(socket.who.is_host for socket in self.inside.values())
        return hosts or any(socket.who.join_request for socket in self.outside.values())

    def remember_caller(self, visitor_id: str, channel: str) -> None:
        """Somebody who waits in another process has signalled to somebody inside here."""
        if visitor_id not in self.inside and visitor_id not in self.elsewhere:
            self.callers[visitor_id] = channel
            if len(self.callers) > MOST_CALLERS:
                del self.callers[next(iter(self.callers))]

    def show(self, snapshot: Snapshot) -> None:
        """Bring every socket up to date at once: events were lost."""
        self.seen = max(self.seen or 0, snapshot.rev)
        self.has_gap = False
        self._early = {rev: text for rev, text in self._early.items() if rev > self.seen}
        self.ways_in = snapshot.rules.access, snapshot.rules.lobby
        text = messages.dump(messages.Snapshot(snapshot.rev, snapshot.participants, snapshot.rules))
        for socket in list(self.sockets):
            if not socket.who.is_outside:
                socket.send(text, snapshot.rev)
        self._pass_on_followers(self.seen)

    def _pass_on_followers(self, rev: int) -> None:
        while (text := self._early.pop(rev + 1, None)) is not None:
            self._pass_on(rev := rev + 1, text)

    def _pass_on(self, rev: int, text: str) -> None:
        self.seen = rev
        for socket in list(self.sockets):
            if not socket.who.is_outside:
                socket.send(text, rev)

    def _stop_waiting(self) -> None:
        # The clients see the gap and ask for a snapshot; the heartbeat looks at who should not be here.
        self._timer = None
        self.has_gap = bool(self._early)
        early, self._early = self._early, {}
        for rev in sorted(early):
            self._pass_on(rev, early[rev])

    def begin_look(self) -> int:
        """The number of a look at the lobby that is about to begin."""
        self.looks += 1
        return self.looks

    @property
    def is_about_to_end(self) -> bool:
        """Whether the call here ends in a moment, as far as this process knows."""
        return self._ending is not None

    def expect_end(self, seconds: float | None, rev: int, end: Callable[[], None]) -> None:
        """Have the call ended in so many seconds, or not (None), as was said with this event."""
        # A message may be late.
        if rev < self._ending_at:
            return
        self._ending_at = rev
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if seconds is not None:
            self._ending = asyncio.get_running_loop().call_later(seconds, end)

    def forget(self) -> None:
        for timer in (self._timer, self._ending):
            if timer is not None:
                timer.cancel()
