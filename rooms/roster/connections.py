"""What participants say of their connections, kept with the call: that one changed, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rooms.models import Call, ConnectionChange, Participant
from rooms.protocol.messages import Condition

# Of one participant. A connection that changes every ten seconds for half an hour stays below.
MOST_CHANGES = 200

WHOLE = (ConnectionChange.Condition.CONNECTED, ConnectionChange.Condition.LEFT)


@dataclass(frozen=True, slots=True)
class Report:
    """What one participant said of their connections, by the id of the other end."""

    at: datetime
    connections: Mapping[str, Condition]


@transaction.atomic
def note(room_id: int, participant_id: str, reports: Sequence[Report]) -> int:
    """Keep what is new in these reports and about somebody of the same call; answers how many changes it is.

    Beyond `MOST_CHANGES` of theirs only the last word about each is kept: seats rest on it.
    """
    me = Participant.objects.inside().filter(pk=participant_id, call__room_id=room_id).first()
    if me is None:
        return 0
    mentioned = {other for report in reports for other in report.connections} - {participant_id}
    others = Participant.objects.filter(call=me.call_id, pk__in=mentioned)
    known = set(others.values_list("pk", flat=True))
    said = _last_said(participant_id, known)
    changes = []
    for report in reports:
        for other, condition in report.connections.items():
            if other in known and said.get(other) != condition:
                said[other] = condition
                changes.append(
                    ConnectionChange(
                        call_id=me.call_id, participant=me, other_id=other, condition=condition, at=report.at
                    )
                )
    if not changes:
        return 0
    mine = ConnectionChange.objects.filter(participant=me)
    space = max(0, MOST_CHANGES - mine.count())
    ConnectionChange.objects.bulk_create(changes[:space])
    for change in changes[space:]:
        last = mine.filter(other=change.other_id).order_by("-pk").first() or change
        last.condition, last.at = change.condition, change.at
        last.save()
    return len(changes)


def heard_by(witnesses: Collection[str]) -> set[str]:
    """Those to whom one of these participants last said to be connected."""
    said = ConnectionChange.objects.filter(participant__in=witnesses).order_by()
    last = said.values("participant", "other").annotate(last=Max("pk")).values("last")
    connected = ConnectionChange.objects.filter(pk__in=last, condition=ConnectionChange.Condition.CONNECTED)
    return set(connected.values_list("other_id", flat=True))


def _last_said(participant_id: str, others: Iterable[str]) -> dict[str, str]:
    mine = ConnectionChange.objects.filter(participant=participant_id, other__in=others).order_by()
    last = mine.values("other").annotate(last=Max("pk")).values("last")
    return dict(ConnectionChange.objects.filter(pk__in=last).values_list("other_id", "condition"))


# -- looking back -------------------------------------------------------------------------------


@dataclass
class Pair:
    """Two people of a call, and how it went between them. Either end's word makes a pair broken."""

    one: Participant
    other: Participant
    met: bool = False
    breaks: int = 0
    broken_for: timedelta = field(default_factory=timedelta)

    def __str__(self) -> str:
        names = {"one": self.one.name, "other": self.other.name}
        if not self.met:
            return _("%(one)s and %(other)s never heard each other") % names
        if not self.breaks:
            return _("%(one)s and %(other)s heard each other") % names
        text = ngettext(
            "%(one)s and %(other)s lost each other once, for %(length)s in all",
            "%(one)s and %(other)s lost each other %(count)s times, for %(length)s in all",
            self.breaks,
        )
        return text % {**names, "count": self.breaks, "length": _seconds(self.broken_for)}


def pairs(call: Call) -> list[Pair]:
    """Who heard whom in a call, those who never met first, then by how long they were apart."""
    people = {person.pk: person for person in call.participants.order_by("seat")}
    changes: dict[tuple[str, str], list[ConnectionChange]] = {}
    for change in call.connection_changes.order_by("at", "pk"):
        ends = (change.participant_id, change.other_id)
        one, other = sorted(ends, key=lambda end: people[end].seat)
        changes.setdefault((one, other), []).append(change)
    found = [
        _look_back(people[one], people[other], between, call)
        for (one, other), between in changes.items()
        if not _only_left(between)
    ]
    return sorted(found, key=lambda pair: (pair.met, -pair.broken_for))


def _only_left(changes: Iterable[ConnectionChange]) -> bool:
    """Whoever stays for a moment says goodbye before there was anything else to say."""
    return all(change.condition == ConnectionChange.Condition.LEFT for change in changes)


def _look_back(one: Participant, other: Participant, changes: list[ConnectionChange], call: Call) -> Pair:
    pair = Pair(one, other)
    said: dict[str, str] = {}
    broken_at: datetime | None = None
    for change in changes:
        said[change.participant_id] = change.condition
        # A goodbye parts nobody who would rather have stayed.
        is_whole = all(condition in WHOLE for condition in said.values())
        pair.met |= change.condition == ConnectionChange.Condition.CONNECTED
        if is_whole and broken_at is not None:
            pair.broken_for += change.at - broken_at
            broken_at = None
        elif not is_whole and broken_at is None:
            pair.breaks += 1
            broken_at = change.at
    if broken_at is not None:
        ends = [at for at in (one.left_at, other.left_at, call.ended_at, timezone.now()) if at is not None]
        pair.broken_for += max(timedelta(), min(ends) - broken_at)
    return pair


def _seconds(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    if not minutes:
        return _("%(seconds)s s") % {"seconds": seconds}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
