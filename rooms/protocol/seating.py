"""How somebody comes to their seat: they ask for it, wait to be let in, ask again, and go. No I/O."""

from __future__ import annotations

from collections.abc import Callable

from rooms.protocol import messages
from rooms.protocol.admission import DoorState
from rooms.protocol.effects import (
    Close,
    Effect,
    Enter,
    GiveUpSeat,
    LookAtLobby,
    LoseJoinRequest,
    MarkAway,
    Pause,
    Publish,
    Release,
    RememberName,
    RenewLease,
    Reply,
    SetAlarm,
    TakeOver,
    TellHosts,
)
from rooms.protocol.messages import Bye, ByeReason, IceServers, Join, Waiting, Welcome
from rooms.protocol.outcomes import Arrived, Waits
from rooms.protocol.who import State, Who

# Asked again sooner, the same credentials are given again (seconds).
ICE_PAUSE = 10.0
# For so long a seat is asked for while the database is away: shorter than the ten seconds after which a page
# gives its socket up. And how long each try waits for the next.
PATIENCE = 6.0
RETRY_PAUSE = 1.0
# The alarm rings a little late, or the two clocks may not agree that it is time (seconds).
LATENESS = 0.05
# The page went away: the browser's own word for it, and the page's, which says so while it still can.
GOING_AWAY_CODES = frozenset({1001, 4001})


class Seating:
    """The half of a session that is about its seat: what came of asking for one, and what becomes of it."""

    __slots__ = (
        "_asked",
        "_asked_since",
        "_clock",
        "_given",
        "_given_at",
        "_ice",
        "_may_be_seated",
        "_may_be_waiting",
        "_renewed",
        "_told",
        "who",
    )

    def __init__(self, who: Who, ice: Callable[[], IceServers], clock: Callable[[], float]) -> None:
        self.who = who
        self._ice = ice
        self._given: IceServers | None = None
        self._given_at = 0.0
        self._clock = clock
        # The click that is not answered yet, since when it is asked for, and whether the lease was renewed.
        self._asked: Join | None = None
        self._asked_since = 0.0
        self._renewed = False
        # What somebody who waits was told: how the door stands, and the host.
        self._told: tuple[DoorState, str] | None = None
        # An answer of the database may be lost after the commit.
        self._may_be_seated = False
        self._may_be_waiting = False

    def woken(self) -> list[Effect]:
        """Something may have changed for somebody who waits, or the door opens by the clock: ask again."""
        return self._ask_for_seat() if self.who.state is State.WAITING else []

    def _ask_for_seat(self) -> list[Effect]:
        self.who.state = State.ENTERING
        self._asked_since, self._renewed = self._clock(), False
        # Until this is over nobody can say whether there is a seat: the answer may be lost after the commit.
        self._may_be_seated = self._may_be_waiting = True
        return [Enter(self._join())]

    def _join(self) -> Join:
        if self._asked is None:
            raise AssertionError("nobody has asked for a seat")
        return self._asked

    def seated(self, arrived: Arrived) -> list[Effect]:
        """They have a seat. The others hear of it even if the socket has been closed meanwhile."""
        who = self.who
        was_shut_out, who.is_shut_out = who.is_shut_out, False
        self._may_be_seated = self._may_be_waiting = False
        who.join_request = ""
        who.me, who.role, who.role_rev = arrived.me, arrived.role, arrived.snapshot.rev
        effects: list[Effect] = [SetAlarm(None), TakeOver(arrived.replaced)]
        if who.state is not State.OVER:
            who.state = State.JOINED
            if was_shut_out:
                # Who was outside has got no servers yet.
                effects.append(Reply(self._credentials()))
            welcome = Welcome(
                me=arrived.me,
                token=arrived.token,
                resumed=arrived.resumed,
                rev=arrived.snapshot.rev,
                participants=arrived.snapshot.participants,
                rules=arrived.snapshot.rules,
            )
            effects += [Reply(welcome), Release(forgetting=False)]
        effects.append(Publish(arrived.change))
        if arrived.has_waited:
            effects.append(TellHosts())
        elif who.is_host:
            effects.append(LookAtLobby())
        if who.admission.user_id is None:
            effects.append(RememberName(self._join().name))
        self._asked = self._told = None
        return effects

    def must_wait(self, waits: Waits) -> list[Effect]:
        """They have no seat yet, and wait until they are woken."""
        who, requested = self.who, waits.requested
        # An earlier try may have had a seat, until the database lost it.
        self._may_be_seated = False
        who.is_shut_out = True
        who.join_request, who.host = requested.join_request, requested.host
        who.door = requested.status.door
        effects: list[Effect] = []
        if who.state is not State.OVER:
            who.state = State.WAITING
            opens_in = requested.opens_in
            effects += [
                SetAlarm(None if opens_in is None else opens_in + LATENESS),
                Release(forgetting=True),
            ]
            # They ask again whenever something may have changed; mostly nothing has.
            if self._told != (requested.status, requested.host):
                self._told = requested.status, requested.host
                effects.append(Reply(Waiting(requested.status.door, requested.host, opens_in)))
        if waits.change.events:
            effects.append(Publish(waits.change))
        if requested.is_news:
            effects.append(TellHosts())
        return effects

    def refused(self, reason: ByeReason) -> list[Effect]:
        """They get no seat."""
        self._may_be_seated = False
        if self.who.state is State.OVER:
            return []
        return [SetAlarm(None), Release(forgetting=self.who.is_shut_out), *self.end(reason)]

    def lease_lost(self) -> list[Effect]:
        """Nobody could be seated, since this process was taken for dead; nothing, when nothing helps."""
        if self._renewed:
            return []
        self._asked_since, self._renewed = self._clock(), True
        return [RenewLease(), Enter(self._join())]

    def try_lost(self) -> list[Effect]:
        """The database is away, and what was asked of it may have been done or not; nothing, to give up."""
        if self._clock() - self._asked_since > PATIENCE:
            return []
        return [Pause(RETRY_PAUSE), Enter(self._join())]

    # -- the end --------------------------------------------------------------------------------

    def end(self, reason: ByeReason) -> list[Effect]:
        """The effects of ending the conversation from this side."""
        if self.who.state is State.OVER:
            return []
        self.who.state = State.OVER
        return [Reply(Bye(reason)), Close(messages.CLOSE_CODES[reason])]

    def closed(self, code: int | None, *, spoke: bool) -> list[Effect]:
        """The socket is gone. `spoke`: whoever sits on their seat was reached by it until now.

        They are away, unless a newer socket speaks for them; of a seat or a wait that is not certain, the
        database knows whether there is one.
        """
        self.who.state = State.OVER
        effects: list[Effect] = [LoseJoinRequest()] if self._may_be_waiting else []
        if spoke or self._may_be_seated:
            is_lost = code not in GOING_AWAY_CODES
            effects.append(GiveUpSeat() if self.who.has_lapsed else MarkAway(is_lost))
        self._may_be_waiting = self._may_be_seated = False
        return effects

    def _credentials(self) -> IceServers:
        if self._given is None or self._clock() - self._given_at >= ICE_PAUSE:
            self._given, self._given_at = self._ice(), self._clock()
        return self._given
