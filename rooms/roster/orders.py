"""What a command of somebody inside is carried out with, whatever it is about: one transaction that holds the
room's row. What hosts do is told to everybody and kept for the administrator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from rooms.models import Call, HostAction, JoinRequest, Participant, Room
from rooms.protocol.messages import Order, OrderName
from rooms.protocol.outcomes import Change
from rooms.roster import seats

# Of one kind in one call: what would be more takes the place of the last one, so that a loop of mutes fills
# no disk, and hides no removal.
MOST_OF_A_KIND = 300


class NotInside(Exception):
    """Nobody whom it is about is in the roster, or not any more."""


class NotAllowed(Exception):
    """They may not do this; the text is a sentence for a developer."""


@dataclass(frozen=True)
class Desk:
    """A command that is being carried out: in which room, by whom, and what comes of it."""

    room: Room
    change: Change
    me: Participant

    @property
    def call(self) -> Call:
        return self.me.call

    def for_hosts(self) -> None:
        """Go on only for a host. Raises NotAllowed."""
        if not self.me.is_host:
            raise NotAllowed("only a host may do this")

    def find(self, participant_id: str) -> Participant:
        """Somebody inside. Raises NotInside."""
        found = seats.inside(self.room).filter(pk=participant_id).first()
        if found is None:
            raise NotInside
        return found

    def targets(self, participant_ids: Sequence[str] | None) -> list[Participant]:
        """Those of these who are inside; None: everybody but hosts. Raises NotInside."""
        everybody = list(seats.inside(self.room))
        if participant_ids is None:
            return [one for one in everybody if not one.is_host and one.pk != self.me.pk]
        found = [one for one in everybody if one.pk in participant_ids]
        if not found:
            raise NotInside
        return found

    def left_behind(self, whose: Q) -> QuerySet[Participant]:
        """Those of these seats that were given up in this call: what is ended does not come back from one."""
        return self.call.participants.filter(whose).exclude(left_at=None)

    def tell(
        self,
        order: OrderName,
        about: Iterable[Participant],
        *,
        everybody: bool = False,
        name: str | None = None,
    ) -> None:
        """Everybody hears who has ordered what."""
        self.room.rev += 1
        ids = [one.pk for one in about]
        self.change.events.append(Order(self.room.rev, order, self.me.pk, ids, everybody, name))

    def note(
        self, action: HostAction.Action, about: Iterable[Participant | JoinRequest] = (), detail: str = ""
    ) -> None:
        """Keep it for the administrator, with the names of these people."""
        alike = HostAction.objects.filter(call=self.call, action=action)
        row = HostAction(call=self.call, action=action)
        if alike.count() >= MOST_OF_A_KIND:
            row = alike.latest("pk")
            row.at = timezone.now()
        row.host, row.detail = _both_names(self.me), detail[:200]
        row.target = "\n".join(_both_names(one) for one in about)
        row.save()


def _both_names(one: Participant | JoinRequest) -> str:
    """As they call themselves and, where it is another, as we know them: whoever acts may type any name."""
    return one.name if one.known_as in ("", one.name) else f"{one.name} ({one.known_as})"
