"""What hosts see of the lobby, how the doors stand, and when those who wait ask again."""

from __future__ import annotations

from functools import partial

from rooms.live.retry import patiently
from rooms.live.room_here import RoomHere
from rooms.live.sockets import NOBODY_WAITS
from rooms.live.sockets_here import SocketsHere
from rooms.protocol import messages
from rooms.protocol.messages import Role
from rooms.roster import lobby, rules
from rooms.roster.lobby import Look


class LobbyWatch(SocketsHere):
    """Looks at who waits, for all sockets of a room at once."""

    def look_at_doors(self, here: RoomHere) -> None:
        """Have those outside looked at anew: once more at most, however often that is asked meanwhile."""
        here.doors_are_stale = True
        if not here.is_checking_doors:
            here.is_checking_doors = True
            self.spawn(self._look_at_doors(here))
        self.look_at_lobby(here)

    async def _look_at_doors(self, here: RoomHere) -> None:
        try:
            while here.doors_are_stale:
                here.doors_are_stale = False
                await self.checks.check_doors(here)
        finally:
            here.is_checking_doors = False

    def look_at_lobby(self, here: RoomHere) -> None:
        """Have hosts here see who waits, and those who wait here ask again if they have an answer."""
        here.lobby_is_stale = True
        if here.has_door and not here.is_looking:
            here.is_looking = True
            self.spawn(self._look_at_lobby(here))

    async def _look_at_lobby(self, here: RoomHere) -> None:
        try:
            while here.lobby_is_stale:
                here.lobby_is_stale = False
                number = here.begin_look()
                looks = await patiently(partial(lobby.look, [here.room_id]))
                if here.room_id in looks:
                    await self.tell_what_was_missed(here, looks[here.room_id])
                    self.show_lobby(here, looks[here.room_id], number)
        finally:
            here.is_looking = False

    async def tell_what_was_missed(self, here: RoomHere, look: Look) -> None:
        """Tell everybody of a change of the meeting of which nobody told, or the news was lost."""
        if here.ways_in != look.ways_in:
            # Once: others may look meanwhile.
            here.ways_in = look.ways_in
            self.publish(await patiently(partial(rules.tell_again, here.room_id)))

    def show_lobby(self, here: RoomHere, look: Look, number: int) -> None:
        """Grant on what was found by the look of this number, unless a later one was quicker."""
        if number < here.shown_look:
            return
        here.shown_look = number
        text = messages.dump(messages.Lobby(look.knocks))
        for socket in here.inside.values():
            if socket.who.is_host and socket.lobby_shown != text:
                socket.lobby_shown = text
                socket.send(text)
        for socket in list(here.outside.values()):
            if socket.who.join_request and (
                socket.who.join_request not in look.waiting or socket.who.host != look.host
            ):
                socket.wake()

    def note_roles(self, here: RoomHere, roles: dict[str, Role], rev: int) -> None:
        """Have those be hosts, and nobody else, who were so at this `rev`, unless more is known of them."""
        for participant_id, role in roles.items():
            socket = here.inside.get(participant_id)
            if socket is None or socket.is_held or not socket.who.take_role(role, rev):
                continue
            if role == "host":
                self.look_at_lobby(here)
            elif socket.lobby_shown != NOBODY_WAITS:
                socket.lobby_shown = NOBODY_WAITS
                socket.send(NOBODY_WAITS)
