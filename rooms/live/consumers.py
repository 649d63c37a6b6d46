"""A socket of a room's page: who comes is looked at, and whoever may enter is greeted and heard."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from django.conf import settings

from accounts.zones import zone_in
from rooms.codes import canonical
from rooms.live import goodbyes, this_process
from rooms.live.conversation import Conversation
from rooms.live.goodbyes import Receive, Send
from rooms.live.inbox import Inbox
from rooms.live.servers import innermost, unsent_by, write_at_once
from rooms.live.sockets import Socket
from rooms.models import Room
from rooms.protocol import ice
from rooms.protocol.admission import Admission, Grant, Refusal
from rooms.protocol.messages import ByeReason, IceServers
from rooms.protocol.session import Session
from rooms.protocol.who import Who
from rooms.roster import entrance, guess_limit
from rooms.roster.seats import capacity_of, new_id

Event = dict[str, Any]

# How long somebody waits for an answer who has tried too many codes that do not exist.
PATIENCE_WITH_GUESSES = 2.0


class RoomConsumer(AsyncConsumer):
    """One socket of one page, from handshake to close.

    It has one receive loop of its own: what Channels' dispatch does for each message (two hops to another
    thread, a queue and a task) costs more than relaying a signal.
    """

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        # Before anything else, so that the browser sees why it is closed.
        await goodbyes.accept(receive, send)
        conversation = await self._opened(scope, receive, send)
        # Whoever sits still for hours should hold little: no models are left in this frame.
        await (conversation.go_on() if conversation else goodbyes.wait_for_close(receive))

    async def _opened(self, scope: Event, receive: Receive, send: Send) -> Conversation | None:
        """Look at who is there, and greet them if they may enter. Or turn them away: None."""
        registry = this_process.registry()
        try:
            found = await self._admitted(scope)
            if not isinstance(found, str):
                await registry.start()
                found = "restart" if registry.is_stopping else found
        except asyncio.CancelledError:
            # The server stops, or has given up an application whose client went a while ago.
            await goodbyes.turn_away(send, "restart")
            raise
        if isinstance(found, str):
            await goodbyes.turn_away(send, found)
            return None

        approach, admission, room = found
        send = innermost(send)
        write_at_once(send)
        who = Who(new_id(), new_id(), admission, _grant_of(scope, approach, admission))
        socket = Socket(send, who, unsent_by(send))
        here = registry.open(socket, room.pk, approach.meeting.code)
        session = Session(
            who, partial(_ice_servers, who.tag), time.monotonic, early=settings.EARLY_CONNECTIONS
        )
        conversation = Conversation(registry, here, socket, session, Inbox(receive))
        try:
            # Subscribed before the roster is read: what changes in between is heard twice, not missed.
            await registry.subscribed(here)
            await conversation.greet(room, approach.title, capacity_of(approach.meeting))
        except BaseException:
            if not registry.is_stopping:
                conversation.end(None)
            raise
        return conversation

    async def _admitted(self, scope: Event) -> tuple[entrance.Approach, Admission, Room] | ByeReason:
        """To what they came and as whom, if they may enter; or why not."""
        if not scope["same_origin"]:
            return "origin"
        code = canonical(scope["url_route"]["kwargs"]["code"])
        user, django_session, zone = scope["user"], scope["session"], zone_in(scope["cookies"])

        def look() -> tuple[entrance.Approach, Admission, Room] | ByeReason | None:
            entrance.give_guest_key(django_session, code)
            approach = entrance.approach(code, user, django_session, zone)
            if approach is None:
                return None
            if isinstance(approach.outcome, Refusal):
                return approach.outcome.reason
            return approach, approach.outcome, entrance.room_of(approach.meeting)

        found = await database_sync_to_async(look)()
        if found is not None:
            return found
        if await sync_to_async(guess_limit.note)(user.pk, guess_limit.address_of(scope)):
            # One after the other, and not as fast as the line allows.
            await asyncio.sleep(PATIENCE_WITH_GUESSES)
        return "not-found"


def _grant_of(scope: Event, approach: entrance.Approach, admission: Admission) -> Grant:
    return Grant(
        scope["session"].session_key or "",
        admission.user_id,
        admission.attendee_id,
        approach.link_id,
        () if admission.user_id == approach.meeting.organizer_id else admission.persons,
    )


def _ice_servers(tag: str) -> IceServers:
    return ice.servers(
        settings.STUN_URLS,
        settings.TURN_URLS,
        secret=settings.TURN_SECRET,
        lifetime=settings.TURN_LIFETIME.total_seconds(),
        now=time.time(),
        tag=tag,
    )
