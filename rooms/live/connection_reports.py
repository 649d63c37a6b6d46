"""What participants say of their connections is kept beside the conversations: nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from django.utils import timezone

from rooms.live.retry import patiently
from rooms.protocol.messages import Condition
from rooms.roster import connections
from rooms.roster.connections import Report

# While the database is away, this many reports of one participant wait for it.
MOST_REPORTS = 64


class ConnectionReports:
    """Those that wait to be written, for each participant in the order in which they came."""

    def __init__(self, spawn: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._spawn = spawn
        self._waiting: dict[str, list[Report]] = {}

    def add(self, room_id: int, participant: str, said: dict[str, Condition]) -> None:
        """Keep a report, soon."""
        report = Report(timezone.now(), said)
        waiting = self._waiting.get(participant)
        if waiting is not None:
            waiting.append(report)
            del waiting[:-MOST_REPORTS]
            return
        self._waiting[participant] = [report]
        self._spawn(self._keep(room_id, participant))

    async def _keep(self, room_id: int, participant: str) -> None:
        try:
            while reports := self._waiting[participant]:
                self._waiting[participant] = []
                await patiently(partial(connections.note, room_id, participant, reports))
        finally:
            del self._waiting[participant]
