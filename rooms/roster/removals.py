"""Who was removed from a room. Rooms may stay for good: the database picks, among those who are asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from rooms.models import Removal

# So many people are looked for in one query: a database takes a bounded number of parameters.
BATCH = 100


def is_removed(room_id: int, persons: Collection[str]) -> bool:
    """Whether one of these, in the words of `admission.persons_of`, was removed from the room."""
    return bool(persons) and _about({room_id}, persons).exists()


def among(asked: Mapping[int, Collection[str]]) -> dict[int, set[str]]:
    """Whom of these people, by room, hosts have removed from it, by everything that is known of them."""
    pairs = sorted({(room_id, person) for room_id, persons in asked.items() for person in persons})
    found: dict[int, set[str]] = {}
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        for removal in _about({room_id for room_id, _ in batch}, {person for _, person in batch}):
            found.setdefault(removal.room_id, set()).update(removal.persons)
    return found


def _about(room_ids: Collection[int], persons: Collection[str]) -> QuerySet[Removal]:
    """Those removals from these rooms that are about one of these persons, as `Removal.persons` says.

    One look-up for each index: with "or" between them, SQLite would go through all removals from a room.
    """
    known: dict[str, list[str]] = {"guest": [], "user": [], "attendee": []}
    for person in persons:
        kind, _, key = person.partition(":")
        known[kind].append(key)
    here = Removal.objects.filter(room__in=room_ids).order_by()
    return here.filter(person__in=persons).union(
        here.filter(guest_key__in=known["guest"]),
        here.filter(user__in=[int(key) for key in known["user"]]),
        here.filter(attendee__in=[int(key) for key in known["attendee"]]),
    )
